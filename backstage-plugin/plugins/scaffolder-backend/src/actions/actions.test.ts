import { decodeJwt } from 'jose';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Stage } from '../testing/stage';

const READER = 'a-token-that-reads-tasks';
const TEMPLATE = 'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nspec: {steps: []}\n';

let stage: Stage;
let jane: string;

before(async () => {
  const accessRestrictions = [{ plugin: 'scaffolder', permission: ['scaffolder.task.read'] }];
  const options = { token: READER, subject: 'external:reader' };
  stage = await Stage.open({ externalAccess: [{ type: 'static', options, accessRestrictions }] });
  jane = await stage.user();
});
after(() => stage.close());

test('a start of Backstage gives no warning', () => {
  assert.deepEqual(
    stage.logs.filter(({ level }) => level === 'warn' || level === 'error'),
    [],
  );
  assert.ok(stage.logs.some(({ message }) => message.includes('scaffolder')));
});

async function invoke(name: string, input: unknown, token = jane): Promise<{ status: number; body: any }> {
  const answer = await stage.fetch(`/.backstage/actions/v1/actions/scaffolder:${name}/invoke`, {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: await answer.json() };
}

test('the actions registry has the actions that the service offers itself, in the same words', async () => {
  const answer = await stage.fetch('/.backstage/actions/v1/actions', { token: jane });
  const file = join(__dirname, '../../../../../service/src/http/agents.json');
  const offered = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(await answer.json(), offered);
});

test('an input that the schema does not have is refused', async () => {
  const before = stage.service.seen.length;
  const { status, body } = await invoke('list-scaffolder-tasks', { onwed: true });
  assert.equal(status, 400);
  assert.match(body.error.message, /onwed/);
  assert.equal(stage.service.seen.length, before);
});

test('an agent runs a template as the user that it acts for', async () => {
  stage.service.answers('POST', '/api/scaffolder/v2/tasks', { id: '1' }, 201);
  const input = { templateRef: 'template:default/a', values: { name: 'b' }, secrets: { c: 'd' } };
  const { body } = await invoke('execute-template', input);
  assert.deepEqual(body, { output: { taskId: '1' } });
  assert.deepEqual(JSON.parse(stage.service.last.body), input);
  const { obo } = decodeJwt(stage.service.last.headers.authorization?.replace('Bearer ', '') ?? '');
  assert.equal(decodeJwt(String(obo)).sub, 'user:default/jane');
});

test('tasks are listed, only those of the user on demand', async () => {
  const task = { id: '1', spec: { steps: [] }, status: 'open', createdAt: '2026-11-23T03:19:51.000Z' };
  const page = { tasks: [{ ...task, lastHeartbeatAt: null, createdBy: 'user:default/jane' }], totalTasks: 7 };
  stage.service.answers('GET', '/api/scaffolder/v2/tasks', page);
  const { body } = await invoke('list-scaffolder-tasks', { owned: true, status: 'open', limit: 1 });
  assert.deepEqual(body, { output: { tasks: [task], totalTasks: 7 } });
  const query = new URL(stage.service.last.url, stage.url).searchParams;
  assert.deepEqual(
    [...query],
    [
      ['createdBy', 'user:default/jane'],
      ['status', 'open'],
      ['limit', '1'],
    ],
  );

  const service = await invoke('list-scaffolder-tasks', { owned: true }, await stage.pluginToken());
  assert.equal(service.status, 403);
});

test('the log of a task is given from an event on', async () => {
  const event = { id: 3, taskId: '1', createdAt: '2026-11-23T03:19:51.000Z', type: 'log', body: { message: 'hello' } };
  stage.service.answers('GET', '/api/scaffolder/v2/tasks/1/events', [{ ...event, isTaskRecoverable: false }]);
  const { body } = await invoke('get-scaffolder-task-logs', { taskId: '1', after: 2 });
  assert.deepEqual(body, { output: { events: [event] } });
  assert.equal(stage.service.last.url, '/api/scaffolder/v2/tasks/1/events?after=2');
});

test('the actions of steps are listed', async () => {
  const action = { id: 'debug:log', description: 'Logs', schema: { input: { type: 'object' } }, examples: [] };
  stage.service.answers('GET', '/api/scaffolder/v2/actions', [action]);
  const { body } = await invoke('list-scaffolder-actions', {});
  assert.deepEqual(body, { output: { actions: [{ ...action, schema: { ...action.schema, output: {} } }] } });
});

test('a dry run says what it did', async () => {
  const step = { id: 'a', name: 'A', action: 'debug:log', input: {} };
  const result = {
    log: [{ body: { message: 'ran', stepId: 'a' } }],
    output: { x: 1 },
    steps: [step],
    directoryContents: [],
  };
  stage.service.answers('POST', '/api/scaffolder/v2/dry-run', result);
  const files = [{ path: 'skeleton/ä.txt', content: 'ä' }];
  const { body } = await invoke('dry-run-template', { templateYaml: TEMPLATE, values: { a: 1 }, files });
  assert.equal(body.output.valid, true);
  assert.deepEqual(body.output.log, [{ message: 'ran', stepId: 'a' }]);
  assert.deepEqual(body.output.steps, [{ id: 'a', name: 'A', action: 'debug:log' }]);
  const sent = JSON.parse(stage.service.last.body);
  assert.equal(sent.template.kind, 'Template');
  assert.deepEqual(sent.directoryContents, [{ path: 'skeleton/ä.txt', base64Content: 'w6Q=' }]);
});

test('what is wrong with a template is the answer of its dry run', async () => {
  const broken = await invoke('dry-run-template', { templateYaml: 'a: [' });
  assert.equal(broken.body.output.valid, false);
  assert.ok(broken.body.output.errors.length > 0);

  const errors = [{ property: 'instance', message: 'requires property "name"' }];
  stage.service.answers('POST', '/api/scaffolder/v2/dry-run', { errors }, 400);
  const invalid = await invoke('dry-run-template', { templateYaml: TEMPLATE });
  assert.deepEqual(invalid.body.output.errors, ['instance requires property "name"']);

  stage.service.answers(
    'POST',
    '/api/scaffolder/v2/dry-run',
    { error: { name: 'NotAllowedError', message: 'no' } },
    403,
  );
  assert.equal((await invoke('dry-run-template', { templateYaml: TEMPLATE })).status, 403);
});

test('a caller with restrictions gets from actions no more than from the API', async () => {
  stage.service.answers('GET', '/api/scaffolder/v2/tasks', { tasks: [], totalTasks: 0 });
  assert.equal((await invoke('list-scaffolder-tasks', {}, READER)).status, 200);
  const before = stage.service.seen.length;
  const created = await invoke('execute-template', { templateRef: 'a', values: {} }, READER);
  assert.equal(created.status, 403);
  assert.match(created.body.error.message, /`scaffolder.task.create`/);
  assert.equal((await invoke('dry-run-template', { templateYaml: TEMPLATE }, READER)).status, 404);
  assert.equal(stage.service.seen.length, before);
});
