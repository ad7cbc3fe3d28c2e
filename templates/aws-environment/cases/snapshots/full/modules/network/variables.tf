variable "name" {
  description = "Name of the cluster that lives in the network."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16. Its first /20 is for load balancers."
  type        = string

  validation {
    condition     = endswith(var.cidr, "/16") && can(cidrhost(var.cidr, 0))
    error_message = "cidr is a /16, for example 10.16.0.0/16."
  }
}

variable "gateways" {
  description = "How many NAT gateways there are: one, or one in each of the three zones."
  type        = number

  validation {
    condition     = contains([1, 3], var.gateways)
    error_message = "gateways is 1 or 3."
  }
}
