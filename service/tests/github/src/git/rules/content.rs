//! Refusals for what is in a push: workflows that the token may not change, and secrets.

use std::path::Path;

use super::{NOTHING, Push, Refusal};
use crate::auth::Identity;
use crate::git::plumbing;
use crate::state::repository::Repository;

/// Why what is in the push is refused, if it is. It looks only where something could be refused.
pub(super) fn refusal(repository: &Repository, who: &Identity, push: &Push) -> Option<Refusal> {
    let settings = &repository.settings["security_and_analysis"];
    let scanned = settings["secret_scanning_push_protection"]["status"] == "enabled";
    let without = without_workflows(who);
    if (without.is_none() && !scanned) || push.pack.is_empty() {
        return None;
    }
    let folder = &repository.folder;
    plumbing::unpack(folder, &push.pack)?;
    for wish in push.wishes.iter().filter(|wish| wish.new != NOTHING) {
        let commits = plumbing::git(folder, &["rev-list", &wish.new, "--not", "--all"], None)?;
        for commit in commits.lines() {
            let found = without.and_then(|words| workflow(folder, commit, words));
            let found = found.or_else(|| scanned.then(|| secret(folder, commit, &wish.name)).flatten());
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// What kind of token it is that may not change workflows, and what it lacks.
fn without_workflows(who: &Identity) -> Option<(&'static str, &'static str)> {
    match who {
        Identity::Installation { permissions, .. } => {
            let may = permissions.get("workflows").is_some_and(|level| level == "write");
            (!may).then_some(("GitHub App", "`workflows` permission"))
        }
        Identity::User { scopes, .. } => {
            (!scopes.contains("workflow")).then_some(("Personal Access Token", "`workflow` scope"))
        }
        _ => None,
    }
}

/// The files that a commit adds or changes.
fn changed(folder: &Path, commit: &str, below: &str) -> Vec<String> {
    let args = [
        "diff-tree",
        "-r",
        "-z",
        "--root",
        "--no-commit-id",
        "--name-only",
        "--diff-filter=d",
        commit,
        "--",
        below,
    ];
    let listed = plumbing::git(folder, &args, None).unwrap_or_default();
    listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

fn workflow(folder: &Path, commit: &str, (token, lacks): (&str, &str)) -> Option<Refusal> {
    let path = changed(folder, commit, ".github/workflows").into_iter().next()?;
    let reason = format!("refusing to allow a {token} to create or update workflow `{path}` without {lacks}");
    Some(Refusal { reason, lines: Vec::new() })
}

/// How long the part of a secret after its beginning is, by its beginning and its name.
const SECRETS: [(&str, usize, &str); 3] = [
    ("ghp_", 36, "GitHub Personal Access Token"),
    ("AKIA", 16, "Amazon AWS Access Key ID"),
    ("xoxb-", 40, "Slack API Token"),
];

/// The name of the secret in a line.
fn secret_in(line: &str) -> Option<&'static str> {
    let found = SECRETS.iter().find(|(start, length, _)| {
        line.match_indices(start).any(|(at, _)| {
            let rest = line.get(at + start.len()..).unwrap_or_default();
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count() >= *length
        })
    });
    found.map(|(_, _, name)| *name)
}

fn secret(folder: &Path, commit: &str, name: &str) -> Option<Refusal> {
    changed(folder, commit, ".").into_iter().find_map(|path| {
        let text = plumbing::file(folder, commit, &path)?;
        let (number, kind) =
            text.lines().enumerate().find_map(|(at, line)| Some((at + 1, secret_in(line)?)))?;
        let lines = [
            format!("error: GH013: Repository rule violations found for {name}."),
            String::new(),
            "- GITHUB PUSH PROTECTION".to_owned(),
            "  —————————————————————————————————————————".to_owned(),
            "    Resolve the following violations before pushing again".to_owned(),
            String::new(),
            "    - Push cannot contain secrets".to_owned(),
            String::new(),
            format!("      —— {kind} ——————————————————————"),
            "       locations:".to_owned(),
            format!("         - commit: {commit}"),
            format!("           path: {path}:{number}"),
            String::new(),
        ];
        let reason = "push declined due to repository rule violations".to_owned();
        Some(Refusal { reason, lines: lines.into() })
    })
}
