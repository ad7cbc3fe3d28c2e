//! What is declared for a cloud: Terraform, CloudFormation and what compiles to it, operators of Kubernetes.
//!
//! Files are scanned line by line for the types of a table; expressions are not worked out. The invariant: a file of a
//! module, an example or a test declares nothing that this repository has.

use std::sync::LazyLock;

use regex::Regex;

use super::{Class, Sighting, table};
use crate::detect::slug::slug;
use crate::detect::text::line_at;
use crate::{Evidence, TreePath};

/// Terraform's type, CloudFormation's type, what it is, its technology where there is only one.
const TYPES: [(&str, &str, &str, &str); 60] = [
    ("aws_db_instance", "AWS::RDS::DBInstance", "database", ""),
    ("aws_rds_cluster", "AWS::RDS::DBCluster", "database", ""),
    ("aws_docdb_cluster", "AWS::DocDB::DBCluster", "database", "mongodb"),
    ("aws_neptune_cluster", "AWS::Neptune::DBCluster", "database", ""),
    ("aws_redshift_cluster", "AWS::Redshift::Cluster", "database", ""),
    ("aws_dynamodb_table", "AWS::DynamoDB::Table", "database", "dynamodb"),
    ("aws_timestreamwrite_database", "AWS::Timestream::Database", "database", ""),
    ("", "AWS::DynamoDB::GlobalTable", "database", "dynamodb"),
    ("", "AWS::Serverless::SimpleTable", "database", "dynamodb"),
    ("aws_elasticache_cluster", "AWS::ElastiCache::CacheCluster", "cache", "redis"),
    ("aws_elasticache_replication_group", "AWS::ElastiCache::ReplicationGroup", "cache", "redis"),
    ("aws_elasticache_serverless_cache", "AWS::ElastiCache::ServerlessCache", "cache", "redis"),
    ("aws_memorydb_cluster", "AWS::MemoryDB::Cluster", "cache", "redis"),
    ("aws_s3_bucket", "AWS::S3::Bucket", "bucket", ""),
    ("aws_sqs_queue", "AWS::SQS::Queue", "queue", ""),
    ("aws_sns_topic", "AWS::SNS::Topic", "topic", ""),
    ("aws_kinesis_stream", "AWS::Kinesis::Stream", "stream", ""),
    ("aws_kinesis_firehose_delivery_stream", "AWS::KinesisFirehose::DeliveryStream", "stream", ""),
    ("aws_msk_cluster", "AWS::MSK::Cluster", "stream", "kafka"),
    ("aws_mq_broker", "AWS::AmazonMQ::Broker", "message-broker", "rabbitmq"),
    ("aws_opensearch_domain", "AWS::OpenSearchService::Domain", "search-index", "elasticsearch"),
    ("aws_elasticsearch_domain", "AWS::Elasticsearch::Domain", "search-index", "elasticsearch"),
    (
        "aws_opensearchserverless_collection",
        "AWS::OpenSearchServerless::Collection",
        "search-index",
        "elasticsearch",
    ),
    ("aws_cloudwatch_event_bus", "AWS::Events::EventBus", "topic", ""),
    ("google_sql_database_instance", "", "database", ""),
    ("google_spanner_instance", "", "database", ""),
    ("google_bigtable_instance", "", "database", ""),
    ("google_bigquery_dataset", "", "database", ""),
    ("google_firestore_database", "", "database", ""),
    ("google_alloydb_cluster", "", "database", "postgres"),
    ("google_redis_instance", "", "cache", "redis"),
    ("google_memcache_instance", "", "cache", "memcached"),
    ("google_storage_bucket", "", "bucket", ""),
    ("google_pubsub_topic", "", "topic", ""),
    ("google_cloud_tasks_queue", "", "queue", ""),
    ("azurerm_postgresql_server", "", "database", "postgres"),
    ("azurerm_postgresql_flexible_server", "", "database", "postgres"),
    ("azurerm_mysql_server", "", "database", "mysql"),
    ("azurerm_mysql_flexible_server", "", "database", "mysql"),
    ("azurerm_mssql_database", "", "database", "sqlserver"),
    ("azurerm_sql_database", "", "database", "sqlserver"),
    ("azurerm_cosmosdb_account", "", "database", ""),
    ("azurerm_redis_cache", "", "cache", "redis"),
    ("azurerm_storage_container", "", "bucket", ""),
    ("azurerm_storage_queue", "", "queue", ""),
    ("azurerm_servicebus_queue", "", "queue", ""),
    ("azurerm_servicebus_topic", "", "topic", ""),
    ("azurerm_eventhub", "", "stream", ""),
    ("azurerm_eventgrid_topic", "", "topic", ""),
    ("azurerm_search_service", "", "search-index", ""),
    ("mongodbatlas_cluster", "", "database", "mongodb"),
    ("mongodbatlas_advanced_cluster", "", "database", "mongodb"),
    ("digitalocean_database_cluster", "", "database", ""),
    ("digitalocean_spaces_bucket", "", "bucket", ""),
    ("cloudflare_r2_bucket", "", "bucket", ""),
    ("cloudflare_d1_database", "", "database", ""),
    ("cloudflare_queue", "", "queue", ""),
    ("confluent_kafka_topic", "", "topic", ""),
    ("confluent_kafka_cluster", "", "stream", "kafka"),
    ("kafka_topic", "", "topic", ""),
];

