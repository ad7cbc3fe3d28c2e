//! Backstage's catalog: entities by their references, and locations that are registered there.
//!
//! It asks as whoever it is told to, judges no entity, keeps nothing and repeats nothing. The invariant: an entity
//! that the asker may not read is as one that is not there, and no failure is ever told as either.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, ApiPath, Backstage, BackstageError, Credentials, Request};

const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// The catalog reads the file, and all that it leads to, before it answers.
const PREVIEW_TIMEOUT: Duration = Duration::from_secs(120);
const REGISTER_TIMEOUT: Duration = Duration::from_secs(60);
/// References of one request: Backstage reads bodies of 100 kB.
const MAX_REFS: usize = 200;
const MAX_REF_BYTES: usize = 60 * 1024;

/// What the catalog makes of a location before it is registered.
#[derive(Clone, Debug, PartialEq)]
pub struct LocationPreview {
    /// Whether it is registered already.
    pub exists: bool,
    /// The entities that it holds and leads to, in the order of the catalog.
    pub entities: Vec<Value>,
}

/// How a registration went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The location is registered now.
    Done,
    /// A location with this very target was registered before.
    Existed,
}

#[derive(Deserialize)]
struct Entities {
    items: Vec<Option<Value>>,
}

#[derive(Deserialize)]
struct Previewed {
    #[serde(default)]
    exists: bool,
    #[serde(default)]
    entities: Vec<Value>,
}

impl Backstage {
    /// The entity of a reference; `None` if there is none that `who` may read.
    pub async fn entity(&self, entity_ref: &str, who: &Credentials) -> Result<Option<Value>, BackstageError> {
        Ok(self.entities(&[entity_ref], who).await?.into_iter().next().flatten())
    }

    /// The entities of these references, in their order.
    pub async fn entities(
        &self,
        entity_refs: &[&str],
        who: &Credentials,
    ) -> Result<Vec<Option<Value>>, BackstageError> {
        let mut found = Vec::with_capacity(entity_refs.len());
        for part in parts(entity_refs) {
            let asked = Asked {
                path: "catalog/entities/by-refs",
                body: json!({ "entityRefs": part }),
                timeout: READ_TIMEOUT,
                shown: "the question for entities of the catalog",
            };
            let Entities { items } = self.ask(&asked, who).await?.read(&asked)?;
            if items.len() != part.len() {
                return Err(asked.not_understood());
            }
            found.extend(items);
        }
        Ok(found)
    }

    /// What a file at `target` would bring into the catalog. Nothing is changed.
    pub async fn preview_location(
        &self,
        target: &str,
        who: &Credentials,
    ) -> Result<LocationPreview, BackstageError> {
        let asked = Asked {
            path: "catalog/locations?dryRun=true",
            body: location(target),
            timeout: PREVIEW_TIMEOUT,
            shown: "the dry run of the registration",
        };
        let Previewed { exists, entities } = self.ask(&asked, who).await?.read(&asked)?;
        Ok(LocationPreview { exists, entities })
    }

    /// Registers the file at `target`.
    pub async fn register_location(
        &self,
        target: &str,
        who: &Credentials,
    ) -> Result<Registration, BackstageError> {
        let asked = Asked {
            path: "catalog/locations",
            body: location(target),
            timeout: REGISTER_TIMEOUT,
            shown: "the registration",
        };
        match self.ask(&asked, who).await {
            Ok(_) => Ok(Registration::Done),
            Err(BackstageError::Conflict(_)) => Ok(Registration::Existed),
            Err(error) => Err(error),
        }
    }

    async fn ask(&self, asked: &Asked, who: &Credentials) -> Result<Answer, BackstageError> {
        let answer = self.send(&asked.request(who)?).await?;
        if answer.is_ok() {
            return Ok(answer);
        }
        Err(match (answer.refusal(asked.shown), who) {
            (BackstageError::NotFound(_), _) => BackstageError::Invalid(format!(
                "Backstage has no catalog at `{}`; does `backstage.base_url` name the backend?",
                asked.path
            )),
            (BackstageError::NotAllowed(_), Credentials::User(token)) if answer.status == 401 => {
                token.expired()
            }
            (BackstageError::NotAllowed(_), Credentials::User(token)) => BackstageError::NotAllowed(format!(
                "Backstage lets `{}` not do this: it answered {} with status {}{}",
                token.entity_ref,
                asked.shown,
                answer.status,
                answer.said()
            )),
            (refusal, _) => refusal,
        })
    }
}

/// A request to the catalog: all of them have a body.
struct Asked {
    path: &'static str,
    body: Value,
    timeout: Duration,
    shown: &'static str,
}

impl Asked {
    fn request(&self, who: &Credentials) -> Result<Request, BackstageError> {
        Ok(Request {
            method: "POST".to_owned(),
            path: ApiPath::parse(self.path)?,
            query: Vec::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(self.body.to_string().into_bytes()),
            credentials: who.clone(),
            timeout: self.timeout,
            shown: self.shown.to_owned(),
        })
    }

    fn not_understood(&self) -> BackstageError {
        BackstageError::Invalid(format!(
            "Backstage answered {} with something else; does `backstage.base_url` name the backend?",
            self.shown
        ))
    }
}

impl Answer {
    fn read<T: serde::de::DeserializeOwned>(&self, asked: &Asked) -> Result<T, BackstageError> {
        serde_json::from_slice(&self.body).map_err(|_| asked.not_understood())
    }
}

fn location(target: &str) -> Value {
    json!({ "type": "url", "target": target })
}

/// The references in parts that Backstage takes at once.
fn parts<'r, 's>(entity_refs: &'r [&'s str]) -> Vec<&'r [&'s str]> {
    let (mut parts, mut rest) = (Vec::new(), entity_refs);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(MAX_REFS).take_while(|entity_ref| {
            bytes += entity_ref.len() + 3;
            bytes <= MAX_REF_BYTES
        });
        let (part, after) = rest.split_at(fits.count().max(1));
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_references_are_asked_for_in_parts() {
        let lengths = |refs: &[&str]| parts(refs).iter().map(|part| part.len()).collect::<Vec<_>>();
        let long = "x".repeat(MAX_REF_BYTES);

        assert_eq!(lengths(&[]), [] as [usize; 0]);
        assert_eq!(lengths(&["component:default/a"; 401]), [200, 200, 1]);
        assert_eq!(lengths(&[&long, "a", "b"]), [1, 2]);
        assert_eq!(parts(&["a", "b"]).concat(), ["a", "b"]);
    }
}
