//! What a push is refused for, and how a git client is told: protected branches, sets of rules, workflows without the
//! permission, secrets.
//!
//! It is judged before git sees the push, so that each refusal has GitHub's own reason and words.

mod content;

use serde_json::Value;

use super::plumbing;
use crate::auth::Identity;
use crate::handlers::rulesets;
use crate::server::{Incoming, Reply};
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;
use crate::state::wiring::Ruleset;

/// An id of nothing: before a ref is made, after it is removed.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// What a push wants with one ref.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) name: String,
}

impl Wish {
    fn creates(&self) -> bool {
        self.old == NOTHING
    }

    fn deletes(&self) -> bool {
        self.new == NOTHING
    }
}

/// A refusal: the reason beside the ref, and lines for people.
pub(crate) struct Refusal {
    pub(crate) reason: String,
    pub(crate) lines: Vec<String>,
}

/// A push: what it wants, what the client can do, and the pack.
pub(crate) struct Push {
    pub(crate) wishes: Vec<Wish>,
    side_band: bool,
    pack: Vec<u8>,
}

impl Push {
    /// Reads the body of a push; nothing if it is none (a client that only asks whether it may, for example).
    pub(crate) fn read(incoming: &Incoming) -> Option<Self> {
        let body = if incoming.headers.get("content-encoding").is_some_and(|one| one == "gzip") {
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::GzDecoder::new(&incoming.body[..]), &mut plain).ok()?;
            plain
        } else {
            incoming.body.to_vec()
        };
        let (mut rest, mut wishes, mut side_band) = (&body[..], Vec::new(), false);
        loop {
            let length = usize::from_str_radix(std::str::from_utf8(rest.get(..4)?).ok()?, 16).ok()?;
            if length == 0 {
                rest = rest.get(4..)?;
                break;
            }
            let line = String::from_utf8_lossy(rest.get(4..length)?).into_owned();
            rest = rest.get(length..)?;
            let (wish, abilities) = line.split_once('\0').unwrap_or((&line, ""));
            side_band |= abilities.contains("side-band-64k");
            let mut words = wish.trim_end().splitn(3, ' ').map(str::to_owned);
            wishes.push(Wish { old: words.next()?, new: words.next()?, name: words.next()? });
        }
        (!wishes.is_empty()).then(|| Self { wishes, side_band, pack: rest.to_vec() })
    }

    /// Why the push is refused, if it is.
    pub(crate) fn refusal(&self, state: &State, repository: &Repository, who: &Identity) -> Option<Refusal> {
        let of_refs = self.wishes.iter().find_map(|wish| {
            protected(state, repository, who, wish).or_else(|| ruled(state, repository, who, wish))
        });
        of_refs.or_else(|| content::refusal(repository, who, self))
    }

    /// The answer that refuses all of it.
    pub(crate) fn refused(&self, refusal: &Refusal) -> Reply {
        let mut report = packet(b"unpack ok\n");
        for wish in &self.wishes {
            report.extend(packet(format!("ng {} {}\n", wish.name, refusal.reason).as_bytes()));
        }
        report.extend(b"0000");
        let body = if self.side_band {
            let mut body = Vec::new();
            for line in &refusal.lines {
                body.extend(packet(&[b"\x02", line.as_bytes(), b"\n"].concat()));
            }
            body.extend(packet(&[b"\x01", &report[..]].concat()));
            body.extend(b"0000");
            body
        } else {
            report
        };
        let headers = vec![
            ("content-type".to_owned(), "application/x-git-receive-pack-result".to_owned()),
            ("cache-control".to_owned(), "no-cache".to_owned()),
        ];
        Reply { status: 200, headers, body: body.into() }
    }
}

fn packet(content: &[u8]) -> Vec<u8> {
    let mut line = format!("{:04x}", content.len() + 4).into_bytes();
    line.extend(content);
    line
}

/// Whether the push loses commits that the branch has. Commits that are still in the pack follow what is there.
fn loses(repository: &Repository, wish: &Wish) -> bool {
    let known = plumbing::git(&repository.folder, &["cat-file", "-e", &wish.new], None).is_some();
    known && plumbing::ahead(&repository.folder, &wish.new, &wish.old) > 0
}

