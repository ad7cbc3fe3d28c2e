variable "zone" {
  description = "Domain of the environment, for example dev.example.com. Services live directly below it."
  type        = string
}
