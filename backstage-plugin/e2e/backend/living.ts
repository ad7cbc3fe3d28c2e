// A backend that has a catalog, the events by which the service tells of changes, and nothing else.

import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@stagecraft/backstage-plugin-catalog-backend-module-stagecraft'));
await backend.start();
