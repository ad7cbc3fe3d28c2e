variable "name" {
  description = "Name of the cache; unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name)) && !can(regex("--", var.name))
    error_message = "ElastiCache takes lower-case letters, digits and single dashes, at most 40, beginning with a letter."
  }
}

variable "cluster" {
  description = "Cluster whose pods may connect."
  type        = string
}

variable "size" {
  description = "small or medium."
  type        = string

  validation {
    condition     = contains(["small", "medium"], var.size)
    error_message = "size is small or medium."
  }
}

variable "production" {
  description = "Whether it has to live on when a zone goes."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all of it."
  type        = map(string)
  default     = {}
}