/// Constructs of the AWS CDK.
const CONSTRUCTS: [(&str, &str, &str); 12] = [
    ("DatabaseInstance", "database", ""),
    ("DatabaseCluster", "database", ""),
    ("ServerlessCluster", "database", ""),
    ("Table", "database", "dynamodb"),
    ("TableV2", "database", "dynamodb"),
    ("Bucket", "bucket", ""),
    ("Queue", "queue", ""),
    ("Topic", "topic", ""),
    ("Stream", "stream", ""),
    ("EventBus", "topic", ""),
    ("CfnReplicationGroup", "cache", "redis"),
    ("CfnCacheCluster", "cache", "redis"),
];

/// Kinds that operators of Kubernetes turn into the thing: group of the API version (a part of it), kind, what it is.
const OPERATED: [(&str, &str, &str, &str); 44] = [
    ("postgresql.cnpg.io", "Cluster", "database", "postgres"),
    ("acid.zalan.do", "postgresql", "database", "postgres"),
    ("postgres-operator.crunchydata.com", "PostgresCluster", "database", "postgres"),
    ("stackgres.io", "SGCluster", "database", "postgres"),
    ("dbforpostgresql.azure.com", "FlexibleServersDatabase", "database", "postgres"),
    ("dbforpostgresql.azure.com", "FlexibleServer", "database", "postgres"),
    ("dbformysql.azure.com", "FlexibleServersDatabase", "database", "mysql"),
    ("sql.azure.com", "ServersDatabase", "database", "sqlserver"),
    ("documentdb.azure.com", "DatabaseAccount", "database", ""),
    ("servicebus.azure.com", "NamespacesQueue", "queue", ""),
    ("servicebus.azure.com", "NamespacesTopic", "topic", ""),
    ("eventhub.azure.com", "NamespacesEventhub", "stream", ""),
    ("cache.azure.com", "Redis", "cache", "redis"),
    ("storage.azure.com", "StorageAccountsBlobServicesContainer", "bucket", ""),
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity", "database", "mongodb"),
    ("psmdb.percona.com", "PerconaServerMongoDB", "database", "mongodb"),
    ("pxc.percona.com", "PerconaXtraDBCluster", "database", "mysql"),
    ("mysql.oracle.com", "InnoDBCluster", "database", "mysql"),
    ("k8s.mariadb.com", "MariaDB", "database", "mariadb"),
    ("mariadb.mmontes.io", "MariaDB", "database", "mariadb"),
    ("redis.opstreelabs.in", "Redis", "cache", "redis"),
    ("redis.opstreelabs.in", "RedisCluster", "cache", "redis"),
    ("databases.spotahome.com", "RedisFailover", "cache", "redis"),
    ("dragonflydb.io", "Dragonfly", "cache", "redis"),
    ("rabbitmq.com", "RabbitmqCluster", "message-broker", "rabbitmq"),
    ("rabbitmq.com", "Queue", "queue", ""),
    ("kafka.strimzi.io", "Kafka", "stream", "kafka"),
    ("kafka.strimzi.io", "KafkaTopic", "topic", ""),
    ("kafka.nais.io", "Topic", "topic", ""),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch", "search-index", "elasticsearch"),
    ("opensearch.opster.io", "OpenSearchCluster", "search-index", "elasticsearch"),
    ("minio.min.io", "Tenant", "bucket", "minio"),
    ("rds.", "DBInstance", "database", ""),
    ("rds.", "DBCluster", "database", ""),
    ("rds.", "Instance", "database", ""),
    ("dynamodb.", "Table", "database", "dynamodb"),
    ("s3.", "Bucket", "bucket", ""),
    ("sqs.", "Queue", "queue", ""),
    ("sns.", "Topic", "topic", ""),
    ("sql.cnrm.cloud.google.com", "SQLInstance", "database", ""),
    ("storage.cnrm.cloud.google.com", "StorageBucket", "bucket", ""),
    ("pubsub.cnrm.cloud.google.com", "PubSubTopic", "topic", ""),
    ("redis.cnrm.cloud.google.com", "RedisInstance", "cache", "redis"),
    ("cassandra.datastax.com", "CassandraDatacenter", "database", "cassandra"),
];

static RESOURCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^[ \t]*resource[ \t]+"([a-z0-9_]+)"[ \t]+"([\w\-]+)""#).ok());
static LITERAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*(engine|name|bucket|identifier|cluster_identifier)[ \t]*=[ \t]*"([^"$]+)""#).ok()
});
static CONSTRUCT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\b(?:\w+\.)?(\w+)\(\s*(?:this|self|scope|stack)\s*,\s*["']([\w\-]+)["']"#).ok()
});

