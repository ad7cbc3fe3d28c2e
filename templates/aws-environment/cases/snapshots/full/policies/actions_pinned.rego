# METADATA
# title: Actions are pinned to full commit ids
# description: >-
#   A tag or branch of somebody else's repository can be moved, and what it then names runs with the secrets of this one.
# custom:
#   id: actions-pinned
#   for: [workflow, action]
#   mend: name the commit, with the version behind it, as in `actions/checkout@<40 digits> # v5.0.0`
package stagecraft.actions_pinned

used contains found if {
	some name, job in input.jobs
	found := {"action": job.uses, "path": ["jobs", name, "uses"]}
}

used contains found if {
	some name, job in input.jobs
	some at, step in job.steps
	found := {"action": step.uses, "path": ["jobs", name, "steps", at, "uses"]}
}

used contains found if {
	some at, step in input.runs.steps
	found := {"action": step.uses, "path": ["runs", "steps", at, "uses"]}
}

deny contains finding if {
	some found in used
	not pinned(found.action)
	finding := {"msg": sprintf("`%s` is not pinned to a full commit id", [found.action]), "path": found.path}
}

pinned(action) if startswith(action, "./")

pinned(action) if regex.match(`@[0-9a-f]{40}$`, action)

pinned(action) if regex.match(`^docker://.+@sha256:[0-9a-f]{64}$`, action)
