provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      service     = var.name
      repository  = "${var.owner}/${var.repository}"
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}
