variable "name" {
  description = "Name of the service."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 32
    error_message = "A name has at most 32 characters: words of lower-case letters and digits joined by single dashes."
  }
}

variable "owner" {
  description = "The organisation on GitHub."
  type        = string
}

variable "owner_id" {
  description = "Its number, which stays when it is renamed."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.owner_id))
    error_message = "It is the number that `gh api orgs/NAME --jq .id` shows."
  }
}

variable "repository" {
  description = "The repository on GitHub, without its owner."
  type        = string
}

variable "repository_id" {
  description = "Its number, which stays when it is renamed."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.repository_id))
    error_message = "It is the number that `gh api repos/OWNER/NAME --jq .id` shows."
  }
}

variable "platform" {
  description = "The platform's repository, as `owner/name`, whose workflows may take the roles."
  type        = string

  validation {
    condition     = can(regex("^[^/]+/[^/]+$", var.platform))
    error_message = "It is written as `owner/name`."
  }
}

variable "platform_commit" {
  description = "The commit that the workflows are pinned to; the same as in .github/workflows."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{40}$", var.platform_commit))
    error_message = "It is a full commit id: 40 hexadecimal digits."
  }
}

variable "region" {
  description = "Region of AWS."
  type        = string
}

variable "account" {
  description = "The account that this is made in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "The number of an account has 12 digits."
  }
}

variable "permissions_boundary" {
  description = "The policy that every role of a service carries."
  type        = string
}

variable "environment" {
  description = "Name of the environment, here, on GitHub and in the platform's rules."
  type        = string
}

variable "cluster" {
  description = "Name of the EKS cluster."
  type        = string
}

variable "namespace" {
  description = "The namespace that the platform's rules give the service."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the Terraform state."
  type        = string
}

variable "registry_account" {
  description = "The account that holds the images."
  type        = string
}

variable "tools_repository" {
  description = "The registry's repository of the platform's tools."
  type        = string
}

variable "previews" {
  description = "Whether previews of pull requests live in this environment."
  type        = bool
}
