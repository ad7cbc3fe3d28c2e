// The site's permission policy: everybody sees his own tasks alone, and a template that is marked as restricted is not
// for Jane.

import { createBackendModule } from '@backstage/backend-plugin-api';
import { AuthorizeResult, isPermission, isResourcePermission } from '@backstage/plugin-permission-common';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import type { PermissionPolicy, PolicyQuery, PolicyQueryUser } from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import {
  createScaffolderTaskConditionalDecision,
  scaffolderTaskConditions,
} from '@stagecraft/backstage-plugin-scaffolder-backend/alpha';
import {
  createStagecraftTemplateConditionalDecision,
  stagecraftTemplateConditions,
  templateRunPermission,
} from '@stagecraft/backstage-plugin-stagecraft-node';

class SitePolicy implements PermissionPolicy {
  async handle({ permission }: PolicyQuery, user?: PolicyQueryUser): Promise<PolicyDecision> {
    const ref = user?.info.userEntityRef;
    if (isResourcePermission(permission, 'scaffolder-task')) {
      return createScaffolderTaskConditionalDecision(
        permission,
        scaffolderTaskConditions.isTaskOwner({ createdBy: ref ? [ref] : [] }),
      );
    }
    if (isPermission(permission, templateRunPermission) && ref === 'user:default/jane') {
      return createStagecraftTemplateConditionalDecision(permission, {
        not: stagecraftTemplateConditions.hasTag({ tag: 'restricted' }),
      });
    }
    return { result: AuthorizeResult.ALLOW };
  }
}

export const policyModule = createBackendModule({
  pluginId: 'permission',
  moduleId: 'site-policy',
  register(env) {
    env.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy(new SitePolicy());
      },
    });
  },
});
