//! `/v2/dry-run`: runs a posted template and tells what it would do.
//!
//! A failing step is an HTTP error on this route, as Backstage's clients expect it, although the use case
//! knows the log as well. The invariant: content that stems from a secret is never part of the answer.

use axum::Extension;
use axum::extract::State;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use catalog_gen::{Entry, FileTree, PathError, TreeBudget, TreePath};
use serde::Serialize;
use serde_json::{Map, Value};

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::reply::{Answer, ok};
use super::shape::BodyShape;
use super::state::DryRuns;
use crate::journal::EventBody;
use crate::task::{Caller, DryRunRequest, DryRunResult, Mocks, Tasks};
use crate::template::Step;

const API_VERSION: &str = "scaffolder.backstage.io/v1beta3";

/// Browsers leave the padding out now and then.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `DryRunResult`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultShape<'a> {
    log: Vec<LineShape<'a>>,
    directory_contents: Vec<FileShape<'a>>,
    output: &'a Value,
    steps: &'a [Step],
}

#[derive(Serialize)]
pub(super) struct LineShape<'a> {
    body: BodyShape<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileShape<'a> {
    path: &'a str,
    executable: bool,
    base64_content: String,
    /// Only links have it; their content is where they lead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    symlink: bool,
}

impl<'a> From<&'a DryRunResult> for ResultShape<'a> {
    fn from(result: &'a DryRunResult) -> Self {
        Self {
            log: result.log.iter().map(LineShape::from).collect(),
            directory_contents: result
                .files
                .iter()
                .filter_map(|(path, entry)| FileShape::new(path, entry))
                .collect(),
            output: &result.output,
            steps: &result.steps,
        }
    }
}

impl<'a> From<&'a EventBody> for LineShape<'a> {
    fn from(body: &'a EventBody) -> Self {
        Self { body: BodyShape::from(body) }
    }
}

impl<'a> FileShape<'a> {
    /// Kept empty directories have no content and are left out.
    pub(super) fn new(path: &'a TreePath, entry: &Entry) -> Option<Self> {
        let (executable, content, symlink) = match entry {
            Entry::File(file) if file.sensitive => (file.executable, STANDARD.encode("***"), false),
            Entry::File(file) => (file.executable, STANDARD.encode(&file.bytes), false),
            Entry::Symlink { target } => (false, STANDARD.encode(target), true),
            Entry::Dir => return None,
        };
        Some(Self { path: path.as_str(), executable, base64_content: content, symlink })
    }
}

/// `POST /v2/dry-run`
pub(super) async fn run(
    State(tasks): State<Tasks>,
    State(settings): State<DryRuns>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    let request = read(body, settings, caller)?;
    let mut result = tasks.dry_run(request).await?;
    match result.failure.take() {
        Some(failure) => Err(ApiError::of_step(failure)),
        None => ok(&ResultShape::from(&result)),
    }
}

fn read(body: Value, settings: DryRuns, caller: Caller) -> Result<DryRunRequest, ApiError> {
    let mut fields = Fields::of_body(body, &["template", "values", "directoryContents"])?;
    let template = fields.object("template")?;
    let values = fields.object("values")?.into();
    let secrets = fields.texts("secrets")?;
    let contents = fields.list("directoryContents")?;
    let mut request = request(template, values, settings, caller)?;
    request.files = files(contents, settings.budget)?;
    request.secrets = secrets;
    Ok(request)
}

/// A dry run of a posted template, without files and secrets.
pub(super) fn request(
    template: Map<String, Value>,
    values: Value,
    settings: DryRuns,
    caller: Caller,
) -> Result<DryRunRequest, ApiError> {
    if !is_template(&template) {
        return Err(ApiError::input("Input template is not a template"));
    }
    Ok(DryRunRequest {
        template: template.into(),
        values,
        secrets: Map::new(),
        files: FileTree::with_budget(settings.budget),
        caller,
        template_file: "template.yaml".to_owned(),
        expression_errors: settings.expression_errors,
        mocks: Mocks::default(),
    })
}

pub(super) fn is_template(entity: &Map<String, Value>) -> bool {
    let text = |name: &str| entity.get(name).and_then(Value::as_str).unwrap_or_default();
    text("apiVersion") == API_VERSION && text("kind").eq_ignore_ascii_case("template")
}

/// The posted files as a tree.
pub(super) fn files(contents: Vec<Value>, budget: TreeBudget) -> Result<FileTree, ApiError> {
    let mut tree = FileTree::with_budget(budget);
    for (position, item) in contents.into_iter().enumerate() {
        let place = format!("request/body/directoryContents/{position}");
        let mut fields = Fields::at(place, item, &["path", "base64Content"])?;
        let text = fields.text("path")?;
        let content = fields.text("base64Content")?;
        let Some(path) = path(&text)? else { continue };
        let bytes = LENIENT.decode(content.trim()).map_err(|_| {
            ApiError::input(format!("the content of `{path}` is not base64; encode the file's bytes"))
        })?;
        tree.insert(path, Entry::file(bytes)).map_err(|error| ApiError::input(error.to_string()))?;
    }
    Ok(tree)
}

/// A path inside the template's folder. Git's own files are left out: a template's source never holds them, but
/// an editor that sends a whole folder does.
pub(super) fn path(text: &str) -> Result<Option<TreePath>, ApiError> {
    match TreePath::resolve(None, text) {
        Ok(Some(path)) => Ok(Some(path)),
        Ok(None) => {
            Err(ApiError::input(format!("`{text}` names the template's folder itself; name a file in it")))
        }
        Err(PathError::GitMetadata(_)) => Ok(None),
        Err(PathError::ParentSegment(_) | PathError::Absolute(_)) => Err(ApiError::not_allowed(
            "Relative path is not allowed to refer to a directory outside its parent",
        )),
        Err(error) => Err(ApiError::input(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
