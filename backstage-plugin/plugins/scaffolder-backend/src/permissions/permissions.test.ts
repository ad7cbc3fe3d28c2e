import { AuthorizeResult, isResourcePermission } from '@backstage/plugin-permission-common';
import { taskReadPermission } from '@backstage/plugin-scaffolder-common/alpha';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createScaffolderTaskConditionalDecision, scaffolderTaskConditions } from '../alpha';
import { Stage } from '../testing/stage';
import { scaffolderActionRules, scaffolderTemplateRules } from './rules';

let stage: Stage;

before(async () => {
  stage = await Stage.open({
    // A task is for whoever has created it; nobody but Jane creates any.
    async policy({ permission }, user) {
      const me = user?.info.userEntityRef ?? '';
      if (isResourcePermission(permission, 'scaffolder-task')) {
        return createScaffolderTaskConditionalDecision(
          permission,
          scaffolderTaskConditions.isTaskOwner({ createdBy: [me] }),
        );
      }
      return { result: me === 'user:default/jane' ? AuthorizeResult.ALLOW : AuthorizeResult.DENY };
    },
  });
  stage.service.answers('GET', '/api/scaffolder/v2/tasks/hers', { id: 'hers', createdBy: 'user:default/jane' });
  stage.service.answers('GET', '/api/scaffolder/v2/tasks/nobodys', { id: 'nobodys' });
});
after(() => stage.close());

async function decisionFor(user: string, taskId: string): Promise<string | undefined> {
  const credentials = await stage.neighbour.auth.authenticate(await stage.user(user));
  const [decision] = await stage.neighbour.permissions.authorize(
    [{ permission: taskReadPermission, resourceRef: taskId }],
    { credentials },
  );
  return decision?.result;
}

test('Backstage knows the permissions and rules that the service decides by', async () => {
  const file = join(__dirname, '../../../../../service/src/http/permissions.json');
  // Parameters beyond these are looked over, here and there: only Backstage's former schemas say otherwise.
  const text = readFileSync(file, 'utf8').replace(/,\s*"additionalProperties": false/g, '');
  const { scaffolder } = JSON.parse(text);
  const answer = await stage.fetch('/.well-known/backstage/permissions/metadata', { token: await stage.user() });
  const sorted = (metadata: { permissions: { name: string }[]; rules: { name: string }[] }) => ({
    permissions: metadata.permissions.sort((a, b) => a.name.localeCompare(b.name)),
    rules: metadata.rules.sort((a, b) => a.name.localeCompare(b.name)),
  });
  assert.deepEqual(sorted((await answer.json()) as never), sorted(scaffolder));
});

test("a policy's condition on tasks is applied to the task that the service has", async () => {
  assert.equal(await decisionFor('user:default/jane', 'hers'), 'ALLOW');
  assert.equal(await decisionFor('user:default/joe', 'hers'), 'DENY');
  assert.equal(await decisionFor('user:default/joe', 'nobodys'), 'DENY');
});

test('a task that is not there is denied', async () => {
  assert.equal(await decisionFor('user:default/jane', 'gone'), 'DENY');
});

test('a service that cannot say what a task is allows nothing', async () => {
  stage.service.answers('GET', '/api/scaffolder/v2/tasks/broken', { error: { name: 'Error' } }, 500);
  await assert.rejects(decisionFor('user:default/jane', 'broken'));
});

test('tags are those of the page or step', () => {
  const { hasTag } = scaffolderTemplateRules;
  const tagged = { id: 'a', action: 'b', name: 'c', 'backstage:permissions': { tags: ['secret'] } };
  assert.equal(hasTag.apply(tagged, { tag: 'secret' }), true);
  assert.equal(hasTag.apply(tagged, { tag: 'other' }), false);
  assert.equal(hasTag.apply({}, { tag: 'secret' }), false);
});

test('an input has the property only with its type, and with the value if one is asked for', () => {
  const { hasActionId, hasBooleanProperty, hasNumberProperty, hasStringProperty } = scaffolderActionRules;
  const step = { action: 'debug:log', input: { a: { b: ['x'] }, n: 1, yes: false } };
  assert.equal(hasActionId.apply(step, { actionId: 'debug:log' }), true);
  assert.equal(hasActionId.apply(step, { actionId: 'debug' }), false);
  assert.equal(hasStringProperty.apply(step, { key: 'a.b[0]' }), true);
  assert.equal(hasStringProperty.apply(step, { key: 'a.b.0', value: 'X' }), false);
  assert.equal(hasStringProperty.apply(step, { key: 'n' }), false);
  assert.equal(hasNumberProperty.apply(step, { key: 'n', value: 1 }), true);
  assert.equal(hasNumberProperty.apply(step, { key: 'missing' }), false);
  assert.equal(hasBooleanProperty.apply(step, { key: 'yes', value: false }), true);
  assert.equal(hasBooleanProperty.apply(step, { key: 'yes', value: true }), false);
  assert.equal(hasStringProperty.apply({ action: 'debug:log' }, { key: 'a' }), false);
});

test('where a repository is does not depend on letter case', () => {
  const { hasStringProperty } = scaffolderActionRules;
  const holds = (action: string, key: string) =>
    hasStringProperty.apply({ action, input: { [key]: 'Acme' } }, { key, value: 'acme' });
  for (const key of ['owner', 'repoName', 'projectId', 'repoUrl']) {
    assert.equal(holds('github:webhook', key), true, key);
    assert.equal(holds('publish:bitbucketCloud', key), true, key);
    assert.equal(holds('my:action', key), false, key);
  }
  assert.equal(holds('gitlab:group:ensureExists', 'path'), true);
  assert.equal(holds('gitlab:issues:create', 'path'), false);
  assert.equal(holds('github:webhook', 'title'), false);
});
