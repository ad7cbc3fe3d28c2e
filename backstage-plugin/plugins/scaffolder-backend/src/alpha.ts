/**
 * What permission policies say about tasks, templates and steps, under the names that Backstage's scaffolder has for
 * it: in a policy, only the name of the package changes.
 *
 * @packageDocumentation
 */
import { actionExports, taskExports, templateExports } from './permissions/rules';

/** Conditions on pages and steps of templates. */
export const scaffolderTemplateConditions = templateExports.conditions;
/** A decision that depends on a page or step. */
export const createScaffolderTemplateConditionalDecision = templateExports.createConditionalDecision;
/** Conditions on steps that are about to run. */
export const scaffolderActionConditions = actionExports.conditions;
/** A decision that depends on a step's action and input. */
export const createScaffolderActionConditionalDecision = actionExports.createConditionalDecision;
/** Conditions on tasks. */
export const scaffolderTaskConditions = taskExports.conditions;
/** A decision that depends on a task. */
export const createScaffolderTaskConditionalDecision = taskExports.createConditionalDecision;
