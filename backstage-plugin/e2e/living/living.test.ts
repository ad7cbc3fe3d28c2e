// Repositories come into the catalog by themselves, and leave it to people.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Stage, until } from './stage.ts';
import type { Entity } from './stage.ts';

/** From a push to what the catalog shows. */
const SOON_MS = 2_000;
const PUSHES = 7;

const manifest = (name: string, description: string) =>
  JSON.stringify({ name, version: '1.0.0', description, main: 'index.js', dependencies: { express: '5.0.0' } });

/** What people write about a component. */
const file = (name: string) => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, description: by people }
spec: { type: service, lifecycle: production, owner: people }
`;

let set: Stage;

before(async () => {
  set = await Stage.open();
});
after(() => set.close());

const isOurs = (entity: Entity | undefined) =>
  entity?.metadata.annotations?.['stagecraft.dev/provider'] === 'stagecraft:default';
const isPeoples = (entity: Entity | undefined) => entity?.metadata.description === 'by people';

test('what is pushed is in the catalog soon', async t => {
  await set.make('cart');
  set.push('cart', { 'package.json': manifest('cart', 'version 0') });
  await until('the catalog has it', async () => isOurs(await set.shown('component/default/cart')));

  const took: number[] = [];
  for (let number = 1; number <= PUSHES; number += 1) {
    // Not in step with anything that runs at fixed times.
    await pause(700 + 130 * number);
    set.push('cart', { 'package.json': manifest('cart', `version ${number}`) });
    took.push(
      await until(
        'the catalog shows what was pushed',
        async () =>
          (await set.shown('component/default/cart'))?.metadata.description?.includes(`version ${number}`) === true,
      ),
    );
  }

  took.sort((a, b) => a - b);
  t.diagnostic(`from the end of a push to what the catalog shows, ms: ${took.map(Math.round).join(', ')}`);
  assert.ok((took[Math.floor(PUSHES / 2)] ?? Infinity) <= SOON_MS, `the median is more than ${SOON_MS} ms`);
});

test("a human's file wins over what is offered, and ours is back when it goes", async () => {
  await set.make('shop');
  set.push('shop', { 'package.json': manifest('shop', 'by us') });
  const shop = 'component/default/shop';
  await until('ours is shown', async () => isOurs(await set.shown(shop)));

  set.people('shop.yaml', file('shop'));
  await until("the human's version takes over", async () => isPeoples(await set.shown(shop)));
  set.push('shop', { 'package.json': manifest('shop', 'by us, again') });
  // As long as the schedule and the file's next reading take, and more.
  for (let second = 0; second < 8; second += 1) {
    await pause(1_000);
    assert.ok(isPeoples(await set.shown(shop)), "the human's version stays");
  }

  set.people('shop.yaml');
  await until('ours is shown again', async () => isOurs(await set.shown(shop)));
  assert.match((await set.shown(shop))?.metadata.description ?? '', /again/);
});

test('a catalog file in the repository takes over, and gives back when it is deleted', async () => {
  await set.make('desk');
  set.push('desk', { 'package.json': manifest('desk', 'by us') });
  const desk = 'component/default/desk';
  await until('ours is shown', async () => isOurs(await set.shown(desk)));

  // The catalog reads it in its own way, and at its own time.
  set.people('desk.yaml', file('desk'));
  set.push('desk', { 'catalog-info.yaml': file('desk') });
  await until("the human's version takes over", async () => isPeoples(await set.shown(desk)));
  await until('the service leaves it to them', async () => (await set.standing('desk')) === 'yielded');
  for (let second = 0; second < 5; second += 1) {
    await pause(1_000);
    assert.ok(isPeoples(await set.shown(desk)), "the human's version stays");
  }

  set.push('desk', { 'catalog-info.yaml': undefined });
  set.people('desk.yaml');

  await until('ours is shown again', async () => isOurs(await set.shown(desk)));
});
