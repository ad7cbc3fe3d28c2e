# The zone that services get their names in, and one certificate for all of them. The zone above has
# to point here (`name_servers`) before the certificate can be had.

resource "aws_route53_zone" "this" {
  # checkov:skip=CKV2_AWS_38: signing is the parent zone's decision, which is not in this account
  # checkov:skip=CKV2_AWS_39: who asked for which name says nothing that the load balancer does not log
  name = var.zone
}

resource "aws_acm_certificate" "services" {
  # checkov:skip=CKV2_AWS_71: one for all services of the zone, which is the platform's own; it never leaves the load balancer
  domain_name       = "*.${var.zone}"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.services.domain_validation_options : option.domain_name => option
  }

  zone_id = aws_route53_zone.this.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "services" {
  certificate_arn         = aws_acm_certificate.services.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}
