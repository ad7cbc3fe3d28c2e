// Existing repositories come into the catalog through the stock wizard.

import { before, describe, test } from 'node:test';
import { Api } from './support/api.ts';
import { stage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';
import { as } from './support/tab.ts';

describe('importing', () => {
  let set: Stage;
  before(async () => {
    set = await stage();
    const api = await Api.of(set);
    await api.knows('template/default/existing');
    for (const [code, repo] of [
      ['described', 'mailer'],
      ['plain', 'legacy'],
    ] as const) {
      const values = { code, repoUrl: `${set.forge}?owner=acme&repo=${repo}` };
      await api.reaches(await api.create('existing', values), 'completed');
    }
  });

  test('a repository with a catalog file is imported', async () => {
    await as('guest', set, async tab => {
      await tab.go('/catalog-import');
      await tab.fill('URL', `http://${set.forge}/acme/mailer`);
      await tab.press('Analyze');
      await tab.sees('mailer');
      await tab.picture('import');
      await tab.press('Import');
      await tab.sees('The following entities have been added to the catalog:');

      await (await Api.of(set)).knows('component/default/mailer');
      await tab.press('View Component');

      await tab.page.getByRole('heading', { name: 'mailer' }).first().waitFor();
    });
  });

  test('a repository without a catalog file is read, and a file is offered', async () => {
    await as('guest', set, async tab => {
      await tab.go('/catalog-import');
      await tab.fill('URL', `http://${set.forge}/acme/legacy`);
      await tab.press('Analyze');

      await tab.sees('Preview Entities');
      await tab.sees(/name: legacy/);
      await tab.page.getByText('Preview Entities').scrollIntoViewIfNeeded();
      await tab.picture('import-preview');
    });
  });
});
