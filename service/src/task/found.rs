//! Which template a caller may have, and what templates see of the caller.
//!
//! Without a Backstage, the library has all there is. With one, its catalog is asked, and as the caller where
//! Backstage vouches for a user: it says who the user is, which templates there are beside the library's, and
//! which of all of them the user may read (`docs/decisions/0009-templates-of-the-catalog.md`). The library's own
//! always goes before the catalog's. The invariant: a template that a user may not read in the catalog is not
//! found, and nothing tells it from one that is not there.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{AccessError, Caller, Tasks};
use crate::backstage::{Backstage, BackstageError, Credentials, UserToken};
use crate::entities::EntityStoreError;
use crate::template::{FetchError, FindError, Library, Pin, Template, template_of};

/// Why a template, or a user, was not found.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// There is no such template for this caller, or it is broken.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The caller may not run it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Backstage's catalog could not be asked.
    #[error(transparent)]
    Backstage(#[from] BackstageError),
    /// The service's own entities cannot be read.
    #[error(transparent)]
    Entities(#[from] EntityStoreError),
}

/// What templates see as `user`.
pub(super) type User = Map<String, Value>;

/// A template that a caller may have.
pub(super) struct Found {
    pub(super) template: Arc<Template>,
    pub(super) user: User,
    origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Library,
    Catalog,
}

impl Found {
    /// Fixes the files of the template as they are now, if it has some.
    pub(super) async fn pin(&self, library: &Library) -> Result<Option<Pin>, FetchError> {
        match self.origin {
            Origin::Library => library.pin(&self.template).await.map(Some),
            Origin::Catalog => library.pin_elsewhere(&self.template).await,
        }
    }
}

/// A template with the place it comes from.
type Placed = (Arc<Template>, Origin);

impl Tasks {
    /// Which of these templates of the library the caller may read; everybody but a user of Backstage all of them.
    pub(super) async fn readable(
        &self,
        entity_refs: &[&str],
        caller: &Caller,
    ) -> Result<HashSet<String>, LookupError> {
        let all = entity_refs.iter().map(|entity_ref| (*entity_ref).to_owned());
        let (Some(backstage), Some(token)) = (&self.inner.capabilities.backstage, &caller.token) else {
            return Ok(all.collect());
        };
        let seen = backstage.entities(entity_refs, &Credentials::User(token.clone())).await?;
        let (seen, unseen): (Vec<_>, Vec<_>) =
            entity_refs.iter().copied().zip(seen).partition(|(_, entity)| entity.is_some());
        let mut readable: HashSet<String> =
            seen.into_iter().map(|(entity_ref, _)| entity_ref.to_owned()).collect();
        let unseen: Vec<&str> = unseen.into_iter().map(|(entity_ref, _)| entity_ref).collect();
        if unseen.is_empty() {
            return Ok(readable);
        }
        match backstage.entities(&unseen, &Credentials::Service).await {
            Ok(there) => {
                let unknown = unseen.into_iter().zip(there).filter(|(_, entity)| entity.is_none());
                readable.extend(unknown.map(|(entity_ref, _)| entity_ref.to_owned()));
                Ok(readable)
            }
            Err(BackstageError::NotAllowed(_)) => Ok(readable),
            Err(error) => Err(error.into()),
        }
    }

    /// The template with that reference (comparable form), if this caller may read it, with what it will see of
    /// the caller: both in one question.
    pub(super) async fn found(&self, entity_ref: &str, caller: &Caller) -> Result<Found, LookupError> {
        let own = self.inner.library.find(entity_ref);
        let ((template, origin), user) = match (&self.inner.capabilities.backstage, &caller.token) {
            (None, _) => ((own?, Origin::Library), self.user(caller).await?),
            (Some(backstage), None) => {
                (self.found_for_service(backstage, entity_ref, own).await?, self.user(caller).await?)
            }
            (Some(backstage), Some(token)) => {
                let references = [token.entity_ref.to_lowercase(), entity_ref.to_owned()];
                let references = references.each_ref().map(String::as_str);
                let who = Credentials::User(token.clone());
                let mut seen = backstage.entities(&references, &who).await?.into_iter().map(Some);
                let (entity, seen) = (seen.next().flatten().flatten(), seen.next().flatten().flatten());
                (self.found_for_user(backstage, (entity_ref, seen), own).await?, user_of(token, entity))
            }
        };
        Ok(Found { template, user, origin })
    }

    /// What templates see as `user`: the reference, and the entity where there is one.
    pub(super) async fn user(&self, caller: &Caller) -> Result<User, LookupError> {
        if let (Some(backstage), Some(token)) = (&self.inner.capabilities.backstage, &caller.token) {
            let who = Credentials::User(token.clone());
            let entity = backstage.entity(&token.entity_ref.to_lowercase(), &who).await?;
            return Ok(user_of(token, entity));
        }
        let Some(reference) = caller.user_ref() else { return Ok(User::new()) };
        let stored = self.inner.capabilities.entities.get(&reference.to_lowercase()).await?;
        Ok(user(reference, stored.map(|stored| stored.entity)))
    }

    /// `seen` is what the user may read under the reference.
    async fn found_for_user(
        &self,
        backstage: &Backstage,
        (entity_ref, seen): (&str, Option<Value>),
        own: Result<Arc<Template>, FindError>,
    ) -> Result<Placed, LookupError> {
        // No hint at a nearest name: it could be that of a template that the user may not read.
        let missing = || FindError::NotFound { entity_ref: entity_ref.to_owned(), nearest: None };
        match (own, seen) {
            (Err(FindError::NotFound { .. }), Some(entity)) if self.inner.library.admits_catalog() => {
                Ok((template_of(entity)?, Origin::Catalog))
            }
            (Err(FindError::NotFound { .. }), _) => Err(missing().into()),
            (own, Some(_)) => Ok((own?, Origin::Library)),
            (own, None) if is_unknown(backstage, entity_ref).await? => Ok((own?, Origin::Library)),
            (_, None) => Err(missing().into()),
        }
    }

    async fn found_for_service(
        &self,
        backstage: &Backstage,
        entity_ref: &str,
        own: Result<Arc<Template>, FindError>,
    ) -> Result<Placed, LookupError> {
        let missing = match own {
            Err(missing @ FindError::NotFound { .. }) if self.inner.library.admits_catalog() => missing,
            own => return Ok((own?, Origin::Library)),
        };
        match backstage.entity(entity_ref, &Credentials::Service).await {
            Ok(Some(entity)) => Ok((template_of(entity)?, Origin::Catalog)),
            Ok(None) => Err(missing.into()),
            Err(BackstageError::NotAllowed(reason)) => {
                tracing::warn!(
                    template.entity_ref = entity_ref,
                    reason,
                    "the service may not look for a template in Backstage's catalog"
                );
                Err(missing.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the catalog has no entity of this reference at all, so that nobody could say who may read it. Where the
/// service may not know that, the answer is no.
async fn is_unknown(backstage: &Backstage, entity_ref: &str) -> Result<bool, LookupError> {
    match backstage.entity(entity_ref, &Credentials::Service).await {
        Ok(entity) => Ok(entity.is_none()),
        Err(BackstageError::NotAllowed(reason)) => {
            tracing::warn!(
                template.entity_ref = entity_ref,
                reason,
                "a template of the library is kept from a user: the user does not see it in Backstage's catalog, and \
                 the service may not look whether it is there"
            );
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

fn user_of(token: &UserToken, entity: Option<Value>) -> User {
    user(&token.entity_ref, entity)
}

fn user(reference: &str, entity: Option<Value>) -> User {
    let entity = entity.map(|entity| ("entity".to_owned(), entity));
    entity.into_iter().chain([("ref".to_owned(), json!(reference))]).collect()
}
