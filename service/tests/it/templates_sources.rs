//! Sources: what a URL reads, and what it must not.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails loudly")]

use stagecraft::template::{FetchError, Pin, Sources};

use crate::templates_support::{Place, git, git_settings, listed, location, template, texts};

/// A folder source with a template `a` that is pinned, and files around it.
async fn pinned(place: &Place, sources: &Sources) -> Pin {
    let more = "    - { action: fetch:plain, input: { url: ../shared } }\n    - { action: fetch:plain, input: { url: /docs } }\n";
    place.write("s/t/a/template.yaml", &(template("a") + more));
    place.write("s/t/a/skeleton/x.txt", "x");
    place.write("s/t/shared/y.txt", "y");
    place.write("s/docs/z.txt", "z");
    place.write("s/all.yaml", &location(&["./t/a/template.yaml"]));
    place.write("outside/secret.txt", "secret");
    let library = place.library(sources, &["s"]).await;
    library.pin(&library.find("template:default/a").unwrap()).await.unwrap()
}

#[tokio::test]
async fn relative_urls_are_read_beside_the_template_within_its_source() {
    let place = Place::new();
    let sources = place.sources("a");
    let pin = pinned(&place, &sources).await;
    let folder = async |url: &str| texts(&sources.read_folder(Some(&pin), url, None).await.unwrap().tree);

    assert_eq!(folder("./skeleton").await["x.txt"], "x");
    assert_eq!(folder("../shared").await["y.txt"], "y");
    assert_eq!(folder("../../docs").await["z.txt"], "z");
    assert_eq!(folder("/docs").await["z.txt"], "z");
    let file = sources.read_file(Some(&pin), "skeleton/x.txt", None).await.unwrap();
    assert_eq!(texts(&file.tree)["x.txt"], "x");
    assert_eq!(file.pin.path, "t/a/skeleton/x.txt");
}

