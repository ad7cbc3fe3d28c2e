import { decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stage } from '../testing/stage';

const FREE = 'a-token-without-restrictions';
const READER = 'a-token-that-reads-tasks';
const CREATOR = 'a-token-that-creates-tasks';
const ELSEWHERE = 'a-token-for-the-catalog-alone';
const CREATE = ['scaffolder.task.create', 'scaffolder.template.parameter.read', 'scaffolder.template.step.read'];

const external = (token: string, accessRestrictions?: { plugin: string; permission?: string[] }[]) => ({
  type: 'static',
  options: { token, subject: `external:${token}` },
  ...(accessRestrictions && { accessRestrictions }),
});

let stage: Stage;

before(async () => {
  stage = await Stage.open({
    externalAccess: [
      external(FREE),
      external(READER, [{ plugin: 'scaffolder', permission: ['scaffolder.task.read'] }]),
      external(CREATOR, [{ plugin: 'scaffolder', permission: [...CREATE, 'scaffolder.action.execute'] }]),
      external(ELSEWHERE, [{ plugin: 'catalog', permission: ['catalog.entity.read'] }]),
    ],
  });
  stage.service.answers('GET', '/api/scaffolder/v2/tasks', { tasks: [], totalTasks: 0 });
  stage.service.answers('GET', '/api/scaffolder/v2/actions', []);
  stage.service.answers('POST', '/api/scaffolder/v2/tasks', { id: '1' }, 201);
});
after(() => stage.close());

/** The token that the service got for the last request. */
function presented(of = stage): string {
  return of.service.last.headers.authorization?.replace(/^Bearer /, '') ?? '';
}

function assertOfScaffolder(token: string, obo: string | undefined): void {
  assert.equal(decodeProtectedHeader(token).typ, 'vnd.backstage.plugin');
  const { sub, aud, obo: behalf } = decodeJwt(token);
  assert.deepEqual({ sub, aud }, { sub: 'scaffolder', aud: 'stagecraft' });
  assert.equal(behalf === undefined ? undefined : decodeJwt(String(behalf)).sub, obo);
}

async function refused(path: string, token: string | undefined, init: RequestInit = {}): Promise<[number, string]> {
  const before = stage.service.seen.length;
  const answer = await stage.fetch(path, { ...init, token });
  assert.equal(stage.service.seen.length, before, 'the service was asked');
  const { error } = (await answer.json()) as { error: { name: string; message: string } };
  return [answer.status, `${error.name}: ${error.message}`];
}

test("a user's token goes on as it came", async () => {
  const token = await stage.user();
  assert.equal((await stage.fetch('/v2/tasks', { token })).status, 200);
  assert.equal(presented(), token);
});

test('a plugin that acts for a user keeps acting for that user', async () => {
  const token = await stage.pluginToken('user:default/jane');
  assert.equal((await stage.fetch('/v2/tasks', { token })).status, 200);
  assertOfScaffolder(presented(), 'user:default/jane');
});

test('a plugin that acts for itself becomes the scaffolder', async () => {
  assert.equal((await stage.fetch('/v2/tasks', { token: await stage.pluginToken() })).status, 200);
  assertOfScaffolder(presented(), undefined);
});

test('an external caller without restrictions becomes the scaffolder, and its token stays here', async () => {
  assert.equal((await stage.fetch('/v2/tasks', { token: FREE })).status, 200);
  assertOfScaffolder(presented(), undefined);
});

test('an external caller does what its restrictions hold', async () => {
  assert.equal((await stage.fetch('/v2/tasks?limit=1', { token: READER })).status, 200);
  assertOfScaffolder(presented(), undefined);
  assert.equal((await stage.fetch('/v2/tasks', { method: 'HEAD', token: READER })).status, 404);
  assert.equal((await stage.fetch('/v2/actions', { token: READER })).status, 200);
  const body = '{"templateRef":"template:default/a","values":{}}';
  assert.equal((await stage.fetch('/v2/tasks', { method: 'POST', token: CREATOR, body })).status, 201);
});

