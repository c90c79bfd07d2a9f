"""Libraries of the organisation's own, over the wire: whoever uses a version is reminded of the end of its support."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.blocks.backlog.actions import TITLE
from bot.blocks.eol import actions as ids
from bot.blocks.request_button import OPEN
from bot.clients.catalog import read
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage, read_only
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_reuse import rows
from tests.slack.test_requests import element
from tests.slack.test_whoowns import buttons

pytestmark = read_only

#: Platform says until when it supports which version; it is 3 March 2026, and a month is left for version 2.
LIBRARY = """
baton: 1
assets:
  - name: terraform-modules
    kind: library
    owner: Platform
    aliases: [tf-modules]
    addresses: ["pkg:npm/%40acme/terraform-modules"]
    versions:
      "1": {supported-until: 2026-02-01}
      "2": {supported-until: 2026-04-03}
      "3": {}
"""
USERS = """
baton: 1
assets:
  - name: basket
    owner: Payments
    runs: ["terraform-modules 2.1"]
  - name: index
    owner: Search
    runs: ["tf-modules v3.0.2"]
"""


class World:
    """The stage, and what two sources say: who offers a library, and who uses it."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self._folder = stage, folder

    async def says(self, source: str, text: str) -> None:
        file = self._folder / f"{source}.yaml"
        file.write_text(text)
        catalog = read("baton", [file])
        assert catalog.problems == []
        await self.stage.bring(catalog, source=source, trust_people=None, allow_mass_change=True)
        await self.stage.baton.context.watcher.current()

    async def at(self, day: date, channel: str = "payments") -> list[PostedMessage]:
        """Let it be noon of a day, and everything be said that is due; return what is in the channel."""
        self.stage.clock.at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        await self.stage.baton.context.daily_pass.run()
        return await posted(self.stage, channel)

    def thread(self, root: PostedMessage, channel: str = "payments") -> str:
        return "\n".join(m.text for m in self.stage.slack.visible_messages("ada", channel, thread_ts=root.ts)[1:])

    def again(self, root: PostedMessage, channel: str = "payments") -> PostedMessage:
        return next(m for m in self.stage.slack.visible_messages("ada", channel) if m.ts == root.ts)


@pytest.fixture
async def world(stage: Stage, tmp_path: Path) -> World:
    made = World(stage, tmp_path)
    await made.says("platform", LIBRARY)
    await made.says("users", USERS)
    return made


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def reminded(world: World) -> PostedMessage:
    """The message that Payments gets a month before version 2 ends; the digest of 3 March came before it."""
    [digest] = await world.at(date(2026, 3, 3))
    assert "*terraform-modules 2*: support ends" in digest.text
    [_, root] = await world.at(date(2026, 3, 4))
    return root


async def test_a_team_is_reminded_and_the_reminder_closes_with_its_upgrade(world: World) -> None:
    root = await reminded(world)
    assert "*terraform-modules 2*: support ends <!date^" in root.text
    assert "|2026-04-03>" in root.text
    assert "*basket* · 2.1" in root.text
    assert "plan the upgrade to *3*" in root.text
    await world.stage.press(root, ids.ACKNOWLEDGE)
    await world.says("users", USERS.replace("2.1", "3.0"))
    await world.at(date(2026, 3, 19))
    assert "terraform-modules 2*: done" in world.again(root).text
    assert "Thank you." in world.thread(root)
    assert await posted(world.stage, "platform") == [], "whoever offers it has nothing to do"
    assert await posted(world.stage, "search") == [], "no end is announced of version 3"


async def test_a_date_that_comes_nearer_is_news_and_ends_the_answer(world: World) -> None:
    root = await reminded(world)
    await world.stage.press(root, ids.ACKNOWLEDGE)
    await world.says("platform", LIBRARY.replace("2026-04-03", "2026-03-18"))
    said = await world.at(date(2026, 3, 5))
    root = world.again(root)
    assert "|2026-03-18>" in root.text
    assert "moved from <!date^" in root.text
    assert "Acknowledge" in buttons(root)
    assert "2026-03-18" in world.thread(root) + said[-1].text
    [move] = [each for each in await rows(world.stage, tables.DateChange) if "terraform" in each.product]
    assert (move.product, move.cycle, move.clock) == ("library:terraform-modules", "2", "eol")
    assert (move.before, move.after) == ("2026-04-03", "2026-03-18")


async def test_a_date_that_moves_away_is_one_quiet_line(world: World) -> None:
    root = await reminded(world)
    before = len(await posted(world.stage, "payments"))
    await world.says("platform", LIBRARY.replace("2026-04-03", "2027-04-02"))
    assert len(await world.at(date(2026, 3, 5))) == before
    assert "2027-04-02" in world.thread(root)
    assert "|2027-04-02>" in world.again(root).text
    await world.says("platform", LIBRARY.replace("{supported-until: 2026-04-03}", "{}"))
    assert len(await world.at(date(2026, 4, 1))) == before


