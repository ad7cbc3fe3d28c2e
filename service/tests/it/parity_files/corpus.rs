//! The written cases in which both sides are to make the same.

#![expect(clippy::too_many_lines, reason = "lists of cases, one after the other")]

use serde_json::{Value, json};

use super::case::Case;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR ${{ values.name }}";

pub(super) fn cases() -> Vec<Case> {
    let mut all = names();
    all.extend(contents());
    all.extend(options());
    all.extend(globs());
    all.extend(links());
    all.extend(onto_files());
    all.extend(onto_folders());
    all.extend(single_files());
    all.extend(plain());
    all.extend(workspace());
    all.extend(refused());
    all
}

fn none() -> Value {
    json!({})
}

fn names() -> Vec<Case> {
    let one = |name: &str, file: &str| Case::new(name).file(file, "x ${{ values.name }}\n").template(none());
    vec![
        one("a plain name", "skeleton/README.md"),
        one("a rendered name", "skeleton/${{ values.name }}.md"),
        one("a rendered folder", "skeleton/src/${{ values.name }}/main.rs"),
        one("two expressions in a name", "skeleton/${{ values.name }}-${{ values.n }}.txt"),
        one("a filter in a name", "skeleton/${{ values.name | upper }}.txt"),
        one("a slash from a value", "skeleton/${{ values.slash }}/x"),
        one("a slash from a value at the end", "skeleton/${{ values.slash }}"),
        one("a condition that holds", "skeleton/{% if values.yes %}a.md{% endif %}"),
        one("a condition that does not hold, at the top", "skeleton/{% if values.no %}a.md{% endif %}"),
        one("a condition that does not hold, in a folder", "skeleton/docs/{% if values.no %}a.md{% endif %}"),
        one("a folder on a condition that holds", "skeleton/{% if values.yes %}docs{% endif %}/a/b.md"),
        one(
            "a folder on a condition that does not hold",
            "skeleton/{% if values.no %}docs{% endif %}/a/b.md",
        ),
        one("an inner folder on a condition", "skeleton/a/{% if values.no %}docs{% endif %}/b/c.md"),
        one(
            "an inner folder on a condition that holds",
            "skeleton/a/{% if values.yes %}docs{% endif %}/b/c.md",
        ),
        one("a choice in a name", "skeleton/{{ 'x' }}${{ 'a' if values.yes else 'b' }}.txt"),
        one("a name that renders to nothing", "skeleton/${{ values.empty }}"),
        one("an unknown value in a name", "skeleton/${{ values.unknown }}"),
        one("an unknown value and more in a name", "skeleton/a${{ values.unknown }}b"),
        one("null in a name", "skeleton/a${{ values.none }}b"),
        one("a list in a name", "skeleton/${{ values.list }}"),
        one("a number in a name", "skeleton/${{ values.n + 1 }}"),
        one("a dotfile", "skeleton/.gitignore"),
        one("a folder with a dot", "skeleton/.github/workflows/ci.yml"),
        one("a dotfile from a value", "skeleton/.${{ values.name }}"),
        one("a name with blanks", "skeleton/a b/c d ${{ values.spaces }}.txt"),
        one("a name in Unicode", "skeleton/grüße/日本語-${{ values.name }}.txt"),
        one("a name with decomposed letters", "skeleton/u\u{308}.txt"),
        one("a name with an emoji", "skeleton/🚀.txt"),
        one("a name with glob characters", "skeleton/[a]{b,c}(d)!e+f@g.txt"),
        one("a name that starts with a dash", "skeleton/-rf"),
        one("a name with quotes", "skeleton/it's \"so\".txt"),
        one("a name with an ampersand and a percent sign", "skeleton/a&b%20c#d.txt"),
        one("a name with a comment", "skeleton/a{# gone #}b.txt"),
        one("a statement that sets and a name that uses it", "skeleton/{% set x = 'q' %}${{ x }}.txt"),
        one("a loop in a name", "skeleton/{% for x in values.list %}${{ x }}{% endfor %}.txt"),
        one("a raw block in a name", "skeleton/{% raw %}${{ x }}{% endraw %}.txt"),
        one("braces without a dollar in a name", "skeleton/{{ cookiecutter.name }}.txt"),
        one("a dot from a value", "skeleton/a/${{ values.dot }}/b.txt"),
        one("a leading dot and slash from a value", "skeleton/${{ './x' | replace('/', '') }}.txt"),
        one("a folder up and down again", "skeleton/a/${{ values.up }}/b.txt"),
        one("a folder up and out", "skeleton/${{ values.up }}/b.txt"),
        one("a name of two folders up", "skeleton/a/${{ values.up }}/${{ values.up }}/b.txt"),
        one("a name that is its folder's folder", "skeleton/a/b/${{ values.up }}"),
        one("a name that is its folder", "skeleton/a/${{ values.dot }}"),
        one("an expression over two parts of a path", "skeleton/{% if values.yes %}a/b{% endif %}"),
        one("a division over two parts of a path", "skeleton/${{ 6 / values.n }}"),
        one("a name that cannot be parsed", "skeleton/${{ values.name"),
        one("a name with an unknown filter", "skeleton/${{ values.name | nothing }}"),
        one("a folder with an unknown filter", "skeleton/${{ values.name | nothing }}/x"),
        one("a long name", &format!("skeleton/{}", "x".repeat(200))),
        one("a name that renders too long", "skeleton/${{ 'x' | center(300) | replace(' ', 'y') }}"),
        one("a deep path", &format!("skeleton/{}x", "d/".repeat(40))),
        Case::new("empty folders")
            .folder("skeleton/a/b")
            .folder("skeleton/${{ values.name }}")
            .folder("skeleton/{% if values.no %}c{% endif %}")
            .folder("skeleton/d/{% if values.no %}c{% endif %}")
            .folder("skeleton/.e")
            .template(none()),
        Case::new("an empty skeleton").folder("skeleton").template(none()),
        Case::new("an empty skeleton into a folder")
            .folder("skeleton")
            .template(json!({"targetPath": "a/b"})),
        Case::new("a folder of which everything is left out")
            .file("skeleton/docs/{% if values.no %}a{% endif %}", "x")
            .file("skeleton/docs/{% if values.no %}b{% endif %}/c", "x")
            .file("skeleton/x", "x")
            .template(none()),
        Case::new("many entries")
            .file("skeleton/a-b", "1")
            .file("skeleton/a/b", "2")
            .file("skeleton/a.b", "3")
            .file("skeleton/A", "4")
            .file("skeleton/a/${{ values.name }}/c", "5")
            .file("skeleton/${{ values.name }}/c", "6")
            .template(none()),
    ]
}

