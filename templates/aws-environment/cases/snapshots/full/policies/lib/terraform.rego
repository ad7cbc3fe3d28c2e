# Blocks of Terraform, and values that are only known later.
package lib.terraform

# A block that stands once is an object, one that stands several times a list: each with its path.
blocks(value) := found if {
	is_array(value)
	found := [one |
		block := value[at]
		one := {"path": [at], "block": block}
	]
}

blocks(value) := [{"path": [], "block": value}] if is_object(value)

# Every resource of a type: name, path, block.
resources(type) := [found |
	block := input.resource[type][name]
	found := {"name": name, "path": ["resource", type, name], "block": block}
]

# Whether a value is worked out when Terraform runs.
computed(value) if {
	is_string(value)
	contains(value, "${")
}
