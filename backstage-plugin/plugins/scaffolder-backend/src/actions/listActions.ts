import type { ActionDeps } from './register';

/** Lists the actions that steps can name. */
export function registerListActions({ actionsRegistry, stagecraft, actingFor }: ActionDeps): void {
  actionsRegistry.register({
    name: 'list-scaffolder-actions',
    title: 'List scaffolder actions',
    description:
      'Lists what the steps of a template can do: id, description, JSON Schemas of input and output, examples.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object({}).strict(),
      output: z =>
        z.object({
          actions: z.array(
            z.object({
              id: z.string(),
              description: z.string(),
              schema: z.object({ input: z.object({}).passthrough(), output: z.object({}).passthrough() }),
              examples: z.array(z.any()).optional(),
            }),
          ),
        }),
    },
    action: async ({ credentials }) => {
      const actions = await stagecraft.listActions({ credentials: await actingFor(credentials, []) });
      const listed = actions.map(({ id, description, schema, examples }) => ({
        id,
        description,
        schema: { input: schema.input, output: schema.output ?? {} },
        examples,
      }));
      return { output: { actions: listed } };
    },
  });
}
