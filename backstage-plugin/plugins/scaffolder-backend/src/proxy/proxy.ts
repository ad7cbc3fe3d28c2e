import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type { ForwardAnswer, StagecraftService } from '@stagecraft/backstage-plugin-stagecraft-node';
import type { Request, RequestHandler, Response } from 'express';
import { beginAudit } from './audit';
import { hasBody, isEventStream, requestHeaders, responseHeaders } from './headers';
import { identityOf, type IdentityDeps } from './identity';

/** What the proxy is made of. */
export interface ProxyOptions extends IdentityDeps {
  auditor: AuditorService;
  logger: LoggerService;
  stagecraft: StagecraftService;
  /** Ends all that is open: Backstage is about to stop. */
  stopped: AbortSignal;
}

/** Where a request leads, below the plugin. */
interface Target {
  path: string;
  /** The path with the query. */
  whole: string;
}

/** Between two words to the operator about the same thing. */
const QUIET_MS = 60_000;

/**
 * Hands every request on to the service, and its answer back, both as they come: nothing is read, held back or changed
 * on the way. It serves routes that it does not know, too, so that the service can have new ones.
 */
export function createProxy(options: ProxyOptions): RequestHandler {
  const warnOfDistrust = createWarning(options.logger);
  const lifetime = createLifetimes(options.stopped);
  return async (request, response) => {
    const signal = lifetime(response);
    const target = targetOf(request);
    const audit = await beginAudit(options.auditor, request, target.path);
    let answer: ForwardAnswer;
    try {
      answer = await ask(request, target, signal, options);
      refuseElsewhere(answer);
    } catch (error) {
      await audit.failed(error);
      // Nobody is there any more to be told.
      if (response.closed) return;
      throw error;
    }
    await audit.answered(answer.status);
    if (answer.status === 401) warnOfDistrust();
    give(answer, response);
  };
}

async function ask(
  request: Request,
  target: Target,
  signal: AbortSignal,
  options: ProxyOptions,
): Promise<ForwardAnswer> {
  const identity = await identityOf(request, target.path, options);
  return options.stagecraft.forward(
    {
      method: request.method,
      path: `/api/scaffolder${target.whole}`,
      headers: requestHeaders(request.headers),
      body: hasBody(request.headers) ? request : undefined,
      signal,
    },
    identity,
  );
}

/** For how long a response is wanted: until the client goes away, or Backstage stops. */
function createLifetimes(stopped: AbortSignal): (response: Response) => AbortSignal {
  const open = new Set<AbortController>();
  stopped.addEventListener('abort', () => {
    for (const controller of open) controller.abort(stopped.reason);
  });
  return response => {
    const controller = new AbortController();
    open.add(controller);
    response.on('close', () => {
      open.delete(controller);
      if (!response.writableFinished) controller.abort();
    });
    return controller.signal;
  };
}

/** The rest of the address as it came. Steps up or aside are refused: who sees them as what is not for certain. */
function targetOf(request: Request): Target {
  const whole = request.url.startsWith('/') ? request.url : `/${request.url}`;
  const [path = '/'] = whole.split('?', 1);
  for (const segment of path.split('/')) {
    let plain: string;
    try {
      plain = decodeURIComponent(segment);
    } catch {
      throw new InputError('The address is not encoded as addresses are');
    }
    if (plain === '.' || plain === '..' || /[\\/]/.test(plain)) {
      throw new InputError('The address leads out of where it begins');
    }
  }
  return { path, whole };
}

/** Something before the service wants the page to go elsewhere, where nobody knows Backstage. */
function refuseElsewhere(answer: ForwardAnswer): void {
  if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return;
  answer.body.resume();
  throw new ServiceUnavailableError(
    `Stagecraft answered ${answer.status} with another address, which is not followed: ` +
      'set `stagecraft.baseUrl` to where the service itself answers',
  );
}

function give(answer: ForwardAnswer, response: Response): void {
  if (response.closed) {
    answer.body.destroy();
    return;
  }
  // That it is gone is known by its `close`; without this a late write would end the process.
  response.on('error', () => undefined);
  const stream = isEventStream(answer.headers);
  response.status(answer.status);
  for (const [name, value] of Object.entries(responseHeaders(answer.headers))) {
    if (name === 'vary') response.vary(String(value));
    else if (!response.hasHeader(name)) response.setHeader(name, value);
  }
  answer.body.on('error', () => {
    // The page connects again to a stream that ended, behind the last event. Half an answer must not look whole.
    if (stream) response.end();
    else response.destroy();
  });
  // Headers go out before there is anything to say, so that a client knows that it is connected.
  if (stream) response.flushHeaders();
  answer.body.pipe(response);
}

function createWarning(logger: LoggerService): () => void {
  let last = -Infinity;
  return () => {
    if (Date.now() - last < QUIET_MS) return;
    last = Date.now();
    logger.warn(
      'Stagecraft did not accept a token of this Backstage: set `backstage.base_url` of the service to an address ' +
        'where it reaches this backend, and see in the log of the service why',
    );
  };
}
