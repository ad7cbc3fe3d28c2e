//! What is known of databases, caches, brokers and their like: how their images, charts, libraries, settings and
//! addresses are called.
//!
//! A table and the questions to it. The invariant: the type of a resource is one of a fixed list (`database`, `cache`,
//! `search-index`, `message-broker`, `stream`, `queue`, `topic`, `bucket`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// One technology; its words stand in one text, with blanks between them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tech {
    /// For people and for names.
    pub(super) name: &'static str,
    /// `spec.type` of what runs it.
    pub(super) kind: &'static str,
    /// Last part of images and names of charts.
    images: &'static str,
    /// Packages that talk to it.
    libraries: &'static str,
    /// First words of settings, such as `POSTGRES` in `POSTGRES_HOST`.
    settings: &'static str,
    /// Beginnings of addresses.
    schemes: &'static str,
}

pub(super) static TECHS: [Tech; 20] = [
    Tech {
        name: "postgres",
        kind: "database",
        images: "postgres postgresql postgresql-ha postgis timescaledb timescaledb-ha pgvector \
            postgresql-repmgr cloudnative-pg spilo",
        libraries: "pg pg-promise postgres slonik @databases/pg psycopg psycopg2 psycopg2-binary \
            psycopg-binary asyncpg aiopg org.postgresql:postgresql org.postgresql:r2dbc-postgresql \
            io.quarkus:quarkus-jdbc-postgresql io.quarkus:quarkus-reactive-pg-client \
            github.com/lib/pq github.com/jackc/pgx/v5 github.com/jackc/pgx/v4 github.com/jackc/pgx \
            gorm.io/driver/postgres Npgsql Npgsql.EntityFrameworkCore.PostgreSQL tokio-postgres \
            postgrex postgresql",
        settings: "POSTGRES POSTGRESQL PG PGHOST PGDATABASE PGUSER",
        schemes: "postgres:// postgresql:// jdbc:postgresql: r2dbc:postgresql: postgresql+",
    },
    Tech {
        name: "mysql",
        kind: "database",
        images: "mysql mysql-server percona percona-server pxc",
        libraries: "mysql mysql2 mysqlclient pymysql aiomysql mysql-connector-python \
            mysql:mysql-connector-java com.mysql:mysql-connector-j io.quarkus:quarkus-jdbc-mysql \
            github.com/go-sql-driver/mysql gorm.io/driver/mysql MySqlConnector MySql.Data \
            Pomelo.EntityFrameworkCore.MySql mysql_async mysql-connector-java",
        settings: "MYSQL",
        schemes: "mysql:// jdbc:mysql: r2dbc:mysql: mysql+",
    },
    Tech {
        name: "mariadb",
        kind: "database",
        images: "mariadb mariadb-galera",
        libraries: "mariadb org.mariadb.jdbc:mariadb-java-client io.quarkus:quarkus-jdbc-mariadb",
        settings: "MARIADB",
        schemes: "mariadb:// jdbc:mariadb:",
    },
    Tech {
        name: "sqlserver",
        kind: "database",
        images: "mssql mssql-server server azure-sql-edge mssql-server-linux",
        libraries: "mssql tedious pymssql com.microsoft.sqlserver:mssql-jdbc Microsoft.Data.SqlClient \
            System.Data.SqlClient Microsoft.EntityFrameworkCore.SqlServer \
            github.com/microsoft/go-mssqldb github.com/denisenkom/go-mssqldb tiberius",
        settings: "MSSQL SQLSERVER SQL_SERVER",
        schemes: "jdbc:sqlserver: sqlserver:// mssql:// Catalog=",
    },
    Tech {
        name: "oracle",
        kind: "database",
        images: "oracle-xe oracle-free oracledb",
        libraries: "oracledb cx-oracle com.oracle.database.jdbc:ojdbc8 com.oracle.database.jdbc:ojdbc11 \
            Oracle.ManagedDataAccess.Core github.com/godror/godror",
        settings: "ORACLE",
        schemes: "jdbc:oracle:",
    },
    Tech {
        name: "mongodb",
        kind: "database",
        images: "mongo mongodb mongodb-sharded mongodb-community-server percona-server-mongodb psmdb-db",
        libraries: "mongodb mongoose @nestjs/mongoose pymongo motor mongoengine beanie \
            org.mongodb:mongodb-driver-sync org.mongodb:mongodb-driver-reactivestreams \
            org.springframework.boot:spring-boot-starter-data-mongodb \
            org.springframework.boot:spring-boot-starter-data-mongodb-reactive \
            io.quarkus:quarkus-mongodb-panache go.mongodb.org/mongo-driver \
            go.mongodb.org/mongo-driver/v2 MongoDB.Driver mongoid monk mongo",
        settings: "MONGO MONGODB",
        schemes: "mongodb:// mongodb+srv://",
    },
    Tech {
        name: "couchdb",
        kind: "database",
        images: "couchdb couchbase",
        libraries: "nano couchbase cradle pouchdb-adapter-http",
        settings: "COUCHDB COUCHBASE",
        schemes: "couchbase://",
    },
    Tech {
        name: "cassandra",
        kind: "database",
        images: "cassandra scylla dse-server",
        libraries: "cassandra-driver com.datastax.oss:java-driver-core \
            org.springframework.boot:spring-boot-starter-data-cassandra github.com/gocql/gocql \
            CassandraCSharpDriver scylla",
        settings: "CASSANDRA SCYLLA",
        schemes: "",
    },
    Tech {
        name: "cockroachdb",
        kind: "database",
        images: "cockroach cockroachdb",
        libraries: "github.com/cockroachdb/cockroach-go/v2",
        settings: "COCKROACH",
        schemes: "",
    },
    Tech {
        name: "neo4j",
        kind: "database",
        images: "neo4j",
        libraries: "neo4j-driver neo4j org.neo4j.driver:neo4j-java-driver \
            org.springframework.boot:spring-boot-starter-data-neo4j \
            github.com/neo4j/neo4j-go-driver/v5 Neo4j.Driver @neo4j/graphql neo4rs py2neo",
        settings: "NEO4J",
        schemes: "neo4j:// neo4j+s:// bolt://",
    },
    Tech {
        name: "clickhouse",
        kind: "database",
        images: "clickhouse clickhouse-server",
        libraries: "@clickhouse/client clickhouse clickhouse-driver clickhouse-connect \
            com.clickhouse:clickhouse-jdbc github.com/clickhouse/clickhouse-go/v2 \
            github.com/ClickHouse/clickhouse-go/v2",
        settings: "CLICKHOUSE",
        schemes: "clickhouse:// jdbc:clickhouse:",
    },
    Tech {
        name: "influxdb",
        kind: "database",
        images: "influxdb influxdb2",
        libraries: "@influxdata/influxdb-client influxdb-client influxdb com.influxdb:influxdb-client-java \
            github.com/influxdata/influxdb-client-go/v2",
        settings: "INFLUXDB INFLUX",
        schemes: "",
    },
    Tech {
        name: "qdrant",
        kind: "database",
        images: "qdrant weaviate milvus chroma chromadb",
        libraries: "@qdrant/js-client-rest qdrant-client github.com/qdrant/go-client weaviate-client \
            weaviate-ts-client pymilvus chromadb io.qdrant:client @zilliz/milvus2-sdk-node",
        settings: "QDRANT WEAVIATE MILVUS CHROMA",
        schemes: "",
    },
    Tech {
        name: "redis",
        kind: "cache",
        images: "redis redis-cluster redis-stack redis-stack-server valkey valkey-cluster keydb dragonfly",
        libraries: "redis ioredis @redis/client bull bullmq @nestjs/bull connect-redis \
            graphql-redis-subscriptions aioredis django-redis hiredis celery-redis \
            org.springframework.boot:spring-boot-starter-data-redis \
            org.springframework.boot:spring-boot-starter-data-redis-reactive redis.clients:jedis \
            io.lettuce:lettuce-core org.redisson:redisson io.quarkus:quarkus-redis-client \
            github.com/redis/go-redis/v9 github.com/go-redis/redis/v8 github.com/go-redis/redis \
            github.com/gomodule/redigo StackExchange.Redis \
            Microsoft.Extensions.Caching.StackExchangeRedis sidekiq predis/predis fred valkey \
            iovalkey",
        settings: "REDIS VALKEY",
        schemes: "redis:// rediss:// valkey://",
    },
    Tech {
        name: "memcached",
        kind: "cache",
        images: "memcached",
        libraries: "memcached memjs pymemcache python-memcached pylibmc dalli github.com/bradfitz/gomemcache \
            EnyimMemcachedCore",
        settings: "MEMCACHED MEMCACHE",
        schemes: "memcached://",
    },
    Tech {
        name: "elasticsearch",
        kind: "search-index",
        images: "elasticsearch opensearch solr meilisearch typesense",
        libraries: "@elastic/elasticsearch elasticsearch @opensearch-project/opensearch opensearch-py \
            elasticsearch-dsl co.elastic.clients:elasticsearch-java \
            org.springframework.boot:spring-boot-starter-data-elasticsearch \
            org.elasticsearch.client:elasticsearch-rest-high-level-client \
            github.com/elastic/go-elasticsearch/v8 github.com/olivere/elastic/v7 \
            github.com/opensearch-project/opensearch-go Elastic.Clients.Elasticsearch NEST \
            meilisearch typesense pysolr searchkick elasticsearch-rails",
        settings: "ELASTICSEARCH ELASTIC OPENSEARCH SOLR MEILISEARCH MEILI TYPESENSE",
        schemes: "",
    },
    Tech {
        name: "rabbitmq",
        kind: "message-broker",
        images: "rabbitmq rabbitmq-server activemq activemq-artemis artemis nats nats-streaming emqx \
            eclipse-mosquitto mosquitto",
        libraries: "amqplib amqp-connection-manager rascal pika aio-pika \
            org.springframework.boot:spring-boot-starter-amqp \
            org.springframework.boot:spring-boot-starter-activemq \
            org.springframework.boot:spring-boot-starter-artemis com.rabbitmq:amqp-client \
            github.com/rabbitmq/amqp091-go github.com/streadway/amqp RabbitMQ.Client \
            MassTransit.RabbitMQ lapin bunny stomp-py nats nats-py github.com/nats-io/nats.go \
            async-nats NATS.Client mqtt paho-mqtt php-amqplib/php-amqplib",
        settings: "RABBITMQ RABBIT AMQP ACTIVEMQ NATS MQTT",
        schemes: "amqp:// amqps:// nats:// mqtt://",
    },
    Tech {
        name: "kafka",
        kind: "stream",
        images: "kafka cp-kafka cp-server redpanda pulsar kafka-native",
        libraries: "kafkajs node-rdkafka @confluentinc/kafka-javascript kafka-python confluent-kafka \
            aiokafka faust org.springframework.kafka:spring-kafka org.apache.kafka:kafka-clients \
            org.apache.kafka:kafka-streams io.quarkus:quarkus-kafka-client \
            io.quarkus:quarkus-smallrye-reactive-messaging-kafka io.quarkus:quarkus-messaging-kafka \
            github.com/segmentio/kafka-go github.com/ibm/sarama github.com/IBM/sarama \
            github.com/shopify/sarama github.com/twmb/franz-go \
            github.com/confluentinc/confluent-kafka-go/v2 Confluent.Kafka rdkafka ruby-kafka karafka \
            pulsar-client",
        settings: "KAFKA PULSAR REDPANDA",
        schemes: "pulsar://",
    },
    Tech {
        name: "minio",
        kind: "bucket",
        images: "minio seaweedfs",
        libraries: "minio github.com/minio/minio-go/v7 io.minio:minio Minio",
        settings: "MINIO",
        schemes: "s3://",
    },
    Tech {
        name: "dynamodb",
        kind: "database",
        images: "dynamodb-local",
        libraries: "@aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb dynamoose dynamodb-toolbox pynamodb \
            github.com/aws/aws-sdk-go-v2/service/dynamodb AWSSDK.DynamoDBv2 aws-sdk-dynamodb \
            software.amazon.awssdk:dynamodb",
        settings: "DYNAMODB DYNAMO",
        schemes: "",
    },
];

