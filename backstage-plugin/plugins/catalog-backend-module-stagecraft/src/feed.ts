import { isObject } from './values';

/** One entity of the service that is there, has changed, or is gone. */
export interface FeedChange {
  /** `kind:namespace/name`, lower case. */
  entityRef: string;
  /** The entity as the service sent it; `undefined` when it is gone. */
  entity: unknown;
}

/** A page of changes. */
export interface FeedPage {
  /** Where the next page begins. */
  cursor: string;
  /** Whether there is more right now. */
  more: boolean;
  /** The cursor that was sent is not known to the service; this is the first page of everything. */
  reset: boolean;
  changes: FeedChange[];
}

/** How a page is asked for. */
export interface FeedRequest {
  /** The cursor of the page before; without it the first page of everything. */
  after?: string;
  /** At most so many changes, 1 to 1000. */
  limit: number;
  signal?: AbortSignal;
}

/** Where the changes come from. */
export type Feed = (request: FeedRequest) => Promise<unknown>;

const PAGE_SIZE = 500;

/**
 * The pages from a cursor on, one at a time, so that no more than one of them is held. Ends after the page that has
 * nothing behind it. An answer that is no page, or a feed that turns in a circle, is an error.
 */
export async function* readPages(
  feed: Feed,
  start: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<FeedPage> {
  const seen = new Set<string>();
  let after = start;
  for (;;) {
    signal?.throwIfAborted();
    const page = readPage(await feed({ after, limit: PAGE_SIZE, signal }));
    yield page;
    if (!page.more) {
      return;
    }
    if (page.reset) {
      seen.clear();
    }
    if (seen.has(page.cursor)) {
      throw new Error(`the feed of the service does not come to an end: it gave the cursor \`${page.cursor}\` twice`);
    }
    seen.add(page.cursor);
    after = page.cursor;
  }
}

function readPage(value: unknown): FeedPage {
  if (!isObject(value) || typeof value.cursor !== 'string' || value.cursor === '' || !Array.isArray(value.changes)) {
    throw new Error('the service did not answer with a page of changes; is `stagecraft.baseUrl` its address?');
  }
  const changes = value.changes.filter(isChange).map(({ entityRef, entity }) => ({
    entityRef: entityRef.toLocaleLowerCase('en-US'),
    entity: entity ?? undefined,
  }));
  if (changes.length < value.changes.length) {
    throw new Error('the service answered with a change that has no `entityRef`; its release does not fit this module');
  }
  return { cursor: value.cursor, more: value.more === true, reset: value.reset === true, changes };
}

function isChange(value: unknown): value is { entityRef: string; entity?: unknown } {
  return isObject(value) && typeof value.entityRef === 'string' && value.entityRef !== '';
}
