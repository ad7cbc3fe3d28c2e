//! What each stock kind asks of its `spec`.
//!
//! The kinds are a table; the checks walk it. Keys that the table does not name are always allowed, as in
//! Backstage. The invariant: a kind is judged only under an API version that a stock processor answers to.

use serde_json::{Map, Value};

use super::{Report, below, format, is_placeholder, references, shown, template};
use crate::EntityRef;

/// What a field of a spec must look like.
#[derive(Clone, Copy)]
enum Shape {
    /// Text with at least one character.
    Text,
    /// A list of such texts, which may be empty.
    Texts,
    /// One such text or a list of them, or anything that JavaScript takes for nothing: no schema asks.
    LooseTexts,
    /// A person's or group's profile.
    Profile,
    /// `required` or `optional`.
    Presence,
    /// A part of a template.
    Form(&'static template::Form),
}

/// One field of a spec.
struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
    /// Does it hold references, and what kind do they imply?
    reference: Option<Implied>,
}

/// The kind that a reference implies when it names none.
type Implied = Option<&'static str>;

const fn needed(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, reference: None }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, reference: None }
}

impl Field {
    const fn naming(mut self, kind: &'static str) -> Self {
        self.reference = Some(Some(kind));
        self
    }

    const fn naming_any(mut self) -> Self {
        self.reference = Some(None);
        self
    }
}

/// One stock kind.
struct Kind {
    name: &'static str,
    api_versions: &'static [&'static str],
    fields: &'static [Field],
}

const CORE: &[&str] = &["backstage.io/v1alpha1", "backstage.io/v1beta1"];
const SCAFFOLDER: &[&str] = &["scaffolder.backstage.io/v1beta3"];

const KINDS: &[Kind] = &[
    Kind {
        name: "Component",
        api_versions: CORE,
        fields: &[
            needed("type", Shape::Text),
            needed("lifecycle", Shape::Text),
            needed("owner", Shape::Text).naming("Group"),
            optional("system", Shape::Text).naming("System"),
            optional("subcomponentOf", Shape::Text).naming("Component"),
            optional("providesApis", Shape::Texts).naming("API"),
            optional("consumesApis", Shape::Texts).naming("API"),
            optional("dependsOn", Shape::Texts).naming_any(),
            optional("dependencyOf", Shape::LooseTexts).naming_any(),
        ],
    },
    Kind {
        name: "API",
        api_versions: CORE,
        fields: &[
            needed("type", Shape::Text),
            needed("lifecycle", Shape::Text),
            needed("owner", Shape::Text).naming("Group"),
            needed("definition", Shape::Text),
            optional("system", Shape::Text).naming("System"),
        ],
    },
    Kind {
        name: "Resource",
        api_versions: CORE,
        fields: &[
            needed("type", Shape::Text),
            needed("owner", Shape::Text).naming("Group"),
            optional("dependsOn", Shape::Texts).naming_any(),
            optional("dependencyOf", Shape::LooseTexts).naming_any(),
            optional("system", Shape::Text).naming("System"),
        ],
    },
    Kind {
        name: "System",
        api_versions: CORE,
        fields: &[
            needed("owner", Shape::Text).naming("Group"),
            optional("domain", Shape::Text).naming("Domain"),
            optional("type", Shape::Text),
        ],
    },
    Kind {
        name: "Domain",
        api_versions: CORE,
        fields: &[
            needed("owner", Shape::Text).naming("Group"),
            optional("subdomainOf", Shape::Text).naming("Domain"),
            optional("type", Shape::Text),
        ],
    },
    Kind {
        name: "Group",
        api_versions: CORE,
        fields: &[
            needed("type", Shape::Text),
            needed("children", Shape::Texts).naming("Group"),
            optional("profile", Shape::Profile),
            optional("parent", Shape::Text).naming("Group"),
            optional("members", Shape::Texts).naming("User"),
        ],
    },
    Kind {
        name: "User",
        api_versions: CORE,
        fields: &[needed("memberOf", Shape::Texts).naming("Group"), optional("profile", Shape::Profile)],
    },
    Kind {
        name: "Location",
        api_versions: CORE,
        fields: &[
            optional("type", Shape::Text),
            optional("target", Shape::Text),
            optional("targets", Shape::Texts),
            optional("presence", Shape::Presence),
        ],
    },
    Kind {
        name: "Template",
        api_versions: SCAFFOLDER,
        fields: &[
            needed("type", Shape::Text),
            needed("steps", Shape::Form(&template::STEPS)),
            optional("owner", Shape::Text).naming("Group"),
            optional("lifecycle", Shape::Text),
            optional("parameters", Shape::Form(&template::PARAMETERS)),
            optional("secrets", Shape::Form(&template::SECRETS)),
            optional("presentation", Shape::Form(&template::PRESENTATION)),
            optional("EXPERIMENTAL_recovery", Shape::Form(&template::RECOVERY)),
            optional("formDecorators", Shape::Form(&template::DECORATORS)),
            optional("EXPERIMENTAL_formDecorators", Shape::Form(&template::DECORATORS)),
            optional("output", Shape::Form(&template::OUTPUT)),
        ],
    },
];

