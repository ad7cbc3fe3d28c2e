//! Finds the templates of one configured source.
//!
//! A source is a file of entities, a folder of them, or a URL of either in a git repository. In a folder the
//! first of `all.yaml`, `all.yml`, `template.yaml`, `template.yml` counts; without any of them every
//! `template.yaml` one or two levels down, or if there is none three; else `catalog-info.yaml`. `Location`
//! entities lead to further files, also with patterns and into other repositories. Entities of other kinds are
//! looked over. The invariant: no file is read twice in one load, so Locations that name each other end.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use catalog_gen::{Document, TreePath};
use serde_json::{Map, Value};

use super::origin::{At, Origin};
use super::watch::{Heads, Witness};
use super::{Item, Listed};
use crate::template::entity::{Source, entity_ref};
use crate::template::source::{Absolute, GitPlace, absolute, beside, is_absolute};
use crate::template::{FetchError, Sources, Template, TemplateError};

/// Locations that lead to Locations.
const MAX_DEPTH: usize = 10;
/// Files that a folder is entered by, the first that is there.
const DOORS: [&str; 4] = ["all.yaml", "all.yml", "template.yaml", "template.yml"];
/// Where templates are looked for in a folder without such a file: everywhere.
const NESTED: [&str; 4] = ["*/template.yaml", "*/*/template.yaml", "*/template.yml", "*/*/template.yml"];
/// Where they are looked for after that: `<folder>/<host or team>/<name>`.
const DEEP: [&str; 2] = ["*/*/*/template.yaml", "*/*/*/template.yml"];
/// The file of a repository that describes itself; it may hold Locations and templates too.
const LAST_DOOR: [&str; 1] = ["catalog-info.yaml"];

/// What one configured source gave.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// Templates and faults.
    pub(super) items: Vec<Item>,
    witnesses: Vec<Witness>,
}

impl Loaded {
    /// Would a load now give the same?
    pub(super) async fn is_current(&self, sources: &Sources, heads: &mut Heads) -> bool {
        for witness in &self.witnesses {
            if !witness.holds(sources, heads).await {
                return false;
            }
        }
        true
    }
}

/// A file that is to be read.
struct Wanted {
    at: At,
    depth: usize,
    optional: bool,
}

pub(super) struct Loader<'l> {
    sources: &'l Sources,
    heads: &'l mut Heads,
    loaded: Loaded,
    waiting: VecDeque<Wanted>,
    seen: HashSet<String>,
    /// Location of the file that everything else was found from.
    first: Option<String>,
}

impl<'l> Loader<'l> {
    /// Loads a configured source; a failure is part of the answer.
    pub(super) async fn load(sources: &'l Sources, heads: &'l mut Heads, configured: &str) -> Loaded {
        let mut loader = Self::new(sources, heads);
        match loader.enter(configured).await {
            Ok(()) => loader.run().await,
            Err(error) => loader.fail(configured, &error.to_string()),
        }
        loader.loaded
    }

    /// Loads a file as a part of the folder `root` above it.
    pub(super) async fn load_in(
        sources: &'l Sources,
        heads: &'l mut Heads,
        (root, file): (&Path, &Path),
    ) -> Result<Loaded, FetchError> {
        let mut loader = Self::new(sources, heads);
        let folder = sources.folder(root)?;
        let inside = file.strip_prefix(folder.root()).unwrap_or(file).to_string_lossy().into_owned();
        let path = TreePath::parse(&inside).map_err(|error| FetchError::Tree(error.into()))?;
        loader.want(At { origin: Origin::Folder(folder), path }, 0, false);
        loader.run().await;
        Ok(loader.loaded)
    }