fn contents() -> Vec<Case> {
    let one = |name: &str, bytes: &[u8]| Case::new(name).file("skeleton/a.txt", bytes).template(none());
    let mut cases = vec![
        one("an empty file", b""),
        one("no tag", b"plain\n"),
        one("no line break at the end", b"${{ values.name }}"),
        one("several line breaks at the end", b"${{ values.name }}\n\n\n"),
        one("CRLF", b"a\r\n${{ values.name }}\r\n{% if values.yes %}\r\nb\r\n{% endif %}\r\n"),
        one("CR alone", b"a\r${{ values.name }}\r"),
        one("a byte order mark", b"\xef\xbb\xbf${{ values.name }}\n"),
        one("a byte order mark alone", b"\xef\xbb\xbf"),
        one("a picture", PNG),
        one("a picture without a tag", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        one("a NUL in text", b"abc\0${{ values.name }}"),
        one("a NUL far behind", &[&[b'a'; 600][..], b"\0${{ values.name }}"].concat()),
        one("a PDF", b"%PDF-1.7 ${{ values.name }}"),
        one("control characters", b"\x01\x02\x03\x04 ${{ values.name }}"),
        one(
            "one control character",
            b"this is a longer text with one \x01 in it: ${{ values.name }} and more",
        ),
        one("a form feed and an escape", b"\x0c\x1b[31m${{ values.name }}\x1b[0m long enough to be a text"),
        one("Unicode", "grüße 日本語 🚀 ${{ values.name }}\u{2028}\u{85}\n".as_bytes()),
        one("a workflow in raw", b"{% raw %}${{ github.sha }}{% endraw %} ${{ values.name }}\n"),
        one("a workflow that is not escaped", b"on: ${{ github.sha }}|${{ secrets.TOKEN }}|\n"),
        one("braces of other languages", b"{{ x }} {{- y -}} ${x} $${{ values.name }} #{z}\n"),
        one(
            "lists and maps",
            b"${{ values.list }} ${{ values.map }} ${{ values.map | dump }} ${{ values.none }}\n",
        ),
        one("a loop", b"{% for x in values.list -%}\n- ${{ x }}\n{% endfor %}\n"),
        one("comments", b"a{# ${{ values.name }} #}b\n{#- c -#}\nd\n"),
        one("parameters are not in scope", b"[${{ parameters.name }}][${{ user }}][${{ name }}]\n"),
        one("a filter of Backstage", b"${{ 'github.com?owner=o&repo=r' | projectSlug }}\n"),
        one("an entity's name", b"${{ 'component:default/x' | parseEntityRef | dump }}\n"),
        one("a tag that is not closed", b"a ${{ values.name\n"),
        one("a block that is not closed", b"{% if values.yes %}a\n"),
        one("an unknown filter", b"${{ values.name | nothing }}\n"),
        one("an include", b"{% include 'x' %}\n"),
        one("a property of nothing", b"[${{ values.a.b }}]\n"),
        one("a deeper property of nothing", b"[${{ values.a.b.c }}]\n"),
    ];
    cases.extend([
        Case::new("values are missing")
            .file("skeleton/${{ values.name }}x", "[${{ values.name }}]")
            .step("fetch:template", json!({ "url": "./skeleton" })),
        Case::new("values are empty")
            .file("skeleton/${{ values.name }}x", "[${{ values.name }}]")
            .step("fetch:template", json!({ "url": "./skeleton", "values": {} })),
        Case::new("values that hold what looks like template text")
            .file("skeleton/a", "${{ values.t }}")
            .step("fetch:template", json!({ "url": "./skeleton", "values": { "t": "{{ x }} }} {" } })),
        Case::new("values of every kind")
            .file("skeleton/a", "${{ values | dump }} ${{ values.f }} ${{ values.big }} ${{ values.deep.a[1].b }}")
            .step(
                "fetch:template",
                json!({ "url": "./skeleton", "values":
                    { "f": 1.5, "big": 12_345_678_901_234_567_890_u64, "deep": { "a": [0, { "b": [] }] }, "t": true } }),
            ),
        Case::new("executable files keep their bit")
            .script("skeleton/${{ values.name }}.sh", "#!/bin/sh\necho ${{ values.name }}\n")
            .script("skeleton/plain.sh", "#!/bin/sh\n")
            .script("skeleton/picture", PNG)
            .file("skeleton/not.sh", "echo ${{ values.name }}")
            .template(none()),
        Case::new("an executable file without its name's extension")
            .script("skeleton/run.njk", "${{ values.name }}")
            .template(json!({ "templateFileExtension": true })),
        Case::new("binary and text side by side")
            .file("skeleton/a.png", PNG)
            .file("skeleton/${{ values.name }}.png", PNG)
            .file("skeleton/a.txt", "${{ values.name }}")
            .template(none()),
    ]);
    cases
}

fn options() -> Vec<Case> {
    let blocks =
        "a\n  {% if values.yes %}\n  b\n  {% endif %}\nc {% if values.no %}d{% endif %}\n\t{# e #}\nf\n";
    let mut cases = Vec::new();
    for trim in [false, true] {
        for lstrip in [false, true] {
            cases.push(
                Case::new(format!("trimBlocks {trim}, lstripBlocks {lstrip}"))
                    .file("skeleton/a", blocks)
                    .file("skeleton/crlf", blocks.replace('\n', "\r\n"))
                    .file("skeleton/ {% if values.yes %}x{% endif %}", blocks)
                    .template(json!({ "trimBlocks": trim, "lstripBlocks": lstrip })),
            );
        }
    }
    let extension = |name: &str, value: Value| {
        Case::new(name)
            .file("skeleton/${{ values.name }}.njk", "${{ values.name }}")
            .file("skeleton/b.txt.njk", "${{ values.name }}")
            .file("skeleton/c-${{ values.name }}.txt", "${{ values.name }}")
            .file("skeleton/d.tpl", "${{ values.name }}")
            .file("skeleton/e.txt.tpl", "${{ values.name }}")
            .file("skeleton/.njk", "${{ values.name }}")
            .file("skeleton/f/.tpl", "${{ values.name }}")
            .file("skeleton/g.NJK", "${{ values.name }}")
            .file("skeleton/njk", "${{ values.name }}")
            .file("skeleton/h.png.njk", PNG)
            .file("skeleton/i.", "${{ values.name }}")
            .script("skeleton/j.sh.njk", "${{ values.name }}")
            .template(json!({ "templateFileExtension": value }))
    };
    cases.extend([
        extension("templateFileExtension true", json!(true)),
        extension("templateFileExtension false", json!(false)),
        extension("templateFileExtension with a dot", json!(".tpl")),
        extension("templateFileExtension without a dot", json!("tpl")),
        extension("templateFileExtension of two parts", json!(".txt.tpl")),
        extension("templateFileExtension empty", json!("")),
        extension("templateFileExtension a dot alone", json!(".")),
        extension("templateFileExtension of another kind", json!(3)),
        Case::new("with an extension other files may hold anything")
            .file("skeleton/ci.yml", "${{ broken")
            .file("skeleton/{% raw %}${{ x }}{% endraw %}", "${{ 1 | nothing }}")
            .file("skeleton/a.njk", "${{ values.name }}")
            .template(json!({ "templateFileExtension": true })),
        Case::new("with an extension links lose it too")
            .file("skeleton/real.txt", "x")
            .link("skeleton/link.njk", "real.txt")
            .template(json!({ "templateFileExtension": true })),
        Case::new("an extension that alone is the name")
            .file("skeleton/a/..njk", "x")
            .template(json!({ "templateFileExtension": true })),
        Case::new("cookiecutterCompat")
            .file("skeleton/{{ cookiecutter.name }}/{{cookiecutter.n}}.txt", "{{ cookiecutter.list | jsonify }} ${{ values.name }} {{ values.name }}{% if cookiecutter.yes %}!{% endif %}\n")
            .file("skeleton/{% if cookiecutter.no %}x{% endif %}", "y")
            .template(json!({ "cookiecutterCompat": true })),
        Case::new("cookiecutterCompat false")
            .file("skeleton/{{ cookiecutter.name }}", "{{ cookiecutter.name }} ${{ values.name }}")
            .template(json!({ "cookiecutterCompat": false })),
        Case::new("cookiecutterCompat with blocks trimmed")
            .file("skeleton/a", "{% if cookiecutter.yes %}\nb\n{% endif %}\n")
            .template(json!({ "cookiecutterCompat": true, "trimBlocks": true, "lstripBlocks": true })),
        Case::new("copyWithoutRender has no effect")
            .file("skeleton/${{ values.name }}.txt", "${{ values.name }}")
            .template(json!({ "copyWithoutRender": ["**"] })),
        Case::new("an extension and copies do not go together")
            .file("skeleton/a.njk", "x")
            .template(json!({ "templateFileExtension": true, "copyWithoutTemplating": [] })),
        Case::new("an extension and cookiecutterCompat do not go together")
            .file("skeleton/a.njk", "x")
            .template(json!({ "templateFileExtension": ".njk", "cookiecutterCompat": true })),
        Case::new("an extension and no cookiecutterCompat go together")
            .file("skeleton/a.njk", "${{ values.name }}")
            .template(json!({ "templateFileExtension": ".njk", "cookiecutterCompat": false })),
        Case::new("no extension and copies go together")
            .file("skeleton/a.njk", "${{ values.name }}")
            .template(json!({ "templateFileExtension": false, "copyWithoutTemplating": ["*"] })),
    ]);
    for (name, target) in [
        ("a target folder", "service"),
        ("a nested target folder", "./a/b/c/"),
        ("a target folder that folds", "a/../b//c/."),
        ("a target folder with blanks", "a b/ c"),
        ("an empty target folder", ""),
        ("a dot for a target folder", "."),
        ("a target folder outside", "../x"),
        ("a target folder at the root", "/etc/x"),
        ("a target folder two up", "a/../../x"),
    ] {
        cases.push(
            Case::new(name)
                .file("skeleton/${{ values.name }}/a", "${{ values.name }}")
                .folder("skeleton/empty")
                .template(json!({ "targetPath": target })),
        );
    }
    cases
}

fn globs() -> Vec<Case> {
    let sets: &[&[&str]] = &[
        &[],
        &["*"],
        &["**"],
        &["**/*"],
        &["*.md"],
        &["**/*.md"],
        &["docs"],
        &["docs/"],
        &["./docs"],
        &["docs/*"],
        &["docs/**"],
        &["docs/**/*.md"],
        &[".github/**"],
        &[".github/workflows/*.yml"],
        &["**/.env"],
        &["d*"],
        &["{docs,src}/**"],
        &["{docs,.github}/**/*.{md,yml}"],
        &["[a-d]*/**"],
        &["[!d]*/**"],
        &["src/mai?.rs"],
        &["**", "!docs"],
        &["**", "!docs/**"],
        &["!docs/**", "**/*.md"],
        &["**/*.md", "!README.md"],
        &["!**/*.md"],
        &["/README.md"],
        &["README.md/"],
        &["nothing/here"],
        &["../**"],
        &["docs/../README.md"],
        &["./README.md"],
        &["**/demo.md"],
        &["sp ace/*"],
        &["**/**/a.md"],
        &["docs/img"],
        &["do?s/**"],
        &["@(docs|src)/**"],
        &["+(d)ocs/*"],
        &["?(x)docs/*"],
        &["*(do|cs)/*"],
        &["!(docs)/**"],
        &["f{1..3}.txt"],
        &["f{a..c}.txt"],
        &["f{2,3}.txt"],
        &["f[12].txt"],
        &["f[^12].txt"],
        &["\\[x\\].txt"],
        &["[[]x].txt"],
        &["docs/a.md", "docs/a.md"],
        &["**/[A-Z]*"],
        &["f[[:digit:]].txt"],
        &["{README.md,docs/{a,b}.md}"],
        &["{}"],
        &["{docs}"],
        &["a{,b}.txt"],
        &[""],
        &["."],
        &["./"],
        &["(docs|src)/**"],
        &["f(1|2).txt"],
        &["./docs/*"],
        &["./*.md"],
        &["./**/*.md"],
        &["docs//*.md"],
        &["docs/?.md"],
        &["?.txt"],
        &["f?.txt"],
        &["fa.tx?"],
        &["*?.txt"],
        &["**docs/*"],
        &["docs**"],
        &["doc**/a.md"],
        &["**/"],
        &["docs/**/"],
        &["docs/*/"],
        &["*/*"],
        &["*/*.md"],
        &["*.{md,txt}"],
        &["**/*.@(md|txt)"],
        &["**/+([a-z]).md"],
        &["f+([0-9]).txt"],
        &["f@(1|[23]).txt"],
        &["[f]1.txt"],
        &["[]x].txt"],
        &["[xyz].txt"],
        &["f[1-2]*"],
        &["f[!1-2].txt"],
        &["f[[:alpha:]]*"],
        &["f[^[:alpha:]].txt"],
        &["f{01..03}.txt"],
        &["f{1..3..2}.txt"],
        &["f{3..1}.*"],
        &["f{1..3}{.txt,}"],
        &["{f1,fa}.txt"],
        &["{a,b"],
        &["a,b}"],
        &["**/$*"],
        &["*{*"],
        &["*{{*"],
        &["*{{*}}*"],
        &["**", "!{*"],
        &["*}}*"],
        &["**", "!doc*"],
        &["**", "!*.md"],
        &["**", "!**/*.md", "!docs/img"],
        &["**", "!docs/img"],
        &["**", "!.github"],
        &["**", "!**/img"],
        &["**", "!{docs,src}/**"],
        &["**", "!./docs/**"],
        &["**", "!docs/"],
        &["docs/**", "!docs"],
        &["docs/**", "!docs/img/**"],
        &["docs/a.md", "!docs"],
        &["docs/a.md", "!docs/*"],
        &["docs", "!docs/a.md"],
        &["docs", "!**/a.md"],
        &["*", "!f1.txt", "f1.txt"],
        &["!f1.txt", "*"],
        &["!!f1.txt"],
        &["#README.md"],
        &["docs/a.md/"],
        &["docs/a.md/x"],
        &["docs/./a.md"],
        &["docs/../docs"],
        &["docs/../docs/*"],
        &["../template/docs/a.md"],
        &[" README.md"],
        &["README.MD"],
        &["sp\\ ace/*"],
        &["\\*.md"],
        &["docs/\\a.md"],
    ];
    let files = [
        "README.md",
        ".env",
        ".github/workflows/ci.yml",
        "docs/a.md",
        "docs/b.md",
        "docs/img/c.png",
        "docs/img/.env",
        "src/main.rs",
        "sp ace/x.txt",
        "f1.txt",
        "f2.txt",
        "f3.txt",
        "fa.txt",
        "a.txt",
        "ab.txt",
        "[x].txt",
        "${{ values.name }}.md",
        "${{ values.name }}/a.md",
        "xdocs/z",
    ];
    sets.iter()
        .map(|set| {
            let case = Case::new(format!("copyWithoutTemplating {set:?}"));
            let case = files
                .iter()
                .fold(case, |case, file| case.file(&format!("skeleton/{file}"), "${{ values.name }}"));
            case.template(json!({ "copyWithoutTemplating": set }))
        })
        .collect()
}

fn links() -> Vec<Case> {
    vec![
        Case::new("links inside")
            .file("skeleton/real.txt", "${{ values.name }}")
            .link("skeleton/link.txt", "real.txt")
            .link("skeleton/deep/er/up", "../../real.txt")
            .link("skeleton/dot", "./real.txt")
            .template(none()),
        Case::new("a link to a folder")
            .file("skeleton/dir/a", "${{ values.name }}")
            .link("skeleton/to-dir", "dir")
            .link("skeleton/to-dir-slash", "dir/")
            .template(none()),
        Case::new("a link with a rendered name")
            .file("skeleton/real", "x")
            .link("skeleton/${{ values.name }}", "real")
            .link("skeleton/{% if values.no %}x{% endif %}", "real")
            .template(none()),
        Case::new("a target is not rendered")
            .file("skeleton/${{ values.name }}", "x")
            .link("skeleton/link", "${{ values.name }}")
            .template(none()),
        Case::new("a link to nothing")
            .link("skeleton/link", "nowhere")
            .file("skeleton/a", "x")
            .template(none()),
        Case::new("a link to a link")
            .file("skeleton/a", "x")
            .link("skeleton/b", "a")
            .link("skeleton/c", "b")
            .template(none()),
        Case::new("a link that copies say")
            .file("skeleton/real", "x")
            .link("skeleton/link", "real")
            .template(json!({ "copyWithoutTemplating": ["**"] })),
        Case::new("a link to a folder that copies say")
            .file("skeleton/dir/a", "${{ values.name }}")
            .link("skeleton/link", "dir")
            .template(json!({ "copyWithoutTemplating": ["link"] })),
        Case::new("a link to the skeleton itself")
            .file("skeleton/a", "x")
            .link("skeleton/d/self", "..")
            .template(none()),
        Case::new("links into a target folder")
            .file("skeleton/real", "x")
            .link("skeleton/d/link", "../real")
            .template(json!({ "targetPath": "t" })),
    ]
}

fn onto_files() -> Vec<Case> {
    let mut cases = Vec::new();
    for replace in [false, true] {
        let more = json!({ "replace": replace });
        let case = |name: &str| Case::new(format!("{name}, replace {replace}"));
        cases.extend([
            case("a file that is there")
                .file("before/a", "old")
                .file("skeleton/a", "${{ values.name }}")
                .before()
                .template(more.clone()),
            case("a rendered name that is there")
                .file("before/demo", "old")
                .file("skeleton/${{ values.name }}", "${{ values.name }}")
                .file("skeleton/b", "b")
                .before()
                .template(more.clone()),
            case("an error in a file that is there")
                .file("before/a", "old")
                .file("skeleton/a", "${{ 1 | nothing }}")
                .before()
                .template(more.clone()),
            case("an error in a name beside a file that is there")
                .file("before/a", "old")
                .file("skeleton/${{ 1 | nothing }}", "x")
                .before()
                .template(more.clone()),
            case("modes of files that are there")
                .script("before/a", "old")
                .file("before/b", "old")
                .script("before/c", PNG)
                .file("before/d", PNG)
                .file("skeleton/a", "${{ values.name }}")
                .script("skeleton/b", "${{ values.name }}")
                .file("skeleton/c", PNG)
                .script("skeleton/d", PNG)
                .before()
                .template(more.clone()),
            case("a picture over text and text over a picture")
                .script("before/a", "old")
                .script("before/b", PNG)
                .file("skeleton/a", PNG)
                .file("skeleton/b", "${{ values.name }}")
                .before()
                .template(more.clone()),
            case("an empty file over another")
                .file("before/a", "old")
                .file("skeleton/a", "")
                .before()
                .template(more.clone()),
            case("over a file in a target folder")
                .file("before/t/a", "old")
                .file("skeleton/a", "new")
                .file("skeleton/t/a", "new")
                .before()
                .template(json!({ "replace": replace, "targetPath": "t" })),
            case("a folder where a file is")
                .file("before/a", "old")
                .file("skeleton/a/b", "new")
                .before()
                .template(more.clone()),
            case("an empty folder where a file is")
                .file("before/a", "old")
                .folder("skeleton/a")
                .before()
                .template(more.clone()),
            case("a file where a folder is")
                .file("before/a/b", "old")
                .file("skeleton/a", "new")
                .before()
                .template(more.clone()),
            case("a file where an empty folder is")
                .folder("before/a")
                .file("skeleton/a", "new")
                .before()
                .template(more.clone()),
            case("a picture where a folder is")
                .file("before/a/b", "old")
                .file("skeleton/a", PNG)
                .before()
                .template(more.clone()),
            case("a link where a folder is")
                .file("before/a/b", "old")
                .link("skeleton/a", "c")
                .before()
                .template(more.clone()),
            case("a folder where a folder is")
                .file("before/a/b", "old")
                .file("skeleton/a/c", "new")
                .folder("skeleton/a/d")
                .before()
                .template(more.clone()),
            case("a target folder that is a file")
                .file("before/a", "old")
                .file("skeleton/b", "new")
                .before()
                .template(json!({ "replace": replace, "targetPath": "a" })),
            case("a target folder below a file")
                .file("before/a", "old")
                .file("skeleton/b", "new")
                .before()
                .template(json!({ "replace": replace, "targetPath": "a/c" })),
            case("text through a link")
                .file("before/real", "old")
                .link("before/a", "real")
                .file("skeleton/a", "${{ values.name }}")
                .before()
                .template(more.clone()),
            case("text through a link to a script")
                .script("before/real", "old")
                .link("before/a", "real")
                .file("skeleton/a", "${{ values.name }}")
                .before()
                .template(more.clone()),
            case("a picture over a link")
                .file("before/real", "old")
                .link("before/a", "real")
                .file("skeleton/a", PNG)
                .before()
                .template(more.clone()),
            case("text through a link to nothing")
                .link("before/a", "new")
                .file("skeleton/a", "${{ values.name }}")
                .before()
                .template(more.clone()),
            case("a picture over a link to nothing")
                .link("before/a", "new")
                .file("skeleton/a", PNG)
                .before()
                .template(more.clone()),
            case("text over a link to a folder")
                .file("before/dir/x", "old")
                .link("before/a", "dir")
                .file("skeleton/a", "new")
                .before()
                .template(more.clone()),
            case("a picture over a link to a folder")
                .file("before/dir/x", "old")
                .link("before/a", "dir")
                .file("skeleton/a", PNG)
                .before()
                .template(more.clone()),
            case("a file below a link to a folder")
                .file("before/dir/x", "old")
                .link("before/a", "dir")
                .file("skeleton/a/x", "new")
                .file("skeleton/a/y", "new")
                .before()
                .template(more.clone()),
            case("an empty folder over a link to a folder")
                .file("before/dir/x", "old")
                .link("before/a", "dir")
                .folder("skeleton/a")
                .before()
                .template(more.clone()),
            case("an empty folder over a link to a file")
                .file("before/x", "old")
                .link("before/a", "x")
                .folder("skeleton/a")
                .before()
                .template(more.clone()),
            case("an empty folder over a link to nothing")
                .link("before/a", "x")
                .folder("skeleton/a")
                .before()
                .template(more.clone()),
            case("a link over a link")
                .link("before/a", "x")
                .link("skeleton/a", "y")
                .before()
                .template(more.clone()),
            case("a link over a link to a file")
                .file("before/x", "old")
                .link("before/a", "x")
                .link("skeleton/a", "y")
                .before()
                .template(more.clone()),
            case("a target folder behind a link")
                .file("before/dir/x", "old")
                .link("before/l", "dir")
                .file("skeleton/x", "new")
                .file("skeleton/y", "new")
                .before()
                .template(json!({ "replace": replace, "targetPath": "l" })),
            case("a link that leaves the target folder")
                .file("before/dir/x", "old")
                .link("before/t/l", "../dir")
                .file("skeleton/l/y", "new")
                .before()
                .template(json!({ "replace": replace, "targetPath": "t" })),
        ]);
    }
    cases
}

fn onto_folders() -> Vec<Case> {
    vec![
        Case::new("two skeletons, one after the other")
            .file("one/a", "1 ${{ values.name }}")
            .file("one/b", "1")
            .file("two/b", "2")
            .file("two/c", "2")
            .rendering("fetch:template", json!({ "url": "./one" }), none())
            .rendering("fetch:template", json!({ "url": "./two" }), none()),
        Case::new("two skeletons, the second over the first")
            .file("one/b", "1")
            .file("two/b", "2")
            .rendering("fetch:template", json!({ "url": "./one" }), none())
            .rendering("fetch:template", json!({ "url": "./two" }), json!({ "replace": true })),
        Case::new("a skeleton of a folder's folder").file("a/b/skeleton/x", "${{ values.name }}").rendering(
            "fetch:template",
            json!({ "url": "./a/b/skeleton" }),
            none(),
        ),
        Case::new("a skeleton without a dot and with a slash")
            .file("skeleton/x", "${{ values.name }}")
            .rendering("fetch:template", json!({ "url": "skeleton/" }), none()),
        Case::new("a skeleton by a folded path").file("skeleton/x", "${{ values.name }}").rendering(
            "fetch:template",
            json!({ "url": "./other/../skeleton/." }),
            none(),
        ),
        Case::new("a skeleton with blanks in its name")
            .file("my skeleton/x", "${{ values.name }}")
            .rendering("fetch:template", json!({ "url": "./my skeleton" }), none()),
    ]
}

fn single_files() -> Vec<Case> {
    let mut cases = Vec::new();
    let url = || json!({ "url": "./one.txt", "targetPath": "a.txt" });
    let file = |name: &str, bytes: &[u8], more: Value| {
        Case::new(name).file("one.txt", bytes).rendering("fetch:template:file", url(), more)
    };
    cases.extend([
        file("one file", b"${{ values.name }}\n", none()),
        file("one file, CRLF and a mark", b"\xef\xbb\xbf${{ values.name }}\r\n", none()),
        file("one empty file", b"", none()),
        file("one file, an error", b"${{ 1 | nothing }}", none()),
        file(
            "one file, cookiecutterCompat",
            b"{{ cookiecutter.name }} ${{ values.name }}",
            json!({ "cookiecutterCompat": true }),
        ),
        file(
            "one file, blocks",
            b"{% if values.yes %}\n  {% endif %}\nb",
            json!({ "trimBlocks": true, "lstripBlocks": true }),
        ),
        file("one file with a NUL", b"a\0${{ values.name }}", none()),
        file("one file like a PDF", b"%PDF-1.7 ${{ values.name }}", none()),
        file("one file into folders", b"${{ values.name }}", json!({ "targetPath": "x/y/z.txt" })),
        file("one file, a name with blanks", b"${{ values.name }}", json!({ "targetPath": " a b/ü.txt" })),
        file("one file outside", b"x", json!({ "targetPath": "../a" })),
        file("one file, a name that looks like a template", b"x", json!({ "targetPath": "{{ x }}" })),
        file("one file without a target", b"x", json!({ "targetPath": null })),
        file("one file with an input it does not know", b"x", json!({ "copyWithoutTemplating": [] })),
        Case::new("one file without values")
            .file("one.txt", "[${{ values.name }}]")
            .step("fetch:template:file", url()),
        Case::new("one script").script("one.txt", "${{ values.name }}").rendering(
            "fetch:template:file",
            url(),
            none(),
        ),
        Case::new("one file that is not there").file("x", "").rendering("fetch:template:file", url(), none()),
        Case::new("one file that is a folder").file("one.txt/x", "").rendering(
            "fetch:template:file",
            url(),
            none(),
        ),
        Case::new("one file behind a link")
            .file("real", "${{ values.name }}")
            .link("one.txt", "real")
            .rendering("fetch:template:file", url(), none()),
        Case::new("one file behind a linked folder")
            .file("dir/one.txt", "${{ values.name }}")
            .link("l", "dir")
            .rendering("fetch:template:file", json!({ "url": "./l/one.txt", "targetPath": "a.txt" }), none()),
        Case::new("one file as it is").file("one.txt", "${{ values.name }}").step("fetch:plain:file", url()),
        Case::new("one script as it is")
            .script("one.txt", "${{ values.name }}")
            .step("fetch:plain:file", url()),
        Case::new("one picture as it is").file("one.txt", PNG).step("fetch:plain:file", url()),
        Case::new("one Latin-1 file as it is").file("one.txt", b"caf\xe9").step("fetch:plain:file", url()),
        Case::new("one file behind a link as it is")
            .script("real", "x")
            .link("one.txt", "real")
            .step("fetch:plain:file", url()),
        Case::new("one file as it is that is not there").file("x", "").step("fetch:plain:file", url()),
        Case::new("one file as it is outside")
            .file("one.txt", "x")
            .step("fetch:plain:file", json!({ "url": "one.txt", "targetPath": "../x" })),
        Case::new("one file as it is over a file")
            .file("one.txt", "new")
            .script("before/a.txt", "old")
            .before()
            .step("fetch:plain:file", url()),
        Case::new("one script as it is over a file")
            .script("one.txt", "new")
            .file("before/a.txt", "old")
            .before()
            .step("fetch:plain:file", url()),
        Case::new("one file as it is over a folder")
            .file("one.txt", "new")
            .file("before/a.txt/x", "old")
            .before()
            .step("fetch:plain:file", url()),
        Case::new("one file as it is over an empty folder")
            .file("one.txt", "new")
            .folder("before/a.txt")
            .before()
            .step("fetch:plain:file", url()),
        Case::new("one file as it is through a link")
            .file("one.txt", "new")
            .file("before/real", "old")
            .link("before/a.txt", "real")
            .before()
            .step("fetch:plain:file", url()),
        Case::new("one file as it is, into a folder")
            .file("one.txt", "new")
            .folder("before/d")
            .before()
            .step("fetch:plain:file", json!({ "url": "one.txt", "targetPath": "d/x" })),
        Case::new("one file as it is, below a file")
            .file("one.txt", "new")
            .file("before/d", "")
            .before()
            .step("fetch:plain:file", json!({ "url": "one.txt", "targetPath": "d/x" })),
    ]);
    for replace in [false, true] {
        let more = json!({ "replace": replace });
        let over = |name: &str| {
            Case::new(format!("one file over {name}, replace {replace}"))
                .file("one.txt", "${{ values.name }}")
        };
        let run = |case: Case| case.before().rendering("fetch:template:file", url(), more.clone());
        cases.extend([
            run(over("a file").file("before/a.txt", "old")),
            run(over("a script").script("before/a.txt", "old")),
            run(over("a folder").file("before/a.txt/x", "old")),
            run(over("an empty folder").folder("before/a.txt")),
            run(over("a link").file("before/real", "old").link("before/a.txt", "real")),
            run(over("a link to nothing").link("before/a.txt", "new")),
            run(Case::new(format!("one broken file over another, replace {replace}"))
                .file("one.txt", "${{ 1 | nothing }}")
                .file("before/a.txt", "old")),
        ]);
    }
    cases
}

fn plain() -> Vec<Case> {
    let copy = |case: Case| case.step("fetch:plain", json!({ "url": "./skeleton" }));
    let over = |case: Case| copy(case.before());
    vec![
        copy(
            Case::new("a folder as it is")
                .file("skeleton/${{ values.name }}/{% if x %}", "${{ values.name }}")
                .script("skeleton/run.sh", "x")
                .file("skeleton/.dot", "\r\n")
                .file("skeleton/p.png", PNG)
                .file("skeleton/latin", b"caf\xe9 ${{ x }}")
                .folder("skeleton/empty/er")
                .link("skeleton/l", "run.sh")
                .link("skeleton/d/l", "../empty")
                .link("skeleton/gone", "nowhere"),
        ),
        copy(Case::new("an empty folder as it is").folder("skeleton")),
        copy(Case::new("a folder that is not there as it is").file("x", "")),
        Case::new("a folder as it is into another")
            .file("skeleton/a", "x")
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "a/./b/" })),
        Case::new("a folder as it is outside")
            .file("skeleton/a", "x")
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "../x" })),
        Case::new("a folder as it is with an input it does not know")
            .file("skeleton/a", "x")
            .step("fetch:plain", json!({ "url": "./skeleton", "values": {} })),
        Case::new("a folder as it is without a URL")
            .file("skeleton/a", "x")
            .step("fetch:plain", json!({ "targetPath": "x" })),
        over(
            Case::new("files as they are over others")
                .file("before/a", "old")
                .script("before/b", "old")
                .file("skeleton/a", "new")
                .file("skeleton/b", "new")
                .file("before/c", "old"),
        ),
        over(Case::new("a script as it is over a file").file("before/a", "old").script("skeleton/a", "new")),
        over(Case::new("a file as it is over a folder").file("before/a/x", "old").file("skeleton/a", "new")),
        over(Case::new("a file as it is over an empty folder").folder("before/a").file("skeleton/a", "new")),
        over(Case::new("a folder as it is over a file").file("before/a", "old").file("skeleton/a/x", "new")),
        over(Case::new("an empty folder as it is over a file").file("before/a", "old").folder("skeleton/a")),
        over(
            Case::new("a folder as it is over a folder")
                .file("before/a/x", "old")
                .file("skeleton/a/y", "new"),
        ),
        over(
            Case::new("a file as it is over a link")
                .file("before/x", "old")
                .link("before/a", "x")
                .file("skeleton/a", "new"),
        ),
        over(
            Case::new("a file as it is over a link to nothing")
                .link("before/a", "x")
                .file("skeleton/a", "new"),
        ),
        over(
            Case::new("a folder as it is over a link to a folder")
                .file("before/d/x", "old")
                .link("before/a", "d")
                .file("skeleton/a/y", "new"),
        ),
        over(Case::new("a link as it is over a link").link("before/a", "x").link("skeleton/a", "y")),
        over(Case::new("a link as it is over a folder").file("before/a/x", "old").link("skeleton/a", "y")),
        Case::new("a folder as it is behind a link's folder")
            .file("before/d/x", "old")
            .link("before/l", "d")
            .file("skeleton/y", "new")
            .before()
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "l/sub" })),
        Case::new("a folder as it is over a link")
            .file("before/d/x", "old")
            .link("before/l", "d")
            .file("skeleton/y", "new")
            .before()
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "l" })),
        Case::new("a folder as it is below a file")
            .file("before/f", "old")
            .file("skeleton/y", "new")
            .before()
            .step("fetch:plain", json!({ "url": "./skeleton", "targetPath": "f/x" })),
    ]
}

