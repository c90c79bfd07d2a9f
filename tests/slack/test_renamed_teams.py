"""What stands in channels names a team as it is called now."""

from __future__ import annotations

from bot.services import snapshot
from bot.services.catalog import teams
from bot.services.deps import Deps
from handlers.catalog import CatalogChanges
from tests.slack.conftest import Stage
from tests.slack.test_claims import claim
from tests.slack.test_handoff import card, offer, sent


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
