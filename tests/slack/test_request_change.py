"""A request that is open already is corrected by those who ask for it, over the wire."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage, View
from bot.store import tables
from handlers.backlog.jobs import forget_deleted_words
from tests.slack.conftest import Stage, organisation
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_reuse import SAME, offered, open_first, search_form, team_ids
from tests.slack.test_request_steps import Requested, devops_team, requested, written_on
from tests.slack.test_requests import (
    SOON,
    STORY,
    asked_for,
    element,
    form,
    requests,
    said_in,
    submit,
    thread,
    whole,
)
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]

KNOWN = {"people": "3", "times": "4", "hours": "2.5", "evidence": "measured"}


async def demands(stage: Stage) -> list[tables.RequestDemand]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(tables.RequestDemand).order_by(tables.RequestDemand.id))).scalars())  # type: ignore[arg-type]


def under(asked: Requested) -> list[PostedMessage]:
    return asked.stage.slack.visible_messages("lin", "platform", thread_ts=asked.triage.ts)


async def test_hours_evidence_people_date_and_items_can_be_corrected(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.card, ids.CHANGE, user="ada")
    view = stage.slack.view_stack("ada")[-1]
    first, second = asked_for(view)
    labels = [each["label"]["text"] for each in view.payload["blocks"] if "label" in each]
    assert {"Infrastructure", "Pipeline"} <= {*labels}, "an item is called by its kind, as in the first form"
    assert element(view, ids.BLOCKED)["initial_value"] == "2", "it shows what is said so far"
    changed = {"needed_by": "2026-06-01", "blocked": "1", "item.0": "A keyspace with backups", "item.1": None}
    assert await requested.fill("ada", title="A keyspace", **KNOWN, **changed) == {}
    assert "Without it: 30 hours a month lost, 1 person blocked" in requested.card.text
    assert "blocked half" not in requested.card.text, "nobody has said how much"
    assert "A keyspace with backups" in requested.card.text
    assert f"• {first}" not in requested.card.text
    assert f"• {second}" not in requested.card.text
    assert "*#1* *A keyspace*" in requested.card.text
    row = await requested.row()
    [demand] = await demands(stage)
    assert (str(row.needed_by), str(demand.needed_by), demand.evidence) == ("2026-06-01", "2026-06-01", "measured")
    assert (await actions(stage))[-1] == "backlog.change"
    said = (
        "Ada Byron changed the hours lost, how the hours are known, who is blocked, the date, the title and the items: "
    )
    assert under(requested)[-1].text.startswith(said)
    why = await stage.baton.context.backlog.why(1)
    assert why is not None
    assert "Payments: 30 hours a month" in why[1][1]
    assert "; measured, says Ada Byron on 2026-03-03; adds 10 h = 30 × 70% × 12 ÷ 52 × 2." in why[1][1]


async def test_the_kind_of_an_item_says_who_owns_it_and_can_be_corrected(requested: Requested) -> None:
    stage = requested.stage
    assert "Payments then owns a resource in production and a pipeline." in requested.card.text
    await requested.press(requested.card, ids.CHANGE, user="ada")
    kind = element(stage.slack.view_stack("ada")[-1], f"{ids.ITEM_KIND}.0")
    assert kind["initial_option"]["value"] == "infrastructure"
    assert await requested.fill("ada", **{"item_kind.0": "library"}) == {}
    assert "_(infrastructure)_" not in requested.card.text
    assert "_(library)_" in requested.card.text
    said = "The DevOps team builds it and goes on to own a shared library. Payments then owns a pipeline."
    assert said in requested.card.text
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **{"item_kind.0": "coaching", "item_kind.1": "access"}) == {}
    assert "The DevOps team does it. Nothing is left to own." in requested.card.text
    assert under(requested)[-1].text.startswith("Ada Byron changed the items: ")


async def test_the_kind_of_an_item_that_is_retyped_follows_its_words_until_somebody_chooses_one(
    requested: Requested,
) -> None:
    async def change(**said: str) -> list[str]:
        await requested.press(requested.card, ids.CHANGE, user="ada")
        assert await requested.fill("ada", **said) == {}
        return [each["type"] for each in (await requested.row()).items]

    assert await change(**{"item.0": "A client library for CQL"}) == ["library", "pipeline"]
    assert await change(**{"item.0": "A client library for CQL 3"}) == ["library", "pipeline"]
    assert await change(**{"item.0": "A pipeline for the builds", "item_kind.0": "script"}) == ["script", "pipeline"]
    assert await change(**{"item.0": "Read access to the builds"}) == ["script", "pipeline"], "somebody has chosen that"
    assert await change(**{"item.1": "Something else"}) == ["script", "pipeline"], "no word of it says another"


async def test_a_kind_that_is_shown_before_the_words_are_retyped_follows_them_all_the_same(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY))
    await whole(stage)
    typed = {f"{ids.ITEM}.0": "A client library for CQL", f"{ids.ITEM}.1": "Read access to the builds"}
    assert await submit(stage, values={**typed, f"{ids.ITEM_KIND}.1": "script"}) == {}
    [row] = await requests(stage)
    assert [each["type"] for each in row.items] == ["library", "script"]


async def test_the_kind_of_a_drafted_item_can_be_corrected_before_it_is_sent(stage: Stage) -> None:
    view = await form(stage, await thread(stage, *STORY))
    assert not any(each.get("block_id") == f"{ids.ITEM_KIND}.0" for each in view.payload["blocks"]), "behind More…"
    view = await whole(stage)
    assert element(view, f"{ids.ITEM_KIND}.0")["initial_option"]["value"] == "infrastructure"
    assert await submit(stage, values={f"{ids.ITEM_KIND}.0": "script"}) == {}
    [row] = await requests(stage)
    assert [each["type"] for each in row.items] == ["script", "pipeline"]


async def test_what_stays_as_it_is_changes_nothing(requested: Requested) -> None:
    await requested.press(requested.card, ids.CHANGE, user="grace")
    before = await actions(requested.stage)
    assert await requested.fill("grace") == {}
    assert await actions(requested.stage) == before
    assert {each.drafted for each in await demands(requested.stage)} == {"blocked needed_by"}


async def test_what_is_wrong_is_said_at_its_field_and_nobody_else_may_change_it(requested: Requested) -> None:
    await requested.press(requested.card, ids.CHANGE, user="eve")
    assert requested.said_to("eve").endswith("can speak for this request: ask Ada Byron or Grace Marsh.")
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert set(await requested.fill("ada", people="3", hours="2")) == {ids.TIMES}
    assert set(await requested.fill("ada", people="3", hours="2", times="9000")) == {ids.HOURS}
    assert set(await requested.fill("ada", people=None, hours=None, times=None, needed_by="2020-01-01")) == {
        ids.NEEDED_BY
    }
    said = await requested.fill("ada", **{"needed_by": None, "item.0": None, "item.1": None})
    assert said == {f"{ids.ITEM}.0": "Nothing would be left of it. To end it, press “Withdraw…” on its card."}


async def test_it_can_be_changed_while_it_is_open_from_its_thread_and_from_why(requested: Requested) -> None:
    stage = requested.stage
    view = await form(stage, requested.root, user="ada")
    assert "There is a request already: *#1*" in said_in(view)
    assert view.payload["callback_id"] == ids.CHANGE_VIEW
    assert await requested.fill("ada", title="A keyspace") == {}
    assert "*#1* *A keyspace*" in requested.card.text
    listed = await stage.ask("/devops rank", user="ada")
    await stage.press(listed, ids.WHY, user="ada", value="1")
    await stage.settle()
    every = [m for channel in stage.slack.workspace.messages.values() for m in channel.values()]
    [why] = [m for m in every if "Number 1, " in m.text]
    assert list(buttons(why)) == ["Change…"]
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert "Change…" not in buttons(requested.card)


async def both_open(requested: Requested) -> None:
    for user in ("ada", "grace"):
        await requested.press(requested.card, ids.CHANGE, user=user)


def hint(view: View, block_id: str) -> str:
    [found] = [each for each in view.payload["blocks"] if each.get("block_id") == block_id]
    return str(found.get("hint", {}).get("text", ""))


async def test_what_others_have_changed_meanwhile_stays_where_somebody_has_not_touched_it(
    requested: Requested,
) -> None:
    await both_open(requested)
    titles = [each["title"] for each in (await requested.row()).items]
    more = {"added": "A Redis cache", "added_type": "infrastructure", "title": "A keyspace and more"}
    assert await requested.fill("ada", needed_by="2026-06-01", needed_reason="The audit", **KNOWN, **more) == {}
    assert await requested.fill("grace", blocked="1") == {}
    assert requested.stage.slack.view_stack("grace") == [], "nothing is asked: they do not contradict each other"
    row, [demand] = await requested.row(), await demands(requested.stage)
    assert (str(row.needed_by), row.needed_reason, row.title) == ("2026-06-01", "The audit", "A keyspace and more")
    assert [each["title"] for each in row.items] == [*titles, "A Redis cache"]
    assert (demand.lost_people, demand.lost_times, demand.blocked_people) == (3, 4, 1)
    assert under(requested)[-1].text.startswith("Grace Marsh changed who is blocked: ")


async def test_what_both_have_changed_is_said_beside_its_field_and_sent_again_it_is_ones_own(
    requested: Requested,
) -> None:
    await both_open(requested)
    solo = requested.stage.slack.workspace.user("solo").id
    theirs = {"needed_by": "2026-06-01", "evidence": "measured", "title": "A keyspace", "asked_by": solo}
    assert await requested.fill("ada", **{**KNOWN, **theirs}) == {}
    mine = {"needed_by": "2026-07-01", "evidence": "counted", "title": None, "blocked": "1"}
    lin = requested.stage.slack.workspace.user("lin").id
    await requested.fill("grace", **mine, asked_by=lin)
    view = requested.stage.slack.view_stack("grace")[-1]
    said = "Meanwhile Ada Byron changed the hours lost, how the hours are known, the date, who needs it and the title."
    assert said in said_in(view)
    again = "Send again to make it"
    assert hint(view, ids.NEEDED_BY) == f"Meanwhile it became 1 June 2026. {again} 1 July 2026."
    assert hint(view, ids.EVIDENCE).startswith("Meanwhile it became Measured")
    assert hint(view, ids.TITLE) == "Meanwhile it became “A keyspace”. Send again to empty it."
    assert hint(view, ids.ASKED_BY) == f"Meanwhile it became Solo Singh. {again} Lin Wei."
    assert hint(view, ids.BLOCKED) == "", "only Grace has changed that"
    assert hint(view, ids.PEOPLE) == "", "only Ada has changed that"
    assert await requested.fill("grace") == {}
    row, [demand] = await requested.row(), await demands(requested.stage)
    assert (str(row.needed_by), demand.evidence, demand.blocked_people) == ("2026-07-01", "counted", 1)
    assert (demand.lost_people, row.title) == (3, "A keyspace"), "a request always has a title"


async def test_what_three_change_at_once_is_said_to_each(requested: Requested) -> None:
    await both_open(requested)
    assert await requested.fill("ada", needed_by="2026-06-01") == {}
    await requested.fill("grace", needed_by="2026-07-01")
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", needed_by="2026-06-08") == {}
    await requested.fill("grace")
    assert "became 8 June 2026" in hint(requested.stage.slack.view_stack("grace")[-1], ids.NEEDED_BY)
    assert await requested.fill("grace") == {}
    assert str((await requested.row()).needed_by) == "2026-07-01"


async def test_items_are_merged_wherever_they_stand_by_now(requested: Requested) -> None:
    await both_open(requested)
    assert await requested.fill("ada", **{"item.0": None}) == {}
    assert await requested.fill("grace", **{"item.1": "A pipeline with tests"}) == {}
    assert [each["title"] for each in (await requested.row()).items] == ["A pipeline with tests"]


async def test_an_item_that_one_rewords_and_the_other_takes_out_is_asked_about(requested: Requested) -> None:
    await both_open(requested)
    second = (await requested.row()).items[1]["title"]
    assert await requested.fill("ada", **{"item.0": None}) == {}
    await requested.fill("grace", **{"item.0": "A keyspace with backups"})
    said = hint(requested.stage.slack.view_stack("grace")[-1], f"{ids.ITEM}.0")
    assert said == "Meanwhile it was emptied. Send again to make it “A keyspace with backups”."
    assert await requested.fill("grace") == {}
    assert {each["title"] for each in (await requested.row()).items} == {second, "A keyspace with backups"}


async def test_a_team_that_has_joined_changes_what_it_has_said_itself(stage: Stage) -> None:
    await open_first(stage)
    root = await search_form(stage)
    await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
    await posted(stage, "search")
    card = next(m for m in stage.slack.visible_messages("solo", "search", thread_ts=root.ts) if "#1" in m.text)
    await stage.press(card, ids.CHANGE, user="solo")
    assert asked_for(stage.slack.view_stack("solo")[-1]) == [], "the items are not theirs"
    known = {ids.PEOPLE: "1", ids.TIMES: "4", ids.HOURS: "2", ids.EVIDENCE: "counted"}
    assert await submit(stage, "solo", known) == {}
    teams = await team_ids(stage)
    said = {each.team_id: each.lost_times for each in await demands(stage)}
    assert said == {teams["Payments"]: 0, teams["Search"]: 4}


async def test_what_missing_the_date_costs_is_asked_corrected_and_said_with_whose_word_it_is(stage: Stage) -> None:
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert set(await submit(stage, values={ids.MISSED: "120", ids.NEEDED_BY: None})) == {ids.MISSED}
    assert await submit(stage, values={ids.MISSED: "120", ids.NEEDED_BY: SOON}) == {}
    await posted(stage, "payments")
    asked = Requested(stage, root)
    assert [each.miss_hours for each in await demands(stage)] == [120]
    assert "missing it costs 120 hours, says Grace Marsh on 2026-03-03; adds " in await why(stage)
    await asked.press(asked.card, ids.CHANGE, user="ada")
    assert element(stage.slack.view_stack("ada")[-1], ids.MISSED)["initial_value"] == "120"
    assert await asked.fill("ada", missed="8.5") == {}
    assert "; missing it costs 8.5 hours, says Ada Byron on 2026-03-03; adds " in await why(stage)
    await asked.press(asked.card, ids.CHANGE, user="ada")
    assert await asked.fill("ada", missed=None) == {}
    assert "; missing it costs 40 hours, assumed; adds " in await why(stage)


async def test_a_team_that_joins_says_what_missing_its_own_date_costs(stage: Stage) -> None:
    await open_first(stage)
    for cost, counted in (("90", 90), (None, 90)):
        await search_form(stage)
        join = next(iter(offered(stage).values()))
        assert await submit(stage, "solo", {ids.INSTEAD: join, ids.NEEDED_BY: SOON, ids.MISSED: cost}) == {}
        assert [each.miss_hours for each in await demands(stage)] == [None, counted], "what is left out stays"
    assert "missing it costs 90 hours, says Solo" in await why(stage)


async def why(stage: Stage) -> str:
    """Why the first request is where it is, in sentences."""
    found = await stage.baton.context.backlog.why(1)
    assert found is not None
    return "\n".join(found[1])


async def test_each_number_stays_the_word_of_whoever_said_it(requested: Requested) -> None:
    stage = requested.stage
    today = stage.baton.context.deps.clock.now().date()
    drafted = f"says Grace Marsh in the thread on {written_on(requested.root)}"
    assert drafted in await why(stage)
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **KNOWN, missed="120") == {}
    said = await why(stage)
    assert f"measured, says Ada Byron on {today}" in said
    assert f"{drafted}; missing it costs 120 hours, says Ada Byron on {today};" in said
    await requested.press(requested.card, ids.CHANGE, user="grace")
    assert await requested.fill("grace", blocked="1") == {}
    said = await why(stage)
    assert f"30 hours a month = 3 people × 4 times × 2.5 hours; measured, says Ada Byron on {today}" in said
    assert f"says Grace Marsh on {today}" in said
    assert f"{drafted}; missing it costs" in said
    assert f"missing it costs 120 hours, says Ada Byron on {today}" in said


@pytest.mark.parametrize("is_whole", [False, True])
async def test_each_number_names_who_has_said_it_in_the_thread(stage: Stage, is_whole: bool) -> None:
    root = await thread(stage, "We need a Cassandra keyspace for checkout, devops please.")
    for user, text in (("eve", "It costs three of us 4 hours a week each."), ("ada", "Two of us are stuck.")):
        await stage.slack.post(user, "payments", text, thread_ts=root.ts)
    on = written_on(root)
    await form(stage, root, is_whole=is_whole)
    assert await submit(stage, values={ids.NEEDED_BY: SOON}) == {}
    await posted(stage, "payments")
    said = await why(stage)
    hours = "51.96 hours a month = 3 people × 4.33 times × 4 hours"
    assert f"{hours}; taken as guessed, says eve in the thread on {on}: 20% counts; adds" in said
    assert f"stopped until 2026-04-28 (assumed); taken as guessed, says Ada Byron in the thread on {on}: 20%" in said
    assert f"needs it by {SOON}, says Grace Marsh on {stage.clock.now().date()};" in said, "she has chosen the day"


async def test_who_has_said_a_number_is_forgotten_with_their_message(stage: Stage) -> None:
    root = await thread(stage, "We need a Cassandra keyspace for checkout, devops please.")
    hours = await stage.slack.post("omar", "payments", "It costs me 4 hours a week.", thread_ts=root.ts)
    await stage.slack.post("ada", "payments", "Two of us are stuck.", thread_ts=root.ts)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    await forget_deleted_words(stage.baton.context)
    assert "taken as guessed, says Omar Sol in the thread on" in await why(stage)
    await stage.slack.delete("omar", "payments", hours.ts)
    await forget_deleted_words(stage.baton.context)
    said = await why(stage)
    assert f"taken as guessed, from the draft of Grace Marsh on {stage.clock.now().date()}" in said
    assert "Omar" not in said
    assert "says Ada Byron in the thread on" in said


async def test_a_number_of_a_team_that_joins_names_who_has_said_it_in_their_thread(stage: Stage) -> None:
    await open_first(stage)
    for hours in ("2", "3"):
        root = await thread(stage, SAME, channel="search", user="solo")
        await stage.slack.post("omar", "search", f"It costs me {hours} hours a week.", thread_ts=root.ts)
        await form(stage, root, user="solo", channel="search")
        assert await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))}) == {}
        said = f"4.33 times × {hours} hours; taken as guessed, says Omar Sol in the thread on {written_on(root)}: 20%"
        assert said in await why(stage)


async def test_who_has_said_a_number_in_a_thread_is_not_kept_where_its_words_are_not(stage: Stage) -> None:
    root = await thread(stage, *STORY)
    await form(stage, root, is_whole=True)
    assert await submit(stage, values={ids.COPY: []}) == {}
    await posted(stage, "payments")
    said = await why(stage)
    assert f"from the draft of Grace Marsh on {stage.clock.now().date()}" in said
    assert "in the thread" not in said


async def test_how_hours_are_known_is_said_of_who_is_blocked_where_nobody_has_said_it(requested: Requested) -> None:
    stage = requested.stage
    today = stage.clock.now().date()
    for user, hours, evidence in (("ada", "2.5", "measured"), ("grace", "2", "counted")):
        await requested.press(requested.card, ids.CHANGE, user=user)
        assert await requested.fill(user, **{**KNOWN, "hours": hours, "evidence": evidence}) == {}
    said = await why(stage)
    assert f"3 people × 4 times × 2 hours; counted, says Grace Marsh on {today}: 80% counts" in said
    assert f"stopped until 2026-04-28 (assumed); measured, says Ada Byron on {today}; adds" in said


async def test_the_old_words_of_an_item_that_is_reworded_can_be_added_as_another(requested: Requested) -> None:
    first, second = [each["title"] for each in (await requested.row()).items]
    await requested.press(requested.card, ids.CHANGE, user="ada")
    new = {"item.0": "Something else", "added": first, "added_type": "infrastructure"}
    assert await requested.fill("ada", **new) == {}
    assert [each["title"] for each in (await requested.row()).items] == ["Something else", second, first]


async def test_an_item_is_added_with_its_kind(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.card, ids.CHANGE, user="ada")
    before = asked_for(stage.slack.view_stack("ada")[-1])
    assert set(await requested.fill("ada", added_type="script")) == {ids.ADDED}
    assert await requested.fill("ada", added="A dashboard", added_type=None) == {}
    assert [each["title"] for each in (await requested.row()).items] == [*before, "A dashboard"]
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", added="Read access to it", added_type="script") == {}
    assert (await requested.row()).items[-1]["type"] == "script"
    assert "• A dashboard _(infrastructure)_" in requested.card.text
    assert "• A dashboard" in under(requested)[-1].text


async def test_the_team_and_whoever_needs_it_can_be_corrected(requested: Requested) -> None:
    stage, teams = requested.stage, await team_ids(requested.stage)
    await requested.press(requested.card, ids.CHANGE, user="grace")
    view = stage.slack.view_stack("grace")[-1]
    assert element(view, ids.TEAM)["initial_option"]["text"]["text"] == "Payments"
    assert element(view, ids.ASKED_BY)["initial_user"] == stage.slack.workspace.user("ada").id
    solo = stage.slack.workspace.user("solo").id
    wrong = await requested.fill("grace", team=str(teams["Search"]), asked_by=solo)
    assert wrong == {ids.BLOCKED: "The team has no more than 1: give at most that."}, "it is counted as the new team"
    assert await requested.fill("grace", blocked="1") == {}
    row, [demand] = await requested.row(), await demands(stage)
    assert (row.team_id, demand.team_id) == (teams["Search"], teams["Search"])
    assert "for Search" in requested.card.text
    assert "Asked by Solo Singh, filed by Grace Marsh" in requested.triage.text
    assert "for Search" in under(requested)[-1].text
    assert requested.written_to("solo")[-1].startswith("Grace Marsh says that you need *#1*")
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    assert requested.replies()[-1].text.startswith(f"<@{solo}>")
    await requested.press(requested.card, ids.REPLY, user="ada")
    assert "Search" in requested.said_to("ada"), "Payments has nothing to say of it any more"


async def test_a_team_that_has_joined_cannot_be_made_the_one_that_asks(stage: Stage) -> None:
    root = await open_first(stage)
    await search_form(stage)
    await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
    asked = Requested(stage, root)
    await posted(stage, "payments")
    await asked.press(asked.card, ids.CHANGE, user="ada")
    search = str((await team_ids(stage))["Search"])
    assert "is on it already" in (await asked.fill("ada", team=search))[ids.TEAM]
    assert len({each.team_id for each in await demands(stage)}) == 2


async def test_a_team_that_is_gone_meanwhile_is_refused_at_its_field(requested: Requested) -> None:
    stage = requested.stage
    await requested.press(requested.card, ids.CHANGE, user="ada")
    search, catalog = str((await team_ids(stage))["Search"]), organisation()
    catalog.teams[:] = [each for each in catalog.teams if each.name != "Search"]
    catalog.people[:] = [each for each in catalog.people if "Search" not in each.teams]
    catalog.assets[:] = [each for each in catalog.assets if each.name != "search-api"]
    await stage.bring(catalog)
    assert "no team of that name" in (await requested.fill("ada", team=search)).get(ids.TEAM, "")


async def test_what_it_costs_to_miss_the_date_is_said_to_the_devops_team(requested: Requested) -> None:
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", missed="120") == {}
    said = "Ada Byron changed what it costs to miss the date (120 hours): "
    assert under(requested)[-1].text.startswith(said)


async def test_what_is_corrected_is_saved_though_the_devops_team_has_taken_it_on_meanwhile(
    requested: Requested,
) -> None:
    await requested.press(requested.card, ids.CHANGE, user="ada")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert await requested.fill("ada", title="A keyspace") == {}
    assert requested.stage.slack.view_stack("ada") == []
    row = await requested.row()
    assert (row.title, row.state) == ("A keyspace", "accepted")
