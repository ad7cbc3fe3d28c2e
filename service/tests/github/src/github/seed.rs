//! What is there before anything is asked: accounts, teams, Apps, tokens.

use std::collections::{BTreeMap, BTreeSet};

use super::GitHub;
use crate::auth::{keys, tokens};
use crate::state::State;
use crate::state::account::{Account, Kind, Role, Team};
use crate::state::app::{App, Installation, Permissions};
use crate::state::vault::Vault;
use crate::state::wiring::Variables;

/// What an App signs in with.
#[derive(Clone, Debug)]
pub struct AppCredentials {
    /// The App's id.
    pub id: u64,
    /// Its name in paths.
    pub slug: String,
    /// Its client id, which may stand for the id in a JWT.
    pub client_id: String,
    /// Its private key, as GitHub hands it out: PKCS #1, PEM.
    pub private_key: String,
    /// What its webhooks are signed with.
    pub webhook_secret: String,
}

/// Every permission that an App of ours could want, at its highest.
const EVERYTHING: [(&str, &str); 24] = [
    ("actions", "write"),
    ("actions_variables", "write"),
    ("administration", "write"),
    ("checks", "write"),
    ("contents", "write"),
    ("dependabot_secrets", "write"),
    ("deployments", "write"),
    ("environments", "write"),
    ("issues", "write"),
    ("members", "write"),
    ("metadata", "read"),
    ("organization_actions_variables", "write"),
    ("organization_administration", "write"),
    ("organization_custom_properties", "write"),
    ("organization_hooks", "write"),
    ("organization_secrets", "write"),
    ("pages", "write"),
    ("pull_requests", "write"),
    ("repository_custom_properties", "write"),
    ("repository_hooks", "write"),
    ("secrets", "write"),
    ("statuses", "write"),
    ("vulnerability_alerts", "write"),
    ("workflows", "write"),
];

impl GitHub {
    /// An organisation with a paid plan; gives its id.
    pub fn organisation(&self, login: &str) -> u64 {
        account(&mut self.shared.state(), login, Kind::Organisation)
    }

    /// A user; gives the id.
    pub fn user(&self, login: &str) -> u64 {
        account(&mut self.shared.state(), login, Kind::User)
    }

    /// A user as a member of an organisation. Both are made if they are not there.
    pub fn member(&self, organisation: &str, login: &str, role: Role) {
        let mut state = self.shared.state();
        account(&mut state, organisation, Kind::Organisation);
        account(&mut state, login, Kind::User);
        if let Some(account) = state.accounts.get_mut(&organisation.to_lowercase()) {
            account.members.insert(login.to_lowercase(), role);
        }
    }

    /// A team of an organisation; gives its id.
    pub fn team(&self, organisation: &str, slug: &str) -> u64 {
        let mut state = self.shared.state();
        account(&mut state, organisation, Kind::Organisation);
        let id = state.next_id();
        let team = Team { id, slug: slug.to_owned(), name: slug.to_owned(), members: BTreeSet::new() };
        if let Some(account) = state.accounts.get_mut(&organisation.to_lowercase()) {
            account.teams.insert(slug.to_owned(), team);
        }
        id
    }

    /// An App that wants every permission. The first one signs with the first of three keys, and so on.
    pub fn app(&self, slug: &str) -> AppCredentials {
        let mut state = self.shared.state();
        let owner = format!("{slug}-owner");
        account(&mut state, &owner, Kind::User);
        let (id, key) = (state.next_id(), state.apps.len());
        let app = App {
            id,
            slug: slug.to_owned(),
            client_id: format!("Iv23double{id:010}"),
            owner,
            key,
            permissions: permissions(&EVERYTHING),
            events: ["push", "repository"].into_iter().map(str::to_owned).collect(),
            webhook: None,
            webhook_secret: format!("webhook-secret-of-{slug}"),
            created: state.now,
        };
        let credentials = credentials(&app);
        state.apps.push(app);
        credentials
    }

    /// Gives an App another key: the old one is worth nothing any more.
    pub fn rotate_key(&self, app: u64) -> Option<AppCredentials> {
        let mut state = self.shared.state();
        let app = state.apps.iter_mut().find(|one| one.id == app)?;
        app.key += 1;
        Some(credentials(app))
    }

    /// Where an App tells of what happens.
    pub fn webhook(&self, app: u64, url: &str) {
        for app in self.shared.state().apps.iter_mut().filter(|one| one.id == app) {
            app.webhook = Some(url.to_owned());
        }
    }

    /// Whether what is to be sent to webhooks waits for [`GitHub::deliver`].
    pub fn hold_webhooks(&self, held: bool) {
        self.shared.state().webhooks_held = held;
    }

    /// Sends a delivery now, whatever was done with it before; what is held otherwise stays so.
    pub fn deliver(&self, id: u64) {
        crate::webhooks::send_one(&self.shared, id);
    }

    /// Installs an App for all repositories of an account, with these permissions; gives the installation's id.
    pub fn installation(&self, app: u64, account: &str, allowed: &[(&str, &str)]) -> u64 {
        let mut state = self.shared.state();
        let login = state.account(account).map_or_else(|| account.to_owned(), |one| one.login.clone());
        let id = state.next_id();
        let created = state.now;
        state.installations.push(Installation {
            id,
            app,
            account: login,
            permissions: permissions(allowed),
            repositories: None,
            suspended: None,
            created,
        });
        id
    }

    /// Installs an App for all repositories of an account with every permission; gives the installation's id.
    pub fn installation_for_all(&self, app: u64, account: &str) -> u64 {
        self.installation(app, account, &EVERYTHING)
    }

    /// A token of an installation, for all that it may do.
    pub fn installation_token(&self, installation: u64) -> String {
        let mut state = self.shared.state();
        let allowed = state.installation(installation).map(|one| one.permissions.clone());
        tokens::mint(&mut state, installation, None, allowed.unwrap_or_default())
    }

    /// A token of a user with these scopes, `repo` for example.
    pub fn token(&self, login: &str, scopes: &[&str]) -> String {
        let mut state = self.shared.state();
        account(&mut state, login, Kind::User);
        tokens::of_user(&mut state, login, scopes.iter().map(|scope| (*scope).to_owned()).collect())
    }

    /// Changes anything at all.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state())
    }
}

fn credentials(app: &App) -> AppCredentials {
    AppCredentials {
        id: app.id,
        slug: app.slug.clone(),
        client_id: app.client_id.clone(),
        private_key: keys::pem(app.key).to_owned(),
        webhook_secret: app.webhook_secret.clone(),
    }
}

fn permissions(list: &[(&str, &str)]) -> Permissions {
    list.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect()
}

/// The account, made if it is not there; gives its id.
fn account(state: &mut State, login: &str, kind: Kind) -> u64 {
    if let Some(account) = state.account(login) {
        return account.id;
    }
    let id = state.next_id();
    let account = Account {
        id,
        login: login.to_owned(),
        kind,
        created: state.now,
        free: kind == Kind::User,
        members_create: true,
        members: BTreeMap::new(),
        teams: BTreeMap::new(),
        secrets: Vault::default(),
        variables: Variables::new(),
        oidc: None,
        properties: BTreeMap::new(),
    };
    state.accounts.insert(login.to_lowercase(), account);
    id
}
