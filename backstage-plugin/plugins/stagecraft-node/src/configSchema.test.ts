import { loadConfigSchema, type ConfigSchema } from '@backstage/config-loader';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parse } from 'yaml';

/** What any Backstage has. */
const backstage = {
  app: { baseUrl: 'http://localhost:3000' },
  backend: { baseUrl: 'http://localhost:7007', listen: ':7007', database: { client: 'pg', connection: {} } },
};
let schema: ConfigSchema;

before(async () => {
  // As a backend finds them: through the packages that it depends on.
  schema = await loadConfigSchema({
    dependencies: [
      '@stagecraft/backstage-plugin-scaffolder-backend',
      '@stagecraft/backstage-plugin-scaffolder-backend-module-stagecraft',
      '@stagecraft/backstage-plugin-catalog-backend-module-stagecraft',
    ],
  });
});

/** What of these settings is seen by whom. */
function seen(settings: object, by: 'frontend' | 'backend' | 'secret'): unknown {
  const data = { ...backstage, ...settings } as never;
  return schema.process([{ context: 'app-config.yaml', data }], { visibility: [by] })[0]?.data['stagecraft'];
}

test('the token is a secret, and nothing of it all is for the browser', () => {
  const stagecraft = { baseUrl: 'http://localhost:7008', token: 'secret-1' };
  assert.deepEqual(seen({ stagecraft }, 'secret'), { token: 'secret-1' });
  assert.deepEqual(seen({ stagecraft }, 'backend'), { baseUrl: 'http://localhost:7008' });
  assert.equal(seen({ stagecraft }, 'frontend'), undefined);
});

test('the example is what the settings allow, and every part of it is known', () => {
  const example = parse(readFileSync(join(__dirname, '../../../app-config.example.yaml'), 'utf8'));
  assert.deepEqual(seen(example, 'backend'), example.stagecraft);
  example.stagecraft.catalog.removalLimit.percent = 'a quarter';
  assert.throws(() => seen(example, 'backend'), /must be number/);
});

test('an address that is missing or no text is refused', () => {
  assert.throws(() => seen({ stagecraft: {} }, 'backend'), /must have required property 'baseUrl'/);
  assert.throws(() => seen({ stagecraft: { baseUrl: {} } }, 'backend'), /must be string/);
});
