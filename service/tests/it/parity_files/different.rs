//! The cases in which the two sides differ on purpose: one or more for each row of the table "Files".

use serde_json::json;

use super::case::{Case, Ours};

const LATIN: &[u8] = b"caf\xe9, a place where nobody minds";
const LATIN_TAG: &[u8] = b"caf\xe9 ${{ values.name }}, a place where nobody minds";

pub(super) fn cases() -> Vec<Case> {
    let mut all = text();
    all.extend(names());
    all.extend(links());
    all.extend(places());
    all.extend(workspace());
    all
}

fn none() -> serde_json::Value {
    json!({})
}

fn makes(files: &[(&'static str, &'static str)]) -> Ours {
    Ours::Makes(files.to_vec())
}

fn text() -> Vec<Case> {
    const ROW: &str = "A text file that is not UTF-8";
    let one = |name: &str, bytes: &[u8]| Case::new(name).file("skeleton/a", bytes);
    let single = |name: &str, bytes: &[u8]| {
        let input = json!({ "url": "./a", "targetPath": "b" });
        Case::new(name).file("a", bytes).rendering("fetch:template:file", input, none())
    };
    let lossy = "caf\u{fffd}, a place where nobody minds";
    vec![
        one("Latin-1 without a tag", LATIN).template(none()).differs(ROW, makes(&[("a", lossy)])),
        one("Latin-1 with a tag", LATIN_TAG).template(none()).differs(ROW, Ours::Fails("not UTF-8")),
        one("UTF-16 without a tag", b"\xff\xfea\0b\0")
            .template(none())
            .differs(ROW, makes(&[("a", "\u{fffd}\u{fffd}a\0b\0")])),
        one("Latin-1 that copies say", LATIN)
            .template(json!({ "copyWithoutTemplating": ["a"] }))
            .differs(ROW, makes(&[("a", lossy)])),
        one("Latin-1 beside templates with an extension", LATIN)
            .template(json!({ "templateFileExtension": true }))
            .differs(ROW, makes(&[("a", lossy)])),
        single("one Latin-1 file without a tag", LATIN).differs(ROW, makes(&[("b", lossy)])),
        single("one Latin-1 file with a tag", LATIN_TAG).differs(ROW, Ours::Fails("not UTF-8")),
    ]
}

fn names() -> Vec<Case> {
    const CLASH: &str = "Two entries whose names render to one";
    const GIT: &str = "A name in `.git`";
    const ODD: &str = "A name with a backslash or a control character";
    const NOTHING: &str = "A file whose own name renders to nothing, with `replace`";
    const ENDS: &str = "A folder whose name ends in the `templateFileExtension`";
    const NEGATED: &str = "`!(…)` in `copyWithoutTemplating`";
    vec![
        Case::new("two files of one name")
            .file("skeleton/${{ values.name }}", "1")
            .file("skeleton/demo", "2")
            .template(none())
            .differs(CLASH, Ours::Fails("renders to the same name")),
        Case::new("two files of one name, replaced")
            .file("skeleton/${{ values.name }}", "1")
            .file("skeleton/demo", "2")
            .template(json!({ "replace": true }))
            .differs(CLASH, Ours::Fails("renders to the same name")),
        Case::new("a file in .git")
            .file("skeleton/${{ '.git' }}/config", "x")
            .template(none())
            .differs(GIT, Ours::Fails("git's own directory")),
        Case::new("a target in .git")
            .file("skeleton/a", "x")
            .template(json!({ "targetPath": ".git" }))
            .differs(GIT, Ours::Fails("git's own directory")),
        Case::new("a skeleton with .git")
            .file("skeleton/a", "x")
            .file("skeleton/.git/config", "x")
            .template(none())
            .differs(GIT, makes(&[("a", "x")])),
        Case::new("a folder as it is with .git")
            .file("skeleton/a", "x")
            .file("skeleton/.git/config", "x")
            .step("fetch:plain", json!({ "url": "./skeleton" }))
            .differs(GIT, makes(&[("a", "x")])),
        Case::new("a backslash that is rendered")
            .file("skeleton/a${{ values.back }}b", "x")
            .rendering(
                "fetch:template",
                json!({ "url": "./skeleton" }),
                json!({ "values": { "back": "\\" } }),
            )
            .differs(ODD, Ours::Fails("backslash")),
        Case::new("a backslash that is copied")
            .file("skeleton/a\\b", "x")
            .step("fetch:plain", json!({ "url": "./skeleton" }))
            .differs(ODD, Ours::Fails("backslash")),
        Case::new("a line break that is rendered")
            .file("skeleton/a${{ values.line }}b", "x")
            .rendering(
                "fetch:template",
                json!({ "url": "./skeleton" }),
                json!({ "values": { "line": "\n" } }),
            )
            .differs(ODD, Ours::Fails("control character")),
        Case::new("a file without a name in a folder, replaced")
            .file("skeleton/docs/{% if values.no %}a{% endif %}", "x")
            .file("skeleton/b", "y")
            .template(json!({ "replace": true }))
            .differs(NOTHING, makes(&[("b", "y"), ("docs", "(folder)")])),
        Case::new("a folder that ends as templates do")
            .file("skeleton/a.njk/b.txt", "x")
            .template(json!({ "templateFileExtension": true }))
            .differs(ENDS, makes(&[("a.njk/b.txt", "x")])),
        Case::new("a glob that takes all but some")
            .file("skeleton/docs/a", "x")
            .template(json!({ "copyWithoutTemplating": ["docs/!(a)"] }))
            .differs(NEGATED, Ours::Fails("`!(…)` is not supported")),
    ]
}

