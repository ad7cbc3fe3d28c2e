//! Names of files that come out of expressions.
//!
//! What leads out of the repository is refused. A name that renders to nothing, or below a folder that renders
//! to nothing, is how a template of Backstage leaves a file out: that is done, and told.

use serde_json::json;
use stagecraft::task::TaskStatus;

use super::Api;
use crate::cli::program::Program;

const SPEC: &str = "
parameters:
  - properties: { a: { type: string }, b: { type: string } }
steps:
  - id: fetch
    action: fetch:template
    input: { url: ./skeleton, values: { a: '${{ parameters.a }}', b: '${{ parameters.b }}' } }
  - { id: list, action: 'fs:readdir', input: { paths: ['.'], recursive: true } }
  - { id: publish, action: 'publish:github', input: { repoUrl: 'github.com?owner=acme&repo=made' } }
output: { files: '${{ steps.list.output.files }}' }
";

const FILES: [(&str, &str); 2] = [("skeleton/${{ values.a }}", "a\n"), ("skeleton/kept.txt", "kept\n")];

/// The same with the other language's tags in the names.
fn in_handlebars() -> (String, [(&'static str, &'static str); 2]) {
    let spec = SPEC.replace("fetch:template", "fetch:handlebars");
    (spec, [("skeleton/{{a}}", "a\n"), ("skeleton/kept.txt", "kept\n")])
}

#[tokio::test]
async fn a_name_that_leads_out_fails_the_step_and_nothing_is_published() {
    let (spec, files) = in_handlebars();
    for (spec, files) in [(SPEC, FILES), (&spec, files)] {
        let api = Api::new().await;
        api.app.template("names", spec, &files).await;
        let before = api.kept().await;
        for (name, why) in [
            ("../x", "leads upwards"),
            ("a/../../x", "leads upwards"),
            (".git/config", "git's own directory"),
            ("x/.GIT/hooks/y", "git's own directory"),
        ] {
            let id = api.app.run("names", json!({ "a": name, "b": "" })).await;

            let (error, message) = api.app.failure(id).await;
            assert_eq!(error, "InputError", "{name}");
            assert!(message.starts_with(files[0].0) && message.contains(why), "{name}: {message}");
            assert_eq!(api.kept().await.repositories, before.repositories, "{name}");
        }
    }
}

#[tokio::test]
async fn a_name_that_renders_to_nothing_leaves_the_file_out_and_says_so() {
    let (spec, files) = in_handlebars();
    for (spec, files) in [(SPEC, FILES), (&spec, files)] {
        for name in ["", "/x", "a//b"] {
            let api = Api::new().await;
            api.app.template("names", spec, &files).await;

            let id = api.app.run("names", json!({ "a": name, "b": "" })).await;

            assert_eq!(
                api.app.status(id).await,
                TaskStatus::Completed,
                "{name}: {:#?}",
                api.app.messages(id).await
            );
            let tree = api.app.git("acme", "made", &["ls-tree", "-r", "--name-only", "main"]);
            assert_eq!(tree, ".stagecraft/names.lock.json\nkept.txt", "{name}");
            let messages = api.app.messages(id).await;
            assert!(messages.iter().any(|line| line.contains("was left out")), "{name}: {messages:#?}");
        }
    }
}

#[tokio::test]
async fn two_files_of_one_name_fail_the_step_with_both() {
    let api = Api::new().await;
    let files = [("skeleton/${{ values.a }}", "a\n"), ("skeleton/${{ values.b }}", "b\n")];
    api.app.template("names", SPEC, &files).await;
    let before = api.kept().await;

    let id = api.app.run("names", json!({ "a": "same", "b": "same" })).await;

    let (error, message) = api.app.failure(id).await;
    assert_eq!(error, "InputError");
    assert!(message.contains("${{ values.a }}") && message.contains("${{ values.b }}"), "{message}");
    assert!(message.contains("`same`"), "{message}");
    assert_eq!(api.kept().await.repositories, before.repositories);
}

#[test]
fn a_name_that_leads_out_writes_nothing_to_the_disk() {
    let program = Program::new();
    program.template("names", SPEC);
    program.write("names/skeleton/${{ values.a }}", "a\n");
    program.write("names/skeleton/kept.txt", "kept\n");

    for name in ["../x", ".git/config"] {
        let value = format!("a={name}");
        let ran = program.run(&["render", "names", "--set", &value, "--out", "out/inner"]);

        assert_eq!(ran.code, 1, "{name}");
        let place = "error: names/template.yaml:10:7: step `fetch` (fetch:template) failed: skeleton/${{ values.a }}: ";
        assert!(ran.err.starts_with(place), "{name}: {}", ran.err);
        assert!(!program.path("out").exists(), "{name}");
    }
}
