//! The page of all rules, `docs/lint.md`.

use super::rule::{Area, Example, Rule};

const INTRO: &str = "\
<!-- Made by `make generate`; do not edit. What stands here is written in `service/src/lint`. -->
# Lint

`stagecraft lint <path…>` tells what in a template would fail, or do something else than meant, before anybody runs it.

```sh
stagecraft lint templates/            # every template below a folder
stagecraft lint --fix template.yaml   # correct what is certain
stagecraft lint --deny warnings .     # exit 1 on warnings too
stagecraft lint --format sarif . > lint.sarif
```

A path is a file, a folder (every template below it), or a file with a `Location` whose targets lie in its folder.
`--rule` asks for some rules only, `--allow` leaves some out, `--explain` prints one. `--format` gives `terminal`, `json`,
`sarif` (for code scanning) or `github` (annotations in a workflow).

A finding is an *error* if the template would fail or do something wrong when it is run, a *warning* if it is likely wrong,
and a *note* if it is worth knowing. Exit code 0: no errors; 1: errors; 2: the command line is wrong.

A finding that is to stay is allowed where it stands, with the reason, at the end of the line or alone on the line above:

```yaml
    x-team: web # stagecraft-allow unknown-key: our own tooling reads it
```

In files of a skeleton, use a comment that rendering drops: `{# stagecraft-allow rule-id: reason #}`.
";

/// The whole page.
pub fn page() -> String {
    let mut rules: Vec<&Rule> = super::rules().collect();
    rules.sort_by_key(|rule| rule.area);
    let mut out = String::from(INTRO);
    out.push_str("\n| Rule | Level | |\n| --- | --- | --- |\n");
    for rule in &rules {
        out.push_str(&format!("| [`{id}`](#{id}) | {} | {} |\n", rule.level, rule.title, id = rule.id));
    }
    let mut area: Option<Area> = None;
    for rule in rules {
        if area != Some(rule.area) {
            out.push_str(&format!("\n## {}\n", rule.area.title()));
            area = Some(rule.area);
        }
        out.push('\n');
        out.push_str(&section(rule));
    }
    out
}

/// What the page says about one rule.
pub fn section(rule: &Rule) -> String {
    let mut out = format!("### {}\n\n*{}.* {}.\n\n{}\n", rule.id, rule.level, rule.title, rule.text);
    for (heading, example) in [("Bad", &rule.bad), ("Good", &rule.good)] {
        if !example.template.is_empty() || !example.files.is_empty() {
            out.push_str(&format!("\n{heading}:\n\n"));
            show(example, &mut out);
        }
    }
    out
}

fn show(example: &Example, out: &mut String) {
    let mut block = |language: &str, name: Option<&str>, text: &str| {
        if let Some(name) = name {
            out.push_str(&format!("`{name}`\n\n"));
        }
        // A fence longer than any in the text.
        let fence = "`".repeat(if text.contains("```") { 4 } else { 3 });
        out.push_str(&format!("{fence}{language}\n{}\n{fence}\n\n", text.trim_end()));
    };
    let name = (!example.files.is_empty()).then_some("template.yaml");
    if !example.template.is_empty() {
        block("yaml", name, example.template);
    }
    for (path, text) in example.files {
        let language = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        block(if matches!(language, "yaml" | "yml") { "yaml" } else { "text" }, Some(path), text);
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
}
