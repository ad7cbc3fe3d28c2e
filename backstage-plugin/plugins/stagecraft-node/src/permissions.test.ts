import { createPermissionIntegrationRouter } from '@backstage/plugin-permission-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createStagecraftTemplateConditionalDecision,
  stagecraftPermissions,
  stagecraftTemplateConditions,
  stagecraftTemplateRules,
  templateRunPermission,
} from './permissions';
import { metadataOf } from './testing/metadata';

const template = {
  kind: 'Template',
  metadata: { name: 'Service', namespace: 'payments', tags: ['rust'] },
  spec: { type: 'service', owner: 'platform' },
};
const { hasTemplateRef, hasTag, hasType, isOwnedBy } = stagecraftTemplateRules;

test('permission and rules are those that the service decides by', async () => {
  const file = join(__dirname, '../../../../service/src/http/permissions.json');
  // Parameters beyond these are looked over, here and there: only Backstage's former schemas say otherwise.
  const text = readFileSync(file, 'utf8').replace(/,\s*"additionalProperties": false/g, '');
  const { stagecraft } = JSON.parse(text);
  const registered = createPermissionIntegrationRouter({
    resourceType: 'stagecraft-template',
    permissions: stagecraftPermissions,
    rules: Object.values(stagecraftTemplateRules),
  });
  assert.deepEqual(await metadataOf(registered), stagecraft);
});

test('a template is named in any letter case, with its namespace', () => {
  assert.equal(hasTemplateRef.apply(template, { templateRefs: ['template:payments/service'] }), true);
  assert.equal(hasTemplateRef.apply(template, { templateRefs: ['Payments/Service'] }), true);
  assert.equal(hasTemplateRef.apply(template, { templateRefs: ['service', 'template:default/service'] }), false);
});

test('tags and types are taken as they are', () => {
  assert.equal(hasTag.apply(template, { tag: 'rust' }), true);
  assert.equal(hasTag.apply(template, { tag: 'Rust' }), false);
  assert.equal(hasType.apply(template, { type: 'service' }), true);
  assert.equal(hasType.apply({ ...template, spec: {} }, { type: 'service' }), false);
});

test('an owner without a namespace is in that of the template', () => {
  assert.equal(isOwnedBy.apply(template, { owners: ['group:payments/platform'] }), true);
  assert.equal(isOwnedBy.apply(template, { owners: ['group:default/platform'] }), false);
  assert.equal(isOwnedBy.apply({ ...template, spec: undefined }, { owners: ['group:payments/platform'] }), false);
});

test('a policy gets a decision for the service to apply', () => {
  const condition = stagecraftTemplateConditions.hasTag({ tag: 'rust' });
  assert.deepEqual(createStagecraftTemplateConditionalDecision(templateRunPermission, condition), {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'stagecraft',
    resourceType: 'stagecraft-template',
    conditions: { resourceType: 'stagecraft-template', rule: 'HAS_TAG', params: { tag: 'rust' } },
  });
});
