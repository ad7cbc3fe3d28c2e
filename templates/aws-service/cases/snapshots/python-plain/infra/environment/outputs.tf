output "deploy_role" {
  description = "The role that deploys to this environment."
  value       = aws_iam_role.deploy.arn
}

output "alarms" {
  description = "The topic that the alarms report to."
  value       = aws_sns_topic.alarms.arn
}
