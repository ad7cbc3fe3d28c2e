# `terraform test` in this folder; no account is asked.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

run "roles_trust_this_repository_by_its_numbers" {
  command = plan

  assert {
    condition = alltrue([
      for role in aws_iam_role.workflow :
      startswith(
        jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"],
        "repo:${var.owner}@${var.owner_id}/${var.repository}@${var.repository_id}:",
      )
    ])
    error_message = "A role trusts another subject than this repository with its numbers."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.workflow : !strcontains(role.assume_role_policy, "*")])
    error_message = "A role trusts by a wildcard."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.workflow : role.permissions_boundary == var.permissions_boundary])
    error_message = "A role lacks the permissions boundary."
  }
}

run "tags_never_move" {
  command = plan

  assert {
    condition     = aws_ecr_repository.service.image_tag_mutability == "IMMUTABLE"
    error_message = "Tags of images can be moved."
  }
}

run "a_name_that_is_no_number_is_refused" {
  command = plan

  variables {
    repository_id = "order-api"
  }

  expect_failures = [var.repository_id]
}
