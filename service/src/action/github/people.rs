//! Users and teams of GitHub, as templates name them: by references of the catalog.
//!
//! The annotation `github.com/user-login` of a User or `github.com/team-slug` of a Group says who it is on GitHub;
//! without one, or without the entity, its name is taken for that. The log says which it was. The invariant: nobody
//! who was named is left out without an error.

use catalog_gen::EntityRef;
use serde_json::Value;

use crate::action::catalog::look_up;
use crate::action::target::Target;
use crate::action::{ActionContext, ActionError};
use crate::forge::Reviewer;

/// What stands in the schema of an input that is read here.
pub(super) const REFERENCES: &str = "Users and groups of the catalog, as `user:default/jane` or `group:default/platform`. Who they are on \
     GitHub, the annotations `github.com/user-login` and `github.com/team-slug` say, else their names.";

/// The same for one of them.
pub(super) const REFERENCE: &str = "A user or group of the catalog, as `user:default/jane` or `group:default/platform`. Who it is on GitHub, its \
     annotation `github.com/user-login` or `github.com/team-slug` says, else its name.";

const LOGIN: &str = "github.com/user-login";
const SLUG: &str = "github.com/team-slug";

/// A user or a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// Login of a user.
    User(String),
    /// Short name of a team of the repository's organisation.
    Team(String),
}

impl Person {
    /// As a reviewer of deployments.
    pub(super) fn into_reviewer(self) -> Reviewer {
        match self {
            Self::User(login) => Reviewer::User(login),
            Self::Team(slug) => Reviewer::Team(slug),
        }
    }
}

/// Who references are on GitHub, in their order. `place` is where they stand in the input: `environments/test`.
pub(super) async fn resolve(
    ctx: &mut ActionContext<'_>,
    place: &str,
    target: &Target,
    references: &[String],
) -> Result<Vec<Person>, ActionError> {
    let name = place.split_once('/').map_or(place, |(name, _)| name);
    let parsed: Vec<EntityRef> = references
        .iter()
        .map(|text| EntityRef::parse(text).map_err(|error| ActionError::Input(format!("`{name}`: {error}"))))
        .collect::<Result<_, _>>()?;
    let wanted: Vec<String> = parsed.iter().map(ToString::to_string).collect();
    let found =
        look_up(ctx, &format!("who/{place}"), &wanted).await?.unwrap_or_else(|| vec![None; wanted.len()]);
    let mut people = Vec::with_capacity(parsed.len());
    for (reference, entity) in parsed.iter().zip(&found) {
        let (person, why) = person(reference, entity.as_ref(), &target.slug.owner)
            .map_err(|message| ActionError::Input(format!("`{name}`: {message}")))?;
        let shown =
            if ctx.input.get(name).contains_secret() { "***".to_owned() } else { reference.to_string() };
        let who = match &person {
            Person::User(login) => format!("the user `{login}`"),
            Person::Team(slug) => format!("the team `{slug}`"),
        };
        ctx.log(format!("`{shown}` is {who}: {why}")).await?;
        people.push(person);
    }
    Ok(people)
}

/// Who a reference is, and by what that is known.
fn person(reference: &EntityRef, entity: Option<&Value>, owner: &str) -> Result<(Person, String), String> {
    let (key, is_user) = match reference.kind() {
        "user" => (LOGIN, true),
        "group" => (SLUG, false),
        _ => return Err(format!("`{reference}` is neither a user nor a group")),
    };
    let annotations = entity.and_then(|entity| entity.pointer("/metadata/annotations"));
    let annotated = annotations.and_then(|all| all.get(key)).and_then(Value::as_str);
    let (name, why) = match annotated.filter(|text| !text.trim().is_empty()) {
        Some(text) => (text.trim(), format!("so says its annotation `{key}`")),
        None if entity.is_some() => {
            (reference.name(), format!("it has no annotation `{key}`, so its name is taken"))
        }
        None => (reference.name(), "it is not in the catalog, so its name is taken".to_owned()),
    };
    if is_user {
        return Ok((Person::User(name.to_owned()), why));
    }
    let (organisation, slug) = name.rsplit_once('/').unwrap_or((owner, name));
    if !organisation.eq_ignore_ascii_case(owner) {
        return Err(format!(
            "`{reference}` is a team of `{organisation}`, and the repository belongs to `{owner}`, whose teams alone \
             can have a part in it"
        ));
    }
    Ok((Person::Team(slug.to_owned()), why))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(reference: &str, entity: Option<Value>) -> Result<Person, String> {
        person(&EntityRef::parse(reference).unwrap(), entity.as_ref(), "acme").map(|(person, _)| person)
    }

    fn annotated(key: &str, value: &str) -> Option<Value> {
        Some(json!({ "metadata": { "annotations": { key: value } } }))
    }

    #[test]
    fn an_annotation_says_who_somebody_is() {
        assert_eq!(of("user:default/jane", annotated(LOGIN, "jd42")), Ok(Person::User("jd42".to_owned())));
        assert_eq!(of("group:platform", annotated(SLUG, "Acme/infra")), Ok(Person::Team("infra".to_owned())));
    }

    #[test]
    fn without_one_the_name_is_taken() {
        assert_eq!(of("user:default/jane", Some(json!({}))), Ok(Person::User("jane".to_owned())));
        assert_eq!(of("group:platform", None), Ok(Person::Team("platform".to_owned())));
    }

    #[test]
    fn neither_a_component_nor_a_team_of_others_can_have_a_part() {
        assert!(of("component:shop", None).is_err());
        assert!(of("group:platform", annotated(SLUG, "umbrella/infra")).is_err());
    }
}
