import type { AuthService, BackstageCredentials } from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Input, Method, Path, TaskEvent } from './api';
import type { StagecraftConfig } from './config';
import { StagecraftError, errorOf, isUnavailable, reasonOf, unavailable } from './errors';
import { readEvents } from './events';
import { forward, type ForwardAnswer, type ForwardRequest } from './forward';
import type { CallOptions, FollowOptions, StagecraftService } from './service';

const MINUTE_MS = 60_000;
/** Between two attempts to reach a service that is away. */
const PAUSES_MS = [250, 500, 1000, 2000, 5000];

/** What a request is filled with. */
interface Parts {
  path?: { [name: string]: unknown };
  query?: { [name: string]: unknown };
  header?: { [name: string]: unknown };
  body?: unknown;
}

/** The Stagecraft service over HTTP. */
export class StagecraftClient implements StagecraftService {
  readonly #baseUrl: string;
  readonly #ownToken?: string;
  readonly #auth: AuthService;

  constructor(options: { config: StagecraftConfig; auth: AuthService }) {
    this.#baseUrl = options.config.baseUrl;
    this.#ownToken = options.config.token;
    this.#auth = options.auth;
  }

  getTemplateParameterSchema(request: { namespace: string; name: string }, options: CallOptions) {
    const path = { ...request, kind: 'template' };
    const route = '/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema';
    return this.call('get', route, { path }, options);
  }

  listActions(options: CallOptions) {
    return this.call('get', '/api/scaffolder/v2/actions', {}, options);
  }

  createTask(request: Parameters<StagecraftService['createTask']>[0], options: CallOptions) {
    const { idempotencyKey, ...body } = request;
    const header = { 'Idempotency-Key': idempotencyKey };
    return this.call('post', '/api/scaffolder/v2/tasks', { header, body }, options);
  }

  listTasks(query: NonNullable<Input<'get', '/api/scaffolder/v2/tasks'>['query']>, options: CallOptions) {
    return this.call('get', '/api/scaffolder/v2/tasks', { query }, options);
  }

  getTask(path: { taskId: string }, options: CallOptions) {
    return this.call('get', '/api/scaffolder/v2/tasks/{taskId}', { path }, options);
  }

  async cancelTask(path: { taskId: string }, options: CallOptions) {
    await this.call('post', '/api/scaffolder/v2/tasks/{taskId}/cancel', { path }, options);
  }

  retryTask(request: { taskId: string; secrets?: { [name: string]: string } }, options: CallOptions) {
    const { taskId, secrets } = request;
    return this.call(
      'post',
      '/api/scaffolder/v2/tasks/{taskId}/retry',
      { path: { taskId }, body: { secrets } },
      options,
    );
  }

  getTaskEvents(request: { taskId: string; after?: number }, options: CallOptions) {
    const { taskId, after } = request;
    return this.call(
      'get',
      '/api/scaffolder/v2/tasks/{taskId}/events',
      { path: { taskId }, query: { after } },
      options,
    );
  }

  dryRun(body: Input<'post', '/api/scaffolder/v2/dry-run'>['body'], options: CallOptions) {
    return this.call('post', '/api/scaffolder/v2/dry-run', { body }, options);
  }

  tryTemplate(body: Input<'post', '/api/stagecraft/v1/dry-run'>['body'], options: CallOptions) {
    return this.call('post', '/api/stagecraft/v1/dry-run', { body }, options);
  }

  async listTemplates(options: CallOptions) {
    const { templates } = await this.call('get', '/api/stagecraft/v1/templates', {}, options);
    return templates;
  }

  async listEntities(options: CallOptions) {
    const { entities } = await this.call('get', '/api/stagecraft/v1/entities', {}, options);
    return entities;
  }

  listCatalogChanges(query: { after?: string; limit?: number }, options: CallOptions) {
    return this.call('get', '/api/stagecraft/v1/catalog/changes', { query }, options);
  }

  analyzeLocation(request: Parameters<StagecraftService['analyzeLocation']>[0], options: CallOptions) {
    // Types of locations that it does not read are the service's to refuse.
    const body = request as Input<'post', '/api/stagecraft/v1/analyze-location'>['body'];
    return this.call('post', '/api/stagecraft/v1/analyze-location', { body }, options);
  }

