//! One template file on disk, for commands that work without a service.
//!
//! Its folder is its source. Where a step reads `../…`, the source is the nearest folder above that holds all
//! that is read, and where one reads `/…` it is the git repository around the file; it never grows beyond that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog_gen::{FileTree, TreePath};
use serde_json::Value;

use super::load::Loader;
use super::reach::reach;
use super::{Library, Memory};
use crate::template::source::{Folder, Reach, ReadFiles};
use crate::template::{FetchError, Sources, Template, TemplateError};

/// Why a template file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SingleError {
    /// The file cannot be read.
    #[error(transparent)]
    Files(#[from] FetchError),
    /// It holds no such template.
    #[error("{0}")]
    NotFound(String),
    /// The template is broken.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Broken(Vec<TemplateError>),
}

/// A template with the files around it, in memory.
#[derive(Clone, Debug)]
pub struct Single {
    /// The template.
    pub template: Arc<Template>,
    /// The files it may read.
    pub files: FileTree,
    /// Path of the template's own file among them.
    pub path: String,
}

/// Where the files around one template are read.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) template: Arc<Template>,
    /// Path of the template's own file in the folder.
    pub(super) path: TreePath,
    pub(super) folder: Arc<Folder>,
    pub(super) reach: Reach,
    strict: Vec<String>,
}

impl Placed {
    /// Reads the template and finds out what it can read.
    pub(super) async fn find(
        path: &Path,
        name: Option<&str>,
        sources: &Sources,
    ) -> Result<Self, SingleError> {
        let (library, template) = Library::from_single(path, name, sources.clone()).await?;
        let shelf = library.shelf();
        let at = shelf.item(&template.entity_ref).and_then(|item| item.at.as_ref());
        let (at, folder) = at.and_then(|at| Some((at, at.folder()?))).ok_or_else(|| {
            SingleError::NotFound(format!("`{}` is not a file in a folder", path.display()))
        })?;
        let (reach, strict) = (reach(&template, &at.path), shelf.folders_of_templates(at));
        Ok(Self { template, path: at.path.clone(), folder: Arc::clone(folder), reach, strict })
    }

    /// The files that it can read; those that did not change since `before` are taken from there.
    pub(super) async fn files(&self, before: Option<&ReadFiles>) -> Result<ReadFiles, FetchError> {
        self.folder.files(&self.reach, &self.strict, before).await
    }

    /// The template with these files.
    pub(super) fn single(&self, files: &ReadFiles) -> Single {
        let template = Arc::clone(&self.template);
        Single { template, files: files.tree.clone(), path: self.path.as_str().to_owned() }
    }
}

/// What a path on this machine holds: for commands that work on many templates.
#[derive(Debug, Default)]
pub struct Local {
    /// File and `metadata.name` of each usable template, by file.
    pub templates: Vec<(PathBuf, String)>,
    /// Everything that keeps a template, or a file of them, from being used.
    pub faults: Vec<TemplateError>,
}

impl Library {
    /// The templates that a source at `path` (a file, or a folder) would give.
    pub async fn local(path: &Path, sources: &Sources) -> Result<Local, SingleError> {
        let io = |source| FetchError::Io { path: path.display().to_string(), source };
        let path = path.canonicalize().map_err(io)?;
        let library = Self::empty(sources.clone(), vec![path.display().to_string()]);
        library.refresh().await;
        let file = if path.is_dir() { path.join("template.yaml") } else { path };
        let is_broken = library.shelf().items.iter().all(|item| item.template.is_none());
        if let Some(repository) = repository_of(&file).filter(|_| is_broken && file.is_file()) {
            // Its placeholders may name files further up.
            library.reload_below(repository, &file).await?;
        }
        let mut local = Local::default();
        for item in &library.shelf().items {
            local.faults.extend(item.listed.errors.iter().cloned());
            let (Some(template), Some(at)) = (&item.template, &item.at) else { continue };
            let name = template.entity.pointer("/metadata/name").and_then(Value::as_str);
            // What lies in a repository elsewhere has no files here.
            if let (Some(folder), Some(name)) = (at.folder(), name) {
                local.templates.push((folder.root().join(at.path.as_str()), name.to_owned()));
            }
        }
        local.templates.sort();
        Ok(local)
    }

    /// Like [`Library::from_single`], with the files read into memory and kept nowhere else: for commands that
    /// render once.
    pub async fn read_single(
        path: &Path,
        name: Option<&str>,
        sources: &Sources,
    ) -> Result<Single, SingleError> {
        let place = Placed::find(path, name, sources).await?;
        let files = place.files(None).await?;
        Ok(place.single(&files))
    }

