import type { AuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { PROVIDER_ANNOTATION } from './deferred';

/** How the catalog is asked what it has. */
export interface HeldOptions {
  catalog: CatalogService;
  auth: AuthService;
  providerName: string;
}

/**
 * The references of the entities that the catalog shows from a provider. What a file has taken over is not among them:
 * it is not ours to take away.
 */
export async function findHeld({ catalog, auth, providerName }: HeldOptions): Promise<Set<string>> {
  const request = {
    filter: { [`metadata.annotations.${PROVIDER_ANNOTATION}`]: providerName },
    fields: ['kind', 'metadata.name', 'metadata.namespace'],
    pageSize: 1000,
  };
  const refs = new Set<string>();
  for await (const page of catalog.streamEntities(request, { credentials: await auth.getOwnServiceCredentials() })) {
    page.forEach(entity => refs.add(stringifyEntityRef(entity)));
  }
  return refs;
}
