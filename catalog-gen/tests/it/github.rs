//! Reading from GitHub: how many calls it takes, and what becomes of answers that are not good.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catalog_gen::TreePath;
use catalog_gen::source::github::{GitHub, GitHubError};
use catalog_gen::source::{Limits, Snapshot, SourceError};
use serde_json::{Value, json};

use crate::support::server::{Answer, Asked, Server};
use crate::support::{err, out, run_with};

const COMMIT: &str = "1111111111111111111111111111111111111111";

fn ok(body: Value) -> Answer {
    (200, Vec::new(), body)
}

fn told(name: &str) -> Value {
    json!({
        "nameWithOwner": format!("acme/{name}"),
        "url": format!("https://github.com/acme/{name}"),
        "description": "Sells things",
        "homepageUrl": "",
        "isArchived": false, "isTemplate": false, "isFork": false,
        "repositoryTopics": { "nodes": [{ "topic": { "name": "shop" } }] },
        "releases": { "totalCount": 1 },
        "defaultBranchRef": { "name": "main", "target": { "oid": COMMIT } },
    })
}

/// Files by their names in git.
const FILES: [(&str, &str, &str); 3] = [
    ("a1", "package.json", "{\"name\":\"shop\",\"dependencies\":{\"express\":\"4\"}}"),
    ("a2", "Dockerfile", "FROM node\n"),
    (
        "a3",
        "catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\n",
    ),
];

fn tree() -> Value {
    let entries: Vec<Value> = FILES
        .iter()
        .map(|(sha, path, text)| {
            json!({ "path": path, "mode": "100644", "type": "blob", "sha": sha, "size": text.len() })
        })
        .collect();
    json!({ "sha": COMMIT, "tree": entries, "truncated": false })
}

/// A GitHub with one repository.
fn usual(asked: &Asked) -> Answer {
    if asked.line.starts_with("POST") {
        let query: Value = serde_json::from_str(&asked.body).unwrap();
        let text = query["query"].as_str().unwrap();
        if !text.contains("object(oid") {
            return ok(json!({ "data": { "repository": told("shop") } }));
        }
        let mut repository = serde_json::Map::new();
        for (at, part) in text.split("object(oid: \"").skip(1).enumerate() {
            let sha = part.split('"').next().unwrap();
            let content = FILES.iter().find(|(known, _, _)| *known == sha).unwrap().2;
            repository.insert(
                format!("f{at}"),
                json!({ "text": content, "isBinary": false, "isTruncated": false }),
            );
        }
        return ok(json!({ "data": { "repository": repository } }));
    }
    match asked.line.as_str() {
        "GET /repos/acme/shop" => ok(json!({
            "full_name": "acme/shop", "html_url": "https://github.com/acme/shop", "default_branch": "main", "size": 9,
            "pushed_at": "2026-01-01T00:00:00Z", "description": "Sells things", "topics": ["shop"], "archived": true,
        })),
        line if line.starts_with("GET /repos/acme/shop/git/trees/") => ok(tree()),
        line => {
            let sha = line.rsplit('/').next().unwrap();
            let content = FILES.iter().find(|(known, _, _)| *known == sha).unwrap().2;
            ok(json!({ "sha": sha, "content": STANDARD.encode(content), "encoding": "base64" }))
        }
    }
}

fn read(github: &GitHub, slug: &str) -> Result<Snapshot, SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(github.snapshot(slug, Limits::default()))
}

fn with_token(server: &Server) -> GitHub {
    GitHub::new(&server.url, Some("t0ken".to_owned())).unwrap()
}

fn text(snapshot: &Snapshot, path: &str) -> Option<String> {
    Some(snapshot.files.file(&TreePath::parse(path).unwrap())?.text()?.to_owned())
}

