#!/usr/bin/env python3
"""Checks that workflows call the platform's as those want to be called: inputs that they have, all
that they need, and the permissions that their jobs take. actionlint sees only what is in the same
repository.
"""

import sys
from pathlib import Path

import yaml

SHARED = Path(__file__).resolve().parent.parent / "_shared"
LEVELS = {"none": 0, "read": 1, "write": 2}


class Text(yaml.SafeLoader):
    """Takes `on` for a word, as GitHub does."""


Text.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> dict:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Text)


def faults(job: dict, called: dict) -> list[str]:
    """What is wrong with a job that calls a workflow."""
    wanted = called["on"]["workflow_call"]
    found = []
    for kind, given in (("inputs", job.get("with", {})), ("secrets", job.get("secrets", {}))):
        known = wanted.get(kind) or {}
        found += [f"it has no `{name}` among its {kind}" for name in given if name not in known]
        needed = [name for name, about in known.items() if about.get("required") in (True, "true")]
        found += [f"it needs `{name}` among its {kind}" for name in needed if name not in given]
    granted = job.get("permissions") or {}
    for inner in called["jobs"].values():
        for scope, level in (inner.get("permissions") or {}).items():
            if LEVELS[granted.get(scope, "none")] < LEVELS[level]:
                found.append(f"it needs the permission `{scope}: {level}`")
    return sorted(set(found))


def main() -> None:
    github = yaml.safe_load((SHARED / "site.yaml").read_text(encoding="utf-8"))["github"]
    prefix = f"{github['owner']}/{github['platform']}/.github/workflows/"
    calls, found = 0, []
    for path in sorted(Path(sys.argv[1]).glob(".github/workflows/*.y*ml")):
        for name, job in read(path)["jobs"].items():
            uses = job.get("uses", "")
            if not uses.startswith(prefix):
                continue
            calls += 1
            file = SHARED / "workflows" / uses.removeprefix(prefix).partition("@")[0]
            wrong = faults(job, read(file)) if file.exists() else ["the platform has no such workflow"]
            found += [f"{path}: job `{name}` calls `{uses}`: {one}" for one in wrong]
    if found:
        sys.exit("\n".join(found))
    print(f"{calls} calls of the platform's workflows")


if __name__ == "__main__":
    main()
