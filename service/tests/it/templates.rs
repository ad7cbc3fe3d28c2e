//! The library: finding templates, keeping the broken ones apart, noticing changes.

use stagecraft::template::{FindError, Library, SingleError};

use crate::templates_support::{Place, git, listed, location, template, texts};

#[tokio::test]
async fn locations_lead_on_to_files_patterns_and_further_locations() {
    let place = Place::new();
    place.write(
        "s/all.yaml",
        &location(&["./one/template.yaml", "./more/all.yaml", "./many/*/template.yaml"]),
    );
    place.template("s/one/template.yaml", "one");
    place.write("s/more/all.yaml", &location(&["../two/template.yaml"]));
    place.write("s/two/template.yaml", &[template("two"), template("three")].join("---\n"));
    place.template("s/many/a/template.yaml", "a");
    place.template("s/many/b/template.yaml", "b");
    place.template("s/many/b/deep/template.yaml", "not-reached");

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_eq!(
        listed(&library),
        [
            "template:default/a",
            "template:default/b",
            "template:default/one",
            "template:default/three",
            "template:default/two"
        ]
    );
}

#[tokio::test]
async fn a_template_says_where_it_came_from() {
    let place = Place::new();
    place.write("s/all.yaml", &location(&["./one/template.yaml"]));
    place.template("s/one/template.yaml", "one");

    let library = place.library(&place.sources("a"), &["s"]).await;
    let template = library.find("Template:default/One").unwrap();

    let root = place.path("s").display().to_string();
    assert_eq!(template.base_url, Some(format!("file://{root}/one/template.yaml")));
    assert_eq!(
        template.entity["metadata"],
        serde_json::json!({
            "namespace": "default",
            "annotations": {
                "backstage.io/managed-by-location": format!("file:{root}/one/template.yaml"),
                "backstage.io/managed-by-origin-location": format!("file:{root}/all.yaml"),
            },
            "name": "one",
        })
    );
}

#[tokio::test]
async fn locations_that_name_each_other_end() {
    let place = Place::new();
    place.write("s/all.yaml", &location(&["./b.yaml", "./t.yaml"]));
    place.write("s/b.yaml", &location(&["./all.yaml", "./b.yaml"]));
    place.template("s/t.yaml", "t");

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_eq!(listed(&library), ["template:default/t"]);
}

#[tokio::test]
async fn a_chain_of_locations_without_end_is_cut() {
    let place = Place::new();
    for n in 0..20 {
        place.write(&format!("s/{n}.yaml"), &location(&[&format!("./{}.yaml", n + 1)]));
    }

    let library = place.library(&place.sources("a"), &["s/0.yaml"]).await;

    assert_eq!(listed(&library), ["! 10.yaml:1: more than 10 Locations lead to one another here"]);
}

#[tokio::test]
async fn a_broken_template_harms_no_other() {
    let place = Place::new();
    place
        .write("s/all.yaml", &location(&["./good.yaml", "./broken.yaml", "./syntax.yaml", "./missing.yaml"]));
    place.template("s/good.yaml", "good");
    place.write("s/broken.yaml", &template("broken").replace("  type: service\n", ""));
    place.write("s/syntax.yaml", "kind: [\n");

    let library = place.library(&place.sources("a"), &["s", "nowhere"]).await;

    let lines = listed(&library);
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(lines[0].starts_with("! broken.yaml:5:1: "), "{}", lines[0]);
    assert_eq!(lines[1], "template:default/good");
    assert!(
        lines.contains(
            &"! missing.yaml: the file is not there; correct the Location that names it".to_owned()
        )
    );
    assert!(lines.iter().any(|line| line.starts_with("! syntax.yaml:")));
    assert!(lines.iter().any(|line| line.contains("nowhere") && line.contains("cannot be read")));
    assert!(library.find("template:default/good").is_ok());
    assert!(
        matches!(library.find("template:default/broken"), Err(FindError::Broken { errors, .. }) if errors.len() == 1)
    );
}

