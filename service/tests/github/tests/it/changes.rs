//! Repositories changed, renamed, made from templates, and their git objects.

use std::time::Duration;

use github_double::Lag;
use serde_json::{Value, json};

use crate::client::Client;
use crate::support::Acme;

#[test]
fn a_renamed_repository_is_found_where_it_was() {
    let acme = Acme::new();
    let id = acme.shop().id;
    let renamed = acme.expect(200, "PATCH", "/repos/acme/shop", &json!({ "name": "store" }));
    assert_eq!(renamed["full_name"], "acme/store");
    let client = Client::new(&acme.github, Some(&acme.token));
    let moved = client.get("/repos/acme/shop/topics");
    let to = moved.header("location").unwrap();
    assert_eq!((moved.status, to), (301, &*format!("{}/repositories/{id}/topics", acme.github.api_url())));
    assert_eq!(client.get(to).body["names"], json!([]));
    let written = client.send("PATCH", "/repos/acme/shop", &json!({ "description": "x" }));
    assert_eq!(written.status, 307);
    acme.made("/orgs/acme/repos", &json!({ "name": "shop" }));
    assert_ne!(acme.get("/repos/acme/shop")["id"], id);
}

#[test]
fn settings_and_topics_are_kept_and_bad_ones_refused() {
    let acme = Acme::new();
    let set = json!({ "description": "sells", "has_wiki": false, "allow_auto_merge": true, "visibility": "public" });
    acme.expect(200, "PATCH", "/repos/acme/shop", &set);
    let shop = acme.get("/repos/acme/shop");
    assert_eq!(
        (&shop["description"], &shop["has_wiki"], &shop["private"]),
        (&json!("sells"), &json!(false), &json!(false))
    );
    let empty = acme.refused(422, "PATCH", "/repos/acme/shop", &json!({ "default_branch": "trunk" }));
    assert!(empty.starts_with("Cannot update default branch for an empty repository."), "{empty}");
    let topics = acme.expect(200, "PUT", "/repos/acme/shop/topics", &json!({ "names": ["a-1", "B"] }));
    assert_eq!(topics["names"], json!(["a-1", "b"]));
    acme.expect(422, "PUT", "/repos/acme/shop/topics", &json!({ "names": ["a b"] }));
    acme.expect(200, "PATCH", "/repos/acme/shop", &json!({ "archived": true }));
    acme.refused(403, "PATCH", "/repos/acme/shop", &json!({ "description": "y" }));
}

#[test]
fn what_is_made_from_a_template_is_empty_until_its_content_comes() {
    let acme = Acme::new();
    let files = [("README.md", "read me"), ("src/main.rs", "fn main() {}")];
    acme.commit("main", &files);
    let wanted = json!({ "owner": "acme", "name": "copy", "private": true });
    acme.refused(404, "POST", "/repos/acme/shop/generate", &wanted);
    acme.expect(200, "PATCH", "/repos/acme/shop", &json!({ "is_template": true }));
    acme.github.lag(Lag::after_generate(Duration::from_secs(5)));
    acme.made("/repos/acme/shop/generate", &wanted);
    assert_eq!(
        acme.refused(409, "GET", "/repos/acme/copy/git/ref/heads/main", &Value::Null),
        "Git Repository is empty."
    );
    acme.github.advance(Duration::from_secs(6));
    let readme = acme.get("/repos/acme/copy/contents/README.md");
    assert_eq!(readme["encoding"], "base64");
    let commit = acme.get("/repos/acme/copy/git/ref/heads/main");
    let commit =
        acme.get(&format!("/repos/acme/copy/git/commits/{}", commit["object"]["sha"].as_str().unwrap()));
    assert_eq!((&commit["message"], &commit["parents"]), (&json!("Initial commit"), &json!([])));
    assert_eq!(acme.get("/repos/acme/copy")["template_repository"]["name"], "shop");
    acme.done("DELETE", "/repos/acme/shop", &Value::Null);
    acme.get("/repos/acme/copy/contents/src/main.rs");
    let taken = acme.refused(404, "POST", "/repos/acme/shop/generate", &wanted);
    assert_eq!(taken, "Not Found");
}

#[test]
fn git_objects_are_made_one_by_one_once_there_is_a_commit() {
    let acme = Acme::new();
    let at = |rest: &str| format!("/repos/acme/shop/git/{rest}");
    let blob = json!({ "content": "aGVsbG8=", "encoding": "base64" });
    assert_eq!(acme.refused(409, "POST", &at("blobs"), &blob), "Git Repository is empty.");
    let head = acme.commit("main", &[("README.md", "read me"), ("old.txt", "old")]);
    let blob = acme.made(&at("blobs"), &blob)["sha"].clone();
    let entries = json!([
        { "path": "a/b.txt", "mode": "100644", "type": "blob", "sha": blob },
        { "path": "c.sh", "mode": "100755", "type": "blob", "content": "true" },
        { "path": "old.txt", "mode": "100644", "type": "blob", "sha": null },
    ]);
    let tree = acme.made(&at("trees"), &json!({ "base_tree": head, "tree": entries }))["sha"].clone();
    let listed = acme.get(&at(&format!("trees/{}?recursive=1", tree.as_str().unwrap())));
    let paths: Vec<_> = listed["tree"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
    assert_eq!(paths, ["README.md", "a", "a/b.txt", "c.sh"]);
    let asked = json!({ "message": "more", "tree": tree, "parents": [head] });
    let commit = acme.made(&at("commits"), &asked)["sha"].clone();
    acme.expect(200, "PATCH", &at("refs/heads/main"), &json!({ "sha": commit }));
    assert_eq!(acme.github.head("acme", "shop", "main").as_deref(), commit.as_str());
    for (path, words) in
        [("../x", "malformed"), ("/x", "slash"), (".git/config", "malformed"), ("a//b", "malformed")]
    {
        let tree = json!({ "tree": [{ "path": path, "mode": "100644", "type": "blob", "content": "" }] });
        let told = acme.refused(422, "POST", &at("trees"), &tree);
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_commit_by_graphql_needs_the_head_that_is_there() {
    let acme = Acme::new();
    let head = acme.commit("main", &[("README.md", "read me")]);
    let client = Client::new(&acme.github, Some(&acme.token));
    let asked = |oid: &str| {
        json!({
            "query": "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
            "variables": { "input": {
                "branch": { "repositoryNameWithOwner": "acme/shop", "branchName": "main" },
                "expectedHeadOid": oid,
                "message": { "headline": "more", "body": "of it" },
                "fileChanges": { "additions": [{ "path": "a.txt", "contents": "aGVsbG8=" }], "deletions": [{ "path": "README.md" }] },
            } },
        })
    };
    let stale = client.send("POST", "/graphql", &asked(&"0".repeat(40)));
    assert_eq!((stale.status, &stale.body["errors"][0]["type"]), (200, &json!("STALE_DATA")));
    let done = client.send("POST", "/graphql", &asked(&head));
    let oid = done.body["data"]["createCommitOnBranch"]["commit"]["oid"].as_str().unwrap().to_owned();
    assert_eq!(acme.github.head("acme", "shop", "main"), Some(oid));
    assert_eq!(acme.get("/repos/acme/shop/contents")[0]["name"], "a.txt");
}