/// What a Terraform file declares.
pub(super) fn terraform(path: &TreePath, text: &str) -> Vec<Sighting> {
    let found: Vec<_> = RESOURCE.iter().flat_map(|regex| regex.captures_iter(text)).collect();
    let mut sightings = Vec::new();
    for (at, captures) in found.iter().enumerate() {
        let (Some(whole), Some(word), Some(id)) = (captures.get(0), captures.get(1), captures.get(2)) else {
            continue;
        };
        let row = TYPES.iter().find(|row| row.0 == word.as_str());
        let Some((_, _, kind, tech)) = row else { continue };
        let end = found.get(at + 1).and_then(|next| next.get(0)).map_or(text.len(), |next| next.start());
        let body = text.get(whole.end()..end).unwrap_or_default();
        let literal = |wanted: &[&str]| {
            let all = LITERAL.iter().flat_map(|regex| regex.captures_iter(body));
            let mut values = all.filter_map(|found| Some((found.get(1)?.as_str(), found.get(2)?.as_str())));
            values.find(|(key, _)| wanted.contains(key)).map(|(_, value)| value.to_owned())
        };
        let tech = literal(&["engine"]).as_deref().map(engine).unwrap_or(tech);
        let name = literal(&["name", "bucket", "identifier", "cluster_identifier"])
            .unwrap_or_else(|| id.as_str().to_owned());
        let seen = format!("`{} \"{}\"`", word.as_str(), id.as_str());
        let evidence = Evidence::at(path, line_at(text, word.start()), "resources.terraform", seen);
        sightings.push(declared(kind, tech, &name, evidence));
    }
    sightings
}

/// What a template of CloudFormation, SAM or the Serverless Framework declares.
pub(super) fn cloudformation(path: &TreePath, text: &str) -> Vec<Sighting> {
    let mut sightings = Vec::new();
    // The keys that are open, with their indents: the one above `Type` names the resource.
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_start().trim_start_matches('"');
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = bare.split_once(':') else { continue };
        let key = key.trim_matches(['"', '\'', ' ']);
        while open.last().is_some_and(|(depth, _)| *depth >= indent) {
            open.pop();
        }
        if key == "Type" || key == "type" {
            let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
            let row = TYPES.iter().find(|row| row.1 == value && !value.is_empty());
            if let (Some((_, _, kind, tech)), Some((_, id))) = (row, open.last()) {
                let seen = format!("`{id}` of type `{value}`");
                let evidence =
                    Evidence::at(path, u32::try_from(at + 1).ok(), "resources.cloudformation", seen);
                sightings.push(declared(kind, tech, id, evidence));
            }
        }
        open.push((indent, key));
    }
    sightings
}

/// What the code of a CDK stack constructs.
pub(super) fn cdk(path: &TreePath, text: &str) -> Vec<Sighting> {
    if !text.contains("aws-cdk")
        && !text.contains("aws_cdk")
        && !text.contains("awscdk")
        && !text.contains("Amazon.CDK")
    {
        return Vec::new();
    }
    let found = CONSTRUCT.iter().flat_map(|regex| regex.captures_iter(text));
    found
        .filter_map(|found| {
            let (word, id) = (found.get(1)?, found.get(2)?.as_str());
            let (name, kind, tech) = CONSTRUCTS.iter().find(|row| row.0 == word.as_str())?;
            let seen = format!("a CDK `{name}` called `{id}`");
            Some(declared(
                kind,
                tech,
                id,
                Evidence::at(path, line_at(text, word.start()), "resources.cdk", seen),
            ))
        })
        .collect()
}

/// What an operator makes of a manifest.
pub(super) fn operated(api: &str, kind: &str) -> Option<(&'static str, &'static str)> {
    let fits = |row: &&(&str, &str, &'static str, &'static str)| {
        let group = if row.0.ends_with('.') {
            api.starts_with(row.0) && api.contains('/')
        } else {
            api.starts_with(row.0)
        };
        group && row.1 == kind
    };
    OPERATED.iter().find(fits).map(|row| (row.2, row.3))
}

pub(super) fn declared(kind: &'static str, tech: &str, name: &str, evidence: Evidence) -> Sighting {
    Sighting {
        kind,
        tech: table::named(tech),
        class: Class::Declared,
        name: Some(slug(name)).filter(|name| !name.is_empty()),
        folder: None,
        users: Vec::new(),
        evidence,
    }
}

fn engine(name: &str) -> &'static str {
    match name {
        name if name.contains("postgres") => "postgres",
        name if name.contains("mysql") => "mysql",
        name if name.contains("mariadb") => "mariadb",
        name if name.starts_with("sqlserver") => "sqlserver",
        name if name.starts_with("oracle") => "oracle",
        "memcached" => "memcached",
        "redis" | "valkey" => "redis",
        _ => "",
    }
}
