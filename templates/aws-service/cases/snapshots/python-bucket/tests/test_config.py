"""What can be set, and what is refused."""

import pytest

from service import config

# What has to be set.
COMPLETE = {
    "BUCKET_NAME": "files",
}


def test_the_port_has_a_default_and_can_be_set() -> None:
    assert config.read(COMPLETE).port == config.DEFAULT_PORT
    assert config.read(COMPLETE | {"PORT": "4321"}).port == 4321


@pytest.mark.parametrize("wrong", ["", "http", "-1", "65536", "٨٠٨٠"])
def test_a_wrong_port_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(config.ConfigError, match="`PORT`"):
        config.read(COMPLETE | {"PORT": wrong})


def test_an_unknown_log_level_is_refused_by_name() -> None:
    with pytest.raises(config.ConfigError, match=r"`LOG_LEVEL`.*loud"):
        config.read(COMPLETE | {"LOG_LEVEL": "loud"})


@pytest.mark.parametrize("name", COMPLETE)
def test_what_is_missing_is_named(name: str) -> None:
    for missing in ({}, {name: ""}):
        rest = {known: value for known, value in COMPLETE.items() if known != name}
        with pytest.raises(config.ConfigError, match=f"`{name}`"):
            config.read(rest | missing)
