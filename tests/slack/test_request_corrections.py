"""What a correction brings with it: reasons, titles, technologies, states, and what others do meanwhile."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_change import both_open, hint, under
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import STORY, form, requests, said_in, submit, thread
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]


async def test_each_correction_is_one_line_of_what_it_has_changed(requested: Requested) -> None:
    async def change(**said: str | None) -> None:
        await requested.press(requested.card, ids.CHANGE, user="ada")
        assert await requested.fill("ada", **said) == {}

    first, _ = (each["title"] for each in (await requested.row()).items)
    await change(needed_by="2026-06-01")
    await change(added="A Redis cache")
    await change(**{"item.0": "A keyspace"}, needed_by="2026-06-08", blocked="1")
    await change(**{"item.2": None, "item_kind.0": "library"}, people="1", times="4", hours="2.5", evidence="counted")
    await change(needed_by=None, times="2", needed_reason="")
    shown = (await requested.stage.ask("/devops show 1", user="eve")).text
    said = [line.partition(": ")[2] for line in shown.splitlines() if line.startswith("<!date^")]
    assert said[1:] == [
        "Ada Byron changed it: + A Redis cache",
        f"Ada Byron changed it: {first} → A keyspace; date 1 Jun → 8 Jun; blocked 2 → 1",
        "Ada Byron changed it: kind of A keyspace: infrastructure → library; − A Redis cache; hours 0 → 10 a month; "
        "evidence none → counted",
        "Ada Byron changed it: date 8 Jun → none; hours 10 → 5 a month",
    ]


async def test_what_one_has_changed_in_another_form_oneself_is_asked_about_as_well(requested: Requested) -> None:
    stage = requested.stage
    stacks, ada = stage.slack.workspace.stacks, stage.slack.workspace.user("ada").id
    await requested.press(requested.card, ids.CHANGE, user="ada")
    on_the_phone = stacks.pop(ada)
    await requested.press(requested.card, ids.CHANGE, user="ada")
    second = (await requested.row()).items[1]["title"]
    assert await requested.fill("ada", **{"item.0": None}) == {}
    stacks[ada] = on_the_phone
    await requested.fill("ada", **{"item.0": "A keyspace with backups"})
    view = stage.slack.view_stack("ada")[-1]
    assert "Meanwhile you changed the items." in said_in(view)
    assert hint(view, f"{ids.ITEM}.0") == "Meanwhile it was emptied. Send again to make it “A keyspace with backups”."
    assert [each["title"] for each in (await requested.row()).items] == [second], "nothing comes back unasked"
    assert await requested.fill("ada") == {}
    assert {each["title"] for each in (await requested.row()).items} == {second, "A keyspace with backups"}


async def test_another_kind_of_an_item_that_the_other_takes_out_is_asked_about(requested: Requested) -> None:
    await both_open(requested)
    first, second = [each["title"] for each in (await requested.row()).items]
    assert await requested.fill("ada", **{"item.0": None}) == {}
    await requested.fill("grace", **{"item_kind.0": "script"})
    view = requested.stage.slack.view_stack("grace")[-1]
    assert "Meanwhile Ada Byron changed the items." in said_in(view)
    assert hint(view, f"{ids.ITEM}.0") == f"Meanwhile it was emptied. Send again to make it “{first}”."
    assert await requested.fill("grace") == {}
    found = {each["title"]: each["type"] for each in (await requested.row()).items}
    assert found == {second: "pipeline", first: "script"}


async def test_the_reason_goes_with_its_day(requested: Requested) -> None:
    async def change(**said: str | None) -> str:
        await requested.press(requested.card, ids.CHANGE, user="ada")
        assert await requested.fill("ada", **said) == {}
        return (await requested.row()).needed_reason

    assert await change(blocked="1") == "the partner goes live then"
    assert "goes live" in requested.card.text
    assert await change(needed_by="2026-06-01") == ""
    assert "goes live" not in requested.card.text
    assert under(requested)[-1].text.startswith("Ada Byron changed the date: ")
    assert await change(needed_reason="The audit") == "The audit"
    assert await change(needed_by="2026-06-02", needed_reason="Another audit") == "Another audit"
    assert await change(needed_by=None) == ""


async def test_a_day_that_is_corrected_before_it_is_sent_leaves_its_reason_behind(stage: Stage) -> None:
    await form(stage, await thread(stage, *STORY))
    assert await submit(stage, values={ids.NEEDED_BY: "2026-06-01"}) == {}
    await form(stage, await thread(stage, *STORY), is_whole=True)
    assert await submit(stage, values={ids.NEEDED_BY: "2026-06-01", ids.NEEDED_REASON: "The audit"}) == {}
    assert [each.needed_reason for each in await requests(stage)] == ["", "The audit"]


async def test_title_and_technologies_follow_the_items_while_nobody_has_typed_others(stage: Stage) -> None:
    root = await thread(stage, "We need a Kafka topic and a Jenkins pipeline for the importer.")
    await form(stage, root)
    assert await submit(stage, values={f"{ids.ITEM}.0": "A RabbitMQ queue"}) == {}
    await posted(stage, "payments")
    asked = Requested(stage, root)

    async def said(**values: str) -> tuple[str, list[str]]:
        if values:
            await asked.press(asked.card, ids.CHANGE, user="ada")
            assert await asked.fill("ada", **values) == {}
        row = await asked.row()
        return row.title, row.technologies

    assert await said() == ("A RabbitMQ queue and 1 more", ["jenkins", "rabbitmq"])
    assert "Technologies: Jenkins, RabbitMQ" in asked.triage.text
    new = {"item.0": "A RabbitMQ queue for orders", "item.1": "A GitHub Actions workflow"}
    assert await said(**new) == ("A RabbitMQ queue for orders and 1 more", ["rabbitmq", "github-actions"])
    assert await said(title="For the importer") == ("For the importer", ["rabbitmq", "github-actions"])
    assert await said(**{"item.0": "A Redis cache"}) == ("For the importer", ["github-actions", "redis"])


async def deliver_first(asked: Requested) -> None:
    await asked.press(asked.triage, ids.DELIVER, user="omar")
    assert await asked.fill("omar", words="In staging", link="https://docs.example.com/keyspace", there=["0"]) == {}


async def test_what_is_delivered_already_is_open_again_once_it_is_something_else(requested: Requested) -> None:
    await deliver_first(requested)
    spelt = str((await requested.row()).items[0]["title"]).replace("store", "stores")

    async def change(title: str) -> bool:
        await requested.press(requested.card, ids.CHANGE, user="ada")
        view = requested.stage.slack.view_stack("ada")[-1]
        assert hint(view, f"{ids.ITEM}.0") == "Delivered already. Write something else, and it is open again."
        assert await requested.fill("ada", **{"item.0": title}) == {}
        return "1 of 2 items still to do" in requested.card.text

    assert await change(spelt), "that is the same in another spelling"
    assert not await change(f"{spelt} in production")
    assert "In progress" in requested.card.text
    assert "still to do" not in requested.card.text
    shown = (await requested.stage.ask("/devops show 1", user="eve")).text
    assert "in production (open again)" in shown
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    boxes = str(requested.stage.slack.view_stack("omar")[-1].payload["blocks"])
    assert "production" in boxes, "it is asked of at the next delivery"


async def test_where_all_that_is_left_was_delivered_its_team_is_asked_whether_it_does_the_job(
    requested: Requested,
) -> None:
    await deliver_first(requested)
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **{"item.1": None}) == {}
    assert "Delivered" in requested.card.text
    assert requested.under_triage()[-1].startswith("Ada Byron changed the items: Delivered"), "not in progress any more"
    asked = requested.replies()[-1]
    assert "Delivered: All that is left of it was there before. <https://docs.example.com/keyspace" in asked.text
    assert asked.text.endswith("Does it do the job?")
    assert not [each for each in requested.under_triage() if "Ada Byron delivered" in each]
    assert list(buttons(asked)) == ["Yes, it does the job", "Not yet…"]
    await requested.press(asked, ids.CONFIRM, user="ada")
    assert (await requested.row()).state == "confirmed"


async def test_another_kind_is_not_given_to_an_item_that_nobody_has_touched(requested: Requested) -> None:
    kinds = {"item_kind.0": "infrastructure", "item_kind.1": "infrastructure"}
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **{"item.0": "A bucket", "item.1": "A queue"}, **kinds) == {}
    for user in ("ada", "grace"):
        await requested.press(requested.card, ids.CHANGE, user=user)
    new = {"item.0": None, "item.1": "A queue in staging", "added": "A cache", "added_type": "infrastructure"}
    assert await requested.fill("ada", **new) == {}
    await requested.fill("grace", **{"item_kind.1": "script"})
    found = {each["title"]: each["type"] for each in (await requested.row()).items}
    assert found["A cache"] == "infrastructure", "Grace has never seen it"


async def test_the_history_does_not_pair_items_that_are_none_of_each_other(requested: Requested) -> None:
    new = {"item.0": None, "item.1": "A Jenkins step with browser tests", "added": "A Redis cache"}
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", **new) == {}
    said = (await requested.stage.ask("/devops show 1", user="ada")).text
    assert "keyspace, created by Terraform → A Jenkins" not in said
