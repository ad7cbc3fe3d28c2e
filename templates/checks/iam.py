#!/usr/bin/env python3
"""Checks IAM documents with parliament: actions and conditions that exist, resources that fit them.

The files may be Terraform templates: `${name}` gets a stand-in. Who may assume a role is written
like a policy without resources; parliament wants some, so it is given some. It knows nothing of
what GitHub's tokens say, so that is checked here.

What is allowed all the same stands in `allowed.yaml` beside the documents, with the reason:
document, `Sid` of the statement, name of the finding.
"""

import json
import re
import sys
from pathlib import Path

import yaml
from parliament import analyze_policy_string, enhance_finding

# The first whose name is a part of the variable's.
STAND_INS = {
    "key_arn": "arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c",
    "group_arn": "arn:aws:logs:eu-central-1:111122223333:log-group:example",
    "arn": "arn:aws:iam::111122223333:role/example",
    "account": "111122223333",
    "region": "eu-central-1",
    "partition": "aws",
}
GITHUB = "token.actions.githubusercontent.com:"
# What a condition can ask of a token of GitHub's.
CLAIMS = {
    "actor", "actor_id", "aud", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
    "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "sub", "workflow",
}
READS = re.compile(r"^[a-z0-9-]+:(Get|List|Describe|BatchGet|BatchCheck)")


def filled(text: str) -> str:
    """The document with stand-ins for what Terraform puts in."""

    def stand_in(match: re.Match) -> str:
        words = [word for word in STAND_INS if word in match[1].lower()]
        return STAND_INS[words[0]] if words else "example"

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


def passed(finding, statement: dict, path: Path) -> bool:
    """What parliament says that is no fault here."""
    grants = "Principal" not in statement and statement["Effect"] == "Allow" and "boundary" not in path.name
    if finding.issue == "UNKNOWN_FEDERATION_SOURCE":
        return True
    if finding.issue == "RESOURCE_STAR":
        # Who is trusted has no resource, a boundary only takes away, and to see all is no harm.
        return not grants or all(READS.match(action) for action in finding.detail)
    return False


def findings(path: Path) -> list[str]:
    document = json.loads(filled(path.read_text(encoding="utf-8")))
    if "Statement" not in document:
        return [f"{path}: no IAM document: it has no `Statement`"]
    beside = path.parent / "allowed.yaml"
    allowed = yaml.safe_load(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    found = []
    for statement in document["Statement"]:
        sid = statement.get("Sid", "")
        reasons = allowed.get(path.name, {}).get(sid, {})
        found += [f"{path}: `{sid}`: {wrong}" for wrong in of_github(statement)]
        if "Principal" in statement:
            statement.setdefault("Resource", "*")
        alone = json.dumps({"Version": document["Version"], "Statement": [statement]})
        for finding in map(enhance_finding, analyze_policy_string(alone).findings):
            if not reasons.get(finding.issue) and not passed(finding, statement, path):
                what = f"{finding.issue}: {finding.title} {finding.detail}"
                found.append(f"{path}: `{sid}`: {what[:400]}")
    return found


def main() -> None:
    found = [line for name in sys.argv[1:] for line in findings(Path(name))]
    if found:
        sys.exit("\n".join(found))
    print(f"{len(sys.argv) - 1} documents")


if __name__ == "__main__":
    main()
