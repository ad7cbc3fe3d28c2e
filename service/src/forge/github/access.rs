//! As whom GitHub is asked.
//!
//! The step's own token, else the App's installation for the owner, else the token of the settings. It says plainly
//! why there is none, or why one is not taken; it repeats nothing. The invariant: one mint for one installation is
//! under way at a time, and no token of an installation is used that ends within the next minutes.

mod app;
mod installation;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::GitHub;
use super::answer::{Answer, Failure};
use super::client::Ask;
use super::governor::USERS;
use super::route::Route;
use crate::config;
use crate::forge::ForgeError;
use crate::secret::Secret;

use app::App;
use installation::{Held, Installation, Permissions};

/// What requests of the App itself count against.
const APP_BUCKET: &str = "app";
/// How long a new token may not be known to all of GitHub.
const UNKNOWN_FOR_S: i64 = 90;
/// How long what a new token is allowed may not be known to all of GitHub.
const POWERLESS_FOR_S: i64 = 90;
/// A clock that is found to be off by more than this makes one more try worth it.
const CLOCK_STEP_S: i64 = 30;

/// A token, and whose limits its use counts against.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    /// Installation, user or static token: what GitHub's limits count. No secret.
    pub(super) bucket: String,
    /// What an installation's token may do.
    granted: Option<Arc<Permissions>>,
    /// When an installation's token was made, by GitHub's clock.
    minted: Option<i64>,
}

/// How tokens are come by.
#[derive(Debug)]
pub(super) struct Access {
    host: String,
    app: Option<App>,
    token: Secret,
    require_user_token: bool,
    /// By owner, in lower case.
    installations: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Held>>>>,
}

/// What is to be done about a token that was not taken.
pub(super) enum Refusal {
    /// Ask once more: there is a better token.
    Again,
    /// It is what it is.
    Final(Failure),
}

impl Access {
    /// By the settings of a host.
    pub(super) fn new(host: &str, settings: &config::GitHubForge) -> Result<Self, ForgeError> {
        Ok(Self {
            host: host.to_owned(),
            app: App::new(host, settings)?,
            token: settings.token.clone(),
            require_user_token: settings.require_user_token,
            installations: Mutex::default(),
        })
    }

    /// Whether the settings name an App.
    pub(super) fn has_app(&self) -> bool {
        self.app.is_some()
    }

    /// The token for what belongs to `owner`.
    pub(super) async fn token(&self, github: &GitHub, owner: &str) -> Result<Token, Failure> {
        if let Some(secret) = &github.acting.token {
            return Ok(Token::of_user(secret));
        }
        if self.require_user_token {
            return Err(Failure::Settings(format!(
                "every step on `{}` has to bring the user's own token: ask for it with the `requestUserCredentials` of \
                 the form's RepoUrlPicker, and give it to the step as `token: ${{{{ secrets.USER_OAUTH_TOKEN }}}}`",
                self.host
            )));
        }
        self.service_token(github, owner).await?.ok_or_else(|| self.no_credentials(owner))
    }

    /// Whether there is a token for what belongs to `owner`, or it is for the step to bring one.
    pub(super) async fn can_ask(&self, github: &GitHub, owner: &str) -> Result<bool, Failure> {
        if github.acting.token.is_some() || self.require_user_token {
            return Ok(true);
        }
        Ok(self.service_token(github, owner).await?.is_some())
    }

    /// The service's own token for what belongs to `owner`, whatever the step brought; `None` if it has none there.
    pub(super) async fn service_token(&self, github: &GitHub, owner: &str) -> Result<Option<Token>, Failure> {
        if let Some(token) = self.of_installation(github, owner).await? {
            return Ok(Some(token));
        }
        let is_there = !self.token.expose().is_empty();
        Ok(is_there.then(|| Token::of_settings(&self.token)))
    }

    /// What the App itself is known by; `now_s` is seconds since 1970 by GitHub's clock.
    pub(super) fn app_token(&self, now_s: i64) -> Result<Secret, Failure> {
        let app = self.app.as_ref().ok_or_else(|| Failure::Settings("there is no App".to_owned()))?;
        app.token(now_s)
    }

