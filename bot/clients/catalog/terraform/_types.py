"""What each resource type is: its kind and hosting, the attributes that name it, and what it runs.

Attributes that are not in this table are never read. Types that only join or configure others are left out; of types
that are not here, a resource is taken when it has an owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.catalog import AssetKind, Hosting

_K, _H = AssetKind, Hosting


@dataclass(frozen=True, slots=True)
class RunsRule:
    """Where a type says what it runs.

    `product` is a product's name, or "" when it is in the attributes `product_from`; `version_from` are the attributes
    that may hold the version, the more exact one first. With neither product nor `product_from` the one value holds
    both (`POSTGRES_11`, `python3.9`).
    """

    provider: str
    product: str = ""
    product_from: tuple[str, ...] = ()
    version_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What a resource type is; `names` and `hosts` are attributes, `parent` the one that names what it is a part of."""

    kind: AssetKind
    hosting: Hosting | None = None
    names: tuple[str, ...] = ("name",)
    hosts: tuple[str, ...] = ()
    runs: tuple[RunsRule, ...] = ()
    parent: str = ""


def _rule(
    kind: AssetKind,
    hosting: Hosting | None,
    names: str = "name",
    hosts: str = "",
    *runs: RunsRule,
    parent: str = "",
) -> TypeRule:
    return TypeRule(kind, hosting, tuple(names.split()), tuple(hosts.split()), runs, parent)


def _engine(provider: str, version_from: str = "engine_version_actual engine_version", product: str = "") -> RunsRule:
    """Return the rule for a type with the product in `engine`, unless it is always the same."""
    return RunsRule(provider, product, () if product else ("engine",), tuple(version_from.split()))


def _fixed(provider: str, product: str, version_from: str) -> RunsRule:
    return RunsRule(provider, product, (), tuple(version_from.split()))


def _joined(provider: str, *version_from: str) -> RunsRule:
    return RunsRule(provider, "", (), version_from)


_FUNCTION_STACK = tuple(
    RunsRule("azure", product, (), (f"site_config.application_stack.{word}_version",))
    for product, word in (
        ("python", "python"),
        ("nodejs", "node"),
        ("java", "java"),
        ("dotnet", "dotnet"),
        ("php", "php"),
    )
)
_SQL_GOOGLE = _joined("gcp", "database_version")

