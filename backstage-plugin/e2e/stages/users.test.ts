// A second user is held to the site's policy: `backend/policy.ts`.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Api } from './support/api.ts';
import { stage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';
import { as } from './support/tab.ts';

describe('users', () => {
  let set: Stage;
  let task: string;
  before(async () => {
    set = await stage();
    const guest = await Api.of(set);
    for (const name of ['cleaner', 'patience']) await guest.knows(`template/default/${name}`);
    task = await guest.create('cleaner', {});
    await guest.reaches(task, 'completed');
  });

  test("a task of somebody else's cannot be seen", async () => {
    await as('jane', set, async tab => {
      await tab.go('/create/tasks');
      await tab.page
        .getByRole('button', { name: 'All' })
        .or(tab.page.getByText('All', { exact: true }))
        .last()
        .click();
      await tab.picture('tasks-of-jane');
      await tab.sees('No records to display');

      await tab.go(`/create/tasks/${task}`);

      await tab.sees(/403|NotAllowedError|not allowed/i);
      await tab.picture('task-refused');
      // The browser itself tells of the refusal.
      tab.complaints.splice(0);
    });
  });

  test('a template that a user may not run is refused', async () => {
    await as('jane', set, async tab => {
      await tab.go('/create/templates/default/cleaner');

      await tab.sees(/403 Forbidden/);
      const answer = await (
        await Api.of(set, 'jane')
      ).send('POST', 'scaffolder/v2/tasks', {
        templateRef: 'template:default/cleaner',
        values: {},
      });
      assert.equal(answer.status, 403);
      await tab.picture('template-refused');
      tab.complaints.splice(0);
    });
  });

  test('what a user may run, she runs and sees', async () => {
    await as('jane', set, async tab => {
      await tab.go('/create/templates/default/patience');
      await tab.page.getByRole('spinbutton', { name: 'Seconds' }).fill('1');
      await tab.press('Review');
      const id = await tab.create();
      await tab.step('After', 'green');

      const guest = await Api.of(set);
      const { tasks } = (await (await guest.send('GET', 'scaffolder/v2/tasks')).json()) as { tasks: { id: string }[] };
      assert.ok(tasks.some(one => one.id === task));
      assert.ok(!tasks.some(one => one.id === id));
    });
  });
});
