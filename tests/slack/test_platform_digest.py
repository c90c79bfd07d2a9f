"""The platform channel may be a team's own channel: what nobody owns is told there in the same message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.blocks.eol import actions as ids
from bot.domain.catalog import Runs, SourceCatalog
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_eol_answers import posted

pytestmark = read_only

OWN, NOBODYS = "*End of life* for *Platform*", "*End of life* of what nobody owns"


@pytest.fixture
def platform_channel() -> str:
    return "platform"


def catalog(*, zone: str = "Europe/London") -> SourceCatalog:
    """Platform runs a Node.js, and nobody owns another thing that has ended."""
    made = organisation()
    made.teams = [replace(each, timezone=zone) if each.name == "Platform" else each for each in made.teams]
    made.assets += [
        asset("mailer", owners=(team_owns("Platform"),), runs=(Runs("nodejs", "20.11.1"),)),
        asset("old-site", runs=(Runs("nodejs", "12.22.1"),)),
    ]
    return made


async def passes(stage: Stage, *at: int) -> list[PostedMessage]:
    """Return what stands in the channel after the daily pass of that moment."""
    stage.clock.at = datetime(*at, tzinfo=UTC)  # type: ignore[arg-type, misc]
    await stage.baton.context.daily_pass.run()
    return await posted(stage, "platform")


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo", "America/New_York"])
async def test_one_digest_has_both(stage: Stage, zone: str) -> None:
    await stage.bring(catalog(zone=zone))
    hours = [(2026, 3, day, hour) for day in (2, 3) for hour in range(24)]
    told = [await passes(stage, *each) for each in hours][-1]
    assert [each.text.count(OWN) + each.text.count(NOBODYS) for each in told] == [2]
    assert told[0].text.index(OWN) < told[0].text.index(NOBODYS)
    assert "old-site" in told[0].text
    opens = [block["accessory"] for block in told[0].blocks if "accessory" in block]
    assert [each["action_id"] for each in opens].count(ids.OPEN) == 2
    again = [await passes(stage, *each) for each in hours[-12:]][-1]
    assert len(again) == 1, "and it is told once"


async def test_a_long_digest_leaves_room_for_what_nobody_owns(stage: Stage) -> None:
    made = catalog()
    made.assets += [
        asset(f"js-{major}", owners=(team_owns("Platform"),), runs=(Runs("nodejs", str(major)),))
        for major in range(10, 26)
    ]
    made.assets += [
        asset(f"py-{minor}", owners=owners, runs=(Runs("python", f"3.{minor}"),))
        for minor in range(4, 14)
        for owners in ((team_owns("Platform"),), ())
    ]
    await stage.bring(made)
    [told] = await passes(stage, 2026, 3, 3, 12)
    assert OWN in told.text
    assert NOBODYS in told.text


async def test_it_waits_for_the_day_after_another_message(stage: Stage) -> None:
    made = catalog()
    stage.clock.at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    await stage.bring(replace(made, assets=made.assets[:-1]))
    assert OWN in (await passes(stage, 2026, 3, 30, 12))[-1].text, "late, so there is none on the day after"
    await stage.bring(made)
    alarmed = await passes(stage, 2026, 3, 31, 12)
    assert ids.ACKNOWLEDGE in str(alarmed[-1].blocks), "30 days before it ends"
    assert NOBODYS not in "".join(each.text for each in alarmed)
    assert NOBODYS in (await passes(stage, 2026, 4, 1, 12))[-1].text
