# The account of the images, as it was when this repository was made. Change it here from now on, and
# in `site.yaml` of the templates.

locals {
  region          = "eu-central-1"
  account         = "777788889999"
  state_bucket    = "acme-terraform-registry"
  techdocs_bucket = "acme-techdocs"
  # Accounts whose clusters pull images, and whose workflows take the platform's tools.
  pulled_from = ["111122223333", "444455556666"]

  github = {
    owner         = "acme"
    owner_id      = "7654321"
    platform      = "platform"
    platform_id   = "901234567"
    commit        = "2b7c1f0e9d8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
    commit_before = "2b7c1f0e9d8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
  }
}
