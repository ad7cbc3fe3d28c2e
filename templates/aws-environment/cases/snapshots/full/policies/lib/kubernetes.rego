# The pods in an object of Kubernetes, whatever makes them.
package lib.kubernetes

templates := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}

# The specification of the pods, and the path to it.
pod := {"path": ["spec"], "spec": input.spec} if input.kind == "Pod"

pod := {"path": ["spec", "template", "spec"], "spec": input.spec.template.spec} if input.kind in templates

pod := {
	"path": ["spec", "jobTemplate", "spec", "template", "spec"],
	"spec": input.spec.jobTemplate.spec.template.spec,
} if {
	input.kind == "CronJob"
}

# Every container with its path and name.
containers contains found if {
	some field in ["containers", "initContainers", "ephemeralContainers"]
	some at, container in pod.spec[field]
	found := {
		"path": array.concat(pod.path, [field, at]),
		"name": object.get(container, "name", "?"),
		"container": container,
	}
}
