"""What stands in channels names a team as it is called now."""

from __future__ import annotations

from bot.blocks.backlog import actions as request_ids
from bot.blocks.eol import actions as eol_ids
from bot.services import snapshot
from bot.services.catalog import teams
from bot.services.deps import Deps
from handlers.catalog import CatalogChanges
from tests.slack.conftest import Stage
from tests.slack.test_claims import claim
from tests.slack.test_eol_answers import deploy, remind, team_option
from tests.slack.test_handoff import card, offer, sent
from tests.slack.test_request_steps import Requested, another, devops_team, requested

__all__ = ["devops_team", "requested"]


async def test_cards_of_a_team_that_is_renamed_name_it_as_it_is_called_now(stage: Stage) -> None:
    await offer(stage)
    await claim(stage, await stage.ask("/whoowns deployments of checkout", user="solo"), user="solo")
    [asked] = [each for each in await sent(stage, "platform") if "asks *Platform* for" in each.text]
    changes = CatalogChanges(stage.baton.context)
    await changes.follow()
    assert "Money" not in (await card(stage)).text
    deps = Deps(stage.database, stage.clock)
    await teams.rename_team(deps, name="Payments", to="Money", actor="cli")
    await teams.rename_team(deps, name="Platform", to="Ground", actor="cli")
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    await changes.follow()
    told = (await card(stage)).text
    assert ("*Ground* offers" in told, "to *Money*" in told, "Payments" in told) == (True, True, False)
    now = next(each for each in await sent(stage, "platform") if each.ts == asked.ts)
    assert "asks *Ground* for" in now.text


async def test_requests_and_ends_of_life_follow_as_well(requested: Requested) -> None:
    stage = requested.stage
    other = await another(stage)
    await other.press(other.triage, request_ids.MORE, user="lin", word=request_ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.form(eol_ids.MORE, user="grace", word=eol_ids.DELEGATE)
    platform = team_option(stage, "grace", eol_ids.DELEGATE_TEAM, "Platform")
    assert await reminded.submit("grace", {eol_ids.DELEGATE_TEAM: platform}) == {}
    changes, deps = CatalogChanges(stage.baton.context), Deps(stage.database, stage.clock)

    async def rename(**names: str) -> None:
        for name, now in names.items():
            await teams.rename_team(deps, name=name, to=now, actor="cli")
        await snapshot.refresh(stage.baton.context.snapshot, stage.database)
        await changes.follow()
        await requested.settle()

    await rename(Search="Finders")
    assert "Also for Finders (#2)" in requested.card.text, "what a part is of says whose it is"
    await rename(Payments="Money", Platform="Ground")
    for message in (requested.card, requested.triage):
        assert "Proposed · for Money" in message.text
    assert "to *Ground*, who have not answered yet" in reminded.root.text
