//! What is not taken, by us and by the other side, and in which words it is told.

use axum::http::StatusCode;
use stagecraft::git::RefusalKind;

use super::*;

/// What the other side said, and what it was taken for.
fn refusal(error: &GitError) -> (RefusalKind, String) {
    match error {
        GitError::PushRefused(refusal) => (refusal.kind, refusal.message.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_a_host_says_is_told_with_what_to_do() {
    let cases = [
        (
            "echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; \
             echo 'error: At least 1 approving review is required.' >&2; exit 1",
            RefusalKind::ProtectedBranch,
            "At least 1 approving review is required.",
            "pull request",
        ),
        (
            "printf 'error: GH013: Repository rule violations found for refs/heads/main.\\n\\n- Commits must have \
             verified signatures.\\n' >&2; exit 1",
            RefusalKind::Rule,
            "Commits must have verified signatures.",
            "bypass list",
        ),
        (
            "printf 'error: GH013: Repository rule violations found for refs/heads/main.\\n- GITHUB PUSH PROTECTION\\n\
             \\t—————————————————\\n  - Push cannot contain secrets\\n  path: config.yaml:3\\n' >&2; exit 1",
            RefusalKind::Secret,
            "path: config.yaml:3",
            "take the secret out",
        ),
        (
            "echo 'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without \
             `workflows` permission' >&2; exit 1",
            RefusalKind::Workflows,
            ".github/workflows/ci.yml",
            "`workflows: write`",
        ),
        (
            "echo \"error: GH001: Large files detected.\" >&2; echo \"error: File big.bin is 120.00 MB; this exceeds \
             GitHub's file size limit of 100.00 MB\" >&2; exit 1",
            RefusalKind::TooLarge,
            "big.bin is 120.00 MB",
            "Git LFS",
        ),
        (
            "echo 'error: GH007: Your push would publish a private email address.' >&2; exit 1",
            RefusalKind::Email,
            "private email address",
            "noreply",
        ),
        ("echo 'ask Jane first' >&2; exit 1", RefusalKind::Hook, "ask Jane first", "what its check wants"),
    ];
    for (script, kind, said, advice) in cases {
        let server = Server::start().await.with_empty_repository();
        server.judge(script);

        let error = push_to(&server, sample()).await.unwrap_err();

        let (found, message) = refusal(&error);
        assert_eq!(found, kind, "{message}");
        assert!(message.contains(said) && message.contains(advice), "{message}");
        assert!(message.contains(&server.url()) && message.contains("`main`"), "{message}");
        assert_eq!(server.git(&["branch", "--list"]), "");
    }
}

#[tokio::test]
async fn reasons_in_the_report_alone_are_told_too() {
    let cases = [
        (
            "ng refs/heads/main refusing to allow an OAuth App to create or update workflow `x` without `workflow` scope\n",
            RefusalKind::Workflows,
        ),
        ("ng refs/heads/main push declined due to repository rule violations\n", RefusalKind::Rule),
        ("ng refs/heads/main push declined due to email privacy restrictions\n", RefusalKind::Email),
        ("ng refs/heads/main protected branch hook declined\n", RefusalKind::ProtectedBranch),
        ("ng refs/heads/main non-fast-forward\n", RefusalKind::BranchMoved),
        ("ng refs/heads/main shallow update not allowed\n", RefusalKind::History),
        ("ng refs/heads/main the moon is full\n", RefusalKind::Other),
        ("ng refs/heads/main\n", RefusalKind::Other),
    ];
    let server = Server::start().await.with_empty_repository();
    for (line, kind) in cases {
        server.be(Mood::Says(report(&["unpack ok\n", line])));

        let error = push_to(&server, sample()).await.unwrap_err();

        assert_eq!(refusal(&error).0, kind, "{line}");
    }
    for (report, kind) in [
        (
            report(&["unpack index-pack abnormal exit\n", "ng refs/heads/main unpacker error\n"]),
            RefusalKind::Other,
        ),
        (
            report(&["unpack No space left on device\n", "ng refs/heads/main unpacker error\n"]),
            RefusalKind::Quota,
        ),
    ] {
        server.be(Mood::Says(report));
        assert_eq!(refusal(&push_to(&server, sample()).await.unwrap_err()).0, kind);
    }
}

#[tokio::test]
async fn a_fault_of_the_servers_own_may_pass() {
    let server = Server::start().await.with_empty_repository();
    for reason in ["Internal Server Error", "failure"] {
        server.be(Mood::Says(report(&["unpack ok\n", &format!("ng refs/heads/main {reason}\n")])));

        let error = push_to(&server, sample()).await.unwrap_err();

        assert!(matches!(&error, GitError::Unavailable(text) if text.contains(reason)), "{error:?}");
    }
}

/// A report in its band.
fn report(lines: &[&str]) -> axum::body::Bytes {
    let lines = lines.iter().map(|line| format!("{:04x}{line}", line.len() + 4));
    let inner = lines.collect::<String>() + "0000";
    format!("{:04x}\x01{inner}0000", inner.len() + 5).into()
}

#[tokio::test]
async fn statuses_are_told_in_the_servers_words() {
    let plain = |status, text| Mood::Answers(status, "text/plain", text);
    let cases = [
        (plain(StatusCode::UNAUTHORIZED, "Bad credentials"), RefusalKind::Token, "still valid"),
        (
            plain(StatusCode::FORBIDDEN, "Write access to repository not granted."),
            RefusalKind::Access,
            "write access",
        ),
        (plain(StatusCode::FORBIDDEN, ""), RefusalKind::Access, "write access"),
        (
            plain(StatusCode::FORBIDDEN, "ERROR: This repository was archived so it is read-only."),
            RefusalKind::ReadOnly,
            "unarchive",
        ),
        (
            plain(StatusCode::FORBIDDEN, "The `acme' organization has enabled or enforced SAML SSO."),
            RefusalKind::Organisation,
            "owner of the organisation",
        ),
    ];
    let server = Server::start().await.with_empty_repository();
    for (mood, kind, advice) in cases {
        let said = format!("{mood:?}");
        server.be(mood);
        let credentials = server.credentials("s3cret");
        let error =
            push(&server.url(), commit_of(sample()), Some(&credentials), &limits()).await.unwrap_err();
        let (found, message) = refusal(&error);
        assert_eq!(found, kind, "{said}");
        assert!(message.contains(advice) && message.contains("/shop.git"), "{message}");
    }
    server.be(plain(StatusCode::NOT_FOUND, "Repository not found."));
    let error = push_to(&server, sample()).await.unwrap_err();
    assert!(
        matches!(&error, GitError::NotFound(text) if text.contains("Repository not found.")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_repository_that_takes_no_pushes_says_so() {
    let server = Server::start().await.with_repository();
    server.git(&["config", "http.receivepack", "false"]);

    let error = push_to(&server, sample()).await.unwrap_err();

    assert_eq!(refusal(&error).0, RefusalKind::Access);
}

#[tokio::test]
async fn a_token_that_dies_between_list_and_pack_is_told() {
    let server = Server::start().await.with_empty_repository();
    server.be(Mood::AnswersWork(StatusCode::UNAUTHORIZED, "text/plain", "Bad credentials"));

    let credentials = server.credentials("s3cret");
    let error = push(&server.url(), commit_of(sample()), Some(&credentials), &limits()).await.unwrap_err();

    assert_eq!(refusal(&error).0, RefusalKind::Token);
}

#[tokio::test]
async fn a_token_that_comes_back_is_not_shown() {
    let server = Server::start().await.with_empty_repository();
    // Plain, as an address writes it, and as it was sent.
    let forms = "ghs_1_a+b ghs_1_a%2Bb eC1hY2Nlc3MtdG9rZW46Z2hzXzFfYSti Z2hzXzFfYSti";
    let credentials = server.credentials("ghs_1_a+b");
    server.judge(&format!("echo '{forms}' >&2; exit 1"));
    let in_band = push(&server.url(), commit_of(sample()), Some(&credentials), &limits()).await.unwrap_err();
    server.be(Mood::Answers(StatusCode::FORBIDDEN, "text/plain", forms));
    let in_body = push(&server.url(), commit_of(sample()), Some(&credentials), &limits()).await.unwrap_err();

    for error in [in_band, in_body] {
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("*** *** *** ***"), "{shown}");
        assert!(forms.split(' ').all(|form| !shown.contains(form)), "{shown}");
    }
}

#[tokio::test]
async fn what_git_would_refuse_is_refused_before_any_call() {
    let server = Server::start().await.with_empty_repository();
    let link = |target: &str| Entry::Symlink { target: target.to_owned() };
    let trees = [
        tree(&[(".gitmodules", link("elsewhere"))]),
        tree(&[("a/.GITMODULES", link("elsewhere"))]),
        tree(&[(".gitmodules", Entry::file("[submodule \"a\"]\n\turl = -u./payload\n"))]),
        tree(&[(".gitmodules", Entry::file("[submodule \"../../x\"]\n\turl = https://example.com\n"))]),
    ];
    for tree in trees {
        let error = push_to(&server, tree).await.unwrap_err();
        assert!(matches!(&error, GitError::Invalid(text) if text.contains("git")), "{error:?}");
    }
    for branch in ["", "a..b", "-x", "a\nb", "HEAD", &"1".repeat(40), &"x".repeat(300)] {
        let commit = NewCommit { branch: branch.to_owned(), ..commit_of(sample()) };
        let error = push(&server.url(), commit, None, &limits()).await.unwrap_err();
        assert!(matches!(error, GitError::Invalid(_)), "{branch:?}: {error:?}");
    }
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn what_a_server_that_checks_takes_is_what_we_take() {
    let server = Server::start().await.with_empty_repository();
    let awkward =
        ["CON", "aux.txt", "a:b", "trailing.", "Case", "case", "e\u{301}", "é", "x blank ", "-u", "*?"];
    let mut tree =
        tree(&[(".gitmodules", Entry::file("[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib.git\n"))]);
    for name in awkward {
        tree.insert(TreePath::parse(name).unwrap(), Entry::file(name)).unwrap();
    }

    push_to(&server, tree).await.unwrap();

    let names = server.git(&["-c", "core.quotePath=false", "ls-tree", "--name-only", "-z", "main"]);
    let names: Vec<&str> = names.split_terminator('\0').collect();
    assert!(awkward.iter().all(|name| names.contains(name)), "{names:?}");
}

#[tokio::test]
async fn addresses_that_are_not_of_the_web_are_not_pushed_to() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    for url in [folder, "ssh://git@github.com/a/b", "git@github.com:a/b", "https://me:s3cret@github.com/a/b"]
    {
        let error = push(url, commit_of(sample()), None, &limits()).await.unwrap_err();
        assert!(matches!(error, GitError::Invalid(_)) && !error.to_string().contains("s3cret"), "{error:?}");
    }
}
