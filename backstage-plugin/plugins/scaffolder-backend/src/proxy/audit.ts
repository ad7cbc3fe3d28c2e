import type { AuditorService } from '@backstage/backend-plugin-api';
import type { Request } from 'express';
import { routeOf } from './routes';

/** Says in the audit log how a request ended. */
export interface Audit {
  answered(status: number): Promise<void>;
  failed(error: unknown): Promise<void>;
}

/** Begins an entry of the audit log, under the name that Backstage's scaffolder has for such a request. */
export async function beginAudit(auditor: AuditorService, request: Request, path: string): Promise<Audit> {
  const found = routeOf(request.method, path);
  if (!found?.route.audit) return { answered: async () => undefined, failed: async () => undefined };
  const { actionType, ...named } = found.route.audit;
  const { namespace, kind, name, taskId } = found.parts;
  const meta = {
    ...(actionType && { actionType }),
    ...(taskId && { taskId }),
    ...(name && { templateRef: `${kind}:${namespace}/${name}` }),
  };
  const event = await auditor.createEvent({ ...named, request, meta });
  const failed = (error: unknown) => event.fail({ error: error instanceof Error ? error : new Error(String(error)) });
  return {
    failed,
    answered: status => (status < 400 ? event.success() : failed(new Error(`Stagecraft answered ${status}`))),
  };
}
