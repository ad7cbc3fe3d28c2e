/**
 * Brings the entities and templates of the Stagecraft service into Backstage's catalog, and lets the service stand
 * behind the import wizard.
 *
 * @packageDocumentation
 */
export { catalogModuleStagecraft as default } from './module';
export { PROVIDER_ANNOTATION } from './deferred';
