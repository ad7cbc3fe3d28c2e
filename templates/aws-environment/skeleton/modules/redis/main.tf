# Valkey on ElastiCache, which speaks Redis: reached by the cluster's pods alone, encrypted on the way
# and where it lies, with a password in Secrets Manager.

data "aws_eks_cluster" "this" {
  name = var.cluster
}

locals {
  type    = { small = "cache.t4g.small", medium = "cache.m7g.large" }[var.size]
  network = data.aws_eks_cluster.this.vpc_config[0]
}

resource "random_password" "this" {
  length  = 48
  special = false
}

resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV_AWS_149: the key is AWS's own for Secrets Manager, which AWS changes
  # checkov:skip=CKV2_AWS_57: both sides have to change at once; a new password is a new deployment
  name                    = "cache/${var.name}"
  description             = "Password of the cache ${var.name}"
  recovery_window_in_days = var.production ? 7 : 0
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = jsonencode({ password = random_password.this.result })
}

resource "aws_security_group" "this" {
  name        = "${var.name}-cache"
  description = "Who may connect to the cache ${var.name}"
  vpc_id      = local.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-cache" })
}

resource "aws_vpc_security_group_ingress_rule" "pods" {
  security_group_id            = aws_security_group.this.id
  description                  = "Pods of the cluster"
  referenced_security_group_id = local.network.cluster_security_group_id
  from_port                    = 6379
  to_port                      = 6379
  ip_protocol                  = "tcp"
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_191: the key is AWS's own for ElastiCache, which AWS changes
  # checkov:skip=CKV2_AWS_50: two zones where the rule says so, which is everywhere but in development
  replication_group_id = var.name
  description          = "Cache ${var.name}"
  engine               = "valkey"
  engine_version       = "8.0"
  node_type            = local.type
  num_cache_clusters   = var.production ? 2 : 1

  automatic_failover_enabled = var.production
  multi_az_enabled           = var.production
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = random_password.this.result

  subnet_group_name          = var.cluster
  security_group_ids         = [aws_security_group.this.id]
  auto_minor_version_upgrade = true
  apply_immediately          = !var.production
  snapshot_retention_limit   = var.production ? 3 : 0

  tags = var.tags
}
