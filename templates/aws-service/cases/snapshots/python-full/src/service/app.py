"""The routes. A handler takes a request and returns what it answers."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import files, items, problem
from service.database import Database
from service.files import Files

LOG = logging.getLogger(__name__)

# Probes come every few seconds and would drown the log.
QUIET = ("/healthz", "/readyz")


class RequestLog:
    """Logs each request with its status and latency."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            # The path alone: a query string can hold what does not belong in a log.
            fields = {"method": scope["method"], "path": scope["path"], "status": status}
            fields["latency_ms"] = round((time.perf_counter() - began) * 1000, 3)
            LOG.info("answered", extra={"fields": fields})


async def about(_request: Request) -> JSONResponse:
    """What runs here."""
    return JSONResponse({"name": "python-full-api", "version": "0.1.0"})


async def health(_request: Request) -> PlainTextResponse:
    """Healthy means that the process answers.

    It asks nothing else, so that the outage of a dependency does not make the platform restart
    every replica.
    """
    return PlainTextResponse("ok")


async def ready(request: Request) -> PlainTextResponse:
    """Ready means that the database answers, too: until then no request should come."""
    database: Database = request.app.state.database
    await database.rows("select 1")
    return PlainTextResponse("ok")


def build(database: Database, store: Files) -> Starlette:
    """Every route of the service; `openapi.json` describes them."""

    @asynccontextmanager
    async def connected(_app: Starlette) -> AsyncIterator[None]:
        async with database:
            yield

    app = Starlette(
        routes=[
            Route("/", about),
            *items.ROUTES,
            *files.ROUTES,
            Route("/healthz", health),
            Route("/readyz", ready),
        ],
        middleware=[Middleware(RequestLog)],
        exception_handlers={
            problem.Problem: problem.answer,
            HTTPException: problem.answer,
            psycopg.Error: problem.unavailable,
            BotoCoreError: problem.unavailable,
            ClientError: problem.unavailable,
        },
        lifespan=connected,
    )
    app.state.database = database
    app.state.files = store
    return app
