import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Of a request goes on what says something about it; not cookies, and not who asks. */
const REQUEST_HEADERS = [
  'accept',
  'accept-language',
  'content-type',
  'content-length',
  'content-encoding',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'last-event-id',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-request-id',
];

/** They are about one connection, or about the origin that Backstage is in the browser. */
const NOT_FOR_RESPONSES = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'strict-transport-security',
];

/** The headers with which a request goes on to the service. */
export function requestHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {};
  for (const name of REQUEST_HEADERS) {
    if (headers[name] !== undefined) kept[name] = headers[name];
  }
  return kept;
}

/** Whether the request brings a body. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether the answer is an event stream. */
export function isEventStream(headers: IncomingHttpHeaders): boolean {
  return /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}

/** The headers with which an answer goes back. */
export function responseHeaders(headers: IncomingHttpHeaders): { [name: string]: string | string[] } {
  const dropped = new Set(NOT_FOR_RESPONSES);
  for (const name of (headers.connection ?? '').split(',')) dropped.add(name.trim().toLowerCase());
  const kept: { [name: string]: string | string[] } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name) && !name.startsWith('access-control-')) kept[name] = value;
  }
  if (isEventStream(headers)) {
    // Nobody on the way may compress it or wait for more of it: Backstage itself would.
    kept['cache-control'] = 'no-cache, no-transform';
    kept['x-accel-buffering'] = 'no';
  }
  return kept;
}
