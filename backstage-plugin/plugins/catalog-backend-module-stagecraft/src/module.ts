import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import {
  catalogAnalysisExtensionPoint,
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { stagecraftServiceRef } from '@stagecraft/backstage-plugin-stagecraft-node';
import { createCatalogView } from './CatalogView';
import { forwardEvents } from './forwardEvents';
import { readCatalogSettings } from './settings';
import { StagecraftEntityProvider } from './StagecraftEntityProvider';
import { StagecraftLocationAnalyzer } from './StagecraftLocationAnalyzer';

/** The service takes a minute at most to read a repository, and then says so. */
const ANALYZE_MS = 90_000;

/** Brings the entities and templates of the service into the catalog, and lets it read repositories for the wizard. */
export const catalogModuleStagecraft = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'stagecraft',
  register(env) {
    env.registerInit({
      deps: {
        analysis: catalogAnalysisExtensionPoint,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        events: eventsServiceRef,
        logger: coreServices.logger,
        processing: catalogProcessingExtensionPoint,
        scheduler: coreServices.scheduler,
        stagecraft: stagecraftServiceRef,
      },
      async init({ analysis, auth, catalog, config, events, logger, processing, scheduler, stagecraft }) {
        const settings = readCatalogSettings(config);
        const feed = async ({ signal, ...request }: { after?: string; limit: number; signal?: AbortSignal }) =>
          stagecraft.listCatalogChanges(request, { credentials: await auth.getOwnServiceCredentials(), signal });
        const view = createCatalogView({ catalog, auth, providerName: settings.providerName });
        processing.addEntityProvider(new StagecraftEntityProvider({ settings, feed, view, scheduler, events, logger }));

        if (settings.forwardEvents) {
          await forwardEvents({
            id: `${settings.providerName}:github`,
            events,
            logger,
            forward: async event => {
              const credentials = await auth.getOwnServiceCredentials();
              await stagecraft.call('post', '/api/stagecraft/v1/events', { body: { event } }, { credentials });
            },
          });
        }

        if (settings.analyzer) {
          analysis.setLocationAnalyzer(async ({ scmLocationAnalyzers }) => ({
            locationAnalyzer: new StagecraftLocationAnalyzer({
              // Backstage's own analyzer looks at the target alone, too.
              analyze: ({ location: { target }, catalogFilename }, credentials) =>
                stagecraft.analyzeLocation(
                  { location: { type: 'url', target }, catalogFilename },
                  { credentials, timeoutMs: ANALYZE_MS },
                ),
              catalog,
              scmLocationAnalyzers,
              logger,
            }),
          }));
        }
      },
    });
  },
});
