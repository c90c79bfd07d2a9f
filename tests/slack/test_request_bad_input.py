"""What is wrong with a thread, a form or an estimate is said in a clear sentence, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage
from bot.services.backlog import drafts
from tests.conftest import DEPLOYMENTS
from tests.slack.conftest import Stage, read_only
from tests.slack.test_eol_answers import posted
from tests.slack.test_requests import SOON, STORY, element, form, requests, said_in, submit, thread


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def triage(stage: Stage) -> PostedMessage:
    await form(stage, await thread(stage, *STORY))
    assert await submit(stage) == {}
    await posted(stage, "platform")
    return next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)


@read_only
@pytest.mark.parametrize("text", ["", ":tada: :eyes:", "\u200b\u200b", "🎉 👀"])
async def test_a_thread_without_words_says_that_there_is_nothing_to_read(stage: Stage, text: str) -> None:
    root = await stage.slack.post("ada", "payments", text or " ", raw=True)
    view = await form(stage, root)
    assert "fill it in yourself" in said_in(view)
    assert "initial_value" not in element(view, ids.TITLE)


@read_only
async def test_forty_thousand_characters_make_a_form(stage: Stage) -> None:
    root = await stage.slack.post("ada", "payments", "We need a Cassandra keyspace. " * 1_333, raw=True)
    view = await form(stage, root)
    assert element(view, ids.TITLE)["initial_value"]
    assert await submit(stage) == {}
    [row] = await requests(stage)
    assert len(row.title) <= 150


@read_only
async def test_a_token_in_the_thread_is_neither_filled_in_nor_copied(stage: Stage) -> None:
    token = "-".join(("xoxb", "1234567890", "abcdefghijkl"))
    view = await form(stage, await thread(stage, f"We need a Redis cluster with {token} in it by {SOON}."))
    assert "What looks like a password or a token is left out." in said_in(view)
    assert token not in str(view.payload)
    assert await submit(stage) == {}, "the form refuses nothing that it has filled in itself"
    [row] = await requests(stage)
    assert row.title.startswith("A Redis cluster")
    assert (token in str((row.items, row.copied)), "(looks like a secret)" in row.copied) == (False, True)


@read_only
async def test_an_estimate_in_the_wrong_order_is_said_at_its_field(stage: Stage) -> None:
    message = await triage(stage)
    for hours, field in (
        (("8", "4", "16"), ids.LIKELY),
        (("4", "8", "2"), ids.PESSIMISTIC),
        (("0", "0", "0"), ids.PESSIMISTIC),
        (("-1", "2", "3"), ids.OPTIMISTIC),
        (("1", "2", "1e9"), ids.PESSIMISTIC),
    ):
        await stage.press(message, ids.ESTIMATE, user="lin")
        values = dict(zip((ids.OPTIMISTIC, ids.LIKELY, ids.PESSIMISTIC), hours, strict=True))
        errors = await submit(stage, "lin", values)
        assert set(errors) == {field}, (hours, errors)
    [row] = await requests(stage)
    assert row.likely_hours is None


@read_only
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({ids.TITLE: "   "}, ids.TITLE),
        ({ids.TITLE: "\u200b"}, ids.TITLE),
        ({ids.UNTIL: "2020-01-01", ids.BLOCKED: "1"}, ids.UNTIL),
        ({ids.NEEDED_BY: "2020-01-01"}, ids.NEEDED_BY),
        ({ids.PEOPLE: "nan"}, ids.PEOPLE),
        ({ids.PEOPLE: "2", ids.TIMES: "1", ids.HOURS: "0.0000001"}, ids.HOURS),
        ({ids.MISSED: "1e-7", ids.NEEDED_BY: "2030-01-01"}, ids.MISSED),
        ({ids.PEOPLE: "2", ids.TIMES: "10000", ids.HOURS: "1000"}, ids.HOURS),
        ({ids.BLOCKED: "1.5"}, ids.BLOCKED),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_at_its_field(stage: Stage, values: dict[str, str], field: str) -> None:
    view = await form(stage, await thread(stage, *STORY), is_whole=True)
    delivery = await stage.slack.submit_view("grace", view.id, values)
    await stage.settle()
    assert await requests(stage) == []
    assert set(view.errors) == {field}, (view.errors, delivery.status, [toast.text for toast in stage.slack.toasts])
    assert "Something went wrong" not in view.errors[field]


@read_only
async def test_today_is_the_day_of_whoever_says_it_though_the_catalog_does_not_know_them(stage: Stage) -> None:
    stage.clock.at = datetime(2026, 3, 4, 3, tzinfo=UTC)
    lana = stage.slack.add_user("lana", real_name="Lana Reyes", email="lana@example.test", tz="America/Los_Angeles")
    await stage.slack.join("lana", "payments")
    await form(stage, await stage.slack.post("lana", "payments", "We need a Redis cluster."), user="lana")
    refused = await submit(stage, "lana", {ids.NEEDED_BY: "2026-03-02"})
    assert set(refused) == {ids.NEEDED_BY}
    assert await submit(stage, "lana", {ids.NEEDED_BY: "2026-03-03"}) == {}
    context, ts = stage.baton.context, f"{stage.clock.at.timestamp():.6f}"
    said = {"type": "message", "user": lana.id, "ts": ts, "text": "We need a Redis cluster by tomorrow."}
    assert (await drafts.draft(context.deps, context.snapshot, [said])).needed_by == date(2026, 3, 4)
    said["text"] = "We need a Redis cluster by today."
    assert (await drafts.draft(context.deps, context.snapshot, [said])).needed_by == date(2026, 3, 3), "not over there"


@read_only
async def test_what_was_typed_besides_is_shown_whole_to_those_who_speak_for_the_request(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY), is_whole=True)
    assert (
        await submit(stage, values={ids.DETAILS: f"{'word ' * 250}to the end", ids.OTHER_TECHNOLOGIES: "Zebra"}) == {}
    )
    for user, sees in (("grace", True), ("ada", True), ("lin", True), ("eve", False)):
        said = (await stage.ask("/devops show 1", user=user)).text
        assert ("to the end" in said, "Zebra" in said) == (sees, sees), (user, said)


@read_only
async def test_a_technology_that_is_a_mention_pings_nobody_anywhere(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY))
    bad = "<!channel>, <@U1>, `x`, " + "y" * 200
    assert (
        await submit(stage, values={ids.OTHER_TECHNOLOGIES: bad, ids.DETAILS: "<!here>", ids.TITLE: "<!channel>"}) == {}
    )
    await posted(stage, "platform")
    seen = [m.text for m in stage.slack.visible_messages("lin", "platform")]
    assert seen
    assert not any("<!channel>" in each or "<!here>" in each for each in seen)
    assert any("&lt;!channel&gt;" in each for each in seen)


@read_only
async def test_a_link_that_is_none_is_refused_at_delivery(stage: Stage) -> None:
    message = await triage(stage)
    await stage.press(message, ids.DELIVER, user="lin")
    errors = await submit(stage, "lin", {ids.LINK: "javascript:alert(1)"})
    assert set(errors) == {ids.LINK}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, indirect=True)
async def test_characters_that_no_database_takes_are_left_out(stage: Stage) -> None:
    await form(stage, await thread(stage, STORY[0] + "\x00"))
    assert await submit(stage, values={ids.DETAILS: "a\x00b", ids.OTHER_TECHNOLOGIES: "q\x00"}) == {}
    [row] = await requests(stage)
    assert (row.details, row.technologies[-1], row.copied) == ("ab", "q", STORY[0])
