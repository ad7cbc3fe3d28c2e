import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Stage } from '../testing/stage';

const entries: string[] = [];
const recordingAuditor = createServiceFactory({
  service: coreServices.auditor,
  deps: {},
  factory: () => ({
    async createEvent({ eventId, severityLevel, meta }) {
      const name = [eventId, severityLevel, ...Object.values(meta ?? {})].filter(Boolean).join(' ');
      return {
        success: async () => void entries.push(`${name}: done`),
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
beforeEach(() => void entries.splice(0));
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
