// Leaves of a description of an API what a check of requests and answers needs, and writes it in one line.
//
// Gone: texts for readers, examples, defaults, headers, what no check reads. A name (of a property, a path, a
// parameter) is never taken for one of those words: below the keys of `NAMED` all keys are names.
import { readFileSync, writeFileSync } from 'node:fs';

const GONE = new Set([
  'default', 'deprecated', 'description', 'example', 'examples', 'externalDocs', 'headers', 'info', 'readOnly',
  'servers', 'summary', 'tags', 'title', 'x-github', 'x-octokit', 'x-webhooks',
]);
const NAMED = new Set(['parameters', 'paths', 'patternProperties', 'properties', 'responses', 'schemas']);
// A patch speaks of keys by their path: it is kept as it is.
const WHOLE = new Set(['enum', 'required', 'x-github-breaking-changes']);

function reduced(node, names = false) {
  if (Array.isArray(node)) return node.map((item) => reduced(item));
  if (node === null || typeof node !== 'object') return node;
  const kept = Object.entries(node).filter(([key]) => names || !GONE.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, !names && WHOLE.has(key) ? value : reduced(value, !names && NAMED.has(key))]),
  );
}

const [from, to] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(from, 'utf8'));
const { schemas, parameters, responses } = whole.components;
const needed = reduced({ openapi: whole.openapi, paths: whole.paths, components: { schemas, parameters, responses } });

// A schema that is reached from no path belongs to the messages that GitHub sends.
const reached = new Set();
const wanted = [needed.paths];
for (let node = wanted.pop(); node !== undefined; node = wanted.pop()) {
  if (node === null || typeof node !== 'object') continue;
  if (typeof node.$ref === 'string' && !reached.has(node.$ref)) {
    reached.add(node.$ref);
    const [, , kind, name] = node.$ref.split('/');
    wanted.push(needed.components[kind][name]);
  }
  wanted.push(...Object.values(node));
}
for (const [kind, all] of Object.entries(needed.components)) {
  for (const name of Object.keys(all)) if (!reached.has(`#/components/${kind}/${name}`)) delete all[name];
}

writeFileSync(to, JSON.stringify(needed));
