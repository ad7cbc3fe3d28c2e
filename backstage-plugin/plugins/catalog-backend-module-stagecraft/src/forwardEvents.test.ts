import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventParams } from '@backstage/plugin-events-node';
import { FORWARDED_TOPICS, forwardEvents, type ForwardedEvent } from './forwardEvents';

interface Subscription {
  id: string;
  topics: string[];
  onEvent: (event: EventParams) => Promise<void>;
}

async function open(failures = 0) {
  const forwarded: ForwardedEvent[] = [];
  const warnings: string[] = [];
  const subscriptions: Subscription[] = [];
  let left = failures;
  await forwardEvents({
    id: 'stagecraft:default:github',
    events: {
      subscribe: async subscription => {
        subscriptions.push(subscription);
      },
    },
    forward: async event => {
      left -= 1;
      if (left >= 0) throw new Error('away');
      forwarded.push(event);
    },
    logger: { warn: message => warnings.push(message) },
    pausesMs: [0, 0],
  });
  const [subscription] = subscriptions;
  assert.ok(subscription);
  return { forwarded, warnings, subscription };
}

const push: EventParams = {
  topic: 'github.push',
  eventPayload: { ref: 'refs/heads/main' },
  metadata: { 'x-github-delivery': '1', 'x-hub-signature-256': 'sha256=0', 'x-github-event': ['push'] },
};

test('an event is passed on with its delivery and without its signature', async () => {
  const { forwarded, subscription } = await open();

  await subscription.onEvent(push);

  assert.deepEqual(subscription.topics, FORWARDED_TOPICS);
  assert.deepEqual(forwarded, [
    { topic: 'github.push', payload: { ref: 'refs/heads/main' }, metadata: { 'x-github-delivery': '1' } },
  ]);
});

test('a service that is away for a moment gets it all the same', async () => {
  const { forwarded, warnings, subscription } = await open(2);

  await subscription.onEvent(push);

  assert.equal(forwarded.length, 1);
  assert.deepEqual(warnings, []);
});

test('one that cannot be handed over is told of and let go', async () => {
  const { forwarded, warnings, subscription } = await open(3);

  await subscription.onEvent(push);

  assert.deepEqual(forwarded, []);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /`github\.push`.*away/);
});

test('what is no payload is not passed on', async () => {
  const { forwarded, subscription } = await open();

  for (const eventPayload of [undefined, null, 'x', []]) await subscription.onEvent({ ...push, eventPayload });

  assert.deepEqual(forwarded, []);
});
