import type { AuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction, type ActionContext } from '@backstage/plugin-scaffolder-node';
import type { JsonObject } from '@backstage/types';
import type { StagecraftService, TaskEvent } from '@stagecraft/backstage-plugin-stagecraft-node';
import { createHash } from 'node:crypto';
import { lineOf } from './lines';
import { examples } from './runAction.examples';

/** What the action works with. */
export interface RunActionOptions {
  stagecraft: Pick<StagecraftService, 'createTask' | 'retryTask' | 'cancelTask' | 'followTask' | 'tryTemplate'>;
  auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  /** How long the service may be away while a step waits. */
  patienceMs: number;
}

type RunInput = { templateRef: string; values?: JsonObject; secrets?: { [name: string]: string } };
type RunOutput = { taskId: string; output: JsonObject };
type RunContext = ActionContext<RunInput, RunOutput>;

/** How long a cancelled task may take to stop before the step ends without it. */
const CANCEL_GRACE_MS = 30_000;

/**
 * `stagecraft:run`: a step of Backstage's own scaffolder that runs a template in the service and stands for it: its log,
 * its output, its failure, its cancellation. The task is made once for each task and step of Backstage, whatever is
 * restarted when; a retry of the step retries it.
 */
export function createRunAction(options: RunActionOptions) {
  return createTemplateAction({
    id: 'stagecraft:run',
    description: 'Runs a template in the Stagecraft service and waits for its end.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        templateRef: z => z.string().describe('The template, such as `template:default/rust-service`'),
        values: z => z.record(z.any()).optional().describe('The parameters of the template'),
        secrets: z => z.record(z.string()).optional().describe('Secrets that the template asks for'),
      },
      output: {
        taskId: z => z.string().describe('The task in Stagecraft'),
        output: z => z.record(z.any()).describe('What the template gives out'),
      },
    },
    handler: async ctx => (ctx.isDryRun ? dryRun(ctx, options) : run(ctx, options)),
  });
}

async function run(ctx: RunContext, options: RunActionOptions): Promise<void> {
  const { stagecraft } = options;
  const task = readTask(ctx);
  const fingerprint = digest([task.templateRef, task.values]).slice(0, 16);
  const credentials = await ctx.getInitiatorCredentials();
  const taskId = await ctx.checkpoint({
    key: `task-${fingerprint}`,
    fn: async () => {
      const idempotencyKey = `backstage-${digest([ctx.task.id, ctx.step?.id ?? '', fingerprint])}`;
      return (await stagecraft.createTask({ ...task, idempotencyKey }, { credentials })).id;
    },
  });
  ctx.output('taskId', taskId);
  ctx.logger.info(`Stagecraft runs \`${task.templateRef}\` as task \`${taskId}\``);

  let end = await watch(ctx, options, taskId, 0);
  if (end.error && (await wasReported(ctx, taskId, end.eventId))) {
    ctx.logger.info('The task had failed before, so it is tried again');
    await stagecraft.retryTask({ taskId, secrets: task.secrets }, { credentials });
    end = await watch(ctx, options, taskId, end.eventId);
    if (end.error) {
      await wasReported(ctx, taskId, end.eventId);
    }
  }
  if (end.error) {
    throw failure(`Task \`${taskId}\` failed in Stagecraft`, end.error);
  }
  ctx.output('output', end.output);
}

/** How a run of a task ended. */
interface End {
  eventId: number;
  output: JsonObject;
  error?: { name: string; message: string };
}

/**
 * Whether an earlier run of this step has failed with this end, which makes this run a retry. A worker that was
 * restarted has not: it tells the end that it missed.
 */
async function wasReported(ctx: RunContext, taskId: string, eventId: number): Promise<boolean> {
  let first = false;
  await ctx.checkpoint({
    key: `failure-${taskId}-${eventId}`,
    fn: async () => {
      first = true;
      return true;
    },
  });
  return !first;
}

