//! `$text`, `$json` and `$yaml`: what the catalog puts in place of them is what the rules look at.
//!
//! The service fills them in when it loads a template. Here the parts that were filled in have the place of their
//! placeholder, since a finding points into the file that is linted; nothing in them is mended by `--fix`.

use std::fs;
use std::sync::Arc;

use catalog_gen::Placed;
use serde_json::Value;

use super::files::MAX_TEMPLATE_BYTES;
use super::finding::Findings;
use super::linted::Fetched;
use super::rule::{Area, Example, Level, Rule};
use super::skeleton_files::beside;
use super::source::{Place, Source};
use crate::template::placeholder::{Kind, Placeholder, placeholders};

/// The rules of this area.
pub(super) static RULES: [&Rule; 1] = [&PLACEHOLDER_UNREADABLE];

static PLACEHOLDER_UNREADABLE: Rule = Rule {
    id: "placeholder-unreadable",
    title: "A placeholder whose file cannot be read",
    level: Level::Error,
    area: Area::Entity,
    text: "`$text`, `$json` and `$yaml` name a file whose content takes their place when the template is loaded. \
           It has to be there, be of that kind, and lie in the same repository.",
    bad: Example {
        template: "parameters:\n  - $yaml: ./page.yml\n",
        files: &[("page.yaml", "title: Page\nproperties: {}\n")],
    },
    good: Example {
        template: "parameters:\n  - $yaml: ./page.yaml\n",
        files: &[("page.yaml", "title: Page\nproperties: {}\n")],
    },
};

/// The most placeholders that are filled in.
const MAX_PLACEHOLDERS: usize = 500;

/// Puts the content of files in place of placeholders.
pub(super) fn fill_in(value: &mut Value, placed: &mut Placed, source: &Arc<Source>, findings: &mut Findings) {
    if !["$text", "$json", "$yaml"].iter().any(|key| source.text.contains(key)) {
        return;
    }
    for Placeholder { positions, pointer, kind, target, .. } in
        placeholders(value).into_iter().take(MAX_PLACEHOLDERS)
    {
        let range = reached(placed, &positions).range();
        placed.forget(&positions);
        let content = target.as_str().ok_or_else(|| "it names no file".to_owned());
        match content.and_then(|target| read(source, kind, target)) {
            Ok(content) => {
                if let Some(place) = value.pointer_mut(&pointer) {
                    *place = content;
                }
            }
            Err(why) => {
                let target = target.as_str().unwrap_or("…");
                let message = format!("`{}: {target}` cannot be filled in: {why}", kind.key());
                let place = Place::new(source, range);
                findings.add(&PLACEHOLDER_UNREADABLE, place, message, "correct the path, or the file");
            }
        }
    }
}

fn read(source: &Source, kind: Kind, target: &str) -> Result<Value, String> {
    let path = beside(source, target).map_err(|why| match why {
        Fetched::Missing => "there is no such file".to_owned(),
        _ => "it does not lie in the template's repository".to_owned(),
    })?;
    let size = fs::metadata(&path).map_err(|error| error.to_string())?.len();
    if size > u64::try_from(MAX_TEMPLATE_BYTES).unwrap_or(u64::MAX) {
        return Err("it is too large".to_owned());
    }
    kind.read(fs::read_to_string(&path).map_err(|error| error.to_string())?)
}

fn reached<'p>(placed: &'p Placed, positions: &[usize]) -> &'p Placed {
    positions.iter().fold(placed, |here, position| {
        here.item(*position).or_else(|| here.member(*position).map(|(_, part)| part)).unwrap_or(here)
    })
}
