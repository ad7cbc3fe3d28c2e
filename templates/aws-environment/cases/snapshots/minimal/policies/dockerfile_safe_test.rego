package stagecraft.dockerfile_safe_test

import data.stagecraft.dockerfile_safe

from(stage, value) := {"Cmd": "from", "Stage": stage, "Value": value, "Flags": []}

add(flags) := {"Cmd": "add", "Stage": 0, "Value": ["https://example.com/a", "/a"], "Flags": flags}

user(stage, name) := {"Cmd": "user", "Stage": stage, "Value": [name], "Flags": []}

test_a_version_and_a_user_are_taken if {
	count(dockerfile_safe.deny) == 0 with input as [from(0, ["rust:1.90"]), user(0, "65532:65532")]
	count(dockerfile_safe.deny) == 0 with input as [from(0, ["localhost:5000/rust@sha256:0"]), user(0, "app")]
}

test_latest_is_refused if {
	every image in ["rust", "rust:latest", "localhost:5000/rust"] {
		count(dockerfile_safe.deny) == 1 with input as [from(0, [image]), user(0, "1")]
	}
}

test_root_is_refused if {
	count(dockerfile_safe.deny) == 1 with input as [from(0, ["a:1"])]
	count(dockerfile_safe.deny) == 1 with input as [from(0, ["a:1"]), user(0, "0:0")]
	count(dockerfile_safe.deny) == 1 with input as [from(0, ["a:1"]), user(0, "1"), user(0, "root")]
}

test_the_last_stage_counts if {
	count(dockerfile_safe.deny) == 0 with input as [from(0, ["a:1", "AS", "build"]), from(1, ["b:1"]), user(1, "1")]
	count(dockerfile_safe.deny) == 1 with input as [from(0, ["a:1", "AS", "build"]), user(0, "1"), from(1, ["b:1"])]
	count(dockerfile_safe.deny) == 0 with input as [from(0, ["a:1", "AS", "base"]), user(0, "1"), from(1, ["base"])]
}

test_what_is_added_from_elsewhere_is_warned_of if {
	count(dockerfile_safe.warn) == 1 with input as [from(0, ["a:1"]), add([])]
	count(dockerfile_safe.warn) == 0 with input as [from(0, ["a:1"]), add(["--checksum=sha256:0"])]
}