#[test]
fn a_repository_is_read_with_three_calls() {
    let server = Server::start(|asked, _| usual(asked));
    let github = with_token(&server);

    let snapshot = read(&github, "acme/shop").unwrap();

    assert_eq!(github.calls(), 3);
    assert_eq!(snapshot.listing.len(), 3);
    assert_eq!(text(&snapshot, "package.json").as_deref(), Some(FILES[0].2));
    assert_eq!(text(&snapshot, "catalog-info.yaml").as_deref(), Some(FILES[2].2));
    assert_eq!(snapshot.commit.as_deref(), Some(COMMIT));
    assert_eq!(snapshot.about.topics, ["shop"]);
    assert_eq!(snapshot.about.released, Some(true));
    assert!(server.asked().iter().all(|asked| asked.authorization.as_deref() == Some("Bearer t0ken")));
}

#[test]
fn without_a_token_rest_alone_is_asked() {
    let server = Server::start(|asked, _| usual(asked));
    let github = GitHub::new(&server.url, None).unwrap();

    let snapshot = read(&github, "acme/shop").unwrap();

    assert!(
        server.asked().iter().all(|asked| asked.line.starts_with("GET") && asked.authorization.is_none())
    );
    assert_eq!(text(&snapshot, "package.json").as_deref(), Some(FILES[0].2));
    assert!(snapshot.about.archived);
}

#[test]
fn an_enterprise_server_is_asked_where_its_apis_are() {
    let server = Server::start(|asked, _| {
        let mut asked = asked.clone();
        asked.line = asked.line.replace("/api/v3/", "/");
        usual(&asked)
    });
    let github = GitHub::new(&format!("{}/api/v3/", server.url), Some("t0ken".to_owned())).unwrap();

    read(&github, "acme/shop").unwrap();

    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines[0], "POST /api/graphql");
    assert_eq!(lines[1], format!("GET /api/v3/repos/acme/shop/git/trees/{COMMIT}?recursive=1"));
}

#[test]
fn a_listing_that_github_cuts_is_asked_folder_by_folder() {
    let server = Server::start(|asked, _| {
        let folder = json!({ "path": "app", "mode": "040000", "type": "tree", "sha": "f1" });
        match asked.line.as_str() {
            line if line.ends_with(&format!("{COMMIT}?recursive=1")) => {
                ok(json!({ "sha": COMMIT, "tree": [], "truncated": true }))
            }
            line if line.ends_with(COMMIT) => {
                ok(json!({ "sha": COMMIT, "tree": [folder], "truncated": false }))
            }
            line if line.contains("/git/trees/f1") => ok(tree()),
            _ => usual(asked),
        }
    });

    let snapshot = read(&with_token(&server), "acme/shop").unwrap();

    assert_eq!(snapshot.listing.left_out(), 0);
    assert_eq!(text(&snapshot, "app/package.json").as_deref(), Some(FILES[0].2));
}

#[test]
fn a_file_that_a_query_gives_in_part_is_asked_for_alone() {
    let server = Server::start(|asked, _| {
        let (status, headers, mut body) = usual(asked);
        if let Some(first) = body.pointer_mut("/data/repository/f0") {
            first["isTruncated"] = json!(true);
            first["text"] = json!("{");
        }
        (status, headers, body)
    });
    let github = with_token(&server);

    let snapshot = read(&github, "acme/shop").unwrap();

    assert_eq!(github.calls(), 4);
    for (_, path, content) in [FILES[0], FILES[2]] {
        assert_eq!(text(&snapshot, path).as_deref(), Some(content), "{path}");
    }
}

#[test]
fn a_repository_without_a_commit_is_empty() {
    let server = Server::start(|_, _| {
        let mut repository = told("shop");
        repository["defaultBranchRef"] = Value::Null;
        ok(json!({ "data": { "repository": repository } }))
    });
    let github = with_token(&server);

    let snapshot = read(&github, "acme/shop").unwrap();

    assert!(snapshot.listing.is_empty());
    assert_eq!(github.calls(), 1);
}

