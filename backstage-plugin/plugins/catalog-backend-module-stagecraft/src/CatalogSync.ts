import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { DeferredEntity, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import type { CatalogView } from './CatalogView';
import { isTemplate, toDeferred } from './deferred';
import { readPages, type Feed, type FeedChange, type FeedPage } from './feed';
import { refuseRemoval, type Removal } from './guard';
import type { CatalogSettings } from './settings';

/** What a sync works with. */
export interface CatalogSyncOptions {
  connection: EntityProviderConnection;
  feed: Feed;
  view: CatalogView;
  settings: Pick<CatalogSettings, 'providerName' | 'fullSyncMs' | 'removalLimit'>;
  logger: LoggerService;
  /** Milliseconds; replaced in tests. */
  now?: () => number;
}

/** A whole set is begun anew when the service loses its cursor meanwhile, but not for ever. */
const MOST_RESETS = 3;
const MUTATION_SIZE = 1000;

/**
 * Brings the catalog to what the service has: everything at first, when the cursor is lost and now and then, changes
 * otherwise. What was read is applied before the cursor moves, so a run that fails is simply made again. One run at a
 * time; the caller sees to that.
 */
export class CatalogSync {
  readonly #options: CatalogSyncOptions;
  readonly #now: () => number;
  /** What the catalog has from us, as of the last comparison and what was changed since. */
  #held = new Set<string>();
  #cursor: string | undefined;
  #comparedAt = 0;
  /** What was left to a file or another provider, to be offered again once that is gone. */
  readonly #left = new Map<string, DeferredEntity>();
  /** What is wrong with which entity, so that it is said once. */
  readonly #complaints = new Map<string, string>();

  constructor(options: CatalogSyncOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** How far the catalog has come. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Applies what is new. */
  async run(signal?: AbortSignal): Promise<void> {
    const due = this.#now() - this.#comparedAt >= this.#options.settings.fullSyncMs;
    const known = due ? undefined : this.#cursor;
    const pages = readPages(this.#options.feed, known, signal);
    if (known === undefined) {
      await this.#compare(pages);
      return;
    }
    const lost = await this.#follow(pages);
    if (lost) {
      await this.#compare(pages, lost);
    } else if (this.#left.size > 0) {
      await this.#change(await this.#free([...this.#left.values()]), []);
    }
  }

  /** Applies changes; gives back the first page of everything if the service does not know the cursor. */
  async #follow(pages: AsyncIterator<FeedPage>): Promise<FeedPage | undefined> {
    const removed = new Set<string>();
    for (let next = await pages.next(); !next.done; next = await pages.next()) {
      const page = next.value;
      if (page.reset) {
        return page;
      }
      const added: DeferredEntity[] = [];
      for (const change of page.changes) {
        if (change.entity === undefined) {
          removed.add(change.entityRef);
          this.#left.delete(change.entityRef);
          this.#complaints.delete(change.entityRef);
        } else {
          removed.delete(change.entityRef);
          added.push(...this.#readEntity(change));
        }
      }
      const ends = !page.more;
      await this.#change(await this.#free(added), ends ? this.#allowed(removed) : []);
      if (ends) {
        this.#cursor = page.cursor;
      }
    }
    return undefined;
  }

  /** Reads the whole set and makes the catalog equal to it, as far as the guard lets it. */
  async #compare(pages: AsyncIterator<FeedPage>, first?: FeedPage): Promise<void> {
    const { entities, unreadable, cursor } = await this.#readAll(pages, first);
    this.#held = await this.#options.view.held();
    const held = this.#held;
    this.#left.clear();
    const gone = [...held].filter(ref => !entities.has(ref) && !unreadable.has(ref));
    const refusal = this.#judge({ held: held.size, gone: gone.length, empty: entities.size + unreadable.size === 0 });
    const free = await this.#free([...entities.values()], held);
    // What cannot be read now stays as it is; a full mutation would take it away.
    const exact = refusal === undefined && ![...unreadable].some(ref => held.has(ref));
    if (exact) {
      await this.#options.connection.applyMutation({ type: 'full', entities: free });
      this.#held = new Set(free.map(({ entity }) => stringifyEntityRef(entity)));
    } else {
      await this.#change(free, refusal === undefined ? gone : []);
    }
    this.#cursor = cursor;
    this.#comparedAt = this.#now();
    this.#options.logger.info(
      `The catalog has been compared with the service: ${entities.size} entities, ` +
        `${entities.size - free.length} of them left to others, ` +
        `${gone.length} gone${refusal === undefined ? '' : ' there and kept here'}`,
    );
  }

  async #readAll(pages: AsyncIterator<FeedPage>, first: FeedPage | undefined) {
    const entities = new Map<string, DeferredEntity>();
    const unreadable = new Set<string>();
    let cursor = '';
    let resets = 0;
    for (let next = first ?? (await pages.next()).value; next; next = (await pages.next()).value) {
      const page: FeedPage = next;
      if (page.reset) {
        resets += 1;
        if (resets > MOST_RESETS) {
          throw new Error('the service forgets its cursors while they are used');
        }
        entities.clear();
        unreadable.clear();
      }
      for (const change of page.changes) {
        entities.delete(change.entityRef);
        unreadable.delete(change.entityRef);
        const read = change.entity === undefined ? [] : this.#readEntity(change);
        read.forEach(entity => entities.set(change.entityRef, entity));
        if (change.entity !== undefined && read.length === 0) {
          unreadable.add(change.entityRef);
        }
      }
      cursor = page.cursor;
    }
    return { entities, unreadable, cursor };
  }

  /** The entity, or nothing and a warning if the catalog would not take it: it must not cost the others their change. */
  #readEntity(change: FeedChange): DeferredEntity[] {
    try {
      return [toDeferred(change, this.#options.settings.providerName)];
    } catch (error) {
      this.#complain(change.entityRef, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  /** Says once what is wrong with an entity. */
  #complain(entityRef: string, reason: string): void {
    if (this.#complaints.get(entityRef) !== reason) {
      this.#complaints.set(entityRef, reason);
      this.#options.logger.warn(`\`${entityRef}\` from the service is left out: ${reason}`);
    }
  }

  /**
   * Without those that the catalog has from a file or another provider: whoever declares an entity keeps it. Of those in
   * `ours` it is known that the catalog shows them from us; a file may have taken the others over since they were sent.
   */
  async #free(entities: DeferredEntity[], ours: ReadonlySet<string> = new Set()): Promise<DeferredEntity[]> {
    const refOf = ({ entity }: DeferredEntity) => stringifyEntityRef(entity);
    const taken = await this.#options.view.taken(entities.map(refOf).filter(ref => !ours.has(ref)));
    for (const { entity } of entities.filter(deferred => taken.has(refOf(deferred)) && isTemplate(deferred.entity))) {
      this.#complain(
        stringifyEntityRef(entity),
        'the catalog has it from somewhere else, and shows that; the service runs its own. Remove one, or rename it',
      );
    }
    for (const deferred of entities) {
      if (taken.has(refOf(deferred))) {
        this.#left.set(refOf(deferred), deferred);
        this.#held.delete(refOf(deferred));
      } else {
        this.#left.delete(refOf(deferred));
      }
    }
    return entities.filter(deferred => !taken.has(refOf(deferred)));
  }

  #allowed(removed: Set<string>): string[] {
    const gone = [...removed].filter(ref => this.#held.has(ref)).length;
    return this.#judge({ held: this.#held.size, gone, empty: false }) === undefined ? [...removed] : [];
  }

  #judge(removal: Removal): string | undefined {
    const refusal = refuseRemoval(removal, this.#options.settings.removalLimit);
    if (refusal !== undefined) {
      this.#options.logger.error(
        `Nothing is removed from the catalog: ${refusal}. If the service has lost its database or reads the wrong one, ` +
          'mend that. If the entities are really gone, set `stagecraft.catalog.removalLimit.percent` to 100, restart ' +
          'the backend, and take the setting back. New and changed entities go on being taken over.',
      );
    }
    return refusal;
  }

  async #change(added: DeferredEntity[], removed: string[]): Promise<void> {
    for (let from = 0; from === 0 || from < added.length; from += MUTATION_SIZE) {
      const part = added.slice(from, from + MUTATION_SIZE);
      const gone = from === 0 ? removed : [];
      if (part.length + gone.length > 0) {
        const mutation = { added: part, removed: gone.map(entityRef => ({ entityRef })) };
        await this.#options.connection.applyMutation({ type: 'delta', ...mutation });
      }
      part.forEach(({ entity }) => this.#held.add(stringifyEntityRef(entity)));
      gone.forEach(ref => this.#held.delete(ref));
    }
  }
}