#[tokio::test]
async fn an_optional_target_may_be_missing() {
    let place = Place::new();
    place.write("s/all.yaml", &(location(&["./no.yaml", "./*/no.yaml"]) + "  presence: optional\n"));

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_eq!(listed(&library), Vec::<String>::new());
}

#[tokio::test]
async fn an_unknown_reference_is_answered_with_the_nearest() {
    let place = Place::new();
    place.template("s/template.yaml", "rust-service");

    let library = place.library(&place.sources("a"), &["s"]).await;

    let error = library.find("template:default/rust-servcie").unwrap_err();
    assert_eq!(
        error.to_string(),
        "Template template:default/rust-servcie not found; did you mean `template:default/rust-service`?"
    );
    assert!(
        matches!(error, FindError::NotFound { nearest: Some(near), .. } if near == "template:default/rust-service")
    );
}

#[tokio::test]
async fn of_two_templates_with_one_name_the_first_is_kept() {
    let place = Place::new();
    place.template("s/a/template.yaml", "same");
    place.template("s/b/template.yaml", "same");

    let library = place.library(&place.sources("a"), &["s"]).await;

    let list = library.list();
    assert_eq!(list.len(), 2);
    assert!(list[0].place.ends_with("/a/template.yaml") && list[0].errors.is_empty());
    assert!(list[1].errors[0].message.starts_with("template:default/same is defined in `"));
    assert!(library.find("template:default/same").is_ok());
}

#[tokio::test]
async fn a_folder_without_a_door_is_searched_two_levels_down() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.template("s/x/b/template.yaml", "b");
    place.template("s/x/y/c/template.yaml", "too-deep");

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_eq!(listed(&library), ["template:default/a", "template:default/b"]);
}

#[tokio::test]
async fn an_empty_folder_says_what_to_do() {
    let place = Place::new();
    place.write("s/README.md", "");

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert!(listed(&library)[0].contains("there is no template in"), "{:?}", listed(&library));
}

#[tokio::test]
async fn what_changes_is_taken_over_by_a_refresh() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.template("s/b/template.yaml", "b");
    let library = place.library(&place.sources("a"), &["s"]).await;
    assert_eq!(library.refresh().await, 0);

    place.template("s/c/template.yaml", "c");
    assert_eq!(library.refresh().await, 1);
    assert_eq!(listed(&library), ["template:default/a", "template:default/b", "template:default/c"]);

    place.write("s/a/template.yaml", &template("a").replace("service", "library"));
    assert_eq!(library.refresh().await, 1);
    assert_eq!(library.find("template:default/a").unwrap().entity["spec"]["type"], "library");

    std::fs::remove_dir_all(place.path("s/b")).unwrap();
    assert_eq!(library.refresh().await, 1);
    assert_eq!(listed(&library), ["template:default/a", "template:default/c"]);

    place.write("s/a/template.yaml", "kind: Template\n");
    assert_eq!(library.refresh().await, 2);
    place.template("s/a/template.yaml", "a");
    library.refresh().await;
    assert!(library.find("template:default/a").is_ok());
}

#[tokio::test]
async fn a_source_that_appears_later_is_found_later() {
    let place = Place::new();
    let library = place.library(&place.sources("a"), &["later"]).await;
    assert!(listed(&library)[0].starts_with("! "));

    place.template("later/template.yaml", "a");
    library.refresh().await;

    assert_eq!(listed(&library), ["template:default/a"]);
}

#[tokio::test]
async fn a_pin_stays_readable_after_the_folder_has_changed() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.write("s/a/skeleton/x.txt", "old");
    let sources = place.sources("a");
    let library = place.library(&sources, &["s"]).await;
    let template = library.find("template:default/a").unwrap();
    let before = library.pin(&template).await.unwrap();
    assert_eq!(library.pin(&template).await.unwrap(), before);

    place.write("s/a/skeleton/x.txt", "new");
    library.refresh().await;
    let after = library.pin(&template).await.unwrap();

    assert_ne!(before.tree, after.tree);
    let read = async |pin| texts(&sources.read_folder(Some(pin), "./skeleton", None).await.unwrap().tree);
    assert_eq!(read(&before).await["x.txt"], "old");
    assert_eq!(read(&after).await["x.txt"], "new");
}

