//! All rules about catalog files, in one table.
//!
//! A rule's id is part of what people write into their settings; it is never changed and never used again for
//! something else. The table says what a rule is for; the checks stand where they are made.

use super::Level;

/// A rule about catalog files.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name.
    pub id: &'static str,
    /// What its findings weigh.
    pub level: Level,
    /// What a finding of it says, in one line and in general.
    pub title: &'static str,
    /// Why it matters and what to do.
    pub text: &'static str,
}

/// All rules, in the order of the areas they are about.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of that name.
pub(crate) fn rule(id: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.id == id).unwrap_or(&OTHER)
}

const OTHER: Rule = error("entity.other", "The entity breaks a rule", "Mend what the message says.");

const fn error(id: &'static str, title: &'static str, text: &'static str) -> Rule {
    Rule { id, level: Level::Error, title, text }
}

const fn warning(id: &'static str, title: &'static str, text: &'static str) -> Rule {
    Rule { id, level: Level::Warning, title, text }
}

const fn note(id: &'static str, title: &'static str, text: &'static str) -> Rule {
    Rule { id, level: Level::Note, title, text }
}

const RULES: &[Rule] = &[
    error(
        "file.too-large",
        "The file is too large",
        "Split the file; long texts belong in files of their own.",
    ),
    warning(
        "file.encoding",
        "The file is not UTF-8",
        "Save the file as UTF-8; what is not is read as `\u{fffd}`.",
    ),
    error(
        "yaml.syntax",
        "The document is not YAML",
        "Mend the document; while it cannot be read, nothing of the file is taken.",
    ),
    warning(
        "yaml.control-character",
        "A control character stands in the text",
        "Remove the character, or write what was meant; it often comes of a wrong encoding.",
    ),
    error(
        "yaml.aliases",
        "An alias is used too often",
        "Write the value out; Backstage refuses a document whose aliases grow.",
    ),
    error(
        "envelope.mapping",
        "The document is not a mapping",
        "Write `apiVersion`, `kind`, `metadata` and `spec`.",
    ),
    error("envelope.required", "A field that every entity has is missing", "Write the field."),
    error(
        "envelope.foreign-field",
        "An unknown field stands at the root",
        "Remove the field, or move it into `metadata` or `spec`.",
    ),
    error(
        "format.api-version",
        "The API version has not the form of one",
        "Write it like `backstage.io/v1alpha1`.",
    ),
    error("format.kind", "The kind has not the form of one", "Use letters and digits, with a letter first."),
    error(
        "format.name",
        "The name has not the form of one",
        "Use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit first and last.",
    ),
    error(
        "format.namespace",
        "The namespace has not the form of one",
        "Use at most 63 lower-case letters, digits and dashes, with no dash first or last.",
    ),
    error(
        "format.label-key",
        "A label's key has not the form of one",
        "Write `name` or `domain.example/name`.",
    ),
    error(
        "format.label-value",
        "A label's value has not the form of one",
        "Use the form of a name, or leave it empty.",
    ),
    error(
        "format.annotation-key",
        "An annotation's key has not the form of one",
        "Write `name` or `domain.example/name`.",
    ),
    error(
        "format.tag",
        "A tag has not the form of one",
        "Use at most 63 of `a-z`, `0-9`, `:`, `+` and `#`, with single dashes between words.",
    ),
    error(
        "format.link-url",
        "A link's address is not a URL",
        "Write the URL in full, like `https://example.com/page`.",
    ),
    error("value.empty", "A value is empty", "Write a value, or leave the key out."),
    error("value.type", "A value has the wrong type", "Write a value of the type that the message names."),
    error(
        "kind.unknown",
        "The stock catalog does not know the kind",
        "Write a kind that the catalog knows, or add the module that knows it.",
    ),
    error(
        "kind.api-version",
        "The kind has another API version",
        "Write the API version that the message names.",
    ),
    error("spec.required", "The kind needs a field that is missing", "Write the field."),
    error("spec.presence", "The presence of a location is unknown", "Write `required` or `optional`."),
    error("reference.form", "A reference has an empty part", "Write `kind:namespace/name`."),
    error(
        "reference.kind-missing",
        "A reference names no kind where none is implied",
        "Write the kind in front of it.",
    ),
    error("reference.location", "A location is not one", "Write `url:https://…`."),
    error(
        "search.case-clash",
        "Two keys differ in letter case alone",
        "Keep one spelling; the catalog's search cannot hold both.",
    ),
    error(
        "entity.duplicate",
        "Two documents declare one entity",
        "Rename one of them, or remove it; only one of them is taken.",
    ),
    warning(
        "reference.dangling",
        "A reference leads nowhere",
        "Write the name of an entity that there is; the catalog says nothing about references that lead nowhere.",
    ),
    warning(
        "catalog.rule",
        "Files may not declare the kind",
        "Allow the kind in `catalog.rules`, or declare the entity elsewhere; otherwise the whole file is refused.",
    ),
    error(
        "location.target",
        "A location's target is not there",
        "Write the path of a file, relative to this one; a missing target stops the whole location.",
    ),
    warning(
        "location.type",
        "A location's type is not read from a repository",
        "Write `url`, or leave `type` out.",
    ),
    error(
        "placeholder.target",
        "A file that a placeholder names is not there",
        "Write the path of a file, relative to this one.",
    ),
    warning(
        "annotation.reserved",
        "An annotation belongs to the catalog",
        "Remove it: the catalog writes its own value over it.",
    ),
    note(
        "annotation.deprecated",
        "An annotation is no longer read",
        "Remove it, or write the one that took its place.",
    ),
    error("drift.api-file", "The file of an API has moved or gone", "Write its new path, or remove the API."),
    warning(
        "drift.folder",
        "The folder of an entity has gone",
        "Write its new folder, or remove the entity.",
    ),
    warning(
        "drift.owner",
        "The owner is no longer in CODEOWNERS",
        "Write an owner that CODEOWNERS has, or mend CODEOWNERS.",
    ),
    warning(
        "drift.techdocs",
        "There are no docs where the annotation says",
        "Write the folder that `mkdocs.yml` stands in, or remove the annotation.",
    ),
    warning(
        "drift.project-slug",
        "The slug is not that of the repository",
        "Write the slug of the repository.",
    ),
    warning(
        "drift.relation",
        "A relation leads to something that the code no longer has",
        "Write what the code has, or remove the relation.",
    ),
    note("drift.value", "The file and the code say different things", "See which of them is right."),
    note(
        "drift.missing",
        "The code has something that the file does not declare",
        "Add it to the file; `catalog-gen generate --write` does.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_stands_once_and_says_what_to_do() {
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();

        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.text.ends_with('.') && !rule.title.ends_with('.'), "{}", rule.id);
        }
    }

    /// A slip in an id would give findings of no rule.
    #[test]
    fn every_rule_that_a_check_names_is_in_the_table() {
        let sources = [
            include_str!("../validate/envelope.rs"),
            include_str!("../validate/kinds.rs"),
            include_str!("../validate/references.rs"),
            include_str!("../validate/search.rs"),
            include_str!("../validate.rs"),
            include_str!("../check.rs"),
            include_str!("../check/owners.rs"),
            include_str!("../check/places.rs"),
            include_str!("../check/relations.rs"),
            include_str!("../files.rs"),
            include_str!("../files/across.rs"),
            include_str!("../files/aliases.rs"),
            include_str!("../files/document.rs"),
            include_str!("../files/locations.rs"),
            include_str!("../files/placeholders.rs"),
            include_str!("../files/reading.rs"),
        ];
        let areas: BTreeSet<&str> = RULES.iter().filter_map(|rule| rule.id.split('.').next()).collect();
        let named = sources.iter().flat_map(|source| source.split('"'));
        let named: BTreeSet<&str> = named
            .filter(|text| {
                text.split_once('.').is_some_and(|(area, rest)| areas.contains(area) && is_word(rest))
            })
            .filter(|text| !FIELDS.contains(text))
            .collect();

        assert!(named.len() > 25, "{named:?}");
        for id in named {
            assert_eq!(rule(id).id, id);
        }
    }

    const FIELDS: [&str; 4] = ["spec.type", "spec.target", "spec.targets", "spec.owner"];

    fn is_word(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    }
}
