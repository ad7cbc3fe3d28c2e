import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { unavailable } from './errors';

/** A request that is handed on as it is. */
export interface ForwardRequest {
  method: string;
  /** Of the service, from `/api/` on, with its query: sent as it stands. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: Readable;
  /** Ends the request, whatever it is doing. */
  signal: AbortSignal;
}

/** An answer, as soon as its headers are there. */
export interface ForwardAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Fails where the service breaks off. */
  body: Readable;
}

/** How long the service may take to accept a connection. */
const CONNECT_MS = 10_000;

/** Requests without a body use connections again. Others get a fresh one, which cannot have been closed meanwhile. */
const pools = {
  'http:': { kept: new http.Agent({ keepAlive: true }), fresh: new http.Agent() },
  'https:': { kept: new https.Agent({ keepAlive: true }), fresh: new https.Agent() },
};

/**
 * Sends a request and gives back what comes, byte for byte: nothing is held back, decompressed or followed.
 */
export async function forward(baseUrl: string, request: ForwardRequest): Promise<ForwardAnswer> {
  request.signal.throwIfAborted();
  const idle = request.body === undefined && (request.method === 'GET' || request.method === 'HEAD');
  for (;;) {
    const attempt = await send(baseUrl, request, idle);
    if (attempt !== 'stale') return attempt;
  }
}

function send(baseUrl: string, request: ForwardRequest, repeatable: boolean): Promise<ForwardAnswer | 'stale'> {
  const base = new URL(baseUrl);
  const secure = base.protocol === 'https:';
  const pool = pools[secure ? 'https:' : 'http:'];
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http).request({
      protocol: base.protocol,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port || undefined,
      method: request.method,
      path: base.pathname.replace(/\/+$/, '') + request.path,
      headers: request.headers,
      agent: repeatable ? pool.kept : pool.fresh,
      signal: request.signal,
    });
    const fail = (why: string, cause?: unknown) => reject(unavailable({ baseUrl, why, cause }));

    const connecting = setTimeout(() => {
      fail(`no connection within ${CONNECT_MS / 1000} seconds`);
      outgoing.destroy();
    }, CONNECT_MS);
    outgoing.on('socket', socket => {
      const connected = () => clearTimeout(connecting);
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    outgoing.on('close', () => clearTimeout(connecting));

    outgoing.on('response', incoming => {
      // What is left of the body cannot change the answer any more: it is read and dropped, so that the answer arrives.
      request.body?.unpipe(outgoing);
      request.body?.resume();
      resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: incoming });
    });
    outgoing.on('error', error => {
      const code = (error as NodeJS.ErrnoException).code;
      // The service had closed the kept connection just as it was taken: that says nothing about the service.
      if (repeatable && outgoing.reusedSocket && code === 'ECONNRESET') resolve('stale');
      else if (request.signal.aborted) reject(request.signal.reason);
      else if (request.body && !request.body.readableEnded && (code === 'EPIPE' || code === 'ECONNRESET')) {
        fail('it closed the connection before it had the whole request (is that over `server.max_body_bytes`?)', error);
      } else fail(error.message || String(code), error);
    });
    if (request.body) request.body.pipe(outgoing);
    else outgoing.end();
  });
}
