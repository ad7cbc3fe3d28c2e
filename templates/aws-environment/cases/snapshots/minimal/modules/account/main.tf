# What every account of the platform has before anything else: a place for the state, GitHub as
# somebody to trust, and the roles that GitHub's workflows take.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  # What the documents in policies/ are filled with.
  facts = {
    account         = local.account
    region          = data.aws_region.this.region
    environment     = var.environment
    state_bucket    = var.state_bucket
    state_key_arn   = aws_kms_key.state.arn
    owner           = var.github.owner
    owner_id        = var.github.owner_id
    platform        = var.github.platform
    platform_id     = var.github.platform_id
    workflow_at     = "${var.github.owner}/${var.github.platform}/.github/workflows"
    workflow_commit = var.github.commit
    commit_before   = var.github.commit_before
  }
}

# GitHub's certificate is checked against AWS's own list of authorities.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
