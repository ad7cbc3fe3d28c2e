//! What was read in earlier runs: a file with a line of JSON for each repository.
//!
//! Lines are only added, so that a run that is stopped loses at most the one it was writing. A line counts for the same
//! version of the repository, the program and the site file; what cannot be read is as if it were not there.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use catalog_gen::{Catalogue, Site};
use serde::{Deserialize, Serialize};

use crate::cli::Failure;

/// The state of a run.
pub(super) struct State {
    file: Option<File>,
    by: String,
    lines: HashMap<String, Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    repository: String,
    version: String,
    /// The program and the site file.
    by: String,
    catalogue: Catalogue,
}

impl State {
    /// Opens the file, or begins it; without one nothing is kept.
    pub(super) fn open(path: Option<&Path>, site: &Site) -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(site)?.hash(&mut hasher);
        let by = format!("{} {:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
        let Some(path) = path else { return Ok(Self { file: None, by, lines: HashMap::new() }) };
        let failed = |error: std::io::Error| {
            Failure(format!("the state file `{}` cannot be used: {error}", path.display()))
        };
        let text = if path.exists() { std::fs::read_to_string(path).map_err(failed)? } else { String::new() };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let lines = lines.map(|line| (line.repository.clone(), line)).collect();
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        if !text.is_empty() && !text.ends_with('\n') {
            // The run before was stopped within a line.
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { file: Some(file), by, lines })
    }

    /// What came of a repository before, if it is as it was.
    pub(super) fn known(&mut self, name: &str, version: Option<&str>) -> Option<Catalogue> {
        let line = self.lines.get(name)?;
        let same = version == Some(line.version.as_str()) && line.by == self.by;
        same.then(|| line.catalogue.clone())
    }

    /// Keeps what came of a repository, unless it is kept already.
    pub(super) fn keep(
        &mut self,
        name: &str,
        version: Option<&str>,
        catalogue: &Catalogue,
    ) -> Result<(), Failure> {
        let (Some(version), Some(_)) = (version, &self.file) else { return Ok(()) };
        if self.known(name, Some(version)).is_some() {
            return Ok(());
        }
        let line = Line {
            repository: name.to_owned(),
            version: version.to_owned(),
            by: self.by.clone(),
            catalogue: catalogue.clone(),
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        if let Some(file) = &mut self.file {
            file.write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use catalog_gen::{Catalogue, Site};

    use super::State;

    #[test]
    fn what_did_not_change_is_known_and_a_half_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.jsonl");
        let mut state =
            State::open(Some(&path), &Site::default()).unwrap_or_else(|error| panic!("{}", error.0));
        assert!(state.keep("acme/shop", Some("1"), &Catalogue::default()).is_ok());
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"repository\":\"acme/cart\",\"vers");
        std::fs::write(&path, text).unwrap();

        let mut again =
            State::open(Some(&path), &Site::default()).unwrap_or_else(|error| panic!("{}", error.0));

        assert_eq!(again.known("acme/shop", Some("1")), Some(Catalogue::default()));
        assert_eq!(again.known("acme/shop", Some("2")), None);
        assert_eq!(again.known("acme/cart", Some("1")), None);
        let other = Site { namespace: Some("other".to_owned()), ..Site::default() };
        let mut other = State::open(Some(&path), &other).unwrap_or_else(|error| panic!("{}", error.0));
        assert_eq!(other.known("acme/shop", Some("1")), None);
    }
}
