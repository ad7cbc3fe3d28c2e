import { createPermissions } from '../proxy/routes';
import type { ActionDeps } from './register';

/** Creates a task. */
export function registerExecuteTemplate({ actionsRegistry, stagecraft, actingFor }: ActionDeps): void {
  actionsRegistry.register({
    name: 'execute-template',
    title: 'Run a scaffolder template',
    description:
      'Creates a task from a template, as the caller and with what the caller may do, and gives its id. ' +
      'The Template entity in the catalog (`catalog.get-catalog-entity`) says which values and secrets it asks for; ' +
      'defaults are not filled in. Follow it with `get-scaffolder-task-logs`.',
    attributes: { readOnly: false, destructive: true, idempotent: false },
    schema: {
      input: z =>
        z
          .object({
            templateRef: z.string().describe('For example `template:default/service`'),
            values: z.record(z.unknown()).describe('Values of the form'),
            secrets: z.record(z.string()).optional().describe('Secrets that the template asks for'),
          })
          .strict(),
      output: z => z.object({ taskId: z.string() }),
    },
    action: async ({ input, credentials }) => {
      const { templateRef, values, secrets } = input;
      const as = await actingFor(credentials, createPermissions);
      const { id } = await stagecraft.createTask({ templateRef, values, secrets }, { credentials: as });
      return { output: { taskId: id } };
    },
  });
}
