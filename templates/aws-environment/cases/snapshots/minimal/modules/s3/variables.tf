variable "name" {
  description = "Name of the bucket before the account, which makes it unique."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "S3 takes lower-case letters, digits and dashes; with the account behind it at most 63."
  }
}

variable "role_arn" {
  description = "Role of the pods that read and write."
  type        = string
}

variable "production" {
  description = "Whether what is in it has to be kept."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all of it."
  type        = map(string)
  default     = {}
}
