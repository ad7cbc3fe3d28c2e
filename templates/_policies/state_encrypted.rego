# METADATA
# title: The state of Terraform is encrypted, locked and shared
# description: >-
#   The state holds what Terraform knows, passwords too. On one machine it is lost with it; without a lock two runs
#   write over each other.
# custom:
#   id: state-encrypted
#   for: [terraform]
#   mend: 'keep it in `backend "s3"` with `encrypt = true` and `use_lockfile = true`'
package stagecraft.state_encrypted

import data.lib.terraform

backends contains {"type": type, "block": block, "path": path} if {
	some found in terraform.blocks(input.terraform)
	some type, block in found.block.backend
	path := array.concat(array.concat(["terraform"], found.path), ["backend", type])
}

deny contains finding if {
	some backend in backends
	backend.type == "s3"
	backend.block.bucket
	object.get(backend.block, "encrypt", false) != true
	finding := {"msg": "the state is kept without `encrypt = true`", "path": backend.path}
}

deny contains finding if {
	some backend in backends
	backend.block.encrypt == false
	not backend.block.bucket
	finding := {"msg": "the state is kept with `encrypt = false`", "path": backend.path}
}

# What `terraform init` is told on the command line cannot be seen here.
warn contains finding if {
	some backend in backends
	backend.type == "s3"
	not backend.block.bucket
	object.get(backend.block, "encrypt", "") == ""
	finding := {"msg": "the file does not say that the state is encrypted", "path": backend.path, "mend": "set `encrypt = true`"}
}

deny contains finding if {
	some backend in backends
	backend.type == "local"
	finding := {"msg": "the state is kept on one machine, as plain text", "path": backend.path}
}

warn contains finding if {
	some backend in backends
	backend.type == "s3"
	object.get(backend.block, "use_lockfile", false) != true
	finding := {"msg": "two runs can write the state at once", "path": backend.path, "mend": "set `use_lockfile = true`"}
}
