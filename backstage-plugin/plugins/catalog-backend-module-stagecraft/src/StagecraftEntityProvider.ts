import type { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import type { EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import type { EventParams, EventsService } from '@backstage/plugin-events-node';
import { CatalogSync } from './CatalogSync';
import type { CatalogView } from './CatalogView';
import { collapse } from './collapse';
import type { Feed } from './feed';
import type { CatalogSettings } from './settings';
import { isObject } from './values';

/** The topic on which the service announces that its entities have changed. */
export const CATALOG_TOPIC = 'stagecraft.catalog';

/** What the provider works with. */
export interface StagecraftEntityProviderOptions {
  settings: CatalogSettings;
  feed: Feed;
  view: CatalogView;
  scheduler: Pick<SchedulerService, 'scheduleTask'>;
  events: Pick<EventsService, 'subscribe'>;
  logger: LoggerService;
}

/**
 * Provides the entities and the templates of the Stagecraft service: on a schedule, and at once when the service says
 * so. While the service is away the catalog keeps what it has.
 */
export class StagecraftEntityProvider implements EntityProvider {
  readonly #options: StagecraftEntityProviderOptions;
  #trouble: string | undefined;

  constructor(options: StagecraftEntityProviderOptions) {
    this.#options = options;
  }

  getProviderName(): string {
    return this.#options.settings.providerName;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    const { settings, feed, view, logger, scheduler, events } = this.#options;
    const sync = new CatalogSync({ connection, feed, view, settings, logger });
    const run = collapse((signal?: AbortSignal) => this.#attempt(sync, signal));
    await events.subscribe({
      id: this.getProviderName(),
      topics: [CATALOG_TOPIC],
      onEvent: async event => {
        if (sync.cursor === undefined || announced(event) !== sync.cursor) {
          // Not awaited: the bus hands the next event over after this one, and a burst is to become one run.
          run().catch(() => undefined);
        }
      },
    });
    await scheduler.scheduleTask({ ...settings.schedule, id: `${this.getProviderName()}:sync`, fn: run });
  }

  /** One run. A fault that lasts is told once, and then its end. */
  async #attempt(sync: CatalogSync, signal?: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    try {
      await sync.run(signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal?.aborted && message !== this.#trouble) {
        this.#trouble = message;
        logger.warn(`The catalog keeps what it has from the service, and asks again: ${message}`);
      }
      throw error;
    }
    if (this.#trouble !== undefined) {
      this.#trouble = undefined;
      logger.info('The catalog follows the service again');
    }
  }
}

function announced({ eventPayload }: EventParams): unknown {
  return isObject(eventPayload) ? eventPayload.cursor : undefined;
}
