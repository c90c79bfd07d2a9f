"""Databases in RDS, asked of a running simulation of AWS (moto).

The simulation does not know DescribeDBMajorEngineVersions; a server in front of it answers that one as AWS does on the
wire, refuses what a test says, and passes everything else on.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiobotocore.session import AioSession
from aiohttp import web
from moto.server import ThreadedMotoServer

from bot.clients.inventory import rds
from bot.domain.lifecycle.provider_cycles import ProviderCycle
from bot.domain.lifecycle.sightings import How
from bot.errors import SettingsError

REGION = "eu-west-1"
KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY", "session-token-of-the-test"
NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"
EXTENDED = "open-source-rds-extended-support"
#: Engine, version, and the spans of standard and extended support.
LIFECYCLES = [
    ("postgres", "11", ("2019-03-13", "2024-02-29"), ("2024-03-01", "2027-03-31")),
    ("aurora-postgresql", "11", ("2019-11-26", "2024-02-29"), ("2024-03-01", "2027-03-31")),
    ("oracle-ee", "19", None, None),
]


@pytest.fixture(scope="module")
def simulation() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@dataclass
class Front:
    """The server in front: `refused` says with which code and status an action is refused, `garbled` which breaks."""

    url: str = ""
    refused: dict[str, tuple[str, int]] = field(default_factory=dict)
    garbled: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def refuse(self, code: str, status: int = 400, *actions: str) -> None:
        self.refused |= dict.fromkeys(actions or ("DescribeDBClusters", "DescribeDBInstances"), (code, status))


def major_versions(marker: str) -> str:
    """One page, one lifecycle on each, as AWS writes it."""
    number = int(marker or 0)
    engine, version, standard, extended = LIFECYCLES[number]
    spans = (("open-source-rds-standard-support", standard), (EXTENDED, extended))
    lifecycles = "".join(
        f"<SupportedEngineLifecycle><LifecycleSupportName>{name}</LifecycleSupportName>"
        f"<LifecycleSupportStartDate>{span[0]}T00:00:00Z</LifecycleSupportStartDate>"
        f"<LifecycleSupportEndDate>{span[1]}T23:59:59.999Z</LifecycleSupportEndDate></SupportedEngineLifecycle>"
        for name, span in spans
        if span
    )
    following = f"<Marker>{number + 1}</Marker>" if number + 1 < len(LIFECYCLES) else ""
    return (
        f'<DescribeDBMajorEngineVersionsResponse xmlns="{NAMESPACE}"><DescribeDBMajorEngineVersionsResult>'
        f"<DBMajorEngineVersions><DBMajorEngineVersion><Engine>{engine}</Engine>"
        f"<MajorEngineVersion>{version}</MajorEngineVersion>"
        f"<SupportedEngineLifecycles>{lifecycles}</SupportedEngineLifecycles></DBMajorEngineVersion>"
        f"</DBMajorEngineVersions>{following}</DescribeDBMajorEngineVersionsResult>"
        "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeDBMajorEngineVersionsResponse>"
    )


def refusal(code: str) -> str:
    return (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        "<Message>User: arn:aws:iam::123456789012:user/baton may not</Message></Error>"
        "<RequestId>r</RequestId></ErrorResponse>"
    )


@pytest.fixture
async def aws(simulation: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    front = Front()

    async def handler(request: web.Request) -> web.Response:
        body = await request.read()
        form = parse_qs(body.decode())
        action = form.get("Action", [""])[0]
        front.asked.append(action)
        if action in front.refused:
            code, status = front.refused[action]
            return web.Response(status=status, text=refusal(code), content_type="text/xml")
        if action in front.garbled:
            return web.Response(status=502, text="<!doctype html><p>Bad gateway", content_type="text/html")
        if action == "DescribeDBMajorEngineVersions":
            return web.Response(text=major_versions(form.get("Marker", [""])[0]), content_type="text/xml")
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type", "X-Amz-Date")}
        async with session.post(simulation, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type="text/xml")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    async with aiohttp.ClientSession() as session:
        await session.post(f"{simulation}/moto-api/reset")
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        front.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield front
        finally:
            await runner.cleanup()


PASSWORDS = {"MasterUsername": "admin", "MasterUserPassword": "a-password-of-a-test"}


@asynccontextmanager
async def owner(simulation: str) -> AsyncIterator[Any]:
    """A client that makes what a test needs, past the code under test."""
    async with AioSession().create_client("rds", region_name=REGION, endpoint_url=simulation) as client:
        yield client


async def make_instances(simulation: str, *names: str, **more: Any) -> None:
    async with owner(simulation) as client:
        for name in names:
            await client.create_db_instance(
                **{
                    "DBInstanceIdentifier": name,
                    "Engine": "postgres",
                    "EngineVersion": "11.22",
                    "AllocatedStorage": 10,
                    "DBInstanceClass": "db.t3.micro",
                    **PASSWORDS,
                    **more,
                }
            )


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
        standard_from=date(2019, 3, 13),
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
