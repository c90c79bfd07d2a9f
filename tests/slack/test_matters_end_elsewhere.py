"""What a file ends ends at once, in every message about it, whoever imports the file and wherever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain.catalog import SourceCatalog
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_disputes import asked
from tests.slack.test_eol_answers import copied
from tests.slack.test_matters import ASK, claimed, doubted, matters, private_messages, team_id, whispered
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
