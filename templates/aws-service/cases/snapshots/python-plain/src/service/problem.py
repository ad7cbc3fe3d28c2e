"""What a handler answers when it cannot do what was asked: a status, and `{"error": "…"}`."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

LOG = logging.getLogger(__name__)


class Problem(Exception):
    """Why a request was not answered as it wished."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    @classmethod
    def invalid(cls, why: str) -> "Problem":
        """The request makes no sense; the text says why, and is shown to the caller."""
        return cls(400, why)

    @classmethod
    def not_found(cls) -> "Problem":
        """There is no such thing."""
        return cls(404, "there is no such thing")


async def answer(_request: Request, problem: Exception) -> JSONResponse:
    """The answer to a problem of this service, or of its framework."""
    if isinstance(problem, Problem):
        return JSONResponse({"error": str(problem)}, problem.status)
    if isinstance(problem, HTTPException):
        return JSONResponse({"error": problem.detail}, problem.status_code, problem.headers)
    raise problem


async def unavailable(_request: Request, cause: Exception) -> JSONResponse:
    """Something that this service needs did not answer; the cause goes to the log alone."""
    LOG.error("cannot answer", extra={"fields": {"error": f"{type(cause).__name__}: {cause}"}})
    return JSONResponse({"error": "try again later"}, 503)
