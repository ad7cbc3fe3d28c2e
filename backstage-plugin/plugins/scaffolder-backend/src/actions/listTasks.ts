import { NotAllowedError } from '@backstage/errors';
import { taskReadPermission } from '@backstage/plugin-scaffolder-common/alpha';
import type { ActionDeps } from './register';

/** Lists tasks. */
export function registerListTasks({ actionsRegistry, stagecraft, auth, actingFor }: ActionDeps): void {
  actionsRegistry.register({
    name: 'list-scaffolder-tasks',
    title: 'List scaffolder tasks',
    description:
      'Lists the tasks that the caller may see, the newest first: id, what it runs with which values, status, times. ' +
      'With `owned` only those that the calling user has created.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => {
        const status = z.enum(['open', 'processing', 'completed', 'failed', 'cancelled', 'skipped']);
        return z
          .object({
            owned: z.boolean().optional().default(false).describe('Only tasks of the calling user'),
            status: z
              .union([status, z.array(status).nonempty()])
              .optional()
              .describe('Only tasks in this state'),
            limit: z.number().int().min(1).max(1000).optional().describe('At most so many'),
            offset: z.number().int().min(0).optional().describe('Leave out so many'),
          })
          .strict();
      },
      output: z =>
        z.object({
          tasks: z.array(
            z.object({
              id: z.string(),
              spec: z.unknown().describe('The steps, the values of the form, and the template'),
              status: z.string(),
              createdAt: z.string(),
              lastHeartbeatAt: z.string().optional(),
            }),
          ),
          totalTasks: z.number().describe('Without limit and offset'),
        }),
    },
    action: async ({ input, credentials }) => {
      let createdBy: string[] | undefined;
      if (input.owned) {
        if (!auth.isPrincipal(credentials, 'user')) throw new NotAllowedError('Only a user has tasks of its own');
        createdBy = [credentials.principal.userEntityRef];
      }
      const status = input.status === undefined ? undefined : [input.status].flat();
      const page = await stagecraft.listTasks(
        { createdBy, status, limit: input.limit, offset: input.offset },
        { credentials: await actingFor(credentials, [taskReadPermission]) },
      );
      const tasks = page.tasks.map(({ id, spec, status: state, createdAt, lastHeartbeatAt }) => ({
        id,
        spec,
        status: state,
        createdAt,
        lastHeartbeatAt: lastHeartbeatAt ?? undefined,
      }));
      return { output: { tasks, totalTasks: page.totalTasks } };
    },
  });
}
