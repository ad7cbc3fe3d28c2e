package stagecraft.databases_protected_test

import data.stagecraft.databases_protected

sound := {
	"storage_encrypted": true,
	"publicly_accessible": false,
	"backup_retention_period": 7,
	"deletion_protection": true,
}

database(block) := {"resource": {"aws_db_instance": {"main": block}}}

test_a_sound_database_is_taken if {
	count(databases_protected.deny) == 0 with input as database(sound)
	count(databases_protected.warn) == 0 with input as database(sound)
}

test_each_fault_is_told if {
	every fault in [
		{"storage_encrypted": false},
		{"publicly_accessible": true},
		{"backup_retention_period": 0},
		{"password": "letmein"},
	] {
		count(databases_protected.deny) == 1 with input as database(object.union(sound, fault))
	}
}

test_what_is_left_out_is_off if count(databases_protected.deny) == 2 with input as database({})

test_what_is_worked_out_later_is_taken if {
	later := {"storage_encrypted": "${var.encrypted}", "backup_retention_period": "${var.days}", "password": "${var.p}"}
	count(databases_protected.deny) == 0 with input as database(object.union(sound, later))
}

test_a_replica_has_what_its_source_has if {
	count(databases_protected.deny) == 0 with input as database({"replicate_source_db": "main"})
}

test_deletion_is_warned_of if {
	count(databases_protected.warn) == 1 with input as database(object.union(sound, {"deletion_protection": false}))
}

test_clusters_are_looked_at if {
	count(databases_protected.deny) == 2 with input as {"resource": {"aws_rds_cluster": {"a": {}, "b": sound}}}
}
