"""Asks the second engine. Standard input: {"modules": {name: text}, "questions": [{"package", "inputs"}]}.

Standard output: for each question the messages of `deny` and `warn` about all inputs."""

import base64
import json
import sys

from regopy import Interpreter


def main():
    asked = json.load(sys.stdin)
    engine = Interpreter()
    for name, text in asked["modules"].items():
        if not name.endswith("_test.rego"):
            engine.add_module(name, text)
    answers = []
    for question in asked["questions"]:
        said = []
        for value in question["inputs"]:
            engine.set_input(value)
            for rule in ("deny", "warn"):
                output = engine.query(
                    f"x := [m | f := {question['package']}.{rule}[_]; m := base64.encode(f.msg)]"
                )
                found = json.loads(str(output))
                if not output.ok() or "x" not in found.get("bindings", {}):
                    raise SystemExit(f"{question['package']}.{rule}: {output}")
                # In base64, because quotes come out of the engine as they are.
                said += [base64.b64decode(message).decode() for message in found["bindings"]["x"]]
        answers.append(said)
    json.dump(answers, sys.stdout)


main()
