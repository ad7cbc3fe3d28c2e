import type { AuthService, BackstageCredentials } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { StagecraftClient } from './client';
import { readStagecraftConfig } from './config';
import { isUnavailable, StagecraftError } from './errors';
import { ServiceDouble } from './testUtils';

const jane = principal({ type: 'user', userEntityRef: 'user:default/jane' });
const backstage = principal({ type: 'service', subject: 'plugin:catalog' });
const restricted = principal({
  type: 'service',
  subject: 'external:ci',
  accessRestrictions: { permissionNames: ['a'] },
});
const nobody = principal({ type: 'none' });

function principal(value: object): BackstageCredentials {
  return { $$type: '@backstage/BackstageCredentials', principal: value };
}

/** Backstage's auth service as far as the client needs it: signs by saying for whom. */
const auth = {
  isPrincipal: (credentials: BackstageCredentials<{ type: string }>, type: string) =>
    credentials.principal.type === type,
  async getPluginRequestToken({
    onBehalfOf,
    targetPluginId,
  }: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }) {
    const { type, userEntityRef, accessRestrictions } = onBehalfOf.principal as { [name: string]: unknown };
    if (accessRestrictions) throw new Error('cannot be delegated');
    return { token: `${targetPluginId}/${type === 'user' ? userEntityRef : 'itself'}` };
  },
} as unknown as AuthService;

let service: ServiceDouble;
let client: StagecraftClient;

function clientOf(settings: { [name: string]: string } = {}): StagecraftClient {
  const config = new ConfigReader({ stagecraft: { baseUrl: service.url, ...settings } });
  return new StagecraftClient({ config: readStagecraftConfig(config), auth });
}

before(async () => {
  service = await ServiceDouble.open();
  client = clientOf();
});
afterEach(() => void service.seen.splice(0));
after(() => service.stop());

const token = () => service.last.headers.authorization;

test('a request has its path, query and body where the service expects them', async () => {
  service.answers('GET', '/api/scaffolder/v2/tasks', { tasks: [], totalTasks: 0 });
  await client.listTasks({ createdBy: ['user:default/jane', 'user:default/joe'], limit: 2 }, { credentials: jane });
  assert.equal(
    service.last.url,
    '/api/scaffolder/v2/tasks?createdBy=user%3Adefault%2Fjane&createdBy=user%3Adefault%2Fjoe&limit=2',
  );

  service.answers('GET', '/api/scaffolder/v2/templates/a%2Fb/template/c%3F/parameter-schema', {
    title: 'C',
    steps: [],
  });
  const schema = await client.getTemplateParameterSchema({ namespace: 'a/b', name: 'c?' }, { credentials: jane });
  assert.deepEqual(schema, { title: 'C', steps: [] });

  service.answers('POST', '/api/scaffolder/v2/tasks', { id: '1' }, 201);
  const request = { templateRef: 'a', values: { b: 1 } };
  assert.deepEqual(await client.createTask({ ...request, idempotencyKey: 'k-1' }, { credentials: jane }), { id: '1' });
  assert.deepEqual(JSON.parse(service.last.body), request);
  assert.equal(service.last.headers['idempotency-key'], 'k-1');
  await client.createTask(request, { credentials: jane });
  assert.equal(service.last.headers['idempotency-key'], undefined);
});

test('a service may stand below a path', async () => {
  service.answers('GET', '/behind/it/api/scaffolder/v2/actions', []);
  const behind = clientOf({ baseUrl: `${service.url}/behind/it/` });
  assert.deepEqual(await behind.listActions({ credentials: jane }), []);
  const { signal } = new AbortController();
  const request = { method: 'GET', path: '/api/scaffolder/v2/actions?a=b', headers: { 'x-request-id': '1' }, signal };
  const { status, body } = await behind.forward(request, { token: 'of-jane' });
  assert.equal(status, 200);
  body.resume();
  assert.equal(service.last.url, '/behind/it/api/scaffolder/v2/actions?a=b');
  assert.equal(token(), 'Bearer of-jane');
});

test('users are asked for by tokens that Backstage signs, also where a token is configured', async () => {
  service.answers('GET', '/api/scaffolder/v2/actions', []);
  const configured = clientOf({ token: 'of-the-settings' });
  await client.listActions({ credentials: jane });
  assert.equal(token(), 'Bearer stagecraft/user:default/jane');
  await configured.listActions({ credentials: jane });
  assert.equal(token(), 'Bearer stagecraft/user:default/jane');
  await client.listActions({ credentials: backstage });
  assert.equal(token(), 'Bearer stagecraft/itself');
  await configured.listActions({ credentials: backstage });
  assert.equal(token(), 'Bearer of-the-settings');
});

test('neither nobody nor a caller with restrictions becomes Backstage', async () => {
  const configured = clientOf({ token: 'of-the-settings' });
  await assert.rejects(configured.listActions({ credentials: nobody }), { name: 'AuthenticationError' });
  await assert.rejects(configured.listActions({ credentials: restricted }), /cannot be delegated/);
  assert.equal(service.seen.length, 0);
});

