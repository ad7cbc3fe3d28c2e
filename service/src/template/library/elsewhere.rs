//! Templates that Backstage's catalog has and the library does not.
//!
//! The catalog gives the whole entity, placeholders filled in; its location annotations say where the files beside
//! it lie. Who may read the entity was decided before, by whoever read it. Nothing is kept here: a template is
//! read anew each time, its files are fixed in the object store like those of any other. The invariant: a file
//! of this machine is read only where a folder of `templates.sources` holds it.

use std::path::Path;
use std::sync::Arc;

use catalog_gen::TreePath;
use serde_json::Value;

use super::reach::reach;
use super::{FindError, Library};
use crate::git::GitError;
use crate::template::entity::entity_ref;
use crate::template::source::{Absolute, GitPlace, absolute, is_absolute};
use crate::template::{FetchError, Pin, Template};

/// What a template's own file is called where its location names only the folder.
const FILE: &str = "template.yaml";

/// The template that an entity of the catalog is, or what keeps it from being one.
pub fn template_of(entity: Value) -> Result<Arc<Template>, FindError> {
    let reference = entity_ref(&entity).unwrap_or_default();
    // The entity has no text to point into; the place in the catalog is what its author knows.
    match Template::from_entity(entity, &reference, None) {
        Ok(template) => Ok(Arc::new(template)),
        Err(errors) => Err(FindError::Broken { entity_ref: reference, errors }),
    }
}

impl Library {
    /// Fixes the files beside a template of the catalog, as they are now. There are none where no location
    /// leads to files and no step asks for any.
    pub async fn pin_elsewhere(&self, template: &Template) -> Result<Option<Pin>, FetchError> {
        let pinned = match &template.base_url {
            Some(base) => self.pin_at(base, template).await,
            None => Err(FetchError::Invalid(format!(
                "{} has no location in Backstage's catalog that leads to files, but a step reads files beside the \
                 template; register it by the URL of its file, or write absolute URLs",
                template.entity_ref
            ))),
        };
        match pinned {
            Ok(pin) => Ok(Some(pin)),
            Err(error) if reads_files(template) => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn pin_at(&self, base: &str, template: &Template) -> Result<Pin, FetchError> {
        match absolute(base).map_err(|error| unreadable(template, base, &error))? {
            Absolute::Git(place) => self.pin_in_git(base, place, template).await,
            Absolute::File(path) => {
                let (folder, inside) = self.sources.folder_of(Path::new(&path)).ok_or_else(|| {
                    FetchError::Invalid(format!(
                        "{} lies in `{path}` on the machine of Backstage, outside of the folders in \
                         `templates.sources`; add its folder there, or register the template in the catalog by a URL",
                        template.entity_ref
                    ))
                })?;
                let path = own_file(&inside, base)?;
                let reached = reach(template, &path);
                let tree = self.sources.snapshot(&folder, &reached, None, &[]).await?;
                let source = folder.url().to_owned();
                Ok(Pin { source, tree, commit: None, path: path.as_str().to_owned() })
            }
        }
    }

    async fn pin_in_git(&self, base: &str, place: GitPlace, template: &Template) -> Result<Pin, FetchError> {
        let GitPlace { repository, revision, path } = place;
        let read = match self.sources.check_local(&repository) {
            Ok(()) => self.sources.fetch(&repository, revision.as_deref(), None).await,
            Err(error) => Err(error),
        };
        let (commit, tree) = read.map_err(|error| match error {
            away @ FetchError::Git(GitError::Unavailable(_)) => away,
            other => unreadable(template, base, &other),
        })?;
        let inside = path.map(|path| path.as_str().to_owned()).unwrap_or_default();
        let path = own_file(&inside, base)?.as_str().to_owned();
        Ok(Pin { source: repository, tree, commit: Some(commit), path })
    }
}

/// The template's own file: relative URLs are read beside it. An address with a slash at its end names a folder.
fn own_file(inside: &str, base: &str) -> Result<TreePath, FetchError> {
    let is_folder = inside.is_empty() || base.split(['?', '#']).next().unwrap_or(base).ends_with('/');
    let inside = inside.trim_end_matches('/');
    let path = match (is_folder, inside) {
        (true, "") => FILE.to_owned(),
        (true, folder) => format!("{folder}/{FILE}"),
        (false, file) => file.to_owned(),
    };
    TreePath::parse(&path).map_err(|error| FetchError::Tree(error.into()))
}

/// Whether a step may ask for files beside the template.
fn reads_files(template: &Template) -> bool {
    let inputs = template.spec.steps.iter().filter_map(|step| step.input.as_ref());
    inputs.filter_map(|input| input.get("url")?.as_str()).any(|url| !is_absolute(url))
}

fn unreadable(template: &Template, base: &str, error: &FetchError) -> FetchError {
    FetchError::Invalid(format!(
        "the files of {} at `{base}` cannot be read: {error}; steps read them with the service's own access to git: \
         see `git.credentials` and `git.rewrites` in its settings",
        template.entity_ref
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(input: &Value) -> Arc<Template> {
        let entity = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": { "name": "t", "namespace": "default" },
            "spec": { "type": "service", "steps": [{ "action": "fetch:plain", "input": input }] },
        });
        template_of(entity).unwrap()
    }

    #[test]
    fn relative_urls_are_read_beside_the_file_or_in_the_folder_that_the_location_names() {
        let path = |inside, base| own_file(inside, base).unwrap().as_str().to_owned();

        assert_eq!(path("a/b", "https://h/o/r/tree/main/a/b/"), "a/b/template.yaml");
        assert_eq!(path("a/b.yaml", "https://h/o/r/blob/main/a/b.yaml"), "a/b.yaml");
        assert_eq!(path("", "https://h/o/r/tree/main/"), "template.yaml");
        assert_eq!(path("", "https://h/o/r"), "template.yaml");
    }

    #[test]
    fn a_url_that_may_be_relative_asks_for_files() {
        assert!(reads_files(&template(&json!({ "url": "./skeleton" }))));
        assert!(reads_files(&template(&json!({ "url": "${{ parameters.url }}" }))));
        assert!(!reads_files(&template(&json!({ "url": "https://github.com/${{ parameters.repo }}" }))));
        assert!(!reads_files(&template(&json!({ "targetPath": "./skeleton" }))));
    }

    #[test]
    fn an_entity_that_cannot_be_run_is_broken_with_every_fault() {
        let entity = json!({
            "apiVersion": "backstage.io/v1beta2",
            "kind": "Template",
            "metadata": { "name": "t" },
            "spec": { "type": "service", "steps": "none" },
        });

        let error = template_of(entity).unwrap_err();

        let FindError::Broken { entity_ref, errors } = error else { panic!("{error}") };
        assert_eq!(entity_ref, "template:default/t");
        assert_eq!(errors.len(), 2, "{errors:?}");
    }
}
