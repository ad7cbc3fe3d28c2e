// A program that a stage runs, and the ports that it is given.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What a start may take on a busy machine. */
const START_MS = 90_000;
/** What a program has to end by itself. Backstage waits for its own long polls, which take longer. */
const GRACE_MS = 3_000;

const given = new Set<number>();

/** A free port of this machine, which was not given before. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

/** How a program is started. */
export interface Command {
  program: string;
  args: string[];
  env: { [name: string]: string };
  /** Holds what it prints, of all its starts. */
  log: string;
  /** Answers with 200 once it is ready. */
  ready: string;
}

/** A program that can be started again after it ended. */
export class Program {
  private child: ChildProcess | undefined;
  private readonly command: Command;
  private printed = '';

  constructor(command: Command) {
    this.command = command;
  }

  async start() {
    const { program, args, env, log, ready } = this.command;
    const out = openSync(log, 'a');
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', out, out] });
    closeSync(out);
    this.child = child;
    const failed = new Promise<never>((_, refuse) => child.once('error', refuse));
    failed.catch(() => undefined);
    const until = Date.now() + START_MS;
    while (!(await Promise.race([answers(ready), failed]))) {
      if (ended(child)) throw new Error(`${program} ended with ${child.exitCode}:\n${tail(log)}`);
      if (Date.now() > until) throw new Error(`${program} is not ready after ${START_MS} ms:\n${tail(log)}`);
      await pause(100);
    }
    this.printed ||= readFileSync(log, 'utf8');
  }

  /** Asks it to end, and ends it if it does not. */
  async stop() {
    if (!this.child || ended(this.child)) return;
    this.child.kill('SIGTERM');
    const child = this.child;
    const gone = new Promise<void>(done => child.once('exit', () => done()));
    await Promise.race([gone, pause(GRACE_MS, undefined, { ref: false })]);
    await this.kill();
  }

  /** Ends it as a crash would. */
  async kill() {
    const child = this.child;
    if (!child || ended(child)) return;
    const gone = new Promise<void>(done => child.once('exit', () => done()));
    child.kill('SIGKILL');
    await gone;
  }

  /** Whether a line of what it printed holds all of these. */
  said(...parts: string[]): boolean {
    const lines = readFileSync(this.command.log, 'utf8').split('\n');
    return lines.some(line => parts.every(part => line.includes(part)));
  }

  /** What it printed until its first start was done. */
  started(): string {
    return this.printed;
  }
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const tail = (log: string) => readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
