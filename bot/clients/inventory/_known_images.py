"""Images that everybody uses, and the products in them, named as the feed of end-of-life dates names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Names that need no namespace: Docker's official images, and those of Kubernetes' own registry.
_OFFICIAL: Mapping[str, str] = {
    "almalinux": "almalinux",
    "alpine": "alpine-linux",
    "amazoncorretto": "amazon-corretto",
    "amazonlinux": "amazon-linux",
    "arangodb": "arangodb",
    "caddy": "caddy",
    "cassandra": "apache-cassandra",
    "centos": "centos",
    "clickhouse": "clickhouse",
    "composer": "composer",
    "consul": "consul",
    "couchbase": "couchbase-server",
    "couchdb": "apache-couchdb",
    "debian": "debian",
    "drupal": "drupal",
    "eclipse-temurin": "eclipse-temurin",
    "elasticsearch": "elasticsearch",
    "elixir": "elixir",
    "erlang": "erlang",
    "fedora": "fedora",
    "flink": "apache-flink",
    "golang": "go",
    "gradle": "gradle",
    "groovy": "apache-groovy",
    "haproxy": "haproxy",
    "haskell": "ghc",
    "httpd": "apache-http-server",
    "ibm-semeru-runtimes": "ibm-semeru-runtime",
    "influxdb": "influxdb",
    "jetty": "eclipse-jetty",
    "joomla": "joomla",
    "jruby": "jruby",
    "julia": "julia",
    "kibana": "kibana",
    "kong": "kong-gateway",
    "logstash": "logstash",
    "mageia": "mageia",
    "mariadb": "mariadb",
    "matomo": "matomo",
    "maven": "apache-maven",
    "mediawiki": "mediawiki",
    "memcached": "memcached",
    "mongo": "mongodb",
    "mysql": "mysql",
    "neo4j": "neo4j",
    "nextcloud": "nextcloud",
    "nginx": "nginx",
    "node": "nodejs",
    "openjdk": "openjdk-builds-from-oracle",
    "oraclelinux": "oracle-linux",
    "perl": "perl",
    "photon": "photon",
    "php": "php",
    "phpmyadmin": "phpmyadmin",
    "plone": "plone",
    "postgres": "postgresql",
    "python": "python",
    "rabbitmq": "rabbitmq",
    "redis": "redis",
    "redmine": "redmine",
    "rockylinux": "rocky-linux",
    "ruby": "ruby",
    "rust": "rust",
    "sapmachine": "sapmachine",
    "solr": "solr",
    "sonarqube": "sonarqube-community",
    "spark": "apache-spark",
    "telegraf": "telegraf",
    "tomcat": "tomcat",
    "traefik": "traefik",
    "ubuntu": "ubuntu",
    "varnish": "vinyl-cache",
    "vault": "hashicorp-vault",
    "wordpress": "wordpress",
    "zookeeper": "zookeeper",
    "kube-apiserver": "kubernetes",
    "kube-controller-manager": "kubernetes",
    "kube-proxy": "kubernetes",
    "kube-scheduler": "kubernetes",
    "etcd": "etcd",
}

#: Names that need their namespace, whatever registry they come from.
_NAMED: Mapping[str, str] = {
    "alibabadragonwell/dragonwell": "alibaba-dragonwell",
    "apache/activemq-classic": "apache-activemq",
    "apache/airflow": "apache-airflow",
    "apache/kafka": "apache-kafka",
    "apache/nifi": "apache-nifi",
    "apache/spark": "apache-spark",
    "apachepulsar/pulsar": "apache-pulsar",
    "argoproj/argocd": "argo-cd",
    "azul/zulu-openjdk": "azul-zulu",
    "azul/zulu-openjdk-alpine": "azul-zulu",
    "bellsoft/liberica-openjdk-alpine": "bellsoft-liberica",
    "bellsoft/liberica-openjdk-debian": "bellsoft-liberica",
    "bellsoft/liberica-openjre-alpine": "bellsoft-liberica",
    "bellsoft/liberica-openjre-debian": "bellsoft-liberica",
    "bitnami/cassandra": "apache-cassandra",
    "bitnami/elasticsearch": "elasticsearch",
    "bitnami/etcd": "etcd",
    "bitnami/kafka": "apache-kafka",
    "bitnami/keycloak": "keycloak",
    "bitnami/mariadb": "mariadb",
    "bitnami/memcached": "memcached",
    "bitnami/mongodb": "mongodb",
    "bitnami/mysql": "mysql",
    "bitnami/nginx": "nginx",
    "bitnami/node": "nodejs",
    "bitnami/postgresql": "postgresql",
    "bitnami/postgresql-repmgr": "postgresql",
    "bitnami/python": "python",
    "bitnami/rabbitmq": "rabbitmq",
    "bitnami/redis": "redis",
    "bitnami/redis-cluster": "redis",
    "bitnami/tomcat": "tomcat",
    "bitnami/valkey": "valkey",
    "bitnami/wordpress": "wordpress",
    "bitnami/zookeeper": "zookeeper",
    "calico/node": "calico",
    "calico/cni": "calico",
    "cilium/cilium": "cilium",
    "clickhouse/clickhouse-server": "clickhouse",
    "cockroachdb/cockroach": "cockroachdb",
    "dotnet/aspnet": "dotnet",
    "dotnet/framework/aspnet": "dotnetfx",
    "dotnet/framework/runtime": "dotnetfx",
    "dotnet/runtime": "dotnet",
    "dotnet/runtime-deps": "dotnet",
    "dotnet/sdk": "dotnet",
    "elasticsearch/elasticsearch": "elasticsearch",
    "envoyproxy/envoy": "envoy",
    "fluent/fluent-bit": "fluent-bit",
    "gitlab/gitlab-ce": "gitlab",
    "gitlab/gitlab-ee": "gitlab",
    "gitlab/gitlab-runner": "gitlab-runner",
    "goharbor/harbor-core": "harbor",
    "grafana/grafana": "grafana",
    "grafana/grafana-enterprise": "grafana",
    "grafana/grafana-oss": "grafana",
    "grafana/loki": "grafana-loki",
    "hashicorp/consul": "consul",
    "hashicorp/nomad": "nomad",
    "hashicorp/terraform": "terraform",
    "hashicorp/vault": "hashicorp-vault",
    "istio/pilot": "istio",
    "istio/proxyv2": "istio",
    "jaegertracing/all-in-one": "jaeger",
    "jenkins/jenkins": "jenkins",
    "kedacore/keda": "keda",
    "keycloak/keycloak": "keycloak",
    "kibana/kibana": "kibana",
    "kindest/node": "kubernetes",
    "kong/kong-gateway": "kong-gateway",
    "logstash/logstash": "logstash",
    "mssql/server": "mssqlserver",
    "mysql/mysql-server": "mysql",
    "openjdk/jdk": "microsoft-build-of-openjdk",
    "opensearchproject/opensearch": "opensearch",
    "opentofu/opentofu": "opentofu",
    "oven/bun": "bun",
    "prom/prometheus": "prometheus",
    "prometheus/prometheus": "prometheus",
    "rancher/rancher": "rancher",
    "redislabs/redis": "redis",
    "renovate/renovate": "renovate",
    "valkey/valkey": "valkey",
    "windows/nanoserver": "windows-nano-server",
    "windows/servercore": "windows-server-core",
    "zabbix/zabbix-server-pgsql": "zabbix",
}

#: Operating systems: their tags may be codenames, and a tag of letters is a version.
SYSTEMS = frozenset(
    {"alpine-linux", "centos", "debian", "fedora", "ubuntu", "windows-nano-server", "windows-server-core"}
)

#: How many digits of `python-311` are the major version; products that are not here have no minor one.
_MAJOR_DIGITS = {"mariadb": 2, "mysql": 1, "nginx": 1, "perl": 1, "php": 1, "python": 1, "ruby": 1}
_WITH_VERSION = {
    "mariadb": "mariadb",
    "mysql": "mysql",
    "nginx": "nginx",
    "nodejs": "nodejs",
    "openjdk": "redhat-build-of-openjdk",
    "perl": "perl",
    "php": "php",
    "postgresql": "postgresql",
    "python": "python",
    "redis": "redis",
    "ruby": "ruby",
}
_RED_HAT_BASE = re.compile(
    r"(?:(?:ubi|rhel)(?P<namespace>\d{1,2})/)?(?:ubi|rhel)(?P<own>\d{1,2})?(?:-(?:minimal|micro|init))?"
)
_RED_HAT = re.compile(r"(?:ubi|rhel)\d{1,2}/(?P<name>[a-z]+)-(?P<digits>\d{1,4})(?:-[a-z]+)*")
_DISTROLESS = re.compile(
    r"distroless/(?:nodejs(?P<node>\d{1,3})-debian\d+|(?:static|base|base-nossl|cc)-debian(?P<debian>\d+))"
)


@dataclass(frozen=True, slots=True)
class KnownImage:
    """The product in a well-known image; `version` where the image's name, not its tag, says it."""

    product: str
    version: str = ""


