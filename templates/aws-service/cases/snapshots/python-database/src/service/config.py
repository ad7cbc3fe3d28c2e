"""The configuration: read once at the start, from environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.database import Settings

# The port when `PORT` is not set.
DEFAULT_PORT = 8080


class ConfigError(Exception):
    """A variable that makes no sense, or is missing."""


@dataclass(frozen=True)
class Config:
    """What can be set from outside."""

    port: int
    log_level: str
    database: Settings


def read(variables: Mapping[str, str]) -> Config:
    """Reads the configuration from variables by name, such as `os.environ`."""
    return Config(
        port=_port(variables, "PORT", DEFAULT_PORT),
        log_level=_log_level(variables),
        database=Settings(
            host=_text(variables, "DATABASE_HOST"),
            port=_port(variables, "DATABASE_PORT", 5432),
            name=_text(variables, "DATABASE_NAME"),
            user=_text(variables, "DATABASE_USER"),
            password_file=_text(variables, "DATABASE_PASSWORD_FILE"),
            ca_file=_ca_file(variables),
        ),
    )


def _text(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise ConfigError(f"`{name}` is not set; docs/index.md says what it means")
    return value


def _port(variables: Mapping[str, str], name: str, default: int) -> int:
    value = variables.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise ConfigError(f'`{name}` is "{value}"; set a port, or unset it for {default}')
    return int(value)


def _log_level(variables: Mapping[str, str]) -> str:
    value = variables.get("LOG_LEVEL", "info")
    levels = ("debug", "info", "warning", "error", "critical")
    if value not in levels:
        raise ConfigError(f'`LOG_LEVEL` is "{value}"; set one of {", ".join(levels)}')
    return value


def _ca_file(variables: Mapping[str, str]) -> str | None:
    mode = variables.get("DATABASE_SSLMODE", "verify-full")
    if mode == "disable":
        return None
    if mode != "verify-full":
        raise ConfigError(f'`DATABASE_SSLMODE` is "{mode}"; set `verify-full` or `disable`')
    return _text(variables, "DATABASE_CA_FILE")