test('a refusal has the name and the status that the service gave it', async () => {
  const body = { error: { name: 'NotFoundError', message: 'Task 1 not found' }, response: { statusCode: 404 } };
  service.answers('GET', '/api/scaffolder/v2/tasks/1', body, 404);
  await assert.rejects(client.getTask({ taskId: '1' }, { credentials: jane }), {
    name: 'NotFoundError',
    statusCode: 404,
    message: 'Task 1 not found',
  });
});

test('values that a form does not allow are told one by one', async () => {
  const errors = [{ property: 'instance.name', message: 'is not a string' }];
  service.answers('POST', '/api/scaffolder/v2/tasks', { errors }, 400);
  const created = client.createTask({ templateRef: 'a', values: {} }, { credentials: jane });
  await assert.rejects(created, (error: StagecraftError) => {
    assert.deepEqual(error.validationErrors, errors);
    assert.match(error.message, /instance.name is not a string/);
    return error.name === 'InputError';
  });
});

test('an answer that leads elsewhere is not followed', async () => {
  service.on('GET', '/api/scaffolder/v2/actions', (_, response) => {
    response.writeHead(307, { location: '/api/scaffolder/v2/tasks' }).end();
  });
  await assert.rejects(client.listActions({ credentials: jane }), /which is not followed/);
  assert.equal(service.seen.length, 1);
});

test('a service that is away, slow or broken off is unavailable', async () => {
  await service.stop();
  await assert.rejects(client.listActions({ credentials: jane }), (error: Error) => {
    assert.ok(error.message.startsWith(`Stagecraft does not answer at \`${service.url}\`: `), error.message);
    assert.match(error.message, /Start the service, or correct `stagecraft.baseUrl`/);
    return isUnavailable(error);
  });
  await service.start();

  service.on('GET', '/api/scaffolder/v2/actions', () => undefined);
  await assert.rejects(client.listActions({ credentials: jane, timeoutMs: 20 }), isUnavailable);

  service.on('GET', '/api/scaffolder/v2/actions', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('[', () => response.destroy());
  });
  await assert.rejects(client.listActions({ credentials: jane }), isUnavailable);
});

test('a caller that gives up ends the request, with its own reason', async () => {
  const asked = new Promise<ServerResponse>(resolve => {
    service.on('GET', '/api/scaffolder/v2/actions', (_, response) => resolve(response));
  });
  const left = new AbortController();
  const answer = client.listActions({ credentials: jane, signal: left.signal });
  const closed = once(await asked, 'close');
  left.abort(new Error('enough'));
  await assert.rejects(answer, /enough/);
  await closed;
});

const event = (id: number, type = 'log') => `event: ${type}\ndata: ${JSON.stringify({ id, type })}\nid: ${id}\n\n`;
const STREAM = '/api/scaffolder/v2/tasks/1/eventstream';

async function follow(options: { after?: number; patienceMs?: number; signal?: AbortSignal } = {}): Promise<number[]> {
  const { after, ...rest } = options;
  const ids = [];
  for await (const { id } of client.followTask({ taskId: '1', after }, { credentials: jane, ...rest })) ids.push(id);
  return ids;
}

test('a task is followed over breaks and answers without a stream, and no event comes twice', async () => {
  const parts = [event(3) + event(4), '', event(5) + 'data: {"id":', event(6) + event(7, 'completion') + event(8)];
  let times = 0;
  service.on('GET', STREAM, (_, response) => {
    const part = parts[times++] ?? '';
    if (part === '') return void response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return void response.write(part, () => response.destroy());
  });
  assert.deepEqual(await follow({ after: 2 }), [3, 4, 5, 6, 7]);
  const asked = service.seen.map(({ url }) => url.replace(STREAM, ''));
  assert.deepEqual(asked, ['?after=2', '?after=4', '?after=4', '?after=5']);
});

test('following ends when the service stays away, or refuses', async () => {
  service.on('GET', STREAM, (_, response) => void response.writeHead(503).end());
  await assert.rejects(follow({ patienceMs: 0 }), { statusCode: 503 });

  service.on('GET', STREAM, (_, response) => void response.writeHead(200).end());
  await assert.rejects(follow({ patienceMs: 0 }), /ended the events of a task that goes on/);

  const refusal = { error: { name: 'NotAllowedError', message: 'not yours' } };
  service.answers('GET', STREAM, refusal, 403);
  await assert.rejects(follow(), { name: 'NotAllowedError', message: 'not yours' });
});

test('following ends when the caller gives up', async () => {
  const left = new AbortController();
  service.on('GET', STREAM, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(1), () => left.abort(new Error('enough')));
  });
  await assert.rejects(follow({ signal: left.signal }), /enough/);
});
