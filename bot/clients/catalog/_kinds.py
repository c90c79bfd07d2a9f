"""The words that catalogs have for what a thing is, to Baton's kinds; they are free text, these are in use."""

from __future__ import annotations

from functools import lru_cache

from bot.domain.catalog import AssetKind, Hosting

_OF_KIND = {
    "api": AssetKind.API,
    "system": AssetKind.SYSTEM,
    "domain": AssetKind.DOMAIN,
}

_WORDS = {
    AssetKind.SERVICE: """service backend backend-service microservice worker daemon job bff server app application
        graphql grpc""",
    AssetKind.WEBSITE: "website web webapp web-app frontend ui spa mobile mobile-app ios android microfrontend site",
    AssetKind.LIBRARY: "library lib package sdk module plugin cli tool npm-package terraform-module",
    AssetKind.FUNCTION: "function lambda lambda-function serverless-function cloud-function faas",
    AssetKind.DATABASE: """database db datastore postgres postgresql mysql mariadb mongodb mongo rds aurora
        dynamodb dynamodb-table cassandra oracle mssql sqlserver cockroachdb spanner bigtable
        data-warehouse warehouse snowflake redshift bigquery elasticsearch opensearch""",
    AssetKind.CACHE: "cache redis memcached valkey elasticache",
    AssetKind.QUEUE: """queue sqs sqs-queue kafka kafka-topic topic sns sns-topic pubsub pubsub-topic rabbitmq stream
        kinesis event-bus broker""",
    AssetKind.STORAGE: """storage bucket s3 s3-bucket gcs gcs-bucket blob blob-storage object-storage volume efs
        file-share""",
    AssetKind.CLUSTER: "cluster kubernetes-cluster k8s-cluster kubernetes eks aks gke ecs kafka-cluster",
    AssetKind.PIPELINE: "pipeline ci-pipeline data-pipeline workflow dag etl",
    AssetKind.DASHBOARD: "dashboard grafana-dashboard report",
    AssetKind.ENVIRONMENT: "environment namespace kubernetes-namespace",
    AssetKind.REPOSITORY: "repository repo",
    AssetKind.DOMAIN: "dns-zone dns domain-name",
    AssetKind.SYSTEM: "system product",
    AssetKind.API: "api rest openapi",
    AssetKind.CLOUD_RESOURCE: "cloud-resource vm virtual-machine ec2 instance load-balancer vpc network secret cdn",
}
_BY_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_MANAGED = (
    "rds aurora elasticache s3 s3-bucket gcs gcs-bucket eks aks gke sqs sqs-queue sns sns-topic redshift pubsub-topic"
)
_HOSTING = {
    **dict.fromkeys(_MANAGED.split(), Hosting.MANAGED),
    **dict.fromkeys(["lambda", "lambda-function", "serverless-function", "cloud-function", "faas"], Hosting.SERVERLESS),
    **dict.fromkeys(["dynamodb", "dynamodb-table", "bigquery"], Hosting.SERVERLESS),
    **dict.fromkeys(["vm", "virtual-machine", "ec2"], Hosting.VIRTUAL_MACHINE),
    "snowflake": Hosting.SAAS,
}


@lru_cache(maxsize=1024)
def kind_of_word(word: str, default: AssetKind = AssetKind.SERVICE) -> AssetKind:
    """Return the kind that a word means; `default` for no word, `OTHER` for one that Baton does not know."""
    folded = _folded(word)
    return _BY_WORD.get(folded, AssetKind.OTHER) if folded else default


def kind_of(kind: str, type_: str) -> tuple[AssetKind, Hosting | None]:
    """Return what a Backstage entity of `kind` (lower case) and `spec.type` is, and how it is hosted if that tells."""
    word = _folded(type_)
    if kind in _OF_KIND:
        return _OF_KIND[kind], None
    if not word and kind == "component":
        return AssetKind.SERVICE, None
    return _BY_WORD.get(word, AssetKind.OTHER), _HOSTING.get(word)


def _folded(word: str) -> str:
    return word.strip().lower().replace("_", "-").replace(" ", "-")
