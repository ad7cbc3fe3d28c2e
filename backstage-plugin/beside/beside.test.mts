// The modules in an official backend that keeps its own scaffolder, before the real service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stage, until } from './stage.mts';

let set: Stage;

before(async () => {
  set = await Stage.open();
});
after(() => set.close());

test('the templates of the service come into the catalog, and go', async () => {
  await until('the catalog has both', async () => (await set.knows('hello')) && (await set.knows('step')));

  set.put('another');
  await until('the catalog has the other', () => set.knows('another'));
  set.remove('another');
  await until('the catalog has it no longer', async () => !(await set.knows('another')));

  assert.ok(await set.knows('hello'));
});

test('a step runs a template of the service, and gives its output on', async () => {
  const task = await set.run('jane', 0);

  const { status, output } = await set.ends(task);

  assert.equal(status, 'completed');
  assert.deepEqual(output, { said: 'hello jane' });
  await set.says(task, /\[say\] hello jane$/);
});

test('a Backstage that is killed finds the task of its step again', async () => {
  const task = await set.run('killed', 10);
  await set.says(task, /Waiting for 10 seconds/);

  await set.backstage.kill();
  await set.backstage.start();

  assert.equal((await set.ends(task)).status, 'completed');
  assert.equal((await set.inner('killed')).length, 1);
});

test('a service that is killed while a step waits is waited for', async () => {
  const task = await set.run('waiting', 5);
  await set.says(task, /Waiting for 5 seconds/);

  await set.service.kill();
  await set.says(task, /The task goes on there; asking again/);
  await set.service.start();

  assert.equal((await set.ends(task)).status, 'completed');
  assert.equal((await set.inner('waiting')).length, 1);
});

test('cancelling the step cancels the task, and retrying it retries the task', async () => {
  const task = await set.run('cancelled', 8);
  await set.says(task, /Waiting for 8 seconds/);

  await set.send('POST', `scaffolder/v2/tasks/${task}/cancel`);
  const { status, error } = await set.ends(task);
  assert.equal(status, 'failed');
  assert.match(error?.message ?? '', /has been cancelled/);
  assert.deepEqual(
    (await set.inner('cancelled')).map(each => each.status),
    ['cancelled'],
  );

  await set.send('POST', `scaffolder/v2/tasks/${task}/retry`);
  assert.equal((await set.ends(task)).status, 'completed');
  assert.deepEqual(
    (await set.inner('cancelled')).map(each => each.status),
    ['completed'],
  );
});
