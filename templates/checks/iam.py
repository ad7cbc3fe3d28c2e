#!/usr/bin/env python3
"""Checks IAM documents with parliament: actions and conditions that exist, resources that fit them.

The files may be Terraform templates: `${name}` gets a stand-in. Who may assume a role is written
like a policy without resources; parliament wants some, so it is given some. It knows nothing of
what GitHub's tokens say, so that is checked here.
"""

import json
import re
import sys
from pathlib import Path

from parliament import analyze_policy_string, enhance_finding

STAND_INS = {"account": "111122223333", "region": "eu-central-1", "partition": "aws"}
PASSED = {"UNKNOWN_FEDERATION_SOURCE"}
GITHUB = "token.actions.githubusercontent.com:"
# What a condition can ask of a token of GitHub's.
CLAIMS = {
    "actor", "actor_id", "aud", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
    "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "sub", "workflow",
}


def filled(text: str) -> str:
    """The document with stand-ins for what Terraform puts in."""

    def stand_in(match: re.Match) -> str:
        name = match[1].strip()
        if name.startswith("jsonencode("):
            return '["example"]'
        words = [word for word in STAND_INS if word in name.lower()]
        return STAND_INS[words[0]] if words else ("arn:aws:iam::111122223333:role/example" if "arn" in name else "example")

    return re.sub(r"(?<!\$)\$\{([^}]*)\}", stand_in, text).replace("$${", "${")


def of_github(statement: dict) -> list[str]:
    """Takes the conditions about GitHub's tokens out of a statement, and says what is wrong in them."""
    federated = GITHUB.rstrip(":") in json.dumps(statement.get("Principal", ""))
    asked, wrong = set(), []
    for operator, condition in list(statement.get("Condition", {}).items()):
        for key in [key for key in condition if key.startswith(GITHUB)]:
            claim, wanted = key.removeprefix(GITHUB), condition.pop(key)
            if claim not in CLAIMS:
                wrong.append(f"tokens of GitHub have no `{claim}`")
            elif operator not in ("StringEquals", "StringLike") or "*" == wanted:
                wrong.append(f"`{claim}` is asked by `{operator}` for `{wanted}`, which nearly everything fits")
            else:
                asked.add(claim)
        if not condition:
            del statement["Condition"][operator]
    if federated and "aud" not in asked:
        wrong.append("`aud` is not asked for")
    if federated and not asked & {"job_workflow_ref", "sub"}:
        wrong.append("neither `sub` nor `job_workflow_ref` is asked for, so anybody on GitHub can assume it")
    return wrong


def findings(path: Path) -> list[str]:
    document = json.loads(filled(path.read_text(encoding="utf-8")))
    if "Statement" not in document:
        return [f"{path}: no IAM document: it has no `Statement`"]
    trust = all("Principal" in statement for statement in document["Statement"])
    if trust and all("Resource" not in statement for statement in document["Statement"]):
        for statement in document["Statement"]:
            statement["Resource"] = "arn:aws:iam::111122223333:role/example"
    found = [f"{path}: {wrong}" for statement in document["Statement"] for wrong in of_github(statement)]
    for finding in map(enhance_finding, analyze_policy_string(json.dumps(document, indent=1)).findings):
        sids = [s.get("Sid", "") for s in document["Statement"]]
        if finding.issue in PASSED:
            continue
        found.append(f"{path}: {finding.severity} {finding.issue}: {finding.title}: {finding.detail} {finding.location} in {sids}")
    return found


def main() -> None:
    found = [line for name in sys.argv[1:] for line in findings(Path(name))]
    if found:
        sys.exit("\n".join(found))
    print(f"{len(sys.argv) - 1} documents")


if __name__ == "__main__":
    main()
