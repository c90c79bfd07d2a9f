"""Work behind an acknowledgement, and by the clock, whose failures only the log tells of."""

from __future__ import annotations

import logging
from typing import cast

import pytest

from bot import jobs
from bot.errors import SlackError, StoreUnavailableError
from bot.services.background import Background
from bot.services.context import Context

FAULTS = [
    (StoreUnavailableError("is locked by somebody else", cause="OperationalError"), "the database is locked by"),
    (SlackError("missing_scope"), "Slack answered missing_scope"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS)
async def test_what_the_database_or_slack_does_needs_no_traceback(
    caplog: pytest.LogCaptureFixture, fault: Exception, said: str
) -> None:
    async def broken(_: object = None) -> None:
        raise fault

    background = Background()
    background.start(broken(), what="read_members")
    await background.drain(seconds=5)
    await jobs._logged("read_members", broken, cast("Context", None))
    assert [(each.levelno, each.exc_info) for each in caplog.records] == [(logging.WARNING, None)] * 2
    assert all(said in each.getMessage() and "read_members" in each.getMessage() for each in caplog.records)


async def test_a_fault_of_our_own_has_one(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    background = Background()
    background.start(broken(), what="x")
    await background.drain(seconds=5)
    [record] = caplog.records
    assert record.exc_info is not None
