"""What a person or a team owns, asked by command, mention and direct message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.catalog import OwnerClaim, OwnerRef, OwnerType, PersonClaim
from tests.slack.conftest import HERE, Stage, asset, organisation, read_only, team_owns
from tests.slack.test_whoowns import bring_groups, buttons, misses, replies_to

pytestmark = read_only


async def own(stage: Stage, count: int) -> None:
    """Give Grace so many scripts in her own name."""
    hers = OwnerClaim(OwnerRef("grace@example.test", OwnerType.PERSON, "grace@example.test"))
    catalog = organisation()
    catalog.assets += [asset(f"script-{number:02}", owners=(hers,)) for number in range(count)]
    await stage.bring(catalog)


@pytest.mark.parametrize(
    "question", ["what does Ada Byron own?", "what does ada look after", "what is @ada responsible for?"]
)
async def test_a_person_by_name(stage: Stage, question: str) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, question):
        assert said.startswith("*Ada Byron* is in one team:\n• *Payments* · owns 5 things\n")
        assert "In person, they own 1 thing:\n• *label-printer*" in said
    assert await misses(stage) == []


async def test_a_person_who_has_left(stage: Stage) -> None:
    made = organisation()
    made.people = [
        replace(each, is_active=False, teams=()) if each.name == "Solo Singh" else each for each in made.people
    ]
    await stage.bring(made)
    said = (await stage.ask("/whoowns what does Solo Singh own?")).text
    assert said == "*Solo Singh* has left and is in no team, and owns nothing in person."


@pytest.mark.parametrize("question", ["what does the platform team own", "list everything Platform owns"])
async def test_a_team_in_other_words(stage: Stage, question: str) -> None:
    for said in await replies_to(stage, question):
        assert said.startswith("*Platform* (<#")
        assert "owns 4 things" in said
        assert "• *payments-db* (the database) · database" in said
    assert await misses(stage) == []


async def test_what_is_mine_and_what_is_ours(stage: Stage) -> None:
    await own(stage, 2)
    mine = (await stage.ask("/whoowns what do I own?", user="grace")).text
    assert mine.startswith("*Grace Marsh* is in one team:\n• *Payments* · owns 5 things\nIn person, they own 2 things:")
    ours = (await stage.ask("/whoowns what do we own?", user="grace")).text
    assert ours.startswith("*Payments* (<#")
    for question in ("what do I own?", "what do we own?"):
        assert "The catalog has you in no team" in (await stage.ask(f"/whoowns {question}", user="eve")).text
    assert await misses(stage) == []


async def test_a_long_list_is_counted_and_turned_page_by_page(stage: Stage) -> None:
    await own(stage, 12)
    answer = await stage.ask("/whoowns what does @grace own")
    assert "In person, they own 12 things:" in answer.text
    assert answer.text.count("script-") == 5
    assert answer.text.endswith("Page 1 of 3.")
    assert "Next →" in buttons(answer)
    seen = set(answer.text.split())
    for _ in range(2):
        await stage.press(stage.slack.visible_messages("grace", "general")[-1], "portfolio.person.next")
        seen |= set(stage.slack.visible_messages("grace", "general")[-1].text.split())
    assert len([word for word in seen if word.startswith("*script-")]) == 12


async def test_namesakes_are_asked_back_and_one_can_be_chosen(stage: Stage) -> None:
    catalog = organisation()
    catalog.people.append(PersonClaim(name="Ada Quill", email="quill@example.test", teams=("Search",), origin=HERE))
    await stage.bring(catalog)
    question = await stage.ask("/whoowns what does ada own?")
    assert question.text.splitlines()[0] == "Whom do you mean?"
    await stage.press(question, "portfolio.person", block_id=question.blocks[2]["block_id"])
    assert stage.slack.visible_messages("grace", "general")[-1].text.startswith(
        "*Ada Quill* is in one team:\n• *Search*"
    )


async def test_an_asset_is_no_owner(stage: Stage) -> None:
    assert "owns *checkout*" in (await stage.ask("/whoowns what does checkout own?")).text


@pytest.mark.parametrize("question", ["what does @grac own?", "what is @grac responsible for", "who is @grac"])
async def test_an_unknown_handle_is_nobody_and_no_thing(stage: Stage, question: str) -> None:
    made = organisation()
    made.assets.append(asset("grace-period", owners=(team_owns("Payments"),)))
    await stage.bring(made)
    for said in await replies_to(stage, question):
        assert said.startswith(
            "I know no person or team called *@grac*. Did you mean one of these?\n• *Grace Marsh* · "
        )
        assert "grace-period" not in said
    assert await misses(stage) == []
    shown = await stage.ask(f"/whoowns {question}")
    await stage.press(shown, "portfolio.person")
    assert "*Grace Marsh* is in one team" in stage.slack.visible_messages("grace", "general")[-1].text


async def test_an_unknown_handle_may_be_near_a_team_or_nobody(stage: Stage) -> None:
    near = await stage.ask("/whoowns what does @platfrom own")
    assert near.text == "I know no person or team called *@platfrom*. Did you mean one of these?\n• *Platform*"
    assert list(buttons(near)) == ["Show"]
    alone = (await stage.ask("/whoowns @zebra")).text
    assert alone == "I know no person or team called *@zebra*. Try the whole name or the e-mail address."


async def test_a_handle_with_a_slash_is_a_package_or_a_team_of_github(stage: Stage) -> None:
    assert "I know nothing called" in (await stage.ask("/whoowns @acme/checkoutt-ui")).text
