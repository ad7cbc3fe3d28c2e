//! The first half of publishing: the repository and what a forge keeps beside its code.
//!
//! Nothing is pushed here. A repository of this name that this very task has made is taken on; any other is a
//! conflict and is left untouched.

use std::collections::BTreeMap;

use catalog_gen::EntityRef;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Place, Target};
use crate::action::phrase::count;
use crate::action::{ActionContext, ActionError, schema};
use crate::forge::{ForgeError, NewRepository, RepoSlug, Setting, Visibility};
use crate::ids::TaskId;
use crate::secret::Secret;

/// Settings of a new repository, as inputs name them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Settings {
    description: Option<String>,
    homepage: Option<String>,
    access: Option<String>,
    repo_visibility: Option<Visibility>,
    collaborators: Option<Vec<Collaborator>>,
    topics: Option<Vec<String>>,
    has_issues: Option<bool>,
    has_wiki: Option<bool>,
    has_projects: Option<bool>,
    delete_branch_on_merge: Option<bool>,
    allow_merge_commit: Option<bool>,
    allow_squash_merge: Option<bool>,
    allow_rebase_merge: Option<bool>,
    allow_auto_merge: Option<bool>,
    allow_update_branch: Option<bool>,
    squash_merge_commit_title: Option<String>,
    squash_merge_commit_message: Option<String>,
    repo_variables: Option<BTreeMap<String, String>>,
    secrets: Option<BTreeMap<String, Secret>>,
    oidc_customization: Option<Value>,
    custom_properties: Option<Value>,
    subscribe: Option<bool>,
    workflow_access: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Collaborator {
    user: Option<String>,
    team: Option<String>,
    access: String,
}

/// One setting on its way to the forge.
struct Wish {
    /// Name of the journal entry.
    key: &'static str,
    /// For the log: what was set.
    done: String,
    /// Whether a refusal is only a warning.
    forgiven: bool,
    setting: Setting,
}