AWS = {
    "aws_db_instance": _rule(_K.DATABASE, _H.MANAGED, "identifier db_name", "address endpoint", _engine("aws-rds")),
    "aws_rds_cluster": _rule(
        _K.DATABASE, _H.MANAGED, "cluster_identifier", "endpoint reader_endpoint", _engine("aws-rds")
    ),
    "aws_rds_cluster_instance": _rule(_K.DATABASE, _H.MANAGED, "identifier", "endpoint", parent="cluster_identifier"),
    "aws_rds_global_cluster": _rule(_K.DATABASE, _H.MANAGED, "global_cluster_identifier", "", _engine("aws-rds")),
    "aws_docdb_cluster": _rule(
        _K.DATABASE,
        _H.MANAGED,
        "cluster_identifier",
        "endpoint reader_endpoint",
        _fixed("aws-documentdb", "documentdb", "engine_version"),
    ),
    "aws_neptune_cluster": _rule(
        _K.DATABASE, _H.MANAGED, "cluster_identifier", "endpoint", _fixed("aws-neptune", "neptune", "engine_version")
    ),
    "aws_dynamodb_table": _rule(_K.DATABASE, _H.SERVERLESS),
    # Keyspaces has no version to choose, which is not the same as running nothing that ages.
    "aws_keyspaces_keyspace": _rule(_K.DATABASE, _H.SERVERLESS, "name", "", _fixed("aws-keyspaces", "keyspaces", "")),
    "aws_keyspaces_table": _rule(
        _K.DATABASE, _H.SERVERLESS, "table_name", "", _fixed("aws-keyspaces", "keyspaces", ""), parent="keyspace_name"
    ),
    "aws_redshift_cluster": _rule(_K.DATABASE, _H.MANAGED, "cluster_identifier", "dns_name endpoint"),
    "aws_opensearch_domain": _rule(
        _K.DATABASE, _H.MANAGED, "domain_name", "endpoint", _joined("aws-opensearch", "engine_version")
    ),
    "aws_elasticsearch_domain": _rule(
        _K.DATABASE,
        _H.MANAGED,
        "domain_name",
        "endpoint",
        _fixed("aws-opensearch", "elasticsearch", "elasticsearch_version"),
    ),
    "aws_elasticache_cluster": _rule(
        _K.CACHE,
        _H.MANAGED,
        "cluster_id",
        "cluster_address configuration_endpoint",
        _engine("aws-elasticache"),
        parent="replication_group_id",
    ),
    "aws_elasticache_replication_group": _rule(
        _K.CACHE,
        _H.MANAGED,
        "replication_group_id",
        "primary_endpoint_address configuration_endpoint_address",
        _engine("aws-elasticache"),
    ),
    "aws_elasticache_serverless_cache": _rule(
        _K.CACHE, _H.SERVERLESS, "name", "", _engine("aws-elasticache", "full_engine_version major_engine_version")
    ),
    "aws_memorydb_cluster": _rule(
        _K.DATABASE, _H.MANAGED, "name", "", _engine("aws-memorydb", "engine_patch_version engine_version")
    ),
    "aws_mq_broker": _rule(
        _K.QUEUE, _H.MANAGED, "broker_name", "", RunsRule("aws-mq", "", ("engine_type",), ("engine_version",))
    ),
    "aws_msk_cluster": _rule(_K.QUEUE, _H.MANAGED, "cluster_name", "", _fixed("aws-msk", "kafka", "kafka_version")),
    "aws_msk_serverless_cluster": _rule(_K.QUEUE, _H.SERVERLESS, "cluster_name"),
    "aws_sqs_queue": _rule(_K.QUEUE, _H.MANAGED, "name", "url"),
    "aws_sns_topic": _rule(_K.QUEUE, _H.MANAGED),
    "aws_kinesis_stream": _rule(_K.QUEUE, _H.MANAGED),
    "aws_kinesis_firehose_delivery_stream": _rule(_K.PIPELINE, _H.MANAGED),
    "aws_cloudwatch_event_bus": _rule(_K.QUEUE, _H.SERVERLESS),
    "aws_s3_bucket": _rule(_K.STORAGE, _H.MANAGED, "bucket", "bucket_domain_name bucket_regional_domain_name"),
    "aws_efs_file_system": _rule(_K.STORAGE, _H.MANAGED, "", "dns_name"),
    "aws_ecr_repository": _rule(_K.STORAGE, _H.MANAGED, "name", "repository_url"),
    "aws_eks_cluster": _rule(_K.CLUSTER, _H.MANAGED, "name", "endpoint", _fixed("aws-eks", "kubernetes", "version")),
    "aws_eks_node_group": _rule(
        _K.CLOUD_RESOURCE,
        _H.VIRTUAL_MACHINE,
        "node_group_name",
        "",
        _fixed("aws-eks", "kubernetes", "version"),
        parent="cluster_name",
    ),
    "aws_ecs_cluster": _rule(_K.CLUSTER, _H.MANAGED),
    "aws_ecs_service": _rule(_K.SERVICE, _H.CONTAINER),
    "aws_apprunner_service": _rule(_K.SERVICE, _H.SERVERLESS, "service_name", "service_url"),
    "aws_elastic_beanstalk_environment": _rule(_K.ENVIRONMENT, _H.MANAGED, "name", "cname", parent="application"),
    "aws_lambda_function": _rule(_K.FUNCTION, _H.SERVERLESS, "function_name", "", _joined("aws-lambda", "runtime")),
    "aws_instance": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE, "", "private_dns public_dns"),
    "aws_autoscaling_group": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE),
    "aws_lb": _rule(_K.CLOUD_RESOURCE, _H.MANAGED, "name", "dns_name"),
    "aws_alb": _rule(_K.CLOUD_RESOURCE, _H.MANAGED, "name", "dns_name"),
    "aws_elb": _rule(_K.CLOUD_RESOURCE, _H.MANAGED, "name", "dns_name"),
    "aws_vpc": _rule(_K.CLOUD_RESOURCE, _H.MANAGED, ""),
    "aws_cloudfront_distribution": _rule(_K.CLOUD_RESOURCE, _H.MANAGED, "", "domain_name"),
    "aws_api_gateway_rest_api": _rule(_K.API, _H.SERVERLESS),
    "aws_apigatewayv2_api": _rule(_K.API, _H.SERVERLESS, "name", "api_endpoint"),
    "aws_route53_zone": _rule(_K.DOMAIN, _H.MANAGED, "name", "name"),
    "aws_route53_record": _rule(_K.DOMAIN, _H.MANAGED, "fqdn name", "fqdn"),
    "aws_sfn_state_machine": _rule(_K.PIPELINE, _H.SERVERLESS),
    "aws_codepipeline": _rule(_K.PIPELINE, _H.MANAGED),
    "aws_codebuild_project": _rule(_K.PIPELINE, _H.MANAGED),
    "aws_glue_job": _rule(_K.PIPELINE, _H.SERVERLESS),
    "aws_mwaa_environment": _rule(
        _K.PIPELINE, _H.MANAGED, "name", "webserver_url", _fixed("aws-mwaa", "airflow", "airflow_version")
    ),
    "aws_cloudwatch_dashboard": _rule(_K.DASHBOARD, _H.MANAGED, "dashboard_name"),
}

