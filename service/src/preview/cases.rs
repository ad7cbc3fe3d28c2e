//! The sets of values beside a template: `cases/*.yaml`, read for their `values:` and `secrets:` alone.
//!
//! What a case expects is the business of `stagecraft test`.

use catalog_gen::{Entry, TreePath, parse_documents};
use serde_json::{Map, Value};

use super::finding::{Finding, Places};
use crate::template::Single;

/// So many cases are offered.
const MOST_CASES: usize = 500;

/// A set of values with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The file's name without its ending.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// The values of the form.
    pub values: Map<String, Value>,
    /// Secrets by name: made up, as everything in a case is.
    pub(super) secrets: Map<String, Value>,
}

/// The cases that can be used, and what is wrong with the others.
pub(super) fn read(single: &Single) -> (Vec<Case>, Vec<Finding>) {
    let places = Places::of(single);
    let (mut cases, mut findings) = (Vec::new(), Vec::new());
    for (path, entry) in single.files.iter() {
        let (Some(name), Entry::File(file)) = (name_of(single, path), entry) else { continue };
        if cases.len() == MOST_CASES {
            break;
        }
        let text = file.text().unwrap_or_default();
        match case(&name, text) {
            Ok(case) => cases.push(case),
            Err(fault) => findings.push(places.warning(path.as_str(), fault.place, fault.message)),
        }
    }
    (cases, findings)
}

/// The name of a case, if the file at this path is one.
fn name_of(single: &Single, path: &TreePath) -> Option<String> {
    let own = single.path.rsplit_once('/').map(|(folder, _)| folder);
    let inside = match own {
        Some(folder) => path.as_str().strip_prefix(folder)?.strip_prefix('/')?,
        None => path.as_str(),
    };
    let name = inside.strip_prefix("cases/")?;
    let name = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?;
    (!name.contains('/')).then(|| name.to_owned())
}

struct Fault {
    place: Option<(usize, usize)>,
    message: String,
}

fn case(name: &str, text: &str) -> Result<Case, Fault> {
    let document = match parse_documents(text).into_iter().next() {
        Some(Ok(document)) => document,
        Some(Err(error)) => {
            return Err(Fault { place: Some((error.line, error.column)), message: error.message });
        }
        None => {
            return Err(Fault { place: None, message: "the case is empty; give it `values:`".to_owned() });
        }
    };
    let wrong = |key: &str| Fault {
        place: Some((document.line, 1)),
        message: format!("`{key}` of a case is a map of `name: value` lines"),
    };
    let map = |key: &str| match document.value.get(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(_) => Err(wrong(key)),
    };
    if !document.value.is_object() {
        return Err(wrong("values"));
    }
    let description = document.value.get("description").and_then(Value::as_str).map(str::to_owned);
    Ok(Case { name: name.to_owned(), description, values: map("values")?, secrets: map("secrets")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_gives_values_and_secrets() {
        let text = "description: Small\nvalues: {name: a}\nsecrets: {token: t}\nexpect: {steps: {}}\n";

        let case = case("small", text).unwrap_or_else(|fault| panic!("{}", fault.message));

        assert_eq!(case.description.as_deref(), Some("Small"));
        assert_eq!(Value::Object(case.values), serde_json::json!({"name": "a"}));
        assert_eq!(Value::Object(case.secrets), serde_json::json!({"token": "t"}));
    }

    #[test]
    fn a_case_that_is_no_map_says_what_it_should_be() {
        for text in ["- a", "values: [a]", "text"] {
            let fault = case("x", text).err().unwrap();
            assert_eq!(fault.message, "`values` of a case is a map of `name: value` lines", "{text}");
        }
    }

    #[test]
    fn a_case_that_cannot_be_parsed_says_where() {
        let fault = case("x", "values:\n  a: [\n").err().unwrap();

        assert!(fault.place.is_some_and(|(line, _)| line >= 2), "{:?}", fault.place);
    }
}
