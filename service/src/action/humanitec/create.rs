//! `humanitec:app:create`: an application with its environments.
//!
//! It looks whether the application is there before it makes it, and keeps what it saw: after a kill, an application
//! that was not there and now is, under the same name, is the one of this task. One that was there is taken only where the template
//! says so. Environments are looked for one by one and made where they are missing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{configured, missing};
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Example, Kind, schema};
use crate::humanitec::{Application, Environment, Humanitec, HumanitecError};

const ID: &str = "humanitec:app:create";
/// What Humanitec takes as an id.
const ID_PATTERN: &str = "^[a-z0-9](?:-?[a-z0-9]+)*$";
const LONGEST_ID: u64 = 50;

/// The action `humanitec:app:create`.
#[derive(Debug)]
pub(crate) struct CreateApp;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    id: String,
    name: Option<String>,
    environments: Option<Vec<Wanted>>,
    use_existing: Option<bool>,
}

/// An environment that is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: String,
}

/// Whether something was made, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Ended {
    Made,
    Found,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "An application with an environment for each stage",
        example: "\
steps:
  - id: orchestrate
    name: Create the application in Humanitec
    action: humanitec:app:create
    input:
      id: shop
      name: The shop
      environments:
        - id: development
          type: development
        - id: production
          name: Production
          type: production
",
    },
    Example {
        description: "Add an environment to an application that is there",
        example: "\
steps:
  - id: stage
    name: Add a stage
    action: humanitec:app:create
    input:
      id: orders
      environments:
        - id: staging
          type: staging
      useExisting: true
",
    },
];

impl Action for CreateApp {
    type Input = Input;

    fn definition(&self) -> Definition {
        let id = |description: &str| json!({ "type": "string", "pattern": ID_PATTERN, "maxLength": LONGEST_ID, "description": description });
        let environment = schema::object(
            json!({
                "id": id("Id of the environment."),
                "name": schema::text("What people call it. Default: its id."),
                "type": schema::text("Type of the environment, by which the platform's rules choose resources."),
            }),
            &["id", "type"],
        );
        let output = schema::closed(
            json!({
                "applicationId": schema::text("Id of the application."),
                "organization": schema::text("Organisation that it is in."),
                "url": schema::text("Page of the application, where the address of the API tells it."),
                "environments": schema::texts("Ids of the environments."),
                "created": schema::flag("Whether the application was made and not found."),
            }),
            &["applicationId", "organization", "environments", "created"],
        );
        Definition {
            id: ID.into(),
            description: "Creates an application with its environments in Humanitec's Platform Orchestrator (version 1 of its API), \
                          in the organisation of the settings."
                .into(),
            kind: Kind::Effect,
            input: schema::closed(
                json!({
                    "id": id("Id of the application; it cannot be changed later."),
                    "name": schema::text("What people call it. Default: its id."),
                    "environments": {
                        "type": "array",
                        "items": environment,
                        "description": "Environments. Without any, Humanitec makes `development`.",
                    },
                    "useExisting": schema::flag_or(false, "Take an application that is there already."),
                }),
                &["id"],
            ),
            output: Some(output),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        capabilities.humanitec.is_none().then(|| missing(ID))
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let humanitec = configured(ctx.capabilities, ID)?;
        let use_existing = input.use_existing.unwrap_or(false);
        let (application, environments) = input.read()?;
        let organization = humanitec.organization();
        ctx.log(format!(
            "Creating the application `{}` in Humanitec's organisation `{organization}`",
            application.id
        ))
        .await?;
        let look = async { Ok(humanitec.application(&application.id).await?.is_some()) };
        // An effect, so that it outlives a kill and a retry: what was there before this task began.
        let was_there: bool = ctx.effect("look", look).await?;
        let making =
            create(humanitec, &application, environments.first(), was_there && !use_existing, use_existing);
        let ended = ctx.effect("create", making).await?;
        if ended == Ended::Found && was_there {
            ctx.log("It is there already").await?;
        }
        for environment in &environments {
            let key = format!("environment/{}", environment.id);
            ctx.effect(&key, add(humanitec, &application.id, environment)).await?;
            ctx.log(format!("The environment `{}` is of type `{}`", environment.id, environment.kind))
                .await?;
        }
        let ids: Vec<String> = environments.into_iter().map(|environment| environment.id).collect();
        if let Some(page) = humanitec.page_of(&application.id) {
            ctx.output("url", page);
        }
        ctx.output("organization", organization);
        ctx.output("applicationId", application.id);
        ctx.output("environments", ids);
        ctx.output("created", !was_there);
        Ok(())
    }
}

impl Input {
    fn read(self) -> Result<(Application, Vec<Environment>), ActionError> {
        let mut seen = BTreeSet::new();
        let mut environments = Vec::new();
        for Wanted { id, name, kind } in self.environments.unwrap_or_default() {
            if !seen.insert(id.clone()) {
                return Err(ActionError::Input(format!(
                    "`environments` has `{id}` twice; give each environment an id of its own"
                )));
            }
            environments.push(Environment { name: name.unwrap_or_else(|| id.clone()), id, kind });
        }
        let name = self.name.unwrap_or_else(|| self.id.clone());
        Ok((Application { id: self.id, name }, environments))
    }
}

/// Makes the application, or takes the one that is there. `refuse`: it was there before this task.
async fn create(
    humanitec: &Humanitec,
    wanted: &Application,
    first: Option<&Environment>,
    refuse: bool,
    any_name: bool,
) -> Result<Ended, ActionError> {
    if let Some(found) = humanitec.application(&wanted.id).await? {
        return taken(&found, wanted, refuse, any_name);
    }
    match humanitec.create_application(wanted, first).await {
        Ok(()) => Ok(Ended::Made),
        // The answer was lost, or somebody was faster: a second look tells.
        Err(error @ (HumanitecError::Unavailable(_) | HumanitecError::Conflict(_))) => {
            match humanitec.application(&wanted.id).await {
                Ok(Some(found)) => taken(&found, wanted, false, any_name),
                _ => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn taken(
    found: &Application,
    wanted: &Application,
    refuse: bool,
    any_name: bool,
) -> Result<Ended, ActionError> {
    let Application { id, name } = found;
    if refuse {
        return Err(ActionError::Conflict(format!(
            "there is an application `{id}` in Humanitec already; choose another id, or say `useExisting: true` where it is meant"
        )));
    }
    if *name != wanted.name && !any_name {
        return Err(ActionError::Conflict(format!(
            "somebody else has made the application `{id}` in Humanitec meanwhile: it is called `{name}`; choose another id"
        )));
    }
    Ok(Ended::Found)
}

/// Makes an environment where it is missing.
async fn add(humanitec: &Humanitec, application: &str, wanted: &Environment) -> Result<Ended, ActionError> {
    let same = |found: &Environment| {
        if found.kind == wanted.kind {
            return Ok(Ended::Found);
        }
        Err(ActionError::Conflict(format!(
            "the environment `{}` of `{application}` is of type `{}` and not `{}`; a type cannot be changed: choose another id, or \
             name the type that it has",
            wanted.id, found.kind, wanted.kind
        )))
    };
    if let Some(found) = humanitec.environment(application, &wanted.id).await? {
        return same(&found);
    }
    match humanitec.create_environment(application, wanted).await {
        Ok(()) => Ok(Ended::Made),
        Err(error @ (HumanitecError::Unavailable(_) | HumanitecError::Conflict(_))) => {
            match humanitec.environment(application, &wanted.id).await {
                Ok(Some(found)) => same(&found),
                _ => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}
