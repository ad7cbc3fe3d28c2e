//! The helpers of Stagecraft's Handlebars, beside those that Handlebars brings.
//!
//! `kebabCase`, `snakeCase`, `camelCase`, `pascalCase`, `upperCase`, `lowerCase` take a text; `json` writes any
//! value as JSON; `default` gives its second argument for a value that is missing or null; `gha` writes expressions of
//! GitHub's workflows. `log` is taken away.
//! The invariant: a helper is a function of its arguments, and only `default` and conditions may ask for a
//! value that is not there.

mod gha;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, JsonRender, RenderContext, RenderError, RenderErrorReason,
    ScopedJson, no_escape,
};
use serde_json::Value as Json;

/// All helpers, for messages and for telling a helper from a value.
pub(super) const NAMES: &[&str] = &[
    "if",
    "unless",
    "each",
    "with",
    "lookup",
    "raw",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
    "len",
    "kebabCase",
    "snakeCase",
    "camelCase",
    "pascalCase",
    "upperCase",
    "lowerCase",
    "json",
    "default",
    "gha",
];

/// A strict registry with the helpers, no templates, and nothing escaped.
pub(super) fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(no_escape);
    registry.unregister_helper("log");
    for (name, convert) in CONVERSIONS {
        registry.register_helper(name, Box::new(TextHelper { name, convert: *convert }));
    }
    registry.register_helper("json", Box::new(JsonHelper));
    registry.register_helper("default", Box::new(DefaultHelper));
    registry.register_helper("gha", Box::new(gha::GhaHelper));
    registry
}

/// What a helper makes of a text.
type Convert = fn(&str) -> String;

const CONVERSIONS: &[(&str, Convert)] = &[
    ("kebabCase", |text| words(text).join("-")),
    ("snakeCase", |text| words(text).join("_")),
    ("camelCase", |text| {
        let words = words(text);
        let (first, rest) = words.split_first().map_or(("", [].as_slice()), |(first, rest)| (first, rest));
        rest.iter().fold(first.to_owned(), |name, word| name + &title(word))
    }),
    ("pascalCase", |text| words(text).iter().map(|word| title(word)).collect()),
    ("upperCase", str::to_uppercase),
    ("lowerCase", str::to_lowercase),
];

/// A helper from text to text; numbers and booleans count as their text.
struct TextHelper {
    name: &'static str,
    convert: Convert,
}

impl HelperDef for TextHelper {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let value = only(helper, self.name)?;
        if matches!(value, Json::Null | Json::Array(_) | Json::Object(_)) {
            let message = format!("`{}` needs a text; for other values there is `json`", self.name);
            return Err(RenderErrorReason::Other(message).into());
        }
        Ok(ScopedJson::Derived(Json::String((self.convert)(&value.render()))))
    }
}

/// Any value as JSON in one line.
struct JsonHelper;

impl HelperDef for JsonHelper {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        Ok(ScopedJson::Derived(Json::String(only(helper, "json")?.to_string())))
    }
}

/// The first argument, or the second if the first is missing or null.
struct DefaultHelper;

impl HelperDef for DefaultHelper {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let (Some(value), Some(otherwise)) = (helper.param(0), helper.param(1)) else {
            let message = "`default` needs two arguments: a value, and what stands in for it";
            return Err(RenderErrorReason::Other(message.to_owned()).into());
        };
        if !value.value().is_null() {
            return Ok(ScopedJson::Derived(value.value().clone()));
        }
        if otherwise.is_value_missing() {
            return Err(RenderError::strict_error(otherwise.relative_path()));
        }
        Ok(ScopedJson::Derived(otherwise.value().clone()))
    }
}

/// The one argument of a helper, which must be there.
fn only<'h>(helper: &'h Helper<'_>, name: &str) -> Result<&'h Json, RenderError> {
    match helper.params().as_slice() {
        [argument] if argument.is_value_missing() => Err(RenderError::strict_error(argument.relative_path())),
        [argument] => Ok(argument.value()),
        others => {
            let message = format!("`{name}` needs one argument and got {}", others.len());
            Err(RenderErrorReason::Other(message).into())
        }
    }
}

/// The words of a name in lower case: split where a letter or digit is missing, where capitals begin, and
/// before the last capital of an abbreviation (`HTTPServer` is `http server`).
fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for (place, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        let after = chars.get(place + 1);
        let begins = match before {
            None => true,
            Some(last) => {
                let last: char = last;
                let ends_abbreviation =
                    last.is_uppercase() && after.is_some_and(|after| after.is_lowercase());
                c.is_uppercase() && (!last.is_uppercase() || ends_abbreviation)
            }
        };
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words
}

fn title(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for (text, expected) in [
            ("order-api", "order api"),
            ("OrderAPI", "order api"),
            ("HTTPServer v2Beta", "http server v2 beta"),
            ("already_snake", "already snake"),
            ("  a  ", "a"),
            ("ÄpfelBaum", "äpfel baum"),
            ("--", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn every_helper_that_messages_name_is_there() {
        let registry = registry();
        for name in NAMES {
            let source = format!("{{{{{name}}}}}");
            let error =
                registry.render_template(&source, &()).map_or_else(|e| e.to_string(), |_| String::new());
            assert!(!error.contains("variable"), "{name}: {error}");
        }
        assert!(
            registry.render_template("{{log \"x\"}}", &()).unwrap_err().to_string().contains("not found")
        );
    }
}
