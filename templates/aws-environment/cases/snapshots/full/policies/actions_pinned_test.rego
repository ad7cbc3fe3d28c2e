package stagecraft.actions_pinned_test

import data.stagecraft.actions_pinned

steps(action) := {"jobs": {"build": {"steps": [{"run": "true"}, {"uses": action}]}}}

commit := "0123456789abcdef0123456789abcdef01234567"

test_a_tag_is_refused if {
	found := actions_pinned.deny with input as steps("actions/checkout@v5")
	count(found) == 1
	some one in found
	one.path == ["jobs", "build", "steps", 1, "uses"]
}

test_a_short_commit_is_refused if count(actions_pinned.deny) == 1 with input as steps("actions/checkout@0123456")

test_a_commit_is_taken if {
	count(actions_pinned.deny) == 0 with input as steps(sprintf("actions/checkout@%s", [commit]))
	count(actions_pinned.deny) == 0 with input as steps("./.github/actions/own")
}

test_reusable_workflows_are_looked_at if {
	count(actions_pinned.deny) == 1 with input as {"jobs": {"a": {"uses": "acme/platform/.github/workflows/x.yml@main"}}}
}

test_composite_actions_are_looked_at if {
	count(actions_pinned.deny) == 1 with input as {"runs": {"using": "composite", "steps": [{"uses": "a/b@v1"}]}}
}

test_images_need_a_digest if {
	count(actions_pinned.deny) == 1 with input as steps("docker://alpine:3")
	digest := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	count(actions_pinned.deny) == 0 with input as steps(sprintf("docker://alpine@sha256:%s", [digest]))
}