#[tokio::test]
async fn a_change_of_the_template_itself_is_pinned_without_a_refresh() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    let library = place.library(&place.sources("a"), &["s"]).await;
    let template = library.find("template:default/a").unwrap();
    let before = library.pin(&template).await.unwrap();

    place.write("s/a/template.yaml", "# changed");

    assert_ne!(library.pin(&template).await.unwrap().tree, before.tree);
}

#[tokio::test]
async fn pins_at_the_same_time_share_one_snapshot() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    let library = place.library(&place.sources("a"), &["s"]).await;
    let template = library.find("template:default/a").unwrap();

    let pins = futures_util::future::join_all((0..20).map(|_| library.pin(&template))).await;

    let first = pins[0].as_ref().unwrap();
    assert!(pins.iter().all(|pin| pin.as_ref().unwrap() == first));
}

#[cfg(unix)]
#[tokio::test]
async fn links_and_modes_are_kept_and_a_link_outward_is_named() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.write("s/a/skeleton/run.sh", "#!/bin/sh\n");
    std::fs::set_permissions(place.path("s/a/skeleton/run.sh"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("run.sh", place.path("s/a/skeleton/link")).unwrap();
    std::fs::create_dir_all(place.path("s/a/skeleton/empty")).unwrap();
    std::fs::create_dir_all(place.path("s/elsewhere")).unwrap();
    symlink("/etc/passwd", place.path("s/elsewhere/outward")).unwrap();
    place.write("s/a/.git/config", "left out");
    let sources = place.sources("a");
    let library = place.library(&sources, &["s"]).await;
    let template = library.find("template:default/a").unwrap();

    let pin = library.pin(&template).await.unwrap();
    let tree = sources.read_folder(Some(&pin), ".", None).await.unwrap().tree;

    let texts = texts(&tree);
    let paths: Vec<_> = texts.keys().map(String::as_str).collect();
    assert_eq!(paths, ["skeleton/empty", "skeleton/link", "skeleton/run.sh", "template.yaml"]);
    assert_eq!(texts["skeleton/link"], "-> run.sh");
    assert!(tree.file(&"skeleton/run.sh".parse().unwrap()).unwrap().executable);

    symlink("../../../etc", place.path("s/a/skeleton/out")).unwrap();
    library.refresh().await;
    let error = library.pin(&template).await.unwrap_err().to_string();
    assert!(error.contains("`a/skeleton/out`") && error.contains("leads outside"), "{error}");
}

#[tokio::test]
async fn a_file_over_ten_megabytes_is_an_error_of_its_own() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.write("s/b/template.yaml", &format!("# {}\n{}", "x".repeat(10 * 1024 * 1024), template("b")));

    let library = place.library(&place.sources("a"), &["s"]).await;

    let lines = listed(&library);
    assert_eq!(lines[0], "template:default/a");
    assert!(lines[1].contains("split it into several files"), "{}", lines[1]);
}

#[tokio::test]
async fn aliases_without_end_are_an_error_of_their_own() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place.write("s/b/template.yaml", "kind: Template\nspec: &s\n  again: *s\n");
    let bomb: String = (1..30).map(|n| format!("a{n}: &a{n} [*a{p}, *a{p}]\n", p = n - 1)).collect();
    place.write("s/c/template.yaml", &format!("a0: &a0 [x]\n{bomb}"));

    let library = place.library(&place.sources("a"), &["s"]).await;

    let lines = listed(&library);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "template:default/a");
    assert!(lines[1].starts_with("! b/template.yaml:"), "{}", lines[1]);
    assert!(lines[2].starts_with("! c/template.yaml:"), "{}", lines[2]);
}

