"""What somebody is shown in private has no button that then tells them that they may not press it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.blocks.eol import actions as eol_ids
from bot.playground._state import blocks_of, elements
from bot.playground.fake_slack import MessageRef, PostedMessage, View, ViewRef
from handlers import dispatch
from tests.slack import scenes
from tests.slack.conftest import Stage, read_only
from tests.slack.test_disputes import asked_from_answer
from tests.slack.test_eol_answers import copied
from tests.slack.test_every_button import catalog_admins, devops_team, platform_channel, public_url
from tests.slack.test_whoowns import buttons

__all__ = ["catalog_admins", "devops_team", "platform_channel", "public_url"]

#: A guest, strangers, a manager, an owner in person, people of three teams, a lead and a catalog admin.
ROLES = ("gus", "zoe", "mona", "pia", "solo", "lin", "grace", "ada", "eve")
NAMES = ("payments-db", "service:invoices", "ledger", "old-cron", "search-api", "reindex")
COMMANDS = (*(f"/whoowns {name}" for name in NAMES), "/devops list", "/devops rank", "/devops show 1")


def private(stage: Stage, user: str) -> list[PostedMessage]:
    """What one person alone was shown in the channel where they asked."""
    return [each for each in stage.slack.visible_messages(user, "general") if each.ephemeral_for]


def to_press(shown: PostedMessage | View) -> Iterator[tuple[str, str, str | None, str]]:
    """Each button and choice of a message or a view: its action and block, the choice's value, and what it says."""
    for block, element in elements(blocks_of(shown)):
        for option in element.get("options", [None]):
            value = option["value"] if option is not None else None
            yield element["action_id"], block["block_id"], value, (option or element)["text"]["text"]


def is_there(stage: Stage, user: str, shown: PostedMessage, block_id: str, text: str) -> bool:
    """Whether a message still has what says this: another press may have put something else in its place."""
    now = [each for each in private(stage, user) if each.ts == shown.ts]
    return any((block_id, text) == (block, said) for each in now for _, block, _, said in to_press(each))


async def refused(stage: Stage, user: str, stale: set[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Press everything that somebody is shown in private, and in what that shows; return what refused them.

    What they were shown before, by its `stale` stamps, may be over.
    """
    found: list[str] = []
    told: list[Exception] = []
    failure = dispatch.failure

    def noted(error: Exception, *, what: str) -> Any:
        told.append(error)
        return failure(error, what=what)

    monkeypatch.setattr(dispatch, "failure", noted)
    seen: set[tuple[str, str | None, str]] = set()
    for _ in range(2):
        for shown in [each for each in private(stage, user) if each.ts not in stale]:
            for action_id, block_id, value, text in list(to_press(shown)):
                if (action_id, value, text) in seen or not is_there(stage, user, shown, block_id, text):
                    continue
                seen.add((action_id, value, text))
                told.clear()
                where = MessageRef(shown.channel, shown.ts)
                await stage.slack.act(user, where, action_id, block_id=block_id, value=value)
                await stage.settle()
                for view in [each for each in stage.slack.view_stack(user) if not each.payload.get("submit")]:
                    for below, block, choice, said in list(to_press(view)):
                        if said not in [each[-1] for each in to_press(stage.slack.view_stack(user)[-1])]:
                            continue
                        await stage.slack.act(user, ViewRef(view.id), below, block_id=block, value=choice)
                        await stage.settle()
                stage.slack.workspace.drop_views(stage.slack.workspace.user(user).id)
                found += [f"{user} [{text}]: {each}" for each in told if type(each).__name__ == "NotAllowedError"]
    monkeypatch.setattr(dispatch, "failure", failure)
    return found


@read_only
@pytest.mark.parametrize(
    "scene",
    [scenes.answers, scenes.claims, scenes.disputes, scenes.releases, scenes.requests],
    ids=lambda each: each.__name__,
)
async def test_nobody_is_shown_in_private_what_refuses_them(
    stage: Stage, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scenes.begin(stage)
    await scene(stage)
    found: list[str] = []
    for user in ROLES:
        stale = {each.ts for each in private(stage, user)}
        for command in COMMANDS:
            await stage.slack.run_command(user, "general", command)
            await stage.settle()
        found += await refused(stage, user, stale, monkeypatch)
    assert found == []


@read_only
async def test_a_bystander_reads_a_dispute_and_whom_to_ask(stage: Stage) -> None:
    await scenes.begin(stage)
    await scenes.disputes(stage)
    answer = await stage.ask("/whoowns service:invoices", user="zoe")
    assert "See the dispute" in buttons(answer)
    assert "Press *End the dispute*" not in answer.text
    shown = await asked_from_answer(stage, "service:invoices", user="zoe")
    assert not buttons(shown)
    assert "Only members of Payments and Platform and their leads, or a catalog admin, can decide that" in shown.text
    assert "Nothing changes until" not in shown.text


@read_only
async def test_each_side_is_shown_what_it_may_say(stage: Stage) -> None:
    await scenes.begin(stage)
    await scenes.disputes(stage)
    for user, said in (
        ("lin", ["It is Payments'", "Let a catalog admin decide"]),
        ("grace", ["It is Payments'", "It is Platform's", "Let a catalog admin decide"]),
        ("eve", ["It is Payments'", "It is Platform's"]),
    ):
        assert list(buttons(await asked_from_answer(stage, "service:invoices", user=user))) == said, user


@read_only
async def test_whoever_cannot_answer_a_reminder_is_shown_it_without_the_answers(stage: Stage) -> None:
    await scenes.begin(stage)
    await scenes.plans(stage)
    opened = {"type": "button", "action_id": eol_ids.OPEN, "text": {"type": "plain_text", "text": "Open"}}
    lent = await copied(stage, "general", [{"type": "actions", "elements": [opened | {"value": "1"}]}])
    for user, some, none in (
        ("zoe", ["Explain"], "Change plan…"),
        ("grace", ["Application is compatible", "Explain"], "Change plan…"),
        ("lin", ["Change plan…", "Explain"], "Acknowledge"),
    ):
        await stage.press(lent, eol_ids.OPEN, user=user)
        shown = buttons(stage.slack.visible_messages(user, "general")[-1])
        assert set(some) <= set(shown), (user, list(shown))
        assert none not in shown, user
