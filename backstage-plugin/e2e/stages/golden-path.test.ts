// The golden path for AWS, from the form to what the catalog knows about the service.

import { before, describe, test } from 'node:test';
import { Api } from './support/api.ts';
import { stage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';
import { as } from './support/tab.ts';

describe('the golden path for AWS', () => {
  let set: Stage;
  let api: Api;
  before(async () => {
    set = await stage();
    api = await Api.of(set);
    for (const entity of ['template/default/aws-service', 'system/default/shop']) await api.knows(entity);
  });

  test('a service is in the catalog with its API, its database and its system', async () => {
    await as('guest', set, async tab => {
      await tab.page.getByRole('link', { name: 'Create', exact: true }).first().click();
      await tab.sees('Service on AWS');
      await tab.go('/create/templates/default/aws-service');
      await tab.fill('Name', 'checkout');
      await tab.choose('Owner', 'guests');
      await tab.page.getByRole('checkbox', { name: 'A PostgreSQL database (RDS)' }).check();
      await tab.picture('aws-service-form');
      await tab.press('Next');
      await tab.place('acme', 'checkout');
      await tab.press('Next');
      await tab.choose('System', 'shop');
      await tab.picture('aws-service-advanced');
      await tab.press('Review');

      await tab.create();

      for (const step of ['Create the repository', 'Wire the workflows', 'Register it in the catalog']) {
        await tab.step(step, 'green');
      }
      await tab.sees('What next');
      await tab.picture('aws-service-task');
      const entities = ['component:default/checkout', 'api:default/checkout', 'resource:default/checkout-database'];
      for (const entity of entities) await api.knows(entity.replace(':', '/'));
      await tab.page.getByRole('link', { name: 'Open in the catalog' }).click();
      await tab.page.getByRole('heading', { name: 'checkout' }).first().waitFor();
      await tab.page.getByRole('link', { name: 'checkout-database' }).first().waitFor();
      await tab.picture('aws-service-entity');

      // Everything that is one step away, and how these are related with each other.
      const shown = 'maxDepth=1&unidirectional=false&showFilters=false';
      const kinds = ['component', 'api', 'resource', 'system'].map(kind => `selectedKinds[]=${kind}`).join('&');
      await tab.page.setViewportSize({ width: 1280, height: 620 });
      await tab.go(`/catalog-graph?rootEntityRefs[]=component:default/checkout&${shown}&${kinds}`);
      for (const entity of [...entities, 'system:default/shop']) {
        const node = tab.page.locator('svg title').getByText(entity, { exact: true });
        await node.waitFor({ state: 'attached' });
      }
      for (const relation of ['providesApi', 'dependsOn', 'partOf']) await tab.sees(relation);
      await tab.picture('aws-service-graph');
    });
  });
});
