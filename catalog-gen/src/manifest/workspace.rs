//! Which packages are the members of a workspace, by the folders and globs that it names.

use super::{Ecosystem, Manifests, Package};
use crate::TreePath;

impl Manifests {
    /// The packages that a workspace names as its members, in the order of their paths.
    pub(crate) fn members<'m>(&'m self, workspace: &'m Package) -> impl Iterator<Item = &'m Package> {
        let globs = Globs::new(workspace);
        self.packages.iter().filter(move |package| {
            package.ecosystem == workspace.ecosystem
                && !package.is_workspace_alone()
                && package.path != workspace.path
                && globs.name(package)
        })
    }

    /// The manifests that name members.
    pub(crate) fn workspaces(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| !package.members.is_empty())
    }
}

impl Package {
    /// Does it name members and is no package itself?
    pub(crate) fn is_workspace_alone(&self) -> bool {
        let alone = self.name.is_none() && self.dependencies.is_empty();
        alone && (!self.members.is_empty() || self.ecosystem == Ecosystem::Cargo)
    }
}

/// The members of a workspace as segments of paths from the root.
struct Globs {
    meant: Vec<Vec<String>>,
    not_meant: Vec<Vec<String>>,
}

impl Globs {
    fn new(workspace: &Package) -> Self {
        let segments = |glob: &str| -> Option<Vec<String>> {
            // A member may be named by its manifest: Maven and Go allow it.
            let file = glob.ends_with("/pom.xml") || glob == "pom.xml";
            let glob = if file { glob.rsplit_once('/').map_or(".", |(folder, _)| folder) } else { glob };
            let path = TreePath::resolve(workspace.folder.as_ref(), glob).ok()?;
            Some(path.iter().flat_map(TreePath::segments).map(str::to_owned).collect())
        };
        let (not_meant, meant): (Vec<&String>, Vec<&String>) =
            workspace.members.iter().partition(|glob| glob.starts_with('!'));
        Self {
            meant: meant.into_iter().filter_map(|glob| segments(glob)).collect(),
            not_meant: not_meant
                .into_iter()
                .filter_map(|glob| segments(glob.trim_start_matches('!')))
                .collect(),
        }
    }

    fn name(&self, package: &Package) -> bool {
        let folder: Vec<&str> = package.folder.iter().flat_map(TreePath::segments).collect();
        let any = |globs: &[Vec<String>]| globs.iter().any(|glob| fits(glob, &folder));
        any(&self.meant) && !any(&self.not_meant)
    }
}

/// Does a glob, segment for segment, fit a path? `**` stands for any number of segments.
fn fits(glob: &[String], path: &[&str]) -> bool {
    // The places in the glob that may be reached after each segment: a set, so that many `**` cost no more than few.
    let mut at: Vec<bool> = vec![false; glob.len() + 1];
    reach(glob, &mut at, 0);
    for segment in path {
        let mut next = vec![false; glob.len() + 1];
        for (place, part) in glob.iter().enumerate().filter(|(place, _)| at.get(*place) == Some(&true)) {
            if part == "**" {
                reach(glob, &mut next, place);
            } else if crate::glob::segment_fits(part, segment) {
                reach(glob, &mut next, place + 1);
            }
        }
        at = next;
    }
    at.last() == Some(&true)
}

/// Marks a place of the glob, and those after it that stand for nothing.
fn reach(glob: &[String], at: &mut [bool], place: usize) {
    for place in place..=glob.len() {
        if let Some(here) = at.get_mut(place) {
            *here = true;
        }
        if glob.get(place).is_none_or(|part| part != "**") {
            return;
        }
    }
}
