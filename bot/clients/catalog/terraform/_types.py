"""What each resource type is: its kind and hosting, the attributes that name it, and what it runs.

The table is `bot/data/terraform_types.yaml`. Attributes that are not in it are never read. Types that only connect or
configure others are left out; a resource of an unknown type is used if it has an owner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bot.data import table
from bot.domain.catalog import AssetKind, Hosting


@dataclass(frozen=True, slots=True)
class RunsRule:
    """Where a type says what it runs.

    - `product`: a product's name, or "" if it is in the attributes `product_from`.
    - `version_from`: the attributes that may have the version, the more exact one first.
    - `product_pattern`: finds the product in longer text.
    - `pattern`: without product and `product_from`, one value has both (`POSTGRES_11`, `python3.9`), in the groups
      `product` and `version` of this pattern if there is one.
    - `image`: an attribute with a container's image.
    - `is_optional`: it runs only if it has a version. Otherwise a missing version is an unknown one.
    - `goes_on_from`: the attribute that says whether the provider continues support for money, by the values in
      `goes_on`.
    """

    provider: str
    product: str = ""
    product_from: tuple[str, ...] = ()
    version_from: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    product_pattern: re.Pattern[str] | None = None
    image: str = ""
    is_optional: bool = False
    goes_on_from: str = ""
    goes_on: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WholeRule:
    """What resources of a type are a part of. `type` is the whole's type, `name_from` the attribute with its name.

    Both run the same thing. It is counted `in_parts`, or once in the whole.
    """

    type: str
    name_from: str
    in_parts: bool


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What a resource type is. `names` and `hosts` are attributes, `parent` is the one that names what it is a part of.

    `otherwise` is what it runs, with an unknown version, if none of `runs` applies. `whole` is what runs the same. A
    type that `is_only_known` runs only products with a known end of life, and its resources are used only if they do or
    have an owner.
    """

    kind: AssetKind
    hosting: Hosting | None = None
    names: tuple[str, ...] = ("name",)
    hosts: tuple[str, ...] = ()
    runs: tuple[RunsRule, ...] = ()
    parent: str = ""
    otherwise: str = ""
    whole: WholeRule | None = None
    is_only_known: bool = False


def _type_rule(fields: Mapping[str, Any]) -> TypeRule:
    return TypeRule(
        AssetKind(fields["kind"]),
        Hosting(fields["hosting"]) if "hosting" in fields else None,
        _words(fields, "names", "name"),
        _words(fields, "hosts"),
        tuple(_runs_rule(one) for one in fields.get("runs", ())),
        fields.get("parent", ""),
        fields.get("otherwise", ""),
        WholeRule(whole["type"], whole["name_from"], whole["counts"] == "parts")
        if (whole := fields.get("whole"))
        else None,
        fields.get("only_known", False),
    )


def _runs_rule(fields: Mapping[str, Any]) -> RunsRule:
    return RunsRule(
        fields["provider"],
        fields.get("product", ""),
        _words(fields, "product_from"),
        _words(fields, "version_from"),
        re.compile(fields["pattern"]) if "pattern" in fields else None,
        re.compile(fields["product_pattern"]) if "product_pattern" in fields else None,
        fields.get("image", ""),
        fields.get("optional", False),
        fields.get("goes_on_from", ""),
        {value: said == "true" for value, said in fields.get("goes_on", {}).items()},
    )


def _words(fields: Mapping[str, str], key: str, otherwise: str = "") -> tuple[str, ...]:
    return tuple(fields.get(key, otherwise).split())


#: Every type whose resources are assets of their own.
TYPES = {name: _type_rule(fields) for name, fields in table("terraform_types").items()}
#: For types that are not in the table; used if the resource has an owner.
UNKNOWN = TypeRule(AssetKind.CLOUD_RESOURCE, None)

_DATABASE, _CACHE, _QUEUE = AssetKind.DATABASE, AssetKind.CACHE, AssetKind.QUEUE
#: Engines that occur in the names of types.
_ENGINES = {
    **{"postgres": _DATABASE, "postgresql": _DATABASE, "mysql": _DATABASE, "mariadb": _DATABASE, "mongodb": _DATABASE},
    **{"opensearch": _DATABASE, "elasticsearch": _DATABASE, "cassandra": _DATABASE, "clickhouse": _DATABASE},
    **{"redis": _CACHE, "valkey": _CACHE, "memcached": _CACHE, "kafka": _QUEUE, "rabbitmq": _QUEUE},
    **{"kubernetes": AssetKind.CLUSTER, "k8s": AssetKind.CLUSTER},
}
#: `PROVIDER_..._ENGINE_instance`. Types with other endings are inside such a service, or connect it to another.
_SERVICE = re.compile(
    rf"(?P<provider>[a-z0-9]+)_(?:\w+_)?(?P<engine>{'|'.join(sorted(_ENGINES, key=len, reverse=True))})(?:flex)?"
    r"(?:_(?:instance|cluster|server|service|deployment|db_?system))?(?:_v\d+)?"
)
_NO_SERVICE = re.compile(
    r"\w*_(linked|integration|link|connector|connection|endpoint|datasource|source|secret|backend)_\w+"
)

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
    """Return whether resources of `type_` only connect or configure others, so that nobody asks for their owner."""
    return type_ not in TYPES and _GLUE.fullmatch(type_) is not None


@lru_cache(maxsize=1024)
def rule_of(type_: str) -> TypeRule | None:
    """Return the rule of a type; for a type that is not in the table, by the engine in its name; else None."""
    if type_ in TYPES:
        return TYPES[type_]
    found = _SERVICE.fullmatch(type_)
    if found is None or found["provider"] in {*_ENGINES, "helm"} or _NO_SERVICE.fullmatch(type_):
        return None
    product = "kubernetes" if found["engine"] == "k8s" else found["engine"]
    runs = RunsRule(found["provider"], product, version_from=_GUESSED_VERSIONS)
    return TypeRule(_ENGINES[found["engine"]], Hosting.MANAGED, runs=(runs,))


_GUESSED_VERSIONS = ("engine_version", "version", "kubernetes_version")
_READ = {"arn", "id", "name", "engine", "plan", *_GUESSED_VERSIONS}
_READ |= {name for rule in TYPES.values() for name in (*rule.names, *rule.hosts, rule.parent) if name}
_READ |= {rule.whole.name_from for rule in TYPES.values() if rule.whole is not None}
_READ |= {
    name
    for rule in TYPES.values()
    for runs in rule.runs
    for name in (*runs.product_from, *runs.version_from, runs.image, runs.goes_on_from)
    if name
}
#: Every attribute that may be read; those in blocks by their dotted paths.
ATTRIBUTES = frozenset(name for name in _READ if "." not in name)
NESTED = {name: tuple(name.split(".")) for name in sorted(_READ) if "." in name}
#: Attributes with container images, of which there may be several.
IMAGES = frozenset(runs.image for rule in TYPES.values() for runs in rule.runs if runs.image)
