import type { AuthService, BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { Permission } from '@backstage/plugin-permission-common';
import type { StagecraftService } from '@stagecraft/backstage-plugin-stagecraft-node';
import { assertPermissions } from '../proxy/access';
import { isRestricted } from '../proxy/identity';
import { registerDryRun } from './dryRun';
import { registerExecuteTemplate } from './executeTemplate';
import { registerGetTaskLogs } from './getTaskLogs';
import { registerListActions } from './listActions';
import { registerListTasks } from './listTasks';

/** What an action is made with. */
export interface ActionDeps {
  actionsRegistry: ActionsRegistryService;
  stagecraft: StagecraftService;
  auth: AuthService;
  /** As whom the service is asked for a caller; refuses one whose restrictions lack a permission. */
  actingFor(credentials: BackstageCredentials, needed: readonly Permission[]): Promise<BackstageCredentials>;
}

/**
 * Offers the scaffolder to agents and other plugins through Backstage's actions registry, under the names that
 * Backstage's own has there.
 */
export function registerActions(options: {
  actionsRegistry: ActionsRegistryService;
  stagecraft: StagecraftService;
  auth: AuthService;
  permissions: PermissionsService;
}): void {
  const { auth, permissions } = options;
  const deps: ActionDeps = {
    ...options,
    async actingFor(credentials, needed) {
      if (!isRestricted(auth, credentials)) return credentials;
      await assertPermissions({ permissions, credentials, needed });
      return auth.getOwnServiceCredentials();
    },
  };
  registerListTasks(deps);
  registerDryRun(deps);
  registerListActions(deps);
  registerExecuteTemplate(deps);
  registerGetTaskLogs(deps);
}
