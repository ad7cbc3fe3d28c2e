import { taskReadPermission } from '@backstage/plugin-scaffolder-common/alpha';
import type { ActionDeps } from './register';

/** Tells what happened to a task. */
export function registerGetTaskLogs({ actionsRegistry, stagecraft, actingFor }: ActionDeps): void {
  actionsRegistry.register({
    name: 'get-scaffolder-task-logs',
    title: 'Get the log of a scaffolder task',
    description:
      'Gives what happened to a task, in order. `completion` is the last event of a run. With `after`, only what came ' +
      'behind that event; while there is nothing yet it waits, at most 30 seconds.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z
          .object({
            taskId: z.string(),
            after: z.number().int().min(0).optional().describe('Id of the last event that is known'),
          })
          .strict(),
      output: z =>
        z.object({
          events: z.array(
            z.object({
              id: z.number(),
              taskId: z.string(),
              createdAt: z.string(),
              type: z.string().describe('log, completion, cancelled or recovered'),
              body: z.object({ message: z.string(), stepId: z.string().optional(), status: z.string().optional() }),
            }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      const as = await actingFor(credentials, [taskReadPermission]);
      const events = await stagecraft.getTaskEvents(input, { credentials: as });
      return {
        output: {
          events: events.map(({ id, taskId, createdAt, type, body }) => ({
            id,
            taskId,
            createdAt,
            type,
            body: { message: body.message ?? '', stepId: body.stepId, status: body.status },
          })),
        },
      };
    },
  });
}