#[test]
fn a_bad_moment_is_waited_for() {
    let server = Server::start(|asked, count| match count {
        1 => (502, Vec::new(), json!({})),
        2 => (429, vec![("retry-after", "0".to_owned())], json!({ "message": "slow down" })),
        _ => usual(asked),
    });

    assert!(read(&with_token(&server), "acme/shop").is_ok());
}

#[test]
fn refusals_say_what_to_do_and_never_the_token() {
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 3000;
    let limit = vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", soon.to_string())];
    let cases: Vec<(Answer, &str)> = vec![
        ((401, Vec::new(), json!({ "message": "Bad credentials" })), "does not take the token"),
        ((403, limit, json!({ "message": "rate limit" })), "takes no more calls"),
        ((403, Vec::new(), json!({ "message": "SSO \u{1b}[31m needed" })), "SSO [31m needed"),
        (ok(json!({ "data": { "repository": null } })), "GitHub shows no `acme/shop`"),
        (ok(json!({ "errors": [{ "message": "Something went wrong" }] })), "Something went wrong"),
    ];

    for (answer, expected) in cases {
        let server = Server::start(move |_, _| answer.clone());
        let error = read(&with_token(&server), "acme/shop").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("t0ken"), "{error}");
    }
}

#[test]
fn a_host_that_is_not_there_is_told() {
    let github = GitHub::new("http://127.0.0.1:9", Some("t0ken".to_owned())).unwrap();

    let error = read(&github, "acme/shop").unwrap_err();

    assert!(matches!(error, SourceError::GitHub(GitHubError::Unreachable { .. })), "{error}");
}

/// An owner with many repositories, in pages of a hundred.
fn many(asked: &Asked, all: usize) -> Answer {
    let query: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    if !query["query"].as_str().is_some_and(|text| text.contains("repositoryOwner")) {
        let mut asked = asked.clone();
        if let Some((_, rest)) = asked.line.split_once("/git/") {
            asked.line = format!("GET /repos/acme/shop/git/{rest}");
        }
        return usual(&asked);
    }
    let from: usize = query["variables"]["after"].as_str().map_or(0, |after| after.parse().unwrap());
    let nodes: Vec<Value> = (from..all.min(from + 100)).map(|at| told(&format!("shop-{at:03}"))).collect();
    let page = json!({ "hasNextPage": from + 100 < all, "endCursor": (from + 100).to_string() });
    ok(json!({ "data": { "repositoryOwner": { "repositories": { "pageInfo": page, "nodes": nodes } } } }))
}

#[test]
fn org_reads_every_page_and_an_unchanged_repository_not_again() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = Server::start(move |asked, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        many(asked, 120)
    });
    let folder = tempfile::tempdir().unwrap();
    let environment = [("GITHUB_TOKEN", "t0ken"), ("GITHUB_API_URL", server.url.as_str())];
    let arguments = ["org", "acme", "--state", "state.jsonl"];

    let first = run_with(folder.path(), &arguments, &environment);
    let cold = count.swap(0, Ordering::Relaxed);
    let second = run_with(folder.path(), &arguments, &environment);

    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    assert!(out(&first).contains("120 repositories: "), "{}", out(&first));
    assert_eq!(cold, 2 + 2 * 120);
    assert_eq!(count.load(Ordering::Relaxed), 2);
    assert_eq!(out(&first), out(&second));
}

#[test]
fn the_token_is_not_sent_to_a_host_that_an_address_names() {
    let folder = tempfile::tempdir().unwrap();
    let environment = [("GITHUB_TOKEN", "t0ken"), ("GITHUB_API_URL", "https://api.github.com")];

    let done = run_with(folder.path(), &["generate", "https://127.0.0.1:9/acme/shop"], &environment);

    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("the token is not sent to `127.0.0.1:9`"), "{}", err(&done));
    assert!(err(&done).contains("`repos/acme/shop` cannot be reached"), "{}", err(&done));
}
