//! Entities that are right, and those that are nearly so.
//!
//! Every field of a whole entity of each kind is given every value of a pool; then the texts and keys of those and of
//! the facts are changed by a character or a length. The same numbers are drawn every time.

use serde_json::{Map, Value, json};

/// Entities changed by chance.
const DRAWN: usize = 14_000;

/// What public repositories declare: the facts, with words of ours where they tell only that there is a value.
pub(super) fn facts() -> Vec<Value> {
    let lines = include_str!("../../oracle/facts.ndjson").lines();
    lines.map(|line| entity(&serde_json::from_str(line).unwrap())).collect()
}

fn entity(fact: &Value) -> Value {
    let mut metadata = Map::new();
    for key in ["name", "namespace", "tags"] {
        metadata.extend(fact.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let has = |what: &str| fact["has"].as_array().is_some_and(|has| has.iter().any(|one| one == what));
    for key in ["title", "description"].into_iter().filter(|key| has(key)) {
        metadata.insert(key.to_owned(), json!("Words about it"));
    }
    if has("links") {
        metadata.insert("links".to_owned(), json!([{ "url": "https://acme.test/page", "title": "Page" }]));
    }
    if has("labels") {
        metadata.insert("labels".to_owned(), json!({ "tier": "1" }));
    }
    if let Some(keys) = fact["annotations"].as_array() {
        let annotations: Map<String, Value> =
            keys.iter().map(|key| (key.as_str().unwrap().to_owned(), json!("acme/shop"))).collect();
        metadata.insert("annotations".to_owned(), Value::Object(annotations));
    }
    let known = ["kind", "name", "namespace", "tags", "has", "annotations"];
    let spec = fact.as_object().unwrap().iter().filter(|(key, _)| !known.contains(&key.as_str()));
    let spec: Map<String, Value> = spec.map(|(key, value)| (key.clone(), value.clone())).collect();
    json!({ "apiVersion": "backstage.io/v1alpha1", "kind": fact["kind"], "metadata": metadata, "spec": spec })
}

/// A whole entity of every kind.
fn whole() -> Vec<Value> {
    let both = json!({ "dependsOn": ["resource:x", "component:ns/y"], "dependencyOf": ["component:z"] });
    let with = |spec: Value| {
        let mut spec = spec.as_object().unwrap().clone();
        spec.extend(both.as_object().unwrap().clone());
        Value::Object(spec)
    };
    let profile = json!({ "displayName": "d", "email": "e@acme.test", "picture": "https://acme.test/p" });
    let specs = [
        (
            "Component",
            with(json!({ "type": "service", "lifecycle": "production", "owner": "a", "system": "s",
                "subcomponentOf": "c", "providesApis": ["a"], "consumesApis": ["b", "ns/c"] })),
        ),
        (
            "API",
            json!({ "type": "openapi", "lifecycle": "x", "owner": "a", "definition": "d", "system": "s" }),
        ),
        ("Resource", with(json!({ "type": "database", "owner": "user:a", "system": "s" }))),
        ("System", json!({ "owner": "a", "domain": "d", "type": "t" })),
        ("Domain", json!({ "owner": "a", "subdomainOf": "d", "type": "t" })),
        (
            "Group",
            json!({ "type": "team", "children": ["c"], "profile": profile, "parent": "p", "members": ["m"] }),
        ),
        ("User", json!({ "memberOf": ["g"], "profile": profile })),
        ("Location", json!({ "type": "url", "target": "./a", "targets": ["./b"], "presence": "required" })),
        (
            "Template",
            json!({
                "type": "service", "owner": "a", "lifecycle": "x",
                "parameters": [{ "title": "t", "backstage:permissions": { "tags": ["t"] } }],
                "secrets": { "schema": { "type": "object" } },
                "presentation": { "buttonLabels": { "backButtonText": "b", "createButtonText": "c" } },
                "EXPERIMENTAL_recovery": { "EXPERIMENTAL_strategy": "none" },
                "formDecorators": [{ "id": "i", "input": { "k": "v" } }],
                "EXPERIMENTAL_formDecorators": [{ "id": "i", "input": { "k": "v" } }],
                "steps": [{ "id": "i", "name": "n", "action": "a", "input": { "k": "v" }, "if": true,
                    "backstage:permissions": { "tags": ["t"] } }],
                "output": { "o": "p", "links": [{ "if": "x", "url": "u", "title": "t", "icon": "i", "entityRef": "e" }],
                    "text": [{ "if": true, "title": "t", "icon": "i", "content": "c" }] },
            }),
        ),
    ];
    specs.into_iter().map(|(kind, spec)| of_kind(kind, spec)).collect()
}

fn of_kind(kind: &str, spec: Value) -> Value {
    let template = kind == "Template";
    let api_version = if template { "scaffolder.backstage.io/v1beta3" } else { "backstage.io/v1alpha1" };
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {
            "name": "n", "namespace": "ns", "title": "t", "description": "d", "uid": "u", "etag": "e",
            "labels": { "a": "b", "x.y/z": "w" },
            "annotations": {
                "a/b": "c",
                "backstage.io/managed-by-location": "url:https://acme.test/x",
                "backstage.io/managed-by-origin-location": "file:./x",
            },
            "tags": ["t"],
            "links": [{ "url": "https://a.test", "title": "t", "icon": "i", "type": "y" }],
            "other": 1,
        },
        "spec": spec,
    })
}

