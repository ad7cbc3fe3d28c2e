resource "aws_db_instance" "main" {
  engine                  = "postgres"
  storage_encrypted       = false
  publicly_accessible     = true
  backup_retention_period = 0
  username                = "web"
  password                = "example"
}

resource "aws_rds_cluster" "more" {
  engine = "aurora-postgresql"
}
