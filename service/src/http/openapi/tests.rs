use std::collections::BTreeSet;

use super::*;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (method, path, operation))
        })
        .filter(|(method, _, _)| METHODS.contains(&method.as_str()))
        .map(|(method, path, operation)| (format!("{method} {path}"), operation))
        .collect()
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                found.insert(reference.clone());
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_route_is_described_and_every_description_has_a_route() {
    let document = openapi();
    let described: BTreeSet<String> = operations(&document).into_iter().map(|(name, _)| name).collect();

    let routes: BTreeSet<String> = crate::http::routes()
        .iter()
        .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.path))
        .collect();

    assert_eq!(described, routes);
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = openapi();
    let mut used = BTreeSet::new();
    references(&document, &mut used);

    let defined: BTreeSet<String> = ["schemas", "parameters"]
        .into_iter()
        .flat_map(|group| {
            document["components"][group].as_object().unwrap().keys().map(move |name| (group, name))
        })
        .map(|(group, name)| format!("#/components/{group}/{name}"))
        .collect();

    assert_eq!(used, defined);
}

#[test]
fn every_variable_of_a_path_is_a_parameter() {
    let document = openapi();

    for (name, operation) in operations(&document) {
        let variables: BTreeSet<&str> =
            name.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let in_path: BTreeSet<&str> = parameters
            .iter()
            .map(|parameter| parameter["$ref"].as_str().unwrap().rsplit('/').next().unwrap())
            .filter(|name| document["components"]["parameters"][name]["in"] == "path")
            .collect();
        assert_eq!(variables, in_path, "{name}");
    }
}

#[test]
fn operation_ids_are_unique() {
    let document = openapi();
    let all = operations(&document);

    let ids: BTreeSet<&str> =
        all.iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();

    assert_eq!(ids.len(), all.len());
}
