import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  Action,
  Answer,
  CatalogChanges,
  DryRunResult,
  Input,
  ListedEntity,
  ListedTemplate,
  LocationAnalysis,
  Method,
  Path,
  PostedFile,
  Task,
  TaskEvent,
  TaskPage,
  TemplateParameterSchema,
  Trial,
  TrialRequest,
} from './api';
import type { StagecraftError } from './errors';
import type { ForwardAnswer, ForwardRequest } from './forward';

/** As whom a request is made, and how long it may take. */
export interface CallOptions {
  /** A user's: the service acts for the user. A service's: it acts for Backstage. */
  credentials: BackstageCredentials;
  /** Ends the request. */
  signal?: AbortSignal;
  /** How long the service may take to answer; a minute if nothing is said. */
  timeoutMs?: number;
}

/** How a task is followed. */
export interface FollowOptions {
  credentials: BackstageCredentials;
  signal?: AbortSignal;
  /** How long the service may be away before following ends with an error; five minutes if nothing is said. */
  patienceMs?: number;
  /** Hears once why the service is away, each time that it goes. */
  onAway?: (error: StagecraftError) => void;
}

/**
 * The Stagecraft service. Refusals are `StagecraftError`s that carry Backstage's name of the error and the status.
 */
export interface StagecraftService {
  /** The form of a template, as far as the caller may see it. */
  getTemplateParameterSchema(
    request: { namespace: string; name: string },
    options: CallOptions,
  ): Promise<TemplateParameterSchema>;
  /** The actions that steps can name. */
  listActions(options: CallOptions): Promise<Action[]>;
  /**
   * Creates a task. Defaults of the form are not filled in. A request with a key can be repeated: it gives the task that
   * it created first.
   */
  createTask(
    request: {
      templateRef: string;
      values: { [name: string]: unknown };
      secrets?: { [name: string]: string };
      idempotencyKey?: string;
    },
    options: CallOptions,
  ): Promise<{ id: string }>;
  /** Tasks that the caller may see, the newest first. */
  listTasks(
    request: { createdBy?: string[]; status?: string[]; limit?: number; offset?: number; order?: string[] },
    options: CallOptions,
  ): Promise<TaskPage>;
  /** One task. */
  getTask(request: { taskId: string }, options: CallOptions): Promise<Task>;
  /** Asks a task to stop. */
  cancelTask(request: { taskId: string }, options: CallOptions): Promise<void>;
  /** Starts a task that ended over; its id stays. */
  retryTask(
    request: { taskId: string; secrets?: { [name: string]: string } },
    options: CallOptions,
  ): Promise<{ id: string }>;
  /** What happened after the event `after`. Without any yet, it waits for the next, at most 30 seconds. */
  getTaskEvents(request: { taskId: string; after?: number }, options: CallOptions): Promise<TaskEvent[]>;
  /**
   * What happens to a task, as it happens, until it ended. Where the connection breaks, it is made anew behind the last
   * event, so that none is missed and none comes twice.
   */
  followTask(request: { taskId: string; after?: number }, options: FollowOptions): AsyncIterable<TaskEvent>;
  /** Runs a posted template without changing anything outside. */
  dryRun(
    request: {
      template: { [name: string]: unknown };
      values: { [name: string]: unknown };
      secrets?: { [name: string]: string };
      directoryContents: PostedFile[];
    },
    options: CallOptions,
  ): Promise<DryRunResult>;
  /**
   * Tries a template out, by its reference or posted. Unlike `dryRun`, a template that is refused and a step that fails
   * are answers.
   */
  tryTemplate(request: TrialRequest, options: CallOptions): Promise<Trial>;
  /** The templates of the service's library, also broken ones. */
  listTemplates(options: CallOptions): Promise<ListedTemplate[]>;
  /** The entities that tasks registered with the service. */
  listEntities(options: CallOptions): Promise<ListedEntity[]>;
  /**
   * A page of the entities that a catalog can take over: what changed after a cursor, or all there is without one. For
   * services only.
   */
  listCatalogChanges(request: { after?: string; limit?: number }, options: CallOptions): Promise<CatalogChanges>;
  /**
   * What the service makes of a repository, for Backstage's import wizard: the entities that it declares, or one that it
   * could. For services only.
   */
  analyzeLocation(
    request: { location: { type: string; target: string }; catalogFilename?: string },
    options: CallOptions,
  ): Promise<LocationAnalysis>;
  /** Any other route, typed by the description of the service. */
  call<M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    input: Input<M, P>,
    options: CallOptions,
  ): Promise<Answer<M, P>>;
  /** Hands a request on as it is, with the token in place of the one it came with. */
  forward(
    request: ForwardRequest,
    as: { credentials: BackstageCredentials } | { token: string },
  ): Promise<ForwardAnswer>;
}
