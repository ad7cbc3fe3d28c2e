import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CatalogStub } from './testing/CatalogStub';
import { component, FeedStub, template } from './testing/FeedStub';
import { Stage } from './testing/stage';

async function open(t: TestContext, options: Parameters<typeof Stage.open>[0] = {}): Promise<Stage> {
  const stage = await Stage.open(options);
  t.after(() => stage.close());
  return stage;
}

function named(prefix: string, count: number) {
  return Array.from({ length: count }, (_, index) => component(`${prefix}-${index}`));
}

function refs(prefix: string, count: number): string[] {
  return named(prefix, count).map(({ metadata }) => `component:default/${metadata.name}`);
}

test('the first run brings everything, as a full set', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'), component('basket'));

  await stage.tick();

  assert.equal(stage.catalog.last?.type, 'full');
  assert.deepEqual(stage.catalog.refs, ['component:default/basket', 'component:default/shop']);
});

test('entities yield to files, templates do not', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'), template('service'));

  await stage.tick();

  assert.equal(stage.catalog.held.get('component:default/shop')?.locationKey, undefined);
  assert.equal(stage.catalog.held.get('template:default/service')?.locationKey, 'stagecraft:default');
});

test('what a file declares is left to it, until the file is gone', async t => {
  const stage = await open(t, { config: { fullSync: { milliseconds: 0 } } });
  stage.feed.put(component('shop'), component('basket'));
  stage.catalog.files.add('component:default/shop');

  await stage.tick();
  assert.deepEqual(stage.catalog.refs, ['component:default/basket']);

  stage.catalog.files.clear();
  await stage.tick();
  assert.deepEqual(stage.catalog.refs, ['component:default/basket', 'component:default/shop']);
  assert.deepEqual(stage.at('warn'), []);
});

test('a change of what a file declares is left to it, too', async t => {
  const stage = await open(t);
  await stage.tick();
  stage.catalog.files.add('component:default/shop');

  stage.feed.put(component('shop'));
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, []);
});

test('what was left to a file comes once the file is gone, without news from the service', async t => {
  const stage = await open(t);
  await stage.tick();
  stage.catalog.files.add('component:default/shop');
  stage.feed.put(component('shop', { type: 'service' }));
  await stage.tick();
  assert.deepEqual(stage.catalog.refs, []);

  stage.catalog.files.clear();
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
});

test('what a file has taken over comes back with its last change once the file is gone', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'), component('basket'));
  await stage.tick();
  stage.catalog.files.add('component:default/shop');
  stage.catalog.held.delete('component:default/shop');
  stage.feed.put(component('shop', { type: 'service' }));
  await stage.tick();
  assert.deepEqual(stage.catalog.refs, ['component:default/basket']);

  stage.catalog.files.clear();
  await stage.tick();

  assert.deepEqual(stage.catalog.held.get('component:default/shop')?.entity.spec, { type: 'service' });
});

test('what was left to a file and is no longer offered stays away', async t => {
  const stage = await open(t);
  stage.catalog.files.add('component:default/shop');
  stage.feed.put(component('basket'), component('shop'));
  await stage.tick();
  stage.feed.remove('component:default/shop');
  await stage.tick();

  stage.catalog.files.clear();
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/basket']);
});

test('a template that the catalog has from elsewhere is told of, once', async t => {
  const stage = await open(t, { config: { fullSync: { milliseconds: 0 } } });
  stage.feed.put(template('service'));
  stage.catalog.files.add('template:default/service');

  await stage.tick();
  await stage.tick();

  assert.equal(stage.at('warn').length, 1);
  assert.match(stage.at('warn')[0]!, /`template:default\/service` .* from somewhere else.*the service runs its own/);
});

test('an entity tells which provider it is from', async t => {
  const stage = await open(t, { config: { id: 'emea' } });
  stage.feed.put(component('shop'));

  await stage.tick();

  const { annotations } = stage.catalog.held.get('component:default/shop')!.entity.metadata;
  assert.equal(annotations?.['stagecraft.dev/provider'], 'stagecraft:emea');
});

