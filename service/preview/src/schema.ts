// Takes a page of a template apart: JSON Schema here, `ui:` settings there, as the form library wants them.

import type { RJSFSchema, UiSchema } from '@rjsf/utils';
import type { Json } from './api.ts';

type Node = { [name: string]: Json };

/** A page as the form library wants it. */
export interface Split {
  schema: RJSFSchema;
  uiSchema: UiSchema;
}

/** Keywords with a schema, a list of schemas, and schemas by name; their settings belong to the same value. */
const SAME = ['if', 'then', 'else', 'not'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const DEPENDENT = ['dependencies', 'dependentSchemas'];
/** Keywords with schemas by name that are schemas of members. */
const MEMBERS = ['properties', 'patternProperties'];
const DEFINITIONS = ['definitions', '$defs'];

/** Takes the `ui:` settings out of a schema. The schema that was given stays as it is. */
export function split(schema: Node): Split {
  const uiSchema: Node = {};
  const plain = take(schema, uiSchema, { root: schema, seen: [] });
  delete plain['title'];
  delete plain['description'];
  return { schema: plain as RJSFSchema, uiSchema: uiSchema as UiSchema };
}

interface Around {
  root: Node;
  /** References that are being followed. */
  seen: string[];
}

function take(schema: Node, ui: Node, around: Around): Node {
  const plain: Node = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('ui:')) {
      ui[key] = merged(ui[key], value);
    } else if (key === 'enumNames') {
      ui['ui:enumNames'] = value;
    } else if (MEMBERS.includes(key) && isNode(value)) {
      plain[key] = each(value, (name, member) => take(member, inner(ui, name), around));
    } else if (DEPENDENT.includes(key) && isNode(value)) {
      plain[key] = each(value, (_, part) => take(part, ui, around));
    } else if (DEFINITIONS.includes(key) && isNode(value)) {
      plain[key] = each(value, (_, part) => take(part, {}, around));
    } else if (LISTS.includes(key) && Array.isArray(value)) {
      plain[key] = value.map(part => (isNode(part) ? take(part, ui, around) : part));
    } else if (SAME.includes(key) && isNode(value)) {
      plain[key] = take(value, ui, around);
    } else if (key === 'items' && isNode(value)) {
      plain[key] = take(value, inner(ui, 'items'), around);
    } else if (key === 'additionalProperties' && isNode(value)) {
      plain[key] = take(value, inner(ui, 'additionalProperties'), around);
    } else {
      plain[key] = value;
      if (key === '$ref' && typeof value === 'string') follow(value, ui, around);
    }
  }
  return plain;
}

/** Settings that stand in a definition hold wherever it is used. */
function follow(reference: string, ui: Node, around: Around) {
  if (!reference.startsWith('#/') || around.seen.includes(reference)) return;
  let target: Json | undefined = around.root;
  for (const part of reference.slice(2).split('/')) {
    target = isNode(target) ? target[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  if (isNode(target)) take(target, ui, { ...around, seen: [...around.seen, reference] });
}

function inner(ui: Node, name: string): Node {
  const known = ui[name];
  if (isNode(known)) return known;
  const fresh: Node = {};
  ui[name] = fresh;
  return fresh;
}

function merged(known: Json | undefined, value: Json): Json {
  return isNode(known) && isNode(value) ? { ...known, ...value } : value;
}

function each(nodes: Node, change: (name: string, node: Node) => Node): Node {
  return Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => [name, isNode(node) ? change(name, node) : node]),
  );
}

/** Whether the value is an object of JSON. */
export function isNode(value: Json | undefined): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names of fields that a form asks for. */
export function fieldNames(ui: UiSchema): Set<string> {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(ui)) {
    if (key === 'ui:field' && typeof value === 'string') names.add(value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      fieldNames(value as UiSchema).forEach(name => names.add(name));
    }
  }
  return names;
}
