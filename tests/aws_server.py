"""A running simulation of AWS (moto), and a server in front of it.

The simulation does not know DescribeDBMajorEngineVersions; the server in front answers that one as AWS does on the
wire, refuses what a test says, and passes everything else on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiobotocore.session import AioSession
from aiohttp import web
from botocore.loaders import create_loader
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY", "session-token-of-the-test"
#: What the code under test finds in its environment.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}
NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"
EXTENDED = "open-source-rds-extended-support"
#: Engine, version, and the spans of standard and extended support.
LIFECYCLES = [
    ("postgres", "11", ("2019-03-13", "2024-02-29"), ("2024-03-01", "2027-03-31")),
    ("aurora-postgresql", "11", ("2019-11-26", "2024-02-29"), ("2024-03-01", "2027-03-31")),
    ("oracle-ee", "19", None, None),
]


@contextmanager
def simulated() -> Iterator[str]:
    """The simulation, running in a thread; yields its address.

    Each session of AWS's client reads the description of the service anew; here it is read once.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", cache(create_loader))
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


@asynccontextmanager
async def in_front_of(simulation: str) -> AsyncIterator[Front]:
    """A server in front of the simulation, which is emptied first."""
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
        async with session.post(f"{simulation}/moto-api/reset") as reset:
            assert reset.status == 200
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
