import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { Stage } from '../testing/stage';

let stage: Stage;
let token: string;

before(async () => {
  stage = await Stage.open();
  token = await stage.user();
});
after(() => stage.close());

/** A request whose answer is looked at while it comes. */
async function open(path: string, headers: http.OutgoingHttpHeaders = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(stage.url);
  // Not as an address, which would be put straight before it is sent.
  const request = http.get({
    hostname,
    port,
    path: `/api/scaffolder${path}`,
    agent: new http.Agent(),
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** Lets the test write the stream that a page asks for. */
function stream(path: string): Promise<ServerResponse> {
  return new Promise(resolve => {
    stage.service.on('GET', path, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
      resolve(response);
    });
  });
}

const text = async (response: IncomingMessage): Promise<string> => {
  let all = '';
  for await (const chunk of response) all += chunk;
  return all;
};

test('method, path, query and body go on as they came', async () => {
  stage.service.answers('POST', '/api/scaffolder/v2/tasks', { id: 'a' }, 201);
  const body = '{"templateRef":"template:default/a", "values": {"ä": 1}}';
  const headers = { 'content-type': 'application/json' };
  const answer = await stage.fetch('/v2/tasks?a=1&a=%20&b', { method: 'POST', token, body, headers });
  assert.equal(answer.status, 201);
  assert.deepEqual(await answer.json(), { id: 'a' });
  const { last } = stage.service;
  assert.equal(last.url, '/api/scaffolder/v2/tasks?a=1&a=%20&b');
  assert.equal(last.body, body);
  assert.equal(last.headers['content-type'], 'application/json');
});

test('refusals of the service come back as they are', async () => {
  const refusal = { errors: [{ property: 'instance', message: 'requires property "name"' }] };
  stage.service.answers('POST', '/api/scaffolder/v2/tasks', refusal, 400);
  const answer = await stage.fetch('/v2/tasks', { method: 'POST', token, body: '{}' });
  assert.equal(answer.status, 400);
  assert.deepEqual(await answer.json(), refusal);

  const missing = await stage.fetch('/v2/of-tomorrow', { token });
  assert.equal(missing.status, 404);
  assert.deepEqual(await missing.json(), {
    error: { name: 'NotFoundError', message: 'not here' },
    response: { statusCode: 404 },
  });
});

test('a long answer arrives whole, whoever compresses it', async () => {
  const tasks = Array.from({ length: 5000 }, (_, id) => ({ id: `task-${id}` }));
  stage.service.answers('GET', '/api/scaffolder/v2/tasks', { tasks });
  const answer = await stage.fetch('/v2/tasks', { token });
  assert.equal(answer.headers.get('content-encoding'), 'gzip');
  assert.deepEqual(await answer.json(), { tasks });
});

test('cookies do not go on, what is about the request does', async () => {
  stage.service.answers('GET', '/api/scaffolder/v2/actions', []);
  const headers = {
    cookie: 'backstage-auth=secret',
    'x-request-id': 'r-1',
    'x-other': 'no',
    'last-event-id': '7',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  await stage.fetch('/v2/actions', { token, headers });
  const seen = stage.service.last.headers;
  assert.equal(seen.cookie, undefined);
  assert.equal(seen['x-other'], undefined);
  assert.equal(seen['x-request-id'], 'r-1');
  assert.equal(seen['last-event-id'], '7');
  assert.equal(seen.traceparent, headers.traceparent);
});

test('headers of one connection and of one origin stay behind', async () => {
  stage.service.on('GET', '/api/scaffolder/v2/actions', (_, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      connection: 'close, x-hop',
      'x-hop': 'one',
      'set-cookie': 'a=1',
      'access-control-allow-origin': '*',
      'x-frame-options': 'ALLOWALL',
      etag: '"1"',
    });
    response.end('[]');
  });
  const { headers } = await stage.fetch('/v2/actions', { token });
  assert.equal(headers.get('x-hop'), null);
  assert.equal(headers.get('set-cookie'), null);
  assert.equal(headers.get('access-control-allow-origin'), null);
  assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN');
  assert.equal(headers.get('etag'), '"1"');
});

test('an answer that leads elsewhere is not followed', async () => {
  stage.service.on('GET', '/api/scaffolder/v2/actions', (_, response) => {
    response.writeHead(302, { location: `${stage.service.url}/api/scaffolder/v2/tasks` }).end();
  });
  const before = stage.service.seen.length;
  const answer = await stage.fetch('/v2/actions', { token });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('location'), null);
  assert.match(((await answer.json()) as { error: { message: string } }).error.message, /`stagecraft.baseUrl`/);
  assert.equal(stage.service.seen.length, before + 1);
});

