/**
 * Calls the Stagecraft service from a Backstage backend.
 *
 * @packageDocumentation
 */
export type * from './api';
export { StagecraftClient } from './client';
export { readStagecraftConfig, type StagecraftConfig } from './config';
export { StagecraftError, isUnavailable, type StagecraftErrorOptions } from './errors';
export type { ForwardAnswer, ForwardRequest } from './forward';
export { stagecraftServiceRef } from './ref';
export type { CallOptions, FollowOptions, StagecraftService } from './service';
export * from './permissions';
