//! `humanitec`: the orchestrator that deploys services in place of workflows, where one is used.
//!
//! It checks what an organisation's id looks like, and asks nobody.

use serde::Deserialize;

use super::ConfigError;
use crate::secret::Secret;

/// `humanitec`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Humanitec {
    /// Address of the API.
    pub base_url: String,
    /// Organisation; empty: none.
    pub organization: String,
    /// Token of a service user.
    pub token: Secret,
}

/// Refuses what is no organisation, and one without a token.
pub(super) fn check(humanitec: &Humanitec) -> Result<(), ConfigError> {
    let organization = &humanitec.organization;
    if organization.is_empty() {
        return Ok(());
    }
    let fits = organization.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits {
        return Err(ConfigError(format!(
            "`humanitec.organization` is `{}`, which is no id of an organisation; write it as it stands in Humanitec's addresses",
            organization.escape_debug()
        )));
    }
    if humanitec.token.expose().is_empty() {
        return Err(ConfigError(format!(
            "`humanitec.organization` is `{organization}`, but `humanitec.token` is empty; give it the token of a service user"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_needs_an_id_and_a_token() {
        let settings = |organization: &str, token: &str| Humanitec {
            organization: organization.to_owned(),
            token: Secret::new(token),
            ..Humanitec::default()
        };

        assert!(check(&settings("", "")).is_ok());
        assert!(check(&settings("acme-inc", "abc")).is_ok());
        assert!(check(&settings("acme", "")).unwrap_err().to_string().contains("`humanitec.token` is empty"));
        assert!(check(&settings("Acme/..", "abc")).is_err());
    }
}
