// The form of a template, page by page, as Backstage's Create page shows it.

import FormComponent from '@rjsf/core';
import type { FormProps, IChangeEvent } from '@rjsf/core';
import validator from '@rjsf/validator-ajv8';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentType } from 'react';
import type { Page, Values } from '../api.ts';
import { review } from '../review.ts';
import { fieldNames, split } from '../schema.ts';
import type { FormContext } from './context.ts';
import { fieldsFor } from './fields.tsx';
import { templates } from './templates.tsx';

/** The values as the form library sees them: the compiler gets lost in the type of JSON. */
type Data = Record<string, unknown>;
const JsonForm = FormComponent as ComponentType<FormProps<Data>>;

/** Settings of the whole form: descriptions are Markdown, as in Backstage. */
const SETTINGS = {
  'ui:submitButtonOptions': { norender: true },
  'ui:globalOptions': { enableMarkdownInDescription: true, enableMarkdownInHelp: true },
};

/** What the form is given. */
export interface FormPaneProps {
  pages: Page[];
  values: Values;
  context: FormContext;
  onChange: (values: Values) => void;
}

/** All pages with their list. */
export function FormPane({ pages, values, context, onChange }: FormPaneProps) {
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);
  const page = pages[at];
  useEffect(() => {
    if (at > pages.length) setAt(pages.length);
    // Whoever turns a page with the keyboard goes on from its top.
    if (moved.current) heading.current?.focus();
    moved.current = false;
  }, [at, pages.length]);
  const go = (to: number) => {
    moved.current = true;
    setAt(to);
  };
  if (pages.length === 0) return <p className="empty">The template asks for nothing.</p>;
  const titles = [...pages.map(page => page.title), 'Review'];
  return (
    <>
      <ol className="stepper">
        {titles.map((title, index) => (
          <li key={index}>
            <button type="button" aria-current={index === at ? 'step' : undefined} onClick={() => go(index)}>
              <span className="number" aria-hidden="true">{index + 1}</span>
              {title}
            </button>
          </li>
        ))}
      </ol>
      <h2 tabIndex={-1} ref={heading}>{titles[at] ?? 'Review'}</h2>
      {page ? (
        <PageForm key={at} page={page} values={values} context={context} onChange={onChange}
          onBack={at > 0 ? () => go(at - 1) : undefined} onNext={() => go(at + 1)}
          next={at + 1 < pages.length ? 'Next' : 'Review'} />
      ) : (
        <Review pages={pages} values={values} onBack={() => go(pages.length - 1)} />
      )}
    </>
  );
}

interface PageFormProps {
  page: Page;
  values: Values;
  context: FormContext;
  onChange: (values: Values) => void;
  onBack: (() => void) | undefined;
  onNext: () => void;
  next: string;
}

function PageForm({ page, values, context, onChange, onBack, onNext, next }: PageFormProps) {
  const text = JSON.stringify(page.schema);
  // The schema is another object after every render; the form must not begin anew for it.
  const { schema, uiSchema, fields } = useMemo(() => {
    const { schema, uiSchema } = split(JSON.parse(text));
    return { schema, uiSchema: { ...SETTINGS, ...uiSchema }, fields: fieldsFor(fieldNames(uiSchema)) };
  }, [text]);
  return (
    <>
      {page.description && <p className="page-description">{page.description}</p>}
      <JsonForm
        schema={schema}
        uiSchema={uiSchema}
        formData={values}
        formContext={context}
        fields={fields}
        templates={templates}
        validator={validator}
        showErrorList={false}
        noHtml5Validate
        focusOnFirstError
        onChange={(event: IChangeEvent<Data>) => onChange((event.formData ?? {}) as Values)}
        onSubmit={onNext}
        onError={() => undefined}
      >
        <div className="form-buttons">
          <button type="button" className="button" onClick={onBack} disabled={!onBack}>Back</button>
          <button type="submit" className="button primary">{next}</button>
        </div>
      </JsonForm>
    </>
  );
}

function Review({ pages, values, onBack }: { pages: Page[]; values: Values; onBack: () => void }) {
  const rows = review(pages, values);
  return (
    <>
      <p className="page-description">This is what users check before they press Create.</p>
      {rows.length === 0 ? <p className="empty">No values are shown.</p> : (
        <table className="review">
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}><th scope="row">{row.name}</th><td>{row.value}</td></tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="form-buttons">
        <button type="button" className="button" onClick={onBack}>Back</button>
      </div>
    </>
  );
}
