//! Registering in Backstage's catalog, as the user who started the task.
//!
//! First the catalog is asked what the file would bring, then it is told to take it. That nobody had registered the
//! location before this task wanted to is kept for the whole task: a later refusal because it is registered means
//! that the task itself has done it, or that somebody else has done the same meanwhile. The invariant: a task that
//! was stopped between sending and answer does not fail on what it has done itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::asking::Asking;
use super::{KEY, Outcome, chosen, occupied};
use crate::action::{ActionContext, ActionError};
use crate::backstage::{Backstage, BackstageError, Credentials, LocationPreview, Registration};

/// What the catalog says before the location is registered, for the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Look {
    exists: bool,
    /// The entity that stands for the file, where the catalog can read the file.
    entity_ref: Option<String>,
    entities: usize,
    warnings: Vec<String>,
    /// Why the location is not registered at all.
    refused: Option<String>,
}

/// Registers the file at `url`, once for the task.
pub(super) async fn register(
    ctx: &mut ActionContext<'_>,
    backstage: &Backstage,
    url: &str,
    optional: bool,
) -> Result<Outcome, ActionError> {
    if let Some(outcome) = ctx.known(KEY)? {
        return Ok(outcome);
    }
    let who = ctx.initiator();
    let mut asking = Asking::new(backstage);
    let look = loop {
        match ctx.read("register/look", look(backstage, url, &who, optional)).await {
            Ok(look) => break look,
            Err(error) => asking.after(error, ctx).await?,
        }
    };
    let was_absent: bool = ctx.effect("register/absent", async { Ok(!look.exists) }).await?;
    loop {
        let sent = async {
            if let Some(reason) = &look.refused {
                return Ok(Outcome::LeftOut { reason: reason.clone() });
            }
            match backstage.register_location(url, &who).await {
                Ok(Registration::Existed) if !was_absent => occupied(url, optional),
                Ok(_) => Ok(look.clone().into()),
                Err(BackstageError::NotAllowed(reason)) if optional => Ok(Outcome::LeftOut { reason }),
                Err(error) => Err(error.into()),
            }
        };
        match ctx.effect(KEY, sent).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => asking.after(error, ctx).await?,
        }
    }
}

/// With `optional`, a file that is not there yet is registered for the day on which it is, as upstream.
async fn look(
    backstage: &Backstage,
    url: &str,
    who: &Credentials,
    optional: bool,
) -> Result<Look, ActionError> {
    let nothing = Look { exists: false, entity_ref: None, entities: 0, warnings: Vec::new(), refused: None };
    match backstage.preview_location(url, who).await {
        Ok(LocationPreview { exists, entities }) => {
            let known: Vec<(&str, String)> = entities.iter().filter_map(named).collect();
            let entity_ref = chosen(known.iter().map(|(kind, reference)| (*kind, reference.as_str())));
            // The Location itself is one of the entities.
            let count = known.len().saturating_sub(1);
            Ok(Look { exists, entity_ref, entities: count, ..nothing })
        }
        Err(BackstageError::Invalid(reason)) if optional => Ok(Look { warnings: vec![reason], ..nothing }),
        Err(BackstageError::NotAllowed(reason)) if optional => Ok(Look { refused: Some(reason), ..nothing }),
        Err(error) => Err(error.into()),
    }
}

/// Kind and reference of an entity of the catalog.
fn named(entity: &Value) -> Option<(&str, String)> {
    let text = |pointer: &str| entity.pointer(pointer).and_then(Value::as_str);
    let kind = text("/kind")?;
    let namespace = text("/metadata/namespace").unwrap_or(catalog_gen::DEFAULT_NAMESPACE);
    let reference = catalog_gen::EntityRef::new(kind, namespace, text("/metadata/name")?).ok()?;
    Some((kind, reference.to_string()))
}

impl From<Look> for Outcome {
    fn from(look: Look) -> Self {
        let Look { entity_ref, entities, warnings, .. } = look;
        Self::Registered { entity_ref, entities, warnings }
    }
}
