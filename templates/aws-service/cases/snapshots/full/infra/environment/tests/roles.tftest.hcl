# `terraform test -var-file=dev.tfvars` in this folder; no account is asked.
mock_provider "aws" {}

run "the_role_trusts_this_repository_in_this_environment" {
  command = plan

  assert {
    condition = (
      jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]
      == "repo:${var.owner}@${var.owner_id}/${var.repository}@${var.repository_id}:environment:${var.environment}"
    )
    error_message = "The role trusts another subject than this repository in this environment."
  }

  assert {
    condition     = !strcontains(aws_iam_role.deploy.assume_role_policy, "*")
    error_message = "The role trusts by a wildcard."
  }

  assert {
    condition     = aws_iam_role.deploy.permissions_boundary == var.permissions_boundary
    error_message = "The role lacks the permissions boundary."
  }
}

run "a_short_commit_is_refused" {
  command = plan

  variables {
    platform_commit = "main"
  }

  expect_failures = [var.platform_commit]
}
