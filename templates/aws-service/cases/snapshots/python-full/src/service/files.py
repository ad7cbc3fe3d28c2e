"""An example to replace: files, kept in the bucket.

The rights to the bucket come from the pod's identity; there is no key to keep.
"""

import re
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.problem import Problem

# The largest file.
LIMIT = 1024 * 1024
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Files:
    """Where the files are."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def in_bucket(cls, bucket: str, endpoint: str | None) -> Self:
        """Files in a bucket of S3, or of a stand-in that answers at `endpoint`."""
        way = Config(s3={"addressing_style": "path"}) if endpoint else None
        return cls(boto3.client("s3", endpoint_url=endpoint, config=way), bucket)

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if there is none of that name."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        content: bytes = found["Body"].read()
        return content

    def write(self, name: str, content: bytes) -> None:
        """Keeps a file; one of that name is replaced."""
        self._client.put_object(Bucket=self._bucket, Key=name, Body=content)


def _name(request: Request) -> str:
    """Letters, digits, `.`, `_` and `-`, of which the first is a letter or digit; at most 100."""
    name: str = request.path_params["name"]
    if NAME.fullmatch(name) is None:
        raise Problem.invalid("a name has letters, digits, `.`, `_` and `-`")
    return name


async def read_file(request: Request) -> Response:
    """The content of a file."""
    content = await run_in_threadpool(request.app.state.files.read, _name(request))
    if content is None:
        raise Problem.not_found()
    return Response(content, media_type="application/octet-stream")


async def write_file(request: Request) -> Response:
    """Keeps a file."""
    name = _name(request)
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LIMIT:
            raise Problem(413, "a file has at most 1 MiB")
    await run_in_threadpool(request.app.state.files.write, name, bytes(content))
    return Response(status_code=204)


ROUTES = [
    Route("/files/{name}", read_file),
    Route("/files/{name}", write_file, methods=["PUT"]),
]
