// The servers under test: how each is started, when it counts as ready, how it is stopped.
// Whatever differs between the two stands in this file; the measurements know only `start` and `stop`.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, now, pause } from './client.mjs';
import { isAlive } from './process.mjs';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 3_000; // the stock backend can take a minute to stop by itself

/** Everything that the benchmark has to know of Stagecraft's settings. */
const STAGECRAFT = {
  arguments: ['serve'],
  readiness: '/readyz',
  token: 'bench-token-0123456789',
  environment: ({ port, directory, templates, token }) => ({
    STAGECRAFT_SERVER__LISTEN: `127.0.0.1:${port}`,
    STAGECRAFT_DATA_DIR: directory,
    STAGECRAFT_AUTH__TOKENS: JSON.stringify([{ token, subject: 'external:bench' }]),
    STAGECRAFT_TEMPLATES__SOURCES: JSON.stringify([templates]),
  }),
};

/** The same for the stock Backstage backend: its own start script, with its default of ten tasks at once. */
const STOCK = {
  readiness: '/.backstage/health/v1/readiness',
  token: 'bench-token-0123456789',
  environment: ({ directory, templates, token }) => ({
    PEER_TOKEN: token,
    PEER_TEMPLATES: templates,
    PEER_WORKDIR: directory,
    PEER_WAIT_TEMPLATE: '',
    LOG_LEVEL: 'warn',
  }),
};

/** Process ids of the servers that run now, each with what its start script leaves behind, if anything. */
const running = new Map();
process.on('exit', () => [...running.keys()].forEach(end));
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(130));

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what the signal was for.
  }
}

/** Kills a server that we started and removes its process id file. */
function end(pid) {
  signal(pid, 'SIGKILL');
  const pidFile = running.get(pid);
  if (pidFile) fs.rmSync(pidFile, { force: true });
  running.delete(pid);
}

/** A port that nothing listens on at this moment. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The environment without settings of ours that the caller's shell may hold. */
function cleanEnvironment(extra, overrides) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(STAGECRAFT|PEER)_/.test(name));
  return { ...Object.fromEntries(inherited), ...extra, ...overrides };
}

function logTail(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(-20).join('\n') : '(no log)';
}

/** Spawns the Stagecraft binary. The clock starts before the spawn, so the fork counts. */
async function launchStagecraft({ binary, port, directory, templates, overrides }) {
  const log = path.join(directory, 'server.log');
  const output = fs.openSync(log, 'w');
  const dataDirectory = path.join(directory, 'data');
  fs.mkdirSync(dataDirectory, { recursive: true });
  const settings = STAGECRAFT.environment({ port, directory: dataDirectory, templates, token: STAGECRAFT.token });
  const startedAt = now();
  const child = spawn(binary, STAGECRAFT.arguments, {
    cwd: directory,
    stdio: ['ignore', output, output],
    env: cleanEnvironment(settings, overrides),
  });
  fs.closeSync(output);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  return { pid: child.pid, startedAt, log };
}

/** Runs the stock backend's start script until it has written the backend's process id. That moment is
 *  the start: the shell before it is not counted. The script's own wait loop is ended, so that the
 *  waiting is done by the same client for both servers. */
async function launchStock({ peer, port, directory, templates, overrides }) {
  const root = path.join(peer, 'backstage');
  const pidFile = path.join(root, 'run', `peer-${port}.pid`);
  fs.rmSync(pidFile, { force: true });
  const settings = STOCK.environment({ directory, templates, token: STOCK.token });
  const script = spawn(path.join(root, 'bin', 'start.sh'), [String(port)], {
    stdio: 'ignore',
    env: cleanEnvironment(settings, overrides),
  });
  await new Promise((resolve, reject) => script.once('spawn', resolve).once('error', reject));
  const begin = now();
  let pid = NaN;
  while (!(pid > 0)) {
    if (now() - begin > START_LIMIT_MS) throw new Error('the start script of the stock backend wrote no process id');
    await sleep(1);
    pid = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8')) : NaN;
  }
  const startedAt = now();
  script.kill('SIGKILL');
  return { pid, startedAt, log: path.join(root, 'logs', `peer-${port}.log`), pidFile };
}

async function until(condition, { pid, log, startedAt, what }) {
  while (!(await condition().catch(() => false))) {
    if (!isAlive(pid)) throw new Error(`the server ended before ${what}; its log ends with:\n${logTail(log)}`);
    if (now() - startedAt > START_LIMIT_MS) throw new Error(`waited ${START_LIMIT_MS / 1000} s for ${what}; the log ends with:\n${logTail(log)}`);
    await pause(now() - startedAt, 1, 20);
  }
  return now() - startedAt;
}

/** Starts a fresh server in a fresh directory and waits until it is ready and serves `template`.
 *  `target` is `{server, binary | peer, workDirectory, templates, overrides}`. */
export async function start(target, template) {
  const stock = target.server === 'stock';
  const { readiness, token } = stock ? STOCK : STAGECRAFT;
  const port = await freePort();
  const directory = fs.mkdtempSync(path.join(target.workDirectory, 'server-'));
  const launched = await (stock ? launchStock : launchStagecraft)({ ...target, port, directory });
  const { pid, log, pidFile } = launched;
  running.set(pid, pidFile);
  const client = new Client(port, token);

  const stop = async () => {
    client.close();
    signal(pid, 'SIGTERM');
    for (const begin = now(); isAlive(pid) && now() - begin < STOP_LIMIT_MS; ) await sleep(20);
    end(pid);
    fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const ready = async () => (await client.request('GET', readiness)).status === 200;
    const readyMs = await until(ready, { ...launched, what: 'it was ready' });
    const servedMs = await until(() => client.serves(template), { ...launched, what: `it served the template \`${template}\`` });
    return { client, pid, readyMs, servedMs, stop, log };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is under test, in one line. */
export function describe({ server, binary, peer }) {
  if (server === 'stock') {
    const manifest = path.join(peer, 'backstage/app/node_modules/@backstage/plugin-scaffolder-backend/package.json');
    return `Backstage, @backstage/plugin-scaffolder-backend ${JSON.parse(fs.readFileSync(manifest, 'utf8')).version}`;
  }
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (answer.error) throw new Error(`\`${binary}\` cannot be started: ${answer.error.message}`);
  return answer.stdout.trim() || path.basename(binary);
}
