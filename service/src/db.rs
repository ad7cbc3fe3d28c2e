//! One database layer for two engines: SQLite (the embedded default) and PostgreSQL.
//!
//! One SQL text serves both; what differs (locking clause, clock, write transactions, notification) stands
//! here alone. It holds connections, migrations and wake-ups; it knows no table of anybody.

/// Why the database could not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It cannot be reached, or is full; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// It was written by a newer version of Stagecraft.
    #[error("the database was written by a newer version of Stagecraft (schema {found}, this version knows {known}); run that version")]
    Newer {
        /// Version found.
        found: i64,
        /// Version known.
        known: i64,
    },
    /// Anything else.
    #[error("database: {0}")]
    Sql(sqlx::Error),
}

/// A database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {}

impl Db {
    /// Whether it answers: for readiness.
    pub async fn ping(&self) -> Result<(), DbError> {
        unimplemented!()
    }
}
