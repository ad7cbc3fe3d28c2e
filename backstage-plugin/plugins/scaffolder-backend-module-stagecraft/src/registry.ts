import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { StagecraftService, TaskEvent } from '@stagecraft/backstage-plugin-stagecraft-node';
import { lineOf } from './lines';

/** What the entries are made with. */
export interface RegistryOptions {
  actionsRegistry: ActionsRegistryService;
  stagecraft: Pick<
    StagecraftService,
    'cancelTask' | 'createTask' | 'getTask' | 'getTaskEvents' | 'listTemplates' | 'tryTemplate'
  >;
}

/**
 * Offers the service to agents and other plugins through Backstage's actions registry, beside Backstage's own scaffolder
 * and under names of its own. Every call is made as the caller; the service decides what that caller may do.
 */
export function registerActions(options: RegistryOptions): void {
  registerList(options);
  registerTry(options);
  registerRun(options);
  registerGet(options);
  registerCancel(options);
}

function registerList({ actionsRegistry, stagecraft }: RegistryOptions): void {
  actionsRegistry.register({
    name: 'list-stagecraft-templates',
    title: 'List templates of Stagecraft',
    description: 'Lists the templates that `run-stagecraft-template` can run, with what is wrong with broken ones.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object({}),
      output: z => z.object({ templates: z.array(z.object({}).passthrough()) }),
    },
    action: async ({ credentials }) => {
      const templates = await stagecraft.listTemplates({ credentials });
      return { output: { templates: templates.map(template => ({ ...template })) } };
    },
  });
}

function registerTry({ actionsRegistry, stagecraft }: RegistryOptions): void {
  actionsRegistry.register({
    name: 'try-stagecraft-template',
    title: 'Try a template of Stagecraft out',
    description:
      'Runs a template without changing anything outside and tells what it would do: its log, the paths of the files it ' +
      'makes, its output, or what is wrong with the template or its values.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          templateRef: z.string().describe('For example `template:default/rust-service`'),
          values: z.record(z.unknown()).optional().describe('Values of the form; defaults are filled in'),
        }),
      output: z =>
        z.object({
          status: z.enum(['refused', 'failed', 'completed']),
          problems: z.array(z.string()).describe('What is wrong'),
          log: z.array(z.string()),
          files: z.array(z.string()),
          output: z.record(z.unknown()),
        }),
    },
    action: async ({ input, credentials }) => {
      const trial = await stagecraft.tryTemplate({ ...input, values: input.values ?? {} }, { credentials });
      if (trial.status === 'refused') {
        const problems = trial.problems.map(({ at, message }) => (at ? `${at}: ${message}` : message));
        return { output: { status: trial.status, problems, log: [], files: [], output: {} } };
      }
      const { status, output } = trial;
      const log = textsOf(trial.log);
      const files = trial.directoryContents.map(({ path }) => path);
      return { output: { status, problems: status === 'failed' ? [trial.error.message] : [], log, files, output } };
    },
  });
}

function textsOf(events: Pick<TaskEvent, 'body'>[]): string[] {
  return events.map(lineOf).flatMap(line => (line ? [line.text] : []));
}

function registerRun({ actionsRegistry, stagecraft }: RegistryOptions): void {
  actionsRegistry.register({
    name: 'run-stagecraft-template',
    title: 'Run a template of Stagecraft',
    description:
      'Creates a task from a template, as the caller and with what the caller may do, and gives its id; follow it with ' +
      '`get-stagecraft-task`. Defaults of the form are not filled in. A call that is repeated with the same `requestId` ' +
      'gives the task of the first.',
    attributes: { readOnly: false, destructive: true, idempotent: false },
    schema: {
      input: z =>
        z.object({
          templateRef: z.string().describe('For example `template:default/rust-service`'),
          values: z.record(z.unknown()).describe('Values of the form'),
          secrets: z.record(z.string()).optional().describe('Secrets that the template asks for'),
          requestId: z
            .string()
            .regex(/^[!-~]{1,200}$/)
            .optional()
            .describe('Your name for this call, such as a UUID'),
        }),
      output: z => z.object({ taskId: z.string() }),
    },
    action: async ({ input: { requestId, ...request }, credentials }) => {
      const { id } = await stagecraft.createTask({ ...request, idempotencyKey: requestId }, { credentials });
      return { output: { taskId: id } };
    },
  });
}

function registerGet({ actionsRegistry, stagecraft }: RegistryOptions): void {
  actionsRegistry.register({
    name: 'get-stagecraft-task',
    title: 'Get a task of Stagecraft',
    description: 'Gives the state of a task, its log so far and, once it has ended, its output or its error.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object({ taskId: z.string() }),
      output: z =>
        z.object({
          status: z.string().describe('open, processing, completed, failed or cancelled'),
          createdAt: z.string(),
          createdBy: z.string().optional(),
          log: z.array(z.string()),
          output: z.record(z.unknown()).optional(),
          error: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { status, createdAt, createdBy } = await stagecraft.getTask(input, { credentials });
      // A task that waits has told nothing yet, and asking for its events would wait for the first.
      const events = status === 'open' ? [] : await stagecraft.getTaskEvents(input, { credentials });
      const log = textsOf(events);
      const { output, error } = events.findLast(({ type }) => type === 'completion')?.body ?? {};
      const made = output as { [name: string]: unknown } | undefined;
      return { output: { status, createdAt, createdBy, log, output: made, error: error?.message } };
    },
  });
}

function registerCancel({ actionsRegistry, stagecraft }: RegistryOptions): void {
  actionsRegistry.register({
    name: 'cancel-stagecraft-task',
    title: 'Cancel a task of Stagecraft',
    description: 'Asks a task to stop. One that has ended is left as it is.',
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: z => z.object({ taskId: z.string() }),
      output: z => z.object({}),
    },
    action: async ({ input, credentials }) => {
      await stagecraft.cancelTask(input, { credentials });
      return { output: {} };
    },
  });
}
