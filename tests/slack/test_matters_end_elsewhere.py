"""What a file ends ends at once, in every message about it, whoever imports the file and wherever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain.catalog import SourceCatalog
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_disputes import asked
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_matters import ASK, KEEP, claimed, doubted, matters, private_messages, team_id, whispered
from tests.slack.test_whoowns import buttons

SHOW_MATTER = "ownership.matter_show"
LEFT = "It is no longer in the catalog, so nothing is left to decide."


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what Baton does on its own account."""
    async with asyncio.timeout(20):
        while not await is_so():  # noqa: ASYNC110 - what happens in the store sets no event
            await asyncio.sleep(0.02)


async def ended(stage: Stage) -> bool:
    return all(each.ended_at is not None for each in await matters(stage))


async def without(stage: Stage, name: str) -> None:
    """Let something leave the catalog."""
    catalog = organisation()
    catalog.assets = [each for each in catalog.assets if each.name != name]
    await stage.bring(catalog)


async def test_what_leaves_the_catalog_ends_its_claims_and_doubts_at_once(stage: Stage) -> None:
    told = await claimed(stage)
    await doubted(stage, "search-api", team=team_id(stage, "Payments"))
    stale = await copied(stage, "search", told.blocks)
    await without(stage, "search-api")
    await until(lambda: ended(stage))
    for user in ("grace", "eve"):
        [heard] = await private_messages(stage, user)
        assert heard.text == f"*search-api*: {LEFT}"
        assert not heard.blocks, "there is no answer to be seen"
    await stage.press(stale, ASK, user="solo")
    assert stage.slack.view_stack("solo") == []
    assert LEFT in await whispered(stage, "solo", "search")


async def test_a_corrected_file_ends_a_dispute_at_once(stage: Stage) -> None:
    await stage.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Platform"),))]), source="csv")
    told = await asked(stage)
    assert buttons(told)
    await stage.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Payments"),))]), source="csv")
    await until(lambda: ended(stage))
    now = next(each for each in await private_messages(stage, "ada") if each.ts == told.ts)
    assert "*Payments* owns it now, so nothing is left to decide." in now.text
    assert not buttons(now)


async def test_a_line_about_what_has_left_shows_no_button_that_refuses(stage: Stage) -> None:
    await stage.bring(SourceCatalog(assets=[asset("mailer", owners=(team_owns("Platform"),))]), source="csv")
    await stage.bring(SourceCatalog(assets=[asset("mailer", owners=(team_owns("Search"),))]), source="backstage")
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    [matter] = await matters(stage)
    show = {"type": "button", "action_id": SHOW_MATTER, "value": str(matter.id)}
    line = await copied(
        stage, "general", [{"type": "actions", "elements": [show | {"text": {"type": "plain_text", "text": "Show"}}]}]
    )
    for source in ("csv", "backstage"):
        await stage.bring(SourceCatalog(assets=[asset("lone")]), source=source, allow_mass_change=True)
    await stage.press(line, SHOW_MATTER, user="lin")
    said = [each for each in stage.slack.visible_messages("lin", "general") if each.ephemeral_for][-1]
    assert LEFT in said.text
    assert not buttons(said)


async def reminded_of_two(stage: Stage) -> list[PostedMessage]:
    """Payments is asked for two things, and reminded of both; the card of the second, and what it was reminded by."""
    await claimed(stage, "service:invoices", user="solo", channel="payments")
    second = await claimed(stage, "checkout", user="solo", channel="payments")
    stage.clock.advance(timedelta(days=2))
    await stage.baton.context.daily_pass.run()
    return [second, (await posted(stage, "payments"))[-1]]


async def line_about(stage: Stage, message: PostedMessage, name: str) -> str:
    """What a message says of one thing among others, as it reads now."""
    now = next(each for each in await posted(stage, "payments") if each.ts == message.ts)
    [line] = [each for each in now.text.splitlines() if each.startswith("• ") and f"*{name}*" in each]
    return line


async def test_a_line_in_a_digest_says_how_its_matter_ended(stage: Stage) -> None:
    second, digest = await reminded_of_two(stage)
    assert digest.text.startswith("*Who owns it?*")
    assert "Reminder 1 of 2" in await line_about(stage, digest, "checkout")
    await stage.press(second, KEEP, user="ada")
    line = await line_about(stage, digest, "checkout")
    assert "It stays with *Payments*, says <@" in line
    assert "reminder" not in line
    assert "Reminder 1 of 2" in await line_about(stage, digest, "invoices"), "it waits still"


async def test_a_line_in_another_message_says_how_its_matter_ended(stage: Stage) -> None:
    await stage.baton.context.daily_pass.run()  # on a Tuesday, the day of digests
    stage.clock.advance(timedelta(days=1))
    _, reminded = await reminded_of_two(stage)
    assert "Also due today:" in reminded.text
    name = "checkout" if "*checkout*" in reminded.text.splitlines()[-1] else "invoices"
    told = next(each for each in await posted(stage, "payments") if f"*{name}*" in each.text.splitlines()[0])
    await stage.press(told, KEEP, user="ada")
    assert "It stays with *Payments*, says <@" in await line_about(stage, reminded, name)
    now = (await posted(stage, "payments"))[-1]
    assert "Agree" in buttons(now), "the other one waits still"
    assert SHOW_MATTER not in buttons(now).values()
