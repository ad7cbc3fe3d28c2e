variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; raised one at a time."
  type        = string
}

variable "subnets" {
  description = "Subnets of the nodes and pods."
  type        = list(string)
}

variable "zone_id" {
  description = "Route 53 zone that routes get their names in."
  type        = string
}

variable "logs_key_arn" {
  description = "Key that logs are encrypted with."
  type        = string
}

variable "admin_role_arns" {
  description = "Roles that administer the cluster: the platform's own, and those of people."
  type        = set(string)
}

variable "nodes" {
  description = "Instance types of the nodes, and how many there are at least and at most."
  type = object({
    types = list(string)
    min   = number
    max   = number
  })

  validation {
    condition     = var.nodes.min >= 2 && var.nodes.min <= var.nodes.max
    error_message = "there are at least two nodes, and no more at least than at most."
  }
}
