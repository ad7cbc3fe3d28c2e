import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  entityEnvelopeSchemaValidator,
  parseLocationRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { DeferredEntity } from '@backstage/plugin-catalog-node';
import type { FeedChange } from './feed';

/** Says in the catalog which provider an entity came from; the guard finds them by it after a restart. */
export const PROVIDER_ANNOTATION = 'stagecraft.dev/provider';

const validateEnvelope = entityEnvelopeSchemaValidator<Entity>();

/**
 * Makes what the catalog takes of what the service sent; throws with the reason if the catalog would not take it.
 *
 * Entities go without a location key, so that a file which declares the same entity takes it over. Templates have one:
 * the service runs the template of its own library whatever the catalog shows, so the catalog must not show another one,
 * with another form, owner and tags, under that name.
 */
export function toDeferred({ entityRef, entity }: FeedChange, providerName: string): DeferredEntity {
  const checked = validateEnvelope(entity);
  const actual = stringifyEntityRef(checked);
  if (actual !== entityRef) {
    throw new Error(`the entity is \`${actual}\``);
  }
  for (const name of [ANNOTATION_LOCATION, ANNOTATION_ORIGIN_LOCATION]) {
    checkLocation(name, checked.metadata.annotations?.[name]);
  }
  const annotations = { ...checked.metadata.annotations, [PROVIDER_ANNOTATION]: providerName };
  const marked = { ...checked, metadata: { ...checked.metadata, annotations } };
  return isTemplate(checked) ? { entity: marked, locationKey: providerName } : { entity: marked };
}

/** The catalog takes an entity without these, and then never shows it. */
function checkLocation(name: string, value: unknown): void {
  if (typeof value !== 'string') {
    throw new Error(`it has no annotation \`${name}\``);
  }
  parseLocationRef(value);
}

/** Whether it is a template of the scaffolder. */
export function isTemplate(entity: Entity): boolean {
  return entity.kind.toLocaleLowerCase('en-US') === 'template';
}
