"""Connections to PostgreSQL.

The password is read from its file whenever a connection is opened, so that a rotated one is taken
without a restart. Connections that are open stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, Self

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

# Connections of one replica. RDS gives some 100 to its smallest instance.
CONNECTIONS = 8
# How long a request waits for a connection.
PATIENCE_SECONDS = 3


@dataclass(frozen=True)
class Settings:
    """Where the database is, and as whom to ask it."""

    host: str
    port: int
    name: str
    user: str
    password_file: str
    # Certificates of the authorities that sign the database's; without them nothing is encrypted.
    ca_file: str | None

    def connection(self) -> dict[str, Any]:
        """What a connection is opened with, with the password as it is now."""
        password = Path(self.password_file).read_text(encoding="utf-8").rstrip("\r\n")
        tls = {"sslmode": "disable"}
        if self.ca_file is not None:
            tls = {"sslmode": "verify-full", "sslrootcert": self.ca_file}
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.name,
            "user": self.user,
            "password": password,
            "application_name": "service",
            "connect_timeout": PATIENCE_SECONDS,
            **tls,
        }


class Database:
    """Connections that are used again. Nothing connects before somebody asks."""

    def __init__(self, settings: Settings) -> None:
        async def opened_with() -> dict[str, Any]:
            return {**settings.connection(), "row_factory": dict_row, "autocommit": True}

        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            kwargs=opened_with,
            connection_class=AsyncConnection[DictRow],
            min_size=0,
            max_size=CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            # The next request tries again.
            reconnect_timeout=0,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def rows(self, statement: LiteralString, values: Sequence[object] = ()) -> list[DictRow]:
        """The rows that a statement gives."""
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, values)).fetchall()
