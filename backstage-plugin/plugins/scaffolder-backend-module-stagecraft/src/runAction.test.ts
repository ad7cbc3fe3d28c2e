import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Step, type Kept } from './testing/step';
import { TaskDouble, type DoubleEvent } from './testing/TaskDouble';

const log = (message: string, stepId?: string): DoubleEvent => ({ type: 'log', body: { message, stepId } });
const completed: DoubleEvent = { type: 'completion', body: { message: 'done', output: { url: 'https://git/shop' } } };
const failed: DoubleEvent = {
  type: 'completion',
  body: { message: 'over', error: { name: 'ConflictError', message: 'the repository is there already' } },
};

async function open(t: TestContext): Promise<TaskDouble> {
  const double = await TaskDouble.open();
  t.after(() => double.service.stop());
  return double;
}

const nothingKept = (): Kept => ({ checkpoints: new Map() });

test('the step runs the template as the user, and gives its output on', async t => {
  const double = await open(t);
  double.tell(completed);

  const step = new Step(double);
  await step.done;

  assert.deepEqual(double.bodies, [{ templateRef: 'template:default/service', values: { name: 'shop' } }]);
  assert.deepEqual(double.calls, ['jane create', 'scaffolder follow']);
  assert.deepEqual(step.outputs, { taskId: 't1', output: { url: 'https://git/shop' } });
});

test('each line comes as it is told', async t => {
  const double = await open(t);
  const step = new Step(double);

  double.tell(log('Starting up'), log('Fetching', 'fetch'));
  await step.says(/^info \[fetch\] Fetching$/);
  double.tell({ type: 'log', body: { message: 'no', stepId: 'fetch', status: 'failed' } }, completed);
  await step.done;

  assert.deepEqual(step.lines.slice(1), ['info Starting up', 'info [fetch] Fetching', 'error [fetch] no']);
});

test('a line keeps the level that the service gave it', async t => {
  const double = await open(t);
  double.tell(
    log('\u001b[32minfo\u001b[39m: hello', 'say'),
    log('\u001b[33mwarn\u001b[39m: careful', 'say'),
    completed,
  );

  const step = new Step(double);
  await step.done;

  assert.deepEqual(step.lines.slice(1), ['info [say] hello', 'warn [say] careful']);
});

test('secrets go along with the request', async t => {
  const double = await open(t);
  double.tell(completed);

  await new Step(double, { input: { templateRef: 'service', secrets: { TOKEN: 's3cret' } } }).done;

  assert.deepEqual(double.bodies, [{ templateRef: 'service', values: {}, secrets: { TOKEN: 's3cret' } }]);
});

test('a failure is the failure of the step, in the words of the service', async t => {
  const double = await open(t);
  double.tell(failed);

  await assert.rejects(new Step(double).done, {
    name: 'ConflictError',
    message: 'Task `t1` failed in Stagecraft: the repository is there already',
  });
});

test('a request that is sent again has the key of the first', async t => {
  const double = await open(t);
  double.tell(completed);

  await new Step(double).done;
  await new Step(double).done;
  await new Step(double, { taskId: 'b2' }).done;
  await new Step(double, { input: { templateRef: 'service', values: { name: 'basket' } } }).done;

  assert.equal(double.keys.length, 3);
  assert.match(double.keys[0]!, /^backstage-[0-9a-f]{64}$/);
});

test('a worker that is started anew finds the task again', async t => {
  const double = await open(t);
  const kept = nothingKept();
  const killed = new Step(double, { kept });
  double.tell(log('one'));
  await killed.says(/one/);

  double.tell(completed);
  await new Step(double, { kept }).done;

  assert.equal(double.calls.filter(call => call === 'jane create').length, 1);
});

test('a failure that nobody saw is told, not retried', async t => {
  const double = await open(t);
  const kept = nothingKept();
  const killed = new Step(double, { kept });
  await killed.says(/runs/);
  kept.checkpoints = new Map([...kept.checkpoints].filter(([key]) => key.startsWith('task-')));
  double.tell(failed);

  await assert.rejects(new Step(double, { kept }).done, /there already/);

  assert.ok(!double.calls.includes('jane retry'));
});

