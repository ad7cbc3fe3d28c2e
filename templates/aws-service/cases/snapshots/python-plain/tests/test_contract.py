"""What `openapi.json` promises is what the routes do: each operation is asked with its example, and
has to answer with a status and a body that stand there.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
from starlette.testclient import TestClient

from service import app

DOCUMENT = json.loads((Path(__file__).parents[1] / "openapi.json").read_text(encoding="utf-8"))


def resolve(value: Any) -> Any:
    """What `$ref` names, or the value itself."""
    if "$ref" not in value:
        return value
    at = DOCUMENT
    for step in value["$ref"].removeprefix("#/").split("/"):
        at = at[step]
    return at


def request(path: str, method: str, operation: Any) -> dict[str, Any]:
    for parameter in map(resolve, operation.get("parameters", [])):
        path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    asked: dict[str, Any] = {"method": method, "url": path}
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        example = content["example"]
        asked["headers"] = {"content-type": kind}
        asked["content"] = example if isinstance(example, str) else json.dumps(example)
    return asked


def test_every_operation_answers_as_described() -> None:
    routes = app.build()
    operations = 0

    with TestClient(routes) as client:
        for path, methods in DOCUMENT["paths"].items():
            for method, operation in methods.items():
                answer = client.request(**request(path, method, operation))

                place = f"{method} {path}: {answer.status_code} {answer.text}"
                described = operation["responses"].get(str(answer.status_code))
                assert described is not None, f"{place} is not described"
                for kind, content in resolve(described).get("content", {}).items():
                    assert answer.headers["content-type"].startswith(kind), place
                    if kind == "application/json":
                        schema = {**content["schema"], "components": DOCUMENT["components"]}
                        jsonschema.validate(answer.json(), schema)
                operations += 1

    assert operations > 3
