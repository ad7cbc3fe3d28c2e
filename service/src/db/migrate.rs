//! Migrations: numbered SQL texts, each applied once, in one transaction.

use sqlx::Row;

use super::{Db, DbError, Engine, WriteTx};

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_first.sql"),
    include_str!("../../migrations/0002_feed.sql"),
    include_str!("../../migrations/0003_task_keys.sql"),
    include_str!("../../migrations/0004_service_keys.sql"),
    include_str!("../../migrations/0005_written_secrets.sql"),
    include_str!("../../migrations/0006_github_limits.sql"),
    include_str!("../../migrations/0007_deliveries.sql"),
    include_str!("../../migrations/0008_repositories.sql"),
];

/// The schema version this program knows.
pub const KNOWN_VERSION: i64 = MIGRATIONS.len() as i64;

/// Any number; the same in every process that migrates.
const LOCK: &str = "select 1 from (select pg_advisory_xact_lock(7315283)) as locked";

pub(super) async fn run(db: &Db) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    if db.engine() == Engine::Postgres {
        sqlx::query(LOCK).execute(&mut *tx).await?;
    }
    sqlx::query("create table if not exists schema_version (version bigint not null)")
        .execute(&mut *tx)
        .await?;
    let found = current(&mut tx).await?;
    if found > KNOWN_VERSION {
        return Err(DbError::Newer { found, known: KNOWN_VERSION });
    }
    let pending = MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0));
    for (version, text) in (found + 1..).zip(pending) {
        let sql = sqlx::AssertSqlSafe(for_engine(text, db.engine()));
        sqlx::raw_sql(sql).execute(&mut *tx).await?;
        sqlx::query("insert into schema_version (version) values ($1)")
            .bind(version)
            .execute(&mut *tx)
            .await?;
        tracing::info!(schema.version = version, "database schema brought up to date");
    }
    tx.commit().await
}

async fn current(tx: &mut WriteTx) -> Result<i64, DbError> {
    let row = sqlx::query("select cast(coalesce(max(version), 0) as bigint) from schema_version")
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get(0)?)
}

fn for_engine(text: &str, engine: Engine) -> String {
    let (identity, bytes, random) = match engine {
        Engine::Sqlite => ("integer primary key autoincrement", "blob", "lower(hex(randomblob(16)))"),
        Engine::Postgres => (
            "bigint generated always as identity primary key",
            "bytea",
            "replace(cast(gen_random_uuid() as text), '-', '')",
        ),
    };
    text.replace("@identity", identity).replace("@bytes", bytes).replace("@random", random)
}
