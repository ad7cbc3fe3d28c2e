//! Trying a template out: a dry run of a template by its reference or of posted files, held against a repository.
//!
//! Where a dry run on the compatible route answers with an error, a trial answers with what it found: what keeps
//! the template from running, or how far it came, with the log. Like every dry run it changes nothing; what it
//! reads from outside are the template's sources and the repository that it is held against.

use std::sync::Arc;

use catalog_gen::{FileTree, TreePath};
use serde_json::{Map, Value};

use super::access::{ActionAccess, Permitted};
use super::create::template_ref;
use super::dry_run::{Inputs, TO_DRY_RUN};
use super::{AccessError, Caller, DryRunError, DryRunResult, LookupError, Mocks, StepFault, Tasks};
use crate::action::{ActionError, fetch, is_absolute};
use crate::backstage::permission::{
    ACTION_EXECUTE, PARAMETER_READ, Permission, STEP_READ, TASK_CREATE, TEMPLATE_DRY_RUN, TEMPLATE_RUN,
};
use crate::config::ExpressionErrors;
use crate::diff::{self, TreeDiff};
use crate::forge::RepoSlug;
use crate::git::CommitId;
use crate::template::{
    FetchError, FindError, SchemaViolation, Template, TemplateError, TemplatePlace, with_defaults,
};

/// Where lock files lie; they tell which template a repository came from and are no part of it.
const LOCK_FILES: &str = ".stagecraft";

/// What a posted template's file is called in messages.
const POSTED_FILE: &str = "template.yaml";

/// A wish to try a template out.
#[derive(Debug)]
pub struct Trial {
    /// Which template.
    pub template: TrialTemplate,
    /// The values of the form.
    pub values: Value,
    /// Secrets by name.
    pub secrets: Map<String, Value>,
    /// Fill in the schema's defaults first.
    pub fill_defaults: bool,
    /// What failing expressions do.
    pub expression_errors: ExpressionErrors,
    /// Who asks.
    pub caller: Caller,
    /// What to hold the files against.
    pub compare: Option<CompareWith>,
}

/// The template of a trial.
#[derive(Debug)]
pub enum TrialTemplate {
    /// One of the library or of Backstage's catalog.
    Reference(String),
    /// A posted one.
    Posted {
        /// The Template entity.
        entity: Value,
        /// The files beside it.
        files: FileTree,
    },
}

/// The repository that files are held against.
#[derive(Clone, Debug)]
pub struct CompareWith {
    /// `https://github.com/acme/shop`, with `/tree/<revision>/<folder>` behind it or not, or
    /// `github.com?owner=acme&repo=shop`.
    pub repository: String,
    /// The folder of the workspace that is the repository's content; none: all of it.
    pub source_path: Option<TreePath>,
}

/// What a trial found.
#[derive(Debug)]
pub enum TrialResult {
    /// The template does not begin with these values, and why.
    Refused(Vec<Problem>),
    /// It ran, to its end or until a step failed.
    Ran(Box<TrialRun>),
}

/// A trial that ran.
#[derive(Debug)]
pub struct TrialRun {
    /// Log, files, output, steps, and the failure if one failed.
    pub result: DryRunResult,
    /// Where in the template the failure is, if that is known.
    pub failed_at: Option<TemplatePlace>,
    /// The files held against the repository; none if that was not wished or a step failed.
    pub comparison: Option<Comparison>,
}

/// One thing that keeps a template from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is about: `spec.steps[0].action`, `values.name`, `secrets.token`; empty for the whole template.
    pub at: String,
    /// What is wrong and what to do.
    pub message: String,
    /// Where that stands in the template's file, if it is known.
    pub place: Option<TemplatePlace>,
}

/// Files held against a repository.
#[derive(Debug)]
pub struct Comparison {
    /// The repository as it was named.
    pub repository: String,
    /// Its commit.
    pub commit: Option<CommitId>,
    /// What the template would change in it.
    pub diff: TreeDiff,
}

