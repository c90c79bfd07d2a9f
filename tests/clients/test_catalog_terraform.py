"""Terraform states: what is taken from them, and above all what is not."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import ReadOptions, read
from bot.clients.catalog.terraform._resource import ClaimReader, split_version
from bot.clients.catalog.terraform._stream import Resource
from bot.clients.catalog.terraform._tags import looks_secret
from bot.clients.catalog.terraform._types import TYPES, is_glue
from bot.clients.eol import starter
from bot.domain.catalog import AssetClaim, AssetKind, Hosting, OwnerRef, OwnerType, Runs, SourceCatalog
from bot.domain.eol import InCycle, UnknownProduct, match, providers
from bot.domain.names import fold
from tests.conftest import examples


def resource(
    type_: str, label: str = "main", /, *, module: str = "", mode: str = "managed", index: Any = None, **values: Any
) -> dict[str, Any]:
    address = (
        ("data." if mode == "data" else "") + f"{type_}.{label}" + ("" if index is None else f"[{json.dumps(index)}]")
    )
    made = {
        "address": f"{module}.{address}" if module else address,
        "mode": mode,
        "type": type_,
        "name": label,
        "provider_name": "registry.example/x/y",
        "schema_version": 1,
        "values": values,
        "sensitive_values": {"password": True},
    }
    return made if index is None else {**made, "index": index}


def state(
    *resources: dict[str, Any], children: list[dict[str, Any]] | None = None, key: str = "values", **more: Any
) -> dict[str, Any]:
    module = {"resources": list(resources)} | ({"child_modules": children} if children else {})
    return {"format_version": "1.0", "terraform_version": "1.11.4", key: {"root_module": module}, **more}


@pytest.fixture
def parse(tmp_path: Path):
    def parse(document: object, *, name: str = "state.json", options: ReadOptions | None = None) -> SourceCatalog:
        file = tmp_path / name
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        file.write_bytes(raw)
        return read("terraform", [file], options=options or ReadOptions())

    return parse


@pytest.fixture
def one(parse):
    def one(type_: str, **values: Any) -> AssetClaim:
        catalog = parse(state(resource(type_, **values)))
        assert catalog.problems == []
        (asset,) = catalog.assets
        return asset

    return one


ARN = "arn:aws:rds:eu-west-1:111122223333:db:payments-db"
DATABASE = {
    "arn": ARN,
    "identifier": "payments-db",
    "id": "db-ABC",
    "engine": "postgres",
    "engine_version": "11",
    "engine_version_actual": "11.22",
    "address": "payments-db.abc.eu-west-1.rds.amazonaws.example",
    "endpoint": "payments-db.abc.eu-west-1.rds.amazonaws.example:5432",
    "password": "hunter2",
    "tags": {"Owner": "wrong", "Name": "x"},
    "tags_all": {
        "Owner": "payments",
        "Environment": "Production",
        "Service": "checkout",
        "Cost_Centre": "4100",
        "Tier": "1",
        "junk": "z",
    },
}


def test_a_database_with_everything(one) -> None:
    asset = one("aws_db_instance", module="module.payments", **DATABASE)
    assert (asset.external_id, asset.kind, asset.name) == (ARN, AssetKind.DATABASE, "payments-db")
    assert asset.aliases == ("module.payments.aws_db_instance.main",)
    assert asset.addresses == (ARN, "payments-db.abc.eu-west-1.rds.amazonaws.example")
    assert (asset.parent, asset.hosting, asset.tier) == ("checkout", Hosting.MANAGED, 1)
    assert asset.tags == (
        ("type", "aws_db_instance"),
        ("environment", "Production"),
        ("service", "checkout"),
        ("cost-centre", "4100"),
    )
    assert asset.runs == (Runs("postgres", "11.22", "aws-rds", "production"),)
    assert [claim.owner for claim in asset.owners] == [OwnerRef("payments", OwnerType.UNSAID, "payments")]
    assert asset.origin.line is None


@pytest.mark.parametrize(
    ("type_", "values", "kind", "name", "runs"),
    [
        (
            "aws_rds_cluster",
            {"cluster_identifier": "c", "engine": "aurora-postgresql", "engine_version": "13.9"},
            AssetKind.DATABASE,
            "c",
            Runs("aurora-postgresql", "13.9", "aws-rds"),
        ),
        (
            "aws_elasticache_replication_group",
            {"replication_group_id": "r", "engine": "redis", "engine_version_actual": "6.2.6"},
            AssetKind.CACHE,
            "r",
            Runs("redis", "6.2.6", "aws-elasticache"),
        ),
        (
            "aws_keyspaces_table",
            {"table_name": "t", "keyspace_name": "k"},
            AssetKind.DATABASE,
            "t",
            Runs("keyspaces", "", "aws-keyspaces"),
        ),
        (
            "aws_msk_cluster",
            {"cluster_name": "m", "kafka_version": "2.8.1"},
            AssetKind.QUEUE,
            "m",
            Runs("kafka", "2.8.1", "aws-msk"),
        ),
        (
            "aws_mq_broker",
            {"broker_name": "b", "engine_type": "RabbitMQ", "engine_version": "3.11.20"},
            AssetKind.QUEUE,
            "b",
            Runs("RabbitMQ", "3.11.20", "aws-mq"),
        ),
        (
            "aws_opensearch_domain",
            {"domain_name": "s", "engine_version": "OpenSearch_2.11"},
            AssetKind.DATABASE,
            "s",
            Runs("opensearch", "2.11", "aws-opensearch"),
        ),
        (
            "aws_eks_cluster",
            {"name": "k", "version": "1.27"},
            AssetKind.CLUSTER,
            "k",
            Runs("kubernetes", "1.27", "aws-eks"),
        ),
        (
            "aws_lambda_function",
            {"function_name": "f", "runtime": "nodejs18.x"},
            AssetKind.FUNCTION,
            "f",
            Runs("nodejs", "18", "aws-lambda"),
        ),
        (
            "google_sql_database_instance",
            {"name": "g", "database_version": "MYSQL_8_0_31"},
            AssetKind.DATABASE,
            "g",
            Runs("mysql", "8.0.31", "gcp"),
        ),
        (
            "google_container_cluster",
            {"name": "g", "min_master_version": "1.27.3-gke.100"},
            AssetKind.CLUSTER,
            "g",
            Runs("kubernetes", "1.27.3-gke.100", "gcp"),
        ),
        (
            "google_cloudfunctions2_function",
            {"name": "g", "build_config": [{"runtime": "python39", "x": [{"runtime": "no"}]}]},
            AssetKind.FUNCTION,
            "g",
            Runs("python", "3.9", "gcp"),
        ),
        (
            "azurerm_postgresql_server",
            {"name": "a", "version": "11"},
            AssetKind.DATABASE,
            "a",
            Runs("postgresql", "11", "azure"),
        ),
        (
            "azurerm_postgresql_flexible_server",
            {"name": "a", "version": "14"},
            AssetKind.DATABASE,
            "a",
            Runs("postgresql", "14", "azure"),
        ),
        (
            "azurerm_kubernetes_cluster",
            {"name": "a", "kubernetes_version": "1.26.6"},
            AssetKind.CLUSTER,
            "a",
            Runs("kubernetes", "1.26.6", "azure"),
        ),
        (
            "azurerm_linux_function_app",
            {"name": "a", "site_config": [{"application_stack": [{"node_version": None, "python_version": "3.9"}]}]},
            AssetKind.FUNCTION,
            "a",
            Runs("python", "3.9", "azure-functions"),
        ),
        (
            "heroku_addon",
            {"name": "h", "plan": "heroku-postgresql:standard-0", "app": "shop", "config": {"version": "11"}},
            AssetKind.DATABASE,
            "h",
            Runs("postgresql", "11", "heroku"),
        ),
        (
            "aws_db_instance",
            {"identifier": "n", "engine": "mysql", "engine_version": 8},
            AssetKind.DATABASE,
            "n",
            Runs("mysql", "8", "aws-rds"),
        ),
        ("aws_sqs_queue", {"name": "q"}, AssetKind.QUEUE, "q", None),
        ("aws_s3_bucket", {"bucket": "b"}, AssetKind.STORAGE, "b", None),
        ("aws_instance", {"tags": {"Name": "bastion"}}, AssetKind.CLOUD_RESOURCE, "bastion", None),
        ("aws_instance", {}, AssetKind.CLOUD_RESOURCE, "aws_instance.main", None),
        ("aws_route53_zone", {"name": "fernhill.example."}, AssetKind.DOMAIN, "fernhill.example", None),
        (
            "aws_route53_record",
            {"name": "www", "fqdn": "www.fernhill.example"},
            AssetKind.DOMAIN,
            "www.fernhill.example",
            None,
        ),
        ("kubernetes_deployment", {"metadata": [{"name": "web", "namespace": "shop"}]}, AssetKind.SERVICE, "web", None),
        (
            "github_repository",
            {"name": "shop", "full_name": "acme/shop", "html_url": "https://github.com/acme/shop"},
            AssetKind.REPOSITORY,
            "acme/shop",
            None,
        ),
    ],
)
def test_types(one, type_: str, values: dict[str, Any], kind: AssetKind, name: str, runs: Runs | None) -> None:
    asset = one(type_, **values)
    assert (asset.kind, asset.name, asset.runs) == (kind, name, (runs,) if runs else ())


def test_external_ids(parse) -> None:
    catalog = parse(
        state(
            resource("aws_sqs_queue", "arn", arn="arn:aws:sqs:eu-west-1:1:q", id="https://sqs.example/1/q"),
            resource("google_pubsub_topic", "path", id="projects/p/topics/t", name="t"),
            resource("azurerm_redis_cache", "azure", id="/subscriptions/s/resourceGroups/g/providers/x/Redis/r"),
            resource("heroku_app", "uuid", id="01234567-89ab-cdef-0123-456789abcdef", name="app"),
            resource("aws_lambda_function", "weak", id="main"),
        )
    )
    assert [asset.external_id.replace(catalog.assets[0].origin.path, "FILE") for asset in catalog.assets] == [
        "arn:aws:sqs:eu-west-1:1:q",
        "projects/p/topics/t",
        "/subscriptions/s/resourceGroups/g/providers/x/Redis/r",
        "01234567-89ab-cdef-0123-456789abcdef",
        "aws_lambda_function.weak@FILE",
    ]


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({"owner": "payments"}, OwnerRef("payments", OwnerType.UNSAID, "payments")),
        ({"Managed_By Team": "payments"}, OwnerRef("payments", OwnerType.UNSAID, "payments")),
        ({"team": "b", "OWNER": "a"}, OwnerRef("a", OwnerType.UNSAID, "a")),
        ({"owner": "", "team": "b"}, OwnerRef("b", OwnerType.UNSAID, "b")),
        ({"owner": None, "squad": "b"}, OwnerRef("b", OwnerType.UNSAID, "b")),
        ({"owner": "team:payments"}, OwnerRef("payments", OwnerType.TEAM, "team:payments")),
        ({"owner": "group:default/payments"}, OwnerRef("payments", OwnerType.TEAM, "group:default/payments")),
        ({"owner": "@acme/payments"}, OwnerRef("payments", OwnerType.TEAM, "@acme/payments")),
        (
            {"owner": "Jo.Bloggs@Example.com"},
            OwnerRef("jo.bloggs@example.com", OwnerType.UNSAID, "Jo.Bloggs@Example.com"),
        ),
        ({"owner": "user:jo@example.com"}, OwnerRef("jo@example.com", OwnerType.PERSON, "user:jo@example.com")),
        (
            {"owner": "Payments & Billing (EU)"},
            OwnerRef("Payments & Billing (EU)", OwnerType.UNSAID, "Payments & Billing (EU)"),
        ),
    ],
)
def test_owner_tags(one, tags: dict[str, str], owner: OwnerRef) -> None:
    asset = one("aws_sqs_queue", name="q", tags=tags)
    assert [claim.owner for claim in asset.owners] == [owner]


def test_several_owners_labels_blocks_and_own_tag_names(parse, one) -> None:
    assert [c.owner.name for c in one("aws_sqs_queue", name="q", tags={"owner": "a, b;c"}).owners] == ["a", "b", "c"]
    assert one("google_storage_bucket", name="b", labels={"owner": "data"}).owners[0].owner.name == "data"
    blocks = [
        {"key": "Owner", "value": "web", "propagate_at_launch": True},
        {"key": "x", "value": "y"},
        "odd",
        {"key": "Env"},
    ]
    assert one("aws_autoscaling_group", name="g", tag=blocks).owners[0].owner.name == "web"
    catalog = parse(
        state(resource("aws_sqs_queue", name="q", tags={"Steward": "a", "owner": "b"})),
        options=ReadOptions(owner_tags=("steward",)),
    )
    assert catalog.assets[0].owners[0].owner.name == "a"


def test_modules_instances_and_what_is_left_out(parse) -> None:
    child = {
        "address": "module.a",
        "resources": [resource("aws_sqs_queue", module="module.a", name="a")],
        "child_modules": [
            {
                "resources": [
                    resource("aws_s3_bucket", module='module.a.module.b["eu"]', index=number, bucket=f"b{number}")
                    for number in (0, "two")
                ],
                "address": 'module.a.module.b["eu"]',
            }
        ],
    }
    catalog = parse(
        state(
            resource("aws_db_instance", mode="data", identifier="not-ours", tags={"owner": "x"}),
            resource("random_password", result="hunter2"),
            resource("aws_iam_role_policy_attachment", tags={"owner": "x"}),
            resource("aws_security_group_rule", tags_all={"owner": "x"}),
            resource("aws_unheard_of", "with", name="thing", tags={"owner": "x"}),
            resource("aws_unheard_of", "without", name="thing"),
            {**resource("aws_sqs_queue", "old", name="deposed"), "deposed_key": "abc"},
            children=[child],
        )
    )
    assert [(asset.name, asset.kind) for asset in catalog.assets] == [
        ("thing", AssetKind.CLOUD_RESOURCE),
        ("a", AssetKind.QUEUE),
        ("b0", AssetKind.STORAGE),
        ("btwo", AssetKind.STORAGE),
    ]
    assert catalog.assets[3].aliases == ('module.a.module.b["eu"].aws_s3_bucket.main["two"]',)
    assert catalog.problems == []


def test_the_order_of_keys_does_not_matter(parse) -> None:
    made = resource("aws_db_instance", **DATABASE)
    turned = {key: made[key] for key in reversed(made)}
    document = state(turned)
    reordered = {"values": document["values"], "format_version": "1.0"}
    assert parse(reordered).assets[0].owners[0].owner.name == "payments"


def test_a_raw_state_of_version_4(parse) -> None:
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 5,
        "lineage": "x",
        "outputs": {"password": {"value": "hunter2", "type": "string"}},
        "resources": [
            {
                "module": "module.payments",
                "mode": "managed",
                "type": "aws_db_instance",
                "name": "main",
                "provider": "x",
                "instances": [
                    {
                        "index_key": 0,
                        "schema_version": 1,
                        "attributes": DATABASE,
                        "sensitive_attributes": [],
                        "private": "aGk=",
                    },
                    {"index_key": "eu", "attributes": {**DATABASE, "arn": None, "identifier": "second"}},
                    {"deposed": "abc", "attributes": {**DATABASE, "arn": None, "identifier": "third"}},
                ],
            },
            {"mode": "data", "type": "aws_s3_bucket", "name": "x", "instances": [{"attributes": {"bucket": "x"}}]},
            {"mode": "managed", "type": "aws_s3_bucket", "name": "y", "instances": [{"attributes": {"bucket": "y"}}]},
        ],
        "check_results": None,
    }
    for name in ("terraform.tfstate", "prod.json"):
        catalog = parse(document, name=name)
        assert catalog.problems == []
        assert [(asset.name, asset.aliases) for asset in catalog.assets] == [
            ("payments-db", ("module.payments.aws_db_instance.main[0]",)),
            ("second", ('module.payments.aws_db_instance.main["eu"]',)),
            ("y", ("aws_s3_bucket.y",)),
        ]


def test_a_plan_is_read_from_what_it_would_make_of_things(parse) -> None:
    planned = resource("aws_db_instance", identifier="new", engine="postgres")
    plan = state(
        planned,
        key="planned_values",
        prior_state=state(resource("aws_sqs_queue", name="old")),
        resource_changes=[{"address": "x"}],
    )
    catalog = parse(plan)
    assert [(asset.name, asset.runs) for asset in catalog.assets] == [("new", (Runs("postgres", "", "aws-rds"),))]
    (problem,) = catalog.problems
    assert (problem.is_error, "is a plan, not a state" in problem.message) == (False, True)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"format_version": "2.0", "values": {}}, "newer format"),
        ({"version": 3, "terraform_version": "0.11", "modules": []}, "raw state of another version"),
        ({"resources": []}, "not a Terraform state"),
        ({}, "not a Terraform state"),
        ([], "not a Terraform state"),
        ("text", "not a Terraform state"),
        (b"", "not complete, valid JSON"),
        (b"\xff\xff", "not complete, valid JSON"),
        (b'{"format_version": "1.0", "values": {"root_module": {"resources": [{"address": "hunter2"', "not complete"),
    ],
)
def test_what_is_no_state_is_said_so(parse, document: object, words: str) -> None:
    catalog = parse(document)
    assert catalog.assets == []
    (problem,) = catalog.problems
    assert words in problem.message
    assert "hunter2" not in problem.message


@pytest.mark.parametrize(
    "document",
    [
        {"format_version": "1.0"},
        {"format_version": "0.2", "values": {}},
        state(),
        {"format_version": "1.0", "values": None},
    ],
)
def test_an_empty_state_says_nothing(parse, document: object) -> None:
    assert parse(document) == SourceCatalog()


def test_a_state_that_stops_halfway_keeps_what_came_before(parse) -> None:
    text = json.dumps(state(resource("aws_sqs_queue", name="whole"), resource("aws_s3_bucket", bucket="cut")))
    catalog = parse(text[: text.index("cut")].encode())
    assert [asset.name for asset in catalog.assets] == ["whole"]
    assert len(catalog.problems) == 1


def test_encodings(parse) -> None:
    text = json.dumps(
        state(resource("aws_sqs_queue", name="café", tags={"owner": "équipe"})), ensure_ascii=False, indent=1
    )
    for raw in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode("utf-16")):
        catalog = parse(raw)
        assert [(asset.name, asset.owners[0].owner.name) for asset in catalog.assets] == [("café", "équipe")]


def test_the_same_arn_twice_names_both_files(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(state(resource("aws_db_instance", **DATABASE))))
    (tmp_path / "package.json").write_text("{}")
    catalog = read("terraform", [tmp_path])
    assert len(catalog.assets) == 1
    (problem,) = catalog.problems
    assert problem.origin.path.endswith("b.json")
    assert "a.json" in problem.message


# --- secrets ---------------------------------------------------------------------------------------------------------

SECRETS = {
    "plain": "hunter2-Zq81xW",
    "connection": "postgres://app:hunter3-Zq82xW@db.internal.example:5432/pay",
    "userinfo": "app:hunter4-Zq83xW@db.internal.example",
    "ado": "Server=db;User Id=app;Password=hunter5-Zq84xW;",
    "aws-id": "AKIAIOSFODNN7EXAMPLE",
    "aws-key": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01",
    "forge": "ghp_0123456789abcdefABCDEF0123456789abcd",
    "chat": "xoxb-123456789012-abcdefghijkl",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "payment": "sk_live_51Habcdefgh",
    "hook": "https://hooks.example/services/T0/B0/hunter6-Zq85xW?token=hunter6-Zq85xW",
}
SHAPED = {key: text for key, text in SECRETS.items() if key != "plain"}


#: Their providers have no other name for these.
_CALLED_BY_DESCRIPTION = {name for name, rule in TYPES.items() if "description" in rule.names}


def poisoned(type_: str, secret: str, *, anywhere: bool) -> dict[str, Any]:
    """Return a resource with `secret` where secrets are found, and `anywhere` also in every attribute that is read."""
    values: dict[str, Any] = {
        "password": secret,
        "master_password": secret,
        "secret_string": secret,
        "user_data": secret,
        "connection_string": secret,
        "primary_access_key": secret,
        "connection_url": {"value": secret, "list": [secret, {"x": secret}]},
        "environment": [{"variables": {"DB_PASSWORD": secret, "name": secret, "version": secret}}],
        "config_vars": {"version": secret, "DATABASE_URL": secret},
        "kube_config": [{"password": secret, "host": secret, "name": secret}],
        "description" if type_ not in _CALLED_BY_DESCRIPTION else "note": secret,
        "certificate_authority": [{"data": secret}],
        "output": secret,
        "tags": {"db_password": secret, "Password": secret, "token": secret, "note": secret},
        "tags_all": {"api-key": secret},
        "tag": [{"key": "db_password", "value": secret}],
        secret: secret,
    }
    if anywhere:
        for name in {"arn", "id", "name", "engine", "plan", "version", "endpoint", "runtime"} | set(
            TYPES[type_].names + TYPES[type_].hosts
        ):
            values[name] = secret
        keys = ["owner", "Team", "service", "environment", "Name", "application", "cost-centre", "tier", "project"]
        values["tags"] |= dict.fromkeys(keys, secret)
        values["labels"] = dict.fromkeys(keys, secret)
        values["site_config"] = [{"application_stack": [{"python_version": secret}]}]
        values["metadata"] = [{"name": secret, "namespace": secret}]
    return {
        **resource(type_, **values),
        "sensitive_values": {"password": True, "x": secret},
        "depends_on": [secret],
        "provider_name": secret,
    }


def everything_said(catalog: SourceCatalog, caplog: pytest.LogCaptureFixture) -> str:
    return repr(catalog) + caplog.text + "".join(str(problem) for problem in catalog.problems)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_secrets_in_places_for_secrets_are_never_taken(parse, caplog: pytest.LogCaptureFixture, secret: str) -> None:
    caplog.set_level(logging.DEBUG)
    made = [poisoned(type_, secret, anywhere=False) for type_ in [*TYPES, "aws_unheard_of", "random_password"]]
    for one in made:
        one["values"]["tags"]["owner"] = "payments"
    catalog = parse(state(*made, outputs={"o": {"value": secret}}, variables={"v": {"value": secret}}))
    assert len(catalog.assets) == len(TYPES) + 1
    assert all(asset.owners[0].owner.name == "payments" for asset in catalog.assets)
    assert secret not in everything_said(catalog, caplog)


@pytest.mark.parametrize("secret", SHAPED.values(), ids=SHAPED)
def test_secrets_in_the_wrong_places_are_known_by_their_shape(
    parse, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    caplog.set_level(logging.DEBUG)
    types = list(TYPES)
    for some in (types[::2], types[1::2]):  # a file's problems are summed up beyond two hundred
        catalog = parse(state(*(poisoned(type_, secret, anywhere=True) for type_ in some)))
        assert len(catalog.assets) == sum(not TYPES[type_].is_only_known for type_ in some)
        assert sum("owner tag" in problem.message for problem in catalog.problems) == len(catalog.assets)
        said = everything_said(catalog, caplog)
        assert secret not in said
        assert [word for word in ("hunter", "MIIEow", "sk_live", "xoxb", "AKIA", "eyJ", "ghp_") if word in said] == []


def test_a_broken_file_and_a_fault_in_the_code_quote_nothing(
    parse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = json.dumps(state(poisoned("aws_db_instance", SECRETS["plain"], anywhere=False)))
    for cut in range(0, len(text), 37):
        catalog = parse(text[:cut].encode() + b'"' + SECRETS["plain"].encode())
        assert SECRETS["plain"] not in everything_said(catalog, caplog)

    def broken(*_: object) -> None:
        raise RuntimeError(SECRETS["plain"])

    monkeypatch.setattr("bot.clients.catalog.terraform.ClaimReader.claim", broken)
    catalog = parse(text.encode())
    assert "fault in Baton (RuntimeError)" in catalog.problems[0].message
    assert "RuntimeError" in caplog.text
    assert SECRETS["plain"] not in everything_said(catalog, caplog)


@pytest.mark.parametrize(
    "text",
    [
        "payments-db",
        "prod-eu-west-1-payments-postgres-replica-02",
        "module.x.aws_db_instance.main",
        "team/payments",
        "a" * 60,
    ],
)
def test_ordinary_names_are_no_secrets(text: str) -> None:
    assert not looks_secret(text)


@pytest.mark.parametrize(
    ("text", "undotted", "expected"),
    [
        ("POSTGRES_11", False, ("postgres", "11")),
        ("SQLSERVER_2019_STANDARD", False, ("sqlserver", "2019")),
        ("REDIS_6_X", False, ("redis", "6")),
        ("python3.9", False, ("python", "3.9")),
        ("java8.al2", False, ("java", "8.al2")),
        ("java11.al2023", False, ("java", "11.al2023")),
        ("dotnetcore3.1", False, ("dotnetcore", "3.1")),
        ("go1.x", False, ("go", "1")),
        ("provided.al2", False, ("provided", "al2")),
        ("provided", False, ("provided", "provided")),
        ("surprising", False, ("", "")),
        ("python312", True, ("python", "3.12")),
        ("go121", True, ("go", "1.21")),
        ("nodejs18", True, ("nodejs", "18")),
        ("java17", True, ("java", "17")),
        ("", True, ("", "")),
    ],
)
def test_versions_joined_to_products(text: str, undotted: bool, expected: tuple[str, str]) -> None:
    assert split_version(text, is_undotted=undotted) == expected


def test_no_type_in_the_table_is_glue() -> None:
    assert len(TYPES) >= 60
    assert [type_ for type_ in TYPES if is_glue(type_)] == []
    glue = [
        "aws_iam_role",
        "aws_lambda_permission",
        "aws_db_subnet_group",
        "null_resource",
        "local_file",
        "terraform_data",
    ]
    assert [type_ for type_ in glue if not is_glue(type_)] == []


@pytest.mark.skipif(shutil.which("terraform") is None, reason="the terraform program is not installed")
def test_what_terraform_itself_writes_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in provider needs no network; its one type is glue, so the resources are watched on their way."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("CHECKPOINT_DISABLE", "1")
    (tmp_path / "main.tf").write_text('resource "terraform_data" "a" {\n  count = 2\n  input = "hunter2"\n}\n')

    def terraform(*arguments: str) -> str:
        done = subprocess.run(
            ["terraform", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    terraform("init", "-backend=false")
    terraform("apply", "-auto-approve")
    terraform("plan", "-out=made.plan")
    (tmp_path / "state.json").write_text(terraform("show", "-json"))
    (tmp_path / "plan.json").write_text(terraform("show", "-json", "made.plan"))
    seen: list[str] = []

    def watch(reader: ClaimReader, resource: Resource) -> tuple[None, bool]:
        seen.append(f"{reader._file.path.name} {resource.address}")
        return None, False

    monkeypatch.setattr(ClaimReader, "claim", watch)
    catalog = read("terraform", [tmp_path])
    assert sorted(seen) == [
        f"{file} terraform_data.a[{index}]"
        for file in ("plan.json", "state.json", "terraform.tfstate")
        for index in (0, 1)
    ]
    assert [problem.is_error for problem in catalog.problems] == [False]


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "values",
                    "root_module",
                    "resources",
                    "child_modules",
                    "address",
                    "type",
                    "mode",
                    "instances",
                    "attributes",
                    "tags",
                    "tag",
                    "site_config",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@examples(60)
@given(JSONISH, st.sampled_from(["values", "planned_values", "resources", "root", "resource"]))
def test_no_document_raises(parse, value: object, where: str) -> None:
    documents: dict[str, object] = {
        "values": {"format_version": "1.0", "values": value},
        "planned_values": {"format_version": "1.2", "planned_values": value},
        "resources": {"version": 4, "resources": value},
        "root": {"format_version": "1.0", "values": {"root_module": value}},
        "resource": state({**resource("aws_db_instance", identifier="x"), **({"values": value})}),
    }
    catalog = parse(documents[where])
    assert not any("fault in Baton" in problem.message for problem in catalog.problems)


@examples(30)
@given(st.binary(max_size=80))
def test_no_bytes_raise(parse, raw: bytes) -> None:
    for start in (b"", b'{"format_version":"1.0","values":{"root_module":{"resources":['):
        assert not any("fault in Baton" in problem.message for problem in parse(start + raw).problems)


@pytest.mark.parametrize(
    "number", ["18446744073709551615", "1e400", "-1e400", "1" + "0" * 4299, "3.47726673451418e+15", "1e-400"]
)
def test_a_number_that_no_machine_word_holds_costs_nothing_else_of_the_file(parse, number: str) -> None:
    text = json.dumps(state(resource("aws_db_instance", identifier="shop", limit="LIMIT")))
    catalog = parse(text.replace('"LIMIT"', number).encode())
    assert [asset.name for asset in catalog.assets] == ["shop"]
    assert not catalog.problems


@pytest.mark.parametrize("digits", [4301, 5000, 100_000])
@pytest.mark.parametrize("before", [0, 4000, 4090])
def test_a_number_of_thousands_of_digits_is_refused(parse, digits: int, before: int) -> None:
    text = json.dumps(state(resource("aws_db_instance", identifier="shop", limit="LIMIT", a="x" * before)))
    catalog = parse(text.replace('"LIMIT"', "7" * digits).encode())
    [message] = map(str, catalog.problems)
    assert "has a number of more than 4300 digits" in message


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "mappings"])
def test_what_nests_without_end_is_refused_before_it_takes_the_memory(parse, opening: str, closing: str) -> None:
    nested = opening * 20_000 + "1" + closing * 20_000
    text = json.dumps(state(resource("aws_db_instance", identifier="shop"), resource("aws_db_instance", x="NESTED")))
    tracemalloc.start()
    try:
        catalog = parse(text.replace('"NESTED"', nested).encode())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    [message] = map(str, catalog.problems)
    assert "nests its values too deep" in message
    assert [asset.name for asset in catalog.assets] == ["shop"]
    assert most < 100_000_000


def test_a_raw_state_whose_keys_were_sorted_is_read_as_well(parse) -> None:
    instance = {"attributes": {"identifier": "shop"}}
    held = {"mode": "managed", "type": "aws_db_instance", "name": "main", "instances": [instance]}
    sorted_keys = {"resources": [held], "terraform_version": "1.11.4", "version": 4}
    assert [asset.name for asset in parse(sorted_keys, name="x.tfstate").assets] == ["shop"]
    [problem] = parse({**sorted_keys, "version": 3}, name="y.tfstate").problems
    assert "another version than 4" in str(problem)


@pytest.mark.parametrize("default_first", [True, False])
def test_a_resources_own_tag_counts_before_a_default_one_in_another_spelling(one, default_first: bool) -> None:
    every = (
        {"Owner": "default-owner", "owner": "team-b"}
        if default_first
        else {"owner": "team-b", "Owner": "default-owner"}
    )
    asset = one("aws_db_instance", identifier="b-db", engine="postgres", tags={"owner": "team-b"}, tags_all=every)
    assert [claim.owner.name for claim in asset.owners] == ["team-b"]


def test_a_resources_own_tag_counts_before_a_default_one_of_a_key_that_comes_first(one) -> None:
    every = {"owner": "platform-default", "team": "orders"}
    asset = one("aws_db_instance", identifier="b-db", engine="postgres", tags={"team": "orders"}, tags_all=every)
    assert [claim.owner.name for claim in asset.owners] == ["orders"]
    every["team"] = "none"
    alone = one("aws_db_instance", identifier="b-db", engine="postgres", tags={"team": "none"}, tags_all=every)
    assert [claim.owner.name for claim in alone.owners] == ["platform-default"], (
        "what it says itself is that there is none"
    )


@pytest.mark.parametrize(
    ("type_", "values", "goes_on"),
    [
        ("aws_db_instance", {"engine_lifecycle_support": "open-source-rds-extended-support-disabled"}, False),
        ("aws_rds_cluster", {"engine_lifecycle_support": "open-source-rds-extended-support-disabled"}, False),
        ("aws_rds_cluster", {"engine_lifecycle_support": "open-source-rds-extended-support"}, True),
        ("aws_rds_global_cluster", {"engine_lifecycle_support": "open-source-rds-extended-support-disabled"}, False),
        ("aws_db_instance", {"engine_lifecycle_support": None}, None),
        ("azurerm_kubernetes_cluster", {"support_plan": "AKSLongTermSupport", "kubernetes_version": "1.30"}, True),
        ("azurerm_kubernetes_cluster", {"support_plan": "KubernetesOfficial", "kubernetes_version": "1.30"}, None),
        ("aws_db_instance", {"engine_lifecycle_support": "something-new"}, None),
        ("aws_db_instance", {}, None),
        ("aws_eks_cluster", {"upgrade_policy": [{"support_type": "STANDARD"}]}, False),
        ("aws_eks_cluster", {"upgrade_policy": [{"support_type": "EXTENDED"}]}, True),
        ("aws_eks_cluster", {"upgrade_policy": []}, None),
    ],
)
def test_whether_support_goes_on_for_money_is_read(
    one, type_: str, values: dict[str, Any], goes_on: bool | None
) -> None:
    [runs] = one(type_, engine="postgres", engine_version="11.22", version="1.29", **values).runs
    assert runs.has_extended_support is goes_on


@pytest.mark.parametrize(
    ("type_", "values", "runs"),
    [
        ("heroku_addon", {"plan": "heroku-postgresql:standard-0", "config": None}, Runs("postgresql", "", "heroku")),
        ("aws_db_instance", {"engine": "postgres"}, Runs("postgres", "", "aws-rds")),
        ("aws_db_instance", {}, Runs("aws-rds", "", "aws-rds")),
        ("aws_memorydb_cluster", {"engine_version": "6.2"}, Runs("redis", "6.2", "aws-memorydb")),
        ("aws_elasticache_cluster", {"engine_version": "5.0.6"}, Runs("redis", "5.0.6", "aws-elasticache")),
        ("aws_eks_cluster", {"version": None}, Runs("kubernetes", "", "aws-eks")),
        ("aws_lambda_function", {"package_type": "Image"}, Runs("aws-lambda", "", "aws-lambda")),
        ("google_sql_database_instance", {}, Runs("Cloud SQL", "", "gcp")),
        ("azurerm_linux_function_app", {"site_config": [{}]}, Runs("Azure Functions", "", "azure-functions")),
        ("azurerm_redis_cache", {}, Runs("redis", "", "azure")),
        ("aws_elastic_beanstalk_environment", {}, Runs("AWS Elastic Beanstalk", "", "aws-elastic-beanstalk")),
    ],
)
def test_what_says_too_little_runs_what_nobody_knows(one, type_: str, values: dict[str, Any], runs: Runs) -> None:
    assert one(type_, **values).runs == (runs,)


@pytest.mark.parametrize(
    ("type_", "values", "runs"),
    [
        (
            "aws_elastic_beanstalk_environment",
            {"solution_stack_name": "64bit Amazon Linux 2 v3.4.9 running PHP 7.4"},
            (Runs("PHP", "7.4", "aws-elastic-beanstalk"), Runs("Amazon Linux", "2", "aws")),
        ),
        (
            "aws_elastic_beanstalk_environment",
            {"solution_stack_name": "64bit Windows Server Core 2016 v2.5.8 running IIS 10.0"},
            (Runs("IIS", "10.0", "aws-elastic-beanstalk"), Runs("Windows Server", "2016", "aws")),
        ),
        ("aws_emr_cluster", {"release_label": "emr-5.36.0"}, (Runs("emr", "emr-5.36.0", "aws-emr"),)),
        ("azurerm_cosmosdb_postgresql_cluster", {"sql_version": "11"}, (Runs("postgresql", "11", "azure-cosmosdb"),)),
        ("google_alloydb_cluster", {"database_version": "POSTGRES_14"}, (Runs("postgres", "14", "gcp-alloydb"),)),
        (
            "azurerm_windows_function_app",
            {"site_config": [{"application_stack": [{"dotnet_version": "v6.0", "node_version": "~16"}]}]},
            (Runs("nodejs", "16", "azure-functions"), Runs("dotnet", "v6.0", "azure-functions")),
        ),
        (
            "google_composer_environment",
            {"config": [{"software_config": [{"image_version": "composer-2.1.0-airflow-2.3.4"}]}]},
            (Runs("airflow", "2.3.4", "gcp-composer"),),
        ),
        (
            "azurerm_app_service",
            {"site_config": [{"linux_fx_version": "NODE|14-lts"}]},
            (Runs("NODE", "14", "azure-app-service"),),
        ),
    ],
)
def test_versions_inside_other_words(one, type_: str, values: dict[str, Any], runs: tuple[Runs, ...]) -> None:
    assert one(type_, **values).runs == runs


@pytest.mark.parametrize(
    ("image", "runs"),
    [
        ("postgres:11", (Runs("postgresql", "11", ""),)),
        ("registry.acme.test/shop/web:1.4", ()),
        ("", ()),
    ],
)
@pytest.mark.parametrize("type_", ["kubernetes_deployment", "kubernetes_stateful_set_v1"])
def test_the_image_of_a_workload_is_what_it_runs(one, type_: str, image: str, runs: tuple[Runs, ...]) -> None:
    spec = [{"template": [{"spec": [{"container": [{"image": image}]}]}]}]
    assert one(type_, metadata=[{"name": "kd", "namespace": "prod"}], spec=spec).runs == runs


def test_every_container_of_a_workload_counts_once_and_a_language_in_its_tag_as_well(one) -> None:
    containers = [{"image": "acme/web:3-python3.8"}, {"image": "redis:6.2"}, {"image": "redis:6.2"}, {"image": None}]
    spec = [{"template": [{"spec": [{"container": containers}, {"container": [{"image": "nginx:1.24"}]}]}]}]
    runs = one("kubernetes_deployment", metadata=[{"name": "kd"}], spec=spec).runs
    assert runs == (Runs("python", "3.8"), Runs("redis", "6.2"), Runs("nginx", "1.24"))


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("google_sql_database_instance", {"name": "geo", "settings": [{"user_labels": {"team": "maps"}}]}),
        ("kubernetes_deployment", {"metadata": [{"name": "geo", "labels": {"team": "maps", "app": "geo"}}]}),
        ("google_cloud_run_service", {"name": "geo", "metadata": [{"labels": {"team": "maps"}}]}),
        ("google_container_cluster", {"name": "geo", "resource_labels": {"team": "maps"}}),
        (
            "mongodbatlas_cluster",
            {"name": "geo", "labels": [{"key": "x", "value": "y"}, {"key": "team", "value": "maps"}]},
        ),
        ("mongodbatlas_advanced_cluster", {"name": "geo", "tags": [{"key": "team", "value": "maps"}]}),
    ],
)
def test_labels_in_a_block_name_owners_as_well(one, type_: str, values: dict[str, Any]) -> None:
    assert [each.owner.name for each in one(type_, **values).owners] == ["maps"]


@pytest.mark.parametrize(
    ("product", "provider"),
    [("postgresql", "gcp-alloydb"), ("postgresql", "azure-cosmosdb"), ("php", "azure"), ("mongodb", "mongodb-atlas")],
)
def test_one_providers_clock_is_not_lent_to_another_service(product: str, provider: str) -> None:
    assert isinstance(match(starter.load(), product=product, version="8", provider=provider), UnknownProduct)


#: Managed types that have no version of their own to age, each known to be one: a new type of these kinds has to be
#: put here or say what it runs.
_VERSIONLESS = frozenset(
    """aws_dynamodb_table aws_redshift_cluster aws_redshiftserverless_namespace
    aws_redshiftserverless_workgroup aws_rds_cluster_instance aws_msk_serverless_cluster aws_sqs_queue
    aws_sns_topic aws_kinesis_stream aws_cloudwatch_event_bus aws_ecs_cluster google_spanner_instance
    google_bigtable_instance google_bigquery_dataset google_firestore_database google_pubsub_topic
    google_pubsub_subscription azurerm_mssql_database azurerm_servicebus_namespace
    azurerm_servicebus_queue azurerm_eventhub_namespace azurerm_eventhub kubernetes_namespace oci_nosql_table
    oci_queue_queue""".split()  # noqa: SIM905
)


def test_every_type_that_may_age_says_what_it_runs() -> None:
    kinds = {AssetKind.DATABASE, AssetKind.CACHE, AssetKind.QUEUE, AssetKind.CLUSTER, AssetKind.FUNCTION}
    silent = {
        name
        for name, rule in TYPES.items()
        if not rule.runs and (rule.kind in kinds or rule.kind is AssetKind.ENVIRONMENT)
    }
    assert silent == _VERSIONLESS


@pytest.mark.parametrize(
    ("whole", "part", "name", "kept"),
    [
        ("aws_rds_global_cluster", "aws_rds_cluster", "global_cluster_identifier", "aws_rds_cluster"),
        ("aws_docdb_global_cluster", "aws_docdb_cluster", "global_cluster_identifier", "aws_docdb_cluster"),
        ("aws_neptune_global_cluster", "aws_neptune_cluster", "global_cluster_identifier", "aws_neptune_cluster"),
        (
            *("aws_elasticache_global_replication_group", "aws_elasticache_replication_group"),
            *("global_replication_group_id", "aws_elasticache_replication_group"),
        ),
        (
            *("aws_elasticache_replication_group", "aws_elasticache_cluster", "replication_group_id"),
            "aws_elasticache_replication_group",
        ),
    ],
)
def test_what_a_whole_and_its_parts_run_counts_once(
    tmp_path: Path, whole: str, part: str, name: str, kept: str
) -> None:
    values = {"engine": "redis" if "cache" in part else "aurora-postgresql", "engine_version": "6.2", name: "shop"}
    parts = [{**values, "cluster_identifier": each, "cluster_id": each} for each in ("shop", "till")]
    if kept == "aws_elasticache_replication_group" != whole:
        parts = [{**each, "replication_group_id": each["cluster_id"]} for each in parts]
    for number, document in enumerate(
        [state(resource(whole, **values)), *(state(resource(part, **each)) for each in parts)]
    ):
        (tmp_path / f"{number}.json").write_text(json.dumps(document))
    running = [dict(one.tags)["type"] for one in read("terraform", [tmp_path]).assets if one.runs]
    assert running == ([kept] if kept == whole else [kept, kept])


def test_a_global_cluster_whose_clusters_nobody_describes_runs_what_it_says(one) -> None:
    said = one("aws_rds_global_cluster", global_cluster_identifier="shop", engine="aurora-mysql", engine_version="3.04")
    assert said.runs == (Runs("aurora-mysql", "3.04", "aws-rds"),)


def _pod(**containers: str) -> list[dict[str, Any]]:
    return [{"spec": [{kind: [{"name": "a", "image": image}] for kind, image in containers.items()}]}]


@pytest.mark.parametrize(
    ("type_", "values", "runs"),
    [
        (
            "kubernetes_cron_job_v1",
            {"spec": [{"job_template": [{"spec": [{"template": _pod(container="node:12")}]}]}]},
            [("nodejs", "12", "")],
        ),
        (
            "kubernetes_deployment",
            {"spec": [{"template": _pod(container="redis:6", init_container="python:3.7")}]},
            [("redis", "6", ""), ("python", "3.7", "")],
        ),
        (
            "aws_ecs_task_definition",
            {"family": "jobs", "container_definitions": json.dumps([{"image": "postgres:11"}, {"image": "redis:5"}])},
            [("postgresql", "11", ""), ("redis", "5", "")],
        ),
        (
            "aws_batch_job_definition",
            {"container_properties": json.dumps({"image": "node:12", "environment": [{"name": "A", "value": "b"}]})},
            [("nodejs", "12", "")],
        ),
        ("aws_ecs_task_definition", {"family": "jobs", "container_definitions": '[{"image": '}, []),
        ("docker_container", {"image": "mysql:5.7"}, [("mysql", "5.7", "")]),
        (
            "azurerm_windows_virtual_machine",
            {"source_image_reference": [{"offer": "WindowsServer", "sku": "2012-R2-Datacenter"}]},
            [("windows-server", "2012-R2-Datacenter", "")],
        ),
        ("azurerm_windows_virtual_machine", {}, [("windows-server", "", "")]),
        (
            "azurerm_linux_virtual_machine",
            {"source_image_reference": [{"offer": "UbuntuServer", "sku": "18.04-LTS"}]},
            [("Ubuntu", "18.04-LTS", "")],
        ),
        (
            "google_compute_instance",
            {"boot_disk": [{"initialize_params": [{"image": "debian-cloud/debian-10"}]}]},
            [("debian", "10", "")],
        ),
        ("google_compute_instance", {"boot_disk": [{"initialize_params": [{"image": "our-own"}]}]}, []),
        (
            "google_dataproc_cluster",
            {"cluster_config": [{"software_config": [{"image_version": "1.5-debian10"}]}]},
            [("dataproc", "1.5-debian10", "google-dataproc")],
        ),
        ("hcloud_server", {"image": "debian-11"}, [("debian", "11", "")]),
        ("hcloud_server", {"image": "our-golden-image"}, []),
        ("digitalocean_droplet", {"image": "ubuntu-22-04-x64"}, [("ubuntu", "22-04-x64", "")]),
        ("linode_instance", {"label": "edge", "image": "linode/rocky9"}, [("rocky", "9", "")]),
        ("scaleway_instance_server", {"image": "ubuntu_focal"}, [("ubuntu", "focal", "")]),
        ("openstack_compute_instance_v2", {"image_name": "Debian 12 (cloud)"}, [("Debian", "12", "")]),
        ("helm_release", {"chart": "rabbitmq", "metadata": [{"app_version": "3.12.1"}]}, [("rabbitmq", "3.12.1", "")]),
        ("helm_release", {"chart": "redis", "version": "17.0.0"}, [("redis", "", "")]),
        ("azurerm_cosmosdb_account", {"mongo_server_version": "3.6"}, [("mongodb", "3.6", "azure-cosmosdb")]),
        ("azurerm_cosmosdb_account", {"kind": "GlobalDocumentDB"}, []),
        ("heroku_app", {"stack": "heroku-20"}, [("heroku-stack", "heroku-20", "heroku")]),
        ("aws_lightsail_database", {"blueprint_id": "mysql_5_7"}, [("mysql", "5.7", "aws-lightsail")]),
        ("aiven_pg", {"pg_user_config": [{"pg_version": "11"}]}, [("postgresql", "11", "aiven")]),
        ("scaleway_rdb_instance", {"engine": "PostgreSQL-11"}, [("PostgreSQL", "11", "scaleway")]),
        ("vultr_database", {"database_engine": "pg", "database_engine_version": "11"}, [("pg", "11", "vultr")]),
        ("exoscale_dbaas", {"type": "pg", "pg": [{"version": "13"}]}, [("pg", "13", "exoscale")]),
        ("exoscale_dbaas", {"type": "mysql", "mysql": {"version": "8"}}, [("mysql", "8", "exoscale")]),
        ("exoscale_dbaas", {"type": "pg", "plan": "starter-2"}, [("pg", "", "exoscale")]),
        (
            "ibm_database",
            {"service": "databases-for-postgresql", "version": "12"},
            [("postgresql", "12", "ibm-cloud")],
        ),
        ("ibm_database", {"service": "messages-for-rabbitmq"}, [("rabbitmq", "", "ibm-cloud")]),
        ("ibm_container_vpc_cluster", {"kube_version": "1.28.4"}, [("kubernetes", "1.28.4", "ibm-cloud")]),
        ("oci_mysql_mysql_db_system", {"mysql_version": "8.0.32"}, [("mysql", "8.0.32", "oracle-cloud")]),
        (
            "oci_database_db_system",
            {"db_home": [{"db_version": "12.2.0.1"}]},
            [("oracle-database", "12.2.0.1", "oracle-cloud")],
        ),
        ("oci_redis_redis_cluster", {"software_version": "VALKEY_7_2"}, [("valkey", "7.2", "oracle-cloud")]),
        ("oci_containerengine_cluster", {"kubernetes_version": "v1.26.7"}, [("kubernetes", "v1.26.7", "oracle-cloud")]),
        (
            "aiven_opensearch",
            {"opensearch_user_config": [{"opensearch_version": "1"}]},
            [("opensearch", "1", "aiven")],
        ),
        ("scaleway_k8s_cluster", {"version": "1.27.1"}, [("kubernetes", "1.27.1", "scaleway")]),
        ("ovh_cloud_project_kube", {}, [("kubernetes", "", "ovh")]),
        (
            "azurerm_linux_web_app",
            {"site_config": [{"application_stack": [{"node_version": "18-lts"}]}]},
            [("nodejs", "18", "azure-app-service")],
        ),
        (
            "azurerm_windows_web_app_slot",
            {"site_config": [{}], "app_settings": {"WEBSITE_NODE_DEFAULT_VERSION": "~16", "KEY": "x"}},
            [("nodejs", "16", "azure-app-service")],
        ),
        ("azurerm_function_app", {"version": "~3"}, [("Azure Functions", "", "azure-functions")]),
        (
            "azurerm_function_app",
            {"site_config": [{"linux_fx_version": "PYTHON|3.7"}]},
            [("PYTHON", "3.7", "azure-functions")],
        ),
        (
            "azurerm_virtual_machine",
            {"storage_image_reference": [{"offer": "WindowsServer", "sku": "2012-R2-Datacenter"}]},
            [("WindowsServer", "2012-R2-Datacenter", "")],
        ),
        (
            "azurerm_linux_virtual_machine_scale_set",
            {"source_image_reference": [{"offer": "0001-com-ubuntu-server-bionic", "sku": "18_04-lts-gen2"}]},
            [("ubuntu", "18_04-lts-gen2", "")],
        ),
        (
            "azurerm_windows_virtual_machine",
            {"source_image_reference": [{"offer": "sql2014sp3-ws2012r2", "sku": "standard"}]},
            [("windows-server", "standard", ""), ("mssql", "2014", "")],
        ),
        (
            "aws_kinesisanalyticsv2_application",
            {"runtime_environment": "FLINK-1_8"},
            [("flink", "1_8", "aws-managed-flink")],
        ),
        (
            "aws_apprunner_service",
            {
                "source_configuration": [
                    {
                        "code_repository": [
                            {"code_configuration": [{"code_configuration_values": [{"runtime": "NODEJS_14"}]}]}
                        ]
                    }
                ]
            },
            [("NODEJS", "14", "aws-app-runner")],
        ),
        (
            "aws_apprunner_service",
            {"source_configuration": [{"image_repository": [{"image_identifier": "public.ecr.aws/nginx/nginx:1.20"}]}]},
            [("nginx", "1.20", "")],
        ),
        ("aws_docdbelastic_cluster", {"name": "e"}, [("documentdb", "", "aws-documentdb-elastic")]),
        (
            "azurerm_spring_cloud_java_deployment",
            {"runtime_version": "Java_8"},
            [("java", "8", "azure-spring-apps")],
        ),
        (
            "azurerm_redhat_openshift_cluster",
            {"cluster_profile": [{"version": "4.10.20"}]},
            [("openshift", "4.10.20", "azure-red-hat-openshift")],
        ),
        ("rhcs_cluster_rosa_hcp", {"version": "4.13.4"}, [("openshift", "4.13.4", "red-hat-openshift-on-aws")]),
        ("azurerm_hdinsight_hbase_cluster", {"cluster_version": "3.6"}, [("hdinsight", "3.6", "azure-hdinsight")]),
        (
            "databricks_cluster",
            {"cluster_name": "etl", "spark_version": "9.1.x-scala2.12"},
            [("databricks-runtime", "9.1.x-scala2.12", "databricks")],
        ),
        ("supabase_project", {"name": "s"}, [("postgresql", "", "supabase")]),
        (
            "aws_synthetics_canary",
            {"runtime_version": "syn-nodejs-puppeteer-3.9"},
            [("synthetics-runtime", "syn-nodejs-puppeteer-3.9", "aws-synthetics")],
        ),
        # Of providers that the table does not have, by the engine in the name of the type.
        ("acmecloud_managed_postgresql_instance", {"version": "11"}, [("postgresql", "11", "acmecloud")]),
        ("acmecloud_redis", {"tags": {"owner": "blue"}}, [("redis", "", "acmecloud")]),
        ("acmecloud_kubernetes_cluster", {"kubernetes_version": "1.25"}, [("kubernetes", "1.25", "acmecloud")]),
    ],
)
def test_what_runs_in_jobs_machines_and_elsewhere(parse, type_: str, values: dict[str, Any], runs: list[Any]) -> None:
    (asset,) = parse(state(resource(type_, **values))).assets
    assert [(one.product, one.version, one.provider) for one in asset.runs] == runs


_MANAGED = [
    (each.provider, each.product)
    for rule in TYPES.values()
    for each in rule.runs
    if rule.hosting in {Hosting.MANAGED, Hosting.SAAS} and fold(each.provider) not in {"", *providers.PROVIDERS}
]


def test_no_other_providers_service_takes_upstreams_dates() -> None:
    table = starter.load()
    several = ("postgresql", "mysql", "redis", "mongodb", "kafka", "opensearch")
    lent = {
        (provider, engine)
        for provider, product in [*_MANAGED, ("acmecloud", "postgresql")]
        for engine in ((product,) if product else several)
        for version in ("1", "7", "8.0", "11", "1.27")
        if isinstance(match(table, product=engine, version=version, provider=provider), InCycle)
    }
    assert lent == set()


@pytest.mark.parametrize(
    "type_",
    [
        *("kubernetes_cluster_role", "postgresql_database", "mysql_database", "kafka_topic", "acme_kafka_topic"),
        *(
            "azurerm_data_factory_linked_service_mysql",
            "exoscale_dbaas_pg_database",
            "azurerm_postgresql_configuration",
        ),
        *("rabbitmq_queue", "acme_mysql_user", "mongodb_db_role", "datadog_integration_mysql"),
    ],
)
def test_what_is_inside_a_service_or_joins_it_is_no_service(parse, type_: str) -> None:
    assert parse(state(resource(type_, version="11"))).assets == []


@pytest.mark.parametrize(
    "tags",
    [{"tags": ["team:payments", "production"]}, {"tags": ["team=payments"]}, {"freeform_tags": {"team": "payments"}}],
)
def test_tags_that_are_words_name_owners_as_well(one, tags: dict[str, Any]) -> None:
    assert [each.owner.name for each in one("digitalocean_database_cluster", **tags).owners] == ["payments"]


def test_a_database_of_ovh_is_known_by_its_description_and_its_hosts(one) -> None:
    endpoints = [
        {"component": "postgresql", "domain": "postgresql-ab12.database.cloud.ovh.net", "port": 20184},
        {"component": "pooler", "domain": "pooler-ab12.database.cloud.ovh.net"},
    ]
    asset = one(
        "ovh_cloud_project_database", engine="postgresql", version="12", description="tide", endpoints=endpoints
    )
    assert asset.name == "tide"
    assert asset.addresses == ("postgresql-ab12.database.cloud.ovh.net",)


def test_a_machine_is_known_by_its_id(one) -> None:
    machine = one("aws_instance", id="i-0a1b2c3d4e5f60718", tags={"Name": "tide-1"})
    assert (machine.name, machine.aliases) == ("tide-1", ("aws_instance.main", "i-0a1b2c3d4e5f60718"))


@pytest.mark.parametrize(
    ("product", "version", "cycle"), [("nodejs", "16", "16"), ("python", "3.8", "3.8"), ("PHP", "8.0", "8.0")]
)
def test_apps_and_functions_of_azure_keep_to_the_dates_of_the_language(product: str, version: str, cycle: str) -> None:
    for provider in ("azure-app-service", "azure-functions"):
        found = match(starter.load(), product=product, version=version, provider=provider)
        assert isinstance(found, InCycle)
        assert found.cycle.name == cycle
    # Java is Microsoft's own build there, and what goes on for money elsewhere does not go on here.
    assert isinstance(match(starter.load(), product="java", version="11", provider="azure-functions"), UnknownProduct)


def test_images_and_skus_of_systems_are_the_systems() -> None:
    table = starter.load()
    windows = match(table, product="windows-server", version="2012-R2-Datacenter")
    ubuntu = match(table, product="UbuntuServer", version="18.04-LTS")
    assert isinstance(windows, InCycle)
    assert isinstance(ubuntu, InCycle)
    assert (windows.cycle.name, ubuntu.cycle.name) == ("2012-r2", "18.04")
    assert not isinstance(match(table, product="ubuntu", version="2004"), InCycle)


def test_a_chart_of_ones_own_is_no_asset(parse) -> None:
    own = {"chart": "ledger", "metadata": [{"app_version": "1.2"}]}
    assert parse(state(resource("helm_release", **own))).assets == []
