//! `github:collaborators:add`: users and teams that may work on a repository.

use serde::Deserialize;
use serde_json::{Value, json};

use super::applying::apply;
use super::people::{self, Person};
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::Setting;
use crate::secret::Secret;

/// The action `github:collaborators:add`.
#[derive(Debug)]
pub(crate) struct AddCollaborators;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    collaborators: Vec<Collaborator>,
}

#[derive(Debug, Deserialize)]
struct Collaborator {
    entity: Option<String>,
    user: Option<String>,
    team: Option<String>,
    access: String,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Let the owning group administer a repository and a user write to it",
    example: "\
steps:
  - id: people
    name: Let people in
    action: github:collaborators:add
    input:
      repoUrl: github.com?owner=acme&repo=demo
      collaborators:
        - entity: group:default/platform
          access: admin
        - entity: user:default/jane
          access: push
        - user: renovate
          access: push
",
}];

impl Action for AddCollaborators {
    type Input = Input;

    fn definition(&self) -> Definition {
        let one = |who: &str, description: &str| {
            let access = "`pull`, `triage`, `push`, `maintain`, `admin`, or a role of the organisation.";
            schema::object(
                json!({ who: schema::text(description), "access": schema::text(access) }),
                &[who, "access"],
            )
        };
        let own = json!({
            "collaborators": {
                "type": "array",
                "items": { "anyOf": [
                    one("entity", people::REFERENCE),
                    one("user", "A user, by the login on GitHub."),
                    one("team", "A team of the organisation, by its short name on GitHub."),
                ] },
                "description": "Who may work on it, and how."
            },
        });
        Definition {
            id: "github:collaborators:add".into(),
            description: "Lets users and teams work on a repository; who has a part in it already keeps it. Users from \
                          outside are invited."
                .into(),
            kind: Kind::Effect,
            input: super::input(own, &["collaborators"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let references: Vec<String> =
            input.collaborators.iter().filter_map(|one| one.entity.clone()).collect();
        let mut entities = people::resolve(ctx, "collaborators", &target, &references).await?.into_iter();
        let mut all = Vec::with_capacity(input.collaborators.len());
        for one in input.collaborators {
            let person = match (&one.entity, one.user, one.team) {
                (Some(_), ..) => entities.next(),
                (None, Some(login), _) => Some(Person::User(login)),
                (None, None, slug) => slug.map(Person::Team),
            };
            all.extend(person.map(|person| as_value(person, &one.access)));
        }
        let setting = Setting::Collaborators(Value::Array(all));
        apply(ctx, &target, "collaborators", "the list of collaborators", &setting).await?;
        Ok(())
    }
}

fn as_value(person: Person, access: &str) -> Value {
    match person {
        Person::User(login) => json!({ "user": login, "access": access }),
        Person::Team(slug) => json!({ "team": slug, "access": access }),
    }
}
