//! Placeholders in an entity: `$text`, `$json` and `$yaml` name a file whose content takes their place.
//!
//! Backstage's catalog fills them in before the scaffolder sees an entity. As there, a placeholder is a mapping
//! with that one key, a mapping with other `$` keys is left as it is, and what was filled in is not looked
//! through again. Which files may be read is for the caller to decide.

use serde_json::Value;

/// What is to be done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its text as it is.
    Text,
    /// What it says as JSON.
    Json,
    /// What it says as YAML.
    Yaml,
}

/// One placeholder in an entity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placeholder {
    /// JSON Pointer to it.
    pub(crate) pointer: String,
    /// The same for people: `spec.steps[0]`.
    pub(crate) path: String,
    /// The same by positions in lists and mappings.
    pub(crate) positions: Vec<usize>,
    /// What the file is.
    pub(crate) kind: Kind,
    /// The file, as written.
    pub(crate) target: Value,
}

/// All placeholders of an entity, in their order.
pub(crate) fn placeholders(entity: &Value) -> Vec<Placeholder> {
    let mut found = Vec::new();
    let start = Placeholder {
        pointer: String::new(),
        path: String::new(),
        positions: Vec::new(),
        kind: Kind::Text,
        target: Value::Null,
    };
    collect(entity, &start, &mut found);
    found
}

impl Kind {
    fn of(key: &str) -> Option<Self> {
        [Self::Text, Self::Json, Self::Yaml].into_iter().find(|kind| kind.key() == key)
    }

    /// The key that asks for it.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Text => "$text",
            Self::Json => "$json",
            Self::Yaml => "$yaml",
        }
    }

    /// What a file of this kind says, or why it cannot be read.
    pub(crate) fn read(self, text: String) -> Result<Value, String> {
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

/// `here` is the place of `value`.
fn collect(value: &Value, here: &Placeholder, found: &mut Vec<Placeholder>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{}[{index}]", here.path);
                collect(item, &here.below(index, &index.to_string(), path), found);
            }
        }
        Value::Object(members) if members.keys().any(|key| key.starts_with('$')) => {
            let mut members = members.iter();
            if let (Some((key, target)), None) = (members.next(), members.next())
                && let Some(kind) = Kind::of(key)
            {
                found.push(Placeholder { kind, target: target.clone(), ..here.clone() });
            }
        }
        Value::Object(members) => {
            for (index, (key, member)) in members.iter().enumerate() {
                let path = if here.path.is_empty() { key.clone() } else { format!("{}.{key}", here.path) };
                let escaped = key.replace('~', "~0").replace('/', "~1");
                collect(member, &here.below(index, &escaped, path), found);
            }
        }
        _ => {}
    }
}

impl Placeholder {
    fn below(&self, position: usize, key: &str, path: String) -> Self {
        let mut positions = self.positions.clone();
        positions.push(position);
        Self { pointer: format!("{}/{key}", self.pointer), path, positions, ..self.clone() }
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

        let found = placeholders(&entity);

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