/// Texts that a field is given.
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "a b",
    "a-b",
    "a--b",
    "a_b",
    "a.b",
    "-a",
    "a-",
    "a/b",
    "a/b/c",
    "/a",
    "a/",
    "a:b",
    "a:b/c",
    ":a",
    "a:",
    "a:/b",
    "a:b:c",
    "é",
    "c++",
    "c#",
    "http://",
    "https:x",
    "http:/x",
    "mailto:x",
    "foo:",
    "//x",
    "http://a b",
    "http://[",
    "http://a:99999",
    "1",
    "v1",
    "A.b/v1",
    "a..b/v1",
    "required",
    "optional",
    "backstage.io/v1beta1",
    "backstage.io/v1beta2",
    "scaffolder.backstage.io/v1beta3",
    "Component",
    "component",
    "API",
    "Location",
    "User",
    "Template",
    " a",
    "a ",
    "a\n",
    "a\u{0}",
    "url:javascript:x",
    "url: JavaScript:x",
    "url:java\tscript:x",
    "http:x",
    "https:https://a",
    "url:",
    ":url",
    "file:./x",
];

/// Other values that a field is given, as JSON.
const VALUES: &str = r#"
null 1 0 1.5 true false [] ["a"] [""] [1] [null] ["a:b"] ["component:b","resource:n/c"]
["a","A"] ["x.y"] [[]] [{}] {} {"a":"b"} {"a":""} {"a":1} {"a.b":"c"} {"a\u0020b":"c"}
{"a":null} {"A.b/c":"d"} {"a/b/c":"d"} {"k":"1","K":"2"} {"email":""} {"email":null}
[{"url":"https://a"}] [{"url":""}] [{"url":"x"}] [{"url":1}]
[{"url":"https://a","title":""}] [{"url":"https://a","title":null}] [{"action":"a"}]
[{"action":""}] [{"action":"a","if":"x"}] [{"action":"a","each":[1]}]
[{"action":"a","id":""}]
"#;

fn pool() -> Vec<Value> {
    let long = |length: usize| "a".repeat(length);
    let mut pool: Vec<Value> = TEXTS.iter().map(|text| Value::from(*text)).collect();
    pool.extend(
        [long(63), long(64), format!("{}/v1", long(63)), format!("{}/v1", long(64))].map(Value::from),
    );
    pool.extend(VALUES.split_whitespace().map(|value| serde_json::from_str::<Value>(value).unwrap()));
    pool
}

/// Everything that is compared.
pub(super) fn all() -> Vec<Value> {
    let whole = whole();
    let pool = pool();
    let mut out = whole.clone();
    out.extend([json!(null), json!([]), json!("x"), json!(1), json!({})]);
    for base in &whole {
        let mut pointers = pointers(base, String::new());
        pointers.extend(
            ["/relations", "/status", "/foo", "/Spec", "/spec/Type", "/metadata/Title", "/metadata/labels/A"]
                .map(str::to_owned),
        );
        for pointer in &pointers {
            out.push(changed(base, pointer, None));
            out.extend(pool.iter().map(|value| changed(base, pointer, Some(value.clone()))));
        }
        for key in pool.iter().filter_map(Value::as_str) {
            for map in ["labels", "annotations"] {
                let mut entity = base.clone();
                entity["metadata"][map] = json!({ key: "x" });
                out.push(entity);
            }
        }
    }
    out.extend(by_chance(DRAWN));
    out
}

