"""What several teams own alike: each speaks for itself, and everybody reads whose it is after that."""

from __future__ import annotations

import pytest

from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_matters import (
    AGREE,
    card,
    claimed,
    doubted,
    first_line,
    posted,
    private,
    team_id,
    whispered,
)
from tests.slack.test_whoowns import buttons


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("eve",)


async def shared(stage: Stage, *, tier: int | None = None) -> None:
    """Let Payments and Platform own one thing together."""
    catalog = organisation()
    catalog.assets.append(asset("shared", owners=(team_owns("Payments"), team_owns("Platform")), tier=tier))
    await stage.bring(catalog)


def at(stage: Stage, user: str) -> str:
    return f"<@{stage.slack.workspace.user(user).id}>"


async def test_an_owner_who_gives_way_to_a_doubt_speaks_for_itself(stage: Stage) -> None:
    await shared(stage)
    await doubted(stage, "shared", user="solo", team=team_id(stage, "Search"), reason="It is not theirs")
    told = await card(stage, "payments")
    assert told.text.startswith(f"{at(stage, 'solo')} thinks that *Payments* and *Platform* do not own *shared*.")
    before = len(await posted(stage, "search"))
    await stage.press(told, AGREE, user="grace")
    end = f"{at(stage, 'grace')} says that it is no longer *Payments*'. *Platform* owns it."
    for channel in ("payments", "platform"):
        now = await card(stage, channel)
        assert end in now.text
        assert not buttons(now)
    assert await private(stage, "solo") == [f"*shared*: {end}"]
    assert len(await posted(stage, "search")) == before, "nobody is asked to take what somebody owns"
    assert await first_line(stage, "shared") == "*Platform* (<#C00000009>) owns *shared*."


async def test_an_admin_confirms_what_one_of_the_owners_has_said(stage: Stage) -> None:
    await shared(stage, tier=1)
    await doubted(stage, "shared", user="solo")
    await stage.press(await card(stage, "platform"), AGREE, user="lin")
    told = next(each for each in await posted(stage, "platform") if "not theirs" in each.text)
    await stage.press(told, AGREE, user="eve")
    assert "says that it is no longer *Platform*'s" in (await private(stage, "solo"))[0]
    assert (await first_line(stage, "shared")).startswith("*Payments* (")


async def test_a_claim_says_who_has_agreed_and_who_is_asked_now(stage: Stage) -> None:
    await shared(stage)
    told = await claimed(stage, "shared", user="solo", channel="payments")
    assert "*Payments* and *Platform* for *shared*, for *Search*." in told.text
    assert "once *Payments* and *Platform* agree." in await whispered(stage, "solo", "general")
    await stage.press(told, AGREE, user="ada")
    said = "*Payments* agrees. *Platform* has to agree as well."
    assert said in await whispered(stage, "ada", "payments")
    for channel in ("payments", "platform"):
        assert said in (await card(stage, channel)).text
