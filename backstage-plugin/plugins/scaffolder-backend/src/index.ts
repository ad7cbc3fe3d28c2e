/**
 * Takes the place of Backstage's scaffolder backend: hands its API over to the Stagecraft service.
 *
 * @packageDocumentation
 */
export { scaffolderPlugin as default } from './plugin';
