package stagecraft.no_wildcard_iam_test

import data.stagecraft.no_wildcard_iam

document(statement) := {"Version": "2012-10-17", "Statement": [object.union({"Effect": "Allow"}, statement)]}

terraform(statement) := {"data": {"aws_iam_policy_document": {"this": {"statement": statement}}}}

test_every_action_is_refused if {
	count(no_wildcard_iam.deny) == 1 with input as document({"Action": "*", "Resource": "arn:aws:s3:::x"})
	count(no_wildcard_iam.deny) == 1 with input as document({"Action": ["s3:*"], "Resource": "arn:aws:s3:::x"})
}

test_every_resource_is_refused if {
	found := no_wildcard_iam.deny with input as document({"Action": "s3:GetObject", "Resource": "*"})
	count(found) == 1
	some one in found
	one.path == ["Statement", 0]
}

test_named_actions_and_resources_are_taken if {
	count(no_wildcard_iam.deny) == 0 with input as document({"Action": "s3:Get*", "Resource": "arn:aws:s3:::x/*"})
}

test_what_has_no_resource_may_name_all if {
	count(no_wildcard_iam.deny) == 0 with input as document({"Action": "ecr:GetAuthorizationToken", "Resource": "*"})
	count(no_wildcard_iam.deny) == 0 with input as document({"Action": ["ec2:DescribeVpcs"], "Resource": ["*"]})
}

test_to_see_all_is_taken_and_to_read_all_is_not if {
	count(no_wildcard_iam.deny) == 0 with input as document({"Action": ["iam:GetRole", "rds:Describe*"], "Resource": "*"})
	count(no_wildcard_iam.deny) == 1 with input as document({"Action": "s3:Get*", "Resource": "*"})
	count(no_wildcard_iam.deny) == 1 with input as document({"Action": "secretsmanager:GetSecretValue", "Resource": "*"})
}

test_a_boundary_grants_nothing if {
	count(no_wildcard_iam.deny) == 0 with input as document({"Action": "*", "Resource": "*"})
		with data.conftest.file.name as "boundary.json"
}

test_what_is_denied_may_name_all if {
	count(no_wildcard_iam.deny) == 0 with input as document({"Effect": "Deny", "Action": "*", "Resource": "*"})
}

test_a_policy_of_a_resource_may_mean_itself if {
	key := {"Action": "kms:Decrypt", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::1:role/x"}}
	count(no_wildcard_iam.deny) == 0 with input as document(key)
	account := {"Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::1:root"}}
	count(no_wildcard_iam.deny) == 0 with input as document(account)
}

test_all_but_some_is_refused if {
	count(no_wildcard_iam.deny) == 1 with input as document({"NotAction": "iam:*", "Resource": "arn:aws:s3:::x"})
}

test_terraform_is_read if {
	one := {"actions": ["s3:GetObject"], "resources": ["*"]}
	count(no_wildcard_iam.deny) == 1 with input as terraform(one)
	count(no_wildcard_iam.deny) == 2 with input as terraform([one, {"actions": ["*"], "resources": ["x"]}])
	count(no_wildcard_iam.deny) == 0 with input as terraform({"actions": ["s3:GetObject"], "resources": ["${x.arn}"]})
}

test_texts_of_terraform_are_read if {
	text := json.marshal(document({"Action": "*", "Resource": "x"}))
	count(no_wildcard_iam.deny) == 1 with input as {"resource": {"aws_iam_policy": {"a": {"policy": text}}}}
	encoded := "${jsonencode({ Statement = [{ Effect = \"Allow\", Action = [\"*\"], Resource = \"x\" }] })}"
	count(no_wildcard_iam.deny) == 1 with input as {"resource": {"aws_iam_policy": {"a": {"policy": encoded}}}}
}

test_administrators_are_refused if {
	attachment := {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
	count(no_wildcard_iam.deny) == 1 with input as {"resource": {"aws_iam_role_policy_attachment": {"a": attachment}}}
}
