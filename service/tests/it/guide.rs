//! The template that `docs/templates.md` writes from an empty folder, taken from the page and put to use.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/templates.md");

/// The blocks of the page that say which file they are.
fn blocks() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let mut found = BTreeMap::new();
    for part in page.split("\n```").skip(1).step_by(2) {
        let (info, text) = part.split_once('\n').unwrap();
        if let Some((_, file)) = info.split_once(" file=") {
            found.insert(file.to_owned(), format!("{text}\n"));
        }
    }
    found
}

/// Both variants of the template, below a folder.
fn written(folder: &Path) -> [PathBuf; 2] {
    let mut files = blocks();
    let template = files["hello-job/template.yaml"].clone();
    assert!(template.contains("fetch:template # or fetch:handlebars"));
    let native = template.replace("fetch:template # or fetch:handlebars", "fetch:handlebars");
    files.insert("hello-job-hbs/template.yaml".to_owned(), native);
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    [folder.join("hello-job"), folder.join("hello-job-hbs")]
}

fn stagecraft(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_stagecraft")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

fn rendered(template: &Path, out: &Path) -> BTreeMap<String, String> {
    let values = ["name=tidy-up", "owner=group:default/a", "repoUrl=github.com?owner=acme&repo=tidy-up"];
    let mut arguments = vec!["render", template.to_str().unwrap(), "--out", out.to_str().unwrap()];
    arguments.extend(values.iter().flat_map(|value| ["--set", value]));
    stagecraft(&arguments);
    let names = ["catalog-info.yaml", "tidy-up.sh", ".github/workflows/nightly.yaml"];
    names.map(|name| (name.to_owned(), std::fs::read_to_string(out.join(name)).unwrap())).into()
}

#[test]
fn both_languages_of_the_guide_make_the_same_files() {
    let disk = tempfile::tempdir().unwrap();
    let [nunjucks, handlebars] = written(disk.path());

    let one = rendered(&nunjucks.join("template.yaml"), &disk.path().join("one"));
    let other = rendered(&handlebars.join("template.yaml"), &disk.path().join("other"));

    assert_eq!(one, other);
    assert_eq!(one["tidy-up.sh"], "#!/bin/sh\necho \"tidy-up ran\"\n");
    assert!(one[".github/workflows/nightly.yaml"].contains("concurrency: ${{ github.workflow }}\n"));
}

#[test]
fn the_template_of_the_guide_has_no_finding() {
    let disk = tempfile::tempdir().unwrap();
    for template in written(disk.path()) {
        stagecraft(&["lint", template.to_str().unwrap(), "--deny", "notes"]);
    }
}

#[test]
fn the_cases_of_the_guide_hold_and_a_change_is_told() {
    let disk = tempfile::tempdir().unwrap();
    let [template, _] = written(disk.path());
    let folder = template.to_str().unwrap();

    stagecraft(&["test", folder, "--update"]);
    stagecraft(&["test", folder]);

    let script = template.join("skeleton/${{ values.name }}.sh");
    std::fs::write(&script, "#!/bin/sh\necho \"${{ values.name }} has run\"\n").unwrap();
    let changed = Command::new(env!("CARGO_BIN_EXE_stagecraft")).args(["test", folder]).output().unwrap();
    let said = String::from_utf8(changed.stdout).unwrap();
    assert_eq!(changed.status.code(), Some(1), "{said}");
    assert!(said.contains("tidy-up.sh") && said.contains("has run"), "{said}");
}
