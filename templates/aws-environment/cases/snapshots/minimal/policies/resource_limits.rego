# METADATA
# title: Containers say what they need
# description: >-
#   A container without a limit of memory takes that of its neighbours; one without requests is put where there is no
#   room for it.
# custom:
#   id: resource-limits
#   for: [manifest]
#   mend: set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory`
package stagecraft.resource_limits

import data.lib.kubernetes

needed := [["requests", "cpu"], ["requests", "memory"], ["limits", "memory"]]

deny contains finding if {
	some found in kubernetes.containers
	# Nobody can give resources to one that is put into a running pod.
	not "ephemeralContainers" in found.path
	some path in needed
	[part, what] := path
	object.get(object.get(found.container, "resources", {}), path, "") == ""
	finding := {
		"msg": sprintf("container `%s` has no `resources.%s.%s`", [found.name, part, what]),
		"path": array.concat(found.path, ["resources"]),
	}
}
