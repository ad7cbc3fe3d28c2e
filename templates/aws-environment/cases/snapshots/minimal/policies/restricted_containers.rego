# METADATA
# title: Containers have no more rights than they need
# description: >-
#   Whoever breaks into a container that runs as root, or that may become more, stands on the machine. This is what
#   Kubernetes calls the restricted profile.
# custom:
#   id: restricted-containers
#   for: [manifest]
#   mend: >-
#     set `runAsNonRoot: true`, `allowPrivilegeEscalation: false`, `capabilities.drop: [ALL]` and
#     `seccompProfile.type: RuntimeDefault` in the security context
package stagecraft.restricted_containers

import data.lib.kubernetes

deny contains finding if {
	some found in kubernetes.containers
	some fault in faults(context(found.container))
	finding := {"msg": sprintf("container `%s` %s", [found.name, fault]), "path": at(found)}
}

deny contains finding if {
	some found in kubernetes.containers
	not given(found.container, ["runAsNonRoot"], {true})
	finding := {"msg": sprintf("container `%s` may run as root", [found.name]), "path": at(found)}
}

deny contains finding if {
	some found in kubernetes.containers
	not given(found.container, ["seccompProfile", "type"], {"RuntimeDefault", "Localhost"})
	finding := {"msg": sprintf("container `%s` may make every call of the kernel", [found.name]), "path": at(found)}
}

warn contains finding if {
	some found in kubernetes.containers
	object.get(context(found.container), "readOnlyRootFilesystem", false) != true
	finding := {
		"msg": sprintf("container `%s` can change its own files", [found.name]),
		"path": at(found),
		"mend": "set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where it has to write",
	}
}

deny contains finding if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	kubernetes.pod.spec[field] == true
	finding := {
		"msg": sprintf("the pod shares the machine's own: `%s`", [field]),
		"path": array.concat(kubernetes.pod.path, [field]),
		"mend": "remove it",
	}
}

deny contains finding if {
	some number, volume in kubernetes.pod.spec.volumes
	volume.hostPath
	finding := {
		"msg": sprintf("the volume `%s` is a folder of the machine", [volume.name]),
		"path": array.concat(kubernetes.pod.path, ["volumes", number]),
		"mend": "use an `emptyDir` or a claim",
	}
}

context(container) := object.get(container, "securityContext", {})

faults(own) := {fault |
	wrong := {
		"is privileged": object.get(own, "privileged", false) == true,
		"may become more than it is": object.get(own, "allowPrivilegeEscalation", true) != false,
		"keeps rights of root": not_dropped(object.get(own, ["capabilities", "drop"], [])),
	}
	wrong[fault]
}

not_dropped(dropped) := count([one | some one in dropped; upper(one) == "ALL"]) == 0

# What the container says, and else what its pod says.
given(container, path, values) if object.get(context(container), path, null) in values

given(container, path, values) if {
	object.get(context(container), path, null) == null
	object.get(kubernetes.pod.spec, array.concat(["securityContext"], path), null) in values
}

at(found) := array.concat(found.path, ["securityContext"])
