import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'puppeteer-core';
import { Dev, Folder, Tab, launch } from './stage.ts';
import { ORDERS, WIDGETS } from './templates.ts';

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

/** Runs a test over a template, and holds it to a page without complaints. */
async function over(
  template: string,
  files: { [path: string]: string },
  args: string[],
  body: (tab: Tab, folder: Folder, dev: Dev) => Promise<void>,
) {
  const folder = new Folder();
  folder.write('template.yaml', template);
  for (const [path, text] of Object.entries(files)) folder.write(path, text);
  const dev = await Dev.start(folder, ...args);
  try {
    const tab = await Tab.open(browser, dev.url);
    await body(tab, folder, dev);
    assert.deepEqual(tab.complaints, []);
    await tab.close();
  } finally {
    await dev.stop();
    folder.remove();
  }
}

const FILES = {
  'skeleton/README.md': '# ${{ values.name }}\n\n${{ values.about }}\n',
  'skeleton/src/app.ts': "export const name = '${{ values.name }}';\n",
  'cases/small.yaml': 'description: Small\nvalues: {name: orders, repoUrl: github.com?owner=acme&repo=orders}\n',
  'cases/big.yaml': 'values: {name: billing, about: Bills., repoUrl: github.com?owner=acme&repo=billing}\n',
};
const SMALL = ['--case', 'small'];

test('the form says what is missing, and what is typed in is rendered', async () => {
  await over(ORDERS, FILES, [], async tab => {
    await tab.sees('.findings', '`name` is missing');
    assert.ok((await tab.texts('.page-description')).includes('Says *what* it is.'));

    await tab.fill('Name', 'orders');
    await tab.press('Next');
    await tab.fill('Owner', 'acme');
    await tab.fill('Repository', 'orders');

    await tab.sees('.tree', 'README.md');
    await tab.sees('.content', '# orders');
    await tab.sees('.stand-in', 'Gives github.com?owner=acme&repo=orders');
    await tab.sees('.findings', 'missing', false);
  });
});

test('a value that breaks its rule keeps the user on its page', async () => {
  await over(ORDERS, FILES, SMALL, async tab => {
    await tab.fill('Name', 'No Spaces');
    await tab.press('Next');

    await tab.sees('.form-pane', 'must match pattern');
    await tab.sees('.findings', '`name`');
    await tab.sees('.status', 'Not rendered');
  });
});

test('a saved file is shown at once, with what is different', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, folder) => {
    await tab.sees('.content', '# orders');

    folder.write('skeleton/README.md', '# ${{ values.name }}\n\nRewritten.\n');
    await tab.sees('.code.diff .added', '+ Rewritten.');
    await tab.sees('.tree-summary', '1 changed');
    folder.write('skeleton/docs/new.md', 'New\n');
    await tab.sees('.tree', 'new.md');

    await tab.openFile('new.md');
    await tab.sees('.content h3', 'docs/new.md');
    await tab.sees('.source', 'New');
  });
});

test('an error is shown with its place and its source, until it is mended', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, folder) => {
    folder.write('skeleton/README.md', 'Fine\n${{ values.name | nosuch }}\n');
    await tab.sees('.location', 'skeleton/README.md:2:19');
    await tab.sees('.excerpt .at', 'nosuch');
    await tab.sees('.status', '1 step failed');

    folder.write('skeleton/README.md', 'Mended ${{ values.name }}\n');
    await tab.sees('.findings', 'nosuch', false);
    await tab.sees('.content', 'Mended orders');
  });
});

test('a template that cannot be read is told, and the page comes back when it can', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, folder) => {
    folder.write('template.yaml', 'kind: Template\nspec: [\n');
    await tab.sees('.location', 'template.yaml:');
    await tab.sees('.form-pane', 'cannot be read');

    folder.write('template.yaml', ORDERS.replace('title: Orders', 'title: Orders again'));
    await tab.sees('h1', 'Orders again');
    await tab.sees('.content', '# orders');
  });
});

