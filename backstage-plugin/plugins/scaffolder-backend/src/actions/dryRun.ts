import { templateDryRunPermission } from '@backstage/plugin-scaffolder-common/alpha';
import { StagecraftError } from '@stagecraft/backstage-plugin-stagecraft-node';
import { parseDocument } from 'yaml';
import { createPermissions } from '../proxy/routes';
import type { ActionDeps } from './register';

/** Tries a template out. */
export function registerDryRun({ actionsRegistry, stagecraft, actingFor }: ActionDeps): void {
  actionsRegistry.register({
    name: 'dry-run-template',
    title: 'Dry-run a scaffolder template',
    description:
      'Runs a template with values without changing anything outside, and says what it would do or what is wrong with it.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    visibilityPermission: templateDryRunPermission,
    schema: {
      input: z =>
        z
          .object({
            templateYaml: z.string().describe('The Template entity, as YAML'),
            values: z.record(z.unknown()).optional().describe('Values of the form'),
            files: z
              .array(z.object({ path: z.string().describe('Relative to the template'), content: z.string() }).strict())
              .optional()
              .describe('The files beside the template'),
          })
          .strict(),
      output: z =>
        z.object({
          valid: z.boolean().describe('Whether it ran to its end'),
          message: z.string(),
          errors: z.array(z.string()).optional().describe('What is wrong'),
          log: z
            .array(z.object({ message: z.string(), stepId: z.string().optional(), status: z.string().optional() }))
            .optional(),
          output: z.record(z.unknown()).optional().describe('What the template gives out'),
          steps: z.array(z.object({ id: z.string(), name: z.string(), action: z.string() })).optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const as = await actingFor(credentials, [...createPermissions, templateDryRunPermission]);
      const document = parseDocument(input.templateYaml);
      const template: unknown = document.errors.length > 0 ? undefined : document.toJS();
      if (typeof template !== 'object' || template === null || Array.isArray(template)) {
        const errors = document.errors.map(error => error.message);
        return { output: { valid: false, message: 'The template is not a YAML object', errors } };
      }
      try {
        const { log, output, steps } = await stagecraft.dryRun(
          {
            template: template as { [name: string]: unknown },
            values: input.values ?? {},
            directoryContents: (input.files ?? []).map(({ path, content }) => ({
              path,
              base64Content: Buffer.from(content, 'utf8').toString('base64'),
            })),
          },
          { credentials: as },
        );
        return {
          output: {
            valid: true,
            message: 'The template ran to its end',
            log: log.map(({ body }) => ({ message: body.message ?? '', stepId: body.stepId, status: body.status })),
            output,
            steps: steps.map(({ id, name, action }) => ({ id, name, action })),
          },
        };
      } catch (error) {
        // What is wrong with the template is the answer; anything else is a failure to give one.
        if (!(error instanceof StagecraftError) || error.statusCode !== 400) throw error;
        const errors = error.validationErrors.map(({ property, message }) => `${property} ${message}`);
        return {
          output: { valid: false, message: error.message, errors: errors.length > 0 ? errors : [error.message] },
        };
      }
    },
  });
}
