output "plan_role_arn" {
  description = "`planRole` of the account, for services."
  value       = aws_iam_role.infra_plan.arn
}

output "apply_role_arn" {
  description = "`applyRole` of the account, for services."
  value       = aws_iam_role.infra_apply.arn
}

output "permissions_boundary_arn" {
  description = "`permissionsBoundary` of the account."
  value       = aws_iam_policy.service_boundary.arn
}

output "platform_apply_role_arn" {
  description = "Role that applies the platform's own Terraform."
  value       = aws_iam_role.platform_apply.arn
}
