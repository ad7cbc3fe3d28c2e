// Asks the originals: `npm install nunjitsu@0.7.0`, then `node regenerate.mjs` (Node 22 or newer).
// Writes answers.json: for each template its value (none for undefined) or the fact of an error.
import fs from 'node:fs';
import { createTemplateRenderer } from 'nunjitsu';
import { context, groups } from './sources.mjs';

const answer = (renderer, template) => {
  try {
    const value = renderer.renderValue(template, context);
    const text = renderer.render(template, context);
    return value === undefined ? { template, text } : { template, value: special(value), text };
  } catch (error) {
    return { template, error: String(error.message).split('\n')[0] };
  }
};
const special = value => (typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value);
const out = { context, groups: groups.map(group => {
  const renderer = createTemplateRenderer({ ...group.options, allowRegexExecution: true });
  return { ...group, templates: undefined, cases: [...new Set(group.templates)].map(template => answer(renderer, template)) };
}) };
const lines = out.groups.map(({ cases, ...head }) => `${JSON.stringify(head).slice(0, -1)},"cases":[\n${cases.map(one => JSON.stringify(one)).join(',\n')}\n]}`);
// Halves of surrogate pairs, which JSON writes escaped, read U+FFFD on our side.
const text = `{"context":${JSON.stringify(context)},\n"groups":[\n${lines.join(',\n')}\n]}\n`;
fs.writeFileSync(new URL('answers.json', import.meta.url), text.replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd'));
