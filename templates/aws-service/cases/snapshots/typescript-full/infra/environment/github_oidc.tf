# One role for each purpose. A role trusts this repository by its numbers, in one environment, and one
# workflow of the platform at one commit.
locals {
  # As GitHub writes it for repositories made since July 2026: names with their numbers.
  subject  = "repo:${var.owner}@${var.owner_id}/${var.repository}@${var.repository_id}"
  workflow = "${var.platform}/.github/workflows"
}

resource "aws_iam_role" "deploy" {
  name                 = "${var.name}-deploy"
  path                 = "/services/"
  description          = "Deploys ${var.owner}/${var.repository} to ${var.environment}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy = templatefile("${path.module}/policies/trust.json", {
    account       = var.account
    subject       = "${local.subject}:environment:${var.environment}"
    repository_id = var.repository_id
    workflow      = "${local.workflow}/service-deploy.yml@${var.platform_commit}"
  })
}

resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.id
  policy = templatefile("${path.module}/policies/deploy.json", {
    region           = var.region
    account          = var.account
    name             = var.name
    cluster          = var.cluster
    state_bucket     = var.state_bucket
    state            = "services/${var.repository_id}/${var.environment}/resources.tfstate"
    registry_account = var.registry_account
    tools            = var.tools_repository
  })
}

# What the platform's modules need to make what score.yaml asks for.
resource "aws_iam_role_policy_attachment" "resources" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::${var.account}:policy/service-resources"
}

# What the role may do in the cluster the platform says, by these groups: deploy, and this service alone.
resource "aws_eks_access_entry" "deploy" {
  cluster_name      = var.cluster
  principal_arn     = aws_iam_role.deploy.arn
  kubernetes_groups = ["service-deployers", "service:${var.name}"]
}
