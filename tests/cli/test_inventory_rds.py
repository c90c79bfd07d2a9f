"""`baton inventory scan-rds` against a running simulation of AWS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.aws_server import CREDENTIALS, PASSWORDS, REGION, Front, in_front_of, make_instances, owner, simulated
from tests.cli.conftest import Baton

ARN = f"arn:aws:rds:{REGION}:123456789012:db"
TAGS = [
    {"Key": "Environment", "Value": "production"},
    {"Key": "team", "Value": "payments"},
    {"Key": "secret", "Value": "a-word-that-nobody-may-read"},
]


@pytest.fixture(scope="module")
def simulation() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture
async def aws(simulation: str, monkeypatch: pytest.MonkeyPatch, baton: Baton) -> AsyncIterator[Front]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    await asyncio.to_thread(baton, "db", "upgrade")
    async with in_front_of(simulation) as front:
        monkeypatch.setenv("AWS_ENDPOINT_URL_RDS", front.url)
        yield front


@pytest.fixture
def typed(baton: Baton) -> Any:
    async def run(*words: Any, code: int = 0) -> Any:
        ran = await asyncio.to_thread(baton, *words, "--json")
        assert ran.code == code, ran.err
        return json.loads(ran.out)

    return run


async def inventory(typed: Any) -> list[tuple[str, str, str, str]]:
    found = await typed("inventory", "list")
    return [(one["asset"], one["source"], one["version"], one["environment"]) for one in found]


async def sources(typed: Any) -> dict[str, int]:
    return {one["name"]: one["assets"] for one in await typed("catalog", "sources")}


def terraform(folder: Path, name: str, identifier: str) -> Path:
    values = {
        "arn": f"{ARN}:{identifier}",
        "identifier": name,
        "engine": "postgres",
        "engine_version": "11.22",
        "tags_all": {"team": "platform"},
    }
    resource = {
        "address": f"aws_db_instance.{identifier}",
        "mode": "managed",
        "type": "aws_db_instance",
        "name": identifier,
        "provider_name": "registry.example/acme/aws",
        "values": values,
    }
    file = folder / "state.json"
    state = {
        "format_version": "1.0",
        "terraform_version": "1.9.0",
        "values": {"root_module": {"resources": [resource]}},
    }
    file.write_text(json.dumps(state))
    return file


async def test_a_database_that_nobody_described_becomes_an_asset(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, "orders", Tags=TAGS)
    found = await typed("inventory", "scan-rds", "--region", REGION)
    assert (found["source"], found["came"], found["not_recorded"]) == (f"aws-rds:{REGION}", 1, [])
    [asset] = found["assets"]
    [deployment] = asset["deployments"]
    assert (asset["ref"], deployment["address"]) == ("database:orders", f"{ARN}:orders")
    assert (deployment["match"]["product"], deployment["match"]["cycle"]) == ("amazon-rds-postgresql", "11")
    assert await inventory(typed) == [("database:orders", f"aws-rds:{REGION}", "11.22", "production")]
    answer = await typed("ask", "who owns orders?")
    assert (answer["status"], answer["owner"]) == ("owned", "payments")
    assert (await typed("ask", f"{ARN}:orders"))["ref"] == "database:orders"


async def test_a_second_scan_changes_nothing(aws: Front, simulation: str, typed: Any, baton: Baton) -> None:
    await make_instances(simulation, "orders", "ledger", Tags=TAGS)
    await typed("inventory", "scan-rds", "--region", REGION)
    exported = (await asyncio.to_thread(baton, "catalog", "export")).out
    found = await typed("inventory", "scan-rds", "--region", REGION)
    assert (found["came"], found["changed"], found["ended"], found["unchanged"]) == (0, 0, 0, 2)
    assert (await asyncio.to_thread(baton, "catalog", "export")).out == exported
    assert "a-word-that-nobody-may-read" not in exported


async def test_one_that_another_source_describes_is_not_made_again(
    aws: Front, simulation: str, typed: Any, tmp_path: Path
) -> None:
    await make_instances(simulation, "orders-1", "ledger", Tags=TAGS)
    await typed("catalog", "import", "terraform", terraform(tmp_path, "Orders of everybody", "orders-1"))
    for _ in range(2):
        found = await typed("inventory", "scan-rds", "--region", REGION)
        assert {asset["ref"] for asset in found["assets"]} == {"database:orders of everybody", "database:ledger"}
        assert await sources(typed) == {"terraform": 1, f"aws-rds:{REGION}": 1}
    orders = [one for one in await inventory(typed) if one[0] == "database:orders of everybody"]
    assert orders == [
        ("database:orders of everybody", "terraform", "11.22", ""),
        ("database:orders of everybody", f"aws-rds:{REGION}", "11.22", "production"),
    ]


async def test_one_that_is_described_later_moves_to_that_asset(
    aws: Front, simulation: str, typed: Any, tmp_path: Path
) -> None:
    await make_instances(simulation, "orders-1", Tags=TAGS)
    await typed("inventory", "scan-rds", "--region", REGION)
    await typed("catalog", "import", "terraform", terraform(tmp_path, "orders", "orders-1"))
    for _ in range(2):
        await typed("inventory", "scan-rds", "--region", REGION)
        assert {asset for asset, *_ in await inventory(typed)} == {"database:orders"}
        assert await sources(typed) == {"terraform": 1, f"aws-rds:{REGION}": 0}


async def test_one_that_is_gone_ends(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, "orders", "ledger")
    await typed("inventory", "scan-rds", "--region", REGION)
    async with owner(simulation) as client:
        await client.delete_db_instance(DBInstanceIdentifier="ledger", SkipFinalSnapshot=True)
    await typed("inventory", "scan-rds", "--region", REGION)
    assert {asset for asset, *_ in await inventory(typed)} == {"database:orders"}
    assert (await sources(typed))[f"aws-rds:{REGION}"] == 1


async def test_regions_are_sources_of_their_own(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, "orders")
    reports = await typed("inventory", "scan-rds", "--region", "us-east-1", "--region", REGION)
    assert [(one["source"], one["came"]) for one in reports] == [("aws-rds:us-east-1", 0), (f"aws-rds:{REGION}", 1)]
    await typed("inventory", "scan-rds", "--region", "us-east-1")
    assert len(await inventory(typed)) == 1


async def test_a_list_that_is_refused_leaves_everything_as_it_was(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, "orders", "ledger")
    await typed("inventory", "scan-rds", "--region", REGION)
    before = await inventory(typed)
    aws.refuse("AccessDenied", 403, "DescribeDBInstances")
    found = await typed("inventory", "scan-rds", "--region", REGION, code=1)
    assert found["not_recorded"][0]["what"] == REGION
    assert "AWS does not permit this call" in found["problems"][0]
    assert await inventory(typed) == before


async def test_without_the_right_to_dates_databases_are_recorded(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, "orders")
    aws.refuse("AccessDenied", 403, "DescribeDBMajorEngineVersions")
    found = await typed("inventory", "scan-rds", "--region", REGION)
    assert (found["came"], len(found["problems"])) == (1, 1)


async def test_the_dates_of_aws_go_before_all_others(
    aws: Front, simulation: str, typed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates = [("postgres", "11", ("2019-03-13", "2024-04-30"), ("2024-05-01", "2027-03-31"))]
    monkeypatch.setattr("tests.aws_server.LIFECYCLES", dates)
    await make_instances(simulation, "orders")
    found = await typed("inventory", "scan-rds", "--region", REGION, "--dry-run")
    asked = ("eol", "match", "postgres", "11.22", "--provider", "aws-rds")
    assert (await typed(*asked))["clocks"]["eol"] == "2024-02-29"
    found = await typed("inventory", "scan-rds", "--region", REGION)
    assert found["assets"][0]["deployments"][0]["match"]["clocks"]["eol"] == "2024-04-30"
    assert (await typed(*asked))["clocks"]["eol"] == "2024-04-30"
    assert (await typed("eol", "match", "postgresql", "11.22"))["clocks"]["eol"] == "2023-11-09"


async def test_a_dry_run_says_what_would_become_an_asset(aws: Front, simulation: str, typed: Any, baton: Baton) -> None:
    await make_instances(simulation, "orders")
    ran = await asyncio.to_thread(baton, "inventory", "scan-rds", "--region", REGION, "--dry-run")
    assert ran.out.splitlines() == [
        "orders would become an asset",
        f"aws-rds:{REGION}: would be 1 new asset with what runs there",
    ]
    assert await inventory(typed) == []
    assert await sources(typed) == {}


async def test_a_cluster_with_its_endpoints(aws: Front, simulation: str, typed: Any) -> None:
    aurora = {"Engine": "aurora-postgresql", "DBClusterIdentifier": "ledger"}
    async with owner(simulation) as client:
        await client.create_db_cluster(**aurora, EngineVersion="11.21", **PASSWORDS)
        made = (await client.describe_db_clusters())["DBClusters"][0]
    found = await typed("inventory", "scan-rds", "--region", REGION)
    assert found["assets"][0]["deployments"][0]["match"]["product"] == "amazon-aurora-postgresql"
    assert (await typed("ask", made["Endpoint"]))["ref"] == "database:ledger"


async def test_a_mass_change_is_refused(aws: Front, simulation: str, typed: Any) -> None:
    await make_instances(simulation, *(f"db-{number}" for number in range(8)))
    await typed("inventory", "scan-rds", "--region", REGION)
    async with owner(simulation) as client:
        for number in range(7):
            await client.delete_db_instance(DBInstanceIdentifier=f"db-{number}", SkipFinalSnapshot=True)
    found = await typed("inventory", "scan-rds", "--region", REGION, code=1)
    assert "--allow-mass-change" in found["not_recorded"][0]["why"]
    assert len(await inventory(typed)) == 8
    await typed("inventory", "scan-rds", "--region", REGION, "--allow-mass-change")
    assert len(await inventory(typed)) == 1
