"""Whose clock counts: the products that providers offer of their own, by provider and engine.

A managed PostgreSQL ages by its provider's dates. What a provider sells and the table lacks has an unknown clock, not
upstream's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Words for a provider that runs what it made itself or what others made, as it is: upstream's clock counts.
SELF_HOSTED = frozenset(
    (
        "upstream",
        "community",
        "selfhosted",
        "selfmanaged",
        "onprem",
        "onpremise",
        "onpremises",
        "vm",
        "virtualmachine",
        "ec2",
        "gce",
        "baremetal",
        "docker",
        "container",
        "kubernetes",
        "k8s",
        "microsoft",
        "oracle",
    )
)

_AWS_LAMBDA = "python nodejs java ruby dotnet go"

#: Provider, its other names, and `engine engine=product …`.
_OFFERS: tuple[tuple[str, str], ...] = (
    (
        "aws rds awsrds amazonrds amazon",
        """postgres|postgresql=amazon-rds-postgresql mysql=amazon-rds-mysql mariadb=amazon-rds-mariadb
        aurorapostgresql|aurorapostgres=amazon-aurora-postgresql auroramysql|aurora=amazon-aurora-mysql
        sqlserver|mssql|mssqlserver=amazon-rds-sqlserver oracle|oracledatabase=amazon-rds-oracle db2=amazon-rds-db2""",
    ),
    (
        "aurora awsaurora amazonaurora",
        """postgres|postgresql|aurorapostgresql=amazon-aurora-postgresql
        mysql|auroramysql|aurora=amazon-aurora-mysql""",
    ),
    (
        "aws elasticache awselasticache amazonelasticache",
        """redis=amazon-elasticache-redis valkey=amazon-elasticache-valkey memcached=amazon-elasticache-memcached""",
    ),
    ("memorydb awsmemorydb amazonmemorydb", "redis=amazon-memorydb-redis valkey=amazon-memorydb-valkey"),
    ("aws awsdocumentdb amazondocumentdb documentdb", "documentdb|docdb=amazon-documentdb"),
    ("aws awsneptune amazonneptune neptune", "neptune=amazon-neptune"),
    ("aws awsmq amazonmq", "activemq|apacheactivemq=amazon-mq-activemq rabbitmq=amazon-mq-rabbitmq"),
    ("aws awsmsk amazonmsk msk", "kafka|apachekafka=amazon-msk"),
    (
        "aws awsopensearch amazonopensearch",
        "opensearch=amazon-opensearch elasticsearch=amazon-opensearch-elasticsearch",
    ),
    ("aws eks awseks amazoneks amazon", "kubernetes|k8s|eks=amazon-eks"),
    ("awsmwaa mwaa amazonmwaa", "airflow|apacheairflow=amazon-mwaa"),
    ("aws awsglue amazonglue", "glue=amazon-glue"),
    (
        "azure azuredatabase",
        """postgres|postgresql=azure-database-for-postgresql mysql=azure-database-for-mysql
        mariadb=azure-database-for-mariadb kubernetes|k8s|aks=azure-kubernetes-service
        sqlserver|mssql|mssqlserver=azure-sql redis=azure-cache-for-redis""",
    ),
    ("aks azureaks azurekubernetesservice", "kubernetes|k8s|aks=azure-kubernetes-service"),
    (
        "gcp google googlecloud cloudsql googlecloudsql gcpcloudsql",
        """postgres|postgresql=google-cloud-sql-postgresql mysql=google-cloud-sql-mysql
        sqlserver|mssql|mssqlserver=google-cloud-sql-sqlserver kubernetes|k8s|gke=google-kubernetes-engine
        redis=google-memorystore-redis valkey=google-memorystore-valkey memcached=google-memorystore-memcached""",
    ),
    ("gke gcpgke googlegke googlekubernetesengine", "kubernetes|k8s|gke=google-kubernetes-engine"),
    ("heroku", "postgres|postgresql|herokupostgresql=heroku-postgresql redis|valkey=heroku-redis kafka=heroku-kafka"),
    ("alibaba alibabacloud aliyun", "kubernetes|k8s|ack=alibaba-ack"),
    ("digitalocean", "postgres|postgresql|pg=digitalocean-postgresql mysql=digitalocean-mysql"),
)
#: Who builds Java, by what people call them; all of them build the same engines.
_JAVA_VENDORS = {
    "amazon-corretto": "corretto amazon amazoncorretto",
    "azul-zulu": "azul zulu azulzulu",
    "bellsoft-liberica": "bellsoft liberica",
    "eclipse-temurin": "temurin eclipse adoptium eclipsetemurin eclipseadoptium",
    "ibm-semeru-runtime": "ibm semeru",
    "microsoft-build-of-openjdk": "microsoft",
    "oracle-jdk": "oracle oraclejdk",
    "redhat-build-of-openjdk": "redhat",
    "sapmachine": "sap sapmachine",
    "alibaba-dragonwell": "alibaba dragonwell",
}
_JAVA_ENGINES = ("java", "jdk", "jre", "openjdk")


def _routes() -> Mapping[tuple[str, str], str]:
    made = {
        (provider, engine): product
        for providers, offers in _OFFERS
        for offer in offers.split()
        for engines, _, product in [offer.partition("=")]
        for provider in providers.split()
        for engine in engines.split("|")
    }
    for product, vendors in _JAVA_VENDORS.items():
        made |= {(vendor, engine): product for vendor in vendors.split() for engine in _JAVA_ENGINES}
    return MappingProxyType(made)


#: Folded provider and engine -> the key of the product whose clock counts, which a table may or may not have.
ROUTES = _routes()
#: Providers that the routes know.
PROVIDERS = frozenset(provider for provider, _ in ROUTES)
#: Engines that somebody sells as a service, folded: with a provider that no route has, their clock is unknown.
SOLD = frozenset(engine for _, engine in ROUTES) | frozenset(_AWS_LAMBDA.split())
#: Engines that one provider alone has, so that they need no provider.
ALONE = MappingProxyType(
    {
        "aurorapostgresql": "amazon-aurora-postgresql",
        "aurorapostgres": "amazon-aurora-postgresql",
        "auroramysql": "amazon-aurora-mysql",
        "aurora": "amazon-aurora-mysql",
        "docdb": "amazon-documentdb",
        "herokupostgres": "heroku-postgresql",
        "herokupostgresql": "heroku-postgresql",
        "cloudsqlpostgresql": "google-cloud-sql-postgresql",
        "cloudsqlpostgres": "google-cloud-sql-postgresql",
        "cloudsqlmysql": "google-cloud-sql-mysql",
        "rdspostgresql": "amazon-rds-postgresql",
        "rdspostgres": "amazon-rds-postgresql",
        "rdsmysql": "amazon-rds-mysql",
        "rdsmariadb": "amazon-rds-mariadb",
    }
)
#: What people write and no source has as an alias, folded.
SYNONYMS = MappingProxyType(
    {
        "sqlserver": "mssqlserver",
        "net": "dotnet",
        "netcore": "dotnet",
        "dotnetframework": "dotnetfx",
        "netframework": "dotnetfx",
        "elastic": "elasticsearch",
        "adoptium": "eclipse-temurin",
        "suse": "sles",
        "oracledb": "oracle-database",
        "activemqclassic": "apache-activemq",
    }
)
#: Words that name no product before their vendor is known, and the products to choose from.
VENDOR_REQUIRED = MappingProxyType(dict.fromkeys(_JAVA_ENGINES, tuple(_JAVA_VENDORS)))
#: The functions of AWS run engines by its own dates: the engine is a part of the cycle's name.
LAMBDA = ("awslambda", "lambda", "amazonlambda")
LAMBDA_PRODUCT = "aws-lambda"
LAMBDA_ENGINES = frozenset(_AWS_LAMBDA.split())
