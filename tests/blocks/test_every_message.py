"""Every message and view that Baton can send: Slack takes it, nobody is pinged, and each button is answered.

A renderer that is missing in `bot.samples` fails `test_every_renderer_is_here`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, get_type_hints

import orjson
import pytest
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

import bot.blocks
from bot.blocks import backlog, eol, handoff, outbox
from bot.blocks.ownership import orphans, releases
from bot.blocks.text import EDITED_TEXT, POSTED_TEXT, Block, Rendered, section, size
from bot.domain.eol.deadlines import LONG_AGO
from bot.playground.refusals import refuse_message, refuse_size, refuse_view
from bot.samples import NASTY, PLAIN, body_of, largest, samples
from handlers import ROUTES
from tests.blocks.test_ownership import assert_inert

#: What messages are made of; whatever is made of it has its samples.
PARTS = {"bot.blocks.text", "bot.blocks.lines", "bot.blocks.backlog.message_parts"}


@cache
def drawn(name: str) -> list[tuple[Callable[..., Any], Rendered | Block]]:
    """The samples with this name, made once, and of those that are alike the first: they take a second to make."""
    found = {(renderer, orjson.dumps(body_of(made))): made for renderer, made in samples(name)}
    return [(renderer, made) for (renderer, _), made in found.items()]


def renderers() -> set[Callable[..., Any]]:
    """Every public function of `bot.blocks` that makes a message or a view; parts of one are no business of Slack's."""
    found = set()
    for info in pkgutil.walk_packages(bot.blocks.__path__, "bot.blocks."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != info.name or info.name in PARTS:
                continue
            if get_type_hints(function).get("return") in (Rendered, Block):
                found.add(function)
    return found


def elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        for each in value.values():
            yield from elements(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from elements(each)


def new(blocks: Iterable[Block], seen: set[bytes]) -> Iterator[Block]:
    """Those that are not among the `seen`, which they are from now on: many messages share most of theirs."""
    for block in blocks:
        written = orjson.dumps(block)
        if written not in seen:
            seen.add(written)
            yield block


def test_every_renderer_is_here() -> None:
    assert renderers() - {renderer for renderer, _ in drawn(PLAIN)} == set()


def test_no_message_dates_what_ended_nobody_knows_when() -> None:
    said = [json.dumps(body_of(made)) for _, made in drawn(PLAIN)]
    assert any("date unknown" in each for each in said)
    assert not [each for each in said if str(LONG_AGO) in each or re.search(r"\b2[0-9](?:\.\d)? years after", each)]


def test_the_largest_samples_are_of_every_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.samples.samples", drawn)
    titles = [title for title, _ in largest()]
    for renderer in renderers():
        name = f"{renderer.__module__.removeprefix('bot.blocks.')}.{renderer.__name__}"
        assert [title for title in titles if title.startswith(f"{name} (")] == [
            f"{name} (nasty names)",
            f"{name} (plain names)",
        ]


#: Messages that change after they were posted.
EDITED = {
    backlog.card,
    backlog.triage,
    backlog.triage_post,
    orphans.heirs_wanted,
    orphans.heir_asked,
    orphans.heir_declined,
    orphans.heir_over,
    orphans.over,
    orphans.settled,
    releases.given_up,
    releases.release_decided,
    releases.release_expired,
    releases.release_wanted,
    releases.review_wanted,
    releases.reviewed,
    releases.taken_by,
    eol.card,
    eol.handed_over,
    eol.closed,
    eol.milestone,
    eol.offer,
    eol.offer_settled,
    eol.waiver_wanted,
    eol.waiver_settled,
    handoff.asked,
    handoff.card,
}
#: What stands around a message of any length is measured with its own.
AROUND = {outbox.moved}


@pytest.mark.parametrize(
    "name",
    [PLAIN, NASTY, "", "\u200b", "x" * 5000, "&" * 5000, "long words & " * 400],
    ids=["plain", "nasty", "empty", "blank", "long", "signs", "words"],
)
def test_slack_takes_everything_and_it_is_short_enough_for_the_way_it_goes(name: str) -> None:
    seen: set[bytes] = set()
    for renderer, made in drawn(name):
        where = renderer.__qualname__
        if isinstance(made, Rendered):
            assert refuse_message(made.as_body()) == [], where
            assert made.text.strip(), where
        else:
            assert refuse_view(made) == [], where
            SdkView(**made).validate_json()
        for block in SdkBlock.parse_all(list(new(body_of(made).get("blocks", ()), seen))):
            assert type(block) is not SdkBlock, (where, "a kind of block that the SDK knows")
            block.validate_json()
        if isinstance(made, Rendered) and renderer not in AROUND:
            most = EDITED_TEXT if renderer in EDITED else POSTED_TEXT
            assert size(made) <= most, (where, size(made))
            assert refuse_size(made.as_body(), "chat.update" if renderer in EDITED else "chat.postMessage") == [], where


def test_the_note_about_where_a_message_could_not_be_posted_leaves_it_short_enough() -> None:
    history = [{"channel": "#" + "x" * 200, "error": "channel_not_found"}] * 9
    text = "x" * 2_900
    whole = Rendered("x" * EDITED_TEXT, [section(text), section("x" * (EDITED_TEXT - len(text)))])
    assert refuse_size(outbox.moved(whole, history).as_body(), "chat.update") == []


def test_nobody_is_pinged_and_no_markup_comes_through() -> None:
    for _, made in drawn(NASTY):
        assert_inert(body_of(made), ids=frozenset({"U12345678", "C012345678"}))


def test_every_button_is_answered_and_every_answer_has_a_button() -> None:
    listened = ROUTES
    buttons, inputs, views = set(), set(), set()
    for _, made in drawn(PLAIN):
        body = body_of(made)
        views |= {body["callback_id"]} if "callback_id" in body else set()
        typed = [block["element"]["action_id"] for block in body.get("blocks", ()) if block["type"] == "input"]
        inputs |= set(typed)
        buttons |= {element["action_id"] for element in elements(body)} - set(typed)
    assert buttons == set(listened.actions)
    assert views == set(listened.submissions)
    assert not inputs & buttons


def test_a_message_about_an_end_of_life_has_every_control_that_it_asks_for() -> None:
    asked = re.compile(r"(?:[Pp]ress|choose) \*(.+?)…?\*|\*(Keep the plan)\*")
    for renderer, made in drawn(PLAIN):
        if not renderer.__module__.startswith("bot.blocks.eol"):
            continue
        written = json.dumps(list(elements(body_of(made))), ensure_ascii=False)
        labels = {label.rstrip("….") for label in re.findall(r'"text": "(.+?)"', written)}
        for found in asked.finditer(made.text if isinstance(made, Rendered) else ""):
            assert (found[1] or found[2]) in labels, f"{renderer.__qualname__}: {found[0]}"
