# Who talked to whom, for a year.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

resource "aws_kms_key" "logs" {
  description             = "Logs of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = templatefile("${path.module}/policies/logs-key.json", {
    account = data.aws_caller_identity.this.account_id
    region  = data.aws_region.this.region
  })
}

resource "aws_cloudwatch_log_group" "flows" {
  name              = "/network/${var.name}"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_iam_role" "flows" {
  name               = "${var.name}-flow-logs"
  path               = "/platform/"
  description        = "Writes the flow logs of ${var.name}"
  assume_role_policy = file("${path.module}/policies/trust-flow-logs.json")
}

resource "aws_iam_role_policy" "flows" {
  name   = "write"
  role   = aws_iam_role.flows.name
  policy = templatefile("${path.module}/policies/flow-logs.json", { group_arn = aws_cloudwatch_log_group.flows.arn })
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination          = aws_cloudwatch_log_group.flows.arn
  iam_role_arn             = aws_iam_role.flows.arn
  max_aggregation_interval = 600
}
