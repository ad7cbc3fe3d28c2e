# METADATA
# title: Nobody may do everything, or something with everything
# description: >-
#   A role that may do `*`, or that may do it with every resource of the account, turns one stolen token into the
#   whole account.
# custom:
#   id: no-wildcard-iam
#   for: [terraform, iam]
#   mend: >-
#     name the actions, and the resources by their ARN; what AWS knows no resource for can stand in a statement of
#     its own
package stagecraft.no_wildcard_iam

import data.lib.terraform

# Actions that AWS knows no resource for: they are only granted with `*`.
without_resource := {
	"acm:requestcertificate",
	"cloudwatch:putmetricdata",
	"ecr:getauthorizationtoken",
	"kms:createkey",
	"kms:generaterandom",
	"route53:createhostedzone",
	"s3:listallmybuckets",
	"sns:unsubscribe",
	"sts:getcalleridentity",
	"sts:getservicebearertoken",
	"xray:puttelemetryrecords",
	"xray:puttracesegments",
}

# To see what there is does no harm; to read what is in it does.
looks := `^[a-z0-9-]+:(get|list|describe|batchget|batchcheck)`

contents := {
	"dynamodb:batchgetitem",
	"dynamodb:getitem",
	"dynamodb:getrecords",
	"kinesis:getrecords",
	"lambda:getfunction",
	"s3:getobject",
	"s3:getobjectversion",
	"secretsmanager:batchgetsecretvalue",
	"secretsmanager:getsecretvalue",
	"ssm:getparameter",
	"ssm:getparameters",
	"ssm:getparametersbypath",
}

deny contains finding if {
	some statement in statements
	some action in statement.actions
	everything(action)
	not everything_of_itself(statement, action)
	finding := {"msg": sprintf("the statement allows `%s`", [action]), "path": statement.path}
}

deny contains finding if {
	some statement in statements
	"*" in statement.resources
	not statement.resource_based
	some action in statement.actions
	not everything(action)
	not needs_no_resource(action)
	finding := {"msg": sprintf("the statement allows `%s` with every resource", [action]), "path": statement.path}
}

deny contains finding if {
	some statement in statements
	some field in statement.negated
	finding := {
		"msg": sprintf("the statement allows everything but what `%s` names", [field]),
		"path": statement.path,
	}
}

deny contains finding if {
	walk(input, [path, value])
	is_string(value)
	regex.match(`:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$`, value)
	finding := {"msg": sprintf("`%s` allows nearly everything", [value]), "path": path}
}

deny contains finding if {
	walk(input, [path, value])
	is_string(value)
	contains(value, "jsonencode(")
	regex.match(`"?(action|resource)"?\s*[=:]\s*(\[\s*)?"\*"`, lower(value))
	finding := {"msg": "the document in `jsonencode` names `*`", "path": path}
}

everything(action) if action == "*"

everything(action) if regex.match(`^[a-zA-Z0-9-]+:\*$`, action)

# What a key or a bucket says of itself is about that one alone.
everything_of_itself(statement, action) if {
	statement.resource_based
	action != "*"
}

needs_no_resource(action) if lower(action) in without_resource

needs_no_resource(action) if {
	regex.match(looks, lower(action))
	not reads_contents(action)
}

reads_contents(action) if {
	some known in contents
	glob.match(lower(action), [], known)
}

# A boundary takes away from what others grant, and grants nothing itself.
is_boundary if contains(data.conftest.file.name, "boundary")

# Statements that allow, as Terraform writes them.
statements contains statement if {
	some name, document in input.data.aws_iam_policy_document
	some found in terraform.blocks(document.statement)
	block := found.block
	object.get(block, "effect", "Allow") == "Allow"
	statement := {
		"actions": list(object.get(block, "actions", [])),
		"resources": list(object.get(block, "resources", [])),
		"negated": [field | some field in ["not_actions", "not_resources"]; block[field]],
		"resource_based": has(block, "principals"),
		"path": array.concat(["data", "aws_iam_policy_document", name, "statement"], found.path),
	}
}

# Statements that allow, in documents of their own and in texts of Terraform.
statements contains statement if {
	some document in documents
	some found in terraform.blocks(document.value.Statement)
	block := found.block
	block.Effect == "Allow"
	statement := {
		"actions": list(object.get(block, "Action", [])),
		"resources": list(object.get(block, "Resource", [])),
		"negated": [field | some field in ["NotAction", "NotResource"]; block[field]],
		"resource_based": has(block, "Principal"),
		"path": array.concat(document.path, found.path),
	}
}

documents contains {"path": ["Statement"], "value": input} if {
	input.Statement
	not is_boundary
}

documents contains {"path": path, "value": value} if {
	walk(input, [path, text])
	is_string(text)
	startswith(trim_space(text), "{")
	json.is_valid(text)
	value := json.unmarshal(text)
	value.Statement
}

list(value) := value if is_array(value)

list(value) := [value] if is_string(value)

has(block, key) if block[key]

else := false
