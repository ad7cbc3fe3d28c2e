# METADATA
# title: Databases are encrypted, private and backed up
# description: >-
#   What a service cannot lose lies there. Encryption cannot be switched on later, an address on the internet is found
#   within hours, and a backup that was never made cannot be restored.
# custom:
#   id: databases-protected
#   for: [terraform]
#   mend: >-
#     set `storage_encrypted = true`, `publicly_accessible = false` and `backup_retention_period` to seven days or more
package stagecraft.databases_protected

import data.lib.terraform

types := {"aws_db_instance", "aws_rds_cluster"}

databases contains found if {
	some type in types
	some found in terraform.resources(type)
	# One that is made of another's snapshot for reading takes over what that one has.
	not found.block.replicate_source_db
}

deny contains finding if {
	some database in databases
	not given(database.block, "storage_encrypted", {true, "true"})
	finding := {"msg": sprintf("the database `%s` is not encrypted", [database.name]), "path": at(database, "storage_encrypted")}
}

deny contains finding if {
	some database in databases
	object.get(database.block, "publicly_accessible", false) in {true, "true"}
	finding := {
		"msg": sprintf("the database `%s` has an address on the internet", [database.name]),
		"path": at(database, "publicly_accessible"),
	}
}

deny contains finding if {
	some database in databases
	not backed_up(database.block)
	finding := {
		"msg": sprintf("the database `%s` has no backups", [database.name]),
		"path": at(database, "backup_retention_period"),
	}
}

warn contains finding if {
	some database in databases
	not given(database.block, "deletion_protection", {true, "true"})
	finding := {
		"msg": sprintf("the database `%s` can be deleted by mistake", [database.name]),
		"path": at(database, "deletion_protection"),
		"mend": "set `deletion_protection = true`",
	}
}

deny contains finding if {
	some database in databases
	terraform_literal(object.get(database.block, "password", ""))
	finding := {
		"msg": sprintf("the password of the database `%s` stands in the file", [database.name]),
		"path": at(database, "password"),
		"mend": "set `manage_master_user_password = true` and remove `password`",
	}
}

given(block, key, _) if terraform.computed(block[key])

given(block, key, values) if block[key] in values

backed_up(block) if terraform.computed(block.backup_retention_period)

backed_up(block) if to_number(block.backup_retention_period) >= 1

terraform_literal(value) if {
	value != ""
	not terraform.computed(value)
}

at(found, key) := array.concat(found.path, [key])
