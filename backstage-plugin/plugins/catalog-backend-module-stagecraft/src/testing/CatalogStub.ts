import { entityEnvelopeSchemaValidator, stringifyEntityRef } from '@backstage/catalog-model';
import type { DeferredEntity, EntityProviderConnection, EntityProviderMutation } from '@backstage/plugin-catalog-node';
import type { CatalogView } from '../CatalogView';

const validate = entityEnvelopeSchemaValidator();

/** The catalog's side of a provider: it remembers what it was told, and holds what comes of it. */
export class CatalogStub implements EntityProviderConnection {
  readonly mutations: EntityProviderMutation[] = [];
  readonly held = new Map<string, DeferredEntity>();

  async applyMutation(mutation: EntityProviderMutation): Promise<void> {
    const added = mutation.type === 'full' ? mutation.entities : mutation.added;
    // The real one takes all of them or none, too.
    added.forEach(({ entity }) => validate(entity));
    this.mutations.push(mutation);
    if (mutation.type === 'full') {
      this.held.clear();
    } else {
      mutation.removed.forEach(gone => this.held.delete('entityRef' in gone ? gone.entityRef : ''));
    }
    added.forEach(deferred => this.held.set(stringifyEntityRef(deferred.entity), deferred));
  }

  async refresh(): Promise<void> {}

  /** What files declare: the catalog shows it from there. */
  readonly files = new Set<string>();

  readonly view: CatalogView = {
    held: async () => new Set([...this.held.keys()].filter(ref => !this.files.has(ref))),
    taken: async refs => new Set(refs.filter(ref => this.files.has(ref))),
  };

  get refs(): string[] {
    return [...this.held.keys()].sort();
  }

  get last(): EntityProviderMutation | undefined {
    return this.mutations.at(-1);
  }
}