GOOGLE = {
    "google_sql_database_instance": _rule(_K.DATABASE, _H.MANAGED, "name", "dns_name", _SQL_GOOGLE),
    "google_alloydb_cluster": _rule(_K.DATABASE, _H.MANAGED, "cluster_id", "", _SQL_GOOGLE),
    "google_spanner_instance": _rule(_K.DATABASE, _H.MANAGED),
    "google_bigtable_instance": _rule(_K.DATABASE, _H.MANAGED),
    "google_bigquery_dataset": _rule(_K.DATABASE, _H.SERVERLESS, "dataset_id"),
    "google_firestore_database": _rule(_K.DATABASE, _H.SERVERLESS),
    "google_redis_instance": _rule(_K.CACHE, _H.MANAGED, "name", "", _joined("gcp", "redis_version")),
    "google_memcache_instance": _rule(_K.CACHE, _H.MANAGED, "name", "", _joined("gcp", "memcache_version")),
    "google_pubsub_topic": _rule(_K.QUEUE, _H.SERVERLESS),
    "google_pubsub_subscription": _rule(_K.QUEUE, _H.SERVERLESS),
    "google_storage_bucket": _rule(_K.STORAGE, _H.MANAGED),
    "google_artifact_registry_repository": _rule(_K.STORAGE, _H.MANAGED, "repository_id"),
    "google_container_cluster": _rule(
        _K.CLUSTER, _H.MANAGED, "name", "", _fixed("gcp", "kubernetes", "master_version min_master_version")
    ),
    "google_container_node_pool": _rule(
        _K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE, "name", "", _fixed("gcp", "kubernetes", "version"), parent="cluster"
    ),
    "google_compute_instance": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE, "name", "hostname"),
    "google_cloud_run_service": _rule(_K.SERVICE, _H.SERVERLESS),
    "google_cloud_run_v2_service": _rule(_K.SERVICE, _H.SERVERLESS, "name", "uri"),
    "google_cloudfunctions_function": _rule(
        _K.FUNCTION, _H.SERVERLESS, "name", "https_trigger_url", _joined("gcp", "runtime")
    ),
    "google_cloudfunctions2_function": _rule(
        _K.FUNCTION, _H.SERVERLESS, "name", "url", _joined("gcp", "build_config.runtime")
    ),
    "google_dns_managed_zone": _rule(_K.DOMAIN, _H.MANAGED, "dns_name name", "dns_name"),
    "google_dns_record_set": _rule(_K.DOMAIN, _H.MANAGED, "name", "name"),
    "google_composer_environment": _rule(_K.PIPELINE, _H.MANAGED),
}