fn workspace() -> Vec<Case> {
    let from = |name: &str| {
        Case::new(name)
            .file("before/src/${{ values.name }}.txt", "${{ values.name }}")
            .script("before/src/run.sh", "echo ${{ values.name }}")
            .file("before/src/raw/x", "${{ values.name }}")
            .file("before/src/p.png", PNG)
            .folder("before/src/empty")
            .link("before/src/l", "run.sh")
            .before()
    };
    let paths = |from: &str, to: &str| json!({ "sourcePath": from, "targetPath": to });
    let with = |name: &str, source: &str, target: &str, mut more: Value| {
        more.as_object_mut().unwrap().entry("copyWithoutTemplating").or_insert(json!([]));
        from(name).rendering("workspace:template", paths(source, target), more)
    };
    let one = |name: &str, bytes: &[u8], source: &str, target: &str, more: Value| {
        Case::new(name)
            .file("before/a.txt", bytes)
            .script("before/b.txt", "old")
            .link("before/l", "a.txt")
            .file("before/d/x", "old")
            .before()
            .rendering("workspace:template:file", paths(source, target), more)
    };
    let tag = b"${{ values.name }}";
    vec![
        with("a folder of the workspace", "src", "out", none()),
        with("a folder of the workspace to the top", "./src/", "./", none()),
        with(
            "a folder of the workspace with copies",
            "src",
            "out",
            json!({ "copyWithoutTemplating": ["raw"] }),
        ),
        with("a folder of the workspace, replaced", "src", "out", json!({ "replace": true })),
        with("a folder of the workspace into itself", "src", "src", none()),
        with("a folder of the workspace into its own folder", "src", "src/out", none()),
        with("the workspace into a folder", ".", "out", none()),
        with("a folder of the workspace beside one of the same beginning", "src", "src2", none()),
        with("a file for a folder of the workspace", "src/run.sh", "out", none()),
        with("a folder outside of the workspace", "../src", "out", none()),
        with("a folder of the workspace to the outside", "src", "../out", none()),
        with(
            "a folder of the workspace, cookiecutterCompat",
            "src",
            "out",
            json!({ "cookiecutterCompat": true }),
        ),
        with("a folder of the workspace with blocks", "src", "out", json!({ "trimBlocks": true })),
        from("a folder of the workspace without values").step(
            "workspace:template",
            json!({ "sourcePath": "src", "targetPath": "out", "copyWithoutTemplating": [] }),
        ),
        from("a folder of the workspace without a target")
            .step("workspace:template", json!({ "sourcePath": "src", "copyWithoutTemplating": [] })),
        Case::new("a folder of the workspace behind a link")
            .file("before/src/x", "${{ values.name }}")
            .link("before/l", "src")
            .before()
            .rendering("workspace:template", paths("l", "out"), json!({ "copyWithoutTemplating": [] })),
        Case::new("a folder of the workspace over what is there")
            .file("before/src/x", "${{ values.name }}")
            .file("before/src/y", "${{ values.name }}")
            .script("before/x", "old")
            .before()
            .rendering("workspace:template", paths("src", "./"), json!({ "copyWithoutTemplating": [] })),
        Case::new("a folder of the workspace with a link out of it")
            .file("before/src/x", "x")
            .file("before/y", "y")
            .link("before/src/l", "../y")
            .before()
            .rendering("workspace:template", paths("src", "out"), json!({ "copyWithoutTemplating": [] })),
        Case::new("a rendered skeleton rendered again")
            .file("skeleton/in/a", "{% raw %}${{ values.name }}{% endraw %} ${{ values.n }}")
            .template(none())
            .rendering("workspace:template", paths("in", "out"), json!({ "copyWithoutTemplating": [] })),
        one("a file of the workspace", tag, "a.txt", "c.txt", none()),
        one("a file of the workspace into folders", tag, "a.txt", "x/y/c.txt", none()),
        one("a file of the workspace in its place", tag, "a.txt", "a.txt", json!({ "replace": true })),
        one("a file of the workspace in its place, not replaced", tag, "a.txt", "a.txt", none()),
        one("a file of the workspace over another", tag, "a.txt", "b.txt", json!({ "replace": true })),
        one("a file of the workspace over another, not replaced", tag, "a.txt", "b.txt", none()),
        one("a script of the workspace", tag, "b.txt", "c.txt", none()),
        one("a file of the workspace behind a link", tag, "l", "c.txt", none()),
        one("a file of the workspace through a link", tag, "b.txt", "l", json!({ "replace": true })),
        one("a file of the workspace over a folder", tag, "a.txt", "d", none()),
        one("a file of the workspace over a folder, replaced", tag, "a.txt", "d", json!({ "replace": true })),
        one("a folder for a file of the workspace", tag, "d", "c.txt", none()),
        one("a file of the workspace that is not there", tag, "x.txt", "c.txt", none()),
        one("a file of the workspace that is not there over another", tag, "x.txt", "b.txt", none()),
        one("a file of the workspace, an error", b"${{ 1 | nothing }}", "a.txt", "c.txt", none()),
        one(
            "a file of the workspace, an error that is not met",
            b"${{ 1 | nothing }}",
            "a.txt",
            "b.txt",
            none(),
        ),
        one("a file of the workspace with a NUL", b"a\0${{ values.name }}", "a.txt", "c.txt", none()),
        one(
            "a file of the workspace, cookiecutterCompat",
            b"{{ cookiecutter.name }}",
            "a.txt",
            "c.txt",
            json!({ "cookiecutterCompat": true }),
        ),
        one("a file outside of the workspace", tag, "../a.txt", "c.txt", none()),
        one("a file of the workspace to the outside", tag, "a.txt", "../c.txt", none()),
    ]
}

fn refused() -> Vec<Case> {
    let with =
        |name: &str, input: Value| Case::new(name).file("skeleton/a", "x").step("fetch:template", input);
    vec![
        with("no URL", json!({ "values": {} })),
        with("a URL that is a number", json!({ "url": 3 })),
        with("values that are a list", json!({ "url": "./skeleton", "values": [] })),
        with("values that are text", json!({ "url": "./skeleton", "values": "x" })),
        with("an unknown input", json!({ "url": "./skeleton", "valuez": {} })),
        with("copies that are text", json!({ "url": "./skeleton", "copyWithoutTemplating": "x" })),
        with("replace that is text", json!({ "url": "./skeleton", "replace": "yes" })),
        with("a target that is a number", json!({ "url": "./skeleton", "targetPath": 3 })),
        with("a skeleton outside", json!({ "url": "../skeleton" })),
        Case::new("a link to a folder outside of the skeleton that templates may read")
            .file("skeleton/a", "x")
            .file("elsewhere/b", "x")
            .step("fetch:template", json!({ "url": "./skeleton/../../x" })),
    ]
}
