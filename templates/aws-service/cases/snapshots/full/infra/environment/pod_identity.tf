# What the service's pods may do in AWS. EKS Pod Identity gives them this role; there is no key. The
# platform's rules know its name: the bucket lets this role in, and nobody else.
resource "aws_iam_role" "pod" {
  name                 = "${var.name}-${var.environment}-pod"
  path                 = "/services/"
  description          = "Pods of ${var.name} in ${var.environment}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy = templatefile("${path.module}/policies/trust-pod.json", {
    account   = var.account
    region    = var.region
    cluster   = var.cluster
    name      = var.name
    namespace = var.namespace
  })
}

resource "aws_iam_role_policy" "pod" {
  name = "files"
  role = aws_iam_role.pod.id
  policy = templatefile("${path.module}/policies/pod.json", {
    account = var.account
    name    = var.name
  })
}

resource "aws_eks_pod_identity_association" "service" {
  cluster_name    = var.cluster
  namespace       = var.namespace
  service_account = var.name
  role_arn        = aws_iam_role.pod.arn
}