def known_image(path: str, *, has_registry: bool) -> KnownImage | None:
    """Return the product in the image at `path`, its name without registry and tag; None for what is not well known.

    A company's mirror keeps the end of a path (`mirror/library/postgres`). A name alone (`postgres`) counts from any
    registry; a name under somebody's own namespace (`shop/postgres`) does not, for its tags may be their own versions.
    """
    parts = path.split("/")
    if len(parts) == 1:
        product = _OFFICIAL.get(path)
        return KnownImage(product) if product else _by_pattern(path) if has_registry else None
    if parts[-2] == "library" and parts[-1] in _OFFICIAL:
        return KnownImage(_OFFICIAL[parts[-1]])
    for first in range(len(parts) - 1):
        rest = "/".join(parts[first:])
        found = _NAMED.get(rest)
        known = KnownImage(found) if found else _by_pattern(rest)
        if known:
            return known
    return None


def _by_pattern(path: str) -> KnownImage | None:
    if base := _RED_HAT_BASE.fullmatch(path):
        return KnownImage("rhel", base["own"] or base["namespace"] or "")
    if image := _RED_HAT.fullmatch(path):
        name, digits = image["name"], image["digits"]
        cut = _MAJOR_DIGITS.get(name, len(digits))
        if name in _WITH_VERSION:
            return KnownImage(_WITH_VERSION[name], ".".join(part for part in (digits[:cut], digits[cut:]) if part))
    if image := _DISTROLESS.fullmatch(path):
        return KnownImage("nodejs", image["node"]) if image["node"] else KnownImage("debian", image["debian"])
    return None