/**
 * Follows the task to its end. It is followed and cancelled as the scaffolder, not as the user: the user's token may
 * run out before the task ends, and who may see and cancel this step is decided by Backstage.
 */
async function watch(ctx: RunContext, options: RunActionOptions, taskId: string, after: number): Promise<End> {
  const { stagecraft, auth, patienceMs } = options;
  const over = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const cancel = async () => {
    grace = setTimeout(() => over.abort(), CANCEL_GRACE_MS);
    try {
      await stagecraft.cancelTask({ taskId }, { credentials: await auth.getOwnServiceCredentials() });
    } catch (error) {
      ctx.logger.error(`Task \`${taskId}\` could not be cancelled in Stagecraft: ${messageOf(error)}`);
      over.abort();
    }
  };
  ctx.signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (ctx.signal?.aborted) {
      await cancel();
    }
    const onAway = (error: Error) => ctx.logger.warn(`${error.message}. The task goes on there; asking again`);
    const credentials = await auth.getOwnServiceCredentials();
    const following = { credentials, signal: over.signal, patienceMs, onAway };
    let cancelled: End['error'];
    for await (const { id, type, body } of stagecraft.followTask({ taskId, after }, following)) {
      relay(ctx, { type, body });
      if (type === 'completion') {
        // A task that was too far to be stopped has an output all the same.
        const error = body.error ?? (body.output === undefined ? cancelled : undefined);
        return { eventId: id, output: (body.output ?? {}) as JsonObject, error };
      }
      if (type === 'cancelled') {
        cancelled = { name: 'Error', message: 'it was cancelled there' };
      }
    }
    throw new Error(`the events of task \`${taskId}\` ended before it did`);
  } catch (error) {
    if (ctx.signal?.aborted) {
      throw new Error(`The step was cancelled before task \`${taskId}\` had ended in Stagecraft`);
    }
    throw failure(`Task \`${taskId}\` could not be followed; it may have gone on, and a retry finds it again`, error);
  } finally {
    ctx.signal?.removeEventListener('abort', cancel);
    clearTimeout(grace);
  }
}

function relay({ logger }: RunContext, event: Pick<TaskEvent, 'type' | 'body'>): void {
  const line = event.type === 'completion' ? undefined : lineOf(event);
  if (line) {
    logger[event.type === 'cancelled' ? 'warn' : line.level](line.text);
  }
}

async function dryRun(ctx: RunContext, { stagecraft }: RunActionOptions): Promise<void> {
  const task = { ...readTask(ctx), fillDefaults: false };
  const trial = await stagecraft.tryTemplate(task, { credentials: await ctx.getInitiatorCredentials() });
  if (trial.status === 'refused') {
    const problems = trial.problems.map(({ at, message }) => (at ? `${at}: ${message}` : message));
    throw new InputError(`Stagecraft would refuse \`${task.templateRef}\`: ${problems.join('; ')}`);
  }
  trial.log.forEach(({ body }) => relay(ctx, { type: 'log', body }));
  if (trial.status === 'failed') {
    throw failure(`\`${task.templateRef}\` would fail in Stagecraft`, trial.error);
  }
  const files = trial.directoryContents.length;
  ctx.logger.info(`Stagecraft would run \`${task.templateRef}\`, with ${files} files at the end`);
  ctx.output('taskId', 'dry-run');
  ctx.output('output', trial.output as JsonObject);
}

function readTask({ input }: RunContext) {
  return { templateRef: input.templateRef, values: input.values ?? {}, secrets: input.secrets };
}

function failure(what: string, cause: unknown): Error {
  const error = new Error(`${what}: ${messageOf(cause)}`, { cause });
  error.name = isNamed(cause) ? cause.name : 'Error';
  return error;
}

function isNamed(value: unknown): value is { name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

function messageOf(value: unknown): string {
  const named = typeof value === 'object' && value !== null && 'message' in value;
  return named ? String(value.message) : String(value);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
