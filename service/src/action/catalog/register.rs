//! `catalog:register`: the entities of a file, into the catalog.
//!
//! Where a Backstage is configured and can read the file, it is registered there ([`backstage`]); what only this
//! service can read, because its own forge has it, stays in the service's own store ([`own`]), from which the
//! catalog is fed. Both are one effect under one journal entry.

mod backstage;
mod chain;
mod document;
mod own;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::action::address::Address;
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Example, Kind, schema};
use crate::backstage::Backstage;
use crate::forge::Acting;

/// Name of the journal entry.
const KEY: &str = "register";
/// Where the file lies if the input does not say.
const DEFAULT_PATH: &str = "/catalog-info.yaml";

/// The action `catalog:register`.
#[derive(Debug)]
pub(crate) struct Register;

/// What it takes, in either form.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    catalog_info_url: Option<String>,
    repo_contents_url: Option<String>,
    catalog_info_path: Option<String>,
    optional: Option<bool>,
}

/// How it went, for the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
enum Outcome {
    #[serde(rename_all = "camelCase")]
    Registered {
        /// Nobody knows it of a file that is not there yet.
        entity_ref: Option<String>,
        entities: usize,
        warnings: Vec<String>,
    },
    LeftOut {
        reason: String,
    },
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Register the catalog file of a repository that an earlier step has made",
        example: "\
steps:
  - id: register
    name: Register in the catalog
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
      catalogInfoPath: /catalog-info.yaml
",
    },
    Example {
        description: "Register a file by its address",
        example: "\
steps:
  - id: register
    name: Register in the catalog
    action: catalog:register
    input:
      catalogInfoUrl: https://github.com/acme/demo/blob/main/catalog-info.yaml
      optional: true
",
    },
];

impl Action for Register {
    type Input = Input;

    fn definition(&self) -> Definition {
        let optional = schema::flag(
            "Go on with a warning when there is no such file yet or the location is registered already. Default: false.",
        );
        let by_url = json!({
            "catalogInfoUrl": schema::text("Absolute URL of the catalog file."),
            "optional": optional,
        });
        let by_repository = json!({
            "repoContentsUrl": schema::text("Absolute URL of the repository's files, as `publish:github` puts it out."),
            "catalogInfoPath": schema::text("Path of the catalog file in it. Default: `/catalog-info.yaml`."),
            "optional": optional,
        });
        Definition {
            id: "catalog:register".into(),
            description:
                "Registers a catalog file: in Backstage's catalog, as the user who started the task; or, without a \
                 Backstage and for repositories that only this service can read, in the service's own, which checks the \
                 file and those that its Locations lead to."
                    .into(),
            kind: Kind::Effect,
            input: schema::any_of(vec![
                schema::object(by_url, &["catalogInfoUrl"]),
                schema::object(by_repository, &["repoContentsUrl"]),
            ]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let url = input.url()?;
        let shown = if ctx.input.contains_secret() { "***" } else { &url };
        ctx.log(format!("Registering `{shown}` in the catalog")).await?;
        let optional = input.optional.unwrap_or(false);
        let outcome = match reader(ctx.capabilities, &url).await? {
            Some(backstage) => backstage::register(ctx, backstage, &url, optional).await?,
            None => own::register(ctx, &url, optional).await?,
        };
        match outcome {
            Outcome::Registered { entity_ref, entities, warnings } => {
                for warning in warnings {
                    ctx.warn(warning).await?;
                }
                match entity_ref {
                    Some(entity_ref) => {
                        let noun = if entities == 1 { "entity" } else { "entities" };
                        ctx.log(format!("Registered {entities} {noun}, first of all `{entity_ref}`")).await?;
                        ctx.output("entityRef", entity_ref);
                    }
                    None => ctx.log("Registered for the day on which the file can be read").await?,
                }
            }
            Outcome::LeftOut { reason } => ctx.warn(format!("Nothing was registered: {reason}")).await?,
        }
        ctx.output("catalogInfoUrl", url);
        Ok(())
    }
}

/// The Backstage that can read the file; `None` where nobody but this service can.
async fn reader<'c>(capabilities: &'c Capabilities, url: &str) -> Result<Option<&'c Backstage>, ActionError> {
    let Some(backstage) = &capabilities.backstage else { return Ok(None) };
    let found = match Address::parse(url) {
        Some(address) => address.find(capabilities, Acting::default()).await?,
        None => None,
    };
    let only_here = found.is_some_and(|(_, repository)| repository.is_only_here());
    Ok(Some(backstage).filter(|_| !only_here))
}

