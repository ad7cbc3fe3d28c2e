terraform {
  required_version = ">= 1.11"

  # Bucket and key come from the workflow.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [local.this.account]

  default_tags {
    tags = {
      environment = var.environment
      managed-by  = "terraform"
      repository  = "${local.github.owner}/${local.github.platform}"
    }
  }
}