#[tokio::test]
async fn what_leads_out_is_refused() {
    let place = Place::new();
    let sources = place.sources("a");
    let pin = pinned(&place, &sources).await;
    let outside = format!("file://{}", place.path("outside").display());

    for url in [
        "../../../outside",
        "..%2f..%2f..%2foutside",
        "%2e%2e/%2e%2e/%2e%2e/outside",
        "%252e%252e/x",
        "ftp://x/y",
        &outside,
    ] {
        for answer in
            [sources.read_folder(Some(&pin), url, None).await, sources.read_file(Some(&pin), url, None).await]
        {
            assert!(matches!(answer, Err(FetchError::Invalid(_))), "{url}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let place = Place::new();
    let sources = place.sources("a");
    let pin = pinned(&place, &sources).await;

    let error = sources.read_folder(Some(&pin), "./skelton", None).await.unwrap_err();
    assert!(
        matches!(&error, FetchError::NotFound(message) if message.starts_with(
        "there is no folder at `./skelton` (`t/a/skelton` in `file://")),
        "{error}"
    );
    let error = sources.read_folder(Some(&pin), "skeleton/x.txt", None).await.unwrap_err();
    assert!(matches!(error, FetchError::NotFound(_)), "{error}");
    let error = sources.read_file(Some(&pin), "skeleton", None).await.unwrap_err();
    assert!(matches!(error, FetchError::NotFound(_)), "{error}");
    let error = sources.read_folder(None, "./skeleton", None).await.unwrap_err();
    assert!(matches!(error, FetchError::Invalid(_)), "{error}");
}

#[tokio::test]
async fn a_file_url_is_read_within_a_configured_source() {
    let place = Place::new();
    let sources = place.sources("a");
    pinned(&place, &sources).await;
    let url = format!("file://{}", place.path("s/t/shared").display());

    assert_eq!(texts(&sources.read_folder(None, &url, None).await.unwrap().tree)["y.txt"], "y");
}

#[tokio::test]
async fn posted_files_are_read_as_long_as_they_are_held() {
    let place = Place::new();
    let sources = place.sources("a");
    let mut files = catalog_gen::FileTree::new();
    files.insert("skeleton/x.txt".parse().unwrap(), catalog_gen::Entry::file("x")).unwrap();

    let held = sources.hold(files, "template.yaml");
    let pin = held.pin().clone();
    assert_eq!(texts(&sources.read_folder(Some(&pin), "./skeleton", None).await.unwrap().tree)["x.txt"], "x");
    let missing = sources.read_folder(Some(&pin), "./other", None).await.unwrap_err();
    assert!(matches!(missing, FetchError::NotFound(_)), "{missing}");
    drop(held);

    let gone = sources.read_folder(Some(&pin), "./skeleton", None).await.unwrap_err();
    assert!(matches!(gone, FetchError::Gone(_)), "{gone}");
}

#[tokio::test]
async fn a_pin_reads_back_the_same_files() {
    let place = Place::new();
    let sources = place.sources("a");
    let pin = pinned(&place, &sources).await;

    for fetched in [
        sources.read_folder(Some(&pin), "../shared", None).await.unwrap(),
        sources.read_file(Some(&pin), "skeleton/x.txt", None).await.unwrap(),
        sources.read_folder(Some(&pin), "/", None).await.unwrap(),
    ] {
        assert_eq!(sources.read_pinned(&fetched.pin).await.unwrap(), fetched.tree, "{}", fetched.pin.path);
    }
}

#[tokio::test]
async fn another_replica_reads_a_pin_from_the_source_or_says_why_not() {
    let place = Place::new();
    let pin = pinned(&place, &place.sources("a")).await;
    let replica = place.sources("b");
    let unknown = replica.read_pinned(&pin).await.unwrap_err();
    assert!(
        matches!(&unknown, FetchError::Gone(message) if message.contains("`templates.sources`")),
        "{unknown}"
    );
    let _library = place.library(&replica, &["s"]).await;

    assert_eq!(texts(&replica.read_folder(Some(&pin), "./skeleton", None).await.unwrap().tree)["x.txt"], "x");

    let late = place.sources("c");
    let _library = place.library(&late, &["s"]).await;
    place.write("s/t/a/skeleton/x.txt", "changed");
    let gone = late.read_pinned(&pin).await.unwrap_err();
    assert!(matches!(&gone, FetchError::Gone(message) if message.contains("have changed since")), "{gone}");
}

/// A repository `https://github.com/acme/tpl`, which the settings send to the disk.
fn acme(place: &Place) -> Sources {
    let files = format!("file://{}/", place.path("").display().to_string().trim_end_matches('/'));
    Sources::new(place.store("acme"), &git_settings(&[("https://github.com/acme/", &files)]))
}

#[tokio::test]
async fn a_git_source_is_read_at_its_branch_and_pinned_by_commit() {
    let place = Place::new();
    place.write("tpl/all.yaml", &location(&["./a/template.yaml"]));
    place.template("tpl/a/template.yaml", "a");
    place.write("tpl/a/skeleton/x.txt", "x");
    place.write("tpl/shared/y.txt", "y");
    let commit = place.commit("tpl");
    let sources = acme(&place);

    let library = place.library(&sources, &["https://github.com/acme/tpl/blob/main/all.yaml"]).await;
    assert_eq!(listed(&library), ["template:default/a"]);
    let template = library.find("template:default/a").unwrap();
    let pin = library.pin(&template).await.unwrap();

    assert_eq!(template.base_url.as_deref(), Some("https://github.com/acme/tpl/tree/main/a/"));
    assert_eq!(pin.source, "https://github.com/acme/tpl");
    assert_eq!(pin.commit.as_ref().map(|id| id.0.as_str()), Some(commit.as_str()));
    assert_eq!(texts(&sources.read_folder(Some(&pin), "./skeleton", None).await.unwrap().tree)["x.txt"], "x");
    assert_eq!(texts(&sources.read_folder(Some(&pin), "/shared", None).await.unwrap().tree)["y.txt"], "y");

    place.write("tpl/a/skeleton/x.txt", "new");
    place.commit("tpl");
    assert_eq!(texts(&sources.read_folder(Some(&pin), "./skeleton", None).await.unwrap().tree)["x.txt"], "x");
    let now =
        sources.read_folder(None, "https://github.com/acme/tpl/tree/main/a/skeleton", None).await.unwrap();
    assert_eq!(texts(&now.tree)["x.txt"], "new");
    let then = format!("https://github.com/acme/tpl/blob/{commit}/a/skeleton/x.txt");
    assert_eq!(texts(&sources.read_file(None, &then, None).await.unwrap().tree)["x.txt"], "x");

    let replica = Sources::new(place.store("replica"), &git_settings(&[]));
    let local = Pin { source: format!("file://{}", place.path("tpl").display()), ..pin };
    assert_eq!(
        texts(&replica.read_folder(Some(&local), "./skeleton", None).await.unwrap().tree)["x.txt"],
        "x"
    );
}

#[tokio::test]
async fn a_bare_repository_on_disk_is_a_source() {
    let place = Place::new();
    place.template("work/one/template.yaml", "one");
    place.template("work/two/template.yaml", "two");
    place.commit("work");
    git(&place.path(""), &["clone", "--quiet", "--bare", "work", "bare.git"]);
    let url = format!("git+file://{}", place.path("bare.git").display());
    let sources = place.sources("a");

    let whole = place.library(&sources, &[&url]).await;
    let one = place.library(&sources, &[&format!("{url}//two/template.yaml?ref=main")]).await;

    assert_eq!(listed(&whole), ["template:default/one", "template:default/two"]);
    assert_eq!(listed(&one), ["template:default/two"]);
}

#[tokio::test]
async fn a_repository_on_disk_that_is_no_source_is_refused() {
    let place = Place::new();
    place.template("private/template.yaml", "private");
    place.commit("private");
    let url = format!("git+file://{}", place.path("private").display());
    place.write("s/all.yaml", &location(&[&format!("{url}//template.yaml")]));
    let sources = place.sources("a");

    let library = place.library(&sources, &["s"]).await;
    let answer = sources.read_folder(None, &url, None).await;

    assert!(listed(&library)[0].contains("is not one of `templates.sources`"), "{:?}", listed(&library));
    assert!(matches!(answer, Err(FetchError::Invalid(_))), "{answer:?}");
}

#[tokio::test]
async fn a_location_leads_from_a_folder_into_a_repository() {
    let place = Place::new();
    place.write("s/all.yaml", &location(&["https://github.com/acme/tpl/blob/main/*/template.yaml"]));
    place.template("tpl/a/template.yaml", "a");
    place.template("tpl/b/template.yaml", "b");
    place.commit("tpl");

    let library = place.library(&acme(&place), &["s"]).await;

    assert_eq!(listed(&library), ["template:default/a", "template:default/b"]);
}

#[tokio::test]
async fn a_repository_that_cannot_be_had_is_listed_with_the_reason() {
    let place = Place::new();
    place.template("s/template.yaml", "a");

    let library =
        place.library(&acme(&place), &["s", "https://github.com/acme/nope/blob/main/all.yaml"]).await;

    let lines = listed(&library);
    assert_eq!(lines[0], "template:default/a");
    assert!(lines[1].contains("`https://github.com/acme/nope` cannot be read"), "{}", lines[1]);
}

#[tokio::test]
async fn a_revision_that_is_not_there_is_named() {
    let place = Place::new();
    place.template("tpl/template.yaml", "a");
    place.commit("tpl");

    let error =
        acme(&place).read_folder(None, "https://github.com/acme/tpl/tree/nope/x", None).await.unwrap_err();

    assert!(error.to_string().contains("nope"), "{error}");
}

#[tokio::test]
async fn many_at_once_read_the_same_repository() {
    let place = Place::new();
    place.write("tpl/x.txt", "x");
    place.commit("tpl");
    let sources = acme(&place);

    let url = "https://github.com/acme/tpl/tree/main";
    let read = futures_util::future::join_all((0..20).map(|_| sources.read_folder(None, url, None))).await;

    assert!(read.iter().all(|fetched| texts(&fetched.as_ref().unwrap().tree)["x.txt"] == "x"));
}
