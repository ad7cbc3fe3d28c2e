terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-state"
    key          = "web/prod"
    region       = "eu-central-1"
  }
}
