output "repository_url" {
  description = "Where images are pushed."
  value       = aws_ecr_repository.service.repository_url
}

output "roles" {
  description = "The roles that workflows take, by purpose."
  value       = { for purpose, role in aws_iam_role.workflow : purpose => role.arn }
}