GONE = "baton: 1\nassets:\n  - name: other\n    owner: Platform\n"
WITHOUT_IT = LIBRARY.replace('      "2": {supported-until: 2026-04-03}\n', "")


@pytest.mark.parametrize(
    ("text", "unknown"), [(GONE, "unknown product"), (WITHOUT_IT, "in no known release, next to 1 and 3")]
)
async def test_what_the_catalog_lists_no_longer_ends_its_reminders_and_is_said_to_be_unknown(
    world: World, text: str, unknown: str
) -> None:
    root = await reminded(world)
    before = len(await posted(world.stage, "payments"))
    await world.says("platform", text)
    assert len(await world.at(date(2026, 3, 5))) == before
    assert (
        world.again(root).text
        == "*terraform-modules 2* is no longer in the catalog, so I cannot say when its support ends."
    )
    assert buttons(world.again(root)) == {}
    [digest, *_] = await posted(world.stage, "payments")
    assert "*terraform-modules 2* is no longer in the catalog" in digest.text
    reminder = next(each for each in await rows(world.stage, tables.Reminder) if each.cycle == "2")
    assert (reminder.resolution, reminder.resolved_at is not None) == ("unlisted", True)
    assert f"*terraform-modules 2.1*: {unknown}" in (await world.stage.ask("/eol payments")).text
    await world.says("platform", LIBRARY)
    assert "*terraform-modules 2*: support ends" in (await world.stage.ask("/eol payments")).text
    assert any("*terraform-modules 2*: support ends" in each.text for each in await world.at(date(2026, 3, 10)))
    open_again = [
        each for each in await rows(world.stage, tables.Reminder) if each.cycle == "2" and not each.resolved_at
    ]
    assert len(open_again) == 1


@pytest.mark.parametrize(("version", "said"), [("4.0", "newer"), ("0.9", "older")])
async def test_a_version_that_the_library_does_not_list_is_never_supported(
    world: World, version: str, said: str
) -> None:
    await world.says("users", USERS.replace("2.1", version))
    answer = (await world.stage.ask("/eol payments")).text
    assert f"*terraform-modules {version}*: {said}" in answer
    assert ":white_check_mark:" not in answer


async def test_its_own_version_is_nothing_that_its_owner_runs(world: World) -> None:
    own = LIBRARY.replace("    versions:", '    runs: ["terraform-modules 1.4", "terraform-modules 9"]\n    versions:')
    await world.says("platform", own)
    assert await world.at(date(2026, 3, 3), "platform") == []
    assert "terraform-modules" not in (await world.stage.ask("/eol platform", user="lin")).text


async def test_the_public_dates_stay_those_of_a_public_name(world: World) -> None:
    await world.says(
        "platform",
        """
baton: 1
assets:
  - name: postgresql
    kind: library
    owner: Platform
    aliases: [pg-client]
    versions: {"14": {supported-until: 2026-03-20}}
""",
    )
    await world.says(
        "users",
        """
baton: 1
assets:
  - name: basket
    owner: Payments
    runs: ["postgresql 14.2", "postgres 14.2"]
  - name: index
    owner: Search
    runs: ["pg-client 14.2", {product: "library:postgresql", version: "14.3"}]
""",
    )
    answer = (await world.stage.ask("/eol payments")).text
    assert "*PostgreSQL 14*: support ends" in answer
    assert "2026-03-20" not in answer
    answer = (await world.stage.ask("/eol search", user="solo")).text
    assert "*library:postgresql 14*: support ends" in answer
    assert "2026-03-20" in answer


async def test_whoever_uses_a_library_is_asked_for_by_its_name(world: World) -> None:
    answer = (await world.stage.ask("/eol terraform-modules", user="eve")).text
    assert "*terraform-modules*: 1 within 90 days" in answer
    assert "basket" in answer
    assert "index" in (await world.stage.ask("/eol terraform-modules 3", user="eve")).text
    assert "*terraform-modules 1*: support ended" in (await world.stage.ask("/eol tf-modules 1", user="eve")).text
    assert "terraform-modules*: no source" in (await world.stage.ask("/eol asset terraform-modules")).text.replace(
        "No source says what *terraform-modules* runs", "terraform-modules*: no source"
    )


async def test_its_owner_is_asked_for_support_and_says_where_the_dates_are_from(world: World) -> None:
    root = await reminded(world)
    assert "dates as of" not in root.text, "that is how old the feed is"
    assert "Ask for support" in buttons(root)
    assert "Need help?" not in buttons(root)
    await world.stage.press(root, OPEN)
    title = element(world.stage.slack.view_stack("grace")[-1], TITLE)
    assert title["initial_value"] == "Support with terraform-modules"
    await world.stage.press(root, ids.EXPLAIN)
    said = world.stage.slack.visible_messages("grace", "payments")[-1].text
    assert "library:terraform-modules" in said
    assert "as of" not in said
