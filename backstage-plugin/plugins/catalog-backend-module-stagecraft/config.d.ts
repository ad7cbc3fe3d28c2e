import { HumanDuration } from '@backstage/types';
import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  stagecraft?: {
    /** What comes into the catalog from the Stagecraft service. */
    catalog?: {
      /**
       * Last part of the provider's name, `stagecraft:<id>`; `default` if not set. Never change it: Backstage removes
       * what came from a provider whose name it no longer knows.
       */
      id?: string;
      /**
       * How often the service is asked for changes. Every minute if not set, in each replica on its own; what the
       * service announces on the events bus comes at once, whatever stands here.
       */
      schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * How often the whole set is compared, so that an entity is back after somebody removed the file that had taken
       * its place. Every 30 minutes if not set.
       */
      fullSync?: HumanDuration | string;
      /**
       * Guard against mass removal: what takes away more than `percent` of the entities from the service *and* more than
       * `entities` of them is not carried out, and an error in the log says so. A whole set without any entity is
       * never carried out. A `percent` of 100 turns the guard off.
       */
      removalLimit?: {
        /** 0 to 100; 25 if not set. */
        percent?: number;
        /** 10 if not set. */
        entities?: number;
      };
      /**
       * Whether the service reads the repositories of the import wizard (*Register existing component*); true if not
       * set. Only one module of a backend can.
       */
      analyzer?: boolean;
      /**
       * Whether GitHub's deliveries that this Backstage receives (`github.push` and the like on the events bus) are passed
       * on to the service; false if not set. For sites whose App delivers to Backstage and not to the service.
       */
      forwardEvents?: boolean;
    };
  };
}