AZURE = {
    "azurerm_postgresql_server": _rule(
        _K.DATABASE, _H.MANAGED, "name", "fqdn", _fixed("azure", "postgresql", "version")
    ),
    "azurerm_postgresql_flexible_server": _rule(
        _K.DATABASE, _H.MANAGED, "name", "fqdn", _fixed("azure", "postgresql", "version")
    ),
    "azurerm_mysql_server": _rule(_K.DATABASE, _H.MANAGED, "name", "fqdn", _fixed("azure", "mysql", "version")),
    "azurerm_mysql_flexible_server": _rule(
        _K.DATABASE, _H.MANAGED, "name", "fqdn", _fixed("azure", "mysql", "version")
    ),
    "azurerm_mariadb_server": _rule(_K.DATABASE, _H.MANAGED, "name", "fqdn", _fixed("azure", "mariadb", "version")),
    "azurerm_mssql_server": _rule(
        _K.DATABASE, _H.MANAGED, "name", "fully_qualified_domain_name", _fixed("azure", "mssql", "version")
    ),
    "azurerm_mssql_database": _rule(_K.DATABASE, _H.MANAGED),
    "azurerm_cosmosdb_account": _rule(_K.DATABASE, _H.SERVERLESS, "name", "endpoint"),
    "azurerm_redis_cache": _rule(_K.CACHE, _H.MANAGED, "name", "hostname", _fixed("azure", "redis", "redis_version")),
    "azurerm_servicebus_namespace": _rule(_K.QUEUE, _H.MANAGED),
    "azurerm_servicebus_queue": _rule(_K.QUEUE, _H.MANAGED),
    "azurerm_eventhub_namespace": _rule(_K.QUEUE, _H.MANAGED),
    "azurerm_eventhub": _rule(_K.QUEUE, _H.MANAGED),
    "azurerm_storage_account": _rule(_K.STORAGE, _H.MANAGED, "name", "primary_blob_host"),
    "azurerm_container_registry": _rule(_K.STORAGE, _H.MANAGED, "name", "login_server"),
    "azurerm_kubernetes_cluster": _rule(
        _K.CLUSTER,
        _H.MANAGED,
        "name",
        "fqdn",
        _fixed("azure", "kubernetes", "current_kubernetes_version kubernetes_version"),
    ),
    "azurerm_linux_virtual_machine": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE),
    "azurerm_windows_virtual_machine": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE),
    "azurerm_container_app": _rule(_K.SERVICE, _H.SERVERLESS, "name", "latest_revision_fqdn"),
    "azurerm_linux_web_app": _rule(_K.SERVICE, _H.MANAGED, "name", "default_hostname", *_FUNCTION_STACK),
    "azurerm_windows_web_app": _rule(_K.SERVICE, _H.MANAGED, "name", "default_hostname"),
    "azurerm_linux_function_app": _rule(_K.FUNCTION, _H.SERVERLESS, "name", "default_hostname", *_FUNCTION_STACK),
    "azurerm_windows_function_app": _rule(_K.FUNCTION, _H.SERVERLESS, "name", "default_hostname"),
    "azurerm_dns_zone": _rule(_K.DOMAIN, _H.MANAGED, "name", "name"),
    "azurerm_data_factory": _rule(_K.PIPELINE, _H.MANAGED),
}

