import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { createPermission } from '@backstage/plugin-permission-common';
import { z } from 'zod';

/** What the permission to run a template is about: a Template entity. */
export interface RunnableTemplate {
  kind: string;
  metadata: { name: string; namespace?: string; tags?: string[] };
  spec?: { type?: unknown; owner?: unknown };
}

/** The type of resource that `stagecraft.template.run` is about. */
export const RESOURCE_TYPE_STAGECRAFT_TEMPLATE = 'stagecraft-template';

/** Names that type to Backstage's permission framework. The service answers for it, as plugin `stagecraft`. */
export const stagecraftTemplateResourceRef = createPermissionResourceRef<RunnableTemplate, object>().with({
  pluginId: 'stagecraft',
  resourceType: RESOURCE_TYPE_STAGECRAFT_TEMPLATE,
});

/** The permission to create a task from a template, which Backstage's own scaffolder does not have. */
export const templateRunPermission = createPermission({
  name: 'stagecraft.template.run',
  attributes: {},
  resourceType: RESOURCE_TYPE_STAGECRAFT_TEMPLATE,
});

/** The permissions of Stagecraft beside those of the scaffolder. */
export const stagecraftPermissions = [templateRunPermission];

/** Entity references in the form that they are compared in. */
function canonical(ref: string, kind: string, namespace = 'default'): string {
  const [, k = kind, ns = namespace, name = ref] = /^(?:([^:]*):)?(?:([^/]*)\/)?(.*)$/.exec(ref) ?? [];
  return `${k}:${ns}/${name}`.toLocaleLowerCase('en-US');
}

const hasTemplateRef = createPermissionRule({
  name: 'HAS_TEMPLATE_REF',
  description: 'One of these templates',
  resourceRef: stagecraftTemplateResourceRef,
  paramsSchema: z.object({
    templateRefs: z.array(z.string()).describe('Entity references, such as `template:default/service`'),
  }),
  apply: ({ kind, metadata }, { templateRefs }) => {
    const own = canonical(metadata.name, kind, metadata.namespace);
    return templateRefs.some(ref => canonical(ref, 'template') === own);
  },
  toQuery: () => ({}),
});

const hasTag = createPermissionRule({
  name: 'HAS_TAG',
  description: 'Templates with this tag in `metadata.tags`',
  resourceRef: stagecraftTemplateResourceRef,
  paramsSchema: z.object({ tag: z.string().describe('The tag') }),
  apply: ({ metadata }, { tag }) => metadata.tags?.includes(tag) ?? false,
  toQuery: () => ({}),
});

const hasType = createPermissionRule({
  name: 'HAS_TYPE',
  description: 'Templates whose `spec.type` is this one',
  resourceRef: stagecraftTemplateResourceRef,
  paramsSchema: z.object({ type: z.string().describe('The type, such as `service`') }),
  apply: ({ spec }, { type }) => spec?.type === type,
  toQuery: () => ({}),
});

const isOwnedBy = createPermissionRule({
  name: 'IS_OWNED_BY',
  description: 'Templates whose `spec.owner` is one of these',
  resourceRef: stagecraftTemplateResourceRef,
  paramsSchema: z.object({
    owners: z.array(z.string()).describe('Entity references of the owners, such as `group:default/platform`'),
  }),
  apply: ({ metadata, spec }, { owners }) => {
    if (typeof spec?.owner !== 'string') return false;
    const owner = canonical(spec.owner, 'group', metadata.namespace);
    return owners.some(ref => canonical(ref, 'group') === owner);
  },
  toQuery: () => ({}),
});

/** The rules by which a policy can tell templates apart. */
export const stagecraftTemplateRules = { hasTemplateRef, hasTag, hasType, isOwnedBy };

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: stagecraftTemplateResourceRef,
  rules: stagecraftTemplateRules,
});

/** Conditions of a policy, one for each rule. */
export const stagecraftTemplateConditions = conditions;

/** A policy's decision that depends on the template. */
export const createStagecraftTemplateConditionalDecision = createConditionalDecision;
