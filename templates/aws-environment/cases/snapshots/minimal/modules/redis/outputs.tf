output "address" {
  description = "Host of the cache."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "secret_arn" {
  description = "Secret with the key `password`."
  value       = aws_secretsmanager_secret.this.arn
}
