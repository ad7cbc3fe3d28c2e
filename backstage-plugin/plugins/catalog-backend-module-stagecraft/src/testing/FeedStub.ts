import type { AuthService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { StagecraftClient } from '@stagecraft/backstage-plugin-stagecraft-node';
import { ServiceDouble } from '@stagecraft/backstage-plugin-stagecraft-node/testUtils';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Feed } from '../feed';

const PATH = '/api/stagecraft/v1/catalog/changes';

/** The service's feed for catalogs, over HTTP: entities that a test puts in and takes out. */
export class FeedStub {
  readonly #rows = new Map<string, { seq: number; entity: unknown }>();
  #seq = 0;
  #epoch = 1;
  /** How many requests are answered right now, and how many were at most. */
  #open = 0;
  mostAtOnce = 0;

  private constructor(readonly service: ServiceDouble) {
    service.on('GET', PATH, (request, response) => {
      request.resume();
      void this.#answer(new URL(request.url ?? '', 'http://service').searchParams, response);
    });
  }

  static async open(): Promise<FeedStub> {
    return new FeedStub(await ServiceDouble.open());
  }

  /** How often the feed was asked. */
  get requests(): number {
    return this.service.seen.filter(({ url }) => url.startsWith(PATH)).length;
  }

  /** The queries it was asked with. */
  get queries(): (string | null)[] {
    return this.service.seen.map(({ url }) => new URL(url, 'http://service').searchParams.get('after'));
  }

  put(...entities: Entity[]): void {
    entities.forEach(entity => this.putAs(refOf(entity), entity));
  }

  /** Offers anything under a reference. */
  putAs(entityRef: string, entity: unknown): void {
    this.#seq += 1;
    this.#rows.set(entityRef, { seq: this.#seq, entity });
  }

  remove(...refs: string[]): void {
    refs.forEach(ref => this.putAs(ref, null));
  }

  /** The database is made anew: nothing is left, and no cursor means anything. */
  startOver(): void {
    this.#epoch += 1;
    this.#seq = 0;
    this.#rows.clear();
  }

  get cursor(): string {
    return `${this.#epoch}.${this.#seq}`;
  }

  /** Asks as the module does. */
  get feed(): Feed {
    const auth = { isPrincipal: (_: unknown, type: string) => type === 'service' } as unknown as AuthService;
    const client = new StagecraftClient({ config: { baseUrl: this.service.url, token: 'backstage' }, auth });
    const credentials = { $$type: '@backstage/BackstageCredentials' as const, principal: { type: 'service' } };
    return ({ signal, ...request }) => client.listCatalogChanges(request, { credentials, signal });
  }

  async #answer(query: URLSearchParams, response: ServerResponse): Promise<void> {
    this.#open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
    await setImmediate();
    const [epoch, seq] = (query.get('after') ?? '').split('.').map(Number);
    const known = epoch === this.#epoch;
    const after = known ? (seq ?? 0) : 0;
    const limit = Number(query.get('limit'));
    const waiting = [...this.#rows]
      .filter(([, row]) => row.seq > after && (known || row.entity !== null))
      .sort(([, one], [, other]) => one.seq - other.seq);
    const page = waiting.slice(0, limit);
    const reached = waiting.length > limit ? (page.at(-1)?.[1].seq ?? after) : this.#seq;
    const body = {
      cursor: `${this.#epoch}.${reached}`,
      more: waiting.length > limit,
      reset: query.has('after') && !known,
      changes: page.map(([entityRef, { entity }]) => ({ entityRef, entity })),
    };
    this.#open -= 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

/** A component that the feed would offer. */
export function component(name: string, spec: Entity['spec'] = {}): Entity {
  return entity('backstage.io/v1alpha1', 'Component', name, spec);
}

/** A template that the feed would offer. */
export function template(name: string): Entity {
  return entity('scaffolder.backstage.io/v1beta3', 'Template', name, { type: 'service', steps: [] });
}

function entity(apiVersion: string, kind: string, name: string, spec: Entity['spec']): Entity {
  const location = `url:https://example.org/acme/${name}/blob/main/catalog-info.yaml`;
  const annotations = {
    'backstage.io/managed-by-location': location,
    'backstage.io/managed-by-origin-location': location,
  };
  return { apiVersion, kind, metadata: { name, annotations }, spec };
}

function refOf({ kind, metadata }: Entity): string {
  return `${kind}:default/${metadata.name}`.toLowerCase();
}
