import type { ValidationError } from './api';

/** What went wrong with a request to the service. */
export interface StagecraftErrorOptions {
  /** The name that Backstage has for it: `NotFoundError`, `InputError`, … */
  name: string;
  /** The status of the answer; 503 if there was none. */
  statusCode: number;
  message: string;
  /** Each value that a form does not allow. */
  validationErrors?: ValidationError[];
  cause?: unknown;
}

/**
 * The service refused a request, or did not answer it.
 *
 * `name` is that of Backstage's own errors, so that Backstage gives it the right status where it is thrown in a route.
 */
export class StagecraftError extends Error {
  // Not properties: Backstage would answer with them.
  readonly #statusCode: number;
  readonly #validationErrors: readonly ValidationError[];

  constructor(options: StagecraftErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = options.name;
    this.#statusCode = options.statusCode;
    this.#validationErrors = options.validationErrors ?? [];
  }

  /** The status of the answer; 503 if there was none. */
  get statusCode(): number {
    return this.#statusCode;
  }

  /** Each value that a form does not allow. */
  get validationErrors(): readonly ValidationError[] {
    return this.#validationErrors;
  }
}

/** Whether asking again later may help: the service was not there, or said so. */
export function isUnavailable(error: unknown): error is StagecraftError {
  return error instanceof StagecraftError && [502, 503, 504].includes(error.statusCode);
}

/** The error for a service that does not answer. */
export function unavailable(options: { baseUrl: string; why: string; cause?: unknown }): StagecraftError {
  return new StagecraftError({
    name: 'ServiceUnavailableError',
    statusCode: 503,
    message:
      `Stagecraft does not answer at \`${options.baseUrl}\`: ${options.why}. ` +
      'Start the service, or correct `stagecraft.baseUrl`; then try again',
    cause: options.cause,
  });
}

/** The error that an answer other than 2xx stands for. */
export async function errorOf(response: Response): Promise<StagecraftError> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    return new StagecraftError({
      name: 'ServiceUnavailableError',
      statusCode: 503,
      message:
        `Stagecraft answered ${status} with another address, which is not followed: ` +
        'set `stagecraft.baseUrl` to where the service itself answers',
    });
  }
  const body = (await response.json().catch(() => undefined)) as
    { error?: { name?: unknown; message?: unknown }; errors?: ValidationError[] } | undefined;
  if (Array.isArray(body?.errors)) {
    const messages = body.errors.map(error => `${error.property} ${error.message}`);
    return new StagecraftError({
      name: 'InputError',
      statusCode: status,
      message: `Values are not as the template asks: ${messages.join('; ')}`,
      validationErrors: body.errors,
    });
  }
  const { name, message } = body?.error ?? {};
  return new StagecraftError({
    name: typeof name === 'string' ? name : 'ResponseError',
    statusCode: status,
    message: typeof message === 'string' ? message : `Stagecraft answered ${status}`,
  });
}

/** What stands behind a failed connection, in a few words. */
export function reasonOf(error: unknown): string {
  const seen = new Set<unknown>();
  let last = error;
  while (last instanceof Error && last.cause !== undefined && !seen.has(last)) {
    seen.add(last);
    last = last.cause;
  }
  if (last instanceof AggregateError && last.errors.length > 0) last = last.errors[0];
  return last instanceof Error ? last.message || last.name : String(last);
}
