import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import type { Database } from './database.js';
import { type Files, fileRoutes } from './files.js';
import { itemRoutes } from './items.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not logged: probes come every few seconds and would drown the log. */
    quiet?: boolean;
  }
}

/** What the routes need. */
export interface Parts {
  /** Connections to the database. */
  database: Database;
  /** The bucket. */
  files: Files;
}

/** Every route of the service; `openapi.json` describes them. */
export function buildApp(
  parts: Parts,
  logger: FastifyServerOptions['logger'] = false,
): FastifyInstance {
  const app = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
  });

  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config.quiet) return;
    // The path alone: a query string can hold what does not belong in a log.
    const path = request.url.split('?', 1)[0];
    const latency_ms = reply.elapsedTime;
    request.log.info(
      { method: request.method, path, status: reply.statusCode, latency_ms },
      'answered',
    );
  });
  app.setNotFoundHandler(async (_request, reply) => {
    return reply.code(404).send({ error: 'there is no such thing' });
  });
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(error.statusCode).send({ error: error.message });
    }
    // The cause goes to the log alone.
    request.log.error({ err: error }, 'cannot answer');
    return reply.code(503).send({ error: 'try again later' });
  });

  app.get('/', async () => ({ name: 'ts-full-api', version: '0.1.0' }));
  app.register(itemRoutes, { database: parts.database });
  app.register(fileRoutes, { files: parts.files });

  // Healthy means that the process answers. It asks nothing else, so that the outage of a
  // dependency does not make the platform restart every replica.
  app.get('/healthz', { config: { quiet: true } }, async (_request, reply) => {
    return reply.type('text/plain').send('ok');
  });
  // Ready means that the database answers, too: until then no request should come.
  app.get('/readyz', { config: { quiet: true } }, async (_request, reply) => {
    await parts.database.query('select 1');
    return reply.type('text/plain').send('ok');
  });
  return app;
}
