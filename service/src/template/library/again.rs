//! One template file that is looked at again and again while its author writes.
//!
//! Each look gives the template with its files. Only what changed is read: the template's own file when its
//! marks changed, other files one by one. Nobody tells what changed; the marks of all files are compared, so a
//! lost or a doubled signal does no harm. The invariant: a look never gives a mix of two templates.

use std::path::{Path, PathBuf};

use super::single::{Placed, Single, SingleError};
use crate::template::Sources;
use crate::template::source::{ReadFiles, Stamp};

/// A template file and what was last seen of it.
#[derive(Debug)]
pub struct Watched {
    file: PathBuf,
    name: Option<String>,
    sources: Sources,
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    place: Placed,
    stamp: Option<Stamp>,
    files: ReadFiles,
}

/// What a look found.
#[derive(Debug)]
pub struct Look {
    /// The template with its files.
    pub single: Single,
    /// Whether anything of it is not as it was at the look before.
    pub changed: bool,
    /// How many files were read from the disk.
    pub read: usize,
}

impl Watched {
    /// The template in `file` (the one called `name`, if it holds several); it is read by the first look.
    pub fn new(file: &Path, name: Option<&str>, sources: Sources) -> Self {
        Self { file: file.to_owned(), name: name.map(str::to_owned), sources, known: None }
    }

    /// Reads what changed since the last look. After an error the next look begins anew.
    pub async fn look(&mut self) -> Result<Look, SingleError> {
        let known = self.known.take();
        let fresh = match known {
            Some(known) if known.is_current() => known.again().await?,
            Some(known) => self.anew(Some(&known)).await?,
            None => self.anew(None).await?,
        };
        let (known, changed) = fresh;
        let look = Look { single: known.place.single(&known.files), changed, read: known.files.anew };
        self.known = Some(known);
        Ok(look)
    }

    /// The folders in which a change can matter. Before the template could be read it is its own folder.
    pub fn folders(&self) -> Vec<PathBuf> {
        let Some(known) = &self.known else {
            let file = self.file.canonicalize().unwrap_or_else(|_| self.file.clone());
            let folder = if file.is_dir() { Some(file.as_path()) } else { file.parent() };
            return vec![folder.unwrap_or(&file).to_owned()];
        };
        let root = known.place.folder.root();
        let Some(reach) = &known.place.reach else { return vec![root.to_owned()] };
        // In this order a folder comes before those in it.
        let mut folders: Vec<PathBuf> = Vec::new();
        for path in reach.iter().map(|part| root.join(part)).filter(|path| path.exists()) {
            if !folders.iter().any(|folder| path.starts_with(folder)) {
                folders.push(path);
            }
        }
        folders
    }

    async fn anew(&self, before: Option<&Known>) -> Result<(Known, bool), SingleError> {
        // The marks are taken first: what is written meanwhile is seen by the next look.
        let place = Placed::find(&self.file, self.name.as_deref(), &self.sources).await?;
        let stamp = place.folder.stamp(&place.path);
        let before = before.filter(|before| before.place.folder.root() == place.folder.root());
        let files = place.files(before.map(|before| &before.files)).await?;
        // The template's own file is one of the files.
        let changed = before.is_none_or(|before| before.files.tree != files.tree);
        Ok((Known { place, stamp, files }, changed))
    }
}

impl Known {
    fn is_current(&self) -> bool {
        let now = self.place.folder.stamp(&self.place.path);
        self.stamp.zip(now).is_some_and(|(then, now)| then.holds(&now))
    }

    async fn again(self) -> Result<(Self, bool), SingleError> {
        let files = self.place.files(Some(&self.files)).await?;
        let changed = files.tree != self.files.tree;
        Ok((Self { files, ..self }, changed))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::config::Config;
    use crate::git::ObjectStore;

    const TEMPLATE: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: t}
spec:
  type: service
  steps:
    - {id: a, action: fetch:template, input: {url: ./skeleton}}
";

    fn watched(folder: &TempDir) -> Watched {
        fs::create_dir_all(folder.path().join("t/skeleton")).unwrap();
        fs::write(folder.path().join("t/template.yaml"), TEMPLATE).unwrap();
        fs::write(folder.path().join("t/skeleton/a"), "1").unwrap();
        fs::write(folder.path().join("t/skeleton/b"), "2").unwrap();
        let store = ObjectStore::open_or_init(&folder.path().join("objects.git")).unwrap();
        let git = Config::from_parts(None, &[]).unwrap().git;
        Watched::new(&folder.path().join("t"), None, Sources::new(store, &git))
    }

    /// Looks until the marks of all files can be trusted: those of a file just written cannot.
    async fn settled(watched: &mut Watched) {
        while watched.look().await.unwrap().read > 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn only_the_file_that_changed_is_read_again() {
        let folder = TempDir::new().unwrap();
        let mut watched = watched(&folder);
        assert_eq!(watched.look().await.unwrap().read, 3);
        settled(&mut watched).await;

        fs::write(folder.path().join("t/skeleton/b"), "22").unwrap();
        let look = watched.look().await.unwrap();

        assert_eq!((look.read, look.changed), (1, true));
        let file = catalog_gen::TreePath::parse("skeleton/b").unwrap();
        assert_eq!(look.single.files.file(&file).unwrap().text(), Some("22"));
    }

    #[tokio::test]
    async fn a_look_at_what_did_not_change_reads_nothing() {
        let folder = TempDir::new().unwrap();
        let mut watched = watched(&folder);
        settled(&mut watched).await;

        let look = watched.look().await.unwrap();

        assert_eq!((look.read, look.changed), (0, false));
    }

    #[tokio::test]
    async fn files_that_come_and_go_are_noticed() {
        let folder = TempDir::new().unwrap();
        let mut watched = watched(&folder);
        watched.look().await.unwrap();

        fs::remove_file(folder.path().join("t/skeleton/a")).unwrap();
        fs::write(folder.path().join("t/skeleton/c"), "3").unwrap();
        let look = watched.look().await.unwrap();

        assert!(look.changed);
        let names: Vec<&str> = look.single.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(names, ["skeleton/b", "skeleton/c", "template.yaml"]);
    }

    #[tokio::test]
    async fn a_template_that_was_broken_is_read_again_when_it_is_mended() {
        let folder = TempDir::new().unwrap();
        let mut watched = watched(&folder);
        fs::write(folder.path().join("t/template.yaml"), "kind: [").unwrap();
        assert!(watched.look().await.is_err());
        let own = folder.path().join("t").canonicalize().unwrap();
        assert_eq!(watched.folders(), [own]);

        fs::write(folder.path().join("t/template.yaml"), TEMPLATE).unwrap();

        assert!(watched.look().await.unwrap().changed);
    }

    #[tokio::test]
    async fn the_template_itself_is_read_again_when_it_changed() {
        let folder = TempDir::new().unwrap();
        let mut watched = watched(&folder);
        watched.look().await.unwrap();

        fs::write(folder.path().join("t/template.yaml"), TEMPLATE.replace("name: t", "name: other")).unwrap();
        let look = watched.look().await.unwrap();

        assert_eq!(look.single.template.entity_ref, "template:default/other");
    }
}
