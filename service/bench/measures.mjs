// The measurements of a server. Each starts a fresh server, warms it up, waits for a quiet machine, and
// returns figures by key. What each figure means is told at the head of `peer.mjs`.

import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './client.mjs';
import { forgetPeak, peakMegabytes, processorMs, quiet, residentMegabytes } from './process.mjs';
import { figure } from './report.mjs';
import { rendered, skeleton, templateEntity, templateName, VALUES } from './skeletons.mjs';
import { start } from './servers.mjs';

const SMALL = 30;
const WARM_UP_TASKS = 10;
const BATCH = 100;
const BATCH_LIMIT_MS = 300_000;

/** Runs `body` with a fresh server that knows the template, and stops the server whatever happens. */
async function withServer(target, template, body) {
  const server = await start(target, template);
  try {
    return await body(server);
  } finally {
    await server.stop();
  }
}

/** Runs `once` as often as asked, and collects what it returns. */
async function repeat(runs, once) {
  const values = [];
  for (let run = 0; run < runs; run += 1) values.push(await once(run));
  return values;
}

async function taskByPolling(client, template) {
  await client.completedByPolling(await client.createTask(template, VALUES));
}

async function timed(work) {
  const begin = now();
  await work();
  return now() - begin;
}

const warmUp = (client, template) => repeat(WARM_UP_TASKS, () => taskByPolling(client, template));

/** Posts `count` tasks at once and waits until every one of them is completed. After each look at the list
 *  it sleeps for half of the time that the rest should take, so that a dozen looks find the end to 5 ms. */
async function batch(client, template, count) {
  const [completedBefore, lostBefore] = [await client.countTasks('completed'), await client.countTasks('failed', 'cancelled')];
  const begin = now();
  await Promise.all(Array.from({ length: count }, () => client.createTask(template, VALUES)));
  for (;;) {
    const done = (await client.countTasks('completed')) - completedBefore;
    const elapsed = now() - begin;
    if (done >= count) return elapsed;
    if (elapsed > BATCH_LIMIT_MS) throw new Error(`only ${done} of ${count} tasks were completed within ${BATCH_LIMIT_MS / 1000} s`);
    if ((await client.countTasks('failed', 'cancelled')) > lostBefore) throw new Error('a task of the batch failed');
    const rest = done > 0 ? (elapsed / done) * (count - done) : elapsed;
    await sleep(Math.min(1000, Math.max(5, rest / 2)));
  }
}

async function measureStart(target, { runs, quietSeconds }) {
  const template = templateName('nunjucks', SMALL);
  await withServer(target, template, async () => {}); // warms the page cache, and is not counted
  const conditions = await quiet(quietSeconds);
  const starts = await repeat(runs.start, async () => {
    const { readyMs, servedMs } = await withServer(target, template, async (server) => server);
    return { readyMs, servedMs };
  });
  return {
    'start.ready': { ...figure('Start to ready', 'ms', starts.map((each) => each.readyMs)), conditions },
    'start.served': { ...figure('Start to ready and templates served', 'ms', starts.map((each) => each.servedMs)), conditions },
  };
}

async function measureMemory(target, { runs, quietSeconds }) {
  const template = templateName('nunjucks', SMALL);
  const conditions = await quiet(quietSeconds);
  const samples = await repeat(runs.memory, () =>
    withServer(target, template, async ({ client, pid }) => {
      await sleep(5_000);
      const rest = residentMegabytes(pid);
      await sleep(55_000);
      const settled = residentMegabytes(pid);
      forgetPeak(pid);
      await repeat(3, () => batch(client, template, BATCH));
      return { rest, settled, peak: peakMegabytes(pid) };
    }),
  );
  return {
    'memory.rest': { ...figure('Memory at rest, 5 s after the start', 'MB', samples.map((each) => each.rest)), conditions },
    'memory.settled': { ...figure('Memory at rest, 60 s after the start', 'MB', samples.map((each) => each.settled)), conditions },
    'memory.peak': { ...figure('Memory, peak over 300 tasks', 'MB', samples.map((each) => each.peak)), conditions },
  };
}

