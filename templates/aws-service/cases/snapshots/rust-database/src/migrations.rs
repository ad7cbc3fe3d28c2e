//! Brings the database to what the service needs: the files of `migrations/`, in their order, each
//! once. Several replicas may do it at the same time; one does it, the others wait.

use anyhow::Context;
use tracing::info;

use crate::database::{Connector, Settings};

/// Every file of `migrations/`. One that was released is never changed; add another.
const MIGRATIONS: &[(&str, &str)] =
    &[("0001_items.sql", include_str!("../migrations/0001_items.sql"))];

/// A number that no other program that uses this database locks.
const LOCK: i64 = 7_305_814_219;

/// Applies what has not been applied.
pub async fn apply(settings: &Settings) -> anyhow::Result<()> {
    let mut client = Connector::new(settings)?.connect().await?;
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
    client
        .batch_execute(
            "create table if not exists schema_migrations (
                name text primary key,
                applied_at timestamptz not null default now()
            )",
        )
        .await?;
    for (name, statements) in MIGRATIONS {
        let transaction = client.transaction().await?;
        let done = transaction
            .query_opt("select 1 from schema_migrations where name = $1", &[name])
            .await?
            .is_some();
        if done {
            continue;
        }
        let failed = || format!("migration `{name}` failed, and was undone");
        transaction.batch_execute(statements).await.with_context(failed)?;
        transaction.execute("insert into schema_migrations (name) values ($1)", &[name]).await?;
        transaction.commit().await.with_context(failed)?;
        info!(name, "migrated");
    }
    // The lock ends with the connection.
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_file_is_listed_in_its_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();

        let listed: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, files);
    }
}
