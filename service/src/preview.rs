//! What `stagecraft dev` shows: one template, rendered again whenever its files or the values change.
//!
//! A [`Preview`] holds the template on disk, the values of its form and the last run; everybody who shows it
//! waits for the next [`Shown`]. Runs are dry: nothing outside is changed. Nothing is printed or served here.
//! The invariant: what is shown belongs to one state of files and values, or says that it is from before.

mod cases;
mod diff;
mod finding;
mod run;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::{Mutex, watch as channel};
use uuid::Uuid;

pub use cases::Case;
pub use diff::{Change, ChangeKind, DiffLine, FileDiff, Hunk, LineKind};
pub use finding::{Excerpt, Finding, Level, Place};
pub use run::{Run, ShownStep};
pub use watch::{Watch, WatchError};

use crate::config::ExpressionErrors;
use crate::task::{Caller, DryRunError, DryRunRequest, Mocks, Tasks};
use crate::template::{Look, Single, Sources, Template, Watched, with_defaults};
use finding::Places;

/// What a preview is made from.
pub struct PreviewParts {
    /// Runs the template.
    pub tasks: Tasks,
    /// Reads it.
    pub sources: Sources,
    /// The template's file, or the folder with its `template.yaml`.
    pub file: PathBuf,
    /// Name of the template, if the file holds several.
    pub name: Option<String>,
    /// What failing expressions do.
    pub expression_errors: ExpressionErrors,
    /// What the form holds at first.
    pub given: Given,
}

/// What the form holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The case that the values were taken from.
    pub case: Option<String>,
    /// Values laid over those of the case, or over the defaults.
    pub over: Map<String, Value>,
    /// The values as the form was filled in; none where nobody did.
    pub values: Option<Map<String, Value>>,
    /// Secrets by name.
    pub secrets: Map<String, Value>,
}

/// Everything there is to see. It never changes; the next state is another one.
#[derive(Debug, Default)]
pub struct Shown {
    /// Grows with every state.
    pub revision: u64,
    /// Grows when the values changed otherwise than through the form.
    pub form: u64,
    /// The template, if it can be read.
    pub template: Option<Arc<Template>>,
    /// The sets of values beside the template.
    pub cases: Vec<Case>,
    /// The case that was chosen.
    pub case: Option<String>,
    /// The values of the form.
    pub values: Map<String, Value>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// The last run.
    pub run: Option<Arc<Run>>,
    /// Whether that run is of the present files and values.
    pub current: bool,
    /// How many files were read from the disk for it.
    pub read: usize,
    /// From the change to this state.
    pub took: Duration,
}

/// A template under way. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Preview {
    inner: Arc<Inner>,
}

struct Inner {
    session: Uuid,
    tasks: Tasks,
    expression_errors: ExpressionErrors,
    bench: Mutex<Bench>,
    shown: channel::Sender<Arc<Shown>>,
}

/// What one run after the other works on.
struct Bench {
    watched: Watched,
    given: Given,
    /// The values of a case, or the defaults, that the form was last told.
    told: Option<Map<String, Value>>,
    form: u64,
}

impl Preview {
    /// Puts the parts together; nothing is read before the first [`Preview::look`].
    pub fn new(parts: PreviewParts) -> Self {
        let PreviewParts { tasks, sources, file, name, expression_errors, given } = parts;
        let watched = Watched::new(&file, name.as_deref(), sources);
        let bench = Bench { watched, given, told: None, form: 0 };
        let (bench, shown) = (Mutex::new(bench), channel::Sender::default());
        let inner = Inner { session: Uuid::now_v7(), tasks, expression_errors, bench, shown };
        Self { inner: Arc::new(inner) }
    }

    /// Another one for every preview: the numbers of two previews cannot be compared.
    pub fn session(&self) -> Uuid {
        self.inner.session
    }

    /// The present state.
    pub fn now(&self) -> Arc<Shown> {
        Arc::clone(&self.inner.shown.borrow())
    }

    /// Tells of every new state.
    pub fn subscribe(&self) -> channel::Receiver<Arc<Shown>> {
        self.inner.shown.subscribe()
    }

    /// The folders in which a change can matter.
    pub async fn folders(&self) -> Vec<PathBuf> {
        self.inner.bench.lock().await.watched.folders()
    }

    /// Looks at the files, and runs the template if anything changed. `since` is when it was noticed.
    pub async fn look(&self, since: Instant) {
        let mut bench = self.inner.bench.lock().await;
        self.renew(&mut bench, since, false).await;
    }