/// What the classic protection of the branch says.
fn protected(state: &State, repository: &Repository, who: &Identity, wish: &Wish) -> Option<Refusal> {
    let branch = wish.name.strip_prefix("refs/heads/")?;
    let rules = repository.wiring.protection.get(branch)?;
    let on = |key: &str| rules[key].as_bool().or_else(|| rules[key]["enabled"].as_bool()).unwrap_or(false);
    let admin = matches!(who, Identity::User { login, .. }
        if state.role_in(login, repository).map(rank) == Some(rank("admin")));
    if admin && !on("enforce_admins") {
        return None;
    }
    let mut faults = Vec::new();
    if wish.deletes() {
        if !on("allow_deletions") {
            faults.push("Cannot delete this protected branch".to_owned());
        }
    } else if !wish.creates() {
        if loses(repository, wish) && !on("allow_force_pushes") {
            faults.push("Cannot force-push to this protected branch".to_owned());
        }
        if rules["required_pull_request_reviews"].is_object() {
            faults.push("Changes must be made through a pull request.".to_owned());
        }
        let checks = &rules["required_status_checks"];
        let listed = checks["contexts"].as_array().or_else(|| checks["checks"].as_array());
        if let Some(count) = listed.map(Vec::len).filter(|count| *count > 0) {
            faults.push(format!("{count} of {count} required status checks are expected."));
        }
    }
    told(
        &format!("GH006: Protected branch update failed for {}.", wish.name),
        faults,
        "protected branch hook declined",
    )
}

/// What the sets of rules say.
fn ruled(state: &State, repository: &Repository, who: &Identity, wish: &Wish) -> Option<Refusal> {
    let branch = wish.name.strip_prefix("refs/heads/")?;
    let rules = rulesets::rules_of(repository, branch);
    let faults = rules
        .filter(|(set, _)| !bypasses(state, repository, who, set))
        .filter_map(|(_, rule)| broken(repository, wish, rule))
        .collect();
    told(
        &format!("GH013: Repository rule violations found for {}.", wish.name),
        faults,
        "push declined due to repository rule violations",
    )
}

fn told(title: &str, faults: Vec<String>, reason: &str) -> Option<Refusal> {
    if faults.is_empty() {
        return None;
    }
    let mut lines = vec![format!("error: {title}"), String::new()];
    lines.extend(faults.into_iter().map(|fault| format!("- {fault}")));
    lines.push(String::new());
    Some(Refusal { reason: reason.to_owned(), lines })
}

/// What one rule has against it.
fn broken(repository: &Repository, wish: &Wish, rule: &Value) -> Option<String> {
    let changes = !wish.creates() && !wish.deletes();
    let text = match rule["type"].as_str()? {
        "creation" if wish.creates() => "Cannot create ref due to creations being restricted.",
        "update" if changes => "Cannot update this protected ref.",
        "deletion" if wish.deletes() => "Cannot delete this protected ref",
        "non_fast_forward" if changes && loses(repository, wish) => "Cannot force-push to this branch",
        "pull_request" if changes => "Changes must be made through a pull request.",
        "required_signatures" if !wish.deletes() => "Commits must have verified signatures.",
        "required_status_checks" if !wish.deletes() => {
            let parameters = &rule["parameters"];
            if wish.creates() && parameters["do_not_enforce_on_create"].as_bool() == Some(true) {
                return None;
            }
            let checks =
                parameters["required_status_checks"].as_array().map(Vec::as_slice).unwrap_or_default();
            return match checks {
                [] => None,
                [one] => Some(format!("Required status check \"{}\" is expected.", one["context"].as_str()?)),
                many => Some(format!("{0} of {0} required status checks are expected.", many.len())),
            };
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// Whether the one who pushes need not keep to the rules of a set.
fn bypasses(state: &State, repository: &Repository, who: &Identity, set: &Ruleset) -> bool {
    set.bypass_actors.iter().filter(|actor| actor["bypass_mode"] != "pull_request").any(|actor| {
        let id = actor["actor_id"].as_u64();
        match (actor["actor_type"].as_str().unwrap_or_default(), who) {
            ("Integration", Identity::Installation { id: installation, .. }) => {
                state.installation(*installation).map(|one| one.app) == id
            }
            ("OrganizationAdmin", Identity::User { login, .. }) => {
                let members = state.account(&repository.owner).map(|owner| &owner.members);
                let role = members.and_then(|members| members.get(&login.to_lowercase()));
                role == Some(&crate::state::account::Role::Admin)
            }
            // GitHub's ids of the roles that every repository has: 2 maintain, 4 write, 5 admin.
            ("RepositoryRole", Identity::User { login, .. }) => {
                let needed = match id {
                    Some(2) => rank("maintain"),
                    Some(4) => rank("push"),
                    _ => rank("admin"),
                };
                state.role_in(login, repository).map(rank) >= Some(needed)
            }
            _ => false,
        }
    })
}
