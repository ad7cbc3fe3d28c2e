//! Secrets that are known again: by a keyed digest of what was written last.
//!
//! The file holds the digest and never the value; without the key of the service's settings nothing can be learnt from
//! it, and none is kept where there is no key. The invariant: a secret that is told to be as it was is the one that was
//! written last.

use super::super::super::{Change, ChangeKind, ForgeError, Setting, checked};
use super::Record;
use super::settings::{Changes, OF_DEPENDABOT, of_environment, secret_of, secret_of_webhook};
use crate::secret::{Sealer, Secret};

impl Record {
    /// Takes from the changes of a setting the secrets that are as wanted, and remembers the others.
    pub(in super::super) fn knowing(
        mut self,
        sealer: &Sealer,
        setting: &Setting,
        mut changes: Changes,
    ) -> Result<(Self, Changes), ForgeError> {
        for (what, value) in secrets(setting)? {
            let digest = sealer.digest(&format!("{}/{what}", self.repository), value.expose().as_bytes());
            if self.more.secret_digests.get(&what) == Some(&digest) {
                let is_it = |change: &Change| change.kind == ChangeKind::Write && change.what == what;
                changes.retain(|change| !is_it(change));
            }
            self.more.secret_digests.insert(what, digest);
        }
        Ok((self, changes))
    }
}

/// The secrets of a setting, by what a change calls them.
fn secrets(setting: &Setting) -> Result<Vec<(String, &Secret)>, ForgeError> {
    let (all, of) = match setting {
        Setting::Secrets(all) => (all, String::new()),
        Setting::DependabotSecrets(all) => (all, OF_DEPENDABOT.to_owned()),
        Setting::Environment(environment) => (&environment.secrets, of_environment(&environment.name)),
        Setting::Webhook(webhook) => {
            let secret = webhook.secret.as_ref().map(|secret| (secret_of_webhook(&webhook.url), secret));
            return Ok(secret.into_iter().collect());
        }
        _ => return Ok(Vec::new()),
    };
    let named = checked::by_name("secret", all)?.into_iter();
    Ok(named.map(|(name, value)| (secret_of(&name, &of), value)).collect())
}
