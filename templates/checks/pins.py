#!/usr/bin/env python3
"""Checks that workflows use no action but those of `_shared/pins.yaml`, by the commit id there.

Reads the files that are given, and every YAML file, template of one and Markdown below the folders. Workflows of the same repository and of the platform's (`_shared/site.yaml`) are not
somebody else's; those of the platform have to be pinned by a full commit id too.
"""

import re
import sys
from pathlib import Path

import yaml

SHARED = Path(__file__).resolve().parent.parent / "_shared"
USES = re.compile(r"^\s*(?:-\s+)?uses:\s*(?P<name>[^\s@#]+)(?:@(?P<ref>\S+))?(?:\s+#\s*(?P<note>.*\S))?\s*$")
COMMIT = re.compile(r"^[0-9a-f]{40}$")
LEFT_OUT = {"node_modules", ".venv", ".venv-checkov", ".venv-docs", "target", ".git"}
ENDINGS = {".yml", ".yaml", ".hbs", ".md", ".njk"}


def files(folder: Path):
    if folder.is_file():
        yield folder
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS and path.is_file() and not LEFT_OUT & set(path.relative_to(folder).parts):
            yield path


def fault(line: str, pins: dict, platform: str) -> str | None:
    """What is wrong with a line that uses something."""
    match = USES.match(line)
    if match is None or match["name"].startswith("./"):
        return None
    name, ref, note = match["name"], match["ref"] or "", match["note"]
    if "{{" in line:
        # Rendered lines are checked in the rendered folder.
        return None
    if name.startswith(f"{platform}/"):
        return None if COMMIT.match(ref) else "the platform's workflows are pinned by a full commit id"
    pin = pins.get("/".join(name.split("/")[:2]))
    if pin is None:
        return "no such action in `_shared/pins.yaml`; add it there, or do without it"
    if ref != pin["commit"]:
        return f"`_shared/pins.yaml` has {pin['commit']} ({pin['version']})"
    if note != pin["version"]:
        return f"the comment has to say `{pin['version']}`, which that commit is"
    return None


def main() -> None:
    pins = yaml.safe_load((SHARED / "pins.yaml").read_text(encoding="utf-8"))["actions"]
    github = yaml.safe_load((SHARED / "site.yaml").read_text(encoding="utf-8"))["github"]
    platform = f"{github['owner']}/{github['platform']}"
    faults, uses = [], 0
    for folder in sys.argv[1:]:
        for path in files(Path(folder)):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                uses += USES.match(line) is not None
                if why := fault(line, pins, platform):
                    faults.append(f"{path}:{number}: {line.strip()}: {why}")
    for name, pin in pins.items():
        if not COMMIT.match(pin["commit"]):
            faults.append(f"_shared/pins.yaml: `{name}` is not pinned by a full commit id")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{uses} uses")


if __name__ == "__main__":
    main()
