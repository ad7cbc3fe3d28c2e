//! `catalog:generate`: catalog files for a repository that has none, made from what is in it.
//!
//! What a repository is is told by `catalog-gen`; what a person says in the input wins over that. The repository is read
//! and left as it is: a later step opens the pull request. The invariant: what is only guessed is in no file.

use std::sync::Arc;

use catalog_gen::{
    Catalogue, EntityRef, Entry, FileTree, MORE_FILE, Material, Site, Told, TreePath, catalog_files,
    describe_offer, generate, offered_files,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::action::phrase::count;
use crate::action::place::{place, shown};
use crate::action::target::{self, Target};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{AboutRepository, ForgeError, Survey};
use crate::secret::Secret;

/// Name of the journal entry.
const KEY: &str = "generate";
const CLOSING: &str = "Close the pull request if you do not want it.";
/// How often files may lead to further files.
const MOST_ROUNDS: usize = 5;

/// The action `catalog:generate`.
#[derive(Debug)]
pub(crate) struct Generate;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    target_path: Option<String>,
    owner: Option<String>,
    system: Option<String>,
    lifecycle: Option<String>,
    #[serde(default)]
    when_present: WhenPresent,
}

/// What happens where a repository has catalog files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WhenPresent {
    #[default]
    Fail,
    Leave,
}

/// What the journal keeps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Catalog files that are in the repository.
    existing: Vec<String>,
    /// Path and text of each file.
    files: Vec<(String, String)>,
    entities: Vec<String>,
    missing: Vec<String>,
    description: String,
    contents_url: String,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Describe a repository, for a pull request that a later step opens",
        example: "\
steps:
  - id: describe
    name: Read the repository
    action: catalog:generate
    input:
      repoUrl: github.com?owner=acme&repo=shop
      owner: group:default/shop
",
    },
    Example {
        description: "Say which system it is a part of; leave a repository alone that has catalog files",
        example: "\
steps:
  - id: describe
    name: Read the repository
    action: catalog:generate
    input:
      repoUrl: github.com?owner=acme&repo=shop
      system: system:default/sales
      lifecycle: production
      whenPresent: leave
",
    },
];

impl Action for Generate {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "targetPath": schema::text("Folder of the workspace that the files go to. Default: the workspace."),
            "owner": schema::text("Reference of who owns it. Default: what the repository says, for example in CODEOWNERS."),
            "system": schema::text("Reference of the system that it is a part of. Then no system is made of the repository."),
            "lifecycle": schema::text("How far along it is, for example `production`. Default: what was found."),
            "whenPresent": schema::word(
                &["fail", "leave"],
                "What happens where the repository has catalog files: the task fails and names them, or nothing is \
                 written. Default: `fail`."
            ),
        });
        let output = json!({
            "existing": schema::texts("Catalog files that are in the repository."),
            "files": schema::texts("Files that were written."),
            "entities": schema::texts("References of what they describe, the component of the root first."),
            "missing": schema::texts("What nothing was found for, as reference and field."),
            "description": schema::text("Every value with its reason, as Markdown for a pull request."),
            "repoContentsUrl": schema::text("URL of the repository's files on the default branch."),
        });
        Definition {
            id: "catalog:generate".into(),
            description:
                "Reads a repository and writes the catalog files that describe it: components, APIs, \
                          systems and resources, with the reason for each value."
                    .into(),
            kind: Kind::Read,
            input: schema::closed(schema::merged([target::properties(), own]), &["repoUrl"]),
            output: Some(schema::closed(
                output,
                &["existing", "files", "entities", "missing", "description", "repoContentsUrl"],
            )),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let told = told(&input)?;
        let folder = place("targetPath", input.target_path.as_deref().unwrap_or("."))?;
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let site = ctx.capabilities.site.clone();
        let answer: Answer = ctx.read(KEY, look(&target, site, told, input.when_present)).await?;
        for (name, text) in &answer.files {
            let path = match &folder {
                Some(folder) => folder.join(name),
                None => TreePath::parse(name),
            };
            let path = path.map_err(|error| ActionError::Input(error.to_string()))?;
            ctx.workspace.insert(path, Entry::file(text.clone()))?;
        }
        ctx.log(answer.said(&target, &shown(folder.as_ref()))).await?;
        for missing in &answer.missing {
            ctx.warn(format!("Nothing was found for `{missing}`; write it in the pull request")).await?;
        }
        answer.put_out(ctx);
        Ok(())
    }
}

impl Answer {
    /// Where people have described it themselves.
    fn left_to_people(existing: Vec<String>, about: &AboutRepository) -> Self {
        let contents_url = about.repository.contents_url.clone();
        let (entities, missing, description) = (Vec::new(), Vec::new(), String::new());
        Self { existing, files: Vec::new(), entities, missing, description, contents_url }
    }

    fn of(catalogue: &Catalogue, about: &AboutRepository) -> Self {
        let files = offered_files(&catalogue.entities, &about.repository.slug.name);
        let mut shown: Vec<_> = catalogue.entities.iter().collect();
        shown.sort_by_key(|one| (one.entity.kind != "Component", one.folder.len()));
        let reference = |one: &catalog_gen::Described| {
            one.entity.entity_ref().map(|it| it.to_string()).unwrap_or_default()
        };
        let missing = shown
            .iter()
            .flat_map(|one| one.missing.iter().map(|field| format!("{} {field}", reference(one))))
            .collect();
        Self {
            existing: Vec::new(),
            entities: shown.iter().map(|one| reference(one)).collect(),
            missing,
            description: describe_offer(catalogue, &[], files.len() > 1, CLOSING),
            files: texts(&files),
            contents_url: about.repository.contents_url.clone(),
        }
    }

