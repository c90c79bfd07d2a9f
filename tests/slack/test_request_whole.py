"""Two teams' requests for the same thing, over the wire: what each of them reads, is asked, and answers for itself."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from tests.slack.test_eol_answers import options_of, posted
from tests.slack.test_request_steps import Requested, another, devops_team, requested
from tests.slack.test_requests import form, submit, thread

__all__ = ["devops_team", "requested"]


class TestDuplicateOf:
    async def test_the_likeliest_comes_first_and_each_has_its_team(self, requested: Requested) -> None:
        stage = requested.stage
        await another(stage)
        root = await thread(stage, "We need another Redis cluster.", user="solo")
        await form(stage, root, user="solo")
        assert await submit(stage, "solo", {ids.TITLE: "Another Redis cluster"}) == {}
        await posted(stage, "payments")
        last = Requested(stage, root, 3)
        await last.press(last.triage, ids.MORE, user="lin", word=ids.MERGE)
        options = options_of(stage.slack.view_stack("lin")[-1], ids.INTO)
        assert [each["value"] for each in options] == ["2", "1"], "Redis clusters are alike"
        assert [each["description"]["text"] for each in options] == ["for Search", "for Payments"]
