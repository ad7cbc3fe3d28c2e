// The picture of the documentation: `SCREENSHOT=<file> node test.mjs e2e`, or `make screenshot`. Without the variable
// the picture is taken all the same and dropped, so that the way to it does not rot.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Dev, Folder, Tab, launch } from './stage.ts';

test('a picture of the preview can be taken', async () => {
  const browser = await launch();
  const folder = Folder.copyOf('rust-service');
  const dev = await Dev.start(folder, '--case', 'minimal');
  try {
    const tab = await Tab.open(browser, dev.url);
    const readme = 'skeleton/README.md.hbs';
    const text = readFileSync(join(folder.path, readme), 'utf8');
    folder.write(readme, text.replace('As a container:', 'The route `/healthz` of {{name}} says whether it is up.\n\nAs a container:'));
    await tab.sees('.code.diff .added', 'says whether it is up');
    await tab.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

    const picture = await tab.page.screenshot({ type: 'png' });

    assert.ok(picture.length > 20_000);
    const target = process.env['SCREENSHOT'];
    if (target) await tab.page.screenshot({ type: 'png', path: resolve(target) as `${string}.png` });
    assert.deepEqual(tab.complaints, []);
  } finally {
    await dev.stop();
    await browser.close();
    folder.remove();
  }
});
