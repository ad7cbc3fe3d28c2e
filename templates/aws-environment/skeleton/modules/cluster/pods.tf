# Roles of the platform's own pods, by Pod Identity.

locals {
  managed = {
    vpc-cni            = "AmazonEKS_CNI_Policy"
    aws-ebs-csi-driver = "service-role/AmazonEBSCSIDriverPolicy"
  }
  own = {
    external-dns     = templatefile("${path.module}/policies/external-dns.json", local.facts)
    external-secrets = templatefile("${path.module}/policies/external-secrets.json", local.facts)
    load-balancers   = templatefile("${path.module}/policies/load-balancers.json", local.facts)
  }
  # What `cluster/install.sh` installs; add-ons bring their own association.
  installed = {
    external-dns     = { namespace = "external-dns", account = "external-dns" }
    external-secrets = { namespace = "external-secrets", account = "external-secrets" }
    load-balancers   = { namespace = "kube-system", account = "aws-load-balancer-controller" }
  }
}

resource "aws_iam_role" "pods" {
  for_each = toset(concat(keys(local.managed), keys(local.own)))

  name               = "${var.name}-${each.key}"
  path               = "/platform/"
  description        = "${each.key} in ${var.name}"
  assume_role_policy = file("${path.module}/policies/trust-pods.json")
}

resource "aws_iam_role_policy_attachment" "pods" {
  for_each = local.managed

  role       = aws_iam_role.pods[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_iam_role_policy" "pods" {
  for_each = local.own

  name   = "own"
  role   = aws_iam_role.pods[each.key].name
  policy = each.value
}

resource "aws_eks_pod_identity_association" "installed" {
  for_each = local.installed

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.value.namespace
  service_account = each.value.account
  role_arn        = aws_iam_role.pods[each.key].arn
}

# What databases report their load with.
resource "aws_iam_role" "rds_monitoring" {
  name               = "${var.name}-rds-monitoring"
  path               = "/platform/"
  description        = "Databases of services report their load"
  assume_role_policy = file("${path.module}/policies/trust-rds-monitoring.json")
}

resource "aws_iam_role_policy_attachment" "rds_monitoring" {
  role       = aws_iam_role.rds_monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
