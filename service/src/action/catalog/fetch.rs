//! `catalog:fetch`: entities that the catalog knows.
//!
//! With a Backstage, its catalog is asked as the user who started the task, so an entity that the user may not read
//! is as one that is not there; without one, the service's own store.

use catalog_gen::EntityRef;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::Asking;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::backstage::Backstage;

/// Name of the journal entry.
const KEY: &str = "fetch";

/// The action `catalog:fetch`.
#[derive(Debug)]
pub(crate) struct Fetch;

/// What it takes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    entity_ref: Option<String>,
    entity_refs: Option<Vec<String>>,
    optional: Option<bool>,
    default_kind: Option<String>,
    default_namespace: Option<String>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Read one entity",
        example: "\
steps:
  - id: system
    name: Look the system up
    action: catalog:fetch
    input:
      entityRef: system:default/payments
",
    },
    Example {
        description: "Read several components; those that are not there are null",
        example: "\
steps:
  - id: parts
    name: Look the parts up
    action: catalog:fetch
    input:
      entityRefs:
        - checkout
        - component:shop/basket
      defaultKind: component
      optional: true
",
    },
];

impl Action for Fetch {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "catalog:fetch".into(),
            description: "Reads one entity or several from the catalog by their references.".into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "entityRef": schema::text("Reference of the entity."),
                    "entityRefs": schema::texts("References of the entities."),
                    "optional": schema::flag("Give null for an entity that is not there. Default: false."),
                    "defaultKind": schema::text("Kind of references that name none."),
                    "defaultNamespace": schema::text("Namespace of references that name none."),
                }),
                &[],
            ),
            output: Some(schema::closed(
                json!({
                    "entity": { "description": "The entity that `entityRef` names." },
                    "entities": { "type": "array", "description": "The entities that `entityRefs` names, in order." },
                }),
                &[],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let wanted = input.references()?;
        if wanted.is_empty() && input.entity_refs.is_none() {
            return Ok(());
        }
        let Some(found) = look_up(ctx, KEY, &wanted).await? else { return Ok(()) };
        if !input.optional.unwrap_or(false)
            && let Some((missing, _)) = wanted.iter().zip(&found).find(|(_, entity)| entity.is_none())
        {
            return Err(ActionError::NotFound(format!(
                "entity `{missing}` is not in the catalog{}; register it first, or set `optional: true`",
                ctx.run.user_token.as_ref().map_or("", |_| ", or the user may not read it")
            )));
        }
        let mut found = found.into_iter().map(Option::unwrap_or_default);
        if input.entity_ref.is_some() {
            ctx.output("entity", found.next().unwrap_or_default());
        }
        if input.entity_refs.is_some() {
            ctx.output("entities", found.collect::<Vec<Value>>());
        }
        Ok(())
    }
}

/// The entities of these references, in their order, as the read `key`; `None`, with a line in the log, where a dry
/// run may not ask for them.
pub(in crate::action) async fn look_up(
    ctx: &mut ActionContext<'_>,
    key: &str,
    wanted: &[String],
) -> Result<Option<Vec<Option<Value>>>, ActionError> {
    let found = match &ctx.capabilities.backstage {
        Some(backstage) if ctx.run.dry_run && !may_ask_dry(ctx, backstage) => {
            ctx.log(
                "A dry run does not ask Backstage's catalog as the service; see `backstage.dry_run_reads`",
            )
            .await?;
            return Ok(None);
        }
        Some(backstage) => from_backstage(ctx, backstage, key, wanted).await?,
        None => from_store(ctx, key, wanted).await?,
    };
    Ok(Some(found))
}

/// Reads of a user are the user's own; the service could read for anybody.
fn may_ask_dry(ctx: &ActionContext<'_>, backstage: &Backstage) -> bool {
    ctx.run.user_token.is_some() || backstage.settings().dry_run_reads
}

async fn from_backstage(
    ctx: &mut ActionContext<'_>,
    backstage: &Backstage,
    key: &str,
    wanted: &[String],
) -> Result<Vec<Option<Value>>, ActionError> {
    let who = ctx.initiator();
    let references: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut asking = Asking::new(backstage);
    loop {
        let asked = async { Ok(backstage.entities(&references, &who).await?) };
        match ctx.read(key, asked).await {
            Ok(found) => return Ok(found),
            Err(error) => asking.after(error, ctx).await?,
        }
    }
}

async fn from_store(
    ctx: &mut ActionContext<'_>,
    key: &str,
    wanted: &[String],
) -> Result<Vec<Option<Value>>, ActionError> {
    let entities = &ctx.capabilities.entities;
    ctx.read(key, async {
        let mut found = Vec::with_capacity(wanted.len());
        for reference in wanted {
            found.push(entities.get(reference).await?.map(|stored| stored.entity));
        }
        Ok(found)
    })
    .await
}

impl Input {
    /// All references in comparable form: the single one first, then the list.
    fn references(&self) -> Result<Vec<String>, ActionError> {
        if self.entity_ref.is_none() && self.entity_refs.is_none() && !self.optional.unwrap_or(false) {
            return Err(ActionError::Input("give `entityRef` or `entityRefs`".to_owned()));
        }
        let (kind, namespace) = (self.default_kind.as_deref(), self.default_namespace.as_deref());
        let texts = self.entity_ref.iter().chain(self.entity_refs.iter().flatten());
        texts
            .map(|text| EntityRef::parse_with(text, kind, namespace).map(|reference| reference.to_string()))
            .collect::<Result<_, _>>()
            .map_err(|error| ActionError::Input(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_compared_in_lower_case_with_their_defaults() {
        let input = Input {
            entity_ref: Some("Checkout".to_owned()),
            entity_refs: Some(vec!["API:shop/Basket".to_owned()]),
            default_kind: Some("Component".to_owned()),
            ..Input::default()
        };

        assert_eq!(input.references().unwrap(), ["component:default/checkout", "api:shop/basket"]);
    }

    #[test]
    fn something_has_to_be_asked_for() {
        let without_kind = Input { entity_ref: Some("checkout".to_owned()), ..Input::default() };

        assert!(matches!(Input::default().references(), Err(ActionError::Input(_))));
        assert!(matches!(without_kind.references(), Err(ActionError::Input(_))));
    }
}