test('a path that leads out of the scaffolder is refused', async () => {
  const before = stage.service.seen.length;
  for (const path of ['/v2/tasks/%2e%2e/x', '/v2/%2e/x', '/v2/tasks/..%2f..%2fstagecraft', '/v2/a%5cb', '/v2/%ff']) {
    assert.equal((await open(path)).statusCode, 400, path);
  }
  assert.equal(stage.service.seen.length, before);
});

test('an event reaches the page before the next one is written, compressed by nobody', async () => {
  const written = stream('/api/scaffolder/v2/tasks/1/eventstream');
  const response = await open('/v2/tasks/1/eventstream?after=3', { 'accept-encoding': 'gzip, deflate, br' });
  assert.equal(stage.service.last.url, '/api/scaffolder/v2/tasks/1/eventstream?after=3');
  assert.equal(response.headers['content-type'], 'text/event-stream');
  assert.equal(response.headers['content-encoding'], undefined);
  assert.equal(response.headers['cache-control'], 'no-cache, no-transform');
  assert.equal(response.headers['x-accel-buffering'], 'no');
  const events = response.setEncoding('utf8')[Symbol.asyncIterator]();
  const service = await written;
  for (const event of ['event: log\ndata: {"id":4}\n\n', ': keep-alive\n\n', 'event: completion\ndata: {"id":5}\n\n']) {
    service.write(event);
    assert.deepEqual(await events.next(), { done: false, value: event });
  }
  service.end();
  assert.equal((await events.next()).done, true);
});

test('when the page goes away, the stream of the service is closed', async () => {
  const written = stream('/api/scaffolder/v2/tasks/2/eventstream');
  const response = await open('/v2/tasks/2/eventstream');
  const service = await written;
  const closed = once(service, 'close');
  response.destroy();
  await closed;
  assert.equal(service.writableFinished, false);
});

test('when the page goes away before there is an answer, the request to the service is closed', async () => {
  const asked = new Promise<ServerResponse>(resolve => {
    stage.service.on('GET', '/api/scaffolder/v2/tasks/3/events', (_, response) => resolve(response));
  });
  const errors = () => stage.logs.filter(({ level }) => level === 'error');
  const logged = errors().length;
  const left = new AbortController();
  const answer = stage.fetch('/v2/tasks/3/events', { token, signal: left.signal });
  const service = await asked;
  const closed = once(service, 'close');
  left.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  await closed;
  assert.equal(errors().length, logged);
});

test('when the service breaks off, an event stream ends and any other answer fails', async () => {
  const written = stream('/api/scaffolder/v2/tasks/4/eventstream');
  const response = await open('/v2/tasks/4/eventstream');
  const service = await written;
  service.write('data: 1\n\n', () => service.destroy());
  assert.equal(await text(response), 'data: 1\n\n');

  stage.service.on('GET', '/api/scaffolder/v2/tasks', (_, broken) => {
    broken.writeHead(200, { 'content-type': 'application/json' });
    broken.write('{"tasks":[', () => broken.destroy());
  });
  const half = await open('/v2/tasks');
  await assert.rejects(text(half), { code: 'ECONNRESET' });
});

