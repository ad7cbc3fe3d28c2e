import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult, isResourcePermission, type Permission } from '@backstage/plugin-permission-common';
import {
  actionExecutePermission,
  taskCancelPermission,
  taskCreatePermission,
  taskReadPermission,
  templateDryRunPermission,
  templateParameterReadPermission,
  templateStepReadPermission,
} from '@backstage/plugin-scaffolder-common/alpha';

/** A task that is created is all of its template: nothing is left out of it for want of a permission. */
const CREATE = [
  taskCreatePermission,
  templateParameterReadPermission,
  templateStepReadPermission,
  actionExecutePermission,
];

/** Everything that a caller with restrictions may do, if its restrictions hold these permissions. */
const ROUTES: { method: string; path: RegExp; permissions: Permission[] }[] = [
  { method: 'GET', path: /^\/v2\/tasks$/, permissions: [taskReadPermission] },
  { method: 'GET', path: /^\/v2\/tasks\/[\w-]+(\/events|\/eventstream)?$/, permissions: [taskReadPermission] },
  { method: 'POST', path: /^\/v2\/tasks$/, permissions: CREATE },
  { method: 'POST', path: /^\/v2\/tasks\/[\w-]+\/retry$/, permissions: [...CREATE, taskReadPermission] },
  { method: 'POST', path: /^\/v2\/tasks\/[\w-]+\/cancel$/, permissions: [taskCancelPermission, taskReadPermission] },
  { method: 'POST', path: /^\/v2\/dry-run$/, permissions: [...CREATE, templateDryRunPermission] },
  {
    method: 'GET',
    path: /^\/v2\/templates\/[\w.~%-]+\/[\w.~%-]+\/[\w.~%-]+\/parameter-schema$/,
    permissions: [templateParameterReadPermission],
  },
  { method: 'GET', path: /^\/v2\/actions$/, permissions: [] },
  { method: 'GET', path: /^\/v2\/templating-extensions$/, permissions: [] },
  { method: 'POST', path: /^\/v2\/autocomplete\/[\w.~%-]+\/[\w.~%-]+$/, permissions: [] },
];

/**
 * Lets a caller with restrictions (`backend.auth.externalAccess[].accessRestrictions`) do what they hold, and nothing
 * else. It is decided here because the service gets the request as Backstage's own, which may do everything.
 */
export async function assertAccess(options: {
  permissions: PermissionsService;
  credentials: BackstageCredentials;
  method: string;
  /** Below the plugin, without the query. */
  path: string;
}): Promise<void> {
  const { permissions, credentials, path } = options;
  const method = options.method === 'HEAD' ? 'GET' : options.method;
  const route = ROUTES.find(candidate => candidate.method === method && candidate.path.test(path));
  if (!route) {
    throw new NotAllowedError(
      'Access restrictions do not let the token do this: it has to be one without restrictions',
    );
  }
  await assertPermissions({ permissions, credentials, needed: route.permissions });
}

/** Refuses a caller whose restrictions lack one of the permissions. */
export async function assertPermissions(options: {
  permissions: PermissionsService;
  credentials: BackstageCredentials;
  needed: readonly Permission[];
}): Promise<void> {
  const { permissions, credentials, needed } = options;
  const decisions = await Promise.all(needed.map(permission => decide(permissions, permission, { credentials })));
  const missing = needed.filter((_, index) => decisions[index] !== AuthorizeResult.ALLOW);
  if (missing.length > 0) {
    const names = missing.map(permission => `\`${permission.name}\``).join(', ');
    throw new NotAllowedError(`Access restrictions of the token do not hold ${names}`);
  }
}

async function decide(
  permissions: PermissionsService,
  permission: Permission,
  options: { credentials: BackstageCredentials },
): Promise<AuthorizeResult | undefined> {
  const [decision] = isResourcePermission(permission)
    ? await permissions.authorizeConditional([{ permission }], options)
    : await permissions.authorize([{ permission }], options);
  return decision?.result;
}

/** What creating a task asks of a caller with restrictions. */
export const createPermissions: readonly Permission[] = CREATE;
