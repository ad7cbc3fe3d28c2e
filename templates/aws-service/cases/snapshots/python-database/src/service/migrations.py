"""Brings the database to what the service needs: the files of `migrations/`, in their order, each
once. Several replicas may do it at the same time; one does it, the others wait.
"""

import logging
from pathlib import Path

import psycopg

from service.database import Settings

LOG = logging.getLogger(__name__)

# Beside `src/`. A file that was released is never changed; add another.
FOLDER = Path(__file__).parents[2] / "migrations"

# A number that no other program that uses this database locks.
LOCK = 7_305_814_219


class MigrationError(Exception):
    """A migration that failed; it was undone."""


def apply(settings: Settings) -> None:
    """Applies what has not been applied."""
    # The lock ends with the connection.
    with psycopg.connect(**settings.connection(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        connection.execute(
            """
            create table if not exists schema_migrations (
                name text primary key,
                applied_at timestamptz not null default now()
            )
            """
        )
        applied = {name for (name,) in connection.execute("select name from schema_migrations")}
        for file in sorted(FOLDER.glob("*.sql")):
            if file.name not in applied:
                _apply(connection, file)
                LOG.info("migrated", extra={"fields": {"name": file.name}})


def _apply(connection: psycopg.Connection, file: Path) -> None:
    try:
        with connection.transaction():
            connection.execute(file.read_bytes())
            connection.execute("insert into schema_migrations (name) values (%s)", [file.name])
    except psycopg.Error as error:
        raise MigrationError(f"migration `{file.name}` failed, and was undone: {error}") from error
