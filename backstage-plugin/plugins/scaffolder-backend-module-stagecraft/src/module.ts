import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { readDurationFromConfig } from '@backstage/config';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { durationToMilliseconds } from '@backstage/types';
import { stagecraftServiceRef } from '@stagecraft/backstage-plugin-stagecraft-node';
import { registerActions } from './registry';
import { createRunAction } from './runAction';

const GIVE_UP_AFTER = 'stagecraft.scaffolder.giveUpAfter';

/** Lets the templates of Backstage's own scaffolder, and its agents, run templates of the Stagecraft service. */
export const scaffolderModuleStagecraft = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'stagecraft',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        actionsRegistry: actionsRegistryServiceRef,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        stagecraft: stagecraftServiceRef,
      },
      async init({ actions, actionsRegistry, auth, config, stagecraft }) {
        const giveUpAfter = config.has(GIVE_UP_AFTER)
          ? readDurationFromConfig(config, { key: GIVE_UP_AFTER })
          : { minutes: 15 };
        actions.addActions(createRunAction({ stagecraft, auth, patienceMs: durationToMilliseconds(giveUpAfter) }));
        registerActions({ actionsRegistry, stagecraft });
      },
    });
  },
});
