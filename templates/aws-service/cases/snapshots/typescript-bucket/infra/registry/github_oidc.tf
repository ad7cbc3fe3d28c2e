# One role for each purpose. A role trusts this repository by its numbers, in one situation, and one
# workflow of the platform at one commit.
locals {
  # As GitHub writes it for repositories made since July 2026: names with their numbers.
  subject  = "repo:${var.owner}@${var.owner_id}/${var.repository}@${var.repository_id}"
  workflow = "${var.platform}/.github/workflows"

  roles = {
    build = {
      subject  = "${local.subject}:ref:refs/heads/main"
      workflow = "service-release.yml"
      policy   = "push.json"
    }
  }
}

resource "aws_iam_role" "workflow" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}"
  path                 = "/services/"
  description          = "${each.value.workflow} of ${var.owner}/${var.repository}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy = templatefile("${path.module}/policies/trust.json", {
    account       = var.account
    subject       = each.value.subject
    repository_id = var.repository_id
    workflow      = "${local.workflow}/${each.value.workflow}@${var.platform_commit}"
  })
}

resource "aws_iam_role_policy" "workflow" {
  for_each = local.roles

  name = each.key
  role = aws_iam_role.workflow[each.key].id
  policy = templatefile("${path.module}/policies/${each.value.policy}", {
    region  = var.region
    account = var.account
    name    = var.name
    tools   = var.tools_repository
  })
}
