#!/usr/bin/env python3
"""Checks Terraform files without Terraform: that they can be read, and that modules which are in
the same folders are called with the variables they have, all that they need, and for outputs they
give.

`--modules <dir>`: where a source such as `../../platform/modules/rds` of a rendered root lies; its
part after `platform/` is looked up there.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import hcl2

LEFT_OUT = {"node_modules", ".venv", "target", ".git", ".terraform"}
OUTPUT = re.compile(r"\bmodule\.([A-Za-z0-9_-]+)(?:\[[^\]]*\])?\.([A-Za-z0-9_]+)")
# Arguments of a module block that are Terraform's own.
META = {"source", "version", "providers", "depends_on", "count", "for_each"}


def bare(text: str) -> str:
    return text.strip('"')


def entries(blocks):
    """Name and body of labelled blocks, whichever form they were read in."""
    blocks = blocks if isinstance(blocks, list) else [blocks]
    for block in blocks:
        for name, body in block.items():
            if not name.startswith("__"):
                yield bare(name), body[0] if isinstance(body, list) else body


class Folder:
    """What the Terraform files of one folder declare."""

    def __init__(self, folder: Path):
        self.path, self.faults = folder, []
        self.variables, self.outputs, self.calls, self.uses = {}, set(), {}, set()
        for file in sorted([*folder.glob("*.tf"), *folder.glob("*.tf.json")]):
            text = file.read_text(encoding="utf-8")
            try:
                read = json.loads(text) if file.suffix == ".json" else hcl2.loads(text)
            except Exception as error:  # The parser has no one error of its own.
                self.faults.append(f"{file}: {error}")
                continue
            self.uses |= set(OUTPUT.findall(text))
            for name, body in entries(read.get("variable", [])):
                self.variables[name] = "default" in body
            self.outputs |= {name for name, _ in entries(read.get("output", []))}
            self.calls |= dict(entries(read.get("module", [])))

    def check(self, modules: dict[Path, "Folder"], root: Path | None) -> None:
        for name, call in self.calls.items():
            source = bare(call["source"])
            if not source.startswith("."):
                continue
            inside = source.partition("platform/")[2]
            place = (root / inside if root and inside else self.path / source).resolve()
            module = modules.get(place) or (Folder(place) if place.is_dir() else None)
            where = f"{self.path}: module `{name}`"
            if module is None:
                self.faults.append(f"{where}: no folder `{source}`")
                continue
            given = {key for key in call if not key.startswith("__")} - META
            for extra in sorted(given - set(module.variables)):
                self.faults.append(f"{where}: `{source}` has no variable `{extra}`")
            needed = {key for key, default in module.variables.items() if not default}
            for missing in sorted(needed - given):
                self.faults.append(f"{where}: `{source}` needs the variable `{missing}`")
            wanted = {output for call_name, output in self.uses if call_name == name}
            for missing in sorted(wanted - module.outputs):
                self.faults.append(f"{where}: `{source}` has no output `{missing}`")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--modules", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()

    places = {path.parent.resolve() for ending in ("*.tf", "*.tf.json") for path in arguments.folder.rglob(ending)
              if not LEFT_OUT & set(path.relative_to(arguments.folder).parts)}
    folders = {place: Folder(place) for place in sorted(places)}
    for folder in folders.values():
        folder.check(folders, arguments.modules)
    faults = [fault for folder in folders.values() for fault in folder.faults]
    if faults or not folders:
        sys.exit("\n".join(faults) or f"no Terraform file below `{arguments.folder}`")
    print(f"{len(folders)} folders, {sum(len(folder.calls) for folder in folders.values())} calls of modules")


if __name__ == "__main__":
    main()
