//! Which permissions of a GitHub App each action needs, and why.
//!
//! The names are those of GitHub's API (`GET /app`, key `permissions`). `docs/github.md` holds the same table for
//! people; a test compares the two. An action that is not listed needs none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Uses;

/// How much of a permission is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// To look.
    Read,
    /// To change.
    Write,
}

impl Level {
    /// GitHub's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Whether this word of GitHub's gives at least as much.
    pub fn is_met_by(self, granted: &str) -> bool {
        match self {
            Self::Read => matches!(granted, "read" | "write" | "admin"),
            Self::Write => matches!(granted, "write" | "admin"),
        }
    }
}

/// One permission of an App.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// GitHub's name in its API.
    pub name: &'static str,
    /// What its settings page calls it, with its section.
    pub title: &'static str,
    /// How much.
    pub level: Level,
    /// Whether no template does without it.
    pub always: bool,
    /// What it is needed for.
    pub reason: &'static str,
    /// Actions that need it.
    pub actions: &'static [&'static str],
}

use Level::{Read, Write};

/// Every permission that some action needs.
pub const PERMISSIONS: &[Permission] = &[
    Permission {
        name: "metadata",
        title: "Repository: Metadata",
        level: Read,
        always: true,
        reason: "to find repositories; every App has it",
        actions: &[],
    },
    Permission {
        name: "contents",
        title: "Repository: Contents",
        level: Write,
        always: true,
        reason: "to push, to read templates and files, to merge, to send `repository_dispatch`",
        actions: &[
            "publish:github",
            "github:repo:push",
            "publish:github:pull-request",
            "github:pull-request:merge",
            "github:repository-dispatch",
            "github:repo:generate",
        ],
    },
    Permission {
        name: "administration",
        title: "Repository: Administration",
        level: Write,
        always: true,
        reason: "to create repositories; settings, topics, teams and collaborators, protection, rulesets, deploy keys, autolinks, environments",
        actions: &[
            "publish:github",
            "github:repo:create",
            "github:repo:generate",
            "github:repo:push",
            "github:branch-protection:create",
            "github:ruleset:create",
            "github:deployKey:create",
            "github:autolinks:create",
            "github:environment:create",
            "github:collaborators:add",
            "github:pages:enable",
            "github:actions:wire",
        ],
    },
    Permission {
        name: "workflows",
        title: "Repository: Workflows",
        level: Write,
        always: true,
        reason: "to push files in `.github/workflows`: without it GitHub refuses the whole push",
        actions: &[
            "publish:github",
            "github:repo:push",
            "publish:github:pull-request",
            "github:repo:generate",
        ],
    },
    Permission {
        name: "actions_variables",
        title: "Repository: Variables",
        level: Write,
        always: false,
        reason: "variables of workflows (`repoVariables`)",
        actions: &["publish:github", "github:repo:create", "github:actions:wire"],
    },
    Permission {
        name: "secrets",
        title: "Repository: Secrets",
        level: Write,
        always: false,
        reason: "secrets of workflows; the private half of a deploy key",
        actions: &["publish:github", "github:repo:create", "github:deployKey:create", "github:actions:wire"],
    },
    Permission {
        name: "environments",
        title: "Repository: Environments",
        level: Write,
        always: false,
        reason: "variables and secrets of environments",
        actions: &["github:environment:create", "github:actions:wire"],
    },
    Permission {
        name: "actions",
        title: "Repository: Actions",
        level: Write,
        always: false,
        reason: "to start workflows and to set the subject of their OIDC tokens",
        actions: &["github:actions:dispatch", "github:actions:wire"],
    },
    Permission {
        name: "dependabot_secrets",
        title: "Repository: Dependabot secrets",
        level: Write,
        always: false,
        reason: "secrets of Dependabot",
        actions: &["github:dependabot:secrets"],
    },
    Permission {
        name: "pull_requests",
        title: "Repository: Pull requests",
        level: Write,
        always: false,
        reason: "to open and merge pull requests, to ask for reviews",
        actions: &["publish:github:pull-request", "github:pull-request:merge"],
    },
    Permission {
        name: "issues",
        title: "Repository: Issues",
        level: Write,
        always: false,
        reason: "to open issues, to label and assign them and pull requests",
        actions: &["github:issues:create", "github:issues:label", "publish:github:pull-request"],
    },
    Permission {
        name: "repository_hooks",
        title: "Repository: Webhooks",
        level: Write,
        always: false,
        reason: "webhooks of a single repository",
        actions: &["github:webhook"],
    },
    Permission {
        name: "pages",
        title: "Repository: Pages",
        level: Write,
        always: false,
        reason: "to switch on GitHub Pages",
        actions: &["github:pages:enable"],
    },
    Permission {
        name: "repository_custom_properties",
        title: "Repository: Custom properties",
        level: Write,
        always: false,
        reason: "values of custom properties",
        actions: &["github:custom-properties:set"],
    },
    Permission {
        name: "members",
        title: "Organization: Members",
        level: Read,
        always: false,
        reason: "to find teams by name, for access and reviews",
        actions: &["github:collaborators:add", "github:environment:create", "github:actions:wire"],
    },
];

