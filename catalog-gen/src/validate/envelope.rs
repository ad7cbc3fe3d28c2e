//! What all kinds share: the four root fields and the metadata.
//!
//! It does not look into `spec`. The invariant: every row of the field formats has its check here, and a field
//! that is reported as missing or of the wrong type is not reported for its form as well.

use serde_json::{Map, Value};

use super::{Report, below, format, is_placeholder, shown};

const ROOT_FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
const NAME_FORM: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit first and last";
const KEY_FORM: &str = "write `name` or `domain.example/name`, the domain in lower case and the name at most 63 \
                        letters, digits, `-`, `_` and `.`, with a letter or digit first and last";

/// One format: the question, its rule id, what the value is called and how it is mended.
struct Form {
    fits: fn(&str) -> bool,
    rule: &'static str,
    noun: &'static str,
    mend: &'static str,
}

const API_VERSION: Form = Form {
    fits: format::is_api_version,
    rule: "format.api-version",
    noun: "an API version",
    mend: "write it like `backstage.io/v1alpha1`",
};
const KIND: Form = Form {
    fits: format::is_kind,
    rule: "format.kind",
    noun: "a kind",
    mend: "use at most 63 letters and digits, with a letter first, like `Component`",
};
const NAME: Form = Form { fits: format::is_name, rule: "format.name", noun: "a name", mend: NAME_FORM };
const NAMESPACE: Form = Form {
    fits: format::is_dns_label,
    rule: "format.namespace",
    noun: "a namespace",
    mend: "use at most 63 lower-case letters, digits and dashes, with no dash first or last",
};
const LABEL_KEY: Form =
    Form { fits: format::is_key, rule: "format.label-key", noun: "a label key", mend: KEY_FORM };
const LABEL_VALUE: Form =
    Form { fits: format::is_label_value, rule: "format.label-value", noun: "a label value", mend: NAME_FORM };
const ANNOTATION_KEY: Form =
    Form { fits: format::is_key, rule: "format.annotation-key", noun: "an annotation key", mend: KEY_FORM };
const TAG: Form = Form {
    fits: format::is_tag,
    rule: "format.tag",
    noun: "a tag",
    mend: "use at most 63 of `a-z`, `0-9`, `:`, `+` and `#`, with single dashes between words",
};
const LINK_URL: Form = Form {
    fits: format::is_url,
    rule: "format.link-url",
    noun: "a URL",
    mend: "write it in full, like `https://example.com/page`",
};

/// Checks everything outside of `spec`; gives the root back when it is a mapping.
pub(super) fn check<'v>(entity: &'v Value, report: &mut Report) -> Option<&'v Map<String, Value>> {
    let Value::Object(root) = entity else {
        let message =
            "the document is not a mapping; write `apiVersion`, `kind`, `metadata` and `spec`".to_owned();
        report.add("", "envelope.mapping", message);
        return None;
    };
    required(root, "apiVersion", &API_VERSION, report);
    required(root, "kind", &KIND, report);
    match root.get("metadata") {
        None => report.missing("metadata", "envelope.required", "every entity"),
        Some(Value::Object(metadata)) => check_metadata(metadata, report),
        Some(other) => report.wrong_type("metadata", other, "a mapping"),
    }
    match root.get("spec") {
        None | Some(Value::Object(_)) => {}
        Some(other) => report.wrong_type("spec", other, "a mapping"),
    }
    for key in root.keys().filter(|key| !ROOT_FIELDS.contains(&key.as_str())) {
        let message = format!(
            "`{}` may not stand at the root of an entity; remove it, or move it into `metadata` or `spec`",
            key.escape_debug()
        );
        report.add(key, "envelope.foreign-field", message);
    }
    Some(root)
}

fn required(root: &Map<String, Value>, key: &str, form: &Form, report: &mut Report) {
    match root.get(key) {
        None => report.missing(key, "envelope.required", "every entity"),
        Some(value) => check_envelope_text(key, value, form, report),
    }
}

