import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { ServiceUnavailableError } from '@backstage/errors';
import { stagecraftServiceRef } from '@stagecraft/backstage-plugin-stagecraft-node';
import Router from 'express-promise-router';
import { registerActions } from './actions/register';
import { createAutocomplete } from './modules/autocomplete';
import { registerExtensionPoints } from './modules/extensions';
import { reportExtensions } from './modules/report';
import { registerPermissions } from './permissions/register';
import { createProxy } from './proxy/proxy';

/**
 * The scaffolder of a Backstage whose tasks Stagecraft runs. It takes the place of
 * `@backstage/plugin-scaffolder-backend` under the same id, so that pages, policies and other plugins find what they
 * know.
 */
export const scaffolderPlugin = createBackendPlugin({
  pluginId: 'scaffolder',
  register(env) {
    const extensions = registerExtensionPoints(env);
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        stagecraft: stagecraftServiceRef,
      },
      async init(deps) {
        const stopped = new AbortController();
        deps.lifecycle.addShutdownHook(() => {
          stopped.abort(new ServiceUnavailableError('This Backstage is stopping; try again'));
        });
        registerPermissions(deps);
        registerActions(deps);

        const router = Router();
        router.post('/v2/autocomplete/:provider/:resource', createAutocomplete(extensions.autocomplete));
        router.use(createProxy({ ...deps, stopped: stopped.signal }));
        deps.httpRouter.use(router);

        deps.lifecycle.addStartupHook(() => {
          void reportExtensions({ ...deps, extensions, signal: stopped.signal });
        });
      },
    });
  },
});
