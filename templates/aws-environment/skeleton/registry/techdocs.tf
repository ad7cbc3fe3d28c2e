# The bucket of the documentation: each component's pipeline writes below its own name, Backstage
# reads all of it. Who reads it for Backstage is made where Backstage runs.

resource "aws_s3_bucket" "techdocs" {
  # checkov:skip=CKV_AWS_18: pages are built anew from their repository at any time, and hold nothing that is not there
  # checkov:skip=CKV_AWS_144: the same
  # checkov:skip=CKV2_AWS_62: nothing has to happen when a page changes
  bucket = local.techdocs_bucket
}

resource "aws_s3_bucket_versioning" "techdocs" {
  bucket = aws_s3_bucket.techdocs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "techdocs" {
  # checkov:skip=CKV2_AWS_67: the key is AWS's own for S3, which AWS changes
  bucket = aws_s3_bucket.techdocs.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "techdocs" {
  bucket                  = aws_s3_bucket.techdocs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "techdocs" {
  bucket = aws_s3_bucket.techdocs.id

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

resource "aws_s3_bucket_policy" "techdocs" {
  bucket = aws_s3_bucket.techdocs.id
  policy = templatefile("${path.module}/policies/techdocs-bucket.json", { bucket = local.techdocs_bucket })
}
