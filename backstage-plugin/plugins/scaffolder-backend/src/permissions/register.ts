import type { AuthService, PermissionsRegistryService } from '@backstage/backend-plugin-api';
import {
  scaffolderActionPermissions,
  scaffolderTaskPermissions,
  scaffolderTemplatePermissions,
  taskCreatePermission,
  templateDryRunPermission,
  templateManagementPermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import {
  scaffolderActionPermissionResourceRef,
  scaffolderTaskPermissionResourceRef,
  scaffolderTemplatePermissionResourceRef,
} from '@backstage/plugin-scaffolder-node/alpha';
import { StagecraftError, type StagecraftService, type Task } from '@stagecraft/backstage-plugin-stagecraft-node';
import { scaffolderActionRules, scaffolderTaskRules, scaffolderTemplateRules } from './rules';

/**
 * Tells Backstage of the permissions, as the scaffolder that was here before did: policies and pages that list
 * permissions find the same. Who may do what is decided by the service, which asks the same policy.
 */
export function registerPermissions(options: {
  permissionsRegistry: PermissionsRegistryService;
  stagecraft: StagecraftService;
  auth: AuthService;
}): void {
  const { permissionsRegistry, stagecraft, auth } = options;
  permissionsRegistry.addResourceType({
    resourceRef: scaffolderTemplatePermissionResourceRef,
    permissions: scaffolderTemplatePermissions,
    rules: Object.values(scaffolderTemplateRules),
  });
  permissionsRegistry.addResourceType({
    resourceRef: scaffolderActionPermissionResourceRef,
    permissions: scaffolderActionPermissions,
    rules: Object.values(scaffolderActionRules),
  });
  permissionsRegistry.addResourceType({
    resourceRef: scaffolderTaskPermissionResourceRef,
    permissions: scaffolderTaskPermissions,
    rules: Object.values(scaffolderTaskRules),
    async getResources(taskIds) {
      const credentials = await auth.getOwnServiceCredentials();
      const tasks = taskIds.map(taskId => stagecraft.getTask({ taskId }, { credentials }).catch(noneIfMissing));
      return (await Promise.all(tasks)).map(task => task && asResource(task));
    },
  });
  permissionsRegistry.addPermissions([taskCreatePermission, templateDryRunPermission, templateManagementPermission]);
}

function noneIfMissing(error: unknown): undefined {
  if (error instanceof StagecraftError && error.statusCode === 404) return undefined;
  throw error;
}

/** A task as the rules see it. */
type TaskResource = (typeof scaffolderTaskPermissionResourceRef)['TResource'];

function asResource(task: Task): TaskResource {
  return { ...task, lastHeartbeatAt: task.lastHeartbeatAt ?? undefined } as TaskResource;
}
