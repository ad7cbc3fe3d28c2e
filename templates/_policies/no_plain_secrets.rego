# METADATA
# title: No secret stands in a file
# description: >-
#   What was committed once is in every copy of the repository for ever, and everybody who can read the code can use it.
# custom:
#   id: no-plain-secrets
#   for: [manifest, terraform, workflow, action, dockerfile, score]
#   mend: >-
#     take it out, change it where it is used, and let it be mounted or read from the secret store; one that was pushed
#     is known
package stagecraft.no_plain_secrets

import data.lib.kubernetes
import data.lib.names

tokens := {
	"a key of AWS": `\bAKIA[0-9A-Z]{16}\b`,
	"a token of GitHub": `\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})`,
	"a token of Slack": `\bxox[abprs]-[A-Za-z0-9-]{10}`,
	"a private key": `-----BEGIN [A-Z ]*PRIVATE KEY-----`,
}

deny contains finding if {
	walk(input, [path, value])
	is_string(value)
	some what, pattern in tokens
	regex.match(pattern, value)
	finding := {"msg": sprintf("%s stands in the file", [what]), "path": shown(path)}
}

deny contains finding if {
	some found in written
	names.secret(found.name)
	names.plain(found.value)
	finding := {"msg": sprintf("`%s` has its value in the file", [found.name]), "path": found.path}
}

deny contains finding if {
	input.kind == "Secret"
	some field in ["data", "stringData"]
	some key, value in input[field]
	not regex.match(`[$][{(]|[{][{]`, value)
	finding := {"msg": sprintf("the Secret has `%s` in the file", [key]), "path": [field, key]}
}

# Variables of containers.
written contains entry if {
	some found in kubernetes.containers
	some at, variable in found.container.env
	path := array.concat(found.path, ["env", at, "value"])
	entry := {"name": variable.name, "value": variable.value, "path": path}
}

written contains {"name": name, "value": value, "path": ["data", name]} if {
	input.kind == "ConfigMap"
	some name, value in input.data
}

# Variables of Score.
written contains {"name": name, "value": value, "path": ["containers", container, "variables", name]} if {
	some container, about in input.containers
	some name, value in about.variables
}

# Variables of workflows, wherever they are set.
written contains {"name": name, "value": value, "path": path} if {
	is_object(input)
	some top in ["jobs", "runs", "env"]
	walk(object.filter(input, [top]), [path, value])
	count(path) > 1
	path[count(path) - 2] == "env"
	name := path[count(path) - 1]
	is_string(name)
}

# Arguments of resources, and what variables are when nobody says otherwise.
written contains {"name": name, "value": value, "path": path} if {
	is_object(input)
	some top in ["resource", "data", "provider", "module", "locals"]
	walk(object.filter(input, [top]), [path, value])
	name := path[count(path) - 1]
	is_string(name)
}

written contains entry if {
	some name, variable in input.variable
	entry := {"name": name, "value": variable["default"], "path": ["variable", name, "default"]}
}

# What a `.tfvars` sets.
written contains {"name": name, "value": value, "path": [name]} if {
	is_object(input)
	not input.kind
	some name, value in input
	is_string(value)
}

# Variables and arguments of images.
written contains {"name": name, "value": value, "path": [at]} if {
	is_array(input)
	some at, instruction in input
	instruction.Cmd == "env"
	some number, name in instruction.Value
	number % 3 == 0
	value := instruction.Value[number + 1]
}

written contains {"name": name, "value": value, "path": [at]} if {
	is_array(input)
	some at, instruction in input
	instruction.Cmd == "arg"
	some argument in instruction.Value
	[name, value] := split(argument, "=")
}

# A Dockerfile knows the lines of its instructions, not of their parts.
shown(path) := [path[0]] if is_array(input)

shown(path) := path if not is_array(input)
