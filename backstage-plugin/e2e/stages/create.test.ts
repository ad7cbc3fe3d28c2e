// From the sign-in to a repository and an entity, as a developer goes.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Api } from './support/api.ts';
import { stage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';
import { Tab, as } from './support/tab.ts';

describe('creating', () => {
  let set: Stage;
  before(async () => {
    set = await stage();
    const api = await Api.of(set);
    for (const name of ['rust-service', 'node-service']) await api.knows(`template/default/${name}`);
  });

  test('a guest signs in', async () => {
    const tab = await Tab.open(set);
    await tab.sees('Enter as a Guest User.');

    await tab.press('Enter');

    await tab.page.getByRole('heading', { name: 'Catalog' }).first().waitFor();
    await tab.close();
  });

  test('templates of both kinds are listed to create from', async () => {
    await as('guest', set, async tab => {
      await tab.page.getByRole('link', { name: 'Create', exact: true }).first().click();

      await tab.sees('Rust service');
      await tab.sees('Node.js service');
      await tab.picture('create');
    });
  });

  test('a golden path becomes a repository and an entity', async () => {
    await as('guest', set, async tab => {
      await tab.go('/create/templates/default/rust-service');
      await tab.fill('Name', 'order-api');
      await tab.fill('Description', 'Takes orders and tells their state.');
      await tab.choose('Owner', 'guests');
      await tab.picture('form');
      await tab.press('Next');
      await tab.place('acme', 'order-api');
      await tab.press('Review');
      await tab.sees('Takes orders and tells their state.');
      await tab.picture('review');

      await tab.create();

      for (const step of ['Generate the service', 'Create the repository', 'Register it in the catalog']) {
        await tab.step(step, 'green');
      }
      await tab.sees('What next');
      await tab.picture('task');

      const repository = await tab.follow(tab.page.getByRole('link', { name: 'Open the repository' }));
      assert.equal(new URL(repository.url()).host, set.forge);
      await repository.getByText('catalog-info.yaml').first().waitFor();
      await tab.picture('repository', repository);
      await repository.close();

      // The catalog takes a moment to process what was registered.
      await (await Api.of(set)).knows('component/default/order-api');
      await tab.page.getByRole('link', { name: 'Open in the catalog' }).click();
      await tab.page.getByRole('heading', { name: 'order-api' }).first().waitFor();
      await tab.sees('Takes orders and tells their state.');
      await tab.picture('entity');
    });
  });

  test('a public template becomes a repository and an entity', async () => {
    await as('guest', set, async tab => {
      await tab.page.getByRole('link', { name: 'Create', exact: true }).first().click();
      await tab.sees('Node.js service');
      await tab.go('/create/templates/default/node-service');
      await tab.fill('Name', 'greeter');
      await tab.choose('Owner', 'guests');
      await tab.fill('Description', 'Says hello.');
      await tab.press('Next');
      await tab.place('acme', 'greeter');
      await tab.press('Review');

      await tab.create();

      for (const step of ['Fetch Base', 'Publish', 'Register']) await tab.step(step, 'green');
      const repository = await tab.follow(tab.page.getByRole('link', { name: 'Repository' }));
      await repository.getByText('package.json').first().waitFor();
      await repository.close();
      await (await Api.of(set)).knows('component/default/greeter');
      await tab.page.getByRole('link', { name: 'Open in catalog' }).click();
      await tab.page.getByRole('heading', { name: 'greeter' }).first().waitFor();
    });
  });
});
