resource "aws_db_instance" "main" {
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  storage_encrypted           = true
  publicly_accessible         = false
  backup_retention_period     = var.backup_days
  deletion_protection         = true
  manage_master_user_password = true
}

resource "aws_db_instance" "replica" {
  replicate_source_db = aws_db_instance.main.identifier
}

variable "api_token" {
  type      = string
  sensitive = true
}
