import type { Entity } from '@backstage/catalog-model';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalogView, type CatalogViewOptions } from './CatalogView';
import { PROVIDER_ANNOTATION } from './deferred';
import { component } from './testing/FeedStub';

function open(entities: Entity[]) {
  const asked: unknown[][] = [];
  const catalog = {
    async *streamEntities(...args: unknown[]) {
      asked.push(args);
      for (const entity of entities) yield [entity];
    },
    async getEntitiesByRefs(...args: [{ entityRefs: string[] }]) {
      asked.push(args);
      return {
        items: args[0].entityRefs.map(ref => entities.find(({ metadata }) => ref.endsWith(`/${metadata.name}`))),
      };
    },
  } as unknown as CatalogViewOptions['catalog'];
  const auth = { getOwnServiceCredentials: async () => 'own' } as unknown as CatalogViewOptions['auth'];
  return { asked, view: createCatalogView({ catalog, auth, providerName: 'stagecraft:default' }) };
}

function marked(name: string, provider: string): Entity {
  const entity = component(name);
  return { ...entity, metadata: { ...entity.metadata, annotations: { [PROVIDER_ANNOTATION]: provider } } };
}

test('what the provider has marked is held, and asked for as the plugin', async () => {
  const { asked, view } = open([component('shop'), component('basket')]);

  assert.deepEqual([...(await view.held())], ['component:default/shop', 'component:default/basket']);
  assert.partialDeepStrictEqual(asked, [
    [{ filter: { 'metadata.annotations.stagecraft.dev/provider': 'stagecraft:default' } }, { credentials: 'own' }],
  ]);
});

test('what is there without the mark, or with that of another provider, is taken', async () => {
  const { view } = open([component('a'), marked('b', 'stagecraft:default'), marked('c', 'stagecraft:emea')]);

  const taken = await view.taken(['a', 'b', 'c', 'd'].map(name => `component:default/${name}`));

  assert.deepEqual([...taken], ['component:default/a', 'component:default/c']);
});

test('many references are asked for in parts', async () => {
  const { asked, view } = open([]);

  await view.taken(Array.from({ length: 2500 }, (_, index) => `component:default/${index}`));

  assert.deepEqual(
    asked.map(([request]) => (request as { entityRefs: string[] }).entityRefs.length),
    [1000, 1000, 500],
  );
});
