// Stand-in until the package is there.
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { request } from 'node:http';

export const proxy = createBackendPlugin({
  pluginId: 'scaffolder',
  register(env) {
    env.registerInit({
      deps: { http: coreServices.httpRouter, config: coreServices.rootConfig },
      async init({ http, config }) {
        const base = config.getString('stagecraft.baseUrl');
        http.use((req, _res, next) => { delete req.headers.authorization; next(); });
        http.use((req, res) => {
          const out = request(`${base}/api/scaffolder${req.url}`, { method: req.method, headers: req.headers }, back => {
            res.writeHead(back.statusCode ?? 502, back.headers);
            back.pipe(res);
          });
          out.on('error', error => res.status(503).json({ error: { name: 'ServiceUnavailableError', message: String(error) } }));
          req.pipe(out);
        });
        http.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
      },
    });
  },
});
