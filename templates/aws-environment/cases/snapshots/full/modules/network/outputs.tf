output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnets" {
  description = "Subnets of the pods."
  value       = aws_subnet.private[*].id
}

output "logs_key_arn" {
  description = "Key that logs are encrypted with."
  value       = aws_kms_key.logs.arn
}
