"""Databases in RDS, asked of a running simulation of AWS (moto)."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest

from bot.clients.inventory import rds
from bot.domain.eol.records import ProviderCycle
from bot.domain.inventory.scans import How
from bot.errors import SettingsError
from tests.aws_server import (
    CREDENTIALS,
    KEY,
    LIFECYCLES,
    PASSWORDS,
    REGION,
    SECRET,
    TOKEN,
    Front,
    in_front_of,
    make_instances,
    owner,
    simulated,
)


@pytest.fixture(scope="module")
def simulation() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture
async def aws(simulation: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    async with in_front_of(simulation) as front:
        yield front


def said(inventory: rds.RdsInventory) -> list[str]:
    return [str(problem) for problem in inventory.sightings.problems]


async def test_instances_with_where_and_whose_they_are(aws: Front, simulation: str) -> None:
    tags = [{"Key": "Environment", "Value": "production"}, {"Key": "team", "Value": "payments"}]
    await make_instances(simulation, "orders", Tags=tags)
    inventory = await rds.read([REGION], endpoint_url=aws.url)
    (found,) = inventory.sightings.found
    assert (found.product, found.version, found.provider, found.how) == ("postgres", "11.22", "aws-rds", How.AWS_RDS)
    assert found.address == f"arn:aws:rds:{REGION}:123456789012:db:orders"
    assert (found.region, found.environment) == (REGION, "production")
    assert found.tags == (("Environment", "production"), ("team", "payments"))
    assert str(found.origin) == f"AWS {REGION}"
    assert said(inventory) == []


async def test_a_cluster_stands_for_its_instances(aws: Front, simulation: str) -> None:
    aurora = {"Engine": "aurora-postgresql", "DBClusterIdentifier": "ledger"}
    async with owner(simulation) as client:
        await client.create_db_cluster(**aurora, EngineVersion="11.21", **PASSWORDS)
        await client.create_db_instance(**aurora, DBInstanceIdentifier="ledger-1", DBInstanceClass="db.r6g.large")
    await make_instances(simulation, "mine", Engine="mysql", EngineVersion="5.7.44")
    inventory = await rds.read([REGION], endpoint_url=aws.url)
    assert [(each.product, each.version, each.address.rpartition(":")[2]) for each in inventory.sightings.found] == [
        ("aurora-postgresql", "11.21", "ledger"),
        ("mysql", "5.7.44", "mine"),
    ]
    aws.refuse("AccessDenied", 403, "DescribeDBClusters")
    without = await rds.read([REGION], endpoint_url=aws.url)
    assert {each.address.rpartition(":")[2] for each in without.sightings.found} == {"mine", "ledger-1"}


async def test_all_pages_are_read(aws: Front, simulation: str) -> None:
    await make_instances(simulation, *(f"db-{number:02}" for number in range(25)))
    inventory = await rds.read([REGION], endpoint_url=aws.url, page_size=20)
    assert len({each.address for each in inventory.sightings.found}) == 25
    assert aws.asked.count("DescribeDBInstances") == 2


async def test_how_long_aws_supports_a_version(aws: Front) -> None:
    inventory = await rds.read([REGION], endpoint_url=aws.url)
    assert inventory.cycles[0] == ProviderCycle(
        provider="aws-rds",
        engine="postgres",
        cycle="11",
        region=REGION,
        standard_until=date(2024, 2, 29),
        extended_from=date(2024, 3, 1),
        extended_until=date(2027, 3, 31),
    )
    assert [(each.engine, each.cycle) for each in inventory.cycles] == [(row[0], row[1]) for row in LIFECYCLES]
    assert inventory.cycles[2].standard_until is None
    assert aws.asked.count("DescribeDBMajorEngineVersions") == 3


async def test_regions_keep_their_order_and_count_once(aws: Front, simulation: str) -> None:
    await make_instances(simulation, "orders")
    inventory = await rds.read(["us-east-1", REGION, REGION], endpoint_url=aws.url)
    assert [each.region for each in inventory.sightings.found] == [REGION]
    assert [each.region for each in inventory.cycles] == ["us-east-1"] * 3 + [REGION] * 3


class TestFailures:
    async def test_a_call_that_is_not_permitted_leaves_the_others(self, aws: Front, simulation: str) -> None:
        await make_instances(simulation, "orders")
        aws.refuse("AccessDenied", 403, "DescribeDBMajorEngineVersions")
        inventory = await rds.read([REGION], endpoint_url=aws.url)
        assert len(inventory.sightings.found) == 1
        (message,) = said(inventory)
        assert message.startswith(f"AWS {REGION}: rds:DescribeDBMajorEngineVersions: AWS does not permit this call")
        assert "123456789012" not in message

    async def test_throttling_is_tried_again_and_then_said_once(self, aws: Front) -> None:
        aws.refuse("Throttling")
        inventory = await rds.read([REGION], endpoint_url=aws.url, attempts=2)
        assert aws.asked == ["DescribeDBClusters", "DescribeDBClusters"]
        (message,) = said(inventory)
        assert "asks for fewer requests" in message

    @pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])
    async def test_credentials_that_are_refused(self, aws: Front, code: str) -> None:
        aws.refuse(code, 403)
        (message,) = said(await rds.read([REGION], endpoint_url=aws.url))
        assert f"refuses the credentials ({code})" in message

    async def test_an_error_that_nobody_expects(self, aws: Front) -> None:
        aws.refuse("Odd\u202eCode", 400, "DescribeDBClusters")
        (message,) = said(await rds.read([REGION], endpoint_url=aws.url))
        assert message.endswith("AWS answered with an error (OddCode).")

    async def test_no_credentials(self, aws: Front, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        (message,) = said(await rds.read([REGION], endpoint_url=aws.url))
        assert "No usable AWS credentials" in message
        assert aws.asked == []

    async def test_no_such_profile(self, aws: Front) -> None:
        (message,) = said(await rds.read([REGION], endpoint_url=aws.url, profile="nobody"))
        assert "no such profile" in message

    @pytest.mark.parametrize("region", ["", "not a region", "eu_west_1", "evil.test/#"])
    async def test_no_such_region(self, aws: Front, region: str) -> None:
        (message,) = said(await rds.read([region], endpoint_url=aws.url))
        assert "not the name of a region" in message
        assert aws.asked == []

    async def test_an_answer_that_cannot_be_read(self, aws: Front) -> None:
        aws.garbled.add("DescribeDBInstances")
        (message,) = said(await rds.read([REGION], endpoint_url=aws.url, attempts=1))
        assert message.startswith(f"AWS {REGION}: rds:DescribeDBInstances: AWS cannot be reached, or its answer cannot")

    @pytest.mark.usefixtures("aws")
    async def test_nobody_there(self, unused_tcp_port: int) -> None:
        inventory = await rds.read([REGION], endpoint_url=f"http://127.0.0.1:{unused_tcp_port}", attempts=1)
        (message,) = said(inventory)
        assert "cannot be reached" in message

    async def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "aiobotocore.session", None)
        with pytest.raises(SettingsError, match=r"baton\[aws\]"):
            await rds.read([REGION])


async def test_credentials_are_not_logged(aws: Front, simulation: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await make_instances(simulation, "orders")
    caplog.clear()
    aws.refuse("AccessDenied", 403, "DescribeDBClusters")
    inventory = await rds.read([REGION], endpoint_url=aws.url)
    assert len(inventory.sightings.found) == 1
    for secret in (KEY, SECRET, TOKEN, "Signature"):
        assert secret not in caplog.text
        assert secret not in " ".join(said(inventory))
