"""What there is already is offered in the form of a request, over the wire: to join it, to use it, or to get help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.blocks.request_button import OPEN
from bot.domain.catalog import AssetKind, Link
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_eol_answers import posted
from tests.slack.test_requests import SOON, element, form, requests, said_in, submit, thread
from tests.slack.test_requests import _im as im
from tests.slack.test_whoowns import buttons

NEED = "We need a Cassandra keyspace, created by Terraform. Nobody here has ever used Cassandra."
SAME = "We need a Cassandra keyspace for the search index."


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def open_first(stage: Stage, *, channel: str = "payments", title: str = "A Cassandra keyspace") -> PostedMessage:
    """A request of Payments' thread."""
    root = await thread(stage, NEED, channel=channel)
    await form(stage, root, channel=channel)
    assert await submit(stage, values={ids.TITLE: title}) == {}
    await posted(stage, "platform")
    return root


async def search_form(stage: Stage, text: str = SAME, *, user: str = "solo") -> PostedMessage:
    """The form on a thread of Search; returns the thread's first message."""
    root = await thread(stage, text, channel="search", user=user)
    await form(stage, root, user=user, channel="search")
    return root


def offered(stage: Stage, user: str = "solo") -> dict[str, str]:
    """What the form on top offers in place of a new request: values by their texts."""
    view = stage.slack.view_stack(user)[-1]
    if not any(each.get("block_id") == ids.INSTEAD for each in view.payload["blocks"]):
        return {}
    return {each["text"]["text"]: each["value"] for each in element(view, ids.INSTEAD)["options"]}


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(table))).scalars())


async def team_ids(stage: Stage) -> dict[str, int]:
    return {each.name: each.id for each in await rows(stage, tables.Team)}


def thread_texts(stage: Stage, root: PostedMessage, channel: str) -> list[str]:
    return [each.text for each in stage.slack.visible_messages("eve", channel, thread_ts=root.ts)]


