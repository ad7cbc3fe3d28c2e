/**
 * Lets the templates of Backstage's own scaffolder run templates of the Stagecraft service.
 *
 * @packageDocumentation
 */
export { scaffolderModuleStagecraft as default } from './module';
export { createRunAction, type RunActionOptions } from './runAction';
