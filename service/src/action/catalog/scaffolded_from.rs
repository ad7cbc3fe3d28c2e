//! `catalog:scaffolded-from`: the template that an entity was made from, in its `spec`.

use super::annotate::{Addition, Input, annotate, input_schema, output_schema};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind};

/// The action `catalog:scaffolded-from`.
#[derive(Debug)]
pub(crate) struct ScaffoldedFrom;

const EXAMPLES: &[Example] = &[
    Example {
        description: "Note the template in the `catalog-info.yaml` that the skeleton brought",
        example: "\
steps:
  - id: origin
    name: Note where it comes from
    action: catalog:scaffolded-from
    input:
      entityFilePath: catalog-info.yaml
",
    },
    Example {
        description: "Write a catalog file from an entity in the template, and label it",
        example: "\
steps:
  - id: origin
    name: Write the catalog file
    action: catalog:scaffolded-from
    input:
      objectYaml:
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata:
          name: ${{ parameters.name }}
        spec:
          type: service
          lifecycle: experimental
          owner: ${{ parameters.owner }}
      labels:
        origin: golden-path
",
    },
];

impl Action for ScaffoldedFrom {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "catalog:scaffolded-from".into(),
            description: "Notes in the `spec.scaffoldedFrom` of an entity which template it was made from, and writes it."
                .into(),
            kind: Kind::Workspace,
            input: input_schema(),
            output: Some(output_schema()),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let template = ctx.run.template.entity_ref.clone();
        annotate(ctx, input, Addition { spec: Some(("scaffoldedFrom", template)), ..Addition::default() })
            .await
    }
}