test('steps show what they were given, and secrets stay hidden', async () => {
  await over(ORDERS, FILES, SMALL, async tab => {
    await tab.press('The repository');
    await tab.fill('Token', 'hunter22');
    await tab.tab('Steps');
    await tab.sees('.steps', 'Left out');
    await tab.page.$$eval('.steps details', all => all.forEach(one => (one.open = true)));

    await tab.sees('.steps', '"description": "***"');
    await tab.sees('.steps', 'Skipped');
    const text = await tab.page.evaluate(() => document.body.innerText);
    assert.ok(!text.includes('hunter22'));
    await tab.tab('Output');
    await tab.sees('.output', 'Repository');
  });
});

test('a case fills the form in, and the review masks what the template masks', async () => {
  await over(ORDERS, FILES, SMALL, async tab => {
    await tab.page.select('#case', 'big');
    await tab.sees('.content', '# billing');
    const name = await tab.page.$eval('#root_name', input => (input as HTMLInputElement).value);
    assert.equal(name, 'billing');

    await tab.press('Review');

    await tab.sees('.review', 'billing');
    await tab.sees('.review', '<the key>');
    assert.ok(!(await tab.texts('.review')).join().includes('k-1'));
  });
});

test('what is typed in is not lost when a file is saved', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, folder) => {
    await tab.fill('Name', 'typed');
    await tab.sees('.content', 'typed');

    folder.write('skeleton/README.md', 'Saved ${{ values.name }}\n');

    await tab.sees('.content', 'Saved typed');
    const name = await tab.page.$eval('#root_name', input => (input as HTMLInputElement).value);
    assert.equal(name, 'typed');
  });
});

test('widgets are shown as the template asks for them', async () => {
  await over(WIDGETS, {}, [], async tab => {
    const kinds = await tab.page.evaluate(() => ({
      password: document.querySelector<HTMLInputElement>('#root_password')?.type,
      text: document.querySelector('#root_text')?.tagName,
      radios: document.querySelectorAll('input[type=radio]').length,
      boxes: document.querySelectorAll('#root_regions input[type=checkbox]').length,
      hidden: document.querySelector<HTMLInputElement>('#root_hidden')?.type,
      fixed: document.querySelector<HTMLInputElement>('#root_fixed')?.disabled,
      names: [...document.querySelectorAll<HTMLOptionElement>('#root_size option')].map(option => option.text),
      first: document.querySelector('.form-pane form label')?.textContent,
    }));

    assert.deepEqual(kinds, {
      password: 'password', text: 'TEXTAREA', radios: 2, boxes: 2, hidden: 'hidden', fixed: true,
      names: ['', 'Small', 'Large'], first: 'Size',
    });
  });
});

test('what depends on a value comes and goes with it', async () => {
  await over(WIDGETS, {}, [], async tab => {
    await tab.sees('.form-pane', 'Route');

    await tab.page.locator('::-p-xpath(//label[contains(., "job")]//input)').click();

    await tab.sees('.form-pane', 'Schedule');
    await tab.sees('.form-pane', 'Route', false);
  });
});

test('items of a list can be added and removed', async () => {
  await over(WIDGETS, {}, [], async tab => {
    await tab.press('Add an item');
    await tab.page.locator('#root_ports_0').fill('80');
    await tab.tab('Steps');
    await tab.page.$$eval('.steps details', all => all.forEach(one => (one.open = true)));
    await tab.sees('.data', String.raw`\"ports\":[80]`);

    await tab.press('Remove the item');
    await tab.sees('.form-pane', 'Port-1', false);
  });
});