class TestJoin:
    async def test_joining_adds_a_row_for_the_team_and_opens_nothing(self, stage: Stage) -> None:
        first = await open_first(stage)
        before = len(thread_texts(stage, first, "payments"))
        root = await search_form(stage)
        assert "*#1* *A Cassandra keyspace*" in said_in(stage.slack.view_stack("solo")[-1])
        values = {ids.INSTEAD: offered(stage)["Join #1 A Cassandra keyspace"], f"{ids.ITEM}.0": None}
        values |= {ids.PEOPLE: "1", ids.TIMES: "4", ids.HOURS: "2"}
        assert await submit(stage, "solo", values) == {}
        assert "*Search* is on *#1* *A Cassandra keyspace*" in said_in(stage.slack.view_stack("solo")[-1])
        assert len(await requests(stage)) == 1
        teams = await team_ids(stage)
        demands = {each.team_id: each for each in await rows(stage, tables.RequestDemand)}
        assert set(demands) == {teams["Payments"], teams["Search"]}
        assert demands[teams["Search"]].lost_hours == 2
        await posted(stage, "search")
        [card] = [each for each in thread_texts(stage, root, "search") if "#1" in each]
        assert "Also for Search" in card
        await posted(stage, "payments")
        shown = thread_texts(stage, first, "payments")
        assert len(shown) == before
        assert any("Also for Search" in each for each in shown)
        await posted(stage, "platform")
        assert any("Also for Search" in m.text for m in stage.slack.visible_messages("lin", "platform"))

    async def test_joined_twice_or_from_the_same_thread_it_stays_one(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        view = stage.slack.view_stack("solo")[-1]
        first = await stage.slack.submit_view("solo", view.id, {ids.INSTEAD: next(iter(offered(stage).values()))})
        await stage.settle()
        again = {**first.payload, "trigger_id": "another.press.of.the.same.form"}
        await stage.slack.deliver_again(replace(first, payload=again))
        await stage.settle()
        assert len(await requests(stage)) == 1
        assert len(await rows(stage, tables.RequestDemand)) == 2
        await posted(stage, "search")
        assert len([each for each in thread_texts(stage, root, "search") if "#1" in each]) == 1
        assert "There is a request already: *#1*" in said_in(await form(stage, root, user="grace", channel="search"))

    async def test_the_same_team_again_changes_its_row_and_nobody_else_may(self, stage: Stage) -> None:
        await open_first(stage)
        root = await thread(stage, SAME, channel="general", user="ada")
        await form(stage, root, user="ada", channel="general")
        join = next(iter(offered(stage, "ada").values()))
        values = {ids.INSTEAD: join, ids.PEOPLE: "2", ids.TIMES: "3", ids.HOURS: "1"}
        assert await submit(stage, "ada", values) == {}
        [demand] = await rows(stage, tables.RequestDemand)
        assert (demand.lost_people, demand.lost_times) == (2, 3)
        await search_form(stage)
        payments = str((await team_ids(stage))["Payments"])
        errors = await submit(stage, "solo", {ids.INSTEAD: join, ids.TEAM: payments, ids.PEOPLE: "0"})
        assert "choose your own team" in errors[ids.INSTEAD]
        [demand] = await rows(stage, tables.RequestDemand)
        assert demand.lost_people == 2

    async def test_the_joined_hear_of_it_and_say_whether_it_does_the_job(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await posted(stage, "platform")
        triage = next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)
        await stage.press(triage, ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "It is there"}) == {}
        await posted(stage, "search")
        told = (await _news(stage, root))[-1]
        solo = stage.slack.workspace.user("solo").id
        assert told.text.startswith(f"<@{solo}> *#1* *A Cassandra keyspace*: Delivered: It is there")
        assert "Does it do the job?" in told.text
        assert stage.slack.visible_messages("solo", im(stage, "solo")) == [], "once is enough"
        await stage.press(told, ids.CONFIRM, user="solo")
        assert [each.state for each in await requests(stage)] == ["delivered"]  # that is the first team's to say
        assert "Search (does the job)" in (await stage.ask("/devops show 1", user="solo")).text
        assert "#1" in (await stage.ask("/devops mine", user="solo")).text

    async def test_who_follows_it_since_the_same_moment_is_not_called_in_their_thread(self, stage: Stage) -> None:
        await open_first(stage)
        [asked] = await requests(stage)
        stage.clock.at = asked.created_at
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        [join] = await rows(stage, tables.RequestJoin)
        assert {each.at for each in await rows(stage, tables.RequestFollower)} == {join.at}
        await stage.press(await _triage(stage), ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "It is there"}) == {}
        solo = stage.slack.workspace.user("solo").id
        assert (await _news(stage, root))[-1].text.startswith(f"<@{solo}> *#1*")

    async def test_a_request_that_is_withdrawn_lets_the_joined_go_on(self, stage: Stage) -> None:
        first = await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await posted(stage, "payments")
        card = next(m for m in stage.slack.visible_messages("grace", "payments", thread_ts=first.ts) if "#1" in m.text)
        await stage.press(card, ids.WITHDRAW, user="grace")
        assert await submit(stage, "grace") == {}
        told = (await _news(stage, root))[-1]
        assert f"<@{stage.slack.workspace.user('solo').id}> *#1*" in told.text
        assert "was withdrawn" in told.text
        assert buttons(told)["Open DevOps request"] == OPEN

    async def test_whoever_has_joined_can_leave_and_open_their_own(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await posted(stage, "search")
        card = next(m for m in stage.slack.visible_messages("solo", "search", thread_ts=root.ts) if "#1" in m.text)
        await stage.press(card, ids.WITHDRAW, user="solo")
        assert await submit(stage, "solo", {ids.WORDS: "We use another store"}) == {}
        assert [each.state for each in await requests(stage)] == ["proposed"], "the others still need it"
        receipt = next(m for m in stage.slack.visible_messages("solo", "search", thread_ts=root.ts) if m.ephemeral_for)
        assert list(buttons(receipt)) == ["Open DevOps request"], "which its words ask to press"
        teams = await team_ids(stage)
        assert {each.team_id for each in await rows(stage, tables.RequestDemand)} == {teams["Payments"]}
        await posted(stage, "search")
        await posted(stage, "platform")
        assert "Search left this request: We use another store" in str(stage.slack.workspace.messages)
        left = next(m for m in stage.slack.visible_messages("solo", "search", thread_ts=root.ts) if "#1" in m.text)
        assert "*Search* left *#1* *A Cassandra keyspace*." in left.text
        assert list(buttons(left)) == ["Open DevOps request"]
        await form(stage, root, user="solo", channel="search")
        assert await submit(stage, "solo") == {}
        assert len(await requests(stage)) == 2

    @pytest.mark.parametrize("joins_again", [False, True])
    async def test_a_request_that_is_declined_does_not_block_the_thread_of_the_joined(
        self, stage: Stage, joins_again: bool
    ) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        assert "Declined" in (await _decline(stage)).text
        if joins_again:
            await open_first(stage, title="A second Cassandra keyspace")
        await form(stage, root, user="solo", channel="search")
        values = {ids.INSTEAD: next(iter(offered(stage).values()))} if joins_again else {}
        assert await submit(stage, "solo", values) == {}
        assert len(await requests(stage)) == 2
        again = said_in(await form(stage, root, user="solo", channel="search"))
        assert "There is a request already: *#2*" in again

    async def test_a_teammate_who_joins_later_takes_nothing_back_that_the_team_has_said(self, stage: Stage) -> None:
        root = await thread(stage, NEED)
        await form(stage, root)
        known = {ids.PEOPLE: "2", ids.TIMES: "10", ids.HOURS: "1", ids.EVIDENCE: "measured", ids.BLOCKED: "2"}
        assert await submit(stage, values={ids.NEEDED_BY: SOON, **known}) == {}
        await form(stage, await thread(stage, SAME, channel="general", user="ada"), user="ada", channel="general")
        weaker = {ids.PEOPLE: "1", ids.TIMES: "1", ids.HOURS: "1", ids.EVIDENCE: "counted"}
        assert await submit(stage, "ada", {ids.INSTEAD: next(iter(offered(stage, "ada").values())), **weaker}) == {}
        [demand] = await rows(stage, tables.RequestDemand)
        assert (demand.lost_people, demand.lost_times, demand.evidence) == (2, 10, "measured")
        assert "The hours that your team has given stay: they are better known." in said_in(
            stage.slack.view_stack("ada")[-1]
        )
        assert (str(demand.needed_by), demand.blocked_people) == (SOON, 2)

    async def test_the_thread_of_the_joined_hears_what_the_first_thread_does(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        triage = await _triage(stage)
        await stage.press(triage, ids.ACCEPT, user="lin")
        said = await _news(stage, root)
        assert said[-1].text.endswith(" *#1* *A Cassandra keyspace*: Accepted into the DevOps backlog.")
        await stage.press(triage, ids.ASK, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "Which region?"}) == {}
        assert len(await _news(stage, root)) == len(said), "a question is for whoever asked for it"
        assert list(buttons((await _news(stage, root))[0])) == ["Withdraw…", "Change…", "Follow"]
        await stage.press(triage, ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "It is there"}) == {}
        delivered = (await _news(stage, root))[-1]
        assert "Delivered: It is there" in delivered.text
        assert list(buttons(delivered)) == ["Yes, it does the job", "Not yet…"]
        await stage.press(delivered, ids.NOT_YET, user="solo")
        assert await submit(stage, "solo", {ids.WORDS: "No backup"}) == {}
        assert buttons((await _news(stage, root))[-1]) == {}, "it asks nothing any more"
        await stage.press(triage, ids.MORE, user="lin", value="decline|1")
        assert await submit(stage, "lin", {ids.WORDS: "Not ours"}) == {}
        card, *_, declined = await _news(stage, root)
        assert "Declined by Lin Wei: Not ours" in declined.text
        assert list(buttons(declined)) == ["Open DevOps request"]
        assert list(buttons(card)) == ["Follow", "Open DevOps request"], "they cannot reopen it"
        await stage.press(declined, OPEN, user="solo")
        assert element(stage.slack.view_stack("solo")[-1], ids.TITLE)["initial_value"]

    async def test_whoever_has_said_yes_is_asked_no_more_where_they_were_asked(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await stage.press(await _triage(stage), ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "It is there"}) == {}
        delivered = (await _news(stage, root))[-1]
        assert "Yes, it does the job" in buttons(delivered)
        await stage.press(delivered, ids.CONFIRM, user="solo")
        again = next(m for m in await _news(stage, root) if m.ts == delivered.ts)
        assert buttons(again) == {}
        assert "Solo Singh confirmed it." in again.text

    async def test_the_joined_hear_that_it_was_no_request(self, stage: Stage) -> None:
        await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await stage.press(await _triage(stage), ids.MORE, user="lin", value="dismiss|1")
        assert await submit(stage, "lin", {ids.WORDS: "A question, which I have answered"}) == {}
        said = "The DevOps team says that *#1* *A Cassandra keyspace*, which you joined, is not a request: A question"
        assert said in (await _news(stage, root))[-1].text
        assert stage.slack.visible_messages("solo", im(stage, "solo")) == []
        await form(stage, root, user="solo", channel="search")
        assert await submit(stage, "solo") == {}
        assert len(await requests(stage)) == 2

    async def test_a_confirmed_request_offers_the_joined_no_reopening_that_refuses(self, stage: Stage) -> None:
        first = await open_first(stage)
        root = await search_form(stage)
        await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))})
        await stage.press(await _triage(stage), ids.DELIVER, user="lin")
        assert await submit(stage, "lin", {ids.WORDS: "It is there"}) == {}
        await posted(stage, "payments")
        card = next(m for m in stage.slack.visible_messages("ada", "payments", thread_ts=first.ts) if "#1" in m.text)
        await stage.press(card, ids.CONFIRM, user="ada")
        assert "Reopen…" not in buttons((await _news(stage, root))[0])
        view = await form(stage, root, user="solo", channel="search")
        assert "There is a request already" not in said_in(view), "they may open their own"
        assert ids.REOPEN not in str(view.payload["blocks"])
        own = await form(stage, first, user="ada")
        assert ids.REOPEN in str(own.payload["blocks"])

    async def test_private_requests_are_never_offered_and_cannot_be_joined(self, stage: Stage) -> None:
        await stage.slack.run_command("grace", im(stage, "grace"), "/devops we need a Cassandra keyspace")
        await stage.settle()
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.is_private
        await search_form(stage)
        assert offered(stage) == {}
        await stage.slack.run_command("solo", "general", "/devops We need a Cassandra keyspace")
        await stage.settle()
        assert offered(stage) == {}

    async def test_one_that_has_been_closed_meanwhile_is_not_joined(self, stage: Stage) -> None:
        await open_first(stage)
        await search_form(stage)
        join = next(iter(offered(stage).values()))
        assert "Declined" in (await _decline(stage)).text
        assert "closed meanwhile" in (await submit(stage, "solo", {ids.INSTEAD: join}))[ids.INSTEAD]
        assert len(await rows(stage, tables.RequestDemand)) == 1

    @read_only
    async def test_what_is_not_alike_is_not_offered(self, stage: Stage) -> None:
        await open_first(stage)
        await search_form(stage, "We need somebody to build an SFTP server for invoices.")
        assert offered(stage) == {}


