// A second user, let in without a question as the guest provider does: the tests see what she may not.

import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  createProxyAuthProviderFactory,
  createProxyAuthenticator,
} from '@backstage/plugin-auth-node';

const authenticator = createProxyAuthenticator({
  defaultProfileTransform: async () => ({ profile: { displayName: 'Jane' } }),
  initialize: () => undefined,
  authenticate: async () => ({ result: {} }),
});

export const colleagueModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'colleague-provider',
  register(env) {
    env.registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'colleague',
          factory: createProxyAuthProviderFactory({
            authenticator,
            signInResolver: async (_, context) => context.signInWithCatalogUser({ entityRef: 'user:default/jane' }),
          }),
        });
      },
    });
  },
});
