// Plain stand-ins for Backstage's own fields: they give the same values, without a catalog or a host to ask.

import { RichDescription } from '@rjsf/core';
import type { FieldProps, RegistryFieldsType } from '@rjsf/utils';
import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { format, parse, partsOf } from '../repoUrl.ts';
import type { FormContext } from './context.ts';

type Options = { [name: string]: unknown };

function optionsOf(props: FieldProps): Options {
  return (props.uiSchema?.['ui:options'] ?? {}) as Options;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function isDisabled(props: FieldProps): boolean {
  return Boolean(props.disabled || props.readonly || props.uiSchema?.['ui:disabled'] || props.uiSchema?.['ui:readonly']);
}

/** Label, help and errors around inputs. */
function Frame(options: { field: FieldProps; id: string; hint: string; children: ReactNode; group?: boolean }) {
  const { field, id, hint, children, group } = options;
  const title = field.uiSchema?.['ui:title'] ?? field.schema.title ?? field.name;
  const description = field.uiSchema?.['ui:description'] ?? field.schema.description;
  const help = field.uiSchema?.['ui:help'];
  const errors = field.rawErrors ?? [];
  const body = (
    <>
      {description && (
        <div className="field-description">
          <RichDescription description={description} registry={field.registry} uiSchema={field.uiSchema} />
        </div>
      )}
      {children}
      {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
      {typeof help === 'string' && <p className="help-block">{help}</p>}
      {errors.map(error => <p className="error-detail" key={error}>{error}</p>)}
    </>
  );
  const mark = field.required ? <span className="required" aria-hidden="true">*</span> : undefined;
  return group ? (
    <fieldset className="stand-in" id={field.fieldPathId.$id}>
      <legend>{title}{mark}</legend>
      {body}
    </fieldset>
  ) : (
    <div className="stand-in">
      <label className="control-label" htmlFor={id}>{title}{mark}</label>
      {body}
    </div>
  );
}

/** A kind that a picker offers, for the example below it. */
function kindsOf(options: Options, fallback: string[]): string[] {
  const filters = [options['catalogFilter']].flat().filter(item => typeof item === 'object' && item !== null);
  const kinds = filters.flatMap(filter => (filter as Options)['kind'] ?? []);
  const found = [...texts(kinds), ...texts(options['allowedKinds'])];
  return found.length > 0 ? [...new Set(found)] : fallback;
}

function entityHint(kinds: string[]): string {
  const examples = kinds.map(kind => `${kind.toLowerCase()}:default/name`).join(' or ');
  return `An entity reference, such as ${examples}. Backstage lets users choose from the catalog here.`;
}

/** A text input for one value. */
function Single(props: { field: FieldProps; hint: string; examples?: string[] }) {
  const { field, hint, examples = [] } = props;
  const id = `${field.fieldPathId.$id}-input`;
  const list = useId();
  return (
    <Frame field={field} id={id} hint={hint}>
      <input
        id={id}
        className="form-control"
        value={typeof field.formData === 'string' ? field.formData : ''}
        list={examples.length > 0 ? list : undefined}
        required={field.required}
        disabled={isDisabled(field)}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        aria-invalid={(field.rawErrors ?? []).length > 0}
        onChange={event => field.onChange(event.target.value || undefined, field.fieldPathId.path)}
      />
      {examples.length > 0 && (
        <datalist id={list}>{examples.map(example => <option key={example} value={example} />)}</datalist>
      )}
    </Frame>
  );
}

/** A list of texts, one at a time. */
function Several(props: { field: FieldProps; hint: string; clean?: (text: string) => string }) {
  const { field, hint, clean = text => text.trim() } = props;
  const id = `${field.fieldPathId.$id}-input`;
  const [draft, setDraft] = useState('');
  const items = texts(field.formData);
  const change = (items: string[]) => field.onChange(items.length > 0 ? items : undefined, field.fieldPathId.path);
  const add = () => {
    const fresh = draft.split(',').map(clean).filter(text => text !== '' && !items.includes(text));
    if (fresh.length > 0) change([...items, ...fresh]);
    setDraft('');
  };
  return (
    <Frame field={field} id={id} hint={hint}>
      {items.length > 0 && (
        <ul className="chips">
          {items.map(item => (
            <li key={item}>
              {item}
              <button type="button" aria-label={`Remove ${item}`} disabled={isDisabled(field)}
                onClick={() => change(items.filter(other => other !== item))}>×</button>
            </li>
          ))}
        </ul>
      )}
      <div className="with-button">
        <input
          id={id}
          className="form-control"
          value={draft}
          disabled={isDisabled(field)}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-hint`}
          onChange={event => setDraft(event.target.value)}
          onBlur={add}
          onKeyDown={event => {
            if (event.key !== 'Enter' && event.key !== ',') return;
            event.preventDefault();
            add();
          }}
        />
        <button type="button" className="button" onClick={add} disabled={isDisabled(field)}>Add</button>
      </div>
    </Frame>
  );
}

function EntityPicker(field: FieldProps) {
  return <Single field={field} hint={entityHint(kindsOf(optionsOf(field), ['Component']))} />;
}

function OwnerPicker(field: FieldProps) {
  const kinds = kindsOf(optionsOf(field), ['Group', 'User']);
  const examples = kinds.map(kind => `${kind.toLowerCase()}:default/${kind === 'User' ? 'guest' : 'platform'}`);
  return <Single field={field} hint={entityHint(kinds)} examples={examples} />;
}

function MyGroupsPicker(field: FieldProps) {
  const hint = 'A group, such as group:default/platform. Backstage offers the groups of the user here.';
  return <Single field={field} hint={hint} examples={['group:default/platform']} />;
}

function OwnedEntityPicker(field: FieldProps) {
  const hint = 'An entity reference, such as component:default/name. Backstage offers what the user owns here.';
  return <Single field={field} hint={hint} />;
}

function EntityNamePicker(field: FieldProps) {
  return <Single field={field} hint="Letters, digits and - _ . between them; 63 characters at most." />;
}

function RepoBranchPicker(field: FieldProps) {
  return <Single field={field} hint="A branch. Backstage offers those of the repository here." examples={['main']} />;
}

function RepoOwnerPicker(field: FieldProps) {
  return <Single field={field} hint="An owner on the host." examples={texts(optionsOf(field)['allowedOwners'])} />;
}

function MultiEntityPicker(field: FieldProps) {
  return <Several field={field} hint={entityHint(kindsOf(optionsOf(field), ['Component']))} />;
}

function EntityTagsPicker(field: FieldProps) {
  return (
    <Several field={field} hint="Lower-case letters, digits and + # . : - ; Enter adds one."
      clean={text => text.trim().toLowerCase()} />
  );
}

/** The value of the form is asterisks, as in Backstage; the secret goes beside it. */
function Secret(field: FieldProps) {
  const { secrets, setSecret } = field.registry.formContext as FormContext;
  const id = `${field.fieldPathId.$id}-input`;
  return (
    <Frame field={field} id={id} hint={`Steps read it as secrets.${field.name}; it is shown nowhere.`}>
      <input
        id={id}
        className="form-control"
        type="password"
        value={secrets[field.name] ?? ''}
        required={field.required}
        disabled={isDisabled(field)}
        autoComplete="off"
        aria-describedby={`${id}-hint`}
        onChange={event => {
          const text = event.target.value;
          setSecret(field.name, text || undefined);
          field.onChange(text === '' ? undefined : '*'.repeat(text.length), field.fieldPathId.path);
        }}
      />
    </Frame>
  );
}

/** Host, owner and repository make one text. */
function RepoUrlPicker(field: FieldProps) {
  const options = optionsOf(field);
  const id = `${field.fieldPathId.$id}-input`;
  const hosts = texts(options['allowedHosts']);
  const { setSecret } = field.registry.formContext as FormContext;
  const secretsKey = (options['requestUserCredentials'] as Options | undefined)?.['secretsKey'];
  // Backstage puts the token of the signed-in user there.
  useEffect(() => {
    if (typeof secretsKey === 'string') setSecret(secretsKey, 'token-of-the-user');
  }, [secretsKey, setSecret]);
  const known = parse(typeof field.formData === 'string' ? field.formData : undefined);
  const place = { ...known, host: known.host || hosts[0] || 'github.com' };
  const change = (host: string, parts: { [name: string]: string }) =>
    field.onChange(format({ host, parts }), field.fieldPathId.path);
  const allowed: { [name: string]: unknown } = {
    owner: options['allowedOwners'], organization: options['allowedOrganizations'],
    project: options['allowedProjects'], repo: options['allowedRepos'],
  };
  return (
    <Frame field={field} id={id} group hint={`Gives ${format(place) ?? 'nothing yet'}`}>
      <div className="repo-parts">
        <Choice id={id} label="Host" value={place.host} choices={hosts} disabled={isDisabled(field)}
          onChange={host => change(host, place.parts)} />
        {partsOf(place.host).map(part => (
          <Choice key={part.name} id={`${id}-${part.name}`} label={part.label} value={place.parts[part.name] ?? ''}
            choices={texts(allowed[part.name])} disabled={isDisabled(field)}
            onChange={value => change(place.host, { ...place.parts, [part.name]: value })} />
        ))}
      </div>
    </Frame>
  );
}

/** A text, or one of several where only those are allowed. */
function Choice(props: {
  id: string; label: string; value: string; choices: string[]; disabled: boolean; onChange: (value: string) => void;
}) {
  const { id, label, value, choices, disabled, onChange } = props;
  const missing = choices.length > 0 && !choices.includes(value);
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {choices.length > 0 ? (
        <select id={id} className="form-control" value={missing ? '' : value} disabled={disabled}
          onChange={event => onChange(event.target.value)}>
          {missing && <option value="" />}
          {choices.map(choice => <option key={choice}>{choice}</option>)}
        </select>
      ) : (
        <input id={id} className="form-control" value={value} disabled={disabled} autoComplete="off" spellCheck={false}
          onChange={event => onChange(event.target.value.trim())} />
      )}
    </div>
  );
}

/** A field that only the author's Backstage has: what its schema says, with a note. */
function Unknown(field: FieldProps) {
  const { SchemaField } = field.registry.fields as RegistryFieldsType & { SchemaField: React.ComponentType<FieldProps> };
  const { 'ui:field': name, ...rest } = field.uiSchema ?? {};
  return (
    <>
      <SchemaField {...field} uiSchema={rest} />
      <p className="hint">Backstage shows its own field <code>{String(name)}</code> here.</p>
    </>
  );
}

const KNOWN: RegistryFieldsType = {
  EntityNamePicker, EntityPicker, EntityTagsPicker, MultiEntityPicker, MyGroupsPicker, OwnedEntityPicker, OwnerPicker,
  RepoBranchPicker, RepoOwnerPicker, RepoUrlPicker, Secret,
};

/** The fields for a form that asks for these names; one that nobody knows is shown by its schema. */
export function fieldsFor(names: Iterable<string>): RegistryFieldsType {
  const unknown = [...names].filter(name => !(name in KNOWN));
  return { ...KNOWN, ...Object.fromEntries(unknown.map(name => [name, Unknown])) };
}

/** Names of the fields that have a stand-in. */
export const STAND_INS = Object.keys(KNOWN);
