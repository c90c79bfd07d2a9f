"""Where the story would have a dead end, a request can be opened: lines of `/eol`, choices of assets, words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.request_button import OPEN
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage, read_only
from tests.slack.test_eol_answers import deploy, posted
from tests.slack.test_requests import asked_for, element, form, requests, said_in, submit, thread, whole
from tests.slack.test_whoowns import buttons


@pytest.fixture
def devops_team() -> str:
    return "Platform"


def menu(message: PostedMessage) -> dict[str, str]:
    """What can be chosen from the menu that opens a request: values by texts; empty where there is none."""
    found: list[dict[str, Any]] = [each for block in message.blocks for each in block.get("elements", ())]
    return {
        each["text"]["text"]: each["value"]
        for element in found
        if element.get("action_id") == OPEN
        for each in element.get("options", ())
    }


class TestEndOfLife:
    async def test_lines_of_other_teams_open_a_request_with_asset_area_owner_and_date(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        await deploy(stage, "payments-db", "nodejs", "20.11.1")
        answer = await stage.ask("/eol", user="solo")
        answer = await stage.ask("/eol nodejs", user="solo") if not menu(answer) else answer
        assert set(menu(answer)) == {"Upgrade Node.js 20 to 24 (checkout)", "Upgrade Node.js 20 to 24 (payments-db)"}
        await stage.press(answer, OPEN, user="solo", value=menu(answer)["Upgrade Node.js 20 to 24 (payments-db)"])
        view = await whole(stage, "solo")
        assert asked_for(view) == ["Upgrade Node.js 20 to 24 (payments-db)"]
        assert element(view, ids.NEEDED_BY)["initial_date"] == "2026-04-30"
        assert element(view, ids.TEAM)["initial_option"]["text"]["text"] == "Search"
        assert element(view, ids.DETAILS)["initial_value"] == "The database of payments-db belongs to Platform."
        assert await submit(stage, "solo") == {}
        [row] = await requests(stage)
        assert (row.area, row.title) == ("database", "Upgrade Node.js 20 to 24 (payments-db)")
        triage = (await posted(stage, "platform"))[-1]
        assert "The DevOps team does it. Who owns *payments-db* changes only with a handoff." in triage.text
        assert "Search then owns" not in triage.text, "what it asks for is another team's"

    async def test_a_line_that_is_overdue_says_since_when_and_fills_in_no_day(self, stage: Stage) -> None:
        await deploy(stage, "payments-db", "nodejs", "16.20.2")
        answer = await stage.ask("/eol nodejs", user="solo")
        [value] = menu(answer).values()
        await stage.press(answer, OPEN, user="solo", value=value)
        view = await whole(stage, "solo")
        assert "initial_date" not in element(view, ids.NEEDED_BY)
        said = "Overdue since 2023-09-11. The database of payments-db belongs to Platform."
        assert element(view, ids.DETAILS)["initial_value"] == said

    async def test_ones_own_lines_and_shared_ones_do_not_nor_do_those_of_the_devops_team(self, stage: Stage) -> None:
        await deploy(stage, "checkout", "nodejs", "20.11.1")
        assert menu(await stage.ask("/eol nodejs", user="grace")) == {}
        assert menu(await stage.ask("/eol nodejs", user="lin")) == {}
        answer = await stage.ask("/eol nodejs", user="solo")
        assert menu(answer)
        await stage.press(answer, "eol.share", user="solo")
        shared = await posted(stage, "general")
        assert [menu(each) for each in shared] == [{}]


class TestPicker:
    async def test_the_choices_of_a_message_open_a_request(self, stage: Stage) -> None:
        root = await stage.slack.post("solo", "general", "checkout cannot reach payments-db")
        await stage.slack.run_message_shortcut("solo", "general", root.ts, "who_owns_this")
        await stage.settle()
        picker = stage.slack.visible_messages("solo", "general")[-1]
        assert set(menu(picker)) == {"checkout (service)", "payments-db (database)"}
        await stage.press(picker, OPEN, user="solo", value=menu(picker)["payments-db (database)"])
        view = await whole(stage, "solo")
        assert element(view, ids.TITLE)["initial_value"] == "Help with the database of payments-db"
        assert "belongs to Platform" in element(view, ids.DETAILS)["initial_value"]
        assert await submit(stage, "solo", {ids.ITEM_TYPE: "access"}) == {}
        [row] = await requests(stage)
        assert row.area == "database"

    async def test_not_to_the_devops_team(self, stage: Stage) -> None:
        root = await stage.slack.post("lin", "general", "checkout cannot reach payments-db")
        await stage.slack.run_message_shortcut("lin", "general", root.ts, "who_owns_this")
        await stage.settle()
        assert menu(stage.slack.visible_messages("lin", "general")[-1]) == {}


class TestWordsThatAsk:
    @read_only
    @pytest.mark.parametrize(
        "words",
        [
            "can somebody from devops help with the flaky build of checkout?",
            "could anyone on the platform team take a look at payments-db?",
            "who could help us move search-api to Kubernetes?",
            "who can we ask to rotate the certificate of checkout?",
            "is there anybody who can set up a staging database for us?",
            "we'd love some help with our Terraform modules",
            "pls bump payments-db to 16 before the freeze",
            "we need devops to open the firewall for checkout",
            "any chance someone could automate the release of invoices?",
            "would it be possible to get a read replica of payments-db?",
            "please could you give solo access to the billing bucket?",
            "can we get a new queue for search-api by Friday?",
            "request a Kafka topic for the invoices",
            "could you ask devops for a new bucket?",
            "file a ticket: rotate the certificate of checkout",
            "raise a ticket with devops to open the firewall",
        ],
    )
    async def test_a_mention_with_a_verb_of_asking_offers_the_form(self, stage: Stage, words: str) -> None:
        root = await thread(stage, "Grooming: checkout", channel="payments")
        await stage.say(f"@baton {words}", channel="payments", thread_ts=root.ts)
        offer = stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)[-1]
        assert buttons(offer) == {"Open DevOps request": OPEN}, offer.text
        assert "Nothing is sent until you press *Open it* in its form." in offer.text

    @read_only
    @pytest.mark.parametrize(
        "words",
        [
            "who can tell me who owns checkout?",
            "could you tell me who owns checkout?",
            "who is allowed to deploy checkout?",
            "checkout please",
            "who do we ask about checkout?",
            "can you show me the owner of checkout?",
            "who should I talk to about checkout?",
            "who helps with checkout?",
            "who do I ask for access to checkout?",
        ],
    )
    async def test_a_question_about_an_owner_is_answered_with_the_owner(self, stage: Stage, words: str) -> None:
        message = await stage.say(f"@baton {words}", channel="general")
        answer = stage.slack.visible_messages("grace", "general", thread_ts=message.ts)[-1]
        assert "checkout*" in answer.text, answer.text
        assert "Open a request" not in answer.text


async def test_a_request_that_is_named_in_words_is_shown(stage: Stage) -> None:
    await form(stage, await thread(stage, "We need a Cassandra keyspace.", channel="payments"))
    assert await submit(stage) == {}
    place = stage.slack.workspace.im(stage.slack.workspace.user("solo").id).id
    await stage.slack.run_command("solo", place, "/devops we need a Redis cluster")
    await stage.settle()
    assert await submit(stage, "solo") == {}
    for words, says in (
        ("what is the status of request 1?", "This is *#1*"),
        ("when is #1 done?", "This is *#1*"),
        ("cancel request #1 please", "This is *#1*"),
        ("how is request 2 going?", "There is no such request"),  # it is private
        ("and #99?", "There is no such request"),
    ):
        asked = await stage.say(f"@baton {words}", user="solo", channel="general")
        answer = stage.slack.visible_messages("solo", "general", thread_ts=asked.ts)[-1]
        assert answer.text.startswith(says), (words, answer.text)
        assert "Redis" not in answer.text


async def test_an_offer_leads_to_the_request_once_there_is_one(stage: Stage) -> None:
    root = await thread(stage, "We need a Cassandra keyspace.", channel="payments")
    await stage.say("@baton request", channel="payments", thread_ts=root.ts)
    offer = stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)[-1]
    await stage.press(offer, OPEN, user="grace")
    assert await submit(stage) == {}
    await posted(stage, "payments")
    [again] = [m for m in stage.slack.visible_messages("grace", "payments", thread_ts=root.ts) if m.ts == offer.ts]
    assert again.text.startswith("There is a request already: *#1*")
    assert list(buttons(again)) == ["Show", "Follow", "Ask for something else"]


class TestWords:
    @pytest.mark.parametrize("is_command", [False, True])
    async def test_words_for_work_on_a_thing_of_the_catalog_fill_in_asset_area_and_owner(
        self, stage: Stage, is_command: bool
    ) -> None:
        words = "please upgrade payments-db to PostgreSQL 16 before March"
        if is_command:
            await stage.slack.run_command("solo", "general", f"/devops {words}")
            await stage.settle()
        else:
            message = await stage.say(f"@baton {words}", user="solo", channel="general")
            answer = stage.slack.visible_messages("solo", "general", thread_ts=message.ts)[-1]
            await stage.press(answer, OPEN, user="solo")
        whose = "The database of payments-db belongs to Platform."
        assert said_in(stage.slack.view_stack("solo")[-1]).count(whose) == 1
        assert element(await whole(stage, "solo"), ids.DETAILS)["initial_value"] == whose
        assert await submit(stage, "solo") == {}
        [row] = await requests(stage)
        about = stage.baton.context.snapshot.asset(row.asset_id or 0)
        assert about is not None
        assert (about.name, row.area) == ("payments-db", "database")

    @pytest.mark.parametrize(
        ("typed", "name", "said"),
        [
            ("Upgrade payments-db to PostgreSQL 17", "payments-db", "The database of payments-db belongs to Platform."),
            (
                "Restart checkout-worker",
                "checkout-worker",
                "CI and deployments of checkout-worker belongs to Platform.",
            ),
            ("A new Redis cluster", "", ""),
        ],
    )
    async def test_words_that_are_changed_change_what_it_is_about(
        self, stage: Stage, typed: str, name: str, said: str
    ) -> None:
        await stage.slack.run_command("solo", "general", "/devops please upgrade payments-db to PostgreSQL 16")
        await stage.settle()
        assert await submit(stage, "solo", {f"{ids.ITEM}.0": typed}) == {}
        [row] = await requests(stage)
        about = stage.baton.context.snapshot.asset(row.asset_id or 0)
        assert (about.name if about is not None else "") == name
        assert row.details == said

    @pytest.mark.parametrize(
        "texts",
        [
            ("@baton please add a read replica for payments-db",),
            ("We need a Cassandra keyspace.", "@baton please upgrade payments-db to PostgreSQL 16"),
            ("@baton please upgrade payments-db and checkout-worker",),
            ("@baton please upgrade our database",),
        ],
    )
    async def test_words_for_something_new_or_several_things_fill_in_none(
        self, stage: Stage, texts: tuple[str, ...]
    ) -> None:
        root = await thread(stage, *texts)
        view = await form(stage, root, is_whole=True)
        assert "initial_value" not in element(view, ids.DETAILS)
        assert await submit(stage) == {}
        [row] = await requests(stage)
        assert row.asset_id is None
