//! Commits.

use serde_json::{Value, json};

use super::node_id;
use crate::git::plumbing::{self, Told};
use crate::state::State;
use crate::state::repository::Repository;

/// Nobody signs here.
fn unsigned() -> Value {
    json!({ "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null })
}

fn signed((name, email): &(String, String), when: &str) -> Value {
    json!({ "name": name, "email": email, "date": when })
}

fn parents(state: &State, repository: &Repository, sha: &str, below: &str) -> Vec<Value> {
    let name = repository.full_name();
    let listed =
        plumbing::git(&repository.folder, &["log", "-1", "--format=%P", sha], None).unwrap_or_default();
    let parents = listed.split_whitespace().map(|parent| {
        json!({
            "sha": parent,
            "url": format!("{}/repos/{name}/{below}/{parent}", state.bases.api),
            "html_url": format!("{}/{name}/commit/{parent}", state.bases.web),
        })
    });
    parents.collect()
}

/// A commit as GitHub shows it: git's commit with who its authors are on GitHub, whom the double does not know.
pub(crate) fn commit(state: &State, repository: &Repository, sha: &str) -> Option<Value> {
    let told: Told = plumbing::told(&repository.folder, sha)?;
    let name = repository.full_name();
    let url = format!("{}/repos/{name}/commits/{sha}", state.bases.api);
    Some(json!({
        "sha": sha,
        "node_id": node_id(&format!("C_{sha}"), repository.id),
        "url": url,
        "html_url": format!("{}/{name}/commit/{sha}", state.bases.web),
        "comments_url": format!("{url}/comments"),
        "commit": {
            "author": signed(&told.author, &told.when),
            "committer": signed(&told.committer, &told.when),
            "message": told.message,
            "tree": { "sha": told.tree, "url": format!("{}/repos/{name}/git/trees/{}", state.bases.api, told.tree) },
            "url": format!("{}/repos/{name}/git/commits/{sha}", state.bases.api),
            "comment_count": 0,
            "verification": unsigned(),
        },
        "author": null,
        "committer": null,
        "parents": parents(state, repository, sha, "commits"),
    }))
}

/// A commit as git has it.
pub(crate) fn plain(state: &State, repository: &Repository, sha: &str) -> Option<Value> {
    let told: Told = plumbing::told(&repository.folder, sha)?;
    let name = repository.full_name();
    Some(json!({
        "sha": sha,
        "node_id": node_id(&format!("C_{sha}"), repository.id),
        "url": format!("{}/repos/{name}/git/commits/{sha}", state.bases.api),
        "html_url": format!("{}/{name}/commit/{sha}", state.bases.web),
        "author": signed(&told.author, &told.when),
        "committer": signed(&told.committer, &told.when),
        "tree": { "sha": told.tree, "url": format!("{}/repos/{name}/git/trees/{}", state.bases.api, told.tree) },
        "message": told.message,
        "parents": parents(state, repository, sha, "git/commits"),
        "verification": unsigned(),
    }))
}
