import type { Permission } from '@backstage/plugin-permission-common';
import {
  actionExecutePermission,
  taskCancelPermission,
  taskCreatePermission,
  taskReadPermission,
  templateDryRunPermission,
  templateParameterReadPermission,
  templateStepReadPermission,
} from '@backstage/plugin-scaffolder-common/alpha';

/** What is known of a route. The proxy passes on others too, but not for callers with restrictions. */
export interface Route {
  method: 'GET' | 'POST';
  path: RegExp;
  /** What restrictions have to hold. */
  permissions: readonly Permission[];
  /** How the audit log names it, as Backstage's scaffolder does. */
  audit?: { eventId: string; severityLevel?: 'medium'; actionType?: string };
}

/** What creating a task asks for. A task is all of its template: nothing is left out for want of a permission. */
export const createPermissions: readonly Permission[] = [
  taskCreatePermission,
  templateParameterReadPermission,
  templateStepReadPermission,
  actionExecutePermission,
];

const read = [taskReadPermission];
const task = (actionType: string) => ({ eventId: 'task', actionType });
const change = (actionType: string) => ({ ...task(actionType), severityLevel: 'medium' as const });

const ROUTES: Route[] = [
  { method: 'GET', path: /^\/v2\/tasks$/, permissions: read, audit: task('list') },
  { method: 'GET', path: /^\/v2\/tasks\/(?<taskId>[\w-]+)$/, permissions: read, audit: task('get') },
  { method: 'GET', path: /^\/v2\/tasks\/(?<taskId>[\w-]+)\/events$/, permissions: read, audit: task('events') },
  { method: 'GET', path: /^\/v2\/tasks\/(?<taskId>[\w-]+)\/eventstream$/, permissions: read, audit: task('stream') },
  { method: 'POST', path: /^\/v2\/tasks$/, permissions: createPermissions, audit: change('create') },
  {
    method: 'POST',
    path: /^\/v2\/tasks\/(?<taskId>[\w-]+)\/retry$/,
    permissions: [...createPermissions, taskReadPermission],
    audit: change('retry'),
  },
  {
    method: 'POST',
    path: /^\/v2\/tasks\/(?<taskId>[\w-]+)\/cancel$/,
    permissions: [taskCancelPermission, taskReadPermission],
    audit: change('cancel'),
  },
  {
    method: 'POST',
    path: /^\/v2\/dry-run$/,
    permissions: [...createPermissions, templateDryRunPermission],
    audit: task('dry-run'),
  },
  {
    method: 'GET',
    path: /^\/v2\/templates\/(?<namespace>[\w.~%-]+)\/(?<kind>[\w.~%-]+)\/(?<name>[\w.~%-]+)\/parameter-schema$/,
    permissions: [templateParameterReadPermission],
    audit: { eventId: 'template-parameter-schema' },
  },
  { method: 'GET', path: /^\/v2\/actions$/, permissions: [], audit: { eventId: 'action-fetch' } },
  { method: 'GET', path: /^\/v2\/templating-extensions$/, permissions: [] },
  { method: 'POST', path: /^\/v2\/autocomplete\/[\w.~%-]+\/[\w.~%-]+$/, permissions: [] },
];

/** The route of a request, with the parts of its path. */
export function routeOf(method: string, path: string): { route: Route; parts: { [name: string]: string } } | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  for (const route of ROUTES) {
    const match = route.method === asked ? route.path.exec(path) : null;
    if (match) return { route, parts: { ...match.groups } };
  }
  return undefined;
}