/// Entities changed by chance, the same every time.
pub(super) fn by_chance(count: usize) -> Vec<Value> {
    let mut bases = facts();
    bases.extend(whole());
    let mut random = Random(0x5eed_0006);
    (0..count).map(|_| drawn(&bases, &mut random)).collect()
}

/// JSON pointers to everything in a value.
fn pointers(value: &Value, above: String) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, inner)| (escaped(key), inner)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, inner)| (at.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    let below = parts.into_iter().flat_map(|(key, inner)| {
        let pointer = format!("{above}/{key}");
        let inner = pointers(inner, pointer.clone());
        std::iter::once(pointer).chain(inner)
    });
    below.collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The entity with another value at a place, or none.
fn changed(base: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut entity = base.clone();
    let (above, key) = pointer.rsplit_once('/').unwrap();
    match (entity.pointer_mut(above), value) {
        (Some(Value::Object(fields)), Some(value)) => {
            fields.insert(key.replace("~1", "/").replace("~0", "~"), value);
        }
        (Some(Value::Object(fields)), None) => {
            drop(fields.shift_remove(&key.replace("~1", "/").replace("~0", "~")))
        }
        (Some(Value::Array(items)), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
        (Some(Value::Array(items)), None) => drop(items.remove(key.parse().unwrap())),
        other => panic!("`{pointer}` leads nowhere: {other:?}"),
    }
    entity
}

/// Numbers that look like chance and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

/// A text or a key of an entity, changed a little, up to three times.
fn drawn(bases: &[Value], random: &mut Random) -> Value {
    let mut entity = random.one_of(bases).clone();
    for _ in 0..=random.below(3) {
        let pointers = pointers(&entity, String::new());
        let pointer = random.one_of(&pointers).clone();
        let (above, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        let parent = entity.pointer_mut(above).unwrap();
        match parent {
            Value::Object(fields) if random.below(3) == 0 => {
                let value = if random.below(2) == 0 {
                    fields[&key].clone()
                } else {
                    fields.shift_remove(&key).unwrap()
                };
                fields.insert(mutated(&key, random), value);
            }
            parent => {
                let here = match parent {
                    Value::Object(fields) => &mut fields[&key],
                    Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
                    other => panic!("`{above}` holds nothing: {other}"),
                };
                if let Value::String(text) = here {
                    *text = mutated(text, random);
                }
            }
        }
    }
    entity
}

/// A text that differs by a character, a letter case or a length.
fn mutated(text: &str, random: &mut Random) -> String {
    const CHARS: [char; 24] = [
        ' ', 'a', 'Z', '0', '9', '-', '_', '.', '/', ':', '+', '#', '@', '*', '$', '\\', '"', '\n', '\t',
        '\u{0}', 'é', 'ß', 'İ', '漢',
    ];
    const LENGTHS: [usize; 6] = [62, 63, 64, 252, 253, 254];
    let mut chars: Vec<char> = text.chars().collect();
    let at = random.below(chars.len() + 1);
    match random.below(9) {
        0 | 1 => chars.insert(at, *random.one_of(&CHARS)),
        2 if at < chars.len() => drop(chars.remove(at)),
        3 if at < chars.len() => chars[at] = *random.one_of(&CHARS),
        4 if at < chars.len() => chars.insert(at, chars[at]),
        5 => return text.to_uppercase(),
        6 => return String::new(),
        7 => {
            let length = *random.one_of(&LENGTHS);
            let filler = *random.one_of(&['x', '-', '.']);
            while chars.len() < length {
                chars.insert(at.min(chars.len()), filler);
            }
        }
        8 => chars.truncate(at),
        _ => chars.reverse(),
    }
    chars.into_iter().collect()
}
