# The account that holds the images. Each service makes its own repository in it, from `infra/`; what
# is here holds for all of them.

module "account" {
  source = "../modules/account"

  environment  = "registry"
  state_bucket = local.state_bucket
  github       = local.github
}

# Every image is looked through when it comes, and again whenever something new is known.
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "ENHANCED"

  rule {
    scan_frequency = "CONTINUOUS_SCAN"

    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_kms_key" "images" {
  description             = "The platform's tools"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = templatefile("${path.module}/policies/images-key.json", { account = local.account })
}

resource "aws_ecr_repository" "tools" {
  name                 = "platform-tools"
  image_tag_mutability = "IMMUTABLE"

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_repository_policy" "tools" {
  repository = aws_ecr_repository.tools.name
  policy = templatefile("${path.module}/policies/tools-repository.json", {
    account_arns = join("\", \"", [for account in local.pulled_from : "arn:aws:iam::${account}:root"])
  })
}

output "roles" {
  description = "What `site.yaml` of the templates says of the registry."
  value = {
    planRole            = module.account.plan_role_arn
    applyRole           = module.account.apply_role_arn
    permissionsBoundary = module.account.permissions_boundary_arn
  }
}