    /// Takes values from the form and runs the template with them.
    pub async fn fill(&self, values: Map<String, Value>, secrets: Map<String, Value>) -> Arc<Shown> {
        let since = Instant::now();
        let mut bench = self.inner.bench.lock().await;
        bench.given.values = Some(values);
        bench.given.secrets = secrets;
        self.renew(&mut bench, since, true).await;
        self.now()
    }

    /// Takes the values of a case, or of none: the defaults. Gives `false` where there is no such case.
    pub async fn choose(&self, case: Option<&str>) -> bool {
        let since = Instant::now();
        let mut bench = self.inner.bench.lock().await;
        if case.is_some_and(|case| !self.now().cases.iter().any(|known| known.name == case)) {
            return false;
        }
        bench.given = Given { case: case.map(str::to_owned), ..Given::default() };
        bench.told = None;
        self.renew(&mut bench, since, true).await;
        true
    }

    async fn renew(&self, bench: &mut Bench, since: Instant, asked: bool) {
        let before = self.now();
        let look = match bench.watched.look().await {
            Ok(look) => look,
            Err(error) => {
                let findings = finding::of_reading(&error);
                if asked || before.template.is_some() || before.findings != findings {
                    let shown = Shown { findings, form: bench.form, ..Shown::default() };
                    self.show(Shown { template: None, run: before.run.clone(), ..shown }, &before, since);
                }
                return;
            }
        };
        // The first look, and one after a fault, always runs.
        if look.changed || asked || before.template.is_none() {
            self.run(bench, look, &before, since).await;
        }
    }

    async fn run(&self, bench: &mut Bench, look: Look, before: &Shown, since: Instant) {
        let Look { single, read, .. } = look;
        let (cases, mut findings) = cases::read(&single);
        let places = Places::of(&single);
        let (values, secrets) = bench.values(&single.template, &cases);
        let request = self.request(&single, values.clone(), secrets.clone());
        let run = match self.inner.tasks.dry_run(request).await {
            Ok(result) => {
                findings.extend(finding::of_run(&places, &result));
                let earlier = before.run.as_deref();
                Some(Arc::new(Run::new(result, earlier)))
            }
            Err(DryRunError::Violations(_)) => {
                findings.extend(finding::of_values(&single.template, &values, &secrets));
                None
            }
            Err(error) => {
                findings.extend(finding::of_refusal(&places, &error));
                None
            }
        };
        findings.extend(finding::of_warnings(&places));
        findings.sort_by_key(|finding| finding.level);
        let current = run.is_some();
        let shown = Shown {
            form: bench.form,
            template: Some(Arc::clone(&single.template)),
            case: bench.given.case.clone(),
            run: run.or_else(|| before.run.clone()),
            revision: 0,
            took: Duration::ZERO,
            cases,
            values,
            findings,
            current,
            read,
        };
        self.show(shown, before, since);
    }

    fn request(
        &self,
        single: &Single,
        values: Map<String, Value>,
        secrets: Map<String, Value>,
    ) -> DryRunRequest {
        DryRunRequest {
            template: single.template.entity.clone(),
            values: Value::Object(values),
            secrets,
            files: single.files.clone(),
            template_file: single.path.clone(),
            caller: Caller::named("external:command-line"),
            expression_errors: self.inner.expression_errors,
            mocks: Mocks::default(),
        }
    }

    fn show(&self, shown: Shown, before: &Shown, since: Instant) {
        let shown = Shown { revision: before.revision + 1, took: since.elapsed(), ..shown };
        self.inner.shown.send_replace(Arc::new(shown));
    }
}

impl Bench {
    /// The values to run with, and the secrets.
    fn values(&mut self, template: &Template, cases: &[Case]) -> (Map<String, Value>, Map<String, Value>) {
        let chosen = self.given.case.as_ref().and_then(|name| cases.iter().find(|case| case.name == *name));
        let mut secrets = chosen.map(|case| case.secrets.clone()).unwrap_or_default();
        secrets.extend(self.given.secrets.clone());
        // What comes from the form is complete: a default that is not there was taken out.
        if let Some(values) = &self.given.values {
            return (values.clone(), secrets);
        }
        let mut values = chosen.map(|case| case.values.clone()).unwrap_or_default();
        values.extend(self.given.over.clone());
        let filled = match with_defaults(template, &Value::Object(values)) {
            Value::Object(filled) => filled,
            _ => Map::new(),
        };
        if self.told.as_ref() != Some(&filled) {
            self.form += 1;
            self.told = Some(filled.clone());
        }
        (filled, secrets)
    }
}
