//! Settings that tell a component where a thing is: names of variables, and addresses.
//!
//! Line by line over files of settings, whatever their syntax. The invariant: a value is never repeated in what is
//! said of it, for it may hold a password.

use std::sync::LazyLock;

use regex::Regex;

use super::table::{self, Tech};
use crate::detect::slug::slug;

static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b").ok());
static QUEUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.+?)_(QUEUE|TOPIC|BUCKET)(?:_(?:ADDRESS|NAME|URL|ARN|ID))?$").ok());

/// What a setting is about.
pub(super) enum About {
    /// A database and its like.
    Tech(&'static Tech),
    /// A queue, topic or bucket with its name.
    Named(&'static str, String),
}

/// What the variables and addresses of a line are about, each with what to say of it.
pub(super) fn line(text: &str) -> Vec<(About, String)> {
    let bare = text.trim_start();
    if bare.starts_with('#') || bare.starts_with("//") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for name in VARIABLE.iter().flat_map(|regex| regex.find_iter(text)).map(|found| found.as_str()) {
        if let Some(about) = variable(name) {
            found.push((about, format!("the setting `{name}`")));
        }
    }
    if text.contains(':')
        && let Some(tech) = table::by_address(text)
    {
        found.push((About::Tech(tech), format!("an address of {}", tech.name)));
    }
    found
}

/// What a variable is about, by its name.
pub(super) fn variable(name: &str) -> Option<About> {
    if name.len() < 4 || !name.contains('_') && name.len() < 6 {
        return None;
    }
    if let Some(tech) = table::by_setting(name) {
        return Some(About::Tech(tech));
    }
    let found = QUEUE.as_ref()?.captures(name)?;
    let kind = match found.get(2)?.as_str() {
        "QUEUE" => "queue",
        "TOPIC" => "topic",
        _ => "bucket",
    };
    let own = slug(found.get(1)?.as_str());
    let general = [
        "message",
        "messages",
        "service-bus",
        "servicebus",
        "sqs",
        "sns",
        "s3",
        "aws",
        "aws-s3",
        "aws-sqs",
        "task",
        "event",
        "default",
        "dead-letter",
        "gcs",
        "the",
    ];
    (!general.contains(&own.as_str())).then_some(About::Named(kind, own))
}