    /// Asks as the App itself.
    pub(super) async fn ask_as_app(&self, github: &GitHub, ask: Ask) -> Result<Answer, Failure> {
        let client = &github.shared.client;
        let mut now_s = client.now_s();
        loop {
            let token = Token::plain(self.app_token(now_s)?, APP_BUCKET.to_owned());
            match github.ask_with(&token, ask.clone()).await {
                Err(Failure::Unauthorized(message)) => {
                    // Every answer tells GitHub's clock: a token that was made by a wrong one is made again.
                    let theirs = client.now_s();
                    if (theirs - now_s).abs() < CLOCK_STEP_S {
                        return Err(self.key_refused(&message));
                    }
                    now_s = theirs;
                }
                Err(Failure::NotFound(message)) if message.contains("Integration not found") => {
                    return Err(self.key_refused(&message));
                }
                answer => return answer,
            }
        }
    }

    /// Looks at the installation anew, and at why a token was not taken.
    pub(super) async fn explain(
        &self,
        github: &GitHub,
        owner: &str,
        token: &Token,
        failure: Failure,
    ) -> Refusal {
        let Some(minted) = token.minted else { return Refusal::Final(self.of_given(github, failure)) };
        let age_s = github.shared.client.now_s() - minted;
        match failure {
            Failure::Unauthorized(message) => match self.look_again(github, owner, token).await {
                Err(failure) => Refusal::Final(failure),
                Ok(()) if age_s < UNKNOWN_FOR_S => Refusal::Final(Failure::NotYet(message)),
                Ok(()) => Refusal::Again,
            },
            Failure::Forbidden(message) if message.contains("suspended") => {
                let _whatever_is_found = self.look_again(github, owner, token).await;
                Refusal::Final(installation::suspended(owner))
            }
            Failure::Lacks { needed, message } => Refusal::Final(match token.may(&needed) {
                false => Failure::Settings(format!(
                    "the GitHub App lacks a permission on `{owner}`: `{needed}`. Give it in the App's settings, let \
                     `{owner}` accept it, and try again (GitHub says: {message})"
                )),
                true if age_s < POWERLESS_FOR_S => Failure::NotYet(message),
                true => Failure::Forbidden(message),
            }),
            other => Refusal::Final(other),
        }
    }

    /// Looks into a token of the service that git did not take: the next one is better, or it is told why there is none.
    pub(super) async fn refused(&self, github: &GitHub, owner: &str, secret: &Secret) -> Result<(), Failure> {
        let token = self.service_token(github, owner).await?;
        let Some(token) = token.filter(|token| token.secret.expose() == secret.expose()) else {
            return Ok(());
        };
        let failure = Failure::Unauthorized("the token is not taken".to_owned());
        match self.explain(github, owner, &token, failure).await {
            Refusal::Again | Refusal::Final(Failure::NotYet(_)) => Ok(()),
            Refusal::Final(failure) => Err(failure),
        }
    }

    /// Makes the next request of an installation that sees some repositories only take a new token: the old one does
    /// not see a repository that was made after it.
    pub(super) async fn repository_made(&self, owner: &str) {
        if self.app.is_none() {
            return;
        }
        let held = self.held(owner);
        let mut held = held.lock().await;
        if held.installation().is_none_or(|installation| installation.is_selective()) {
            held.drop_token();
        }
    }

    /// A given token that is not taken is the business of whoever gave it.
    fn of_given(&self, github: &GitHub, failure: Failure) -> Failure {
        match failure {
            Failure::Unauthorized(message) => {
                let which = if github.acting.token.is_some() {
                    "that the step was given".to_owned()
                } else {
                    format!("of `forges.\"{}\".token`", self.host)
                };
                Failure::Settings(format!(
                    "GitHub does not take the token {which} (it says: {message}); is it still valid?"
                ))
            }
            Failure::Lacks { message, needed } => {
                let needs = if needed.is_empty() { needed } else { format!(" (the token needs `{needed}`)") };
                Failure::Forbidden(format!("{message}{needs}"))
            }
            other => other,
        }
    }

    async fn of_installation(&self, github: &GitHub, owner: &str) -> Result<Option<Token>, Failure> {
        if self.app.is_none() {
            return Ok(None);
        }
        let held = self.held(owner);
        // Held while a token is made: whoever else wants one waits for it here.
        let mut held = held.lock().await;
        if let Some(token) = held.token(github.shared.client.now_s()) {
            return Ok(Some(token));
        }
        // Where another token serves, it is not asked every time whether the App has been installed since.
        if held.is_absent() && !self.token.expose().is_empty() {
            return Ok(None);
        }
        let installation = match held.installation() {
            Some(known) => known,
            None => match self.look_up(github, owner, &mut held).await? {
                Some(found) => found,
                None => return Ok(None),
            },
        };
        match self.mint(github, &installation, &mut held).await {
            Err(Failure::NotFound(_) | Failure::Forbidden(_)) => {
                // It was suspended, or taken away and perhaps installed anew.
                held.doubt();
                match self.look_up(github, owner, &mut held).await? {
                    Some(found) => self.mint(github, &found, &mut held).await.map(Some),
                    None => Ok(None),
                }
            }
            minted => minted.map(Some),
        }
    }

