//! Why a push was refused, and what to do about it.
//!
//! The reason is read from the words of git and of GitHub, and told in them; every kind adds one advice. The order
//! matters: GitHub says "rule violations" of secrets too. The invariant: words that are not known are shown as they
//! are, and no refusal is taken for a success or for a fault that passes, unless the server calls it its own.

use reqwest::Url;

use super::super::error::GitError;
use super::super::http::Remote;
use super::super::wire::Reasons;

/// How many characters of a server's texts are shown.
const MAX_SHOWN: usize = 800;

/// A push that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PushRefusal {
    /// Why.
    pub kind: RefusalKind,
    /// For people: where, in the server's words, what to do.
    pub message: String,
}

/// Why a push was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The token is not taken: ended, revoked, or not known there yet.
    Token,
    /// The token may not write to this repository.
    Access,
    /// The organisation asks for single sign-on, or for other addresses.
    Organisation,
    /// The repository is archived, locked or switched off.
    ReadOnly,
    /// The branch is protected.
    ProtectedBranch,
    /// A rule of the repository or its organisation is broken.
    Rule,
    /// The host found a secret in the files.
    Secret,
    /// Workflows are written without the permission for it.
    Workflows,
    /// The branch is not where it was expected.
    BranchMoved,
    /// A file or the whole is too large.
    TooLarge,
    /// There is no room left.
    Quota,
    /// A file is one that git does not take.
    Content,
    /// The author's address is to be kept private.
    Email,
    /// The history of the commit is not whole there.
    History,
    /// A check of the server's own.
    Hook,
    /// Words that are not known here.
    Other,
}

/// Words, in lower case, by which a kind is known. The first kind of which one is there is meant.
const KINDS: &[(RefusalKind, &[&str])] = &[
    (RefusalKind::Workflows, &["without `workflow", "without workflow"]),
    (
        RefusalKind::Secret,
        &["gh009", "push cannot contain secrets", "secrets detected", "push protection", "secret-scanning"],
    ),
    (
        RefusalKind::TooLarge,
        &[
            "gh001",
            "exceeds github's file size limit",
            "large files detected",
            "pack exceeds maximum",
            "pack is larger than",
            "file size limit",
        ],
    ),
    (RefusalKind::Email, &["gh007", "email privacy", "private email"]),
    (
        RefusalKind::Quota,
        &["quota exceeded", "data quota", "no space left", "allocated storage", "disk full"],
    ),
    (RefusalKind::ProtectedBranch, &["gh006", "protected branch", "gh003", "force-pushing"]),
    (RefusalKind::Rule, &["gh013", "rule violation", "gh002", "not allowed to create this"]),
    (
        RefusalKind::ReadOnly,
        &[
            "archived so it is",
            "repository is archived",
            "was archived",
            "has been disabled",
            "locked for migration",
        ],
    ),
    (RefusalKind::Organisation, &["saml", "single sign-on", "ip allow list", "ip address is not permitted"]),
    (
        RefusalKind::Access,
        &[
            "permission to",
            "write access",
            "denied to",
            "not granted",
            "resource not accessible",
            "account is suspended",
            "account was suspended",
            "access denied",
        ],
    ),
    (
        RefusalKind::BranchMoved,
        &[
            "non-fast-forward",
            "fetch first",
            "stale info",
            "cannot lock ref",
            "already exists",
            "failed to update ref",
            "incorrect old value",
            "reference changed",
            "but expected",
        ],
    ),
    (RefusalKind::History, &["shallow update", "missing necessary objects", "did not send all necessary"]),
    (
        RefusalKind::Content,
        &[
            "fsck error",
            "gitmodules",
            "hasdot",
            "hasdotgit",
            "fullpathname",
            "nullsha1",
            "zeropaddedfilemode",
            "treenotsorted",
            "malformed path",
            "largepathname",
            "invalid path",
        ],
    ),
    (RefusalKind::Hook, &["hook declined", "declined"]),
];

/// What a server says when it is its own fault.
const PASSING: &[&str] = &[
    "internal server error",
    "service unavailable",
    "temporarily unavailable",
    "under maintenance",
    "maintenance mode",
    "try again later",
    "timed out",
    "rate limit",
    "out of memory",
];