test('later runs bring what has changed alone', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'), component('basket'));
  await stage.tick();

  stage.feed.put(component('shop', { type: 'service' }));
  stage.feed.remove('component:default/basket');
  await stage.tick();

  assert.deepEqual(
    stage.catalog.last?.type === 'delta' && {
      added: stage.catalog.last.added.map(({ entity }) => entity.spec),
      removed: stage.catalog.last.removed,
    },
    { added: [{ type: 'service' }], removed: [{ entityRef: 'component:default/basket' }] },
  );
});

test('a run without news tells the catalog nothing', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'));
  await stage.tick();

  await stage.tick();

  assert.equal(stage.catalog.mutations.length, 1);
});

test('what the bus announces comes at once', async t => {
  const stage = await open(t);
  await stage.tick();
  stage.feed.put(component('shop'));

  await stage.tell(stage.feed.cursor);
  await stage.until(() => stage.catalog.held.has('component:default/shop'));

  assert.deepEqual(stage.subscription, { id: 'stagecraft:default', topics: ['stagecraft.catalog'] });
});

test('an announcement of what is there already asks nothing', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'));
  await stage.tick();
  const before = stage.feed.requests;

  await stage.tell(stage.feed.cursor);
  await new Promise(resolve => setImmediate(resolve));

  assert.equal(stage.feed.requests, before);
});

test('a burst of announcements becomes two runs, one after the other', async t => {
  const stage = await open(t);
  await stage.tick();
  const before = stage.feed.requests;
  stage.feed.put(component('shop'));

  await Promise.all(Array.from({ length: 100 }, (_, index) => stage.tell(`1.${index + 1000}`)));
  await stage.tick();

  assert.equal(stage.feed.requests - before, 2);
  assert.equal(stage.feed.mostAtOnce, 1);
});

test('a lost cursor brings everything anew', async t => {
  const stage = await open(t);
  stage.feed.put(...named('old', 5));
  await stage.tick();

  stage.feed.startOver();
  stage.feed.put(...named('new', 5));
  await stage.tick();

  assert.equal(stage.catalog.last?.type, 'full');
  assert.deepEqual(stage.catalog.refs, refs('new', 5));
});

test('a lost cursor that would take most away takes nothing, and brings what is new', async t => {
  const stage = await open(t);
  stage.feed.put(...named('old', 50));
  await stage.tick();

  stage.feed.startOver();
  stage.feed.put(component('shop'));
  await stage.tick();

  assert.equal(stage.catalog.held.size, 51);
  const [message] = stage.at('error');
  assert.match(message!, /50 of the 50 entities .* are gone there \(100 %, the limit is 25 %\)/);
  assert.match(message!, /stagecraft\.catalog\.removalLimit\.percent/);
});

test('the guard knows after a restart what the catalog has', async t => {
  const catalog = new CatalogStub();
  const before = await open(t, { catalog });
  before.feed.put(...named('old', 50));
  await before.tick();

  const after = await open(t, { catalog });
  after.feed.put(...named('old', 30));
  await after.tick();

  assert.equal(catalog.held.size, 50);
  assert.match(after.at('error')[0]!, /20 of the 50 entities/);
});

test('a service without any entity empties no catalog, however small', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'));
  await stage.tick();

  stage.feed.startOver();
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
  assert.match(stage.at('error')[0]!, /no entity at all, and the catalog has 1 from it/);
});

test('changes that would take most away take nothing, and bring the rest', async t => {
  const stage = await open(t);
  stage.feed.put(...named('old', 50));
  await stage.tick();

  stage.feed.remove(...refs('old', 40));
  stage.feed.put(component('shop'));
  await stage.tick();

  assert.equal(stage.catalog.held.size, 51);
  assert.match(stage.at('error')[0]!, /40 of the 50 entities/);
});

test('a guard that is turned off lets everything go', async t => {
  const stage = await open(t, { config: { removalLimit: { percent: 100 } } });
  stage.feed.put(...named('old', 50));
  await stage.tick();

  stage.feed.startOver();
  await stage.tick();

  assert.equal(stage.catalog.held.size, 0);
  assert.deepEqual(stage.at('error'), []);
});

