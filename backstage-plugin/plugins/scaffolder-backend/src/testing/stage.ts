import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
  type AuthService,
  type BackendFeature,
  type BackstageCredentials,
  type PermissionsService,
  type RootLoggerService,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import permissionPlugin from '@backstage/plugin-permission-backend';
import { AuthorizeResult, type PolicyDecision } from '@backstage/plugin-permission-common';
import type { PermissionPolicy } from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import type { JsonObject } from '@backstage/types';
import { ServiceDouble } from '@stagecraft/backstage-plugin-stagecraft-node/testUtils';
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import scaffolder from '../index';
import { Keys } from './keys';

/** A line of Backstage's log. */
export interface LogLine {
  level: string;
  message: string;
}

/** Backstage's log, as it is written. */
class Log {
  readonly lines: LogLine[] = [];
  readonly #written = new EventEmitter();

  add(line: LogLine): void {
    this.lines.push(line);
    this.#written.emit('line');
  }

  /** The line that says so, once it is there. */
  async line(level: string, part: string): Promise<string> {
    for (;;) {
      const found = this.lines.find(line => line.level === level && line.message.includes(part));
      if (found) return found.message;
      await once(this.#written, 'line');
    }
  }
}

/** What a test asks for. */
export interface StageOptions {
  /** Beside the plugin and the permission backend. */
  features?: BackendFeature[];
  /** Beside `baseUrl`. */
  stagecraft?: JsonObject;
  /** `backend.auth.externalAccess`. */
  externalAccess?: JsonObject[];
  /** Whatever else is in `backend.auth`. */
  backendAuth?: JsonObject;
  /** Without one everything is allowed. */
  policy?: PermissionPolicy['handle'];
}

/** Services of a plugin that is not ours. */
interface Neighbour {
  auth: AuthService;
  permissions: PermissionsService;
}

/** A real Backstage backend with our plugin, before a double of the service. */
export class Stage {
  private constructor(
    readonly url: string,
    readonly service: ServiceDouble,
    readonly keys: Keys,
    readonly log: Log,
    readonly neighbour: Neighbour,
    private readonly backend: ReturnType<typeof createBackend>,
  ) {}

  static async open(options: StageOptions = {}): Promise<Stage> {
    const [service, keys, port] = await Promise.all([ServiceDouble.open(), Keys.make(), freePort()]);
    const url = `http://127.0.0.1:${port}`;
    const log = new Log();
    const neighbour = {} as Neighbour;
    const config = {
      app: { baseUrl: url },
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        auth: {
          pluginKeyStore: keys.pluginKeyStore,
          externalAccess: options.externalAccess ?? [],
          ...options.backendAuth,
        },
      },
      permission: { enabled: true },
      stagecraft: { baseUrl: service.url, ...options.stagecraft },
    };

    const backend = createBackend();
    backend.add(
      createServiceFactory({
        service: coreServices.rootConfig,
        deps: {},
        factory: () => new ConfigReader(config as JsonObject),
      }),
    );
    backend.add(
      createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => collectingLogger(log) }),
    );
    backend.add(authPlugin(keys));
    backend.add(neighbourPlugin(neighbour));
    backend.add(permissionPlugin);
    backend.add(policyModule(options.policy ?? (async () => ({ result: AuthorizeResult.ALLOW }))));
    backend.add(scaffolder);
    for (const feature of options.features ?? []) backend.add(feature);
    await backend.start();
    return new Stage(url, service, keys, log, neighbour, backend);
  }

  /** What Backstage has logged. */
  get logs(): readonly LogLine[] {
    return this.log.lines;
  }

  /** Asks the scaffolder of this Backstage. */
  fetch(path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
    const { token, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (token) headers.set('authorization', `Bearer ${token}`);
    return fetch(`${this.url}/api/scaffolder${path}`, { redirect: 'manual', ...rest, headers });
  }

  /** A signed-in user's token. */
  user(ref = 'user:default/jane'): Promise<string> {
    return this.keys.userToken(ref);
  }

  /** The token with which another plugin asks the scaffolder, for itself or for a user. */
  async pluginToken(user?: string): Promise<string> {
    const { auth } = this.neighbour;
    const onBehalfOf: BackstageCredentials = user
      ? await auth.authenticate(await this.user(user))
      : await auth.getOwnServiceCredentials();
    return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'scaffolder' })).token;
  }

  /** Stops Backstage alone. */
  stopBackstage(): Promise<void> {
    return this.backend.stop();
  }

  async close(): Promise<void> {
    // Otherwise Backstage waits until the tests' client has given its idle connections up.
    process.env.NODE_ENV = 'development';
    await this.backend.stop();
    await this.service.stop();
    this.keys.remove();
  }
}

/** In the place of the auth backend, which needs a database: serves the keys of users, and who they are. */
function authPlugin(keys: Keys): BackendFeature {
  return createBackendPlugin({
    pluginId: 'auth',
    register(env) {
      env.registerInit({
        deps: { http: coreServices.httpRouter, httpAuth: coreServices.httpAuth },
        async init({ http, httpAuth }) {
          const jwks = JSON.stringify(await keys.jwks());
          http.addAuthPolicy({ path: '/.well-known/jwks.json', allow: 'unauthenticated' });
          http.addAuthPolicy({ path: '/v1/userinfo', allow: 'user-cookie' });
          http.use((request, response, next) => {
            if (request.path === '/.well-known/jwks.json') response.type('json').end(jwks);
            else next();
          });
          http.use(async (request, response, next) => {
            if (request.path !== '/v1/userinfo') return next();
            const { principal } = await httpAuth.credentials(request, { allow: ['user'], allowLimitedAccess: true });
            response.json({ claims: { sub: principal.userEntityRef, ent: [principal.userEntityRef] } });
          });
        },
      });
    },
  });
}

function neighbourPlugin(neighbour: Neighbour): BackendFeature {
  return createBackendPlugin({
    pluginId: 'neighbour',
    register(env) {
      env.registerInit({
        deps: { auth: coreServices.auth, permissions: coreServices.permissions },
        init: async deps => void Object.assign(neighbour, deps),
      });
    },
  });
}

function policyModule(handle: PermissionPolicy['handle']): BackendFeature {
  return createBackendModule({
    pluginId: 'permission',
    moduleId: 'policy-of-the-test',
    register(env) {
      env.registerInit({
        deps: { policy: policyExtensionPoint },
        init: async ({ policy }) =>
          policy.setPolicy({ handle: (...asked): Promise<PolicyDecision> => handle(...asked) }),
      });
    },
  });
}

function collectingLogger(log: Log): RootLoggerService {
  const at = (level: string) => (message: string) => log.add({ level, message });
  const logger: RootLoggerService = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: () => logger,
  };
  return logger;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