/// Text that Backstage reads before it resolves placeholders.
fn check_envelope_text(path: &str, value: &Value, form: &Form, report: &mut Report) {
    if is_placeholder(value) {
        let message = "a placeholder cannot stand here; write the text itself".to_owned();
        report.add(path, "value.type", message);
    } else if let Some(text) = report.filled_text(path, value) {
        check_form(path, text, form, report);
    }
}

fn check_form(path: &str, text: &str, form: &Form, report: &mut Report) {
    if !(form.fits)(text) {
        let value = shown(&Value::String(text.to_owned()));
        report.add(path, form.rule, format!("`{value}` is not {}; {}", form.noun, form.mend));
    }
}

fn check_metadata(metadata: &Map<String, Value>, report: &mut Report) {
    match metadata.get("name") {
        None => report.missing("metadata.name", "envelope.required", "every entity"),
        Some(value) => check_envelope_text("metadata.name", value, &NAME, report),
    }
    if let Some(value) = metadata.get("namespace") {
        check_envelope_text("metadata.namespace", value, &NAMESPACE, report);
    }
    for key in ["uid", "etag", "title"] {
        if let Some(value) = metadata.get(key) {
            report.filled_text(&below("metadata", key), value);
        }
    }
    match metadata.get("description") {
        None | Some(Value::String(_)) => {}
        Some(other) => report.wrong_type("metadata.description", other, "text"),
    }
    check_texts(metadata, "labels", &LABEL_KEY, Some(&LABEL_VALUE), report);
    check_texts(metadata, "annotations", &ANNOTATION_KEY, None, report);
    check_tags(metadata, report);
    check_links(metadata, report);
}

/// A mapping of keys of one form to texts.
fn check_texts(
    metadata: &Map<String, Value>,
    key: &str,
    key_form: &Form,
    value_form: Option<&Form>,
    report: &mut Report,
) {
    let path = below("metadata", key);
    let texts = match metadata.get(key) {
        None => return,
        Some(value) if is_placeholder(value) => return,
        Some(Value::Object(texts)) => texts,
        Some(other) => return report.wrong_type(&path, other, "a mapping"),
    };
    for (key, value) in texts {
        let path = below(&path, key);
        check_form(&path, key, key_form, report);
        match value {
            Value::String(text) => {
                if let Some(form) = value_form {
                    check_form(&path, text, form, report);
                }
            }
            other => report.wrong_type(&path, other, "text"),
        }
    }
}

fn check_tags(metadata: &Map<String, Value>, report: &mut Report) {
    let tags = match metadata.get("tags") {
        None => return,
        Some(Value::Array(tags)) => tags,
        Some(other) => return report.wrong_type("metadata.tags", other, "a list"),
    };
    for (at, tag) in tags.iter().enumerate() {
        let path = format!("metadata.tags[{at}]");
        if let Some(text) = report.filled_text(&path, tag) {
            check_form(&path, text, &TAG, report);
        }
    }
}

fn check_links(metadata: &Map<String, Value>, report: &mut Report) {
    let links = match metadata.get("links") {
        None => return,
        Some(Value::Array(links)) => links,
        Some(other) => return report.wrong_type("metadata.links", other, "a list"),
    };
    for (at, link) in links.iter().enumerate() {
        let path = format!("metadata.links[{at}]");
        let Value::Object(link) = link else {
            report.wrong_type(&path, link, "a mapping with `url`");
            continue;
        };
        if is_placeholder(&Value::Object(link.clone())) {
            continue;
        }
        match link.get("url") {
            None => report.missing(&below(&path, "url"), "envelope.required", "every link"),
            Some(url) => {
                let path = below(&path, "url");
                if let Some(text) = report.filled_text(&path, url) {
                    check_form(&path, text, &LINK_URL, report);
                }
            }
        }
        for key in ["title", "icon", "type"] {
            if let Some(value) = link.get(key) {
                report.filled_text(&below(&path, key), value);
            }
        }
    }
}
