import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { readDurationFromConfig, type Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';

/** What may be taken away without asking. */
export interface RemovalLimit {
  /** Share of the entities held, 0 to 100. */
  percent: number;
  /** Number of entities that may go whatever their share is. */
  entities: number;
}

/** The settings below `stagecraft.catalog`. */
export interface CatalogSettings {
  /** `stagecraft:<id>`. */
  providerName: string;
  schedule: SchedulerServiceTaskScheduleDefinition;
  /** Time between two comparisons of the whole set. */
  fullSyncMs: number;
  removalLimit: RemovalLimit;
  /** Whether the service stands behind the import wizard. */
  analyzer: boolean;
  /** Whether GitHub's deliveries that this Backstage receives are passed on to the service. */
  forwardEvents: boolean;
}

/**
 * Each replica keeps a cursor of its own, so each replica asks on its own. What two of them apply twice costs nothing:
 * the catalog compares hashes.
 */
const EVERY_MINUTE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { minutes: 1 },
  timeout: { minutes: 10 },
  scope: 'local',
};

/** Reads `stagecraft.catalog` and refuses what makes no sense. */
export function readCatalogSettings(root: Config): CatalogSettings {
  const config = root.getOptionalConfig('stagecraft.catalog');
  const schedule = config?.getOptionalConfig('schedule');
  return {
    providerName: `stagecraft:${readId(config)}`,
    schedule: schedule ? readSchedule(schedule) : EVERY_MINUTE,
    fullSyncMs: durationToMilliseconds(
      config?.has('fullSync') ? readDurationFromConfig(config, { key: 'fullSync' }) : { minutes: 30 },
    ),
    removalLimit: {
      percent: readNumber(config, 'removalLimit.percent', 25, 100),
      entities: readNumber(config, 'removalLimit.entities', 10, Number.MAX_SAFE_INTEGER),
    },
    analyzer: config?.getOptionalBoolean('analyzer') ?? true,
    forwardEvents: config?.getOptionalBoolean('forwardEvents') ?? false,
  };
}

function readSchedule(config: Config): SchedulerServiceTaskScheduleDefinition {
  const schedule = readSchedulerServiceTaskScheduleDefinitionFromConfig(config);
  return { ...schedule, scope: schedule.scope ?? EVERY_MINUTE.scope };
}

function readId(config: Config | undefined): string {
  const id = config?.getOptionalString('id') ?? 'default';
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(id)) {
    throw new InputError(
      '`stagecraft.catalog.id` must be 1 to 63 letters, digits, `-` and `_`, a letter or digit first',
    );
  }
  return id;
}

function readNumber(config: Config | undefined, key: string, fallback: number, most: number): number {
  const value = config?.getOptionalNumber(key) ?? fallback;
  if (!(value >= 0 && value <= most)) {
    throw new InputError(`\`stagecraft.catalog.${key}\` must be a number from 0 to ${most}`);
  }
  return value;
}
