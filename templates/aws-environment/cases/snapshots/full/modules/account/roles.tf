# Roles of the platform's own repository, by its number: what changes in a pull request is planned by
# one that reads, and applied from an environment by one that may do all but hand out rights.

resource "aws_iam_role" "platform_plan" {
  name               = "platform-plan"
  path               = "/platform/"
  description        = "Plans the platform's Terraform for pull requests"
  assume_role_policy = templatefile("${path.module}/policies/trust-platform-plan.json", local.facts)
}

resource "aws_iam_role_policy_attachment" "platform_plan" {
  role       = aws_iam_role.platform_plan.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_role_policy" "platform_plan" {
  name   = "state"
  role   = aws_iam_role.platform_plan.name
  policy = templatefile("${path.module}/policies/state-read.json", local.facts)
}

resource "aws_iam_role" "platform_apply" {
  name               = "platform-apply"
  path               = "/platform/"
  description        = "Applies the platform's Terraform from its main branch"
  assume_role_policy = templatefile("${path.module}/policies/trust-platform-apply.json", local.facts)
}

resource "aws_iam_role_policy_attachment" "platform_apply" {
  role = aws_iam_role.platform_apply.name
  # policy:allow no-wildcard-iam it makes the account's network, cluster and keys, and can give nobody a right outside of /platform/
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_role_policy" "platform_apply" {
  name   = "roles"
  role   = aws_iam_role.platform_apply.name
  policy = templatefile("${path.module}/policies/platform-roles.json", local.facts)
}

# Roles for the Terraform of services. They are the same for all of them: what they trust is not a
# repository but the platform's workflows, at the commits that services call them by.

resource "aws_iam_role" "infra_plan" {
  name               = "platform-infra-plan"
  description        = "Plans the Terraform of a service for pull requests"
  assume_role_policy = templatefile("${path.module}/policies/trust-infra-plan.json", local.facts)
}

resource "aws_iam_role_policy_attachment" "infra_plan" {
  role       = aws_iam_role.infra_plan.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_role_policy" "infra_plan" {
  name   = "state"
  role   = aws_iam_role.infra_plan.name
  policy = templatefile("${path.module}/policies/infra-plan.json", local.facts)
}

resource "aws_iam_role" "infra_apply" {
  name               = "platform-infra-apply"
  description        = "Applies the Terraform of a service from its main branch"
  assume_role_policy = templatefile("${path.module}/policies/trust-infra-apply.json", local.facts)
}

resource "aws_iam_role_policy" "infra_apply" {
  name   = "services"
  role   = aws_iam_role.infra_apply.name
  policy = templatefile("${path.module}/policies/infra-apply.json", local.facts)
}

# The most that a role of a service can ever do, whatever its own policies say.
resource "aws_iam_policy" "service_boundary" {
  name        = "service-boundary"
  description = "Permissions boundary of every role that a service makes"
  policy      = templatefile("${path.module}/policies/service-boundary.json", local.facts)
}

# What the modules behind the platform's rules need, for the roles that deploy.
resource "aws_iam_policy" "service_resources" {
  name        = "service-resources"
  description = "Makes what the platform's rules give a service: databases, buckets, caches"
  policy      = templatefile("${path.module}/policies/service-resources.json", local.facts)
}
