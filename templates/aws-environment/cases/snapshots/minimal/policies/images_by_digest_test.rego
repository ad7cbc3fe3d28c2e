package stagecraft.images_by_digest_test

import data.stagecraft.images_by_digest

digest := "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}

from(image) := {"Cmd": "from", "Value": [image]}

test_a_tag_is_refused if {
	found := images_by_digest.deny with input as pod("acme/web:1.2")
	count(found) == 1
	some one in found
	one.path == ["spec", "containers", 0, "image"]
}

test_a_digest_is_taken if count(images_by_digest.deny) == 0 with input as pod(sprintf("acme/web:1.2@%s", [digest]))

test_containers_of_all_kinds_are_looked_at if {
	spec := {"initContainers": [{"image": "a"}], "containers": [{"image": "b"}]}
	job := {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}}
	count(images_by_digest.deny) == 2 with input as job
}

test_a_base_by_tag_is_refused if count(images_by_digest.deny) == 1 with input as [from("rust:1")]

test_a_stage_and_scratch_are_no_images_of_others if {
	stages := [
		{"Cmd": "from", "Value": [sprintf("rust@%s", [digest]), "AS", "build"]},
		from("build"),
		from("scratch"),
	]
	count(images_by_digest.deny) == 0 with input as stages
}

test_an_argument_stands_for_its_default if {
	count(images_by_digest.deny) == 0 with input as [
		{"Cmd": "arg", "Value": [sprintf("BASE=rust@%s", [digest])]},
		from("${BASE}"),
	]
	count(images_by_digest.deny) == 1 with input as [{"Cmd": "arg", "Value": ["BASE=rust:1"]}, from("$BASE")]
}