#[tokio::test]
async fn a_single_file_is_a_library_of_its_own() {
    let place = Place::new();
    place.write("s/template.yaml", &[template("one"), template("two")].join("---\n"));
    place.write("s/skeleton/x.txt", "x");
    let sources = place.sources("a");
    let path = place.path("s/template.yaml");

    let (library, first) = Library::from_single(&path, None, sources.clone()).await.unwrap();
    assert_eq!(first.entity_ref, "template:default/one");
    let pin = library.pin(&first).await.unwrap();
    assert_eq!(pin.path, "template.yaml");
    assert_eq!(texts(&sources.read_folder(Some(&pin), "skeleton", None).await.unwrap().tree)["x.txt"], "x");

    let (_, named) = Library::from_single(&path, Some("two"), sources.clone()).await.unwrap();
    assert_eq!(named.entity_ref, "template:default/two");
    let error = Library::from_single(&path, Some("three"), sources).await.unwrap_err();
    assert!(matches!(&error, SingleError::NotFound(_)), "{error}");
}

#[tokio::test]
async fn a_single_file_reads_above_itself_within_its_repository() {
    let place = Place::new();
    place.write("r/t/one/template.yaml", &template("one").replace("./skeleton", "../shared"));
    place.write("r/t/shared/x.txt", "x");
    place.write("r/unrelated/y.txt", "y");
    git(&place.path("r"), &["init", "--quiet"]);
    let sources = place.sources("a");

    let (library, template) =
        Library::from_single(&place.path("r/t/one/template.yaml"), None, sources.clone()).await.unwrap();
    let pin = library.pin(&template).await.unwrap();

    assert_eq!(pin.source, format!("file://{}", place.path("r/t").display()));
    assert_eq!(pin.path, "one/template.yaml");
    assert_eq!(texts(&sources.read_folder(Some(&pin), "../shared", None).await.unwrap().tree)["x.txt"], "x");
}

#[tokio::test]
async fn what_no_template_reads_is_not_looked_at() {
    let place = Place::new();
    place.template("s/a/template.yaml", "a");
    place
        .write("s/b/template.yaml", &template("b").replace("./skeleton", "../shared/${{ parameters.kind }}"));
    place.write("s/shared/x/x.txt", "x");
    place.write("s/packages/huge.bin", "not read");
    let sources = place.sources("a");
    let library = place.library(&sources, &["s"]).await;

    let pin = library.pin(&library.find("template:default/b").unwrap()).await.unwrap();

    let tree = sources.read_folder(Some(&pin), "/", None).await.unwrap().tree;
    let paths: Vec<_> = texts(&tree).into_keys().collect();
    assert_eq!(paths, ["b/template.yaml", "shared/x/x.txt"]);

    place.write("s/packages/huge.bin", "changed");
    place.write("s/a/other.txt", "changed");
    library.refresh().await;
    assert_eq!(library.pin(&library.find("template:default/b").unwrap()).await.unwrap().tree, pin.tree);
}

#[tokio::test]
async fn faults_that_stay_are_not_counted_as_changes() {
    let place = Place::new();
    place.write("s/all.yaml", &location(&["../one.yaml", "../two.yaml", "./missing.yaml"]));

    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_eq!(library.list().len(), 3);
    assert_eq!(library.refresh().await, 0);
}

#[tokio::test]
async fn a_single_file_reads_from_the_root_of_its_repository() {
    let place = Place::new();
    place.write("r/t/template.yaml", &template("one").replace("./skeleton", "/shared"));
    place.write("r/shared/x.txt", "x");
    git(&place.path("r"), &["init", "--quiet"]);
    let sources = place.sources("a");

    let (library, template) =
        Library::from_single(&place.path("r/t/template.yaml"), None, sources.clone()).await.unwrap();
    let pin = library.pin(&template).await.unwrap();

    assert_eq!(texts(&sources.read_folder(Some(&pin), "/shared", None).await.unwrap().tree)["x.txt"], "x");
}
