import type { RemovalLimit } from './settings';

/** What somebody wants to take away. */
export interface Removal {
  /** How many entities the catalog has from the service. */
  held: number;
  /** How many of them would go. */
  gone: number;
  /** The whole set was read, and there is nothing in it. */
  empty: boolean;
}

/** Why a removal must not be carried out, or `undefined` if it may. */
export function refuseRemoval({ held, gone, empty }: Removal, limit: RemovalLimit): string | undefined {
  if (gone === 0 || limit.percent >= 100) {
    return undefined;
  }
  if (empty) {
    return `the service has no entity at all, and the catalog has ${held} from it`;
  }
  if (gone <= limit.entities || gone * 100 <= held * limit.percent) {
    return undefined;
  }
  const share = Math.round((gone * 100) / held);
  return `${gone} of the ${held} entities that the catalog has from the service are gone there (${share} %, the limit is ${limit.percent} %)`;
}