/// Checks the kind, and the spec by what the kind asks for.
pub(super) fn check(root: &Map<String, Value>, report: &mut Report) {
    let (Some(kind), Some(api_version)) = (filled(root, "kind"), filled(root, "apiVersion")) else { return };
    let Some(rules) = KINDS.iter().find(|rules| rules.name == kind) else {
        if format::is_kind(kind) {
            report_unknown(kind, report);
        }
        return;
    };
    if !rules.api_versions.contains(&api_version) {
        let message = format!(
            "`{}` is not an API version of the kind `{kind}`; write `{}`",
            shown(&Value::String(api_version.to_owned())),
            rules.api_versions.first().unwrap_or(&"")
        );
        return report.add("apiVersion", "kind.api-version", message);
    }
    match root.get("spec") {
        None => report.missing("spec", "spec.required", &format!("the kind `{kind}`")),
        Some(Value::Object(spec)) => check_spec(root, spec, rules, report),
        Some(_) => {}
    }
}

/// The references of an entity that can be read, each with the path of its field.
pub(crate) fn references_of(entity: &Value) -> Vec<(String, EntityRef)> {
    let text = |key: &str| entity.get(key).and_then(Value::as_str);
    let rules = KINDS.iter().find(|rules| Some(rules.name) == text("kind"));
    let (Some(rules), Some(spec)) = (rules, entity.get("spec")) else { return Vec::new() };
    let namespace = entity.pointer("/metadata/namespace").and_then(Value::as_str);
    let mut found = Vec::new();
    let mut read = |path: String, value: &Value, implied: Implied| {
        let parsed = value.as_str().and_then(|text| EntityRef::parse_with(text, implied, namespace).ok());
        found.extend(parsed.map(|parsed| (path, parsed)));
    };
    for field in rules.fields {
        let (Some(implied), Some(value)) = (field.reference, spec.get(field.name)) else { continue };
        let path = below("spec", field.name);
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    read(format!("{path}[{at}]"), item, implied);
                }
            }
            one => read(path, one, implied),
        }
    }
    found
}

fn filled<'v>(root: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    root.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn report_unknown(kind: &str, report: &mut Report) {
    let shown = shown(&Value::String(kind.to_owned()));
    let message = match KINDS.iter().find(|rules| rules.name.eq_ignore_ascii_case(kind)) {
        Some(rules) => {
            format!("`{shown}` is not a kind of the catalog; letter case counts: write `{}`", rules.name)
        }
        None => format!(
            "`{shown}` is not a kind of the stock catalog; write one of {}, or add the module that knows it",
            KINDS.iter().map(|rules| format!("`{}`", rules.name)).collect::<Vec<_>>().join(", ")
        ),
    };
    report.add("kind", "kind.unknown", message);
}

fn check_spec(root: &Map<String, Value>, spec: &Map<String, Value>, rules: &Kind, report: &mut Report) {
    let namespace =
        root.get("metadata").and_then(|metadata| metadata.get("namespace")).and_then(Value::as_str);
    for field in rules.fields {
        let path = below("spec", field.name);
        let Some(value) = spec.get(field.name) else {
            if field.required {
                report.missing(&path, "spec.required", &format!("the kind `{}`", rules.name));
            }
            continue;
        };
        check_shape(&path, value, field.shape, report);
        if let Some(implied) = field.reference {
            references::check(&path, value, implied, namespace, report);
        }
    }
}

fn check_shape(path: &str, value: &Value, shape: Shape, report: &mut Report) {
    if is_placeholder(value) {
        return;
    }
    match (shape, value) {
        (Shape::LooseTexts, nothing) if is_nothing(nothing) => {}
        (Shape::Text, _) | (Shape::LooseTexts, Value::String(_)) => {
            report.filled_text(path, value);
        }
        (Shape::Texts | Shape::LooseTexts, Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                report.filled_text(&format!("{path}[{at}]"), item);
            }
        }
        (Shape::Texts | Shape::LooseTexts, other) => report.wrong_type(path, other, "a list of texts"),
        (Shape::Profile, Value::Object(profile)) => {
            for key in ["displayName", "email", "picture"] {
                if let Some(value) = profile.get(key) {
                    report.filled_text(&below(path, key), value);
                }
            }
        }
        (Shape::Profile, other) => report.wrong_type(path, other, "a mapping"),
        (Shape::Presence, value) => {
            if !matches!(value.as_str(), Some("required" | "optional")) {
                let message = format!("`{}` is not known here; write `required` or `optional`", shown(value));
                report.add(path, "spec.presence", message);
            }
        }
        (Shape::Form(form), value) => template::check(path, value, form, report),
    }
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
        || value.as_str() == Some("")
        || value.as_f64() == Some(0.0)
}
