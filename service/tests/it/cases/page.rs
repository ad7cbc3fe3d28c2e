//! The case that `docs/templates.md` shows is one that runs.

use std::path::Path;

use crate::cli::program::Program;

/// A template that the case of the page fits.
const SPEC: &str = r#"
secrets: { schema: { properties: { TOKEN: { type: string } } } }
parameters:
  - properties: { name: { type: string }, system: { type: string } }
steps:
  - id: system
    action: catalog:fetch
    input: { entityRef: 'system:${{ parameters.system }}' }
  - id: fetch
    action: fetch:template
    input: { url: ./skeleton, values: { owner: '${{ steps.system.output.entity.spec.owner }}' } }
  - id: docs
    action: debug:log
    if: ${{ parameters.docs }}
    input: { message: docs }
  - id: notify
    action: acme:tell
    each: []
    input: { text: '${{ each.value }}' }
  - id: publish
    action: publish:github
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}', repoVisibility: internal }
output:
  links: [{ title: Repository, url: '${{ steps.publish.output.remoteUrl }}' }]
"#;

#[test]
fn the_case_that_the_page_shows_holds() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/templates.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, case) = page.split_once("```yaml\n# my-template/cases/internal.yaml\n").unwrap();
    let (case, _) = case.split_once("```").unwrap();
    let program = Program::new();
    program.template("my-template", SPEC);
    program.write("my-template/skeleton/catalog-info.yaml", "spec: { owner: '${{ values.owner }}' }\n");
    program.write("my-template/cases/internal.yaml", case);

    let update = program.run(&["test", "my-template", "--update"]);
    let ran = program.run(&["test", "my-template"]);

    assert_eq!((update.code, ran.code), (0, 0), "{}{}", update.out, ran.out);
}
