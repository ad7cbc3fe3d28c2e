//! `catalog:template:version`: the version of the template that an entity was made from, as an annotation.

use super::annotate::{Addition, Input, annotate, input_schema, output_schema};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, VERSION_ANNOTATION};

/// The action `catalog:template:version`.
#[derive(Debug)]
pub(crate) struct TemplateVersion;

const EXAMPLES: &[Example] = &[
    Example {
        description: "Note the version of the template in the `catalog-info.yaml` that the skeleton brought",
        example: "\
steps:
  - id: version
    name: Note the version of the template
    action: catalog:template:version
    input:
      entityFilePath: catalog-info.yaml
",
    },
    Example {
        description: "Note a version given by the step, in the catalog file of a part",
        example: "\
steps:
  - id: version
    name: Note the version of the template
    action: catalog:template:version
    input:
      entityFilePath: backend/catalog-info.yaml
      writeToFile: backend/catalog-info.yaml
      annotations:
        backstage.io/template-version: 2.1.0
",
    },
];

impl Action for TemplateVersion {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "catalog:template:version".into(),
            description:
                "Notes in the annotation `backstage.io/template-version` of an entity the version that the \
                          template's own annotation of that name gives, and writes it."
                    .into(),
            kind: Kind::Workspace,
            input: input_schema(),
            output: Some(output_schema()),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let version = ctx.run.template.version.clone();
        if version.is_none() && !input.annotates(VERSION_ANNOTATION) {
            ctx.warn(format!(
                "The template has no annotation `{VERSION_ANNOTATION}`, so no version is noted; add it to the template's metadata"
            ))
            .await?;
        }
        let annotation = version.map(|version| (VERSION_ANNOTATION, version));
        annotate(ctx, input, Addition { annotation, ..Addition::default() }).await
    }
}