    /// The template in the file at `path`: the one with this name, or the first.
    pub async fn from_single(
        path: &Path,
        name: Option<&str>,
        sources: Sources,
    ) -> Result<(Self, Arc<Template>), SingleError> {
        let io = |source| FetchError::Io { path: path.display().to_string(), source };
        let file = path.canonicalize().map_err(io)?;
        let file = if file.is_dir() { file.join("template.yaml") } else { file };
        let library = Self::empty(sources, vec![file.display().to_string()]);
        library.refresh().await;
        let template = match library.chosen(path, name) {
            // Its placeholders may name files further up.
            Err(SingleError::Broken(errors)) => {
                let Some(repository) = repository_of(&file) else { return Err(SingleError::Broken(errors)) };
                library.reload_below(repository, &file).await?;
                let template = library.chosen(path, name)?;
                return Ok((library, template));
            }
            chosen => chosen?,
        };
        let root = root_of(&file, &template);
        if Some(root.as_path()) == file.parent() {
            return Ok((library, template));
        }
        library.reload_below(&root, &file).await?;
        let template = library.chosen(path, name)?;
        Ok((library, template))
    }

    fn chosen(&self, path: &Path, name: Option<&str>) -> Result<Arc<Template>, SingleError> {
        let shelf = self.shelf();
        let named = |template: &Arc<Template>| {
            let own = template.entity.pointer("/metadata/name").and_then(Value::as_str);
            name.is_none_or(|name| own == Some(name))
        };
        let usable =
            shelf.items.iter().filter_map(|item| item.template.clone()).find(|template| named(template));
        if let Some(template) = usable {
            return Ok(template);
        }
        let errors: Vec<_> = shelf.items.iter().flat_map(|item| item.listed.errors.clone()).collect();
        if !errors.is_empty() {
            return Err(SingleError::Broken(errors));
        }
        let known: Vec<_> = shelf.items.iter().map(|item| format!("`{}`", item.listed.title)).collect();
        let hint = if known.is_empty() { String::new() } else { format!("; there are {}", known.join(", ")) };
        let wanted = name.map_or_else(|| "a template".to_owned(), |name| format!("a template `{name}`"));
        Err(SingleError::NotFound(format!("`{}` does not hold {wanted}{hint}", path.display())))
    }

    /// Reads the file again as a part of a folder further up.
    async fn reload_below(&self, root: &Path, file: &Path) -> Result<(), FetchError> {
        let mut memory = self.memory.lock().await;
        let Memory { loaded, heads } = &mut *memory;
        let entered = Loader::load_in(&self.sources, heads, (root, file)).await?;
        let shelf = super::Shelf::new(entered.items.clone());
        for (folder, reached) in shelf.folders() {
            folder.serve(reached).await;
        }
        for source in &self.configured {
            loaded.remove(source);
        }
        loaded.extend(self.configured.first().map(|source| (source.clone(), entered)));
        self.replace(shelf);
        Ok(())
    }
}

/// The git repository around a file.
fn repository_of(file: &Path) -> Option<&Path> {
    file.ancestors().skip(1).find(|folder| folder.join(".git").exists())
}

/// The folder that holds everything that the steps read.
fn root_of(file: &Path, template: &Template) -> PathBuf {
    let own = file.parent().unwrap_or(file);
    let urls = || template.spec.steps.iter().filter_map(|step| step.input.as_ref()?.get("url")?.as_str());
    let repository = repository_of(file);
    if let Some(repository) = repository.filter(|_| urls().any(|url| url.starts_with('/'))) {
        return repository.to_path_buf();
    }
    let highest = urls().map(levels_up).max().unwrap_or_default();
    let mut root = own;
    for _ in 0..highest {
        match root.parent() {
            Some(above) if repository.is_some_and(|repository| above.starts_with(repository)) => root = above,
            _ => break,
        }
    }
    root.to_path_buf()
}

/// How far above its start a relative URL gets.
fn levels_up(url: &str) -> usize {
    let (mut depth, mut highest) = (0_usize, 0_usize);
    for segment in url.split('/') {
        match segment {
            "" | "." => {}
            ".." if depth == 0 => highest += 1,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leads_above_the_start_counts() {
        assert_eq!(levels_up("./skeleton"), 0);
        assert_eq!(levels_up("../shared"), 1);
        assert_eq!(levels_up("../../a/../b"), 2);
        assert_eq!(levels_up("a/../.."), 1);
    }
}
