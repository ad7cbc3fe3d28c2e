variable "name" {
  description = "Name of the database; unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name)) && !can(regex("--", var.name))
    error_message = "RDS takes lower-case letters, digits and single dashes, at most 63, beginning with a letter."
  }
}

variable "cluster" {
  description = "Cluster whose pods may connect."
  type        = string
}

variable "size" {
  description = "small, medium or large."
  type        = string

  validation {
    condition     = contains(["small", "medium", "large"], var.size)
    error_message = "size is small, medium or large."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL."
  type        = string
}

variable "production" {
  description = "Whether what is in it has to be kept: two zones, long backups, protected from deletion."
  type        = bool
  default     = true
}

variable "backup_days" {
  description = "Days that backups are kept."
  type        = number
  default     = 14
}

variable "tags" {
  description = "Tags of all of it."
  type        = map(string)
  default     = {}
}
