//! `stagecraft test`: cases beside templates, run by the real program.
//!
//! [`Bench`] is a folder with one template and its cases; [`Judged`] what the program says of them.

mod bad_input;
mod expectations;
mod mocks;
mod page;
mod reports;
mod snapshots;
mod suites;

use serde_json::Value;

use crate::cli::program::{Program, Ran};

/// A template that asks the catalog, renders a skeleton, calls an action of its own Backstage, and publishes.
const SPEC: &str = r#"
parameters:
  - required: [name]
    properties:
      name: { type: string, pattern: '^[a-z-]+$', ui:help: Lower-case only. }
      system: { type: string }
      parts: { type: array, items: { type: string }, default: [] }
      announce: { type: boolean, default: false }
steps:
  - id: system
    action: catalog:fetch
    if: ${{ parameters.system }}
    input: { entityRef: 'system:${{ parameters.system }}' }
  - id: fetch
    action: fetch:template
    input:
      url: ./skeleton
      values: { name: '${{ parameters.name }}', owner: '${{ steps.system.output.entity.spec.owner }}' }
  - id: publish
    action: publish:github
    each: ${{ parameters.parts }}
    input: { repoUrl: 'github.com?owner=acme&repo=${{ each.value }}' }
  - id: announce
    action: debug:log
    if: ${{ parameters.announce }}
    input: { message: 'made ${{ parameters.name }} as ${{ user.ref }}' }
output:
  links: [{ title: First, url: '${{ steps.publish.output.remoteUrl[0] }}' }]
"#;

struct Bench {
    program: Program,
}

/// The outcome of a run with `--json`.
struct Judged {
    ran: Ran,
    document: Value,
}

impl Bench {
    fn new() -> Self {
        let program = Program::new();
        program.template("service", SPEC);
        program.write("service/skeleton/README.md", "# ${{ values.name }}\nby ${{ values.owner }}\n");
        program
            .write("service/skeleton/deploy.yaml", "name: ${{ values.name }}\n---\nports: [{ port: 80 }]\n");
        Self { program }
    }

    /// Writes a case of the template.
    fn case(&self, name: &str, text: &str) {
        self.program.write(&format!("service/cases/{name}.yaml"), text);
    }

    /// Runs everything and prints for people.
    fn test(&self, arguments: &[&str]) -> Ran {
        self.program.run(&[&["test", "service"][..], arguments].concat())
    }

    /// Runs everything with `--json`.
    fn judged(&self, arguments: &[&str]) -> Judged {
        let ran = self.test(&[&["--json"][..], arguments].concat());
        let document = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}\n{}", ran.out, ran.err));
        Judged { ran, document }
    }

    /// What is found in one case that has no snapshot.
    fn findings(&self, case: &str) -> Vec<String> {
        self.case("case", case);
        self.judged(&["--case", "case"]).findings("case")
    }

    /// The same for what the case expects, on top of values that fit.
    fn expecting(&self, expectations: &str) -> Vec<String> {
        let lines: String = expectations.lines().map(|line| format!("  {line}\n")).collect();
        self.findings(&format!(
            "values: {{ name: demo, parts: [a, b] }}\nexpect:\n  snapshot: false\n{lines}"
        ))
    }
}

impl Judged {
    fn case(&self, name: &str) -> &Value {
        let cases = self.document["cases"].as_array().unwrap();
        cases
            .iter()
            .find(|case| case["case"] == name)
            .unwrap_or_else(|| panic!("no case `{name}`: {cases:?}"))
    }

    /// `line:column: message` of each finding of a case; the file where it is not the case's own.
    fn findings(&self, name: &str) -> Vec<String> {
        let case = self.case(name);
        let told = |finding: &Value| {
            let mut place = String::new();
            if finding["file"] != case["file"] {
                place = format!("{}:", finding["file"].as_str().unwrap());
            }
            for part in ["line", "column"] {
                if let Some(number) = finding[part].as_u64() {
                    place.push_str(&format!("{number}:"));
                }
            }
            format!("{place} {}", finding["message"].as_str().unwrap()).trim_start().to_owned()
        };
        case["findings"].as_array().unwrap().iter().map(told).collect()
    }
}
