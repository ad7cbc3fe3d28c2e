# PostgreSQL on RDS: reached by the cluster's pods alone, encrypted, with a password that nobody
# chose: RDS makes it, keeps it in Secrets Manager and changes it every week.

data "aws_eks_cluster" "this" {
  name = var.cluster
}

data "aws_iam_role" "monitoring" {
  name = "${var.cluster}-rds-monitoring"
}

locals {
  class = {
    small  = "db.t4g.small"
    medium = "db.m8g.large"
    large  = "db.m8g.2xlarge"
  }[var.size]
  storage = { small = 20, medium = 100, large = 400 }[var.size]
  network = data.aws_eks_cluster.this.vpc_config[0]
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "Who may connect to the database ${var.name}"
  vpc_id      = local.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-database" })
}

resource "aws_vpc_security_group_ingress_rule" "pods" {
  security_group_id            = aws_security_group.this.id
  description                  = "Pods of the cluster"
  referenced_security_group_id = local.network.cluster_security_group_id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  description = "Parameters of ${var.name}"
  family      = "postgres${var.engine_version}"
  tags        = var.tags

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # Statements that change the schema, and those that take a second.
  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_354: the key that AWS keeps for the account encrypts the samples; they hold statements, no data
  # checkov:skip=CKV_AWS_157: two zones where the rule says so, which is everywhere but in development
  # checkov:skip=CKV_AWS_293: protected where the rule says so, which is everywhere but in development
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = local.class
  db_name        = "app"
  username       = "app"

  manage_master_user_password         = true
  iam_database_authentication_enabled = true

  allocated_storage     = local.storage
  max_allocated_storage = local.storage * 5
  storage_type          = "gp3"
  storage_encrypted     = true

  db_subnet_group_name   = var.cluster
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  multi_az                   = var.production
  deletion_protection        = var.production
  skip_final_snapshot        = !var.production
  final_snapshot_identifier  = var.production ? "${var.name}-final" : null
  backup_retention_period    = var.backup_days
  copy_tags_to_snapshot      = true
  auto_minor_version_upgrade = true
  apply_immediately          = !var.production

  performance_insights_enabled    = true
  monitoring_interval             = 60
  monitoring_role_arn             = data.aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  tags = var.tags
}