/// Why a trial was not made.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The reference cannot be read or is not a template's.
    #[error("{0}")]
    BadReference(String),
    /// No such template for this caller, or nobody to ask.
    #[error(transparent)]
    NotFound(#[from] LookupError),
    /// The caller may not do it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The template's files cannot be read.
    #[error(transparent)]
    Files(#[from] FetchError),
    /// The repository cannot be read.
    #[error("{0}")]
    Repository(ActionError),
    /// The run was broken off.
    #[error("{0}")]
    Broken(String),
}

/// What a trial is about.
enum Subject {
    /// A template that the caller may run.
    Known(Box<Permitted>, ActionAccess),
    /// A posted one.
    Posted(Arc<Template>, ActionAccess),
}

/// What has to be decided before a template is tried out that the caller has not written.
const TO_TRY_OUT: [Permission; 6] =
    [TASK_CREATE, TEMPLATE_DRY_RUN, ACTION_EXECUTE, TEMPLATE_RUN, PARAMETER_READ, STEP_READ];

/// A template and what became of its run.
type Ran = (Arc<Template>, Result<DryRunResult, DryRunError>);

impl Tasks {
    /// Tries a template out.
    pub async fn try_out(&self, trial: Trial) -> Result<TrialResult, TrialError> {
        // What is cheap to refuse is refused before anything runs.
        let subject = match self.subject(&trial).await? {
            Ok(subject) => subject,
            Err(faults) => return Ok(TrialResult::Refused(of_template(faults))),
        };
        let base = match &trial.compare {
            Some(compare) => Some(self.repository_files(&compare.repository).await?),
            None => None,
        };
        let compare = trial.compare.clone();
        let (template, ran) = self.ran(trial, subject).await?;
        let result = match ran {
            Ok(result) => result,
            Err(DryRunError::Broken(why)) => return Err(TrialError::Broken(why)),
            Err(DryRunError::Access(refused)) => return Err(refused.into()),
            Err(refusal) => return Ok(TrialResult::Refused(problems(refusal, &template))),
        };
        let failed_at =
            result.failure.as_ref().and_then(|failure| located(&template, failure.at.as_deref()?));
        let comparison = match (base, compare) {
            (Some(base), Some(compare)) if result.failure.is_none() => {
                Some(compared(base, compare, result.files.clone()).await?)
            }
            _ => None,
        };
        Ok(TrialResult::Ran(Box::new(TrialRun { result, failed_at, comparison })))
    }

    /// What is to be tried out, and what of it the caller may have run; or what is wrong with it.
    async fn subject(&self, trial: &Trial) -> Result<Result<Subject, Vec<TemplateError>>, TrialError> {
        match &trial.template {
            TrialTemplate::Reference(reference) => {
                let reference =
                    template_ref(reference).map_err(|error| TrialError::BadReference(error.to_string()))?;
                match self.permitted(&reference, &trial.caller, &TO_TRY_OUT).await {
                    Ok((permitted, access)) => Ok(Ok(Subject::Known(Box::new(permitted), access.actions()))),
                    Err(LookupError::Find(FindError::Broken { errors, .. })) => Ok(Err(errors)),
                    Err(error) => Err(error.into()),
                }
            }
            TrialTemplate::Posted { entity, .. } => {
                let access = self.access(&trial.caller, &TO_DRY_RUN).await?;
                let template = Template::from_entity(entity.clone(), POSTED_FILE, None);
                Ok(template.map(|template| Subject::Posted(Arc::new(template), access.actions())))
            }
        }
    }

    /// Runs the template.
    async fn ran(&self, trial: Trial, subject: Subject) -> Result<Ran, TrialError> {
        let Trial { template, values, secrets, fill_defaults, expression_errors, caller, .. } = trial;
        let mocks = Mocks::default();
        match subject {
            Subject::Known(permitted, actions) => {
                let pin = permitted.pin(&self.inner.library).await?;
                let (values, user) = (permitted.own_values(values), permitted.user.clone());
                let template = Arc::clone(&permitted.template);
                let known = (template.entity_ref.as_str(), pin.as_ref());
                let inputs = Inputs { values, secrets, caller, user, actions, expression_errors, mocks };
                let ran = self.dry_run_of(&template, known, filled(inputs, &template, fill_defaults)).await;
                Ok((template, ran))
            }
            Subject::Posted(posted, actions) => {
                let files = match template {
                    TrialTemplate::Posted { files, .. } => files,
                    TrialTemplate::Reference(_) => FileTree::new(),
                };
                let held = self.inner.capabilities.sources.hold(files, POSTED_FILE);
                let place = (posted.entity_ref.as_str(), Some(held.pin()));
                let user = self.user(&caller).await?;
                let inputs = Inputs { values, secrets, caller, user, actions, expression_errors, mocks };
                let ran = self.dry_run_of(&posted, place, filled(inputs, &posted, fill_defaults)).await;
                Ok((posted, ran))
            }
        }
    }

    /// The files of a repository that exists, and their commit.
    pub async fn repository_files(&self, address: &str) -> Result<(Option<CommitId>, FileTree), TrialError> {
        let capabilities = &self.inner.capabilities;
        if is_absolute(address) {
            return fetch::read_folder(capabilities, address).await.map_err(TrialError::Repository);
        }
        let slug = RepoSlug::parse_repo_url(address).map_err(|error| TrialError::Repository(error.into()))?;
        let forge = capabilities.forges.for_host(&slug.host).ok_or_else(|| {
            let message =
                format!("no forge serves `{}`; name the repository by its URL, `https://{slug}`", slug.host);
            TrialError::Repository(ActionError::Input(message))
        })?;
        let read = forge.read(&slug, None).await;
        let (commit, files) = read.map_err(|error| TrialError::Repository(error.into()))?;
        Ok((Some(commit), files))
    }
}

fn filled(inputs: Inputs, template: &Template, fill_defaults: bool) -> Inputs {
    if !fill_defaults {
        return inputs;
    }
    let values = with_defaults(template, &inputs.values);
    Inputs { values, ..inputs }
}

async fn compared(
    (commit, mut base): (Option<CommitId>, FileTree),
    compare: CompareWith,
    files: FileTree,
) -> Result<Comparison, TrialError> {
    let made = match &compare.source_path {
        Some(path) if files.is_dir(path) => {
            files.subtree(path).map_err(|error| TrialError::Repository(error.into()))?
        }
        Some(path) => {
            let message = format!("the template makes no folder `{path}`; check `sourcePath`");
            return Err(TrialError::Repository(ActionError::Input(message)));
        }
        None => files,
    };
    if let Ok(lock_files) = TreePath::parse(LOCK_FILES) {
        base.remove_all(&lock_files);
    }
    // Comparing lines takes the processor for up to a second.
    let diff = tokio::task::spawn_blocking(move || diff::trees(&base, &made)).await;
    let diff = diff.map_err(|error| TrialError::Broken(error.to_string()))?;
    Ok(Comparison { repository: compare.repository, commit, diff })
}

/// What keeps a template from running, each with its place.
fn problems(refusal: DryRunError, template: &Template) -> Vec<Problem> {
    match refusal {
        DryRunError::Template(faults) => of_template(faults),
        DryRunError::Violations(violations) => violations.iter().map(of_violation).collect(),
        DryRunError::Steps(faults) => faults.iter().map(|fault| of_step(fault, template)).collect(),
        DryRunError::User(error) => vec![general(error.to_string())],
        DryRunError::Access(error) => vec![general(error.to_string())],
        DryRunError::Broken(message) => vec![general(message)],
    }
}

fn general(message: String) -> Problem {
    Problem { at: String::new(), message, place: None }
}

fn of_template(faults: Vec<TemplateError>) -> Vec<Problem> {
    let problem = |fault: TemplateError| {
        let TemplateError { file, line, column, message } = fault;
        Problem { at: String::new(), message, place: Some(TemplatePlace { file, line, column }) }
    };
    faults.into_iter().map(problem).collect()
}

fn of_violation(violation: &SchemaViolation) -> Problem {
    let at = match violation.property.strip_prefix("instance") {
        Some(below) => format!("values{below}"),
        None => violation.property.clone(),
    };
    Problem { at, message: violation.message.clone(), place: None }
}

fn of_step(fault: &StepFault, template: &Template) -> Problem {
    Problem { at: fault.at.clone(), message: fault.to_string(), place: located(template, &fault.at) }
}

/// The place, unless the template was posted: then there is no text to point into.
fn located(template: &Template, at: &str) -> Option<TemplatePlace> {
    Some(template.locate(at)).filter(|place| place.line.is_some())
}
