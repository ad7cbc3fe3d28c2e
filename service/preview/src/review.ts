// What the last page of the form shows of the values, as Backstage's own review does.

import type { Json, Page, Values } from './api.ts';
import { isNode } from './schema.ts';

type Node = { [name: string]: Json };

/** A line of the review. */
export interface Row {
  name: string;
  value: string;
}

/** The lines for the values of all pages. */
export function review(pages: Page[], values: Values): Row[] {
  const rows: Row[] = [];
  const known = Object.assign({}, ...pages.map(page => members(page.schema))) as Node;
  for (const [name, value] of Object.entries(values)) {
    add(rows, [name], known[name], value);
  }
  return rows;
}

/** All members that a schema describes, also under conditions. */
function members(schema: Node): Node {
  const found: Node = {};
  const parts: Json[] = [];
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const list = schema[key];
    if (Array.isArray(list)) parts.push(...list);
  }
  for (const key of ['then', 'else']) if (isNode(schema[key])) parts.push(schema[key]);
  if (isNode(schema['dependencies'])) parts.push(...Object.values(schema['dependencies']));
  for (const part of parts) if (isNode(part)) Object.assign(found, members(part));
  if (isNode(schema['properties'])) Object.assign(found, schema['properties']);
  return found;
}

function add(rows: Row[], path: string[], schema: Json | undefined, value: Json) {
  const node = isNode(schema) ? schema : {};
  const settings = options(node);
  if (settings.show === false) return;
  if (settings.mask !== undefined) {
    rows.push({ name: title(path, node), value: settings.mask });
  } else if (node['ui:widget'] === 'password' || node['ui:field'] === 'Secret') {
    rows.push({ name: title(path, node), value: '******' });
  } else if (isNode(value) && settings.explode !== false) {
    const below = members(node);
    for (const [name, member] of Object.entries(value)) add(rows, [...path, name], below[name], member);
  } else {
    rows.push({ name: title(path, node), value: shown(node, value) });
  }
}

function options(node: Node): { show?: Json; mask?: string; explode?: Json } {
  const backstage = node['ui:backstage'];
  const found = isNode(backstage) ? backstage['review'] : undefined;
  if (!isNode(found)) return {};
  const { show, mask, explode } = found;
  return { show, explode, ...(typeof mask === 'string' ? { mask } : {}) };
}

function title(path: string[], node: Node): string {
  const name = typeof node['title'] === 'string' ? node['title'] : (path.at(-1) ?? '');
  return [...path.slice(0, -1), name].join(' › ');
}

function shown(node: Node, value: Json): string {
  const { enum: choices, enumNames } = node;
  if (Array.isArray(choices) && Array.isArray(enumNames)) {
    const name = enumNames[choices.indexOf(value)];
    if (typeof name === 'string') return name;
  }
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