static LIBRARIES: LazyLock<HashMap<&'static str, &'static Tech>> = LazyLock::new(|| {
    let each = TECHS.iter().rev();
    each.flat_map(|tech| tech.libraries.split_whitespace().map(move |name| (name, tech))).collect()
});

fn has(words: &str, wanted: &str) -> bool {
    words.split_whitespace().any(|word| word == wanted)
}

/// The technology that a container image runs.
pub(super) fn by_image(image: &str) -> Option<&'static Tech> {
    let path = image.split('@').next().unwrap_or(image);
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let name = last.split(':').next().unwrap_or(last);
    if name == "server" && !folder.ends_with("mssql") {
        return None;
    }
    TECHS.iter().find(|tech| has(tech.images, name))
}

/// The technology of a dependency chart.
pub(super) fn by_chart(name: &str) -> Option<&'static Tech> {
    TECHS.iter().find(|tech| has(tech.images, name) && name != "server")
}

/// The technology that a library talks to.
pub(super) fn by_library(name: &str) -> Option<&'static Tech> {
    LIBRARIES.get(name).copied()
}

/// The technology that a setting is about: `REDIS_URL`, `PGHOST`, `SPRING_REDIS_HOST`.
pub(super) fn by_setting(name: &str) -> Option<&'static Tech> {
    let ends = [
        "HOST",
        "HOSTS",
        "URL",
        "URI",
        "PORT",
        "DB",
        "DATABASE",
        "ADDR",
        "ADDRESS",
        "SERVER",
        "SERVERS",
        "BROKERS",
        "BROKER",
        "SERVICE",
        "DSN",
        "ENDPOINT",
        "NODES",
        "USER",
        "USERNAME",
        "CONNECTION",
        "STRING",
        "NAME",
    ];
    let words: Vec<&str> = name.split('_').collect();
    // Elastic's monitoring is called like its search.
    if words.contains(&"APM") {
        return None;
    }
    let whole = TECHS.iter().find(|tech| has(tech.settings, name) && name.len() > 4);
    whole.or_else(|| {
        let about = words.last().is_some_and(|last| ends.contains(last));
        let (_, before) = words.split_last()?;
        let known = |tech: &&Tech| before.iter().any(|word| has(tech.settings, word));
        TECHS.iter().find(known).filter(|_| about)
    })
}

/// The technology that an address in a text leads to.
pub(super) fn by_address(text: &str) -> Option<&'static Tech> {
    TECHS.iter().find(|tech| tech.schemes.split_whitespace().any(|scheme| text.contains(scheme)))
}

/// The technology of that name.
pub(super) fn named(name: &str) -> Option<&'static Tech> {
    TECHS.iter().find(|tech| tech.name == name)
}
