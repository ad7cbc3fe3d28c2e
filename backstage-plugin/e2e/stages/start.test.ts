// What Backstage says when it starts with our packages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './support/stage.ts';

test('Backstage starts without an error and without a word of anything deprecated', async () => {
  const { backstage } = await stage();

  const said = backstage.started();

  assert.match(said, /Plugin initialization complete/);
  const bad = said.split('\n').filter(line => /deprecat|\berror\b/i.test(line));
  assert.deepEqual(bad, []);
});