test('a retry of the step retries the task, with the secrets of this run', async t => {
  const double = await open(t);
  const kept = nothingKept();
  const input = { templateRef: 'service', secrets: { TOKEN: 'new' } };
  double.tell(failed);
  await assert.rejects(new Step(double, { kept, input }).done, /there already/);

  const again = new Step(double, { kept, input });
  await again.says(/again/);
  double.tell(completed);
  await again.done;

  assert.deepEqual(double.calls.slice(-3), ['scaffolder follow', 'jane retry', 'scaffolder follow']);
  assert.deepEqual(double.bodies.at(-1), { secrets: { TOKEN: 'new' } });
  assert.deepEqual(again.outputs.output, { url: 'https://git/shop' });
});

test('a connection that breaks is made again behind the last line', async t => {
  const double = await open(t);
  const step = new Step(double);
  double.tell(log('one'), log('two'));
  await step.says(/two/);

  double.breakOff();
  double.tell(log('three'), completed);
  await step.done;

  assert.deepEqual(double.afters, [0, 2]);
  assert.deepEqual(
    step.lines.filter(line => /one|two|three/.test(line)),
    ['info one', 'info two', 'info three'],
  );
});

test('a service that stays away fails the step with what to do', async t => {
  const double = await open(t);
  const step = new Step(double, { patienceMs: 0 });
  await step.says(/runs/);

  await double.service.stop();

  await assert.rejects(step.done, /Task `t1` could not be followed.* retry finds it again: Stagecraft does not answer/);
  assert.ok(step.lines.some(line => /^warn .*The task goes on there/.test(line)));
  await double.service.start();
});

test('cancelling the step cancels the task', async t => {
  const double = await open(t);
  double.onCancel = () =>
    double.tell(
      { type: 'cancelled', body: { message: 'The task has been cancelled.' } },
      { type: 'completion', body: { message: 'over' } },
    );
  const step = new Step(double);
  await step.says(/runs/);

  step.cancel();

  await assert.rejects(step.done, /it was cancelled there/);
  assert.ok(double.calls.includes('scaffolder cancel'));
});

test('a task that somebody cancels in the service fails the step', async t => {
  const double = await open(t);
  double.tell(
    { type: 'cancelled', body: { message: 'The task has been cancelled.' } },
    { type: 'completion', body: { message: 'over' } },
  );

  await assert.rejects(new Step(double).done, /it was cancelled there/);
});

test('a task that was too far to be stopped has ended well', async t => {
  const double = await open(t);
  double.tell({ type: 'cancelled', body: { message: 'stop' } }, completed);

  const step = new Step(double);
  await step.done;

  assert.deepEqual(step.outputs.output, { url: 'https://git/shop' });
});

test('a refusal is told in the words of the service', async t => {
  const double = await open(t);
  const error = { name: 'NotAllowedError', message: 'you may not run `service`' };
  double.service.answers('POST', '/api/scaffolder/v2/tasks', { error }, 403);

  await assert.rejects(new Step(double).done, error);
});

test('a dry run tells what the template would do, as the user', async t => {
  const double = await open(t);
  double.tries({
    status: 'completed',
    log: [{ body: { message: 'Fetching', stepId: 'fetch' } }],
    steps: [],
    directoryContents: [{ path: 'README.md' }],
    output: { url: 'example' },
  });

  const step = new Step(double, { isDryRun: true });
  await step.done;

  assert.deepEqual(double.calls, ['jane try']);
  assert.deepEqual(step.lines, [
    'info [fetch] Fetching',
    'info Stagecraft would run `template:default/service`, with 1 files at the end',
  ]);
  assert.deepEqual(step.outputs, { taskId: 'dry-run', output: { url: 'example' } });
});

test('a dry run fails where the run would', async t => {
  const double = await open(t);
  const problems = [{ at: 'values.name', message: 'is required' }];

  double.tries({ status: 'refused', problems });
  await assert.rejects(new Step(double, { isDryRun: true }).done, {
    name: 'InputError',
    message: /values\.name: is required/,
  });

  const error = { name: 'NotFoundError', message: 'no such file' };
  double.tries({ status: 'failed', error, log: [], steps: [], directoryContents: [], output: {} });
  await assert.rejects(new Step(double, { isDryRun: true }).done, { name: 'NotFoundError', message: /no such file/ });
});
