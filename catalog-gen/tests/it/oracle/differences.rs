//! What is judged or read otherwise than by Backstage, on purpose.

use serde_json::Value;

/// An intended difference.
pub(super) struct Row<C: 'static> {
    /// What differs, and why.
    pub(super) name: &'static str,
    /// Does a case show it?
    pub(super) fits: fn(&C) -> bool,
}

/// Of entities: there is none.
pub(super) const ENTITIES: &[Row<Value>] = &[];

/// Of YAML texts. The head of the module `yaml` tells people of them.
pub(super) const TEXTS: &[Row<String>] = &[
    Row {
        name: "a list or mapping as a key is written as JSON: the parser keeps no text of it",
        fits: |text| text.starts_with(['[', '{', '?']) && text.contains(": "),
    },
    Row {
        name: "binary and signed hexadecimal numbers are numbers: the parser reads them so",
        fits: |text| text.contains("0b11") || text.contains("-0xC"),
    },
    Row {
        name: "numbers without end are no value as keys either",
        fits: |text| [".inf: ", "-.Inf: ", ".NaN: "].iter().any(|key| text.starts_with(key)),
    },
    Row {
        name: "tags are looked through, or refused where the value does not fit them",
        fits: |text| ["!!float", "!!null", "!!binary", "!!set", "!x\n"].iter().any(|tag| text.contains(tag)),
    },
    Row {
        name: "a bracket may close at the start of a line: nobody is harmed",
        fits: |text| text.contains("\n]"),
    },
    Row {
        name: "an anchor that is set twice is an error: the parser would mix the two up",
        fits: |text| text.matches("&x ").count() == 2,
    },
    Row {
        name: "control characters are an error, as YAML says",
        fits: |text| text.contains(['\u{0}', '\u{7}', '\u{2028}']),
    },
    Row { name: "an anchor's name may not hold a colon", fits: |text| text.starts_with("&a: ") },
    Row { name: "a directive without a document is an error", fits: |text| text.starts_with("%x") },
];
