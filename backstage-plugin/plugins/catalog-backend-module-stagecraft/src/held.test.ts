import type { AuthService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHeld } from './held';
import { component } from './testing/FeedStub';

test('the catalog is asked, as the plugin, for what the provider has marked', async () => {
  const asked: unknown[] = [];
  const catalog = {
    async *streamEntities(...args: unknown[]) {
      asked.push(args);
      yield [component('shop')];
      yield [component('basket')];
    },
  } as unknown as CatalogService;
  const auth = { getOwnServiceCredentials: async () => 'own' } as unknown as AuthService;

  const held = await findHeld({ catalog, auth, providerName: 'stagecraft:default' });

  assert.deepEqual([...held], ['component:default/shop', 'component:default/basket']);
  assert.partialDeepStrictEqual(asked, [
    [{ filter: { 'metadata.annotations.stagecraft.dev/provider': 'stagecraft:default' } }, { credentials: 'own' }],
  ]);
});
