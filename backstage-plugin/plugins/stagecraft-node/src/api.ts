import type { components, paths } from './generated/openapi';

type Schemas = components['schemas'];

/** A task. */
export type Task = Schemas['Task'];
/** What a task is doing, or how it ended. */
export type TaskStatus = Schemas['TaskStatus'];
/** Something that happened to a task. */
export type TaskEvent = Schemas['TaskEvent'];
/** A part of the list of tasks. */
export type TaskPage = Schemas['TaskPage'];
/** An action that steps can name. */
export type Action = Schemas['Action'];
/** The form of a template, page by page. */
export type TemplateParameterSchema = Schemas['TemplateParameterSchema'];
/** What a dry run gave. */
export type DryRunResult = Schemas['DryRunResult'];
/** A file that goes with a posted template. */
export type PostedFile = Schemas['PostedFile'];
/** A value that a form does not allow. */
export type ValidationError = Schemas['ValidationError'];
/** A template of the service's library. */
export type ListedTemplate = Schemas['ListedTemplate'];
/** An entity that a task registered. */
export type ListedEntity = Schemas['ListedEntity'];
/** A page of what a catalog can take over. */
export type CatalogChanges = Schemas['CatalogChanges'];
/** What a repository has or could have in a catalog, with the reasons. */
export type LocationAnalysis = Schemas['AnalyzeLocationResponse'];

/** The methods that the service's routes have. */
export type Method = 'get' | 'post';

/** The routes that have this method. */
export type Path<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths] &
  string;

type Operation<M extends Method, P extends Path<M>> = paths[P][M & keyof paths[P]];
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;

/** What a route answers. */
export type Answer<M extends Method, P extends Path<M>> =
  Operation<M, P> extends { responses: infer R } ? Json<R[keyof R & (200 | 201)]> : never;

/** What a route takes: the parts of its path, its query, its headers, its body. */
export type Input<M extends Method, P extends Path<M>> = (Operation<M, P> extends { parameters: { path: infer T } }
  ? { path: T }
  : { path?: undefined }) &
  (Operation<M, P> extends { parameters: { query?: infer T } } ? { query?: T } : { query?: undefined }) &
  (Operation<M, P> extends { parameters: { header?: infer T } } ? { header?: T } : { header?: undefined }) &
  (Operation<M, P> extends { requestBody: infer T }
    ? { body: Json<T> }
    : Operation<M, P> extends { requestBody?: infer T }
      ? { body?: Json<T> }
      : { body?: undefined });

/** What is to be tried out. */
export type TrialRequest = Input<'post', '/api/stagecraft/v1/dry-run'>['body'];
/** What trying a template out found: `refused`, `failed` or `completed`. */
export type Trial = Answer<'post', '/api/stagecraft/v1/dry-run'>;
