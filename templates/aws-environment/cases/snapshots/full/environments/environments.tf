# The environments, as they were when this repository was made. Change them here from now on, and in
# `site.yaml` of the templates.

locals {
  region             = "eu-central-1"
  kubernetes_version = "1.34"

  github = {
    owner    = "acme"
    owner_id = "7654321"
    platform = "platform"
    # Number of this repository: what GitHub tells AWS of it, and no rename changes.
    platform_id = "901234567"
    # What services call the workflows of this repository by; the one before is trusted until all have moved.
    commit        = "2b7c1f0e9d8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
    commit_before = "2b7c1f0e9d8a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
  }

  environments = {
    dev = {
      account      = "111122223333"
      cluster      = "acme-dev"
      network      = "10.16.0.0/16"
      production   = false
      state_bucket = "acme-terraform-dev"
      zone         = "dev.acme.example"
      # Roles of people who administer the cluster, beside the platform's own.
      admin_role_arns = []
      nodes           = { types = ["t3.large", "t3a.large"], min = 2, max = 6 }
    }
    prod = {
      account      = "444455556666"
      cluster      = "acme-prod"
      network      = "10.17.0.0/16"
      production   = true
      state_bucket = "acme-terraform-prod"
      zone         = "acme.example"
      # Roles of people who administer the cluster, beside the platform's own.
      admin_role_arns = []
      nodes           = { types = ["m7i.large", "m7a.large"], min = 3, max = 12 }
    }
  }
}
