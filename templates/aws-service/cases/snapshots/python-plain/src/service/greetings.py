"""An example to replace: `GET /greetings/{name}`."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from service.problem import Problem


async def greet(request: Request) -> JSONResponse:
    """Greets somebody."""
    name = request.path_params["name"]
    if len(name) > 100:
        raise Problem.invalid("a name has at most 100 characters")
    return JSONResponse({"message": f"Hello, {name}!"})


ROUTES = [Route("/greetings/{name}", greet)]
