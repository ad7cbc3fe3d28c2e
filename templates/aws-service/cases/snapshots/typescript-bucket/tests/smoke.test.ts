import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The program as a platform meets it: configured by variables, JSON lines, stopped by SIGTERM. */
const PROGRAM = fileURLToPath(new URL('../src/main.js', import.meta.url));

type Line = Record<string, unknown>;

class Service {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  readonly ended: Promise<unknown[]>;

  constructor(t: TestContext, variables: Record<string, string>, words: string[] = []) {
    const given = { BUCKET_NAME: 'unused', AWS_REGION: 'eu-central-1', PORT: '0' };
    this.process = spawn(process.execPath, [PROGRAM, ...words], {
      env: { ...given, ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(this.process.stdout);
    this.lines = createInterface(this.process.stdout)[Symbol.asyncIterator]();
    this.ended = once(this.process, 'exit');
    t.after(() => this.process.kill('SIGKILL'));
  }

  /** The next line of the log whose message begins so. */
  async nextLog(beginning: string): Promise<Line> {
    for (;;) {
      const { value, done } = await this.lines.next();
      assert.ok(!done, `the program ended without a line \`${beginning}…\``);
      const line: Line = JSON.parse(value);
      if (String(line.message).startsWith(beginning)) return line;
    }
  }

  /** Where it answers, once it listens. */
  async address(): Promise<string> {
    const { message } = await this.nextLog('listening at ');
    const [, port] = /:(\d+)$/.exec(String(message)) ?? [];
    assert.ok(port, `no port in \`${message}\``);
    return `http://127.0.0.1:${port}`;
  }

  /** Asks it to stop; its exit code. */
  async stop(): Promise<unknown> {
    this.process.kill('SIGTERM');
    return (await this.ended)[0];
  }
}

async function status(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { connection: 'close' } });
  await answer.arrayBuffer();
  return answer.status;
}

test('it answers until it is told to stop', async (t) => {
  const service = new Service(t, {});
  const address = await service.address();

  assert.equal(await status(`${address}/healthz`), 200);
  assert.equal(await status(`${address}/readyz`), 200);
  assert.equal(await status(`${address}/?token=private`), 200);
  const answered = await service.nextLog('answered');
  assert.equal(answered.status, 200);
  assert.equal(answered.path, '/', 'probes are not logged, nor is a query string');
  assert.equal(await status(`${address}/nothing-here`), 404);

  assert.equal(await service.stop(), 0);
  await assert.rejects(status(`${address}/healthz`));
});

test('a wrong port ends it with a reason', async (t) => {
  const service = new Service(t, { PORT: 'http' });

  assert.match(String((await service.nextLog('cannot run')).error), /`PORT`/);
  assert.equal((await service.ended)[0], 1);
});

test('an unknown command ends it with a reason', async (t) => {
  const service = new Service(t, {}, ['dance']);

  assert.match(String((await service.nextLog('cannot run')).error), /`dance`/);
  assert.equal((await service.ended)[0], 1);
});
