import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult, isResourcePermission, type Permission } from '@backstage/plugin-permission-common';
import { routeOf } from './routes';

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
  const { permissions, credentials, method, path } = options;
  const found = routeOf(method, path);
  if (!found) {
    throw new NotAllowedError(
      'Access restrictions do not let the token do this: it has to be one without restrictions',
    );
  }
  await assertPermissions({ permissions, credentials, needed: found.route.permissions });
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
