//! `catalog:register`: the entities of a file, into the catalog.
//!
//! Reading, judging and storing are one effect under one journal entry: a location that this very task has
//! registered before is done, one that somebody else has is in the way. Unlike upstream, `optional` forgives
//! two things only: that there is no file, and that the location is registered already. A file that is wrong
//! is always an error. `Location` entities are stored like any other, and the entities that they lead to belong to
//! the same registration.

mod chain;
mod document;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Example, Kind, schema};
use crate::entities::{EntityStoreError, StoredEntity};
use crate::ids::TaskId;

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
        entity_ref: String,
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
            "Go on with a warning when there is no such file or the location is registered already. Default: false.",
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
                "Checks the entities of a catalog file, and of the files that its Locations lead to, and \
                          registers them. A file with a fault is always an error, whatever `optional` says."
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
        let (capabilities, task) = (ctx.capabilities, ctx.run.task_id);
        let optional = input.optional.unwrap_or(false);
        let outcome: Outcome = ctx.effect("register", register(capabilities, task, &url, optional)).await?;
        match outcome {
            Outcome::Registered { entity_ref, entities, warnings } => {
                for warning in warnings {
                    ctx.warn(warning).await?;
                }
                let noun = if entities == 1 { "entity" } else { "entities" };
                ctx.log(format!("Registered {entities} {noun}, first of all `{entity_ref}`")).await?;
                ctx.output("entityRef", entity_ref);
            }
            Outcome::LeftOut { reason } => ctx.warn(format!("Nothing was registered: {reason}")).await?,
        }
        ctx.output("catalogInfoUrl", url);
        Ok(())
    }
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

async fn register(
    capabilities: &Capabilities,
    task: TaskId,
    url: &str,
    optional: bool,
) -> Result<Outcome, ActionError> {
    let left_out = |reason: String| if optional { Ok(Outcome::LeftOut { reason }) } else { Err(reason) };
    let read = match chain::collect(capabilities, url, optional).await {
        Ok(read) => read,
        Err(ActionError::NotFound(reason)) => return left_out(reason).map_err(ActionError::NotFound),
        Err(error) => return Err(error),
    };
    let location = format!("url:{url}");
    let stored: Vec<StoredEntity> = read
        .entities
        .iter()
        .map(|(entity_ref, entity)| StoredEntity {
            entity_ref: entity_ref.to_string(),
            entity: entity.clone(),
            location: location.clone(),
        })
        .collect();
    let store = &capabilities.entities;
    match store.register(&location, &task.to_string(), &stored).await {
        Ok(()) => Ok(Outcome::Registered {
            entity_ref: read.chosen(),
            entities: stored.len(),
            warnings: read.warnings,
        }),
        Err(EntityStoreError::AlreadyRegistered(location)) => left_out(format!(
            "location `{location}` is already registered; set `optional: true` if that is all right"
        ))
        .map_err(ActionError::Conflict),
        Err(error) => Err(error.into()),
    }
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
