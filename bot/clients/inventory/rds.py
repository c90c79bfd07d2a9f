"""Databases that AWS runs, from its RDS API, and how long AWS supports their versions.

Needs the extra `aws`. Credentials are found as AWS's own tools find them (environment, profile, role of the machine);
Baton neither receives nor stores any. The policy needs rds:DescribeDBInstances, rds:DescribeDBClusters and
rds:DescribeDBMajorEngineVersions.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clients.inventory._collector import Collector
from bot.domain.eol.records import ProviderCycle
from bot.domain.inventory.scans import How, Sighting, Sightings
from bot.domain.names import clean
from bot.errors import SettingsError

PROVIDER = "aws-rds"
#: AWS accepts 20 to 100.
_PAGE_SIZE = 100
_ATTEMPTS = 4
_TIMEOUT_SECONDS = 30
#: How many regions are asked at the same time.
_AT_ONCE = 4
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,20}){1,3}-\d{1,2}")
_DATES = "DescribeDBMajorEngineVersions"
_ENVIRONMENT_TAGS = ("environment", "env", "stage")
_NO_EXTENDED_SUPPORT = "open-source-rds-extended-support-disabled"
_STANDARD = "open-source-rds-standard-support"
_EXTENDED = "open-source-rds-extended-support"

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
_REFUSED = frozenset(
    {
        *("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"),
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "IncompleteSignature", "OptInRequired"),
        *("MissingAuthenticationToken", "InvalidAccessKeyId"),
    }
)
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"})


@dataclass(frozen=True, slots=True)
class RdsInventory:
    """The databases seen and the lifecycles that AWS gives, for all regions asked, in order."""

    sightings: Sightings
    cycles: tuple[ProviderCycle, ...]


class _FailedError(Exception):
    """A call that failed. The message is a sentence. `is_final` is whether the next call would fail, too."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


async def read(
    regions: Sequence[str],
    *,
    profile: str = "",
    endpoint_url: str | None = None,
    page_size: int = _PAGE_SIZE,
    attempts: int = _ATTEMPTS,
) -> RdsInventory:
    """Ask AWS what runs in `regions` (`eu-west-1`). A call that fails becomes a problem, and the others continue.

    `profile` names one of AWS's own configuration. `endpoint_url` replaces AWS in tests. Raise `SettingsError` if the
    extra `aws` is not installed.
    """
    try:
        from aiobotocore.session import AioSession  # noqa: PLC0415 - an extra, which not every installation has
    except ImportError:
        raise SettingsError("Reading AWS needs Baton's extra: install baton[aws].") from None
    for name in ("aiobotocore", "botocore"):
        # At DEBUG they log signed requests, with the session's token.
        logging.getLogger(name).setLevel(logging.WARNING)
    gate = asyncio.Semaphore(_AT_ONCE)
    session = AioSession(profile=profile or None)

    async def one(region: str) -> RdsInventory:
        async with gate:
            return await _Region(region, page_size).read(session, endpoint_url, attempts)

    read_ = await asyncio.gather(*(one(region) for region in dict.fromkeys(regions)))
    return RdsInventory(
        Sightings(
            tuple(sighting for each in read_ for sighting in each.sightings.found),
            tuple(problem for each in read_ for problem in each.sightings.problems),
        ),
        tuple(cycle for each in read_ for cycle in each.cycles),
    )


