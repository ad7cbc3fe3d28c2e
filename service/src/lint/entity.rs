//! The Template entity: its keys, and what Backstage's catalog asks of it.
//!
//! Keys of forms are judged in `parameters`, inputs of actions in `steps`.

mod keys;
mod table;

use super::finding::{Finding, Findings};
use super::linted::Linted;
use super::rule::Level;
use crate::template::API_VERSION;
use crate::template::entity::is_grave;

pub(super) use table::RULES;
use table::{API_VERSION_UNKNOWN, ENTITY_INVALID};

/// Looks at the entity.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    api_version(template, findings);
    if template.is_old() {
        return;
    }
    catalog_rules(template, findings);
    keys::check(template, findings);
}

fn api_version(template: &Linted<'_>, findings: &mut Findings) {
    let version = template.root.member("apiVersion");
    let written = version.as_ref().map(|member| member.node.text().unwrap_or_default());
    let (message, mend) = match written {
        Some(API_VERSION) => return,
        Some("backstage.io/v1beta2") => (
            "templates of version `backstage.io/v1beta2` are no longer run".to_owned(),
            format!("write `{API_VERSION}`, and `${{{{ … }}}}` in place of `{{{{ … }}}}`"),
        ),
        Some(other) => (format!("`{other}` is no version of templates"), format!("write `{API_VERSION}`")),
        None => ("the entity has no `apiVersion`".to_owned(), format!("write `apiVersion: {API_VERSION}`")),
    };
    let place = match &version {
        Some(member) => member.node.place(),
        None => template.root.place_of_path("kind"),
    };
    findings.add(&API_VERSION_UNKNOWN, place, message, mend);
}

/// The rules by which Backstage's catalog takes an entity. The version is judged by itself.
fn catalog_rules(template: &Linted<'_>, findings: &mut Findings) {
    let mut entity = template.root.value.clone();
    if let Some(root) = entity.as_object_mut() {
        root.insert("apiVersion".to_owned(), API_VERSION.into());
    }
    for violation in catalog_gen::validate(&entity) {
        let path = violation.path.as_str();
        let grave = is_grave(path);
        let (what, mend) = match violation.message.split_once("; ") {
            Some((what, mend)) => (what, mend),
            None => (violation.message.as_str(), "correct it"),
        };
        let message = if path.is_empty() { what.to_owned() } else { format!("`{path}`: {what}") };
        let finding = Finding::new(&ENTITY_INVALID, template.root.place_of_path(path), message, mend);
        findings.push(finding.weighing(if grave { Level::Error } else { Level::Warning }));
    }
}