    /// What files are read through.
    pub(super) fn sources(&self) -> &'l Sources {
        self.sources
    }

    /// Notes what tells whether a file that was read is still the same.
    pub(super) fn witness(&mut self, witness: Option<Witness>) {
        self.loaded.witnesses.extend(witness);
    }

    fn new(sources: &'l Sources, heads: &'l mut Heads) -> Self {
        Self {
            sources,
            heads,
            loaded: Loaded::default(),
            waiting: VecDeque::new(),
            seen: HashSet::new(),
            first: None,
        }
    }

    async fn enter(&mut self, configured: &str) -> Result<(), FetchError> {
        let path = if is_absolute(configured) {
            match absolute(configured)? {
                Absolute::Git(place) => {
                    self.sources.allow(&place.repository);
                    let origin = self.checkout(&place).await?;
                    return self.start(origin, place.path).await;
                }
                Absolute::File(path) => path,
            }
        } else {
            configured.to_owned()
        };
        let io = |source| FetchError::Io { path: configured.to_owned(), source };
        let path = Path::new(&path).canonicalize().map_err(io)?;
        let (root, file) = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) if !path.is_dir() => {
                (parent, Some(name.to_string_lossy().into_owned()))
            }
            _ => (path.as_path(), None),
        };
        let origin = Origin::Folder(self.sources.folder(root)?);
        let file = file.map(|file| TreePath::parse(&file)).transpose();
        self.start(origin, file.map_err(|error| FetchError::Tree(error.into()))?).await
    }

    /// Begins with a file, or looks for files in a folder.
    async fn start(&mut self, origin: Origin, path: Option<TreePath>) -> Result<(), FetchError> {
        if let Some(path) = &path
            && !origin.is_folder(self.sources, Some(path)).await?
        {
            self.want(At { origin, path: path.clone() }, 0, false);
            return Ok(());
        }
        let prefix = path.map(|path| format!("{path}/")).unwrap_or_default();
        let all = usize::MAX;
        for (patterns, most) in [(&DOORS[..], 1), (&NESTED[..], all), (&DEEP[..], all), (&LAST_DOOR[..], 1)] {
            let mut found = Vec::new();
            for pattern in patterns {
                found.extend(self.matching(&origin, &format!("{prefix}{pattern}")).await?);
            }
            for path in found.iter().take(most) {
                self.want(At { origin: origin.clone(), path: path.clone() }, 0, false);
            }
            if !found.is_empty() {
                return Ok(());
            }
        }
        Err(FetchError::NotFound(format!(
            "there is no template in `{}/{prefix}`; put an `all.yaml` with a Location there, or `<name>/template.yaml`",
            origin.url()
        )))
    }

    fn want(&mut self, at: At, depth: usize, optional: bool) {
        self.first.get_or_insert_with(|| at.location());
        if self.seen.insert(at.place()) {
            self.waiting.push_back(Wanted { at, depth, optional });
        }
    }

    async fn run(&mut self) {
        while let Some(wanted) = self.waiting.pop_front() {
            let (text, witness) = match wanted.at.origin.text(self.sources, &wanted.at.path).await {
                Ok(read) => read,
                Err(error) => {
                    self.loaded.witnesses.push(Witness::Failure);
                    self.fault(&wanted.at, TemplateError::of_file(wanted.at.file(), error.to_string()));
                    continue;
                }
            };
            self.loaded.witnesses.extend(witness);
            match text {
                Some(text) => self.documents(&wanted, &text).await,
                None if wanted.optional => {}
                None => {
                    let message = "the file is not there; correct the Location that names it";
                    self.fault(&wanted.at, TemplateError::of_file(wanted.at.file(), message));
                }
            }
        }
    }

    async fn documents(&mut self, wanted: &Wanted, text: &str) {
        for document in catalog_gen::parse_documents(text) {
            match document {
                Ok(document) => self.document(wanted, document, text).await,
                Err(error) => {
                    let (line, column) = (Some(error.line), Some(error.column));
                    let file = wanted.at.file().to_owned();
                    self.fault(&wanted.at, TemplateError { file, line, column, message: error.message });
                }
            }
        }
    }

    async fn document(&mut self, wanted: &Wanted, document: Document, text: &str) {
        let kind = document.value.get("kind").and_then(Value::as_str).map(str::to_lowercase);
        match kind.as_deref() {
            Some("template") => self.template(&wanted.at, document, text).await,
            Some("location") => self.location(wanted, &document).await,
            Some(_) => {}
            None => {
                let message = "this is no entity; write `kind: Template` and what belongs to it".to_owned();
                let file = wanted.at.file().to_owned();
                self.fault(
                    &wanted.at,
                    TemplateError { file, line: Some(document.line), column: None, message },
                );
            }
        }
    }

    async fn template(&mut self, at: &At, document: Document, text: &str) {
        let Document { line, mut value, .. } = document;
        let entity_ref = entity_ref(&value);
        let metadata =
            |key: &str| value.pointer(&format!("/metadata/{key}")).and_then(Value::as_str).map(str::to_owned);
        let title = metadata("title").or_else(|| metadata("name")).unwrap_or_else(|| at.file().to_owned());
        let description = metadata("description");
        let source = Source { file: at.file(), text, line };
        let read = match self.fill_in(at, &mut value).await {
            Ok(()) => {
                annotate(&mut value, at, self.first.as_deref());
                Template::from_source(value, source, None)
            }
            Err(faults) => {
                Err(faults.iter().map(|fault| source.fault(&fault.path, &fault.message)).collect())
            }
        };
        let (template, errors) = match read {
            Ok(template) => (Some(Arc::new(template)), Vec::new()),
            Err(errors) => (None, errors),
        };
        let warnings = template.as_ref().map(|template| template.warnings.clone()).unwrap_or_default();
        let listed = Listed { entity_ref, title, description, place: at.place(), errors, warnings };
        self.loaded.items.push(Item { listed, template, at: Some(at.clone()), source: 0 });
    }

    async fn location(&mut self, wanted: &Wanted, document: &Document) {
        let spec = document.value.get("spec");
        let one = spec.and_then(|spec| spec.get("target"));
        let many = spec.and_then(|spec| spec.get("targets")).and_then(Value::as_array).into_iter().flatten();
        let optional = spec.and_then(|spec| spec.get("presence")).and_then(Value::as_str) == Some("optional");
        for target in one.into_iter().chain(many) {
            let outcome = match target.as_str() {
                _ if wanted.depth >= MAX_DEPTH => Err(FetchError::Invalid(format!(
                    "more than {MAX_DEPTH} Locations lead to one another here"
                ))),
                Some(target) => self.target(wanted, target, optional).await,
                None => Err(FetchError::Invalid(format!(
                    "the target `{target}` is not text; write a path or a URL"
                ))),
            };
            if let Err(error) = outcome {
                let file = wanted.at.file().to_owned();
                let message = error.to_string();
                self.loaded.witnesses.push(Witness::Failure);
                self.fault(
                    &wanted.at,
                    TemplateError { file, line: Some(document.line), column: None, message },
                );
            }
        }
    }

    async fn target(&mut self, wanted: &Wanted, target: &str, optional: bool) -> Result<(), FetchError> {
        let depth = wanted.depth + 1;
        let (origin, path) = self.resolve(&wanted.at, target).await?;
        let path =
            path.ok_or_else(|| FetchError::Invalid(format!("`{target}` is a folder; name a file in it")))?;
        if !path.as_str().contains(['*', '?', '[', '{']) {
            self.want(At { origin, path }, depth, optional);
            return Ok(());
        }
        let found = self.matching(&origin, path.as_str()).await?;
        if found.is_empty() && !optional {
            return Err(FetchError::NotFound(format!(
                "no file matches `{target}`; correct it, or remove it"
            )));
        }
        for path in found {
            self.want(At { origin: origin.clone(), path }, depth, optional);
        }
        Ok(())
    }

    async fn resolve(&mut self, at: &At, target: &str) -> Result<(Origin, Option<TreePath>), FetchError> {
        let on_disk = match &at.origin {
            Origin::Folder(_) if target.starts_with('/') => Some(target.to_owned()),
            _ => None,
        };
        let file = match on_disk {
            Some(path) => path,
            None if !is_absolute(target) => return Ok((at.origin.clone(), beside(at.file(), target)?)),
            None => match absolute(target)? {
                Absolute::Git(place) => {
                    self.sources.check_local(&place.repository)?;
                    if let Origin::Git(checkout) = &at.origin
                        && checkout.answers(&place)
                    {
                        return Ok((at.origin.clone(), place.path));
                    }
                    return Ok((self.checkout(&place).await?, place.path));
                }
                Absolute::File(path) => path,
            },
        };
        let (folder, inside) = self.sources.folder_of(Path::new(&file)).ok_or_else(|| {
            FetchError::Invalid(format!(
                "`{target}` lies outside of the template sources; name its folder there"
            ))
        })?;
        let path = TreePath::resolve(None, &inside).map_err(|error| FetchError::Tree(error.into()))?;
        Ok((Origin::Folder(folder), path))
    }

    async fn checkout(&mut self, place: &GitPlace) -> Result<Origin, FetchError> {
        let checkout = self.heads.checkout(self.sources, place).await?;
        self.loaded.witnesses.push(Witness::Head { place: place.clone(), commit: checkout.commit.clone() });
        Ok(Origin::Git(Arc::new(checkout)))
    }

    async fn matching(&mut self, origin: &Origin, pattern: &str) -> Result<Vec<TreePath>, FetchError> {
        let found = origin.matching(self.sources, pattern).await?;
        if let Origin::Folder(folder) = origin {
            let (folder, pattern) = (Arc::clone(folder), pattern.to_owned());
            self.loaded.witnesses.push(Witness::Pattern { folder, pattern, found: found.clone() });
        }
        Ok(found)
    }

    fn fault(&mut self, at: &At, error: TemplateError) {
        self.list_fault(at.file(), at.place(), error);
    }

    /// The source as a whole cannot be read; the next refresh tries again.
    fn fail(&mut self, configured: &str, message: &str) {
        self.loaded.witnesses.push(Witness::Failure);
        self.list_fault(configured, configured.to_owned(), TemplateError::of_file(configured, message));
    }

    fn list_fault(&mut self, title: &str, place: String, error: TemplateError) {
        let listed = Listed {
            entity_ref: None,
            title: title.to_owned(),
            description: None,
            place,
            errors: vec![error],
            warnings: Vec::new(),
        };
        self.loaded.items.push(Item { listed, template: None, at: None, source: 0 });
    }
}

/// Writes the annotations that Backstage's catalog would: where the entity came from, and what led there.
fn annotate(entity: &mut Value, at: &At, first: Option<&str>) {
    let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let mut annotations = Map::new();
    annotations.insert("backstage.io/managed-by-location".to_owned(), Value::String(at.location()));
    let origin = first.map_or_else(|| at.location(), str::to_owned);
    annotations.insert("backstage.io/managed-by-origin-location".to_owned(), Value::String(origin));
    if let Some(source) = at.source_location() {
        annotations.insert("backstage.io/source-location".to_owned(), Value::String(source));
    }
    match metadata.get("annotations") {
        None => {}
        Some(Value::Object(written)) => {
            let written = written.iter().filter(|(key, _)| !key.ends_with("/managed-by-location"));
            annotations.extend(written.map(|(key, value)| (key.clone(), value.clone())));
        }
        // Left as it is, for the checks to report.
        Some(_) => return,
    }
    metadata.shift_remove("annotations");
    metadata.shift_insert(0, "annotations".to_owned(), Value::Object(annotations));
}
