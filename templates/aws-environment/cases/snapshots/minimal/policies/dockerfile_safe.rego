# METADATA
# title: Images are not built on `latest` and do not run as root
# description: >-
#   `latest` is another image every week. A program that runs as root in its container is one mistake away from the
#   machine.
# custom:
#   id: dockerfile-safe
#   for: [dockerfile]
#   mend: name the version of the base image, and end with `USER 65532` or another number
package stagecraft.dockerfile_safe

deny contains finding if {
	some at, instruction in input
	instruction.Cmd == "from"
	image := instruction.Value[0]
	latest(image)
	not stage(image)
	finding := {"msg": sprintf("the image is built on the newest `%s`, whatever that is", [image]), "path": [at]}
}

deny contains finding if {
	count(users) == 0
	not user_of_base
	some at, instruction in input
	instruction.Cmd == "from"
	instruction.Stage == last_stage
	finding := {"msg": "the image does not say as whom it runs, so it runs as root", "path": [at]}
}

deny contains finding if {
	count(users) > 0
	at := max(users)
	user := input[at].Value[0]
	root(user)
	finding := {"msg": sprintf("the image runs as `%s`", [user]), "path": [at]}
}

warn contains finding if {
	some at, instruction in input
	instruction.Cmd == "add"
	some source in instruction.Value
	regex.match(`^https?://`, source)
	not checked(instruction)
	finding := {
		"msg": sprintf("`%s` is added without a look at what came", [source]),
		"path": [at],
		"mend": "say what must come with `--checksum=sha256:…`",
	}
}

last_stage := max([instruction.Stage | some instruction in input])

# Where the last stage says as whom it runs.
users contains at if {
	some at, instruction in input
	instruction.Cmd == "user"
	instruction.Stage == last_stage
}

# A last stage on an earlier one runs as that one does.
user_of_base if {
	some instruction in input
	instruction.Cmd == "from"
	instruction.Stage == last_stage
	some earlier in input
	earlier.Cmd == "from"
	earlier.Stage < last_stage
	lower(earlier.Value[2]) == lower(instruction.Value[0])
	some user in input
	user.Cmd == "user"
	user.Stage == earlier.Stage
	not root(user.Value[0])
}

latest(image) if endswith(image, ":latest")

latest(image) if {
	image != "scratch"
	not contains(image, "@")
	not contains(image, "$")
	parts := split(image, "/")
	not contains(parts[count(parts) - 1], ":")
}

stage(image) if {
	some instruction in input
	instruction.Cmd == "from"
	lower(instruction.Value[2]) == lower(image)
}

root(user) if split(user, ":")[0] in {"root", "0"}

checked(instruction) if {
	some flag in instruction.Flags
	startswith(flag, "--checksum=")
}