    async fn mint(
        &self,
        github: &GitHub,
        installation: &Installation,
        held: &mut Held,
    ) -> Result<Token, Failure> {
        let route = Route::fixed("app/installations").number(installation.id).then("access_tokens");
        let answer = self.ask_as_app(github, Ask::post(route, serde_json::json!({}))).await?;
        held.mint(installation.id, answer, github.shared.client.now_s())
    }

    /// The owner's installation. Users and organisations are asked for by different names.
    async fn look_up(
        &self,
        github: &GitHub,
        owner: &str,
        held: &mut Held,
    ) -> Result<Option<Installation>, Failure> {
        for kind in ["orgs", "users"] {
            let route = Route::fixed(kind).name(owner)?.then("installation");
            match self.ask_as_app(github, Ask::get(route)).await {
                Ok(answer) => {
                    let found: Installation = answer.read()?;
                    held.found(Some(&found));
                    return found.usable(owner).map(Some);
                }
                Err(Failure::NotFound(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        held.found(None);
        Ok(None)
    }

    async fn look_again(&self, github: &GitHub, owner: &str, token: &Token) -> Result<(), Failure> {
        let held = self.held(owner);
        let mut held = held.lock().await;
        held.doubt();
        if token.minted.is_none_or(|minted| github.shared.client.now_s() - minted >= UNKNOWN_FOR_S) {
            held.refuse(token);
        }
        match self.look_up(github, owner, &mut held).await? {
            Some(_) => Ok(()),
            None => Err(self.no_credentials(owner)),
        }
    }

    fn held(&self, owner: &str) -> Arc<tokio::sync::Mutex<Held>> {
        let mut all = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(owner.to_ascii_lowercase()).or_default())
    }

    fn no_credentials(&self, owner: &str) -> Failure {
        Failure::Settings(match self.app {
            Some(_) => format!(
                "the GitHub App is not installed for `{owner}`: install it there (its page on `{}` has a button for it), \
                 then try again",
                self.host
            ),
            None => format!(
                "there are no credentials for `{owner}`: give the step a `token`, or set `app_id` and `private_key` (or \
                 `token`) under `forges.\"{}\"`",
                self.host
            ),
        })
    }

    fn key_refused(&self, message: &str) -> Failure {
        let host = &self.host;
        Failure::Settings(format!(
            "GitHub does not take the App's key (it says: {message}): are `app_id` and `private_key` under \
             `forges.\"{host}\"` those of one App, and is the key still listed in the App's settings?"
        ))
    }
}

impl Token {
    /// Whether an App acts by it, and no user.
    pub(super) fn is_of_app(&self) -> bool {
        self.minted.is_some()
    }

    fn plain(secret: Secret, bucket: String) -> Self {
        Self { secret, bucket, granted: None, minted: None }
    }

    /// Whether it is an installation's.
    pub(super) fn is_of_installation(&self) -> bool {
        self.minted.is_some()
    }

    /// Of whoever gave it to the step.
    fn of_user(secret: &Secret) -> Self {
        Self::plain(secret.clone(), format!("{USERS}{}", fingerprint(secret)))
    }

    fn of_settings(secret: &Secret) -> Self {
        Self::plain(secret.clone(), format!("token/{}", fingerprint(secret)))
    }

    /// Whether one of what GitHub would have taken was granted: `a=write,b=read; c=admin` is both or the third.
    fn may(&self, needed: &str) -> bool {
        let Some(granted) = &self.granted else { return true };
        let has = |one: &str| {
            let (name, level) = one.split_once('=').unwrap_or((one, "read"));
            granted.get(name.trim()).is_some_and(|given| rank(given) >= rank(level.trim()))
        };
        needed.is_empty() || needed.split(';').any(|all| all.split(',').map(str::trim).all(has))
    }
}

fn rank(level: &str) -> usize {
    ["read", "write", "admin"].iter().position(|known| *known == level).unwrap_or_default()
}

/// Tells tokens apart without showing them.
fn fingerprint(secret: &Secret) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, secret.expose().as_bytes());
    hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