fn links() -> Vec<Case> {
    const OUT: &str = "A link that leads out of the folder it is fetched with";
    const CIRCLE: &str = "Links that lead in a circle";
    const OVER: &str = "A link where a file stands, with `replace` or `fetch:plain`";
    let plain = || json!({ "url": "./skeleton" });
    let outward = |name: &str, target: &str| Case::new(name).file("secret", "x").link("skeleton/l", target);
    vec![
        outward("a link out", "../secret").template(none()).differs(OUT, Ours::Fails("leads outside")),
        outward("a link out as it is", "../secret")
            .step("fetch:plain", plain())
            .differs(OUT, Ours::Fails("leads outside")),
        outward("an absolute link", "/etc/hostname")
            .template(none())
            .differs(OUT, Ours::Fails("leads outside")),
        outward("a link out to nothing", "../nothing")
            .template(none())
            .differs(OUT, Ours::Fails("leads outside")),
        Case::new("a link that turns back")
            .file("skeleton/a/b", "x")
            .link("skeleton/l", "a/../a/b")
            .template(none())
            .differs(OUT, Ours::Fails("`..` after a name")),
        Case::new("a link to itself")
            .link("skeleton/a", "a")
            .template(none())
            .differs(CIRCLE, makes(&[("a", "-> a")])),
        Case::new("links in a circle")
            .link("skeleton/a", "b")
            .link("skeleton/b", "a")
            .step("fetch:plain", plain())
            .differs(CIRCLE, makes(&[("a", "-> b"), ("b", "-> a")])),
        Case::new("a link over a file, replaced")
            .file("before/a", "old")
            .link("skeleton/a", "b")
            .before()
            .template(json!({ "replace": true }))
            .differs(OVER, makes(&[("a", "-> b")])),
        Case::new("a link over a file as it is")
            .file("before/a", "old")
            .link("skeleton/a", "b")
            .before()
            .step("fetch:plain", plain())
            .differs(OVER, makes(&[("a", "-> b")])),
    ]
}

fn places() -> Vec<Case> {
    const MODES: &str = "Modes other than executable or not";
    const PARENT: &str = "`fetch:plain:file` into a folder that is not there";
    const ROOT: &str = "A `targetPath` of a `:file` action that names the workspace";
    const ONE: &str = "`fetch:plain` and `fetch:template` of something that is no folder";
    vec![
        Case::new("a file that nobody else may read")
            .mode("skeleton/a", "x", 0o600)
            .template(none())
            .differs(MODES, makes(&[("a", "x")])),
        Case::new("a file that nobody may write, as it is")
            .mode("skeleton/a", "x", 0o444)
            .step("fetch:plain", json!({ "url": "./skeleton" }))
            .differs(MODES, makes(&[("a", "x")])),
        Case::new("one file as it is into a new folder")
            .file("one", "x")
            .step("fetch:plain:file", json!({ "url": "./one", "targetPath": "new/one" }))
            .differs(PARENT, makes(&[("new/one", "x")])),
        Case::new("one file to the workspace itself")
            .file("one", "x")
            .rendering("fetch:template:file", json!({ "url": "./one", "targetPath": "./" }), none())
            .differs(ROOT, Ours::Fails("names the workspace itself")),
        Case::new("a file for a folder as it is")
            .file("one", "x")
            .step("fetch:plain", json!({ "url": "./one", "targetPath": "two" }))
            .differs(ONE, Ours::Fails("there is no folder at")),
        Case::new("a link for a folder as it is")
            .file("real/a", "x")
            .link("skeleton", "real")
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "two" }))
            .differs(ONE, Ours::Fails("there is no folder at")),
    ]
}

fn workspace() -> Vec<Case> {
    const MISSING: &str = "A `sourcePath` of `workspace:template` that is not there";
    const REQUIRED: &str = "`workspace:template` without `copyWithoutTemplating`";
    let paths = || json!({ "sourcePath": "src", "targetPath": "out" });
    let from = |name: &str| Case::new(name).file("before/src/a.njk", "${{ values.name }}").before();
    vec![
        Case::new("a folder of the workspace that is not there")
            .file("before/a", "x")
            .before()
            .rendering("workspace:template", paths(), json!({ "copyWithoutTemplating": [] }))
            .differs(MISSING, Ours::Fails("no folder at `src`")),
        from("a folder of the workspace without copies")
            .rendering("workspace:template", paths(), none())
            .differs(REQUIRED, makes(&[("out/a.njk", "demo"), ("src/a.njk", "${{ values.name }}")])),
        from("a folder of the workspace with an extension")
            .rendering("workspace:template", paths(), json!({ "templateFileExtension": true }))
            .differs(REQUIRED, makes(&[("out/a", "demo"), ("src/a.njk", "${{ values.name }}")])),
    ]
}
