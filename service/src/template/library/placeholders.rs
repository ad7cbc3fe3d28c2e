//! Fills in the placeholders of an entity, from the files of its own source.
//!
//! The invariant: no file of another source is read, and never more than the limits below.

use catalog_gen::{MAX_YAML_BYTES, TreePath};
use serde_json::Value;

use super::load::Loader;
use super::origin::{At, Origin};
use crate::template::FetchError;
use crate::template::placeholder::{Kind, Placeholder, placeholders};
use crate::template::source::{Absolute, absolute, beside, is_absolute};

/// The most placeholders of one entity.
const MAX_PLACEHOLDERS: usize = 500;

/// What is wrong with a placeholder: where it stands in the entity, and why.
pub(super) struct PlaceholderFault {
    /// Where: `spec.steps[0]`.
    pub(super) path: String,
    /// Why, and what to do.
    pub(super) message: String,
}

impl Loader<'_> {
    /// Fills in every placeholder of `entity`. All that cannot be are reported.
    pub(super) async fn fill_in(&mut self, at: &At, entity: &mut Value) -> Result<(), Vec<PlaceholderFault>> {
        let found = placeholders(entity);
        if let Some(surplus) = found.get(MAX_PLACEHOLDERS) {
            let message = format!("the entity has more than {MAX_PLACEHOLDERS} placeholders; use fewer");
            return Err(vec![PlaceholderFault { path: surplus.path.clone(), message }]);
        }
        let (mut left, mut faults) = (MAX_YAML_BYTES, Vec::new());
        for Placeholder { pointer, path, kind, target, .. } in found {
            match self.content(at, kind, &target, &mut left).await {
                Ok(content) => {
                    if let Some(place) = entity.pointer_mut(&pointer) {
                        *place = content;
                    }
                }
                Err(message) => faults.push(PlaceholderFault { path, message }),
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    async fn content(
        &mut self,
        at: &At,
        kind: Kind,
        target: &Value,
        left: &mut usize,
    ) -> Result<Value, String> {
        let key = kind.key();
        let Some(target) = target.as_str() else {
            return Err(format!("`{key}` is to name a file, relative to this one; it is `{target}`"));
        };
        let path = file_of(at, target).map_err(|error| format!("`{key}`: {error}"))?;
        let missing = || format!("`{key}` names `{target}`, and there is no such file; correct the path");
        let path = path.ok_or_else(missing)?;
        let (text, witness) =
            at.origin.text(self.sources(), &path).await.map_err(|error| format!("`{key}`: {error}"))?;
        self.witness(witness);
        let text = text.ok_or_else(missing)?;
        *left = left.checked_sub(text.len()).ok_or_else(|| {
            format!("the placeholders of this entity name more than {MAX_YAML_BYTES} bytes; use less")
        })?;
        kind.read(text).map_err(|why| format!("`{key}`: `{target}`: {why}"))
    }
}

/// The file that a placeholder names, if it lies in the entity's own source.
fn file_of(at: &At, target: &str) -> Result<Option<TreePath>, FetchError> {
    if !is_absolute(target) {
        return beside(at.file(), target);
    }
    match (absolute(target)?, &at.origin) {
        (Absolute::Git(place), Origin::Git(checkout)) if checkout.answers(&place) => Ok(place.path),
        _ => Err(FetchError::Invalid(format!(
            "`{target}` lies in another place than this file; a placeholder can name files of its own \
             repository only"
        ))),
    }
}
