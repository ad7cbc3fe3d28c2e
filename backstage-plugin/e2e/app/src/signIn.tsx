import { useState } from 'react';
import { ProxiedSignInPage, SignInPage } from '@backstage/core-components';
import type { SignInPageProps } from '@backstage/core-plugin-api';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

/** The stock page for guests, and a button for a second user, whom `backend/colleague.ts` lets in. */
const GuestOrColleague = (props: SignInPageProps) => {
  const [colleague, setColleague] = useState(() => sessionStorage.getItem('colleague') === 'yes');
  if (colleague) return <ProxiedSignInPage {...props} provider="colleague" />;
  const enter = () => {
    // A page that is loaded anew asks again who it is; guests are kept in mind by the stock page.
    sessionStorage.setItem('colleague', 'yes');
    setColleague(true);
  };
  return (
    <>
      <SignInPage {...props} providers={['guest']} />
      <button type="button" style={{ position: 'fixed', right: 16, bottom: 16 }} onClick={enter}>
        Enter as Jane
      </button>
    </>
  );
};

/** Takes the place of the stock sign-in page. */
export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [SignInPageBlueprint.make({ params: { loader: async () => GuestOrColleague } })],
});
