//! Names against what people write, and against what would lead out of the folder.

use proptest::prelude::*;

use super::*;

fn slug(host: &str, owner: &str, name: &str) -> RepoSlug {
    RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: name.to_owned() }
}

#[test]
fn a_repo_url_is_read_as_backstage_reads_it() {
    let cases = [
        ("github.com?owner=acme&repo=shop", slug("github.com", "acme", "shop")),
        ("github.com?repo=shop&owner=acme&project=x", slug("github.com", "acme", "shop")),
        ("GitHub.com?owner=/acme/&repo=/Shop", slug("github.com", "acme", "Shop")),
        ("ghe.acme.io:8443?owner=acme&repo=%2Fmy%2Dshop%2F", slug("ghe.acme.io:8443", "acme", "my-shop")),
        ("github.com/?owner=acme&repo=.github", slug("github.com", "acme", ".github")),
    ];
    for (text, expected) in cases {
        assert_eq!(RepoSlug::parse_repo_url(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn a_repo_url_that_lacks_something_says_what() {
    let cases = [
        ("github.com?repo=shop", "has no `owner`;"),
        ("github.com?owner=acme", "has no `repo`;"),
        ("github.com?owner=&repo=/", "has no `owner` and no `repo`"),
        ("github.com", "has no `owner` and no `repo`"),
        ("", "cannot be read"),
        ("github.com/acme/shop?owner=a&repo=b", "has a path"),
        ("me@github.com?owner=a&repo=b", "user name"),
        ("github.com?owner=a%2Fb&repo=c", "`a/b` cannot be an owner"),
        ("github.com?owner=a&repo=..", "`..` cannot be a repository name"),
        ("github.com?owner=a&repo=x.git", "no `.git` at the end"),
    ];
    for (text, expected) in cases {
        let error = RepoSlug::parse_repo_url(text).unwrap_err();
        assert!(matches!(&error, ForgeError::Invalid(said) if said.contains(expected)), "{text}: {error}");
    }
}

#[test]
fn an_address_is_read_with_its_revision_and_path() {
    let cases = [
        ("https://github.com/acme/shop", None, None),
        ("https://github.com/acme/shop.git/", None, None),
        ("https://github.com/acme/shop/tree/main", Some("main"), None),
        ("https://github.com/acme/shop/tree/main/", Some("main"), None),
        ("https://github.com/acme/shop/blob/v1.2/docs/a%20b.md#L1", Some("v1.2"), Some("docs/a b.md")),
        ("https://github.com/acme/shop/tree/feature%2Fx/docs?plain=1", Some("feature/x"), Some("docs")),
    ];
    for (text, revision, path) in cases {
        let expected = RepoUrl {
            slug: slug("github.com", "acme", "shop"),
            revision: revision.map(str::to_owned),
            path: path.map(str::to_owned),
        };
        assert_eq!(RepoSlug::from_url(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn an_address_of_something_else_says_what_is_wrong() {
    let cases = [
        ("github.com/acme/shop", "cannot be read"),
        ("ssh://git@github.com/acme/shop", "does not begin with `https://`"),
        ("https://github.com/acme", "does not name an owner and a repository"),
        ("https://github.com/acme/shop/issues/1", "points at a page"),
        ("https://github.com/acme/shop/tree", "points at a page"),
        ("https://me:s3cret@github.com/acme/shop", "user name or token"),
        ("https://github.com/acme/%2e%2e", "does not name an owner and a repository"),
        ("https://github.com/a/%2E%2E%2Fetc", "cannot be a repository name"),
        ("https://[::1]/acme/shop", "cannot be a host"),
    ];
    for (text, expected) in cases {
        let error = RepoSlug::from_url(text).unwrap_err();
        assert!(matches!(&error, ForgeError::Invalid(said) if said.contains(expected)), "{text}: {error}");
        assert!(!error.to_string().contains("s3cret"));
    }
}

#[test]
fn names_at_the_edge_of_the_rules_are_told_apart() {
    let good = [
        slug("github.com", &"a".repeat(39), &"b".repeat(100)),
        slug("localhost:3000", "a_b", "-x-"),
        slug("github.com", "a.b", "..."),
    ];
    let bad = [
        slug("github.com", &"a".repeat(40), "x"),
        slug("github.com", "a", &"b".repeat(101)),
        slug("github.com", "-a", "x"),
        slug("github.com", "a-", "x"),
        slug("github.com", ".drafts", "x"),
        slug("github.com", "a", "."),
        slug("github.com", "a", "x.GIT"),
        slug("github.com", "a", "é"),
        slug("github.com", "a", "x y"),
        slug("github.com", "a", "x\0"),
        slug("..", "a", "x"),
        slug(".drafts", "a", "x"),
        slug("github.com:", "a", "x"),
        slug("github.com:+1", "a", "x"),
        slug("github.com:99999", "a", "x"),
        slug("", "a", "x"),
        slug("github.com", "", "x"),
        slug("github.com", "a", ""),
    ];
    for slug in good {
        assert!(slug.check().is_ok(), "{slug}");
    }
    for slug in bad {
        assert!(slug.check().is_err(), "{slug}");
    }
}

fn any_part() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "B", "9", ".", "..", "-", "_", "/", "\\", "%2f", "%2e", "~", ":", "\0", "\n", " ", "é", ".git",
        "?", "&", "=", "#", "@",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn is_one_segment(text: &str) -> bool {
    !text.is_empty() && !matches!(text, "." | "..") && !text.contains(['/', '\\', '\0'])
}

proptest! {
    #[test]
    fn a_name_that_passes_is_a_plain_segment(host in any_part(), owner in any_part(), name in any_part()) {
        let slug = slug(&host, &owner, &name);

        if slug.check().is_ok() {
            for part in [&slug.host, &slug.owner, &slug.name] {
                prop_assert!(is_one_segment(part), "{:?}", part);
            }
        }
    }

    #[test]
    fn what_is_read_from_a_text_always_passes(host in any_part(), owner in any_part(), name in any_part()) {
        if let Ok(slug) = RepoSlug::parse_repo_url(&format!("{host}?owner={owner}&repo={name}")) {
            prop_assert!(slug.check().is_ok());
        }
        if let Ok(url) = RepoSlug::from_url(&format!("https://{host}/{owner}/{name}")) {
            prop_assert!(url.slug.check().is_ok());
        }
    }

    #[test]
    fn a_good_name_survives_a_repo_url(owner in "[a-z0-9]{1,39}", name in "[A-Za-z0-9_-]{1,100}") {
        let text = format!("github.com?owner={owner}&repo={name}");

        prop_assert_eq!(RepoSlug::parse_repo_url(&text).unwrap(), slug("github.com", &owner, &name));
    }
}
