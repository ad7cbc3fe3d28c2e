// The measurements of servers. A measurement is taken in rounds; in each round every server has its turn, each on
// a fresh process, and who comes first changes from round to round: a slow hour of the machine meets all of them.
// What each figure means is told at the head of `peer.mjs`.

import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './client.mjs';
import { forgetPeak, peakMegabytes, processorMs, residentMegabytes } from './process.mjs';
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

/** From nothing to ready, once. */
async function startOnce(target, { calm }) {
  await calm();
  const { readyMs, servedMs } = await withServer(target, templateName('nunjucks', SMALL), async (server) => server);
  return { 'start.ready': [readyMs], 'start.served': [servedMs] };
}

/** All servers rest side by side; then each is put under load while the others go on resting. */
async function memoryOfAll(targets, { calm }) {
  const template = templateName('nunjucks', SMALL);
  const servers = [];
  const figures = {};
  try {
    for (const target of targets) servers.push({ name: target.server, ...(await start(target, template)) });
    await sleep(5_000);
    for (const { name, pid } of servers) figures[name] = { 'memory.rest': [residentMegabytes(pid)] };
    await sleep(55_000);
    for (const { name, pid } of servers) figures[name]['memory.settled'] = [residentMegabytes(pid)];
    for (const { name, pid, client } of servers) {
      await calm();
      forgetPeak(pid);
      await repeat(3, () => batch(client, template, BATCH));
      figures[name]['memory.peak'] = [peakMegabytes(pid)];
    }
    return figures;
  } finally {
    for (const { stop } of servers) await stop();
  }
}

/** A task by its event stream, again and again. */
const stream = (language) => async (target, { runs, calm }) => {
  const template = templateName(language, SMALL);
  return withServer(target, template, async ({ client }) => {
    await warmUp(client, template);
    await calm();
    const one = async () => client.completedByStream(await client.createTask(template, VALUES));
    return { [`stream.${language}.${SMALL}`]: await repeat(runs, () => timed(one)) };
  });
};

/** A task by asking for it, again and again. */
const poll = (language) => async (target, { runs, calm }) => {
  const template = templateName(language, SMALL);
  return withServer(target, template, async ({ client }) => {
    await warmUp(client, template);
    await calm();
    return { [`poll.${language}.${SMALL}`]: await repeat(runs, () => timed(() => taskByPolling(client, template))) };
  });
};

const processorOf = (pids) => pids.reduce((total, pid) => total + processorMs(pid), 0);

/** A hundred tasks at once. */
async function throughput(target, { runs, calm }) {
  const template = templateName('nunjucks', SMALL);
  return withServer(target, template, async ({ client, pids }) => {
    await batch(client, template, SMALL);
    await calm();
    const batches = await repeat(runs, async () => {
      const usedBefore = processorOf(pids);
      const ms = await batch(client, template, BATCH);
      return { rate: (BATCH * 1000) / ms, processor: (processorOf(pids) - usedBefore) / BATCH };
    });
    return { 'throughput.rate': batches.map((each) => each.rate), 'throughput.processor': batches.map((each) => each.processor) };
  });
}

/** Fails unless the dry run gave exactly the files that rendering must give. */
function checkDryRun({ directoryContents }, size) {
  const given = new Map(directoryContents.map((each) => [each.path, Buffer.from(each.base64Content, 'base64').toString('utf8')]));
  const wrong = rendered(size).find(({ path, content }) => given.get(path) !== content);
  if (wrong) throw new Error(`the dry run gave no or another \`${wrong.path}\``);
  if (given.size !== size) throw new Error(`the dry run gave ${given.size} files, not ${size}`);
}

/** A dry run, again and again. */
const dryRun = (language) => async (target, { runs, calm }) => {
  const entity = templateEntity(language, SMALL);
  const files = skeleton(language, SMALL).map(({ path, content }) => ({ path: `skeleton/${path}`, content }));
  return withServer(target, templateName(language, SMALL), async ({ client }) => {
    checkDryRun(await client.dryRun(entity, VALUES, files), SMALL);
    await repeat(WARM_UP_TASKS, () => client.dryRun(entity, VALUES, files));
    await calm();
    return { [`dryrun.${language}.${SMALL}`]: await repeat(runs, () => timed(() => client.dryRun(entity, VALUES, files))) };
  });
};

/** One large task, a few times. */
const large = (language, size) => async (target, { runs, calm }) => {
  const template = templateName(language, size);
  return withServer(target, template, async ({ client }) => {
    await warmUp(client, templateName(language, SMALL));
    await taskByPolling(client, templateName(language, 1000));
    await calm();
    return { [`single.${language}.${size}`]: await repeat(runs, () => timed(() => taskByPolling(client, template))) };
  });
};

/** What each figure is called, and its unit. */
export const TITLES = {
  'start.ready': ['Start to ready', 'ms'],
  'start.served': ['Start to ready and templates served', 'ms'],
  'memory.rest': ['Memory at rest, 5 s after the start', 'MB'],
  'memory.settled': ['Memory at rest, 60 s after the start', 'MB'],
  'memory.peak': ['Memory, peak over 300 tasks', 'MB'],
  'throughput.rate': [`${BATCH} tasks of ${SMALL} files queued at once`, 'tasks/s'],
  'throughput.processor': ['Processor time of the server per such task', 'ms'],
};

/** Title and unit of a figure. */
export function titleOf(key) {
  if (TITLES[key]) return TITLES[key];
  const [kind, language, size] = key.split('.');
  const files = Number(size).toLocaleString('en-US');
  const what = {
    stream: `Task of ${files} files, POST to \`completed\` on the event stream`,
    poll: `Task of ${files} files, POST to \`completed\` by polling`,
    single: `Task of ${files} files, POST to \`completed\` by polling`,
    dryrun: `Dry run of ${files} files`,
  }[kind];
  return [`${what} (${language})`, 'ms'];
}

/** Every measurement: its name for `--only`, how many rounds of how many runs, and what a round is. */
export function measurements(language, smoke) {
  const first = language === 'nunjucks';
  const of = (name, [rounds, runs], round) => ({ name, rounds: smoke ? 1 : rounds, runs: smoke ? Math.min(runs, 3) : runs, round });
  return [
    ...(first ? [of('start', [8, 1], startOnce)] : []),
    ...(first ? [{ ...of('memory', [3, 1]), all: memoryOfAll }] : []),
    of('stream', [4, 10], stream(language)),
    of('poll', [4, 10], poll(language)),
    of('dryrun', [4, 15], dryRun(language)),
    ...(first ? [of('throughput', [6, 1], throughput)] : []),
    { ...of('single', [3, 3], large(language, 1000)) },
    { ...of('large', [2, 2], large(language, 10_000)) },
  ];
}
