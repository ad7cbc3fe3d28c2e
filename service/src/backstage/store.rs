//! The SQL of the service's own keys.

use sqlx::Row;

use crate::db::{Db, DbError};

/// A key pair as it is stored.
#[derive(Clone, Debug)]
pub(super) struct StoredKey {
    /// Its name.
    pub(super) kid: String,
    /// The public half, a JSON Web Key.
    pub(super) public_key: String,
    /// The private half, sealed.
    pub(super) sealed: Vec<u8>,
    /// When it was made, milliseconds since 1970 UTC.
    pub(super) created_at: i64,
}

/// The key pairs that were made after this moment, the newest first.
pub(super) async fn keys_since(db: &Db, moment: i64) -> Result<Vec<StoredKey>, DbError> {
    let rows = sqlx::query(
        "select kid, public_key, sealed, created_at from service_keys where created_at > $1 \
         order by created_at desc, kid desc",
    )
    .bind(moment)
    .fetch_all(db.reader())
    .await?;
    let keys = rows.iter().map(|row| {
        Ok(StoredKey {
            kid: row.try_get(0)?,
            public_key: row.try_get(1)?,
            sealed: row.try_get(2)?,
            created_at: row.try_get(3)?,
        })
    });
    keys.collect::<Result<_, sqlx::Error>>().map_err(DbError::from)
}

/// Adds a key pair and removes those that were made before `oldest`.
pub(super) async fn add_key(db: &Db, key: &StoredKey, oldest: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from service_keys where created_at <= $1").bind(oldest).execute(&mut *tx).await?;
    sqlx::query("insert into service_keys (kid, public_key, sealed, created_at) values ($1, $2, $3, $4)")
        .bind(key.kid.as_str())
        .bind(key.public_key.as_str())
        .bind(key.sealed.as_slice())
        .bind(key.created_at)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
