package stagecraft.restricted_containers_test

import data.stagecraft.restricted_containers

sound := {
	"runAsNonRoot": true,
	"allowPrivilegeEscalation": false,
	"readOnlyRootFilesystem": true,
	"capabilities": {"drop": ["ALL"]},
	"seccompProfile": {"type": "RuntimeDefault"},
}

container(context) := {"name": "web", "securityContext": context}

pod(context) := {"kind": "Pod", "spec": {"containers": [container(context)]}}

test_a_restricted_container_is_taken if {
	count(restricted_containers.deny) == 0 with input as pod(sound)
	count(restricted_containers.warn) == 0 with input as pod(sound)
}

test_nothing_said_is_refused if {
	count(restricted_containers.deny) == 4 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
	count(restricted_containers.warn) == 1 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}

test_each_fault_is_told if {
	every fault in [
		{"privileged": true},
		{"runAsNonRoot": false},
		{"allowPrivilegeEscalation": true},
		{"capabilities": {"drop": ["NET_RAW"]}},
		{"seccompProfile": {"type": "Unconfined"}},
	] {
		count(restricted_containers.deny) == 1 with input as pod(object.union(sound, fault))
	}
}

test_the_pod_may_say_it_for_its_containers if {
	own := object.remove(sound, ["runAsNonRoot", "seccompProfile"])
	spec := {
		"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
		"containers": [container(own)],
	}
	count(restricted_containers.deny) == 0 with input as {"kind": "Pod", "spec": spec}
}

test_the_machine_is_not_shared if {
	spec := {"hostNetwork": true, "volumes": [{"name": "a", "hostPath": {"path": "/"}}], "containers": [container(sound)]}
	count(restricted_containers.deny) == 2 with input as {"kind": "Pod", "spec": spec}
}
