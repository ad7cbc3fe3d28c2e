"""The program as a platform meets it: configured by variables, JSON lines, stopped by SIGTERM."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import pytest

SRC = Path(__file__).parents[1] / "src"


class Service:
    """A running program, killed at the end of a test that failed half-way."""

    def __init__(self, *words: str, **variables: str) -> None:
        given = {"PORT": "0"}
        paths = os.pathsep.join(filter(None, [str(SRC), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service", *words],
            env=given | dict(os.environ) | {"PYTHONPATH": paths} | variables,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def next_log(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line: dict[str, Any] = json.loads(self.process.stdout.readline())
        return line

    def address(self) -> str:
        """Where it answers, once it listens."""
        listening = self.next_log()
        assert listening["message"] == "listening", listening
        return f"http://127.0.0.1:{listening['port']}"

    def stop(self) -> int:
        """Asks it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def status(url: str) -> int:
    return httpx2.get(url, timeout=30).status_code


def test_it_answers_until_it_is_told_to_stop() -> None:
    with Service() as service:
        address = service.address()

        assert status(f"{address}/healthz") == 200
        assert status(f"{address}/readyz") == 200
        assert status(f"{address}/?token=private") == 200
        answered = service.next_log()
        assert (answered["message"], answered["status"]) == ("answered", 200)
        assert answered["path"] == "/", "probes are not logged, nor is a query string"
        assert status(f"{address}/nothing-here") == 404

        assert service.stop() == 0
        with pytest.raises(httpx2.ConnectError):
            status(f"{address}/healthz")


def test_a_wrong_port_ends_it_with_a_reason() -> None:
    with Service(PORT="http") as service:
        assert "`PORT`" in service.next_log()["error"]
        assert service.process.wait(timeout=60) == 1


def test_an_unknown_command_ends_it_with_a_reason() -> None:
    with Service("dance") as service:
        assert "`dance`" in service.next_log()["error"]
        assert service.process.wait(timeout=60) == 1
