"""Files against a stand-in for S3."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from botocore.exceptions import ClientError

from service.files import Files

KEPT: dict[str, bytes] = {}


class Bucket(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        KEPT[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"")

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0]
        if path in KEPT:
            self._answer(200, KEPT[path])
        elif "secret" in path:
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    KEPT.clear()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Files.in_bucket("shelf", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def test_a_file_is_kept_in_the_bucket(files: Files) -> None:
    files.write("report.txt", b"a few bytes")

    assert list(KEPT) == ["/shelf/report.txt"]
    assert files.read("report.txt") == b"a few bytes"


def test_what_is_not_there_is_told_from_what_fails(files: Files) -> None:
    assert files.read("missing.txt") is None
    with pytest.raises(ClientError, match="AccessDenied"):
        files.read("secret.txt")
