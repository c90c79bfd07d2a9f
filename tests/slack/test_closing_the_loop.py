"""The loop that Baton is for, closed once over the wire.

PostgreSQL 11 is nagged about, whose it is turns out to be split, help is asked for and delivered, what was delivered
is handed over and accepted, and from that instant everything names the team that has it, until it is upgraded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.blocks.backlog import actions as backlog
from bot.blocks.handoff import actions as ids
from bot.blocks.request_button import OPEN as OPEN_REQUEST
from bot.domain.catalog import AssetKind, Runs, SourceCatalog
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import MessageRef, PostedMessage
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_calendar import events, path_in
from tests.slack.test_handoff import OPEN, answer, card, sent, ticked
from tests.slack.test_requests import requests, submit
from tests.slack.test_whoowns import buttons

pytestmark = read_only

#: It costs extra since 2024, and from 1 April 2026 twice as much.
OLD, NEW = Runs("postgres", "11.22", "aws-rds", "production"), Runs("postgres", "16.4", "aws-rds", "production")


@pytest.fixture
def public_url() -> str:
    return "https://baton.example.test"


@pytest.fixture
def platform_channel() -> str:
    return "general"


@pytest.fixture
def devops_team() -> str:
    return "Platform"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def catalog(runs: Runs) -> SourceCatalog:
    """Platform has the database area of payments-db, its replica, which runs the same, and its backups."""
    made = organisation()
    made.assets = [replace(each, runs=(runs,)) if each.name == "payments-db" else each for each in made.assets]
    platform = (team_owns("Platform"),)
    made.assets += [
        asset("payments-db-replica", AssetKind.DATABASE, owners=platform, runs=(runs,)),
        asset("payments-db-backups", AssetKind.STORAGE, owners=platform),
    ]
    return made


@dataclass
class Loop:
    """What is said where, and what people do about it."""

    stage: Stage

    async def go(self, *until: int, hours: tuple[int, ...] = (10, 12, 16)) -> None:
        """Let the days pass until noon of this one, with the daily pass at these hours."""
        clock, end = self.stage.clock, datetime(*until, 12, 30, tzinfo=UTC)  # type: ignore[arg-type, misc]
        while clock.at < end:
            midnight = clock.at.replace(hour=0, minute=0, second=0, microsecond=0)
            ahead = [midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in hours]
            clock.at = min(next(each for each in ahead if each > clock.at), end)
            await self.stage.baton.context.daily_pass.run()
            await sent(self.stage, "general")

    async def said_in(self, channel: str, *, since: int = 0) -> list[PostedMessage]:
        """What Baton has said in a channel to everybody, but for the first messages."""
        seen = await sent(self.stage, channel)
        return [each for each in seen if each.ephemeral_for is None][since:]

    async def press(self, message: PostedMessage, action_id: str, *, user: str, block_id: str | None = None) -> None:
        await self.stage.slack.act(user, MessageRef(message.channel, message.ts), action_id, block_id=block_id)
        await self.stage.settle()

    async def owns(self, question: str) -> str:
        return (await self.stage.ask(f"/whoowns {question}", user="eve")).text

    async def triage(self) -> PostedMessage:
        return next(each for each in await self.said_in("platform") if "*#1*" in each.text and "Asked by" in each.text)


async def delivered_and_offered(loop: Loop) -> None:
    """It is delivered, and what was delivered is offered to the team that asked."""
    stage = loop.stage
    await loop.press(await loop.triage(), backlog.ACCEPT, user="lin")
    await loop.press(await loop.triage(), backlog.DELIVER, user="lin")
    assert await submit(stage, "lin", {backlog.WORDS: "The module upgrades it by one variable"}) == {}
    assert "Hand over" in buttons(await loop.triage())
    await loop.press(await loop.triage(), OPEN, user="lin")
    offered = ticked(stage, "lin", "payments-db (the database)", "payments-db-replica", "payments-db-backups")
    assert len(offered) == 3
    assert await submit(stage, "lin", {ids.RESOURCES: offered}) == {}
    assert "*Platform*" in await loop.owns("payments-db database"), "an offer moves nothing"
    shown = await card(stage)
    assert "Comes with it: *Amazon RDS for PostgreSQL 11*" in shown.text
    assert "charged now: 0.10 USD per vCPU-hour" in shown.text
    assert "Platform: payments-db, payments-db-replica" in shown.text


async def test_the_loop(stage: Stage, http: aiohttp.ClientSession) -> None:
    loop = Loop(stage)
    await stage.bring(catalog(OLD))

    # The team that has the database is nagged.
    await loop.go(2026, 3, 3)
    nagged = " ".join(each.text for each in await loop.said_in("platform"))
    assert "PostgreSQL 11" in nagged
    assert "payments-db" in nagged

    # Whose it is, is split, and the answer offers to ask for help.
    split = await stage.ask("/whoowns payments-db")
    assert "owns the application of *payments-db*, *Platform*" in split.text
    await stage.press(split, OPEN_REQUEST)
    assert (
        await submit(
            stage, "grace", {backlog.TITLE: "Upgrade payments-db to PostgreSQL 16", backlog.ITEM_TYPE: "support"}
        )
        == {}
    )
    [asked] = await requests(stage)
    assert (asked.title, asked.area) == ("Upgrade payments-db to PostgreSQL 16", "database")

    await delivered_and_offered(loop)

    # One thing is declined, one waits for something and is accepted then.
    await answer(stage, HandoffStep.DECLINE, "payments-db-backups", reason="They move to object storage in May")
    blocker = {"needs": "A runbook for restores", "needs_from": "Lin Wei", "needs_by": "2026-03-20"}
    await answer(stage, HandoffStep.NOT_YET, "(the database)", **blocker)
    assert "*Platform*" in await loop.owns("payments-db database"), "it has not been accepted"
    await answer(stage, HandoffStep.ACCEPT, "payments-db-replica")
    await answer(stage, HandoffStep.ACCEPT, "(the database)")
    shown = await card(stage)
    assert "declined by Grace Marsh: They move to object storage in May" in shown.text
    assert shown.text.count("accepted by Grace Marsh") == 2

    # From that instant everything names the new owner.
    for question in ("payments-db database", "payments-db-replica"):
        assert (await loop.owns(question)).startswith("*Payments*")
    assert (await loop.owns("payments-db-backups")).startswith("*Platform*"), "what is declined stays where it was"
    assert "payments-db" in (await stage.ask("/eol payments")).text
    assert "payments-db" not in (await stage.ask("/eol platform", user="lin")).text
    path = path_in(await stage.ask("/baton calendar payments"))
    [event] = [each for each in await events(http, stage, path) if "PostgreSQL 11" in str(each["SUMMARY"])]
    assert "Whose: Payments" in event["DESCRIPTION"]

    # The file still names the giver, which is no dispute; and the next reminders go to the new owner only.
    await stage.bring(catalog(OLD))
    said = await loop.owns("payments-db database")
    assert said.startswith("*Payments*")
    assert "disputed" not in said
    assert "Source not yet updated" in said
    before = {name: len(await loop.said_in(name)) for name in ("payments", "platform", "general")}
    await loop.go(2026, 3, 24)
    now = {name: await loop.said_in(name, since=count) for name, count in before.items()}
    digests = [each.text for each in now["payments"] if each.text.startswith("*End of life* for *Payments*")]
    assert any("PostgreSQL 11" in each and "payments-db" in each for each in digests)
    for name in ("platform", "general"):
        lines = [line for each in now[name] for line in each.text.splitlines() if "*Platform* handed" not in line]
        assert not any("payments-db" in line and "Platform" in line for line in lines), name

    # Seen at the new version, it is over.
    await stage.bring(catalog(NEW))
    await loop.go(2026, 3, 26)
    assert "PostgreSQL 11" not in (await stage.ask("/eol payments")).text
    done = [each.text for each in await loop.said_in("payments") if ":white_check_mark:" in each.text]
    assert any(
        "PostgreSQL 11*: done" in each and "*payments-db* and *payments-db-replica* run 16.4" in each for each in done
    ), done
