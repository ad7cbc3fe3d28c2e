//! Actions that are not here: what to do instead.
//!
//! Templates name actions of many Backstage modules. Whoever meets one that Stagecraft does not have learns why,
//! and what stands in for it. The order of the advice: a row for the action, a row for its family, the nearest
//! name, the command that lists all.

use crate::words::nearest;

/// A step names an action that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("action `{id}` is not available{}", advice_text(.id, .advice, .nearest, .unlisted))]
pub struct UnknownAction {
    /// The id asked for.
    pub id: String,
    /// What stands in for it, if it is a known one.
    pub advice: Option<&'static str>,
    /// The nearest id there is.
    pub nearest: Option<String>,
    /// Why the actions of Backstage among which it may be are not known.
    pub unlisted: Option<String>,
}

impl UnknownAction {
    /// For the id that was asked for, among those there are.
    pub fn new<'a>(id: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let advice = advice(id);
        let nearest = if advice.is_some() { None } else { nearest(id, known) };
        Self { id: id.to_owned(), advice, nearest: nearest.map(str::to_owned), unlisted: None }
    }
}

fn advice_text(
    id: &str,
    advice: &Option<&'static str>,
    nearest: &Option<String>,
    unlisted: &Option<String>,
) -> String {
    match (advice, nearest, unlisted) {
        (Some(advice), ..) => format!(": {advice}"),
        (None, Some(nearest), None) => format!("; did you mean `{nearest}`?"),
        (None, Some(nearest), Some(why)) => {
            format!("; did you mean `{nearest}`? If it is an action of your Backstage: {why}")
        }
        (None, None, Some(why)) => format!("; it may be an action of your Backstage, but: {why}"),
        (None, None, None) if id.is_empty() => "; name one that `stagecraft actions` lists".to_owned(),
        (None, None, None) => {
            "; `stagecraft actions` lists those that are. If a plugin of your Backstage registers it, name the plugin in \
             `backstage.action_plugins` of the settings"
                .to_owned()
        }
    }
}

const GITLAB: &str = "GitLab is not a forge that is served; publish to GitHub with `publish:github`, or leave \
                      the template to Backstage's own scaffolder";
const AZURE: &str = "Azure DevOps is not a forge that is served; publish to GitHub with `publish:github`, or \
                     leave the template to Backstage's own scaffolder";
const BITBUCKET: &str = "Bitbucket is not a forge that is served; publish to GitHub with `publish:github`, or \
                         leave the template to Backstage's own scaffolder";
const GERRIT: &str = "Gerrit is not a forge that is served; publish to GitHub with `publish:github`, or leave \
                      the template to Backstage's own scaffolder";
const GITEA: &str = "Gitea is not a forge that is served; publish to GitHub with `publish:github`, or leave the \
                     template to Backstage's own scaffolder";
const COOKIECUTTER: &str = "no program is started for a template; render the same skeleton with \
                            `fetch:template` and `cookiecutterCompat: true`";
const RAILS: &str = "no program is started for a template; keep what `rails new` makes as a skeleton and render \
                     it with `fetch:template`";
const YEOMAN: &str = "no program is started for a template; keep what the generator makes as a skeleton and \
                      render it with `fetch:template`";
const DOTNET: &str = "no program is started for a template; keep what `dotnet new` makes as a skeleton and \
                      render it with `fetch:template`";
const SHELL: &str = "no program is started for a template; do it with actions that change the workspace, or in \
                     a workflow of the new repository";
const SENTRY: &str = "Sentry has no action here; call its API with `http:backstage:request` through a proxy of \
                      your Backstage";
const AWS: &str = "there is no action for AWS; make the resources in a workflow or with Terraform of the new \
                   repository";
const CONFLUENCE: &str =
    "Confluence has no action here; convert the pages beforehand and keep them in the skeleton";

/// Known ids and families (those that end in `:` or `-`), the longer first where one begins another.
const KNOWN: &[(&str, &str)] = &[
    ("publish:gitlab", GITLAB),
    ("gitlab:", GITLAB),
    ("publish:azure", AZURE),
    ("azure:", AZURE),
    ("publish:bitbucket", BITBUCKET),
    ("bitbucket:", BITBUCKET),
    ("bitbucketCloud:", BITBUCKET),
    ("publish:gerrit", GERRIT),
    ("publish:gitea", GITEA),
    ("fetch:cookiecutter", COOKIECUTTER),
    ("fetch:rails", RAILS),
    ("run:yeoman", YEOMAN),
    ("dotnet:", DOTNET),
    ("roadiehq:aws:", AWS),
    ("aws:", AWS),
    ("sentry:", SENTRY),
    ("confluence:", CONFLUENCE),
    ("shell:", SHELL),
    ("run:", SHELL),
    ("exec:", SHELL),
];

fn advice(id: &str) -> Option<&'static str> {
    let family = |name: &str| {
        id.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':') || name.ends_with(':'))
            || (id.starts_with(name) && name.starts_with("publish:"))
    };
    KNOWN.iter().find(|(name, _)| family(name)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: [&str; 4] = ["fetch:template", "fetch:plain", "publish:github", "roadiehq:utils:fs:write"];

    fn message(id: &str) -> String {
        UnknownAction::new(id, HERE).to_string()
    }

    #[test]
    fn an_action_of_a_known_module_comes_with_what_stands_in_for_it() {
        for (id, part) in [
            ("publish:gitlab", "GitLab"),
            ("publish:gitlab:merge-request", "GitLab"),
            ("gitlab:group:ensureExists", "GitLab"),
            ("publish:bitbucketCloud:pull-request", "Bitbucket"),
            ("fetch:cookiecutter", "cookiecutterCompat"),
            ("run:yeoman", "generator"),
        ] {
            let message = message(id);

            assert!(message.contains(&format!("`{id}`")) && message.contains(part), "{message}");
            assert!(!message.contains("did you mean"), "{message}");
        }
    }

    #[test]
    fn a_slip_comes_with_the_nearest_name() {
        assert_eq!(
            message("fetch:templat"),
            "action `fetch:templat` is not available; did you mean `fetch:template`?"
        );
        assert!(message("publish:githob").ends_with("did you mean `publish:github`?"));
    }

    #[test]
    fn an_action_that_nobody_knows_comes_with_where_to_look() {
        for id in ["acme:ticket:open", "running:late", ""] {
            assert!(message(id).contains("`stagecraft actions`"), "{}", message(id));
        }
    }

    #[test]
    fn advice_is_only_for_actions_that_are_not_here() {
        for definition in crate::action::Registry::standard().definitions() {
            assert_eq!(advice(&definition.id), None, "{}", definition.id);
        }
    }
}
