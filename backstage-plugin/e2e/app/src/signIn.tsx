import { useState } from 'react';
import { ProxiedSignInPage, SignInPage } from '@backstage/core-components';
import type { SignInPageProps } from '@backstage/core-plugin-api';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

/** The stock page for guests, and a button for a second user, whom `backend/colleague.ts` lets in. */
const GuestOrColleague = (props: SignInPageProps) => {
  const [colleague, setColleague] = useState(false);
  if (colleague) return <ProxiedSignInPage {...props} provider="colleague" />;
  return (
    <>
      <SignInPage {...props} providers={['guest']} />
      <button type="button" style={{ position: 'fixed', right: 16, bottom: 16 }} onClick={() => setColleague(true)}>
        Enter as Jane
      </button>
    </>
  );
};

/** Takes the place of the stock sign-in page. */
export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({ params: { loader: async () => GuestOrColleague } }),
  ],
});