class _Region:
    """Asks one region. If a call fails, the others are still made."""

    def __init__(self, region: str, page_size: int) -> None:
        self._region, self._page_size = region, page_size
        self._collector = Collector(f"AWS {region}")
        self._clusters: set[str] = set()
        self._cycles: list[ProviderCycle] = []

    async def read(self, session: Any, endpoint_url: str | None, attempts: int) -> RdsInventory:
        from aiobotocore.config import AioConfig  # noqa: PLC0415 - an extra, see above
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        if not _REGION.fullmatch(self._region):
            self._collector.problem("This is not the name of a region; write one like eu-west-1.")
            return RdsInventory(self._collector.done(), ())
        config = AioConfig(
            connect_timeout=_TIMEOUT_SECONDS,
            read_timeout=_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
        )
        try:
            async with session.create_client(
                "rds", region_name=self._region, endpoint_url=endpoint_url, config=config
            ) as client:
                await self._ask(client)
        except (BotoCoreError, OSError, ValueError) as error:
            self._collector.problem(str(_failed(error)))
        return RdsInventory(self._collector.done(), tuple(self._cycles))

    async def _ask(self, client: Any) -> None:
        # Clusters come first: an instance in a cluster that was seen is not another database.
        for operation, take in (
            ("DescribeDBClusters", self._cluster),
            ("DescribeDBInstances", self._instance),
            (_DATES, self._major_version),
        ):
            try:
                async for row in self._rows(client, operation):
                    take(row)
            except _FailedError as error:
                # The lists of databases are complete without the dates.
                self._collector.problem(f"rds:{operation}: {error}", is_error=operation != _DATES)
                if error.is_final:
                    return

    async def _rows(self, client: Any, operation: str) -> AsyncIterator[Mapping[str, Any]]:
        from botocore import xform_name  # noqa: PLC0415 - an extra, see above
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        key = operation.removeprefix("Describe")
        pages = client.get_paginator(xform_name(operation)).paginate(PaginationConfig={"PageSize": self._page_size})
        try:
            async for page in pages:
                for row in page.get(key) or ():
                    yield row
        except (BotoCoreError, ClientError, ResponseParserError, OSError, ValueError) as error:
            raise _failed(error) from None

    def _cluster(self, row: Mapping[str, Any]) -> None:
        self._clusters.add(str(row.get("DBClusterIdentifier", "")))
        self._add(row, "DBCluster", row.get("Endpoint"), row.get("ReaderEndpoint"))

    def _instance(self, row: Mapping[str, Any]) -> None:
        if str(row.get("DBClusterIdentifier") or "") not in self._clusters - {""}:
            # An instance that is being created has no endpoint yet.
            self._add(row, "DBInstance", (row.get("Endpoint") or {}).get("Address"))

    def _add(self, row: Mapping[str, Any], what: str, *hosts: Any) -> None:
        engine = clean(str(row.get("Engine") or ""))
        if not engine:
            return
        tags = _tags(row.get("TagList"))
        by_name = {name.lower(): value for name, value in reversed(tags)}
        support = row.get("EngineLifecycleSupport")
        self._collector.add(
            Sighting(
                product=engine,
                version=clean(str(row.get("EngineVersion") or "")),
                provider=PROVIDER,
                environment=next((by_name[name] for name in _ENVIRONMENT_TAGS if name in by_name), ""),
                how=How.AWS_RDS,
                origin=self._collector.at(),
                address=str(row.get(f"{what}Arn") or ""),
                name=clean(str(row.get(f"{what}Identifier") or "")),
                hosts=tuple(str(host).lower() for host in hosts if host),
                region=self._region,
                tags=tags,
                has_extended_support=support != _NO_EXTENDED_SUPPORT if support else None,
            )
        )

    def _major_version(self, row: Mapping[str, Any]) -> None:
        engine, cycle = str(row.get("Engine") or ""), str(row.get("MajorEngineVersion") or "")
        if not engine or not cycle:
            return
        by_name = {each.get("LifecycleSupportName"): each for each in row.get("SupportedEngineLifecycles") or ()}
        standard, extended = by_name.get(_STANDARD, {}), by_name.get(_EXTENDED, {})
        self._cycles.append(
            ProviderCycle(
                provider=PROVIDER,
                engine=engine,
                cycle=cycle,
                region=self._region,
                standard_until=_day(standard.get("LifecycleSupportEndDate")),
                extended_from=_day(extended.get("LifecycleSupportStartDate")),
                extended_until=_day(extended.get("LifecycleSupportEndDate")),
            )
        )


def _tags(rows: Any) -> tuple[tuple[str, str], ...]:
    found = ((clean(str(row.get("Key") or "")), clean(str(row.get("Value") or ""))) for row in rows or ())
    return tuple((name, value) for name, value in found if name)


def _day(moment: Any) -> date | None:
    return moment.date() if isinstance(moment, datetime) else None


def _failed(error: Exception) -> _FailedError:
    """Return the problem for an error of AWS's client.

    Its own text may contain accounts and keys, and is not repeated.
    """
    from botocore import exceptions  # noqa: PLC0415 - an extra, see above

    if isinstance(error, exceptions.ClientError):
        return _answered(str(error.response.get("Error", {}).get("Code") or ""))
    no_credentials = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
    )
    if isinstance(error, exceptions.ProfileNotFound):
        text = "AWS' configuration has no such profile; set one that it has."
    elif isinstance(error, no_credentials):
        text = "No usable AWS credentials were found; give the process a role, a profile or AWS_ACCESS_KEY_ID."
    else:
        text = f"AWS cannot be reached, or its answer cannot be read ({type(error).__name__})."
    return _FailedError(text, is_final=True)


def _answered(code: str) -> _FailedError:
    if code in _DENIED:
        text = "AWS does not permit this call; allow it in the policy of the role that Baton runs with."
        return _FailedError(text, is_final=False)
    if code in _REFUSED:
        text = f"AWS refuses the credentials ({code}); renew them, and check the machine's clock."
        return _FailedError(text, is_final=True)
    if code in _THROTTLED:
        return _FailedError("AWS asks for fewer requests; try again in some minutes.", is_final=True)
    return _FailedError(f"AWS answered with an error ({clean(code)[:60] or 'no code'}).", is_final=False)
