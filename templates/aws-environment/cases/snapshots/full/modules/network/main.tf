# A network over three zones: a small public part for load balancers and NAT, a large private one for
# pods, and one without a way out for databases.

data "aws_availability_zones" "here" {
  # checkov:skip=CKV_AWS_394: three are taken in the order of their names; a new one comes after them
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.here.names, 0, 3)
  # A /20 for the public part, parted in /22; a /20 for databases, likewise; /18 for pods.
  public    = [for index in range(3) : cidrsubnet(cidrsubnet(var.cidr, 4, 0), 2, index)]
  databases = [for index in range(3) : cidrsubnet(cidrsubnet(var.cidr, 4, 1), 2, index)]
  private   = [for index in range(3) : cidrsubnet(var.cidr, 2, index + 1)]
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# Nothing may use it, so it lets nothing through.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  count = 3

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = local.public[count.index]

  tags = {
    Name                     = "${var.name}-public-${local.zones[count.index]}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  count = 3

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = local.private[count.index]

  tags = {
    Name                              = "${var.name}-private-${local.zones[count.index]}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "databases" {
  count = 3

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = local.databases[count.index]

  tags = { Name = "${var.name}-databases-${local.zones[count.index]}" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_eip" "nat" {
  # checkov:skip=CKV2_AWS_19: the address belongs to the NAT gateway below
  count = var.gateways

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${count.index}" }
}

resource "aws_nat_gateway" "this" {
  count = var.gateways

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = { Name = "${var.name}-${local.zones[count.index]}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = "${var.name}-public" }
}

resource "aws_route_table" "private" {
  count = 3

  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this[min(count.index, var.gateways - 1)].id
  }

  tags = { Name = "${var.name}-private-${local.zones[count.index]}" }
}

resource "aws_route_table" "databases" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-databases" }
}

resource "aws_route_table_association" "public" {
  count = 3

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  count = 3

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_route_table_association" "databases" {
  count = 3

  subnet_id      = aws_subnet.databases[count.index].id
  route_table_id = aws_route_table.databases.id
}

# Images and buckets need not go through NAT.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.this.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.private[*].id
}

# The modules behind the platform's rules find these by the name of the cluster.
resource "aws_db_subnet_group" "databases" {
  name        = var.name
  description = "Databases of services"
  subnet_ids  = aws_subnet.databases[*].id
}

resource "aws_elasticache_subnet_group" "caches" {
  name        = var.name
  description = "Caches of services"
  subnet_ids  = aws_subnet.databases[*].id
}