    fn said(&self, target: &Target, folder: &str) -> String {
        if self.existing.is_empty() {
            let entities = match self.entities.len() {
                1 => "1 entity".to_owned(),
                many => format!("{many} entities"),
            };
            let files = count(self.files.len(), "file");
            return format!("Described `{}`: {entities} in {files}, put into {folder}", target.name());
        }
        let files = self.existing.join("`, `");
        format!("`{}` has catalog files (`{files}`) and is left alone", target.name())
    }

    fn put_out(self, ctx: &mut ActionContext<'_>) {
        let files: Vec<String> = self.files.into_iter().map(|(path, _)| path).collect();
        ctx.output("existing", self.existing);
        ctx.output("files", files);
        ctx.output("entities", self.entities);
        ctx.output("missing", self.missing);
        ctx.output("description", self.description);
        ctx.output("repoContentsUrl", self.contents_url);
    }
}

fn texts(files: &FileTree) -> Vec<(String, String)> {
    let text = |path| files.file(path).and_then(|file| file.text()).unwrap_or_default().to_owned();
    files.iter().map(|(path, _)| (path.to_string(), text(path))).collect()
}

/// What the input says of the entities.
fn told(input: &Input) -> Result<Told, ActionError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let reference = |name: &str, text: &Option<String>, kind: &str| {
        let parse = |text: String| {
            let refused = |why: String| {
                ActionError::Input(format!(
                    "`{name}`: {why}; write a reference such as `{kind}:default/shop`"
                ))
            };
            let reference =
                EntityRef::parse_with(&text, Some(kind), None).map_err(|error| refused(error.to_string()))?;
            let parts = [reference.kind(), reference.namespace(), reference.name()];
            if !parts.into_iter().all(is_word) {
                return Err(refused(format!("`{}` is no reference", text.escape_debug())));
            }
            Ok(reference)
        };
        given(text).map(parse).transpose()
    };
    Ok(Told {
        owner: reference("owner", &input.owner, "group")?,
        system: reference("system", &input.system, "system")?,
        lifecycle: given(&input.lifecycle),
    })
}

/// Whether it can be a part of a reference.
fn is_word(part: &str) -> bool {
    part.len() <= 63 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Reads the repository at the head of its default branch, and says what it is.
async fn look(
    target: &Target,
    site: Arc<Site>,
    told: Told,
    when_present: WhenPresent,
) -> Result<Answer, ActionError> {
    let gone = || {
        ActionError::NotFound(format!(
            "Repository {} does not exist on {}, or may not be seen with these credentials; check `repoUrl`",
            target.name(),
            target.slug.host
        ))
    };
    let about = target.forge.about(&target.slug).await?.ok_or_else(gone)?;
    let slug = about.repository.slug.clone();
    let nothing = |why: &str| {
        ActionError::Input(format!(
            "Repository {} {why}; write a `catalog-info.yaml` by hand, and register it",
            target.name()
        ))
    };
    let head = target.forge.default_head(&slug).await?;
    let Some(commit) = head else { return Err(nothing("has no commit")) };
    let mut survey = Survey::begin(&*target.forge, &slug, &commit).await?;
    let existing = existing(&mut survey).await?;
    if !existing.is_empty() {
        if when_present == WhenPresent::Leave {
            return Ok(Answer::left_to_people(existing, &about));
        }
        return Err(ActionError::Conflict(format!(
            "Repository {} describes itself in `{}`; register that file instead, or set `whenPresent: leave`",
            target.name(),
            existing.join("`, `")
        )));
    }
    survey.read(survey.worth_reading()).await?;
    let Survey { listing, files, .. } = survey;
    let said = about.for_catalog();
    let making = tokio::task::spawn_blocking(move || {
        let material = Material { listing: &listing, files: &files, about: &said };
        generate(&material, &site).as_told(&told)
    });
    let stopping =
        |_| ForgeError::Unavailable("the service is stopping; the task goes on when it is back".to_owned());
    let catalogue = making.await.map_err(stopping)?;
    if catalogue.entities.is_empty() {
        return Err(nothing("holds nothing that an entity could be made of"));
    }
    Ok(Answer::of(&catalogue, &about))
}

/// The catalog files of a repository, also those that others lead to.
async fn existing(survey: &mut Survey<'_>) -> Result<Vec<String>, ActionError> {
    let mut found = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let further = catalog_files(&survey.listing, &survey.files);
        let new: Vec<_> = further.into_iter().filter(|path| !found.contains(path)).collect();
        if new.is_empty() {
            break;
        }
        survey.read(new.clone()).await?;
        found.extend(new);
    }
    let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
    // No catalog file by its name, but it stands where one of these would.
    let taken = TreePath::parse(MORE_FILE).is_ok_and(|path| survey.listing.get(&path).is_some());
    if taken && !found.iter().any(|path| path == MORE_FILE) {
        found.push(MORE_FILE.to_owned());
    }
    Ok(found)
}
