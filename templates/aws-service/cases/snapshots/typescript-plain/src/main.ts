import { buildApp } from './app.js';
import { type Config, readConfig } from './config.js';

/** How long a stop waits for requests: below the 30 seconds after which Kubernetes kills. */
const DRAIN_MS = 20_000;

/** A line of the log, as the requests have theirs. */
function log(level: 'info' | 'error', message: string, fields: Record<string, unknown> = {}): void {
  const time = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, time, message, ...fields })}\n`);
}

async function serve(config: Config): Promise<void> {
  const logger = {
    level: config.logLevel,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const app = buildApp(logger);
  const listenTextResolver = (address: string) => `listening at ${address}`;
  await app.listen({ host: '0.0.0.0', port: config.port, listenTextResolver });

  await new Promise<void>((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });
  log('info', 'stopping: finishing the requests in flight');
  // One slow client cannot hold up a deployment.
  const overdue = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  clearTimeout(overdue);
}

async function run(words: string[]): Promise<void> {
  const config = readConfig(process.env);
  if (words.length === 0) return serve(config);
  throw new Error(`\`${words.join(' ')}\` is no command of this program`);
}

try {
  await run(process.argv.slice(2));
  log('info', 'stopped');
} catch (error) {
  log('error', 'cannot run', { error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
