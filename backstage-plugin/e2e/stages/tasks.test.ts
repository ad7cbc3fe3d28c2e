// What one does with a task while it runs, and after it failed.

import { before, describe, test } from 'node:test';
import { Api, until } from './support/api.ts';
import { stage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';
import { as } from './support/tab.ts';

describe('tasks', () => {
  let set: Stage;
  before(async () => {
    set = await stage();
    const api = await Api.of(set);
    for (const name of ['patience', 'from-a-base', 'slow-service']) await api.knows(`template/default/${name}`);
  });

  test('steps are shown while they run, and a waiting task is cancelled', async () => {
    await as('guest', set, async tab => {
      await tab.go('/create/templates/default/patience');
      await tab.page.getByRole('spinbutton', { name: 'Seconds' }).fill('600');
      await tab.press('Review');
      const task = await tab.create();
      await tab.step('Before', 'green');
      await tab.step('Wait', 'running');
      await tab.step('After', 'waiting');
      await tab.picture('running');

      await tab.press('Cancel');

      await (await Api.of(set)).reaches(task, 'cancelled');
      await tab.page.getByTestId('cancel-button').and(tab.page.locator(':disabled')).waitFor();
      await tab.step('After', 'waiting');
      await tab.picture('cancelled');
    });
  });

  test('a task that failed is retried and goes on', async () => {
    await as('guest', set, async tab => {
      await tab.go('/create/templates/default/from-a-base');
      await tab.fill('Base', `http://${set.forge}/acme/base/tree/main`);
      await tab.press('Review');
      await tab.create();
      await tab.step('Fetch the base', 'red');
      await tab.fault(/no repository/);
      await tab.picture('failed-task');
      const api = await Api.of(set);
      const repository = { name: 'base', owner: 'group:default/guests', repoUrl: `${set.forge}?owner=acme&repo=base` };
      await api.reaches(await api.create('node-service', repository), 'completed');

      await tab.page.getByTestId('retry-button').click();

      await tab.step('Fetch the base', 'green');
      await tab.step('List it', 'green');
      await tab.noFault();
      await tab.picture('retried');
    });
  });

  test('a page that watches a task misses nothing when the service is killed', async () => {
    await as('guest', set, async tab => {
      await tab.go('/create/templates/default/patience');
      await tab.page.getByRole('spinbutton', { name: 'Seconds' }).fill('5');
      await tab.press('Review');
      await tab.create();
      await tab.step('Wait', 'running');

      await set.service.kill();
      await set.service.start();

      for (const step of ['Before', 'Wait', 'After']) await tab.step(step, 'green');
      await tab.sees('It begins.');
      await tab.sees('It is over.');
      // That the service was away is no fault of the page.
      tab.complaints.length = 0;
    });
  });

  test('behind a proxy that holds answers back, the page shows everything at the end', async () => {
    await as('guest', set, async tab => {
      set.middle.holdsBack = true;
      try {
        await tab.go('/create/templates/default/patience');
        await tab.page.getByRole('spinbutton', { name: 'Seconds' }).fill('3');
        await tab.press('Review');
        await tab.create();

        for (const step of ['Before', 'Wait', 'After']) await tab.step(step, 'green');
        await tab.sees('It is over.');
      } finally {
        set.middle.holdsBack = false;
      }
    });
  });

  test('a task that registers while Backstage is away fails with the reason, and a retry mends it', async () => {
    const api = await Api.of(set);
    const repoUrl = `${set.forge}?owner=acme&repo=latecomer`;
    const task = await api.create('slow-service', { name: 'latecomer', repoUrl });
    await until('the task waits', async () => {
      const events = await (await api.send('GET', `scaffolder/v2/tasks/${task}/events`)).text();
      return events.includes('Beginning step Wait');
    });
    await set.backstage.kill();
    await until('the task has failed', async () => set.service.said('task ended', task, 'failed'));
    await set.backstage.start();

    await as('guest', set, async tab => {
      await tab.go(`/create/tasks/${task}`);
      await tab.step('Publish', 'green');
      await tab.step('Register', 'red');
      await tab.fault(/cannot be reached/);
      await tab.picture('backstage-away');

      await tab.page.getByTestId('retry-button').click();

      await tab.step('Register', 'green');
      await tab.sees('Open in catalog');
    });
    await (await Api.of(set)).knows('component/default/latecomer');
  });
});