test('an external caller is refused what its restrictions do not hold, by the name of what is missing', async () => {
  const id = '7a3b';
  const template = '/v2/templates/default/template/a/parameter-schema';
  for (const [method, path, token, missing] of [
    ['POST', '/v2/tasks', READER, 'scaffolder.task.create'],
    ['POST', `/v2/tasks/${id}/cancel`, READER, 'scaffolder.task.cancel'],
    ['POST', `/v2/tasks/${id}/retry`, READER, 'scaffolder.task.create'],
    ['POST', '/v2/dry-run', READER, 'scaffolder.template.dry-run'],
    ['GET', template, READER, 'scaffolder.template.parameter.read'],
    ['GET', '/v2/tasks', CREATOR, 'scaffolder.task.read'],
    ['GET', `/v2/tasks/${id}`, CREATOR, 'scaffolder.task.read'],
    ['GET', `/v2/tasks/${id}/events`, CREATOR, 'scaffolder.task.read'],
    ['GET', `/v2/tasks/${id}/eventstream?after=1`, CREATOR, 'scaffolder.task.read'],
    ['POST', `/v2/tasks/${id}/retry`, CREATOR, 'scaffolder.task.read'],
  ] as const) {
    const [status, message] = await refused(path, token, { method });
    assert.equal(status, 403, `${method} ${path}`);
    assert.ok(
      message.startsWith('NotAllowedError') && message.includes(`\`${missing}\``),
      `${method} ${path}: ${message}`,
    );
  }
});

test('an external caller with restrictions is refused what is not known', async () => {
  for (const path of ['/openapi.json', '/v2/tasks/', '/v2/tasks/a/b/c', '/v2//tasks', '/v2/TASKS', '/v3/tasks']) {
    const [status, message] = await refused(path, READER);
    assert.equal(status, 403, path);
    assert.match(message, /without restrictions/, path);
  }
});

test('an external caller whose restrictions name other plugins is refused', async () => {
  assert.equal((await refused('/v2/tasks', ELSEWHERE))[0], 403);
});

test('who shows nothing, or something forged, is refused before the service hears of it', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  const forged = await stage.keys.userToken('user:default/jane', { key: privateKey });
  const limited = await stage.neighbour.auth.getLimitedUserToken(
    (await stage.neighbour.auth.authenticate(await stage.user())) as never,
  );
  const none = `${Buffer.from('{"typ":"vnd.backstage.user","alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"user:default/jane"}').toString('base64url')}.`;
  for (const token of [undefined, 'nobody-knows-this', forged, limited.token, none]) {
    const [status, message] = await refused('/v2/tasks', token);
    assert.equal(status, 401, message);
  }
});

test('where Backstage lets everybody in, nobody becomes somebody here', async () => {
  const open = await Stage.open({ backendAuth: { dangerouslyDisableDefaultAuthPolicy: true } });
  try {
    const answer = await open.fetch('/v2/tasks');
    assert.equal(answer.status, 401);
    assert.equal(open.service.seen.length, 0);
  } finally {
    await open.close();
  }
});

test('a configured token stands for Backstage, never for a user', async () => {
  const open = await Stage.open({ stagecraft: { token: 'token-of-the-service' }, externalAccess: [external(FREE)] });
  try {
    await open.fetch('/v2/tasks', { token: FREE });
    assert.equal(presented(open), 'token-of-the-service');
    await open.fetch('/v2/tasks', { token: await open.pluginToken('user:default/jane') });
    assertOfScaffolder(presented(open), 'user:default/jane');
    const jane = await open.user();
    await open.fetch('/v2/tasks', { token: jane });
    assert.equal(presented(open), jane);
  } finally {
    await open.close();
  }
});

test('the operator is told, once, when the service does not accept a token', async () => {
  stage.service.answers(
    'GET',
    '/api/scaffolder/v2/templating-extensions',
    { error: { name: 'AuthenticationError' } },
    401,
  );
  const token = await stage.user();
  const answers = [1, 2].map(() => stage.fetch('/v2/templating-extensions', { token }));
  assert.deepEqual(
    (await Promise.all(answers)).map(answer => answer.status),
    [401, 401],
  );
  const told = stage.logs.filter(({ level, message }) => level === 'warn' && message.includes('`backstage.base_url`'));
  assert.equal(told.length, 1);
});
