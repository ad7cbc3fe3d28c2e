import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { isUnavailable, type StagecraftService } from '@stagecraft/backstage-plugin-stagecraft-node';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Extensions } from './extensions';

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000];

/**
 * Says in the log what becomes of what modules brought, so that nothing is lost in silence: actions that the service
 * has itself, and those that templates cannot name any more.
 */
export async function reportExtensions(options: {
  extensions: Extensions;
  stagecraft: StagecraftService;
  auth: AuthService;
  logger: LoggerService;
  signal: AbortSignal;
}): Promise<void> {
  const { extensions, logger, signal } = options;
  const { actions, templating, unused } = extensions;
  if (unused.length > 0) logger.warn(`Stagecraft has no use for what modules added: ${unused.join(', ')}`);
  if (templating.length > 0) {
    logger.warn(
      `Stagecraft renders templates itself and does not have these filters and globals of modules: ${list(templating)}. ` +
        'Expressions that use them fail',
    );
  }
  if (actions.length === 0) return;

  const known = await knownActions(options);
  if (signal.aborted) return;
  if (!known) {
    logger.warn(
      `Modules added these actions, which do not run here: ${list(actions)}. ` +
        'Whether Stagecraft has them itself could not be asked; `GET /api/scaffolder/v2/actions` says',
    );
    return;
  }
  const own = actions.filter(id => known.has(id));
  const missing = actions.filter(id => !known.has(id));
  if (own.length > 0) logger.info(`Stagecraft runs these actions itself, not those of modules: ${list(own)}`);
  if (missing.length > 0) {
    logger.warn(
      `Stagecraft does not have these actions of modules, and refuses templates that name them: ${list(missing)}. ` +
        "Offer them through Backstage's actions registry, where Stagecraft finds them, or take them out of the templates",
    );
  }
}

/** The ids of the service's actions, or nothing if it stays away for a while or refuses to say. */
async function knownActions(options: {
  stagecraft: StagecraftService;
  auth: AuthService;
  signal: AbortSignal;
}): Promise<Set<string> | undefined> {
  const { stagecraft, auth, signal } = options;
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      const credentials = await auth.getOwnServiceCredentials();
      return new Set((await stagecraft.listActions({ credentials, signal })).map(action => action.id));
    } catch (error) {
      // A service that cannot ask this Backstage for its keys yet refuses at first.
      const soon = isUnavailable(error) || (error instanceof Error && error.name === 'AuthenticationError');
      if (!soon || pause === undefined || signal.aborted) return undefined;
    }
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return undefined;
}

function list(names: string[]): string {
  return names.map(name => `\`${name}\``).join(', ');
}
