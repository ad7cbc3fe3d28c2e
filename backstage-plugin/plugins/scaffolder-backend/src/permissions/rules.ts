import { createConditionExports, createPermissionRule } from '@backstage/plugin-permission-node';
import {
  scaffolderActionPermissionResourceRef,
  scaffolderTaskPermissionResourceRef,
  scaffolderTemplatePermissionResourceRef,
} from '@backstage/plugin-scaffolder-node/alpha';
import lodash from 'lodash';
import { z } from 'zod';

const hasTag = createPermissionRule({
  name: 'HAS_TAG',
  description: 'Pages and steps that carry the tag in `backstage:permissions`',
  resourceRef: scaffolderTemplatePermissionResourceRef,
  paramsSchema: z.object({ tag: z.string().describe('The tag') }),
  apply: (part, { tag }) => part['backstage:permissions']?.tags?.includes(tag) ?? false,
  toQuery: () => ({}),
});

const hasActionId = createPermissionRule({
  name: 'HAS_ACTION_ID',
  description: 'Steps that run this action',
  resourceRef: scaffolderActionPermissionResourceRef,
  paramsSchema: z.object({ actionId: z.string().describe('Id of the action, such as `publish:github`') }),
  apply: (step, { actionId }) => step.action === actionId,
  toQuery: () => ({}),
});

const key = z.string().describe('Name or path of the input, such as `owner` or `settings.team`');
const VALUE = 'What the input must be; without it any value of this type';

const hasBooleanProperty = createPermissionRule({
  name: 'HAS_BOOLEAN_PROPERTY',
  description: 'Steps with such a boolean in their rendered input',
  resourceRef: scaffolderActionPermissionResourceRef,
  paramsSchema: z.object({ key, value: z.boolean().describe(VALUE).optional() }),
  apply: (step, params) => holds(step, params, 'boolean'),
  toQuery: () => ({}),
});

const hasNumberProperty = createPermissionRule({
  name: 'HAS_NUMBER_PROPERTY',
  description: 'Steps with such a number in their rendered input',
  resourceRef: scaffolderActionPermissionResourceRef,
  paramsSchema: z.object({ key, value: z.number().describe(VALUE).optional() }),
  apply: (step, params) => holds(step, params, 'number'),
  toQuery: () => ({}),
});

const hasStringProperty = createPermissionRule({
  name: 'HAS_STRING_PROPERTY',
  description: 'Steps with such a text in their rendered input',
  resourceRef: scaffolderActionPermissionResourceRef,
  paramsSchema: z.object({ key, value: z.string().describe(VALUE).optional() }),
  apply: (step, params) => holds(step, params, 'string'),
  toQuery: () => ({}),
});

const isTaskOwner = createPermissionRule({
  name: 'IS_TASK_OWNER',
  description: 'Tasks that one of these users has created',
  resourceRef: scaffolderTaskPermissionResourceRef,
  paramsSchema: z.object({ createdBy: z.array(z.string()).describe('Entity references of the users') }),
  apply: (task, { createdBy }) => task.createdBy !== undefined && createdBy.includes(task.createdBy),
  toQuery: ({ createdBy }) => ({ key: 'created_by', values: createdBy }),
});

/** What a step says of where something is to be; there letter case makes no difference. */
const CASELESS = ['owner', 'repoName', 'projectId', 'repoUrl'];

function holds(step: object, params: { key: string; value?: unknown }, type: string): boolean {
  const { action, input } = step as { action?: unknown; input?: unknown };
  const found: unknown = lodash.get(input, params.key);
  if (typeof found !== type) return false;
  if (params.value === undefined || params.value === found) return true;
  if (typeof found !== 'string' || typeof params.value !== 'string') return false;

  const parts = String(action).split(':');
  const path = lodash.toPath(params.key).join('.');
  const isForge = parts.some(part => /^(gitlab|github|bitbucket(Cloud|Server)?)$/.test(part));
  const caseless = isForge && (CASELESS.includes(path) || (path === 'path' && parts.includes('group')));
  return caseless && params.value.toLowerCase() === found.toLowerCase();
}

/** Rules about pages and steps of templates. */
export const scaffolderTemplateRules = { hasTag };
/** Rules about steps that are about to run. */
export const scaffolderActionRules = { hasActionId, hasBooleanProperty, hasNumberProperty, hasStringProperty };
/** Rules about tasks. */
export const scaffolderTaskRules = { isTaskOwner };

/** What policies say about pages and steps of templates. */
export const templateExports = createConditionExports({
  resourceRef: scaffolderTemplatePermissionResourceRef,
  rules: scaffolderTemplateRules,
});
/** What policies say about steps that are about to run. */
export const actionExports = createConditionExports({
  resourceRef: scaffolderActionPermissionResourceRef,
  rules: scaffolderActionRules,
});
/** What policies say about tasks. */
export const taskExports = createConditionExports({
  resourceRef: scaffolderTaskPermissionResourceRef,
  rules: scaffolderTaskRules,
});
