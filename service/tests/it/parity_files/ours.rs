//! Our side: the template is read from its folder and run as `stagecraft render` runs it.

use std::path::Path;

use catalog_gen::Entry;
use serde_json::{Map, json};
use stagecraft::config::{Config, ExpressionErrors};
use stagecraft::git::ObjectStore;
use stagecraft::task::{Caller, DryRunRequest, Mocks};
use stagecraft::template::{Library, Sources};

use super::case::{Case, Made, Node};
use crate::support::app::TestApp;

/// Runs cases whose folders are numbered below `folder`.
pub(super) async fn run(app: &TestApp, folder: &Path, cases: &[Case]) -> Vec<Made> {
    let git = Config::from_parts(None, &[]).unwrap().git;
    let store = ObjectStore::open_or_init(&folder.join("objects.git")).unwrap();
    let mut all = Vec::with_capacity(cases.len());
    for place in 0..cases.len() {
        let sources = Sources::new(store.clone(), &git);
        all.push(one(app, &folder.join(place.to_string()), &sources).await.unwrap_or_else(Made::Error));
    }
    all
}

async fn one(app: &TestApp, folder: &Path, sources: &Sources) -> Result<Made, String> {
    let read = Library::read_single(&folder.join("template.yaml"), None, sources).await;
    let single = read.map_err(|error| error.to_string())?;
    let request = DryRunRequest {
        template: single.template.entity.clone(),
        values: json!({}),
        secrets: Map::new(),
        files: single.files,
        template_file: single.path,
        caller: Caller::named("user:default/jane"),
        expression_errors: ExpressionErrors::Fail,
        mocks: Mocks::default(),
    };
    let result = app.app.tasks.dry_run(request).await.map_err(|error| error.to_string())?;
    if let Some(failure) = result.failure {
        return Ok(Made::Error(failure.message));
    }
    let node = |entry: &Entry| match entry {
        Entry::File(file) => Node::File { bytes: file.bytes.to_vec(), executable: file.executable },
        Entry::Symlink { target } => Node::Link(target.clone()),
        Entry::Dir => Node::Folder,
    };
    Ok(Made::Files(result.files.iter().map(|(path, entry)| (path.to_string(), node(entry))).collect()))
}
