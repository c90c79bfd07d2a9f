"""Words that people type, in all that is said about a request: they do nothing, are read as typed, and are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.text import escape
from tests.blocks.foreign import mrkdwn, unexpected_markup
from tests.slack.conftest import Stage, read_only
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_steps import Requested, another, devops_team
from tests.slack.test_requests import element, form, submit, thread

__all__ = ["devops_team"]

NASTY = "R&D <!channel> *x* _y_ `z` <@U0STRANGER> 😀"
EMOJI = "😀&<" * 50
_ESCAPES = re.compile("&(?:amp|lt|gt);|[＊＿｀]")
#: What Slack takes at most, by the key under which a text stands.
_LIMITS = {"accessibility_label": 75, "alt_txt": 2_000, "private_metadata": 3_000}
_OBJECTS = {"plain_text": 2_000, "mrkdwn": 3_000}


def objects(payload: Any) -> Iterator[dict[str, Any]]:
    """Every object of what was sent; some arguments are JSON in a text."""
    if isinstance(payload, str) and payload[:1] in ("{", "["):
        yield from objects(json.loads(payload))
    elif isinstance(payload, dict):
        yield payload
        for key, value in payload.items():
            if key != "private_metadata":
                yield from objects(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from objects(value)


def sent(stage: Stage) -> list[dict[str, Any]]:
    """Every object of what Baton has called Slack with, and of its messages, some of which are answers to a command."""
    bot, every = stage.slack.workspace.bot_user_id, stage.slack.workspace.messages.values()
    ours = [each for channel in every for each in channel.values() if each.user == bot]
    given = [dict(call.arguments) for call in stage.slack.calls]
    given += [{"text": each.text, "blocks": each.blocks} for each in ours]
    return [each for one in given for each in objects(one)]


def plain_texts(found: list[dict[str, Any]]) -> list[str]:
    """Every text of which Slack reads no markup."""
    texts = [each["text"] for each in found if each.get("type") == "plain_text"]
    keys = ("accessibility_label", "alt_txt", "initial_value")
    return texts + [each[key] for each in found for key in keys if key in each]


def units(text: str) -> int:
    """How long a text is in JavaScript, which Slack may well count as: an emoji counts as two."""
    return len(text.encode("utf-16-le")) // 2


def assert_harmless(stage: Stage, words: str) -> None:
    """Nothing that was sent pings anybody, shows an escape, or is longer than Slack takes; the words are among it."""
    found = sent(stage)
    known = frozenset(stage.slack.workspace.users) | frozenset(stage.slack.workspace.channels)
    said = plain_texts(found)
    assert any(words in each for each in said)
    assert [each for each in said if _ESCAPES.search(each)] == []
    marked = [text for each in found for text in mrkdwn(each)]
    assert any(escape(words) in each for each in marked)
    assert [each for each in marked if unexpected_markup(each, ids=known) or "&amp;amp;" in each] == []
    for each in found:
        for key, limit in _LIMITS.items():
            assert units(str(each.get(key, ""))) <= limit, (key, each)
        if isinstance(each.get("text"), str) and each.get("type") in _OBJECTS:
            assert units(each["text"]) <= _OBJECTS[each["type"]], each
        if each.get("type") == "button":
            assert units(each["text"]["text"]) <= 75
        for choice in each.get("options", ()):
            assert units(choice["text"]["text"]) <= 75


@pytest.mark.parametrize("words", [NASTY, EMOJI], ids=["markup", "emoji"])
async def test_what_is_typed_into_forms(stage: Stage, words: str) -> None:
    other = await another(stage)
    root = await thread(stage, "We need a Kafka topic for the sessions, devops please.")
    await form(stage, root, is_whole=True)
    typed = (ids.TITLE, f"{ids.ITEM}.0", ids.ADDED, ids.DETAILS, ids.NEEDED_REASON)
    said = dict.fromkeys(typed, words)
    said |= {ids.NEEDED_BY: "2026-12-28", ids.OTHER_TECHNOLOGIES: words, ids.BLOCKED: "1"}
    assert await submit(stage, values=said) == {}
    await posted(stage, "payments")
    its = Requested(stage, root, 2)
    await its.press(its.card, ids.CHANGE, user="grace")
    await its.press(its.triage, ids.ESTIMATE, user="lin")
    assert await its.fill("lin", optimistic="1", likely="2", pessimistic="3") == {}
    await its.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    await its.press(its.triage, ids.ASK, user="omar")
    assert await its.fill("omar", words=words) == {}
    await its.press(its.card, ids.REPLY, user="grace")
    assert await its.fill("grace", words=words) == {}
    await its.press(its.triage, ids.DELIVER, user="omar")
    assert await its.fill("omar", words=words) == {}
    await its.press(its.card, ids.NOT_YET, user="grace")
    assert await its.fill("grace", words=words, left=["0"]) == {}
    for command in ("list", "rank", "mine", "show 2", "why 2", "picture"):
        await stage.slack.run_command("lin", "general", f"/devops {command}")
        await stage.settle()
    await form(stage, root)
    for user in ("grace", "lin"):
        await stage.slack.open_home(user)
        await stage.settle()
    assert_harmless(stage, words[:20])


@read_only
async def test_what_is_said_in_a_thread_is_read_as_it_was_typed(stage: Stage) -> None:
    root = await thread(stage, "We need a Kafka topic for R&D, devops please.")
    view = await form(stage, root, is_whole=True)
    for field in (ids.TITLE, f"{ids.ITEM}.0"):
        shown = element(view, field)["initial_value"]
        assert "R&D" in shown
        assert not _ESCAPES.search(shown)


@read_only
async def test_what_is_typed_behind_the_command_is_read_as_it_was_typed(stage: Stage) -> None:
    await stage.slack.run_command("grace", "general", "/devops a Kafka topic for R&D <!channel>")
    await stage.settle()
    assert "R&D" in element(stage.slack.view_stack("grace")[-1], ids.TITLE)["initial_value"]
    said = await stage.ask("/devops list R&amp;D")  # as Slack escapes what it sends
    assert "I do not know `/devops list R&amp;D`." in said.text


@pytest.mark.parametrize(
    "words", ["a Kafka topic for " + "R&D<" * 75, "a Kafka topic for " + "😀" * 150], ids=["long", "emoji"]
)
async def test_what_is_long_is_cut(stage: Stage, words: str) -> None:
    await stage.slack.run_command("grace", "general", f"/devops {words}")
    await stage.settle()
    view = stage.slack.view_stack("grace")[-1]
    assert units(element(view, ids.TITLE)["initial_value"]) <= 150
    kind = {} if f"{ids.ITEM}.0" in str(view.payload["blocks"]) else {ids.ITEM_TYPE: "infrastructure"}
    assert await submit(stage, values={ids.BLOCKED: "1", **kind}) == {}
    for command in ("list", "rank", "show 1", "why 1", "picture"):
        await stage.slack.run_command("lin", "general", f"/devops {command}")
        await stage.settle()
    assert_harmless(stage, "Kafka topic")


async def test_the_copied_words_are_those_that_were_typed(stage: Stage) -> None:
    root = await thread(stage, "We need a Kafka topic for R&D, devops please.")
    await form(stage, root)
    assert await submit(stage) == {}
    assert (await Requested(stage, root).row()).copied == "We need a Kafka topic for R&D, devops please."
