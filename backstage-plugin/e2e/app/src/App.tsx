import { createApp } from '@backstage/frontend-defaults';
import { signInModule } from './signIn';

/** The stock app: its plugins are found by the build in `package.json`; only the page to sign in with is ours. */
export const app = createApp({ features: [signInModule] });
