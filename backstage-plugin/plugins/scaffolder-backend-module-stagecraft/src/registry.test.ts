import type { ActionsRegistryActionOptions, ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { z, type AnyZodObject } from 'zod/v3';
import { registerActions } from './registry';
import { clientOf, credentialsOf } from './testing/step';
import { TaskDouble } from './testing/TaskDouble';

type Entry = ActionsRegistryActionOptions<AnyZodObject, AnyZodObject>;

/** The registry, as it calls an action: input and output are checked against their schemas. */
async function open(t: TestContext) {
  const double = await TaskDouble.open();
  t.after(() => double.service.stop());
  const entries = new Map<string, Entry>();
  const actionsRegistry = {
    register: (entry: Entry) => void entries.set(entry.name, entry),
  } as unknown as ActionsRegistryService;
  registerActions({ actionsRegistry, stagecraft: clientOf(double) });
  const call = async (name: string, input: object) => {
    const entry = entries.get(name)!;
    const context = { input: entry.schema.input(z).parse(input), credentials: credentialsOf('jane') };
    const answer = await entry.action(context as unknown as Parameters<Entry['action']>[0]);
    const output = entry.schema
      .output(z)
      .strict()
      .parse(answer && 'output' in answer ? answer.output : {});
    return JSON.parse(JSON.stringify(output)) as object;
  };
  return { double, entries, call };
}

test('the names do not meet those of the scaffolder itself', async t => {
  const { entries } = await open(t);

  assert.deepEqual(
    [...entries.keys()],
    [
      'list-stagecraft-templates',
      'try-stagecraft-template',
      'run-stagecraft-template',
      'get-stagecraft-task',
      'cancel-stagecraft-task',
    ],
  );
  const readOnly = [...entries.values()].filter(({ attributes }) => attributes?.readOnly).map(({ name }) => name);
  assert.deepEqual(readOnly, ['list-stagecraft-templates', 'try-stagecraft-template', 'get-stagecraft-task']);
});

test('a template is run as the caller, once for each request id', async t => {
  const { double, call } = await open(t);
  const input = { templateRef: 'service', values: {}, requestId: 'r1' };

  assert.deepEqual(await call('run-stagecraft-template', input), { taskId: 't1' });
  assert.deepEqual(await call('run-stagecraft-template', input), { taskId: 't1' });

  assert.deepEqual(double.calls, ['jane create', 'jane create']);
  assert.deepEqual(double.bodies[0], { templateRef: 'service', values: {} });
});

test('a task is given with its log and its end', async t => {
  const { double, call } = await open(t);
  double.service.answers('GET', '/api/scaffolder/v2/tasks/t1', {
    id: 't1',
    status: 'completed',
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'user:default/jane',
  });
  double.service.answers('GET', '/api/scaffolder/v2/tasks/t1/events', [
    { id: 1, type: 'log', body: { message: '\u001b[32minfo\u001b[39m: Fetching', stepId: 'fetch' } },
    { id: 2, type: 'completion', body: { message: 'done', output: { url: 'x' } } },
  ]);

  assert.deepEqual(await call('get-stagecraft-task', { taskId: 't1' }), {
    status: 'completed',
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'user:default/jane',
    log: ['[fetch] Fetching', 'done'],
    output: { url: 'x' },
  });
});

test('a task that waits is given at once', async t => {
  const { double, call } = await open(t);
  double.service.answers('GET', '/api/scaffolder/v2/tasks/t1', { status: 'open', createdAt: 'now' });

  assert.deepEqual(await call('get-stagecraft-task', { taskId: 't1' }), { status: 'open', createdAt: 'now', log: [] });
  assert.equal(double.service.seen.length, 1);
});

test('what is wrong with values is an answer', async t => {
  const { double, call } = await open(t);
  double.tries({ status: 'refused', problems: [{ at: 'values.name', message: 'is required' }] });

  const answer = await call('try-stagecraft-template', { templateRef: 'service' });

  assert.deepEqual(answer, {
    status: 'refused',
    problems: ['values.name: is required'],
    log: [],
    files: [],
    output: {},
  });
});

test('templates are listed, and a task is asked to stop', async t => {
  const { double, call } = await open(t);
  const templates = [{ entityRef: 'template:default/service', title: 'Service' }];
  double.service.answers('GET', '/api/stagecraft/v1/templates', { templates });
  double.service.answers('POST', '/api/scaffolder/v2/tasks/t1/cancel', { status: 'cancelled' });

  assert.deepEqual(await call('list-stagecraft-templates', {}), { templates });
  assert.deepEqual(await call('cancel-stagecraft-task', { taskId: 't1' }), {});
  assert.equal(double.service.last.headers.authorization, 'Bearer jane');
});
