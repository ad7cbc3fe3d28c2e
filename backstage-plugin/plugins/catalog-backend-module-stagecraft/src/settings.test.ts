import { ConfigReader } from '@backstage/config';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCatalogSettings } from './settings';

const read = (catalog?: object) =>
  readCatalogSettings(
    new ConfigReader({ stagecraft: { baseUrl: 'http://localhost:7008', ...(catalog && { catalog }) } }),
  );

test('nothing has to be set', () => {
  const { schedule, ...rest } = read();

  assert.deepEqual(rest, {
    providerName: 'stagecraft:default',
    fullSyncMs: 30 * 60_000,
    removalLimit: { percent: 25, entities: 10 },
    analyzer: true,
    forwardEvents: false,
  });
});

test('everything can be set', () => {
  const settings = read({
    id: 'emea',
    schedule: { frequency: { seconds: 20 }, timeout: { minutes: 1 }, scope: 'global' },
    fullSync: '2h',
    removalLimit: { percent: 5, entities: 0 },
    analyzer: false,
    forwardEvents: true,
  });

  assert.equal(settings.providerName, 'stagecraft:emea');
  assert.equal(settings.schedule.scope, 'global');
  assert.equal(settings.fullSyncMs, 2 * 60 * 60_000);
  assert.deepEqual(settings.removalLimit, { percent: 5, entities: 0 });
  assert.equal(settings.analyzer, false);
  assert.equal(settings.forwardEvents, true);
});

test("a schedule is each replica's own unless it says otherwise", () => {
  const { schedule } = read({ schedule: { frequency: { minutes: 5 }, timeout: { minutes: 1 } } });

  assert.equal(schedule.scope, 'local');
});

test('what makes no sense is refused by its name', () => {
  assert.throws(() => read({ id: 'a b' }), /`stagecraft\.catalog\.id`/);
  assert.throws(() => read({ removalLimit: { percent: 101 } }), /`stagecraft\.catalog\.removalLimit\.percent`/);
  assert.throws(() => read({ removalLimit: { entities: -1 } }), /`stagecraft\.catalog\.removalLimit\.entities`/);
});
