//! What a policy says of itself, in the comment above its package that OPA calls `METADATA`.
//!
//! `title` says what must hold, `description` why; `custom` holds what OPA has no word for: `id`, `for` (the kinds of
//! files it is asked about, or `repository`) and `mend` (what to do). All of it may be left out.

use serde::Deserialize;

use crate::document::Kind;

/// The word for all files together.
pub(crate) const REPOSITORY: &str = "repository";

/// What is read.
#[derive(Debug, Clone, Default, Deserialize)]
struct Block {
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    custom: Custom,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Custom {
    id: Option<String>,
    #[serde(rename = "for")]
    about: Option<Vec<String>>,
    #[serde(default)]
    mend: String,
}

/// What a policy says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meta {
    pub id: Option<String>,
    pub title: String,
    pub why: String,
    pub mend: String,
    /// The kinds of files; none where it does not say.
    pub kinds: Option<Vec<Kind>>,
    /// Whether it is asked about all files together.
    pub repository: bool,
}

/// What cannot be understood of it: the line and the message.
pub(crate) type Misread = (usize, String);

/// Reads the block of a module that belongs to its package.
pub(crate) fn read(text: &str) -> Result<Meta, Misread> {
    let mut block = String::new();
    let mut start = None;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix('#') {
            Some(comment) if comment.trim() == "METADATA" => (start, block) = (Some(at + 1), String::new()),
            Some(comment) if start.is_some() => {
                block.push_str(comment.strip_prefix(' ').unwrap_or(comment));
                block.push('\n');
            }
            Some(_) => {}
            None if line.starts_with("package") => break,
            // A block that something else follows belongs to nothing.
            None => start = None,
        }
    }
    let Some(line) = start else { return Ok(Meta::default()) };
    let read: Block = serde_yaml::from_str(&block)
        .map_err(|error| (line, format!("`METADATA` is not what it should be: {error}")))?;
    understood(read).map_err(|message| (line, message))
}

fn understood(block: Block) -> Result<Meta, String> {
    let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut meta = Meta {
        id: block.custom.id,
        title: tidy(block.title),
        why: tidy(block.description),
        mend: tidy(block.custom.mend),
        ..Meta::default()
    };
    if let Some(id) = &meta.id
        && !is_id(id)
    {
        return Err(format!("`custom.id: {id}` is no id: use small letters, digits and `-`"));
    }
    if let Some(about) = block.custom.about {
        let mut kinds = Vec::new();
        for word in about {
            match Kind::ALL.into_iter().find(|kind| kind.word() == word) {
                Some(kind) => kinds.push(kind),
                None if word == REPOSITORY => meta.repository = true,
                None => {
                    let known = Kind::ALL.map(Kind::word).join("`, `");
                    return Err(format!("`custom.for` has `{word}`; known are `{known}` and `{REPOSITORY}`"));
                }
            }
        }
        meta.kinds = Some(kinds);
    }
    Ok(meta)
}

/// Whether a text can be written in an allowance.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_above_the_package_is_read() {
        let text = "# A word.\n# METADATA\n# title: Images\n#   by digest\n# custom:\n#   id: images\n#   for: [manifest, repository]\npackage a\n\n# METADATA\n# title: other\ndeny := 1\n";

        let meta = read(text).unwrap();

        assert_eq!((meta.title.as_str(), meta.id.as_deref()), ("Images by digest", Some("images")));
        assert_eq!((meta.kinds, meta.repository), (Some(vec![Kind::Manifest]), true));
    }

    #[test]
    fn what_is_not_understood_names_its_line() {
        let faulty =
            |custom: &str| read(&format!("\n# METADATA\n# custom: {custom}\npackage a\n")).unwrap_err();

        assert_eq!(faulty("{for: [manifests]}").0, 2);
        assert!(faulty("{for: [manifests]}").1.contains("`manifests`; known are `manifest`"));
        assert!(faulty("{id: Not an id}").1.contains("is no id"));
        assert!(faulty("[").1.contains("not what it should be"));
    }

    #[test]
    fn a_policy_may_say_nothing_of_itself() {
        assert_eq!(read("package main\n").unwrap().id, None);
    }
}
