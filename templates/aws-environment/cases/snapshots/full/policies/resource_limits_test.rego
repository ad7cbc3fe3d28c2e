package stagecraft.resource_limits_test

import data.stagecraft.resource_limits

pod(resources) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "resources": resources}]}}

test_all_of_it_is_taken if {
	count(resource_limits.deny) == 0 with input as pod({
		"requests": {"cpu": "100m", "memory": "128Mi"},
		"limits": {"memory": "128Mi"},
	})
}

test_what_is_missing_is_named if {
	found := resource_limits.deny with input as pod({"requests": {"cpu": 1, "memory": "1Gi"}})
	{one.msg | some one in found} == {"container `web` has no `resources.limits.memory`"}
}

test_nothing_is_refused if {
	count(resource_limits.deny) == 3 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}

test_other_objects_have_no_containers if count(resource_limits.deny) == 0 with input as {"kind": "Service"}
