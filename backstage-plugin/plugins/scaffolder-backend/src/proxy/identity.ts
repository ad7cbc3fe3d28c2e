import type {
  AuthService,
  BackstageCredentials,
  BackstageServicePrincipal,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import type { Request } from 'express';
import { assertAccess } from './access';

/** As whom the service is asked. */
export type Identity = { token: string } | { credentials: BackstageCredentials };

/** What identities are made with. */
export interface IdentityDeps {
  auth: AuthService;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
}

/** Whether its token may only do some things. */
export function isRestricted(
  auth: AuthService,
  credentials: BackstageCredentials,
): credentials is BackstageCredentials<BackstageServicePrincipal> {
  return auth.isPrincipal(credentials, 'service') && credentials.principal.accessRestrictions !== undefined;
}

/**
 * As whom the service is asked for this request.
 *
 * A user's own token goes on as it came, because the service can do more with it than with one made from it. Everybody
 * else gets a token that Backstage signs for the service: a plugin that acts for a user keeps acting for that user.
 */
export async function identityOf(request: Request, path: string, deps: IdentityDeps): Promise<Identity> {
  const { auth, httpAuth, permissions } = deps;
  const credentials = await httpAuth.credentials(request, { allow: ['user', 'service'] });
  if (auth.isPrincipal(credentials, 'user')) {
    const token = bearer(request.headers.authorization);
    return token && !credentials.principal.actor ? { token } : { credentials };
  }
  if (!auth.isPrincipal(credentials, 'service')) {
    throw new AuthenticationError('Tasks are for those who are signed in');
  }
  if (isRestricted(auth, credentials)) {
    await assertAccess({ permissions, credentials, method: request.method, path });
    return { credentials: await auth.getOwnServiceCredentials() };
  }
  return { credentials };
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}
