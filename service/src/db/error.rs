//! Database errors by what a caller can do about them.

use sqlx::error::DatabaseError;

/// Why the database could not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It cannot be reached, is full or is busy; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// It was written by a newer version of Stagecraft.
    #[error(
        "the database was written by a newer version of Stagecraft (schema {found}; this version knows {known}): \
         run that version, or use another data folder"
    )]
    Newer {
        /// Version found.
        found: i64,
        /// Version known.
        known: i64,
    },
    /// Anything else.
    #[error("database: {0}")]
    Sql(#[source] sqlx::Error),
}

impl DbError {
    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let transient = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(database) => is_transient_code(database.as_ref()),
            _ => false,
        };
        if transient { Self::Unavailable(error) } else { Self::Sql(error) }
    }
}

/// SQLite: busy 5, locked 6, I/O 10, full 13, cannot open 14 (extended codes keep them in the low byte).
/// PostgreSQL: classes 08 (connection), 40 (rolled back), 53 (resources, disk full), 57P (shutting down), 58
/// (system).
fn is_transient_code(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if code.len() == 5 && !code.starts_with('0') || code.starts_with("08") {
        return ["08", "40", "53", "57P", "58"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}
