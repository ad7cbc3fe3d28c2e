//! What was last written as a secret, by its keyed digest.

use std::collections::BTreeMap;

use sqlx::Row;

use super::super::plan::At;
use super::Scope;
use crate::db::{Db, DbError};
use crate::forge::github::answer::Failure;
use crate::secret::{Sealer, Secret};

/// What is known of the secrets of one place.
#[derive(Debug)]
pub(in crate::forge::github::setting) struct Known {
    db: Db,
    sealer: Sealer,
    host: String,
    repository: i64,
    scope: String,
    /// Digest and GitHub's time, by name.
    written: BTreeMap<String, (String, String)>,
}

impl Known {
    /// What is known of the repository's secrets in `scope`.
    pub(in crate::forge::github::setting) async fn of(at: &At<'_>, scope: Scope) -> Result<Self, Failure> {
        let shared = &at.github.shared;
        let known = Self {
            db: shared.db.clone(),
            sealer: shared.sealer.clone(),
            host: shared.host.to_ascii_lowercase(),
            repository: at.id().await?,
            scope: scope.key(),
            written: BTreeMap::new(),
        };
        known.read().await.map_err(|error| unknown(&error))
    }

    async fn read(mut self) -> Result<Self, DbError> {
        let rows = sqlx::query(
            "select name, digest, updated_at from written_secrets
             where host = $1 and repository = $2 and scope = $3",
        )
        .bind(&self.host)
        .bind(self.repository)
        .bind(&self.scope)
        .fetch_all(self.db.reader())
        .await?;
        for row in rows {
            self.written.insert(row.try_get("name")?, (row.try_get("digest")?, row.try_get("updated_at")?));
        }
        Ok(self)
    }

    /// Whether what was written last is `value`, and nobody has written since.
    pub(in crate::forge::github::setting) fn is(&self, name: &str, value: &Secret, updated_at: &str) -> bool {
        self.written
            .get(name)
            .is_some_and(|(digest, at)| at == updated_at && *digest == self.digest(name, value))
    }

    /// Remembers what was written.
    pub(in crate::forge::github::setting) async fn remember(
        &self,
        name: &str,
        value: &Secret,
        updated_at: &str,
    ) -> Result<(), Failure> {
        self.write(name, &self.digest(name, value), updated_at).await.map_err(|error| unknown(&error))
    }

    async fn write(&self, name: &str, digest: &str, updated_at: &str) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "insert into written_secrets (host, repository, scope, name, digest, updated_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (host, repository, scope, name)
             do update set digest = excluded.digest, updated_at = excluded.updated_at",
        )
        .bind(&self.host)
        .bind(self.repository)
        .bind(&self.scope)
        .bind(name)
        .bind(digest)
        .bind(updated_at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Bound to its place, so that a digest tells nothing of a secret of another place.
    fn digest(&self, name: &str, value: &Secret) -> String {
        let place = format!("{}/{}/{}/{name}", self.host, self.repository, self.scope);
        self.sealer.digest(&place, value.expose().as_bytes())
    }
}

/// The database is away: nobody knows, and a later look may.
fn unknown(error: &DbError) -> Failure {
    Failure::Unknown(format!("what was written before cannot be looked up: {error}"))
}