/// Somebody else has registered the location.
fn occupied(url: &str, optional: bool) -> Result<Outcome, ActionError> {
    let reason =
        format!("location `url:{url}` is already registered; set `optional: true` if that is all right");
    if optional { Ok(Outcome::LeftOut { reason }) } else { Err(ActionError::Conflict(reason)) }
}

/// The entity that stands for a whole file: the first component with a name of its own, else the first entity
/// with a name of its own, else the first.
fn chosen<'e>(entities: impl Iterator<Item = (&'e str, &'e str)> + Clone) -> Option<String> {
    let own_name = |(_, reference): &(&str, &str)| {
        !reference.rsplit_once('/').is_some_and(|(_, name)| name.starts_with("generated-"))
    };
    let component = |(kind, _): &(&str, &str)| kind.eq_ignore_ascii_case("component");
    let found = entities
        .clone()
        .filter(own_name)
        .find(component)
        .or_else(|| entities.clone().find(own_name))
        .or_else(|| entities.clone().next());
    found.map(|(_, reference)| reference.to_owned())
}

impl Input {
    fn url(&self) -> Result<String, ActionError> {
        match (&self.catalog_info_url, &self.repo_contents_url) {
            (Some(url), None) => Ok(url.clone()),
            (None, Some(base)) => resolve(base, self.catalog_info_path.as_deref().unwrap_or(DEFAULT_PATH)),
            _ => Err(ActionError::Input("give either `catalogInfoUrl` or `repoContentsUrl`".to_owned())),
        }
    }
}

/// The address of a file below the address of a repository's files: from the root of the repository when the
/// path starts with a slash, else from the folder that is named. As upstream, the page is one of a `tree`.
fn resolve(base: &str, path: &str) -> Result<String, ActionError> {
    let wrong = || {
        ActionError::Input(format!(
            "`repoContentsUrl`: `{base}` is not the address of a repository's files, \
             for example `https://github.com/acme/demo/blob/main`"
        ))
    };
    let bare = base.split(['?', '#']).next().unwrap_or(base).trim_end_matches('/');
    let (scheme, rest) = bare.split_once("://").ok_or_else(wrong)?;
    let mut parts: Vec<&str> = rest.split('/').collect();
    if parts.len() < 3 || parts.iter().any(|part| part.is_empty()) {
        return Err(wrong());
    }
    match parts.get_mut(3) {
        Some(page) if matches!(*page, "blob" | "edit") => *page = "tree",
        Some(_) => {}
        None => parts.extend(["tree", "HEAD"]),
    }
    if path.starts_with('/') {
        // Host, owner, name, `tree` and the revision stay.
        parts.truncate(5);
    }
    let file = place_inside("catalogInfoPath", path.trim_start_matches('/'))?;
    Ok(format!("{scheme}://{}/{file}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_slash_starts_at_the_root_of_the_repository() {
        let base = "https://github.com/acme/demo/blob/main";

        for path in ["/catalog-info.yaml", "catalog-info.yaml", "./catalog-info.yaml"] {
            assert_eq!(
                resolve(base, path).unwrap(),
                "https://github.com/acme/demo/tree/main/catalog-info.yaml",
                "{path}"
            );
        }
        let folder = format!("{base}/backend?x=1");
        assert_eq!(resolve(&folder, "/a.yaml").unwrap(), "https://github.com/acme/demo/tree/main/a.yaml");
        assert_eq!(
            resolve(&folder, "a.yaml").unwrap(),
            "https://github.com/acme/demo/tree/main/backend/a.yaml"
        );
        let repository = "https://github.com/acme/demo";
        assert_eq!(resolve(repository, "/a.yaml").unwrap(), "https://github.com/acme/demo/tree/HEAD/a.yaml");
    }

    #[test]
    fn what_is_no_address_of_files_is_refused() {
        for base in ["acme/demo", "https://github.com", "https://github.com//demo"] {
            assert!(matches!(resolve(base, "/a.yaml"), Err(ActionError::Input(_))), "{base}");
        }
        let base = "https://github.com/acme/demo/blob/main";
        assert!(matches!(resolve(base, "/../../x"), Err(ActionError::NotAllowed(_))));
    }

    #[test]
    fn exactly_one_form_of_the_input_counts() {
        let url = Some("https://github.com/acme/demo/blob/main".to_owned());
        let both = Input { catalog_info_url: url.clone(), repo_contents_url: url, ..Input::default() };

        assert!(matches!(both.url(), Err(ActionError::Input(_))));
        assert!(matches!(Input::default().url(), Err(ActionError::Input(_))));
    }
}
