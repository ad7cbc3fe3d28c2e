"""An example to replace: items, kept in the database."""

from datetime import UTC, datetime
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from service.problem import Problem


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it is answered: the time as RFC 3339 has it, to the second."""
    created_at: datetime = item["created_at"]
    return {**item, "created_at": created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


async def list_items(request: Request) -> JSONResponse:
    """The newest hundred."""
    rows = await request.app.state.database.rows(
        "select id, name, created_at from items order by id desc limit 100"
    )
    return JSONResponse([_shown(row) for row in rows])


async def add_item(request: Request) -> JSONResponse:
    """Adds an item."""
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise Problem.invalid("the body is no JSON") from error
    name = body.get("name") if isinstance(body, dict) else None
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or "\0" in name:
        raise Problem.invalid("`name` has 1 to 200 characters")
    [row] = await request.app.state.database.rows(
        "insert into items (name) values (%s) returning id, name, created_at", [name]
    )
    return JSONResponse(_shown(row), 201)


async def find_item(request: Request) -> JSONResponse:
    """One item."""
    text = request.path_params["id"]
    # What is no number is the id of nothing.
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Problem.not_found()
    rows = await request.app.state.database.rows(
        "select id, name, created_at from items where id = %s", [int(text)]
    )
    if not rows:
        raise Problem.not_found()
    return JSONResponse(_shown(rows[0]))


ROUTES = [
    Route("/items", list_items),
    Route("/items", add_item, methods=["POST"]),
    Route("/items/{id}", find_item),
]
