# One environment of the platform, in an account of its own. Which one, `environment` says; the
# workflows infra-plan and infra-apply set it to the name they are called with.

variable "environment" {
  description = "Name of the environment, one of those in environments.tf."
  type        = string

  validation {
    condition     = contains(keys(local.environments), var.environment)
    error_message = "environments.tf has no such environment."
  }
}

locals {
  this = local.environments[var.environment]
}

module "account" {
  source = "../modules/account"

  environment  = var.environment
  state_bucket = local.this.state_bucket
  github       = local.github
}

module "network" {
  source = "../modules/network"

  name     = local.this.cluster
  cidr     = local.this.network
  gateways = local.this.production ? 3 : 1
}

module "dns" {
  source = "../modules/dns"

  zone = local.this.zone
}

module "cluster" {
  source = "../modules/cluster"

  name               = local.this.cluster
  kubernetes_version = local.kubernetes_version
  subnets            = module.network.private_subnets
  zone_id            = module.dns.zone_id
  logs_key_arn       = module.network.logs_key_arn
  admin_role_arns    = setunion([module.account.platform_apply_role_arn], local.this.admin_role_arns)
  nodes              = local.this.nodes
}

output "name_servers" {
  description = "What the zone above has to point to."
  value       = module.dns.name_servers
}

output "vpc_id" {
  description = "The network; `cluster/install.sh` gives it to the load balancer controller."
  value       = module.network.vpc_id
}

output "roles" {
  description = "What `site.yaml` of the templates says of this environment."
  value = {
    planRole            = module.account.plan_role_arn
    applyRole           = module.account.apply_role_arn
    permissionsBoundary = module.account.permissions_boundary_arn
  }
}