async def _triage(stage: Stage) -> PostedMessage:
    await posted(stage, "platform")
    return next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)


async def _news(stage: Stage, root: PostedMessage) -> list[PostedMessage]:
    """The card in a thread of Search, and what Baton has said below it."""
    for _ in range(3):
        await posted(stage, "search")
        stage.clock.advance(timedelta(seconds=2))
    seen = stage.slack.visible_messages("solo", "search", thread_ts=root.ts)
    return [m for m in seen if m.user == stage.slack.workspace.bot_user_id and m.ephemeral_for is None]


async def _decline(stage: Stage) -> PostedMessage:
    triage = next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)
    await stage.press(triage, ids.MORE, user="lin", value="decline|1")
    assert await submit(stage, "lin", {ids.WORDS: "No"}) == {}
    return await stage.ask("/devops show 1", user="lin")


async def with_library(stage: Stage) -> None:
    """A library in the catalog, which Platform owns."""
    catalog = organisation()
    page = Link("Guide", "https://docs.example.test/cassandra-client")
    catalog.assets.append(asset("cassandra-client", AssetKind.LIBRARY, owners=(team_owns("Platform"),), links=(page,)))
    await stage.bring(catalog)


class TestUseWhatThereIs:
    async def test_a_library_of_the_catalog_is_used_and_nothing_is_filed(self, stage: Stage) -> None:
        await with_library(stage)
        root = await search_form(stage)
        assert "https://docs.example.test/cassandra-client" in said_in(stage.slack.view_stack("solo")[-1])
        use = offered(stage)["Use cassandra-client"]
        assert await submit(stage, "solo", {ids.INSTEAD: use, ids.PEOPLE: "3"}) == {}, "what is used costs nothing"
        assert await requests(stage) == []
        shown = stage.slack.view_stack("solo")[-1]
        assert "Nothing was opened" in said_in(shown)
        await posted(stage, "search")
        [told] = [m for m in stage.slack.visible_messages("eve", "search", thread_ts=root.ts) if "cassandra" in m.text]
        assert "https://docs.example.test/cassandra-client" in told.text
        assert buttons(told)["Ask for support"] == OPEN

    async def test_what_said_that_nothing_was_opened_leads_to_what_is_opened_later(self, stage: Stage) -> None:
        await with_library(stage)
        root = await search_form(stage)
        assert await submit(stage, "solo", {ids.INSTEAD: offered(stage)["Use cassandra-client"]}) == {}
        for _ in range(2):
            await posted(stage, "search")
        assert "No request was opened" in thread_texts(stage, root, "search")[-1]
        await form(stage, root, user="solo", channel="search")
        assert await submit(stage, "solo") == {}
        for _ in range(3):
            await posted(stage, "search")
            stage.clock.advance(timedelta(seconds=2))
        said = thread_texts(stage, root, "search")
        assert not [each for each in said if "No request was opened" in each]
        assert [each for each in said if each.startswith("There is a request already: *#")]

    async def test_support_with_a_library_is_a_request_about_it(self, stage: Stage) -> None:
        await with_library(stage)
        await search_form(stage)
        support = offered(stage)["Ask for support with cassandra-client"]
        assert (
            await submit(stage, "solo", {ids.INSTEAD: support, f"{ids.ITEM}.0": None, ids.TITLE: "It times out"}) == {}
        )
        [row] = await requests(stage)
        [library] = [each for each in await rows(stage, tables.Asset) if each.name == "cassandra-client"]
        assert (row.asset_id, [each["type"] for each in row.items]) == (library.id, ["support"])
        assert (row.title, row.details.splitlines()[0]) == ("Support with cassandra-client", "It times out")
        await posted(stage, "platform")
        assert any("Support with cassandra-client" in m.text for m in stage.slack.visible_messages("lin", "platform"))

    async def test_what_was_delivered_is_offered_with_its_link_and_gets_support(self, stage: Stage) -> None:
        first = await open_first(stage, title="Cassandra client library")
        await _deliver_library(stage)
        await posted(stage, "payments")
        card = next(m for m in stage.slack.visible_messages("ada", "payments", thread_ts=first.ts) if "#1" in m.text)
        await stage.press(card, OPEN, user="ada")
        assert await submit(stage, "ada", {ids.TITLE: "It times out"}) == {}
        row = (await requests(stage))[-1]
        assert (row.supports_id, [each["type"] for each in row.items]) == (1, ["support"])
        await search_form(stage)
        assert "https://docs.example.test/library" in said_in(stage.slack.view_stack("solo")[-1])
        assert {"Use #1 Cassandra client library", "Ask for support with #1 Cassandra client library"} <= set(
            offered(stage)
        )

    async def test_what_was_delivered_without_a_link_leads_to_its_thread(self, stage: Stage) -> None:
        await open_first(stage, title="Cassandra client library")
        await _deliver_library(stage, **{ids.WORDS: "It is on the shelf"})
        [row] = await requests(stage)
        root = await search_form(stage)
        assert row.permalink in said_in(stage.slack.view_stack("solo")[-1])
        use = offered(stage)["Use #1 Cassandra client library"]
        assert await submit(stage, "solo", {ids.INSTEAD: use}) == {}
        assert row.permalink in said_in(stage.slack.view_stack("solo")[-1])
        await posted(stage, "search")
        told = stage.slack.visible_messages("eve", "search", thread_ts=root.ts)[-1]
        assert row.permalink in told.text

    async def test_the_answer_of_a_library_of_the_devops_team_offers_support(self, stage: Stage) -> None:
        await with_library(stage)
        answer = await stage.ask("/whoowns cassandra-client", user="solo")
        assert buttons(answer)["Ask for support"] == OPEN
        await stage.press(answer, OPEN, user="solo")
        view = stage.slack.view_stack("solo")[-1]
        assert element(view, ids.TITLE)["initial_value"] == "Support with cassandra-client"
        assert await submit(stage, "solo") == {}
        [row] = await requests(stage)
        assert [each["type"] for each in row.items] == ["support"]
        assert row.items[0]["title"] != row.title, "what it is about is asked once"
        await posted(stage, "platform")
        [asked] = [m.text for m in stage.slack.visible_messages("lin", "platform") if "Support with" in m.text]
        assert "Library: <https://docs.example.test/cassandra-client|cassandra-client>" in asked
        assert "Nothing is left to own" not in asked
        assert "Ask for support" not in buttons(await stage.ask("/whoowns cassandra-client", user="lin"))


async def _deliver_library(stage: Stage, **said: str) -> None:
    """Request #1, of which an item is a library, is delivered at an address, or with these words of the form."""
    async with stage.database.transaction() as session:
        row = await session.get_one(tables.Request, 1)
        row.items = [{"type": "library", "title": row.title, "why": "", "quote": ""}]
    triage = next(m for m in stage.slack.visible_messages("lin", "platform") if "Asked by" in m.text)
    await stage.press(triage, ids.DELIVER, user="lin")
    assert await submit(stage, "lin", said or {ids.LINK: "https://docs.example.test/library"}) == {}
