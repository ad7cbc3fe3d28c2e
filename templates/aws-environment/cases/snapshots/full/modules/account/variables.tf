variable "environment" {
  description = "Name of the environment that the account holds; `registry` for that of the images."
  type        = string
}

variable "state_bucket" {
  description = "Name of the bucket for Terraform's state."
  type        = string
}

variable "github" {
  description = "Owner and platform repository on GitHub, with their numbers; `commit` and `commit_before` are those that services call the platform's workflows by."
  type = object({
    owner         = string
    owner_id      = string
    platform      = string
    platform_id   = string
    commit        = string
    commit_before = string
  })

  validation {
    condition     = alltrue([for id in [var.github.owner_id, var.github.platform_id] : can(regex("^[0-9]+$", id))])
    error_message = "owner_id and platform_id are numbers."
  }

  validation {
    condition     = alltrue([for commit in [var.github.commit, var.github.commit_before] : can(regex("^[0-9a-f]{40}$", commit))])
    error_message = "commit and commit_before are full commit ids."
  }
}
