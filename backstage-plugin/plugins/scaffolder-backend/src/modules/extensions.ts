import type { BackendPluginRegistrationPoints } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint, type TemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  scaffolderAutocompleteExtensionPoint,
  scaffolderTaskBrokerExtensionPoint,
  scaffolderTemplatingExtensionPoint,
  scaffolderWorkspaceProviderExtensionPoint,
  type AutocompleteHandler,
} from '@backstage/plugin-scaffolder-node/alpha';

/** What other modules of the scaffolder brought. */
export interface Extensions {
  /** Ids of actions. They are not run here: the service has its own. */
  actions: string[];
  /** Names of filters and globals of templates. They are not used: the service renders. */
  templating: string[];
  /** Other parts of the former scaffolder that have nothing to do here. */
  unused: string[];
  /** Providers of choices for form fields. They are used. */
  autocomplete: Map<string, AutocompleteHandler>;
}

/**
 * Registers the extension points of Backstage's scaffolder. A backend with modules for them would not start without.
 */
export function registerExtensionPoints(env: BackendPluginRegistrationPoints): Extensions {
  const extensions: Extensions = { actions: [], templating: [], unused: [], autocomplete: new Map() };
  env.registerExtensionPoint(scaffolderActionsExtensionPoint, {
    addActions(...actions: Pick<TemplateAction, 'id'>[]) {
      extensions.actions.push(...actions.map(action => action.id));
    },
  });
  env.registerExtensionPoint(scaffolderTemplatingExtensionPoint, {
    addTemplateFilters: filters => extensions.templating.push(...namesOf(filters)),
    addTemplateGlobals: globals => extensions.templating.push(...namesOf(globals)),
  });
  env.registerExtensionPoint(scaffolderAutocompleteExtensionPoint, {
    addAutocompleteProvider: ({ id, handler }) => void extensions.autocomplete.set(id, handler),
  });
  env.registerExtensionPoint(scaffolderTaskBrokerExtensionPoint, {
    setTaskBroker: () => void extensions.unused.push('a task broker'),
  });
  env.registerExtensionPoint(scaffolderWorkspaceProviderExtensionPoint, {
    addProviders: providers => {
      extensions.unused.push(...Object.keys(providers).map(name => `the workspace provider \`${name}\``));
    },
  });
  return extensions;
}

function namesOf(items: { id: string }[] | object): string[] {
  return Array.isArray(items) ? items.map((item: { id: string }) => item.id) : Object.keys(items);
}