/// A push that the report says was refused.
pub(super) fn of_report(remote: &Remote, branch: &str, reasons: &Reasons) -> GitError {
    let told = told(&reasons.said);
    let all = format!("{}\n{}\n{told}", reasons.branch, reasons.pack).to_lowercase();
    // A branch may be called anything.
    let all = all.replace(&format!("refs/heads/{}", branch.to_lowercase()), "");
    let kind = kind_of(&all);
    let mut words = vec![reasons.branch.as_str()];
    if reasons.pack != reasons.branch {
        words.push(&reasons.pack);
    }
    words.push(&told);
    words.retain(|words| !words.is_empty());
    let shown = remote.shown_up_to(words.join("; ").as_bytes(), MAX_SHOWN);
    let said = if shown.is_empty() { String::new() } else { format!(": \"{shown}\"") };
    let url = &remote.url;
    if kind == RefusalKind::Other && is_passing(&all) {
        return GitError::Unavailable(format!("`{url}` could not take the push{said}; try again later"));
    }
    let advice = advice(kind);
    PushRefusal { kind, message: format!("`{url}` did not take the branch `{branch}`{said}; {advice}") }
        .into()
}

/// A push that was refused before it began, by the status of the answer. `said` can be shown.
pub(in super::super) fn of_status(url: &Url, status: u16, said: &str) -> PushRefusal {
    let known = kind_of(&said.to_lowercase());
    let kind = match (status, known) {
        (401, _) => RefusalKind::Token,
        (413, _) => RefusalKind::TooLarge,
        (507, _) => RefusalKind::Quota,
        (403, RefusalKind::Other) => RefusalKind::Access,
        (_, known) => known,
    };
    let words = if said.is_empty() { String::new() } else { format!(": \"{said}\"") };
    let refused = match kind {
        RefusalKind::Token => "refused the token".to_owned(),
        RefusalKind::Other => format!("answers a push with status {status}"),
        _ => "may not be pushed to".to_owned(),
    };
    PushRefusal { kind, message: format!("`{url}` {refused}{words}; {}", advice(kind)) }
}

/// What to do about a refusal in these words, where they are known: the same rules refuse what comes by other ways.
pub fn what_to_do(words: &str) -> Option<&'static str> {
    let kind = kind_of(&words.to_lowercase());
    let is_of_content = matches!(
        kind,
        RefusalKind::ProtectedBranch
            | RefusalKind::Rule
            | RefusalKind::Secret
            | RefusalKind::Workflows
            | RefusalKind::ReadOnly
            | RefusalKind::TooLarge
    );
    is_of_content.then(|| advice(kind))
}

fn kind_of(words: &str) -> RefusalKind {
    // So may a repository, and its address stands in many texts.
    let words =
        words.split_whitespace().filter(|word| !word.starts_with("http")).collect::<Vec<_>>().join(" ");
    let is_known = |known: &&(RefusalKind, &[&str])| known.1.iter().any(|word| words.contains(word));
    KINDS.iter().find(is_known).map_or(RefusalKind::Other, |(kind, _)| *kind)
}

fn is_passing(words: &str) -> bool {
    // GitHub's reason for a branch that it could not write is this one word.
    words.lines().any(|line| line.trim() == "failure") || PASSING.iter().any(|word| words.contains(word))
}

fn advice(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Token => "is it still valid?",
        RefusalKind::Access => {
            "give the App (or the user) write access to the repository's contents, or use another account"
        }
        RefusalKind::Organisation => {
            "let an owner of the organisation allow this token and this machine's address"
        }
        RefusalKind::ReadOnly => "unarchive or unlock the repository first, or choose another",
        RefusalKind::ProtectedBranch => {
            "push to another branch and open a pull request, or let this account bypass the branch's protection"
        }
        RefusalKind::Rule => {
            "change what the rule is about, or put this account on the bypass list of the ruleset"
        }
        RefusalKind::Secret => {
            "take the secret out of the template or the values, and make it a secret of the repository instead"
        }
        RefusalKind::Workflows => {
            "give the App the permission `workflows: write` and accept it in the organisation (a personal token \
             needs the scope `workflow`)"
        }
        RefusalKind::BranchMoved => "start again from where the branch is now, or choose another branch",
        RefusalKind::TooLarge => "leave the large file out, or bring it by Git LFS afterwards",
        RefusalKind::Quota => "ask the repository's owner to make room",
        RefusalKind::Content => "rename or remove the file it names",
        RefusalKind::Email => "use an author's address that the host may show, such as its noreply address",
        RefusalKind::History => "start again from a commit that the repository has",
        RefusalKind::Hook => "ask the repository's owner what its check wants",
        RefusalKind::Other => "ask the repository's owner what this means",
    }
}

/// The lines of a text for people that tell something: without progress, rulers and prefixes.
fn told(said: &str) -> String {
    let lines = said.split('\n').filter_map(|line| {
        // A line of progress is written over by the next.
        let line = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default().trim();
        let line = line.trim_start_matches("remote: ").trim_start_matches("error: ").trim();
        let line =
            line.trim_matches(|c: char| matches!(c, '-' | '—' | '–' | '=' | '*' | '_') || c.is_whitespace());
        let is_progress = line.ends_with(", done.") || line.contains("% (");
        (!line.is_empty() && !is_progress).then_some(line)
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
