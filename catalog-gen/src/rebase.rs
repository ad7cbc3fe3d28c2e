//! Paths of an entity, told from another folder.
//!
//! A path in an entity counts from the folder of the file that it is written in: what `$text` and its like name, and the
//! folders of docs and decision records. Whoever writes an entity into a file elsewhere has to tell them anew. Addresses
//! and paths from the root are left alone. The invariant: the path leads to the same place as before.

use serde_json::Value;

use crate::validate::placeholder;
use crate::{Described, TreePath};

const DOCS: &str = "backstage.io/techdocs-ref";
const DECISIONS: &str = "backstage.io/adr-location";

impl Described {
    /// The entity as it is written into a catalog file of that folder (`None`: the root).
    pub fn written_in(&self, folder: Option<&TreePath>) -> Value {
        let mut entity = self.entity.to_value();
        let own = TreePath::parse(&self.folder).ok();
        if own.as_ref() == folder {
            return entity;
        }
        if let Some(Value::Object(annotations)) = entity.pointer_mut("/metadata/annotations") {
            if let Some(Value::String(docs)) = annotations.get_mut(DOCS)
                && let Some(told) =
                    docs.strip_prefix("dir:").and_then(|path| told_from(path, own.as_ref(), folder))
            {
                *docs = format!(
                    "dir:{}",
                    told.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(&told)
                );
            }
            if let Some(Value::String(decisions)) = annotations.get_mut(DECISIONS)
                && let Some(told) = told_from(decisions, own.as_ref(), folder)
            {
                *decisions = told.strip_prefix("./").map(str::to_owned).unwrap_or(told);
            }
        }
        if let Some(spec) = entity.get_mut("spec") {
            retell(spec, own.as_ref(), folder);
        }
        entity
    }
}

fn retell(value: &mut Value, from: Option<&TreePath>, to: Option<&TreePath>) {
    let told =
        placeholder(value).and_then(|(key, target)| Some((key.to_owned(), target.as_str()?.to_owned())));
    match (told, value) {
        (Some((key, target)), value) => {
            if let (Some(told), Some(target)) = (told_from(&target, from, to), value.get_mut(&key)) {
                *target = Value::String(told);
            }
        }
        (None, Value::Object(fields)) => fields.values_mut().for_each(|inner| retell(inner, from, to)),
        (None, Value::Array(items)) => items.iter_mut().for_each(|inner| retell(inner, from, to)),
        _ => {}
    }
}

/// A path that counts from one folder, as it counts from another.
fn told_from(path: &str, from: Option<&TreePath>, to: Option<&TreePath>) -> Option<String> {
    if path.contains(':') || path.starts_with('/') {
        return None;
    }
    let path = TreePath::resolve(from, path).ok()?;
    let target: Vec<&str> = path.iter().flat_map(TreePath::segments).collect();
    let folder: Vec<&str> = to.into_iter().flat_map(TreePath::segments).collect();
    let shared = target.iter().zip(&folder).take_while(|(one, other)| one == other).count();
    let up = "../".repeat(folder.len() - shared);
    let down = target.get(shared..).unwrap_or_default().join("/");
    let told = if up.is_empty() { format!("./{down}") } else { format!("{up}{down}") };
    Some(if down.is_empty() { told.trim_end_matches('/').to_owned() } else { told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn told(path: &str, from: &str, to: &str) -> Option<String> {
        let folder = |text: &str| TreePath::parse(text).ok();
        told_from(path, folder(from).as_ref(), folder(to).as_ref())
    }

    #[test]
    fn a_path_leads_to_the_same_place_from_another_folder() {
        assert_eq!(told("./openapi.yaml", "services/cart", "").unwrap(), "./services/cart/openapi.yaml");
        assert_eq!(told("openapi.yaml", "", "services/cart").unwrap(), "../../openapi.yaml");
        assert_eq!(told("../pay/x.yaml", "services/cart", "services").unwrap(), "./pay/x.yaml");
        assert_eq!(told("x.yaml", "a/b", "a/c").unwrap(), "../b/x.yaml");
        assert_eq!(told(".", "a", "").unwrap(), "./a");
        assert_eq!(told(".", "", "a").unwrap(), "..");
        assert_eq!(told("..", "a", "").unwrap(), ".");
        assert_eq!(told("https://acme.test/x", "a", ""), None);
        assert_eq!(told("/x", "a", ""), None);
        assert_eq!(told("../../x", "a", ""), None);
    }
}
