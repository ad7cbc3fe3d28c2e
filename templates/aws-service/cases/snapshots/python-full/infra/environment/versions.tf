terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # The workflows say which bucket and which key.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