/// What a repository is made of.
pub(super) enum Made<'a> {
    /// Of nothing, with this default branch.
    Empty(&'a str),
    /// Of a template repository.
    From(&'a RepoSlug),
}

/// Makes the repository and applies its settings, one effect each.
pub(super) async fn create(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    settings: Settings,
    made: Made<'_>,
) -> Result<Place, ActionError> {
    let default_branch = match made {
        Made::Empty(branch) => branch,
        Made::From(_) => super::push::DEFAULT_BRANCH,
    };
    let new = settings.new_repository(default_branch, ctx.run.task_id);
    let wishes = settings.wishes(target, &ctx.masked_input())?;
    let visibility = format!("{:?}", new.visibility).to_lowercase();
    ctx.about_to_make(&target.slug).await?;
    let place: Place = ctx.effect("create", make(target, &new, made)).await?;
    ctx.log(format!("Created the {visibility} repository `{}`: {}", target.name(), place.html_url)).await?;
    for wish in wishes {
        apply(ctx, target, wish).await?;
    }
    finish(ctx, target, Setting::Description(new.description)).await?;
    Ok(place)
}

/// The forge looks first: a kill may have fallen between the creation and the journal.
async fn make(target: &Target, new: &NewRepository, made: Made<'_>) -> Result<Place, ActionError> {
    let outcome = match made {
        Made::Empty(_) => target.forge.create(&target.slug, new).await,
        Made::From(template) => target.forge.generate(template, &target.slug, new).await,
    };
    match outcome {
        Ok(made) => Ok(made.into()),
        Err(ForgeError::Conflict(_)) => Err(ActionError::Conflict(format!(
            "Repository {} already exists on {}; choose another name, or delete it if it is left over from an \
             earlier attempt",
            target.name(),
            target.slug.host
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Applies one setting; what came of it is journalled, so that a repeated run logs the same lines.
async fn apply(ctx: &mut ActionContext<'_>, target: &Target, wish: Wish) -> Result<(), ActionError> {
    let Wish { key, done, forgiven, setting } = wish;
    let refused: Option<String> = ctx
        .effect(key, async {
            match target.forge.apply(&target.slug, &setting).await {
                Ok(_) => Ok(None),
                // What was only not done yet is nothing to forgive.
                Err(error) if forgiven && !matches!(error, ForgeError::Unavailable(_)) => {
                    Ok(Some(ActionError::from(error).to_string()))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await?;
    match refused {
        None => ctx.log(done).await,
        Some(reason) => ctx.warn(format!("`{key}` was not set: {reason}")).await,
    }
}

/// Gives it the description that is wanted, as the last thing: until then it may say there that it is being made.
async fn finish(ctx: &mut ActionContext<'_>, target: &Target, setting: Setting) -> Result<(), ActionError> {
    ctx.effect("description", async {
        target.forge.apply(&target.slug, &setting).await?;
        Ok(())
    })
    .await
}

impl Settings {
    fn new_repository(&self, default_branch: &str, created_by: TaskId) -> NewRepository {
        let word =
            |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        let mut settings = Map::new();
        let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
        let optional = [
            ("has_issues", self.has_issues),
            ("has_wiki", self.has_wiki),
            ("has_projects", self.has_projects),
        ];
        for (name, value) in optional.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            set(name, value.into());
        }
        set("delete_branch_on_merge", self.delete_branch_on_merge.unwrap_or(false).into());
        set("allow_merge_commit", self.allow_merge_commit.unwrap_or(true).into());
        set("allow_squash_merge", self.allow_squash_merge.unwrap_or(true).into());
        set("allow_rebase_merge", self.allow_rebase_merge.unwrap_or(true).into());
        set("allow_auto_merge", self.allow_auto_merge.unwrap_or(false).into());
        set("allow_update_branch", self.allow_update_branch.unwrap_or(false).into());
        set("squash_merge_commit_title", word(&self.squash_merge_commit_title, "COMMIT_OR_PR_TITLE").into());
        set("squash_merge_commit_message", word(&self.squash_merge_commit_message, "COMMIT_MESSAGES").into());
        // An organisation may ask for some of every new repository.
        if let Some(properties) = self.custom_properties.as_ref().filter(|given| given.is_object()) {
            set("custom_properties", properties.clone());
        }
        NewRepository {
            description: self.description.clone(),
            homepage: self.homepage.clone(),
            visibility: self.repo_visibility.unwrap_or_default(),
            default_branch: default_branch.to_owned(),
            settings,
            created_by,
        }
    }

    /// The settings that are applied after the creation, in order. What the log says of them is taken from the
    /// masked input.
    fn wishes(self, target: &Target, masked: &Value) -> Result<Vec<Wish>, ActionError> {
        let mut wishes = Vec::new();
        let mut wish = |key, done: String, setting| {
            let forgiven = matches!(key, "collaborators" | "topics");
            wishes.push(Wish { key, done, forgiven, setting });
        };
        if let Some(access) = self.access.filter(|access| !access.is_empty() && *access != target.slug.owner)
        {
            let shown = masked.get("access").and_then(Value::as_str).unwrap_or_default();
            wish("access", format!("Made `{shown}` an administrator"), Setting::Access(access));
        }
        if let Some(collaborators) = self.collaborators.filter(|all| !all.is_empty()) {
            let done = format!("Added {}", count(collaborators.len(), "collaborator"));
            let all = collaborators.iter().map(Collaborator::to_value).collect::<Result<Vec<_>, _>>()?;
            wish("collaborators", done, Setting::Collaborators(Value::Array(all)));
        }
        if let Some(topics) = self.topics.filter(|topics| !topics.is_empty()) {
            let topics: Vec<String> = topics.iter().map(|topic| topic.to_lowercase()).collect();
            wish("topics", format!("Set {}", count(topics.len(), "topic")), Setting::Topics(topics));
        }
        if let Some(variables) = self.repo_variables.filter(|variables| !variables.is_empty()) {
            let done = format!("Set the variables {}", names(&variables));
            wish("variables", done, Setting::Variables(variables));
        }
        if let Some(secrets) = self.secrets.filter(|secrets| !secrets.is_empty()) {
            let done = format!("Set the secrets {}", names(&secrets));
            wish("secrets", done, Setting::Secrets(secrets));
        }
        if let Some(oidc) = self.oidc_customization {
            let done = "Set the claims of the workflows' identity".to_owned();
            wish("oidcCustomization", done, Setting::OidcCustomization(oidc));
        }
        if let Some(properties) = self.custom_properties {
            wish(
                "customProperties",
                "Set the custom properties".to_owned(),
                Setting::CustomProperties(properties),
            );
        }
        if self.subscribe == Some(true) {
            wish("subscribe", "Subscribed to the repository".to_owned(), Setting::Subscription(true));
        }
        if let Some(level) = self.workflow_access {
            let done = format!("Set the access of other workflows to `{level}`");
            wish("workflowAccess", done, Setting::WorkflowAccess(level));
        }
        Ok(wishes)
    }
}

impl Collaborator {
    /// Entity references are reduced to their names.
    fn to_value(&self) -> Result<Value, ActionError> {
        let name = |text: &str, kind: &str| {
            let reference = EntityRef::parse_with(text, Some(kind), None);
            reference
                .map(|reference| reference.name().to_owned())
                .map_err(|error| ActionError::Input(format!("`collaborators`: {error}")))
        };
        match (&self.user, &self.team) {
            (Some(user), _) => Ok(json!({ "user": name(user, "user")?, "access": self.access })),
            (None, Some(team)) => Ok(json!({ "team": name(team, "group")?, "access": self.access })),
            (None, None) => Err(ActionError::Input("`collaborators`: give a `user` or a `team`".to_owned())),
        }
    }
}

fn names<V>(map: &BTreeMap<String, V>) -> String {
    map.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Schema properties of [`Settings`] without `workflowAccess`, which `publish:github` does not have.
pub(super) fn properties() -> Value {
    schema::merged([people(), features(), merging(), attached()])
}

/// Schema property that only `github:repo:create` has.
pub(super) fn workflow_access() -> Value {
    schema::word(&["none", "organization", "user"], "Which other repositories may use this one's workflows.")
}

fn people() -> Value {
    let collaborator = |who: &str, description: &str| {
        schema::object(
            json!({ "access": schema::text("The permission, for example `push`."), who: schema::text(description) }),
            &["access", who],
        )
    };
    json!({
        "description": schema::text("One line about the repository."),
        "homepage": schema::text("Web page of the project."),
        "access": schema::text("A team (`acme/platform`) or a user who administers the repository."),
        "repoVisibility": schema::word(&["private", "public", "internal"], "Who may see it. Default: `private`."),
        "collaborators": {
            "type": "array",
            "items": { "anyOf": [
                collaborator("user", "The user, by name or entity reference."),
                collaborator("team", "The team, by name or entity reference."),
            ] },
            "description": "Users and teams that may work on it."
        },
        "topics": schema::texts("Topics; they are written in lower case."),
        "subscribe": schema::flag("Watch the repository. Default: false."),
    })
}

fn features() -> Value {
    json!({
        "hasIssues": schema::flag_or(true, "Whether it has issues."),
        "hasWiki": schema::flag_or(true, "Whether it has a wiki."),
        "hasProjects": schema::flag("Whether it has projects. Default: as the organisation has it."),
    })
}

fn merging() -> Value {
    let with_default = |words: &[&str], default: &str, description: &str| json!({ "type": "string", "enum": words, "description": description, "default": default });
    json!({
        "deleteBranchOnMerge": schema::flag_or(false, "Delete a branch when its pull request is merged."),
        "allowMergeCommit": schema::flag_or(true, "Allow merge commits."),
        "allowSquashMerge": schema::flag_or(true, "Allow squashing on merge."),
        "allowRebaseMerge": schema::flag_or(true, "Allow rebasing on merge."),
        "allowAutoMerge": schema::flag_or(false, "Allow pull requests to merge as soon as they may."),
        "allowUpdateBranch": schema::flag_or(false, "Offer to update branches of pull requests."),
        "squashMergeCommitTitle": with_default(
            &["PR_TITLE", "COMMIT_OR_PR_TITLE"], "COMMIT_OR_PR_TITLE", "Where the title of a squashed commit comes from."
        ),
        "squashMergeCommitMessage": with_default(
            &["PR_BODY", "COMMIT_MESSAGES", "BLANK"], "COMMIT_MESSAGES",
            "Where the message of a squashed commit comes from."
        ),
    })
}

fn attached() -> Value {
    let texts_by_name = |description: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description });
    let mut oidc = schema::object(
        json!({
            "useDefault": schema::flag_or(true, "Take the usual subject; `includeClaimKeys` then has no place."),
            "includeClaimKeys": schema::texts("The claims that make up the subject."),
        }),
        &[],
    );
    if let Some(map) = oidc.as_object_mut() {
        map.insert("description".to_owned(), "What the identity of its workflows is made of.".into());
    }
    json!({
        "repoVariables": texts_by_name("Variables of its workflows."),
        "secrets": texts_by_name("Secrets of its workflows."),
        "oidcCustomization": oidc,
        "customProperties": {
            "type": "object",
            "additionalProperties": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] },
            "description": "Custom properties of the organisation."
        },
    })
}

#[cfg(test)]
mod tests;
