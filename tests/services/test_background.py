"""Work behind an acknowledgement, and by the clock, whose failures only the log tells of."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

import pytest

from bot import jobs
from bot.errors import SlackError, StoreError, StoreUnavailableError, TrackerError
from bot.services import inbound
from bot.services.background import Background
from bot.services.context import Context
from handlers.door import Door
from handlers.events import Events
from tests.conftest import REPOSITORY

FAULTS = [
    (StoreUnavailableError("is locked by somebody else", cause="OperationalError"), "the database is locked by"),
    (StoreError("Nothing was saved: the database file was deleted."), "the database file was deleted"),
    (SlackError("missing_scope"), "Slack answered missing_scope"),
    (TrackerError("GitHub does not answer."), "GitHub does not answer."),
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


async def test_an_event_that_was_left_behind_stops_no_other_and_is_one_line_while_the_database_is_in_trouble(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[str] = []

    async def left_behind(*_: object, **__: object) -> dict[str, Mapping[str, Any]]:
        return {"first": {}, "second": {}}

    async def answer(_self: Events, event_id: str, _body: Mapping[str, Any]) -> None:
        if event_id == "first":
            raise StoreUnavailableError("is locked by somebody else", cause="OperationalError")
        answered.append(event_id)

    monkeypatch.setattr(inbound, "left_behind", left_behind)
    monkeypatch.setattr(Events, "_answer", answer)
    await Events({}, cast("Context", type("Empty", (), {"deps": None})), cast("Door", None)).resume()
    [record] = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "event first could not be answered; it is tried again: the database is locked" in record.getMessage()
    assert answered == ["second"]


def test_whatever_goes_on_by_itself_tells_of_its_failures_in_the_same_way() -> None:
    sources = [path for folder in ("bot", "handlers") for path in (REPOSITORY / folder).rglob("*.py")]
    assert [path.name for path in sources if "log.exception(" in path.read_text()] == [], "use errors.log_failure"
