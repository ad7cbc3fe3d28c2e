# Deploys previews of pull requests, and takes them away again.
resource "aws_iam_role" "preview" {
  count = var.previews ? 1 : 0

  name                 = "${var.name}-preview"
  path                 = "/services/"
  description          = "Previews of ${var.owner}/${var.repository}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy = templatefile("${path.module}/policies/trust-preview.json", {
    account       = var.account
    subject       = "${local.subject}:pull_request"
    repository_id = var.repository_id
    preview       = "${local.workflow}/service-preview.yml@${var.platform_commit}"
    cleanup       = "${local.workflow}/service-preview-cleanup.yml@${var.platform_commit}"
  })
}

resource "aws_iam_role_policy" "preview" {
  count = var.previews ? 1 : 0

  name = "preview"
  role = aws_iam_role.preview[0].id
  policy = templatefile("${path.module}/policies/deploy.json", {
    region           = var.region
    account          = var.account
    name             = var.name
    cluster          = var.cluster
    state_bucket     = var.state_bucket
    state            = "services/${var.repository_id}/preview-*/resources.tfstate"
    registry_account = var.registry_account
    tools            = var.tools_repository
  })
}

resource "aws_iam_role_policy_attachment" "preview_resources" {
  count = var.previews ? 1 : 0

  role       = aws_iam_role.preview[0].name
  policy_arn = "arn:aws:iam::${var.account}:policy/service-resources"
}

resource "aws_eks_access_entry" "preview" {
  count = var.previews ? 1 : 0

  cluster_name      = var.cluster
  principal_arn     = aws_iam_role.preview[0].arn
  kubernetes_groups = ["service-deployers", "service:${var.name}"]
}