test('a service that is away is said so, with what to do, and asked again when it is back', async () => {
  stage.service.answers('GET', '/api/scaffolder/v2/actions', []);
  assert.equal((await stage.fetch('/v2/actions', { token })).status, 200);
  await stage.service.stop();
  try {
    const answer = await stage.fetch('/v2/actions', { token });
    assert.equal(answer.status, 503);
    const { error, ...rest } = (await answer.json()) as { error: { name: string; message: string } };
    assert.deepEqual(Object.keys(error), ['name', 'message']);
    assert.equal(error.name, 'ServiceUnavailableError');
    assert.ok(error.message.startsWith(`Stagecraft does not answer at \`${stage.service.url}\`: `), error.message);
    assert.match(error.message, /Start the service, or correct `stagecraft.baseUrl`/);
    assert.deepEqual(rest, { request: { method: 'GET', url: '/v2/actions' }, response: { statusCode: 503 } });
  } finally {
    await stage.service.start();
  }
  assert.equal((await stage.fetch('/v2/actions', { token })).status, 200);
});

test('a body goes on while it still comes', async () => {
  const arrived = new Promise<{ chunk: string; service: ServerResponse }>(resolve => {
    stage.service.on('POST', '/api/scaffolder/v2/dry-run', (incoming, service) => {
      incoming.once('data', (chunk: Buffer) => resolve({ chunk: String(chunk), service }));
      incoming.once('end', () => service.end('{}'));
    });
  });
  const request = http.request(`${stage.url}/api/scaffolder/v2/dry-run`, {
    agent: new http.Agent(),
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  request.write('{"template":');
  assert.equal((await arrived).chunk, '{"template":');
  request.end('{}}');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  assert.equal(await text(response), '{}');
  assert.equal(stage.service.last.body, '{"template":{}}');
});

test('a body of ten megabytes arrives whole', async () => {
  const body = 'x'.repeat(10 * 1024 * 1024);
  stage.service.on('POST', '/api/scaffolder/v2/dry-run', (request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => response.end(String(size)));
  });
  const whole = await stage.fetch('/v2/dry-run', { method: 'POST', token, body });
  assert.equal(await whole.text(), String(body.length));
});

test('a service that does not take the whole body is named, with its limit', async () => {
  stage.service.on('POST', '/api/scaffolder/v2/dry-run', request => request.once('data', () => request.destroy()));
  const answer = await stage.fetch('/v2/dry-run', { method: 'POST', token, body: 'x'.repeat(30 * 1024 * 1024) });
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /`server.max_body_bytes`/);
});

test('two hundred pages follow their tasks at once, and leave nothing behind', async () => {
  const streams: ServerResponse[] = [];
  stage.service.on('GET', '/api/scaffolder/v2/tasks/many/eventstream', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    streams.push(response);
  });
  const pages = await Promise.all(Array.from({ length: 200 }, () => open('/v2/tasks/many/eventstream')));
  assert.equal(streams.length, 200);

  const first = pages.map(page => once(page.setEncoding('utf8'), 'data'));
  for (const [number, service] of streams.entries()) service.write(`data: ${number}\n\n`);
  const received = (await Promise.all(first)).map(([event]) => Number(/\d+/.exec(String(event))?.[0]));
  assert.deepEqual(
    received.sort((a, b) => a - b),
    streams.map((_, number) => number),
  );

  // A request beside them is answered all the same.
  stage.service.answers('GET', '/api/scaffolder/v2/actions', []);
  assert.equal((await stage.fetch('/v2/actions', { token })).status, 200);

  const closed = Promise.all(streams.map(service => once(service, 'close')));
  for (const page of pages) page.destroy();
  await closed;
});

test('HEAD and an empty answer have no body', async () => {
  stage.service.on('HEAD', '/api/scaffolder/v2/actions', (_, response) => {
    response.writeHead(200, { 'content-length': '17', 'content-type': 'application/json' }).end();
  });
  const head = await stage.fetch('/v2/actions', { method: 'HEAD', token });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-length'), '17');

  stage.service.on('GET', '/api/scaffolder/v2/actions', (_, response) => void response.writeHead(304).end());
  assert.equal((await stage.fetch('/v2/actions', { token, headers: { 'if-none-match': '"1"' } })).status, 304);
});
