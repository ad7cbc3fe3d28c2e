import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventParams, EventsService } from '@backstage/plugin-events-node';

/** The events of GitHub that the service does something with. */
export const FORWARDED_TOPICS: readonly string[] = [
  'github.installation',
  'github.installation_repositories',
  'github.pull_request',
  'github.push',
  'github.repository',
  'github.team',
];

/** Headers by which the service knows a delivery, whichever way it comes. */
const HEADERS = ['x-github-delivery', 'x-github-event', 'x-github-enterprise-host'] as const;

/** Between attempts to hand an event over. */
const PAUSES_MS: readonly number[] = [1_000, 5_000];

/** An event as the service takes it. */
export interface ForwardedEvent {
  topic: string;
  payload: { [name: string]: unknown };
  metadata: { [name: string]: string };
}

/** What {@link forwardEvents} stands on. */
export interface ForwardEventsOptions {
  /** Name of the subscription: replicas that share it get each event once. */
  id: string;
  events: Pick<EventsService, 'subscribe'>;
  /** Hands an event over to the service. */
  forward: (event: ForwardedEvent) => Promise<void>;
  logger: Pick<LoggerService, 'warn'>;
  pausesMs?: readonly number[];
}

/**
 * Passes the deliveries of GitHub that this Backstage receives on to the service. One that cannot be handed over is
 * told of and let go: the service finds what it would have said when it looks at all repositories.
 */
export async function forwardEvents(options: ForwardEventsOptions): Promise<void> {
  const { id, events, forward, logger, pausesMs = PAUSES_MS } = options;
  await events.subscribe({
    id,
    topics: [...FORWARDED_TOPICS],
    onEvent: async event => {
      const forwarded = toForwarded(event);
      if (!forwarded) return;
      for (let attempt = 0; ; attempt += 1) {
        try {
          await forward(forwarded);
          return;
        } catch (error) {
          const pause = pausesMs[attempt];
          if (pause === undefined) {
            logger.warn(`a \`${event.topic}\` event was not passed on to Stagecraft: ${String(error)}`);
            return;
          }
          await sleep(pause);
        }
      }
    },
  });
}

function toForwarded({ topic, eventPayload, metadata }: EventParams): ForwardedEvent | undefined {
  if (typeof eventPayload !== 'object' || eventPayload === null || Array.isArray(eventPayload)) return undefined;
  const kept: { [name: string]: string } = {};
  for (const name of HEADERS) {
    const value = metadata?.[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return { topic, payload: { ...eventPayload }, metadata: kept };
}
