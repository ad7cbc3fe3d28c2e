import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { InjectOptions } from 'fastify';
import { buildApp } from '../src/app.js';
import type { Files } from '../src/files.js';

interface Schema {
  $ref?: string;
}
interface Content {
  schema: Schema;
  example?: unknown;
}
interface Parameter {
  $ref?: string;
  name: string;
  example: string;
}
interface Described {
  $ref?: string;
  content?: Record<string, Content>;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Described>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

const document: Document = JSON.parse(
  readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(document, 'openapi');

/** What `$ref` names, or the value itself. */
function resolve<T extends { $ref?: string }>(value: T): T {
  if (value.$ref === undefined) return value;
  const steps = value.$ref.slice(2).split('/');
  let at: unknown = document;
  for (const step of steps) at = (at as Record<string, unknown>)[step];
  return at as T;
}

function request(path: string, method: string, operation: Operation): InjectOptions {
  const parameters = (operation.parameters ?? []).map(resolve);
  const url = parameters.reduce((url, p) => url.replace(`{${p.name}}`, p.example), path);
  const asked: InjectOptions = { method: method.toUpperCase() as 'GET', url };
  for (const [type, content] of Object.entries(operation.requestBody?.content ?? {})) {
    const { example } = content;
    asked.headers = { 'content-type': type };
    asked.payload = typeof example === 'string' ? example : JSON.stringify(example);
  }
  return asked;
}

test('every operation answers as openapi.json describes it', async (t) => {
  const kept = new Map<string, Uint8Array>();
  const files: Files = {
    read: async (name) => kept.get(name),
    write: async (name, content) => void kept.set(name, content),
  };
  const app = buildApp({ files });
  t.after(async () => {
    await app.close();
  });
  let operations = 0;

  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const answer = await app.inject(request(path, method, operation));

      const place = `${method} ${path}: ${answer.statusCode} ${answer.body}`;
      const described = operation.responses[answer.statusCode];
      assert.ok(described, `${place} is not described`);
      const [content] = Object.entries(resolve(described).content ?? {});
      if (content === undefined) {
        assert.equal(answer.body, '', place);
      } else {
        const [type, { schema }] = content;
        assert.ok(answer.headers['content-type']?.startsWith(type), place);
        if (type === 'application/json') {
          const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
          assert.ok(ajv.validate(whole, answer.json()), `${place}: ${ajv.errorsText()}`);
        }
      }
      operations += 1;
    }
  }

  assert.ok(operations > 3, `only ${operations} operations were asked`);
});