async function measureStream(target, { runs, quietSeconds, language }) {
  const template = templateName(language, SMALL);
  return withServer(target, template, async ({ client }) => {
    await warmUp(client, template);
    const conditions = await quiet(quietSeconds);
    const values = await repeat(runs.latency, () =>
      timed(async () => client.completedByStream(await client.createTask(template, VALUES))),
    );
    const title = `Task of ${SMALL} files, POST to \`completed\` on the event stream (${language})`;
    return { [`stream.${language}.${SMALL}`]: { ...figure(title, 'ms', values), conditions } };
  });
}

async function measurePoll(target, { runs, quietSeconds, language }) {
  const template = templateName(language, SMALL);
  return withServer(target, template, async ({ client }) => {
    await warmUp(client, template);
    const conditions = await quiet(quietSeconds);
    const values = await repeat(runs.latency, () => timed(() => taskByPolling(client, template)));
    const title = `Task of ${SMALL} files, POST to \`completed\` by polling (${language})`;
    return { [`poll.${language}.${SMALL}`]: { ...figure(title, 'ms', values), conditions } };
  });
}

async function measureThroughput(target, { runs, quietSeconds }) {
  const template = templateName('nunjucks', SMALL);
  return withServer(target, template, async ({ client, pid }) => {
    await batch(client, template, SMALL);
    const conditions = await quiet(quietSeconds);
    const batches = await repeat(runs.batches, async () => {
      const usedBefore = processorMs(pid);
      const ms = await batch(client, template, BATCH);
      return { rate: (BATCH * 1000) / ms, processor: (processorMs(pid) - usedBefore) / BATCH };
    });
    return {
      'throughput.rate': { ...figure(`${BATCH} tasks of ${SMALL} files queued at once`, 'tasks/s', batches.map((each) => each.rate)), conditions },
      'throughput.processor': { ...figure('Processor time of the server per such task', 'ms', batches.map((each) => each.processor)), conditions },
    };
  });
}

/** Fails unless the dry run gave exactly the files that rendering must give. */
function checkDryRun({ directoryContents }, size) {
  const given = new Map(directoryContents.map((each) => [each.path, Buffer.from(each.base64Content, 'base64').toString('utf8')]));
  const wrong = rendered(size).find(({ path, content }) => given.get(path) !== content);
  if (wrong) throw new Error(`the dry run gave no or another \`${wrong.path}\``);
  if (given.size !== size) throw new Error(`the dry run gave ${given.size} files, not ${size}`);
}

async function measureDryRun(target, { runs, quietSeconds, language }) {
  const entity = templateEntity(language, SMALL);
  const files = skeleton(language, SMALL).map(({ path, content }) => ({ path: `skeleton/${path}`, content }));
  return withServer(target, templateName(language, SMALL), async ({ client }) => {
    checkDryRun(await client.dryRun(entity, VALUES, files), SMALL);
    await repeat(WARM_UP_TASKS, () => client.dryRun(entity, VALUES, files));
    const conditions = await quiet(quietSeconds);
    const values = await repeat(runs.dryRun, () => timed(() => client.dryRun(entity, VALUES, files)));
    return { [`dryrun.${language}.${SMALL}`]: { ...figure(`Dry run of ${SMALL} files (${language})`, 'ms', values), conditions } };
  });
}

async function measureSingle(target, { runs, quietSeconds, language }) {
  const figures = {};
  for (const size of [1000, 10000]) {
    const template = templateName(language, size);
    await withServer(target, template, async ({ client }) => {
      await warmUp(client, templateName(language, SMALL));
      await taskByPolling(client, templateName(language, 1000));
      const conditions = await quiet(quietSeconds);
      const values = await repeat(runs.single[size], () => timed(() => taskByPolling(client, template)));
      const title = `Task of ${size.toLocaleString('en-US')} files, POST to \`completed\` by polling (${language})`;
      figures[`single.${language}.${size}`] = { ...figure(title, 'ms', values), conditions };
    });
  }
  return figures;
}

/** Every measurement by the name that `--only` takes; the second group runs once per template language. */
export const ONCE = { start: measureStart, memory: measureMemory, throughput: measureThroughput };
export const PER_LANGUAGE = { stream: measureStream, poll: measurePoll, dryrun: measureDryRun, single: measureSingle };
