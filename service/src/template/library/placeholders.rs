//! Placeholders in a Template entity: `$text`, `$json` and `$yaml` name a file whose content takes their place.
//!
//! Backstage's catalog fills them in before the scaffolder sees an entity, so templates share pages and steps
//! that way. As there, a placeholder is a mapping with that one key, a mapping with other `$` keys is left as
//! it is, and what was filled in is not looked through again. The invariant: only files of the entity's own
//! source are read, and never more than the limits below.

use catalog_gen::{MAX_YAML_BYTES, TreePath};
use serde_json::Value;

use super::load::Loader;
use super::origin::{At, Origin};
use crate::template::FetchError;
use crate::template::source::{Absolute, absolute, beside, is_absolute};

/// The most placeholders of one entity.
const MAX_PLACEHOLDERS: usize = 500;

/// What is to be done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Json,
    Yaml,
}

/// One placeholder in an entity.
#[derive(Debug, PartialEq)]
struct Placeholder {
    /// JSON Pointer to it.
    pointer: String,
    /// The same for people: `spec.steps[0]`.
    path: String,
    kind: Kind,
    /// The file, as written.
    target: Value,
}

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
        let mut found = Vec::new();
        collect(entity, "", "", &mut found);
        if let Some(surplus) = found.get(MAX_PLACEHOLDERS) {
            let message = format!("the entity has more than {MAX_PLACEHOLDERS} placeholders; use fewer");
            return Err(vec![PlaceholderFault { path: surplus.path.clone(), message }]);
        }
        let (mut left, mut faults) = (MAX_YAML_BYTES, Vec::new());
        for Placeholder { pointer, path, kind, target } in found {
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

impl Kind {
    fn of(key: &str) -> Option<Self> {
        [Self::Text, Self::Json, Self::Yaml].into_iter().find(|kind| kind.key() == key)
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Text => "$text",
            Self::Json => "$json",
            Self::Yaml => "$yaml",
        }
    }

    fn read(self, text: String) -> Result<Value, String> {
        match self {
            Self::Text => Ok(Value::String(text)),
            Self::Json => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Self::Yaml => {
                let mut documents = catalog_gen::parse_documents(&text);
                match (documents.pop(), documents.len()) {
                    (Some(Ok(document)), 0) => Ok(document.value),
                    (Some(Err(error)), 0) => Err(error.to_string()),
                    (None, _) => Err("the file is empty".to_owned()),
                    (_, more) => Err(format!("the file has {} documents; leave one", more + 1)),
                }
            }
        }
    }
}

fn collect(value: &Value, pointer: &str, path: &str, found: &mut Vec<Placeholder>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), &format!("{path}[{index}]"), found);
            }
        }
        Value::Object(members) if members.keys().any(|key| key.starts_with('$')) => {
            let mut members = members.iter();
            if let (Some((key, target)), None) = (members.next(), members.next())
                && let Some(kind) = Kind::of(key)
            {
                let (pointer, path) = (pointer.to_owned(), path.to_owned());
                found.push(Placeholder { pointer, path, kind, target: target.clone() });
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let escaped = key.replace('~', "~0").replace('/', "~1");
                collect(member, &format!("{pointer}/{escaped}"), &below, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_placeholder_is_a_mapping_with_one_known_key() {
        let entity = json!({
            "metadata": {"annotations": {"a/b": {"$text": "./a.md"}}},
            "spec": {
                "parameters": [{"$yaml": "./page.yaml"}, {"properties": {"x": {"$ref": "#/definitions/x"}}}],
                "steps": [{"input": {"both": {"$json": "./x.json", "more": {"$text": "no"}}}}],
            },
        });
        let mut found = Vec::new();

        collect(&entity, "", "", &mut found);

        let seen: Vec<_> =
            found.iter().map(|one| (one.pointer.as_str(), one.path.as_str(), one.kind)).collect();
        assert_eq!(
            seen,
            [
                ("/metadata/annotations/a~1b", "metadata.annotations.a/b", Kind::Text),
                ("/spec/parameters/0", "spec.parameters[0]", Kind::Yaml),
            ]
        );
    }

    #[test]
    fn a_file_is_read_as_its_key_says() {
        assert_eq!(Kind::Text.read("a: 1\n".to_owned()), Ok(json!("a: 1\n")));
        assert_eq!(Kind::Yaml.read("a: 1\n".to_owned()), Ok(json!({"a": 1})));
        assert_eq!(Kind::Json.read("[1]".to_owned()), Ok(json!([1])));
        assert_eq!(
            Kind::Yaml.read("a: 1\n---\nb: 2\n".to_owned()),
            Err("the file has 2 documents; leave one".into())
        );
        assert_eq!(Kind::Yaml.read("# nothing\n".to_owned()), Err("the file is empty".to_owned()));
        assert!(Kind::Json.read("{".to_owned()).is_err());
        assert!(Kind::Yaml.read("a: [".to_owned()).is_err());
    }
}
