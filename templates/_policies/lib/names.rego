# Names behind which something secret stands.
package lib.names

secret(name) if {
	regex.match(`password|passwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential`, lower(name))
	not counted(lower(name))
	not regex.match(`[_-](file|path|dir|name|arn|id|url|uri|endpoint|ttl|seconds|length|version|type|enabled|key[_-]?id)$`, lower(name))
}

# Tokens that are no secrets: those of the metadata of a machine, and those that a model counts.
counted(name) if regex.match(`^(http|max)_.*tokens$|^http_tokens$`, name)

# Whether a value is the secret itself, and not a word for where it is.
plain(value) if {
	is_string(value)
	value != ""
	not lower(value) in {"true", "false", "null", "none"}
	not regex.match(`[$][{(]|[{][{]`, value)
	not regex.match(`^([$]|/|arn:|file:|vault:|secretsmanager:)`, value)
}
