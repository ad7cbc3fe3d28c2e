/** Settings of the packages that call Stagecraft. */
export interface Config {
  stagecraft: {
    /**
     * Address of the Stagecraft service, without `/api/…`: `http://localhost:7008`.
     */
    baseUrl: string;

    /**
     * One of `auth.tokens` of the service, which the packages then present for what they do as Backstage itself.
     * Without it they present tokens that Backstage signs, which the service trusts once its `backstage.base_url` is
     * set. For users always such a token is taken, never this one.
     * @visibility secret
     */
    token?: string;
  };
}
