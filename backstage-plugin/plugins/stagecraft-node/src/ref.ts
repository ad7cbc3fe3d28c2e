import { coreServices, createServiceFactory, createServiceRef } from '@backstage/backend-plugin-api';
import { StagecraftClient } from './client';
import { readStagecraftConfig } from './config';
import type { StagecraftService } from './service';

/**
 * The Stagecraft service, as a plugin or module asks for it. Unless a backend says otherwise it is the one at
 * `stagecraft.baseUrl`, called in the name of the plugin.
 */
export const stagecraftServiceRef = createServiceRef<StagecraftService>({
  id: 'stagecraft.service',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { auth: coreServices.auth, config: coreServices.rootConfig },
      factory: ({ auth, config }) => new StagecraftClient({ config: readStagecraftConfig(config), auth }),
    }),
});