/// The table of `docs/github.md`.
pub fn table() -> String {
    let rows = PERMISSIONS.iter().map(|one| {
        let actions: Vec<String> = one.actions.iter().map(|action| format!("`{action}`")).collect();
        let actions = if one.always { "every site".to_owned() } else { actions.join(", ") };
        format!("| {} | `{}: {}` | {} | {actions} |\n", one.title, one.name, one.level.word(), one.reason)
    });
    let head = "| On the App's page | In the API | What it is for | Needed by |\n| --- | --- | --- | --- |\n";
    rows.fold(head.to_owned(), |table, row| table + &row)
}

/// A manifest from which GitHub makes an App that may do what these templates need; `service` is the address under
/// which GitHub reaches this service.
///
/// See <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>.
pub fn manifest(service: &str, uses: &Uses) -> Value {
    let service = service.trim_end_matches('/');
    let permissions: Map<String, Value> = needed(uses)
        .iter()
        .map(|need| (need.permission.name.to_owned(), need.permission.level.word().into()))
        .collect();
    // GitHub takes no event whose permission is not asked for.
    let asked = |name: &str| permissions.contains_key(name);
    let also = [("pull_requests", "pull_request"), ("members", "team")];
    let mut events = vec!["push", "repository"];
    events.extend(also.into_iter().filter(|(permission, _)| asked(permission)).map(|(_, event)| event));
    json!({
        "name": "Stagecraft",
        "url": service,
        "redirect_url": service,
        "public": false,
        "hook_attributes": { "url": format!("{service}/webhooks/github"), "active": true },
        "default_events": events,
        "default_permissions": permissions,
    })
}

/// A permission that templates need, and what for.
#[derive(Clone, Debug)]
pub struct Need {
    /// The permission.
    pub permission: &'static Permission,
    /// Templates whose steps need it, with the action: ``template:default/shop (`github:webhook`)``; empty where
    /// every site needs it.
    pub by: BTreeSet<String>,
}

/// What these templates need. Permissions that only some inputs of an action need are among them: what a template's
/// step will be given is known when it runs.
pub fn needed(uses: &Uses) -> Vec<Need> {
    let by_name: BTreeMap<&str, BTreeSet<String>> = PERMISSIONS
        .iter()
        .map(|permission| {
            let by = permission.actions.iter().flat_map(|action| {
                let templates = uses.get(*action).into_iter().flatten();
                templates.map(move |template| format!("{template} (`{action}`)"))
            });
            (permission.name, by.collect())
        })
        .collect();
    PERMISSIONS
        .iter()
        .filter_map(|permission| {
            let by = by_name.get(permission.name).cloned().unwrap_or_default();
            (permission.always || !by.is_empty()).then_some(Need { permission, by })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Registry;

    fn uses(action: &str) -> Uses {
        Uses::from([(action.to_owned(), BTreeSet::from(["template:default/shop".to_owned()]))])
    }

    #[test]
    fn only_what_the_templates_use_is_needed_beside_the_basis() {
        let names = |uses: &Uses| needed(uses).iter().map(|need| need.permission.name).collect::<Vec<_>>();

        assert_eq!(names(&Uses::new()), ["metadata", "contents", "administration", "workflows"]);
        assert_eq!(
            names(&uses("github:webhook")),
            ["metadata", "contents", "administration", "workflows", "repository_hooks"]
        );
    }

    #[test]
    fn a_need_names_the_template_and_the_step() {
        let needs = needed(&uses("github:webhook"));

        assert_eq!(needs[4].by.iter().next().unwrap(), "template:default/shop (`github:webhook`)");
    }

    #[test]
    fn the_page_about_github_has_the_table() {
        let page = include_str!("../../../docs/github.md");

        assert!(page.contains(&table()), "docs/github.md needs this table:\n{}", table());
    }

    #[test]
    fn a_manifest_asks_for_what_the_templates_need_and_no_more() {
        let manifest = manifest("https://idp.acme.io/", &uses("github:webhook"));

        assert_eq!(manifest["hook_attributes"]["url"], "https://idp.acme.io/webhooks/github");
        assert_eq!(manifest["default_permissions"]["repository_hooks"], "write");
        assert_eq!(manifest["default_permissions"]["pages"], Value::Null);
        assert_eq!(manifest["default_events"], json!(["push", "repository"]));
    }

    #[test]
    fn write_includes_read() {
        assert!(Read.is_met_by("write") && Read.is_met_by("read") && Write.is_met_by("admin"));
        assert!(!Write.is_met_by("read") && !Read.is_met_by("none"));
    }

    #[test]
    fn every_action_of_github_is_in_the_table_and_no_other() {
        let registry = Registry::standard();
        let needs_nothing_of_its_own = ["github:codeowners:check"];
        let listed: BTreeSet<&str> =
            PERMISSIONS.iter().flat_map(|permission| permission.actions).copied().collect();

        for definition in registry.definitions() {
            let id = definition.id.as_ref();
            let of_github = id.starts_with("github:") || id.starts_with("publish:github");
            let expected = of_github && !needs_nothing_of_its_own.contains(&id);
            assert_eq!(listed.contains(id), expected, "{id}");
        }
        for id in listed {
            assert!(registry.get(id).is_ok(), "there is no action `{id}`");
        }
    }
}
