import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { Stage } from '../testing/stage';

const entries: string[] = [];
/** What an entry waits for before it is written. */
let written: () => Promise<void> = async () => undefined;
const recordingAuditor = createServiceFactory({
  service: coreServices.auditor,
  deps: {},
  factory: () => ({
    async createEvent({ eventId, severityLevel, meta }) {
      const name = [eventId, severityLevel, ...Object.values(meta ?? {})].filter(Boolean).join(' ');
      return {
        async success() {
          await written();
          entries.push(`${name}: done`);
        },
        fail: async ({ error }) => void entries.push(`${name}: ${error.message}`),
      };
    },
  }),
});

let stage: Stage;
let token: string;

before(async () => {
  stage = await Stage.open({ features: [recordingAuditor] });
  token = await stage.user();
});
beforeEach(() => {
  entries.splice(0);
  written = async () => undefined;
});
after(() => stage.close());

test('what is done with tasks stands in the audit log as before', async () => {
  for (const [method, path] of [
    ['POST', '/v2/tasks'],
    ['GET', '/v2/tasks'],
    ['GET', '/v2/tasks/1'],
    ['GET', '/v2/tasks/1/events'],
    ['GET', '/v2/tasks/1/eventstream'],
    ['POST', '/v2/tasks/1/cancel'],
    ['POST', '/v2/tasks/1/retry'],
    ['POST', '/v2/dry-run'],
    ['GET', '/v2/actions'],
    ['GET', '/v2/templates/default/template/a/parameter-schema'],
  ] as const) {
    stage.service.answers(method, `/api/scaffolder${path}`, {});
    await stage.fetch(path, { method, token });
  }
  assert.deepEqual(entries, [
    'task medium create: done',
    'task list: done',
    'task get 1: done',
    'task events 1: done',
    'task stream 1: done',
    'task medium cancel 1: done',
    'task medium retry 1: done',
    'task dry-run: done',
    'action-fetch: done',
    'template-parameter-schema template:default/a: done',
  ]);
});

test('what is refused or fails stands in the audit log', async () => {
  stage.service.answers('POST', '/api/scaffolder/v2/tasks', {}, 403);
  await stage.fetch('/v2/tasks', { method: 'POST', token });
  assert.deepEqual(entries.splice(0), ['task medium create: Stagecraft answered 403']);
  await stage.service.stop();
  await stage.fetch('/v2/tasks', { token });
  await stage.service.start();
  assert.match(entries.join(), /^task list: Stagecraft does not answer/);
});

test('what nobody has to answer for does not stand in the audit log', async () => {
  stage.service.answers('GET', '/api/scaffolder/v2/templating-extensions', {});
  assert.equal((await stage.fetch('/v2/templating-extensions', { token })).status, 200);
  assert.deepEqual(entries, []);
});

test('a page that goes away while its entry is written harms nobody', async () => {
  const asked = new Promise<ServerResponse>(resolve => {
    stage.service.on('GET', '/api/scaffolder/v2/tasks/2/eventstream', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      resolve(response);
    });
  });
  const left = new AbortController();
  const gone = new Promise<void>(resolve => {
    written = async () => {
      const service = await asked;
      left.abort();
      await once(service, 'close');
      resolve();
    };
  });
  await assert.rejects(stage.fetch('/v2/tasks/2/eventstream', { token, signal: left.signal }), { name: 'AbortError' });
  await gone;
  written = async () => undefined;
  stage.service.answers('GET', '/api/scaffolder/v2/actions', []);
  assert.equal((await stage.fetch('/v2/actions', { token })).status, 200);
});
