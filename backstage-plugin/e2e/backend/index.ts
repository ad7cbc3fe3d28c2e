// The backend of the tests' Backstage: published packages, and what a site adds of its own.

import { createBackend } from '@backstage/backend-defaults';
import { colleagueModule } from './colleague.ts';
import { policyModule } from './policy.ts';

const backend = createBackend();
backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(colleagueModule);
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-github'));
backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(policyModule);
backend.add(import('@stagecraft/backstage-plugin-scaffolder-backend'));
backend.add(import('@stagecraft/backstage-plugin-catalog-backend-module-stagecraft'));
await backend.start();
