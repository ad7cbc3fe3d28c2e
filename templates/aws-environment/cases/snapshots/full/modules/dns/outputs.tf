output "zone_id" {
  description = "The zone."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "What the zone above has to point to."
  value       = aws_route53_zone.this.name_servers
}