OTHERS = {
    "heroku_app": _rule(_K.SERVICE, _H.MANAGED, "name", "heroku_hostname web_url"),
    "heroku_addon": _rule(
        _K.CLOUD_RESOURCE, _H.MANAGED, "name", "", _fixed("heroku", "", "config.version"), parent="app"
    ),
    "mongodbatlas_cluster": _rule(
        _K.DATABASE, _H.SAAS, "name", "", _fixed("mongodb-atlas", "mongodb", "mongo_db_version mongo_db_major_version")
    ),
    "mongodbatlas_advanced_cluster": _rule(
        _K.DATABASE, _H.SAAS, "name", "", _fixed("mongodb-atlas", "mongodb", "mongo_db_version mongo_db_major_version")
    ),
    "digitalocean_database_cluster": _rule(_K.DATABASE, _H.MANAGED, "name", "host", _engine("digitalocean", "version")),
    "digitalocean_kubernetes_cluster": _rule(
        _K.CLUSTER, _H.MANAGED, "name", "", _fixed("digitalocean", "kubernetes", "version")
    ),
    "digitalocean_droplet": _rule(_K.CLOUD_RESOURCE, _H.VIRTUAL_MACHINE),
    "github_repository": _rule(_K.REPOSITORY, _H.SAAS, "full_name name", "html_url"),
    "grafana_dashboard": _rule(_K.DASHBOARD, None, "uid", "url"),
    "cloudflare_zone": _rule(_K.DOMAIN, _H.SAAS, "zone name", "zone name"),
    "cloudflare_record": _rule(_K.DOMAIN, _H.SAAS, "hostname name", "hostname"),
    "kubernetes_namespace": _rule(_K.ENVIRONMENT, _H.CONTAINER, "metadata.name"),
    "kubernetes_deployment": _rule(_K.SERVICE, _H.CONTAINER, "metadata.name", parent="metadata.namespace"),
}

#: Every type that is an asset of its own.
TYPES = {**AWS, **GOOGLE, **AZURE, **OTHERS}
#: For types that are not in the table: taken when they have an owner.
UNKNOWN = TypeRule(AssetKind.CLOUD_RESOURCE, None)

_GLUE = re.compile(
    r"(random|null|local|tls|time|template|archive|external|http|cloudinit)_\w+|terraform_data"
    r"|\w+_(attachment|association|assignment|policy|policies|permissions?|membership|member|binding|grant|rule|alias"
    r"|subnet_group|parameter_group|option_group|user_group|acl|certificate_validation|notification|version|object|user)"
    r"|aws_(iam|security_group|subnet|route|route_table|internet_gateway|nat_gateway|eip|network|vpc_|cloudwatch_log"
    r"|cloudwatch_metric|kms|ssm|launch|lb_|alb_|s3_bucket_|s3_object|lambda_|api_gateway_|apigatewayv2_|acm|key_pair"
    r"|ecs_task|appautoscaling|autoscaling_|eks_|cloudwatch_event_|db_|default_|ebs_|flow_log|sqs_|sns_|ecr_|efs_"
    r"|secretsmanager_secret_)\w*"
    r"|google_(project_service\w*|\w*iam\w*|compute_(firewall|route|router|subnetwork|address|global|network|forwarding"
    r"|backend|url|target|health|ssl|disk)\w*|service_account\w*|secret_manager_secret_version|kms\w*|sql_(user|database))"
    r"|azurerm_(subnet|network|private|public_ip|role|monitor|key_vault_|lb_|route|nat_gateway|management_lock)\w*"
)


def is_glue(type_: str) -> bool:
    """Return whether resources of `type_` only join or configure others, so that nobody asks who owns one."""
    return type_ not in TYPES and _GLUE.fullmatch(type_) is not None


#: Every attribute that may be read, nested ones as a path.
ATTRIBUTES = frozenset(
    {"arn", "id", "name", "engine", "plan"}
    | {name for rule in TYPES.values() for name in (*rule.names, *rule.hosts, rule.parent) if name}
    | {
        name
        for rule in TYPES.values()
        for runs in rule.runs
        for name in (*runs.product_from, *runs.version_from)
        if name
    }
)
#: The attributes below which there are such paths.
BLOCKS = frozenset(name.partition(".")[0] for name in ATTRIBUTES if "." in name)
