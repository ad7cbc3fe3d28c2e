package stagecraft.no_plain_secrets_test

import data.stagecraft.no_plain_secrets

pod(variable) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "env": [variable]}]}}

resource(value) := {"resource": {"aws_db_instance": {"a": {"password": value}}}}

env(value) := {"jobs": {"a": {"steps": [{"run": "x", "env": {"NPM_TOKEN": value}}]}}}

score(value) := {"containers": {"web": {"variables": {"API_KEY": value}}}}

test_a_password_of_a_container_is_refused if {
	count(no_plain_secrets.deny) == 1 with input as pod({"name": "DATABASE_PASSWORD", "value": "letmein"})
}

test_where_a_secret_is_may_be_said if {
	every variable in [
		{"name": "DATABASE_PASSWORD_FILE", "value": "/run/secrets/password"},
		{"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}},
		{"name": "TOKEN_TTL", "value": "60"},
		{"name": "API_KEY", "value": "$(FROM_ELSEWHERE)"},
	] {
		count(no_plain_secrets.deny) == 0 with input as pod(variable)
	}
}

test_a_secret_with_contents_is_refused if {
	count(no_plain_secrets.deny) == 1 with input as {"kind": "Secret", "data": {"a": "YQ=="}}
	count(no_plain_secrets.deny) == 0 with input as {"kind": "Secret", "metadata": {"name": "a"}}
}

test_terraform_is_read if {
	count(no_plain_secrets.deny) == 1 with input as resource("letmein")
	count(no_plain_secrets.deny) == 0 with input as resource("${var.password}")
	count(no_plain_secrets.deny) == 1 with input as {"variable": {"api_token": {"default": "abc"}}}
	count(no_plain_secrets.deny) == 1 with input as {"db_password": "letmein"}
}

test_variables_without_a_default_are_passed_over if {
	two := {"a_token": {"type": "string"}, "b_token": {"default": "abc"}}
	count(no_plain_secrets.deny) == 1 with input as {"variable": two}
}

test_tokens_that_are_no_secrets_are_taken if {
	options := {"resource": {"aws_launch_template": {"a": {"metadata_options": {"http_tokens": "required"}}}}}
	count(no_plain_secrets.deny) == 0 with input as options
}

test_workflows_are_read if {
	count(no_plain_secrets.deny) == 1 with input as env("abc")
	count(no_plain_secrets.deny) == 0 with input as env("${{ secrets.NPM_TOKEN }}")
}

test_score_is_read if {
	count(no_plain_secrets.deny) == 1 with input as score("abc")
	count(no_plain_secrets.deny) == 0 with input as score("${resources.key.value}")
}

test_dockerfiles_are_read if {
	count(no_plain_secrets.deny) == 1 with input as [{"Cmd": "env", "Value": ["TOKEN", "abc", "=", "A", "b", "="]}]
	count(no_plain_secrets.deny) == 1 with input as [{"Cmd": "arg", "Value": ["PASSWORD=abc"]}]
	count(no_plain_secrets.deny) == 0 with input as [{"Cmd": "arg", "Value": ["PASSWORD"]}]
}

test_what_looks_like_a_token_is_refused_anywhere if {
	count(no_plain_secrets.deny) == 1 with input as {"kind": "A", "spec": {"text": "key AKIAIOSFODNN7EXAMPLE here"}}
}
