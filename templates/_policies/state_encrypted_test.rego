package stagecraft.state_encrypted_test

import data.stagecraft.state_encrypted

backend(type, block) := {"terraform": {"backend": {type: block}}}

test_encrypted_and_locked_is_taken if {
	count(state_encrypted.deny) == 0 with input as backend("s3", {"encrypt": true, "use_lockfile": true})
	count(state_encrypted.warn) == 0 with input as backend("s3", {"encrypt": true, "use_lockfile": true})
}

test_plain_state_is_refused if {
	count(state_encrypted.deny) == 1 with input as backend("s3", {"bucket": "a"})
	count(state_encrypted.deny) == 1 with input as backend("s3", {"encrypt": false})
	count(state_encrypted.deny) == 1 with input as backend("local", {})
}

test_what_the_command_line_says_is_warned_of if {
	count(state_encrypted.deny) == 0 with input as backend("s3", {"use_lockfile": true})
	count(state_encrypted.warn) == 1 with input as backend("s3", {"use_lockfile": true})
}

test_no_lock_is_warned_of if count(state_encrypted.warn) == 1 with input as backend("s3", {"encrypt": true})

test_several_blocks_are_looked_at if {
	count(state_encrypted.deny) == 1 with input as {"terraform": [{"required_version": "1"}, {"backend": {"s3": {"bucket": "a"}}}]}
}

test_a_module_has_no_state if count(state_encrypted.deny) == 0 with input as {"resource": {}}
