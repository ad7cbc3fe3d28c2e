# A bucket that the pods of one service read and write, and nobody else.

data "aws_caller_identity" "this" {}

locals {
  bucket = "${var.name}-${data.aws_caller_identity.this.account_id}"
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18: CloudTrail's data events tell who read what, where a team needs it
  # checkov:skip=CKV_AWS_144: a second region is a decision of the service, not of every bucket
  # checkov:skip=CKV2_AWS_62: a service that wants to hear of new objects asks for it
  bucket        = local.bucket
  force_destroy = !var.production
  tags          = var.tags
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  # checkov:skip=CKV2_AWS_67: the key is AWS's own for S3, which AWS changes
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = templatefile("${path.module}/policies/bucket.json", {
    bucket   = local.bucket
    role_arn = var.role_arn
  })
}
