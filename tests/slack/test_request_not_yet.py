"""A delivery of which a part does the job: only what is not done yet goes back to the DevOps team."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.blocks.text import day as date_words
from bot.playground.fake_slack import View
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_steps import Requested, devops_team, requested, written_on
from tests.slack.test_requests import element, form, initial, submit, thread
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]


BEFORE = ", as said before 1 of 2 items was done"
#: What Ada says that her team loses: hours, how she knows them, and who is blocked.
MEASURED = {"people": "3", "times": "4", "hours": "2", "evidence": "measured", "blocked": "2", "share": "stopped"}


async def delivered(its: Requested) -> None:
    await its.press(its.triage, ids.DELIVER, user="omar")
    assert await its.fill("omar", words="All of it is there") == {}


async def titles(its: Requested) -> list[str]:
    return [each["title"] for each in (await its.row()).items]


async def done(its: Requested) -> list[bool]:
    return [each.get("is_done", False) for each in (await its.row()).items]


def top(its: Requested, user: str = "grace") -> View:
    return its.stage.slack.view_stack(user)[-1]


async def not_yet(its: Requested, left: list[str], words: str = "No backups") -> dict[str, str]:
    await its.press(its.card, ids.NOT_YET, user="grace")
    return await its.fill("grace", words=words, left=left)


async def test_boxes_of_items_that_have_changed_meanwhile_tick_no_others(requested: Requested) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **{"item.0": None}, added="A bucket", added_type="infrastructure") == {}
    for _ in range(2):
        wrong = await requested.fill("omar", words="In staging", there=["0"])
        assert "its items have changed" in str(wrong)
    assert (await requested.row()).state == "proposed"


async def test_two_who_deliver_the_same_part_leave_the_rest(requested: Requested) -> None:
    for user in ("omar", "lin"):
        await requested.press(requested.triage, ids.DELIVER, user=user)
    assert await requested.fill("omar", words="In staging", there=["0"]) == {}
    for _ in range(2):
        assert "its items have changed" in str(await requested.fill("lin", words="In staging", there=["0"]))
    assert "In progress · 1 of 2 items still to do" in requested.card.text


async def test_a_request_of_which_all_that_is_left_was_delivered_says_nothing_of_a_rest(requested: Requested) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="In staging", there=["0"]) == {}
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **{"item.1": None}) == {}
    assert "still to do" not in requested.card.text


async def test_numbers_that_were_left_as_they_were_stay_as_others_have_them(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    async with requested.stage.database.transaction() as session:
        [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
        demand.blocked_people = 1
    assert await requested.fill("grace", words="No backups") == {}
    async with requested.stage.database.reading() as session:
        [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
    assert demand.blocked_people == 1


async def test_no_more_people_are_blocked_than_a_team_has(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    wrong = await requested.fill("grace", words="No backups", rest_blocked="9000")
    assert "The team has no more than 2" in str(wrong)


async def test_only_what_is_ticked_goes_back_and_all_say_so(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    first, second = await titles(requested)
    assert "initial_options" not in element(top(requested), ids.LEFT), "nothing is ticked from the start"
    assert "Tick what is still missing" in str(top(requested).payload["blocks"])
    assert await requested.fill("grace", words="No backups", left=["1"]) == {}
    for message in (requested.card, requested.triage):
        assert "In progress · 1 of 2 items still to do" in message.text
        assert f"• {first} _(infrastructure, done)_" in message.text
        assert f"• {second} _(pipeline)_" in message.text
    assert requested.under_triage()[-1].endswith(f"says not yet: No backups\nStill to do: {second}")
    for command in ("/devops rank", "/devops list"):
        listed = await requested.stage.ask(command, user="eve")
        assert "1 of 2 items still to do" in listed.text
        assert f"*#1* *{second}*" in listed.text, "a list names what is still to do"


async def why(its: Requested) -> str:
    return (await its.stage.ask("/devops why 1", user="eve")).text


async def test_why_says_what_is_still_to_do_and_that_the_numbers_are_from_before(requested: Requested) -> None:
    assert "still to do" not in await why(requested)
    await delivered(requested)
    assert await not_yet(requested, ["1"]) == {}
    said = await why(requested)
    assert "1 of 2 items still to do." in said
    assert said.count(BEFORE) == 2, "the people who wait, and the day"
    await requested.press(requested.card, ids.CHANGE, user="grace")
    assert await requested.fill("grace", blocked="1") == {}
    said = await why(requested)
    assert "= 1 person × 40 hours, stopped until" in said
    assert said.count(BEFORE) == 1, "nobody has said anything new of the day"


async def test_a_request_that_comes_back_asks_whether_the_numbers_still_hold(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    assert element(top(requested), ids.REST_BLOCKED)["initial_value"] == "2", "it shows what is said so far"
    assert ids.REST_HOURS not in str(top(requested).payload["blocks"]), "what nobody has said is not asked"
    over = await requested.fill("grace", words="No backups", left=["1"], rest_day="2026-01-01")
    assert set(over) == {ids.REST_DAY}
    assert await requested.fill("grace", words="No backups", left=["1"], rest_day=None, rest_blocked="1") == {}
    said = await why(requested)
    assert "1 of 2 items still to do." in said
    assert "Payments: 40 hours a week = 1 person × 40 hours, stopped until " in said
    assert "says Grace Marsh" in said
    assert "needs it by" not in said
    assert "said before" not in said
    for message in (requested.card, requested.triage):
        assert "1 person blocked" in message.text
        assert "needed by" not in message.text
    assert "backlog.change" in await actions(requested.stage)


async def measured(its: Requested) -> None:
    """Ada has said what her team loses, and all of it was delivered."""
    await its.press(its.card, ids.CHANGE, user="ada")
    assert await its.fill("ada", **MEASURED) == {}
    its.stage.clock.advance(timedelta(hours=1))
    await delivered(its)
    await its.press(its.card, ids.NOT_YET, user="grace")


async def test_what_is_left_keeps_the_shape_in_which_people_said_it(requested: Requested) -> None:
    await measured(requested)
    fields = (ids.REST_PEOPLE, ids.REST_TIMES, ids.REST_HOURS, ids.REST_BLOCKED)
    assert [element(top(requested), each)["initial_value"] for each in fields] == ["3", "4", "2", "2"]
    assert element(top(requested), ids.REST_SHARE)["initial_option"]["value"] == "stopped"
    assert "initial_option" not in element(top(requested), ids.REST_EVIDENCE), "what was measured was the whole"
    assert await requested.fill("grace", words="No backups", left=["1"], rest_times="1", rest_share="slowed") == {}
    said = await why(requested)
    assert "Payments: 6 hours a month = 3 people × 2 hours; " in said
    assert "Payments: 20 hours a week = 2 people × 40 hours × 25%, slowed until " in said
    history = (await requested.stage.ask("/devops show 1", user="lin")).text
    assert "Grace Marsh changed it: hours 24 → 6 a month; blocked stopped → slowed; evidence measured → none" in history
    await requested.press(requested.card, ids.CHANGE, user="grace")
    shown = [element(top(requested), each)["initial_value"] for each in (ids.PEOPLE, ids.TIMES, ids.HOURS)]
    assert shown == ["3", "1", "2"]


async def test_only_what_is_changed_is_new_and_known_as_whoever_changes_it_says(requested: Requested) -> None:
    await measured(requested)
    assert await requested.fill("grace", words="No backups", left=["1"], rest_hours="1") == {}
    today = date_words(requested.stage.clock.now().date())
    said = await why(requested)
    assert f"= 3 people × 4 times × 1 hour; taken as guessed, says Grace Marsh on {today}: 20% counts; adds" in said
    assert f"; measured, says Ada Byron on {today}{BEFORE}; adds" in said, "who is blocked"
    assert f"in the thread on {date_words(written_on(requested.root))}{BEFORE}; missing it" in said
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="ada")
    assert await requested.fill("ada", words="Still none", rest_hours="1.5", rest_evidence="counted") == {}
    said = await why(requested)
    assert f"= 3 people × 4 times × 1.5 hours; counted, says Ada Byron on {today}: 80% counts; adds" in said
    assert f"; measured, says Ada Byron on {today}{BEFORE}; adds" in said


async def test_how_numbers_are_known_can_be_said_of_those_that_still_hold(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.NOT_YET, user="grace")
    assert await requested.fill("grace", words="No backups", left=["1"], rest_evidence="counted") == {}
    today = date_words(requested.stage.clock.now().date())
    assert f"; counted, says Grace Marsh on {today}: 80% counts; adds" in await why(requested)


async def test_what_is_wrong_with_what_is_left_is_said_at_its_field(requested: Requested) -> None:
    await measured(requested)
    for wrong, field in (
        ({"rest_hours": "0.0000001"}, ids.REST_HOURS),
        ({"rest_hours": "500"}, ids.REST_HOURS),
        ({"rest_people": None}, ids.REST_PEOPLE),
        ({"rest_times": None}, ids.REST_TIMES),
        ({"rest_blocked": "9000"}, ids.REST_BLOCKED),
    ):
        kept = {"rest_people": "3", "rest_times": "4", "rest_hours": "2", "rest_blocked": "2", **wrong}
        assert set(await requested.fill("grace", words="No backups", **kept)) == {field}
    nothing = {"rest_people": None, "rest_times": None, "rest_hours": None, "rest_blocked": None}
    assert await requested.fill("grace", words="No backups", **nothing) == {}
    assert "Without it" not in requested.card.text


async def test_the_next_delivery_may_miss_any_item_and_a_yes_ends_all(requested: Requested) -> None:
    await delivered(requested)
    assert await not_yet(requested, ["0"]) == {}
    await delivered(requested)
    assert await not_yet(requested, [], words="Still none") == {}, "without a tick, what was delivered goes back"
    assert await done(requested) == [False, True]
    await delivered(requested)
    assert await not_yet(requested, ["1"], words="It is gone again") == {}
    assert await done(requested) == [True, False], "what was called done may be missing as well"
    await delivered(requested)
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    assert "done)" not in requested.card.text


async def test_whoever_opens_it_again_says_which_items(requested: Requested) -> None:
    await delivered(requested)
    await requested.press(requested.card, ids.CONFIRM, user="ada")
    await requested.press(requested.card, ids.REOPEN, user="ada")
    assert len(element(top(requested, "ada"), ids.LEFT)["options"]) == 2
    assert await requested.fill("ada", words="It broke", left=["0"]) == {}
    assert "Proposed · 1 of 2 items still to do" in requested.card.text
    first, _ = await titles(requested)
    assert requested.under_triage()[-1].endswith(f"opened it again: It broke\nStill to do: {first}")


async def test_all_ticked_sends_all_back(requested: Requested) -> None:
    await delivered(requested)
    assert await not_yet(requested, ["0", "1"]) == {}
    assert "still to do" not in requested.card.text
    assert "done" not in requested.card.text
    assert not any("Still to do" in each for each in requested.under_triage())


async def test_a_tick_says_it_without_words_and_neither_is_refused(requested: Requested) -> None:
    await delivered(requested)
    assert await not_yet(requested, [], words="") == {ids.WORDS: "Say what is missing."}
    assert (await requested.row()).state == "delivered"
    assert await requested.fill("grace", words="", left=["1"]) == {}
    _, second = await titles(requested)
    assert requested.under_triage()[-1].endswith(f"says not yet: {second}"), "it is said once"


async def test_a_part_can_be_delivered_and_all_of_it_is_asked_about_at_the_end(requested: Requested) -> None:
    first, second = await titles(requested)
    await requested.press(requested.card, ids.FOLLOW, user="eve")
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert initial(top(requested, "omar"), ids.THERE) == [first, second], "all are ticked from the start"
    link = "https://docs.example.test/keyspace"
    assert await requested.fill("omar", words="The keyspace is there", link=link, there=["0"]) == {}
    for message in (requested.card, requested.triage):
        assert "In progress · 1 of 2 items still to do" in message.text
        assert "with Omar Sol" in message.text
        assert f"• {first} _(infrastructure, done)_" in message.text
    said = [each for each in requested.replies() if f"1 of 2 is there: {first}\nThe keyspace is there" in each.text]
    assert len(said) == 1
    assert "Does it do the job?" not in said[0].text
    assert f"1 of 2 is there: {first}" in requested.written_to("eve")[-1]
    assert "Ada Byron reads which items are there." in requested.said_to("omar")
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert ids.THERE not in str(top(requested, "omar").payload["blocks"]), "one item is left: it is that"
    assert await requested.fill("omar", words="The pipeline, too") == {}
    assert "Does it do the job?" in requested.replies()[-1].text
    assert link in requested.card.text, "what comes later belongs to what is there"
    assert await not_yet(requested, ["0"], words="No backups") == {}
    assert await done(requested) == [False, True]


async def test_a_delivery_of_nothing_is_refused_at_the_boxes_and_one_of_all_is_asked_about(
    requested: Requested,
) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert set(await requested.fill("omar", words="Nothing", there=[])) == {ids.THERE}
    assert await requested.fill("omar", words="All of it", there=["0", "1"]) == {}
    assert "Does it do the job?" in requested.replies()[-1].text


async def test_a_request_of_one_item_is_asked_for_words_alone(stage: Stage) -> None:
    root = await thread(stage, "We need a Redis cluster for the sessions, devops please.")
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    its = Requested(stage, root)
    await delivered(its)
    await its.press(its.card, ids.NOT_YET, user="grace")
    assert ids.LEFT not in str(top(its).payload["blocks"])
    assert await its.fill("grace", words="It is not reachable") == {}
    assert "In progress" in its.card.text


async def test_a_question_stays_until_it_is_answered_though_a_part_is_delivered(requested: Requested) -> None:
    first, second = await titles(requested)
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    asked = requested.replies()[-1]
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="In staging", there=["0"]) == {}
    for message in (requested.card, requested.triage):
        assert "Needs info · 1 of 2 items still to do" in message.text
        assert f"• {first} _(infrastructure, done)_" in message.text
        assert "Which region?" in message.text
    told = requested.replies()[-1]
    assert f"1 of 2 is there: {first}\nIn staging" in told.text
    assert buttons(told) == {}
    assert list(buttons(requested.again(asked))) == ["Answer…"]
    await requested.press(requested.again(asked), ids.REPLY, user="grace")
    assert await requested.fill("grace", words="Frankfurt") == {}
    assert "In progress · 1 of 2 items still to do" in requested.card.text
    assert "Which region? — Frankfurt" in requested.card.text
    assert buttons(requested.again(asked)) == {}
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="All of it") == {}
    assert f"{second}" in requested.card.text
    assert "Does it do the job?" in requested.replies()[-1].text


async def test_a_delivery_that_is_taken_back_leaves_what_was_said_after_the_part(requested: Requested) -> None:
    clock = requested.stage.clock
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="In staging", there=["0"]) == {}
    clock.advance(timedelta(hours=1))
    await requested.press(requested.card, ids.CHANGE, user="grace")
    assert await requested.fill("grace", blocked="1") == {}
    clock.advance(timedelta(hours=1))
    await delivered(requested)
    await requested.press(requested.triage, ids.MORE, user="omar", word=ids.RESUME)
    said = await why(requested)
    assert "= 1 person × 40 hours, stopped until" in said
    assert said.count(BEFORE) == 1, "the day alone was said before the part was there"