test('fields of Backstage have stand-ins that give what Backstage gives', async () => {
  await over(WIDGETS, {}, [], async tab => {
    await tab.press('Fields');
    await tab.fill('Owner', 'group:default/a');
    await tab.fill('Entity', 'system:default/b');
    await tab.fill('Owned', 'component:default/c');
    await tab.fill('Groups', 'group:default/d');
    await tab.fill('Component', 'e');
    await tab.fill('Branch', 'f');
    for (const [label, texts] of [['Tags', ['Java', 'x']], ['Many', ['component:default/g']]] as const) {
      for (const text of texts) {
        await tab.fill(label, text);
        await tab.page.keyboard.press('Enter');
      }
    }
    await tab.fill('Organization', 'o');
    await tab.fill('Project', 'p');
    await tab.fill('Repository', 'r');
    await tab.fill('Our own', 'own');
    await tab.sees('.form-pane', 'Backstage shows its own field OurOwnField here.');

    await tab.tab('Steps');
    await tab.page.$$eval('.steps details', all => all.forEach(one => (one.open = true)));
    await tab.sees('.data', String.raw`\"own\":\"own\"`);
    const messages = (await tab.texts('.data')).map(text => (JSON.parse(text) as { message: string }).message);
    const values = JSON.parse(messages[0] ?? '{}') as object;

    const { owner, entity, owned, groups, name, branch, tags, many, azure } = values as Record<string, unknown>;
    assert.deepEqual(
      { owner, entity, owned, groups, name, branch, tags, many, azure },
      {
        owner: 'group:default/a', entity: 'system:default/b', owned: 'component:default/c', groups: 'group:default/d',
        name: 'e', branch: 'f', tags: ['java', 'x'], many: ['component:default/g'],
        azure: 'dev.azure.com?organization=o&project=p&repo=r',
      },
    );
    assert.equal(messages[1], '***');
  });
});

test('a page whose server went away says so and comes back', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, folder, dev) => {
    const { port } = new URL(dev.url);
    await dev.stop();
    await tab.sees('.live', 'reconnecting');

    const again = await Dev.start(folder, '--case', 'big', '--port', port);
    try {
      await tab.sees('.live', 'live');
      await tab.sees('.content', '# billing');
    } finally {
      await again.stop();
    }
    // That the server was away is no fault of the page.
    tab.complaints.length = 0;
  });
});

test('another website can neither read nor drive the preview', async () => {
  await over(ORDERS, FILES, SMALL, async (tab, _, dev) => {
    const foreign = await browser.newPage();
    await foreign.goto('data:text/html,<title>Foreign</title>');

    const outcome = await foreign.evaluate(async (url: string) => {
      const tries = [
        fetch(`${url}api/state`),
        fetch(`${url}api/values`, { method: 'POST', body: '{"values":{"name":"evil"}}' }),
        fetch(`${url}api/case`, {
          method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"case":"big"}',
        }),
      ];
      return (await Promise.allSettled(tries)).map(one => one.status);
    }, dev.url);
    await foreign.close();

    assert.deepEqual(outcome, ['rejected', 'rejected', 'rejected']);
    await tab.sees('.content', '# orders');
  });
});

test('panels are reached with the keyboard', async () => {
  await over(ORDERS, FILES, SMALL, async tab => {
    await tab.page.focus('[role=tab][aria-selected=true]');
    await tab.page.keyboard.press('ArrowRight');
    await tab.sees('[role=tab][aria-selected=true]', 'Steps');
    await tab.page.keyboard.press('ArrowLeft');
    await tab.sees('[role=tab][aria-selected=true]', 'Files');
    const focused = await tab.page.evaluate(() => document.activeElement?.textContent);
    assert.ok(focused?.startsWith('Files'), focused);
  });
});

for (const scheme of ['light', 'dark'] as const) {
  test(`nothing in the ${scheme} page is in the way of people with disabilities`, async () => {
    await over(ORDERS, FILES, SMALL, async (_, folder, dev) => {
      const tab = await Tab.open(browser, dev.url, scheme);
      folder.write('skeleton/README.md', '# Other\n\n${{ values.name }}\n');
      await tab.sees('.code.diff', '+ orders');
      const check = async () => {
        await tab.page.evaluate(axe.source);
        const found = (await tab.page.evaluate('axe.run()')) as AxeResults;
        assert.deepEqual(found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).join(' | ')}`), []);
      };

      await check();
      folder.write('skeleton/README.md', '${{ values.name | nosuch }}\n');
      await tab.sees('.location', 'skeleton/README.md');
      await tab.tab('Steps');
      await check();
      await tab.press('Review');
      await tab.tab('Output');
      await check();
    });
  });
}
