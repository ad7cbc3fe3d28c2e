//! The same parts without a service: for commands that render templates of the disk.
//!
//! Nothing is served, no data folder is used, and nothing is kept. The invariant: what is fetched lies in a folder that
//! goes with the [`Workbench`].

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use catalog_gen::FileTree;
use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{Parts, Places};
use crate::config::{Config, ExpressionErrors};
use crate::db::Db;
use crate::preview::{Given, Preview, PreviewParts};
use crate::secret::Sealer;
use crate::task::{Caller, DryRunError, DryRunRequest, DryRunResult, Mocks, Tasks, TrialError};
use crate::template::library::{Local, Single};
use crate::template::{Library, SingleError, Sources, Template};

/// A place to render templates of the disk in: no service, no data folder, nothing kept.
pub struct Workbench {
    /// The task use case, for dry runs.
    pub tasks: Tasks,
    sources: Sources,
    // Holds what is fetched from other places while templates are rendered.
    _scratch: TempDir,
}

impl Workbench {
    /// Makes every part.
    pub async fn build(config: Config) -> anyhow::Result<Self> {
        let scratch = TempDir::new().context("no folder for temporary files can be made")?;
        let objects = scratch.path().join("objects.git");
        let db = Db::open_memory().await?;
        db.migrate().await?;
        let sealer = Sealer::from_key_file(&scratch.path().join("secret.key"))?;
        let places = Places::new(&config, &db, &sealer, config.data_dir.join("forge"), &objects)?;
        let sources = places.sources.clone();
        let library = Library::load(&config.templates, sources.clone()).await;
        let parts = Parts { config: &config, db, sealer, places, own_keys: None };
        let (tasks, ..) = parts.tasks(library)?;
        Ok(Self { tasks, sources, _scratch: scratch })
    }

    /// The templates that a source at `path` would give.
    pub async fn local(&self, path: &Path) -> Result<Local, SingleError> {
        Library::local(path, &self.sources).await
    }

    /// Reads the template in `file` (the one called `name`, if it holds several) and the files around it.
    pub async fn read(&self, file: &Path, name: Option<&str>) -> Result<Single, SingleError> {
        Library::read_single(file, name, &self.sources).await
    }

    /// A preview of the template in `file`. It needs this workbench for as long as it lives.
    pub fn preview(
        &self,
        file: &Path,
        name: Option<&str>,
        given: Given,
        expression_errors: ExpressionErrors,
    ) -> Preview {
        let (tasks, sources) = (self.tasks.clone(), self.sources.clone());
        let (file, name) = (file.to_owned(), name.map(str::to_owned));
        Preview::new(PreviewParts { tasks, sources, file, name, expression_errors, given })
    }
}

/// One template of the disk, ready to be rendered.
pub struct Offline {
    /// The template.
    pub template: Arc<Template>,
    files: FileTree,
    file_name: String,
    bench: Workbench,
}

impl Offline {
    /// Reads the template in `file` (the one called `name`, if it holds several) and the files around it.
    pub async fn build(config: Config, file: &Path, name: Option<&str>) -> anyhow::Result<Self> {
        let bench = Workbench::build(config).await?;
        let single = bench.read(file, name).await?;
        Ok(Self { template: single.template, files: single.files, file_name: single.path, bench })
    }

    /// The files of a repository that is there, to hold rendered files against.
    pub async fn repository_files(&self, address: &str) -> Result<FileTree, TrialError> {
        Ok(self.bench.tasks.repository_files(address).await?.1)
    }

    /// Runs the workspace steps with these values.
    pub async fn render(
        &self,
        values: Value,
        secrets: Map<String, Value>,
        caller: Caller,
        expression_errors: ExpressionErrors,
    ) -> Result<DryRunResult, DryRunError> {
        let request = DryRunRequest {
            template: self.template.entity.clone(),
            values,
            secrets,
            files: self.files.clone(),
            template_file: self.file_name.clone(),
            caller,
            expression_errors,
            mocks: Mocks::default(),
        };
        self.bench.tasks.dry_run(request).await
    }
}
