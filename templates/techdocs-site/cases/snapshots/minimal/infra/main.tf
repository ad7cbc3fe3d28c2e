# The role that publishes this site. It may write the site's own pages in the bucket that Backstage reads, and
# nothing else; only the job `publish` of this repository, in the environment `techdocs`, can assume it.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # Bucket and key come from the workflow.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["777788889999"]

  default_tags {
    tags = {
      component  = "handbook"
      repository = "acme/handbook"
    }
  }
}

resource "aws_iam_role" "publish" {
  name                 = "handbook-techdocs-publish"
  path                 = "/services/"
  description          = "Publishes the pages of handbook."
  permissions_boundary = "arn:aws:iam::777788889999:policy/service-boundary"
  max_session_duration = 3600
  assume_role_policy   = file("${path.module}/policies/trust.json")
}

resource "aws_iam_role_policy" "pages" {
  name   = "pages"
  role   = aws_iam_role.publish.id
  policy = file("${path.module}/policies/pages.json")
}

output "role_arn" {
  description = "What the job `publish` assumes."
  value       = aws_iam_role.publish.arn
}
