import type { AuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { PROVIDER_ANNOTATION } from './deferred';

/** What the catalog shows, as far as a provider has to know it. */
export interface CatalogView {
  /** The references of what it shows from this provider. What a file has taken over is not among them. */
  held(): Promise<Set<string>>;
  /** Which of these entities it shows from somewhere else: a file, or another provider. */
  taken(refs: string[]): Promise<Set<string>>;
}

/** How the catalog is asked. */
export interface CatalogViewOptions {
  catalog: Pick<CatalogService, 'getEntitiesByRefs' | 'streamEntities'>;
  auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  providerName: string;
}

const PAGE_SIZE = 1000;
const NAME = ['kind', 'metadata.name', 'metadata.namespace'];

/** Asks the catalog as the plugin itself. Entities of the provider are known by their annotation. */
export function createCatalogView({ catalog, auth, providerName }: CatalogViewOptions): CatalogView {
  const foreign = (entity: Entity | undefined): entity is Entity =>
    entity !== undefined && entity.metadata.annotations?.[PROVIDER_ANNOTATION] !== providerName;

  return {
    async held() {
      const filter = { [`metadata.annotations.${PROVIDER_ANNOTATION}`]: providerName };
      const refs = new Set<string>();
      const credentials = await auth.getOwnServiceCredentials();
      for await (const page of catalog.streamEntities({ filter, fields: NAME, pageSize: PAGE_SIZE }, { credentials })) {
        page.forEach(entity => refs.add(stringifyEntityRef(entity)));
      }
      return refs;
    },

    async taken(refs) {
      const found = new Set<string>();
      for (let from = 0; from < refs.length; from += PAGE_SIZE) {
        const request = { entityRefs: refs.slice(from, from + PAGE_SIZE), fields: [...NAME, 'metadata.annotations'] };
        const { items } = await catalog.getEntitiesByRefs(request, {
          credentials: await auth.getOwnServiceCredentials(),
        });
        items.filter(foreign).forEach(entity => found.add(stringifyEntityRef(entity)));
      }
      return found;
    },
  };
}
