//! Small repositories for the tests of detectors.

use crate::{
    About, Catalogue, CodeHost, Described, Entry, FileTree, Listed, ListedKind, Listing, Material, Remote,
    Site, TreeError, TreePath, generate, validate, wanted,
};

/// A repository whose files are given as path and content.
pub(crate) struct Repository {
    pub(crate) listing: Listing,
    pub(crate) files: FileTree,
    pub(crate) about: About,
}

impl Repository {
    /// `acme/shop` with these files; what no detector wants to read is only listed.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let listed = files.iter().map(|(path, text)| Listed {
            path: TreePath::parse(path).unwrap(),
            kind: ListedKind::File,
            size: text.len() as u64,
            id: None,
        });
        let listing = Listing::new(listed, 0);
        let mut tree = FileTree::new();
        for wanted in wanted(&listing) {
            let (_, text) = files.iter().find(|(path, _)| *path == wanted.path.as_str()).unwrap();
            let inserted: Result<_, TreeError> = tree.insert(wanted.path, Entry::file((*text).to_owned()));
            inserted.unwrap();
        }
        let remote = Remote {
            url: "https://github.com/acme/shop".to_owned(),
            revision: "main".to_owned(),
            host: CodeHost::GitHub,
        };
        Self { listing, files: tree, about: About { remote: Some(remote), ..About::default() } }
    }

    /// What a site with these settings gets; every entity is checked to be legal.
    pub(crate) fn catalogue(&self, site: &Site) -> Catalogue {
        let material = Material { listing: &self.listing, files: &self.files, about: &self.about };
        let catalogue = generate(&material, site);
        for described in catalogue.entities.iter().chain(&catalogue.suggested) {
            assert_eq!(validate(&described.entity.to_value()), [], "{described:#?}");
        }
        catalogue
    }
}

impl Catalogue {
    /// The entity of that kind and name.
    pub(crate) fn entity(&self, kind: &str, name: &str) -> &Described {
        let found =
            self.entities.iter().find(|own| own.entity.kind == kind && own.entity.metadata.name == name);
        found.unwrap_or_else(|| panic!("no {kind} `{name}` in {:?}", self.names()))
    }

    /// `Kind:name` of all entities.
    pub(crate) fn names(&self) -> Vec<String> {
        self.entities.iter().map(|own| format!("{}:{}", own.entity.kind, own.entity.metadata.name)).collect()
    }
}