  async *followTask(request: { taskId: string; after?: number }, options: FollowOptions): AsyncGenerator<TaskEvent> {
    const { signal, credentials, patienceMs = 5 * MINUTE_MS } = options;
    const path = { taskId: request.taskId };
    let { after } = request;
    let awaySince: number | undefined;
    for (let attempt = 0; ; attempt += 1) {
      try {
        for await (const event of this.#events({ path, query: { after } }, { signal, credentials })) {
          attempt = 0;
          awaySince = undefined;
          after = event.id;
          yield event;
          if (event.type === 'completion') return;
        }
        throw unavailable({ baseUrl: this.#baseUrl, why: 'it ended the events of a task that goes on' });
      } catch (error) {
        signal?.throwIfAborted();
        if (!isUnavailable(error)) throw error;
        if (awaySince === undefined) options.onAway?.(error);
        awaySince ??= Date.now();
        if (Date.now() - awaySince > patienceMs) throw error;
      }
      await sleep(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)], undefined, { signal });
    }
  }

  async *#events(parts: Parts, options: CallOptions): AsyncGenerator<TaskEvent> {
    const path = '/api/scaffolder/v2/tasks/{taskId}/eventstream';
    const response = await this.#send('get', path, parts, { ...options, lasting: true });
    if (!response.body) return;
    try {
      for await (const message of readEvents(response.body)) yield JSON.parse(message.data) as TaskEvent;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw unavailable({ baseUrl: this.#baseUrl, why: reasonOf(error), cause: error });
    }
  }

  async call<M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    input: Input<M, P>,
    options: CallOptions,
  ): Promise<Answer<M, P>> {
    const response = await this.#send(method, path, input as Parts, options);
    try {
      return (await response.json()) as Answer<M, P>;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw unavailable({ baseUrl: this.#baseUrl, why: `its answer broke off (${reasonOf(error)})`, cause: error });
    }
  }

  async forward(
    request: ForwardRequest,
    as: { credentials: BackstageCredentials } | { token: string },
  ): Promise<ForwardAnswer> {
    const token = 'token' in as ? as.token : await this.#token(as.credentials);
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    return forward(this.#baseUrl, { ...request, headers });
  }

  async #send(method: string, path: string, parts: Parts, options: CallOptions & { lasting?: boolean }) {
    const headers: { [name: string]: string } = {
      authorization: `Bearer ${await this.#token(options.credentials)}`,
      accept: options.lasting ? 'text/event-stream' : 'application/json',
    };
    for (const [name, value] of Object.entries(parts.header ?? {})) {
      if (value !== undefined) headers[name] = String(value);
    }
    if (parts.body !== undefined) headers['content-type'] = 'application/json';
    const limit = options.lasting ? [] : [AbortSignal.timeout(options.timeoutMs ?? MINUTE_MS)];
    let response: Response;
    try {
      response = await fetch(this.#baseUrl + fill(path, parts), {
        method: method.toUpperCase(),
        headers,
        body: parts.body === undefined ? undefined : JSON.stringify(parts.body),
        redirect: 'manual',
        signal: AbortSignal.any([...limit, ...(options.signal ? [options.signal] : [])]),
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw unavailable({ baseUrl: this.#baseUrl, why: reasonOf(error), cause: error });
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /**
   * The token that stands for the caller. The configured one stands for Backstage alone: taken for a user or for a
   * caller with restrictions, it would let both do what they may not.
   */
  async #token(credentials: BackstageCredentials): Promise<string> {
    if (this.#auth.isPrincipal(credentials, 'none')) {
      throw new AuthenticationError('Stagecraft is only asked for somebody who is signed in');
    }
    if (this.#ownToken && this.#auth.isPrincipal(credentials, 'service') && !credentials.principal.accessRestrictions) {
      return this.#ownToken;
    }
    const { token } = await this.#auth.getPluginRequestToken({
      onBehalfOf: credentials,
      targetPluginId: 'stagecraft',
    });
    if (!token)
      throw new StagecraftError({
        name: 'AuthenticationError',
        statusCode: 401,
        message: 'Backstage gave no token for Stagecraft',
      });
    return token;
  }
}

/** Puts values into a path, and a query behind it. */
function fill(path: string, parts: Parts): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts.path?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parts.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) query.append(name, String(item));
    }
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}
