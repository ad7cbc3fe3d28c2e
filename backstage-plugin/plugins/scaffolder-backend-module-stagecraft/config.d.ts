import { HumanDuration } from '@backstage/types';

export interface Config {
  stagecraft?: {
    /** The action `stagecraft:run` of Backstage's own scaffolder. */
    scaffolder?: {
      /**
       * How long a step waits for a service that cannot be reached before it fails; 15 minutes if not set. The task goes
       * on in the service meanwhile, and a retry of the step finds it again.
       */
      giveUpAfter?: HumanDuration | string;
    };
  };
}
