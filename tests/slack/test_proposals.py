"""What an owner gives up on a doubt is offered to the team that the doubter named, who hears what became of it."""

from __future__ import annotations

from bot.domain.catalog import PersonClaim, SourceCatalog, TeamClaim
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import HERE, Stage, organisation
from tests.slack.test_claims import claim
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_matters import AGREE, card, claimed, doubted, private_messages, team_id, whispered
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons

NOT_OURS = "ownership.matter_not_ours"


async def proposed(stage: Stage, *, also: str = "") -> PostedMessage:
    """Eve takes search-api for Payments', and Search says that it is not theirs; what Payments read."""
    await doubted(stage, "search-api", team=team_id(stage, "Payments"), reason="Moved in May")
    if also:
        await doubted(stage, "search-api", user="lin", reason=also)
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    return await card(stage, "payments")


def mention(stage: Stage, user: str) -> str:
    return f"<@{stage.slack.workspace.user(user).id}>"


async def test_the_named_team_reads_who_thinks_so_and_why_and_whoever_doubted_hears_the_whole(stage: Stage) -> None:
    asked = await proposed(stage, also="They built it")
    eve, lin = mention(stage, "eve"), mention(stage, "lin")
    assert asked.text.splitlines() == [
        f"{eve} thinks that *search-api* is yours. *Search* says that it is not theirs.",
        "> Moved in May",
        f"{lin} doubts it, too:",
        "> They built it",
    ]
    assert list(buttons(asked)) == ["We own this", "Not ours"]
    for user in ("eve", "lin"):
        [heard] = await private_messages(stage, user)
        assert heard.text == (
            f"*search-api*: {mention(stage, 'solo')} says that it is no longer *Search*'s. "
            "Nobody owns it now, and *Payments* is asked whether it is theirs."
        )


async def test_the_named_team_says_that_it_is_not_theirs_either(stage: Stage) -> None:
    asked = await proposed(stage)
    stale = await copied(stage, "payments", asked.blocks)
    await stage.press(stale, NOT_OURS, user="lin")
    assert "Only members of Payments" in await whispered(stage, "lin", "payments")
    assert "can say that search-api is not theirs" in await whispered(stage, "lin", "payments")
    await stage.press(asked, NOT_OURS, user="grace")
    end = f"{mention(stage, 'grace')} says that *search-api* is not *Payments*' either, so nobody owns it."
    now = next(each for each in await posted(stage, "payments") if each.ts == asked.ts)
    assert now.text == end
    assert not buttons(now)
    heard = (await private_messages(stage, "eve"))[-1]
    assert heard.text == end
    assert list(buttons(heard)) == ["See who owns it"]
    await stage.press(stale, NOT_OURS, user="grace")
    assert "settled already" in await whispered(stage, "grace", "payments")
    assert len(await private_messages(stage, "eve")) == 2


async def test_once_somebody_has_it_the_question_says_so_and_whoever_doubted_hears_it(stage: Stage) -> None:
    asked = await proposed(stage)
    stale = await copied(stage, "payments", asked.blocks)
    await claim(stage, await stage.ask("/whoowns search-api", user="lin"), user="lin")
    end = f"*Platform* took *search-api*. {mention(stage, 'lin')} said so."
    now = next(each for each in await posted(stage, "payments") if each.ts == asked.ts)
    assert now.text == end
    assert not buttons(now)
    assert (await private_messages(stage, "eve"))[-1].text == end
    await stage.press(stale, NOT_OURS, user="grace")
    assert "settled already" in await whispered(stage, "grace", "payments")


async def test_a_team_that_owns_it_or_has_nobody_left_is_not_named_as_its_owner(stage: Stage) -> None:
    claim_card = await claimed(stage)
    await stage.bring(with_crew(is_there=True))
    for user in ("eve", "lin"):
        await stage.press(await stage.ask("/whoowns search-api", user=user), "ownership.doubt", user=user)
    form = str(stage.slack.view_stack("eve")[-1].payload["blocks"])
    assert "'text': 'Payments'" in form
    assert "'text': 'Crew'" in form
    assert "'text': 'Search'" not in form
    crew = team_id(stage, "Crew")
    await stage.bring(with_crew(is_there=False))
    await stage.press(claim_card, AGREE, user="solo")
    for user, team, said in (
        ("eve", crew, "Nobody is left in Crew: name another team, or leave that empty."),
        ("lin", team_id(stage, "Payments"), "Payments is the owner that the catalog names: name another team"),
    ):
        assert said in str(await submit(stage, user, {"ownership.doubt_team": team}))
    await stage.press(await stage.ask("/whoowns search-api", user="solo"), "ownership.doubt", user="solo")
    assert "'text': 'Crew'" not in str(stage.slack.view_stack("solo")[-1].payload["blocks"])


def with_crew(*, is_there: bool) -> SourceCatalog:
    """The organisation with one more team, whose only member is there or has left."""
    made = organisation()
    made.teams.append(TeamClaim(name="Crew", origin=HERE))
    made.people.append(
        PersonClaim(name="Cleo Crew", email="cleo@example.test", teams=("Crew",), is_active=is_there, origin=HERE)
    )
    return made
