import { createBackendModule } from '@backstage/backend-plugin-api';
import { createTemplateAction, scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import {
  scaffolderAutocompleteExtensionPoint,
  scaffolderTemplatingExtensionPoint,
  scaffolderWorkspaceProviderExtensionPoint,
} from '@backstage/plugin-scaffolder-node/alpha';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stage } from '../testing/stage';

/** What a site has beside the scaffolder. */
const site = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'site',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        autocomplete: scaffolderAutocompleteExtensionPoint,
        templating: scaffolderTemplatingExtensionPoint,
        workspaces: scaffolderWorkspaceProviderExtensionPoint,
      },
      async init({ actions, autocomplete, templating, workspaces }) {
        const handler = async () => undefined;
        actions.addActions(
          createTemplateAction({ id: 'publish:github', handler }),
          createTemplateAction({ id: 'acme:cmdb:register', handler }),
        );
        templating.addTemplateFilters({ shout: (text: unknown) => String(text).toUpperCase() });
        templating.addTemplateGlobals({ company: 'Acme' });
        workspaces.addProviders({ bucket: {} as never });
        autocomplete.addAutocompleteProvider({
          id: 'acme',
          handler: async asked => ({ results: [{ id: JSON.stringify(asked) }] }),
        });
      },
    });
  },
});

let stage: Stage;
let token: string;

before(async () => {
  stage = await Stage.open({ features: [site] });
  token = await stage.user();
});
after(() => stage.close());

test('actions of modules are not lost in silence: the log says which the service has, once it answers', async () => {
  // Asked at first before this test has said what there is, and refused then, as by a service without our keys yet.
  stage.service.answers('GET', '/api/scaffolder/v2/actions', [{ id: 'publish:github' }, { id: 'debug:log' }]);
  const missing = await stage.log.line('warn', '`acme:cmdb:register`');
  assert.match(missing, /refuses templates that name them/);
  assert.match(missing, /actions registry/);
  assert.ok(!missing.includes('publish:github'));
  assert.match(await stage.log.line('info', '`publish:github`'), /runs these actions itself/);
});

test('filters, globals and workspace providers of modules are named as unused', async () => {
  assert.match(await stage.log.line('warn', '`shout`'), /`company`/);
  assert.match(await stage.log.line('warn', '`bucket`'), /no use/);
});

test('choices for form fields come from the module that offers them', async () => {
  const body = JSON.stringify({ token: 't', context: { owner: 'acme' } });
  const answer = await stage.fetch('/v2/autocomplete/acme/things', { method: 'POST', token, body });
  const { results } = (await answer.json()) as { results: { id: string }[] };
  assert.deepEqual(JSON.parse(results[0]?.id ?? ''), { resource: 'things', token: 't', context: { owner: 'acme' } });
});

test('a bad request for choices is refused', async () => {
  for (const body of ['{', '{}', '{"token":""}', '{"token":"t","context":{"a":1}}', `"${'x'.repeat(1024 * 1024)}"`]) {
    const answer = await stage.fetch('/v2/autocomplete/acme/things', { method: 'POST', token, body });
    assert.equal(answer.status, 400, body.slice(0, 40));
  }
});

test('choices that no module offers are the service to say', async () => {
  stage.service.answers('POST', '/api/scaffolder/v2/autocomplete/github/branches', { results: [{ id: 'main' }] });
  const body = '{"token":"t","context":{}}';
  const answer = await stage.fetch('/v2/autocomplete/github/branches', { method: 'POST', token, body });
  assert.deepEqual(await answer.json(), { results: [{ id: 'main' }] });
  assert.equal(stage.service.last.body, body);
});
