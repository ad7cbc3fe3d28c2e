import type { AuthService, BackstageCredentials, LoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject, JsonValue } from '@backstage/types';
import { StagecraftClient } from '@stagecraft/backstage-plugin-stagecraft-node';
import { createRunAction } from '../runAction';
import type { TaskDouble } from './TaskDouble';

type Context = Parameters<ReturnType<typeof createRunAction>['handler']>[0];

/** Credentials whose tokens say whose they are. */
export function credentialsOf(principal: string): BackstageCredentials {
  return { $$type: '@backstage/BackstageCredentials', principal };
}

/** An auth service that gives each principal a token with its name. */
export const auth = {
  isPrincipal: () => false,
  getOwnServiceCredentials: async () => credentialsOf('scaffolder'),
  getPluginRequestToken: async ({ onBehalfOf }: { onBehalfOf: BackstageCredentials }) => ({
    token: String(onBehalfOf.principal),
  }),
} as unknown as AuthService;

/** A client of the service that stands at that address. */
export function clientOf(double: TaskDouble): StagecraftClient {
  return new StagecraftClient({ config: { baseUrl: double.service.url }, auth });
}

/** What survives of a task of Backstage's scaffolder when its worker is restarted or the task retried. */
export interface Kept {
  checkpoints: Map<string, JsonValue>;
}

/** One run of a step by Backstage's own scaffolder. */
export class Step {
  readonly outputs: JsonObject = {};
  readonly lines: string[] = [];
  readonly #stop = new AbortController();
  readonly done: Promise<void>;

  constructor(
    double: TaskDouble,
    options: { kept?: Kept; input?: JsonObject; isDryRun?: boolean; taskId?: string; patienceMs?: number } = {},
  ) {
    const { kept = { checkpoints: new Map() }, isDryRun = false, taskId = 'b1', patienceMs = 60_000 } = options;
    const action = createRunAction({ stagecraft: clientOf(double), auth, patienceMs });
    // The worker reads the checkpoints once, before the step begins.
    const before = new Map(kept.checkpoints);
    const at = (level: string) => (message: string) => void this.lines.push(`${level} ${message}`);
    const logger = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') } as LoggerService;
    const context = {
      input: options.input ?? { templateRef: 'template:default/service', values: { name: 'shop' } },
      task: { id: taskId },
      step: { id: 'run', name: 'Run' },
      logger,
      isDryRun,
      signal: this.#stop.signal,
      getInitiatorCredentials: async () => credentialsOf('jane'),
      output: (name: string, value: JsonValue) => void (this.outputs[name] = value),
      checkpoint: async ({ key, fn }: { key: string; fn: () => Promise<JsonValue | void> }) => {
        const value = before.get(key) ?? (await fn());
        kept.checkpoints.set(key, value ?? {});
        return value;
      },
    } as unknown as Context;
    this.done = action.handler(context);
    // Looked at by the test, sooner or later.
    this.done.catch(() => undefined);
  }

  /** The task of Backstage is cancelled. */
  cancel(): void {
    this.#stop.abort();
  }

  /** Waits for a line of the log. */
  async says(pattern: RegExp): Promise<void> {
    while (!this.lines.some(line => pattern.test(line))) await new Promise(resolve => setTimeout(resolve, 5));
  }
}