test('the whole set is compared again after a while, and what was lost is back', async t => {
  const stage = await open(t, { config: { fullSync: { milliseconds: 0 } } });
  stage.feed.put(component('shop'));
  await stage.tick();
  stage.catalog.held.clear();

  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
});

test('an entity that the catalog would not take costs the others nothing', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'));
  stage.feed.putAs('component:default/nameless', { apiVersion: 'v1', kind: 'Component', metadata: {} });
  stage.feed.putAs('component:default/nowhere', { apiVersion: 'v1', kind: 'Component', metadata: { name: 'nowhere' } });
  stage.feed.putAs('component:default/other', component('another'));

  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
  const warnings = stage.at('warn').join('\n');
  assert.match(warnings, /`component:default\/nameless` .* left out: .*name/);
  assert.match(warnings, /`component:default\/nowhere` .* no annotation `backstage.io\/managed-by-location`/);
  assert.match(warnings, /`component:default\/other` .* the entity is `component:default\/another`/);
});

test('an entity that can no longer be taken stays as it was', async t => {
  const stage = await open(t, { config: { fullSync: { milliseconds: 0 } } });
  stage.feed.put(component('shop'), component('basket'));
  await stage.tick();

  stage.feed.putAs('component:default/shop', { kind: 'Component' });
  stage.feed.remove('component:default/basket');
  await stage.tick();
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
  assert.equal(stage.at('warn').length, 1);
});

test('while the service is away the catalog keeps what it has, and one warning is enough', async t => {
  const stage = await open(t);
  stage.feed.put(component('shop'));
  await stage.tick();

  await stage.feed.service.stop();
  await assert.rejects(stage.tick());
  await assert.rejects(stage.tick());
  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
  assert.equal(stage.at('warn').length, 1);

  stage.feed.put(component('basket'));
  await stage.feed.service.start();
  await stage.tick();
  assert.equal(stage.catalog.held.size, 2);
  assert.match(stage.at('info').at(-1)!, /follows the service again/);
});

test('a change that the catalog did not take comes again', async t => {
  const stage = await open(t);
  await stage.tick();
  stage.feed.put(component('shop'));
  const apply = stage.catalog.applyMutation.bind(stage.catalog);
  stage.catalog.applyMutation = async () => {
    throw new Error('the database is locked');
  };
  await assert.rejects(stage.tick(), /the database is locked/);

  stage.catalog.applyMutation = apply;
  await stage.tick();

  assert.deepEqual(stage.catalog.refs, ['component:default/shop']);
});

test('what is no feed is an error, not an empty one', async t => {
  const feed = await FeedStub.open();
  const stage = await open(t, { feed });
  for (const [body, expected] of [
    [{}, /did not answer with a page of changes/],
    [{ cursor: '1', changes: [{ entity: null }] }, /no `entityRef`/],
    [{ cursor: '1', more: true, changes: [] }, /does not come to an end/],
    [{ cursor: '1', more: true, reset: true, changes: [] }, /forgets its cursors/],
  ] as const) {
    feed.service.answers('GET', '/api/stagecraft/v1/catalog/changes', body);
    await assert.rejects(stage.tick(), expected);
  }
  assert.deepEqual(stage.catalog.mutations, []);
});

test('twenty thousand entities come in pages, and changes among them are small', async t => {
  const stage = await open(t);
  const many = named('service', 20_000);
  many.forEach(entity => (entity.metadata.description = 'x'.repeat(1000)));
  stage.feed.put(...many);
  const before = process.memoryUsage().heapUsed;

  await stage.tick();
  const grown = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
  t.diagnostic(`the heap grew by ${Math.round(grown)} MiB for entities of about 30 MiB`);

  assert.equal(stage.catalog.held.size, 20_000);
  assert.equal(stage.feed.requests, 40);
  stage.feed.put(component('service-7', { type: 'website' }));
  await stage.tick();
  assert.equal(stage.feed.requests, 41);
  assert.equal(stage.catalog.last?.type === 'delta' && stage.catalog.last.added.length, 1);
});

test("the schedule is each replica's own, every minute", async t => {
  const stage = await open(t);

  assert.partialDeepStrictEqual(stage.task, {
    id: 'stagecraft:default:sync',
    frequency: { minutes: 1 },
    scope: 'local',
  });
});
