# METADATA
# title: Everything has an owner
# description: >-
#   When something breaks at night, somebody has to be called; when somebody changes a file, somebody has to look.
#   A placeholder is nobody.
# custom:
#   id: owners-known
#   for: [catalog, repository]
#   mend: name the team in `spec.owner` as `group:default/<team>`, and in CODEOWNERS as `@<organisation>/<team>`
package stagecraft.owners_known

owned := {"Component", "API", "Resource", "System", "Domain"}

nobody := {
	"", "?", "changeme", "default", "dummy", "example", "fixme", "guest", "guests", "me", "nobody", "none", "owner",
	"placeholder", "tbd", "team", "todo", "unknown", "user", "your-team", "yourteam",
}

deny contains finding if {
	input.kind in owned
	owner := object.get(input, ["spec", "owner"], "")
	name(owner) in nobody
	finding := {
		"msg": sprintf("%s `%s` has no owner: `%s`", [input.kind, input.metadata.name, owner]),
		"path": ["spec", "owner"],
	}
}

# The catalog knows the owner without it; that somebody looks at every change, it does not see to.
warn contains finding if {
	is_repository
	count([file | some file in input; file.kind == "codeowners"]) == 0
	finding := {
		"msg": "there is no CODEOWNERS",
		"file": "catalog-info.yaml",
		"mend": "add `.github/CODEOWNERS` with a line `* @<organisation>/<team>`",
	}
}

deny contains finding if {
	is_repository
	some file in input
	file.kind == "codeowners"
	count([rule | some rule in file.contents; count(rule.owners) > 0]) == 0
	finding := {
		"msg": sprintf("`%s` names no owner", [file.path]),
		"file": file.path,
		"mend": "add a line `* @<organisation>/<team>`",
	}
}

# All files together are a repository where its catalog file is among them.
is_repository if {
	is_array(input)
	some file in input
	file.path == "catalog-info.yaml"
}

# The last part of a reference: `group:default/web` is `web`.
name(owner) := lower(trim_space(part)) if {
	parts := regex.split(`[:/]`, owner)
	part := parts[count(parts) - 1]
}
