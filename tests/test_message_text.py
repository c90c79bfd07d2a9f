"""Whatever a message keeps its words in, they are read: each once, and within bounds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from handlers.message_text import MOST_TEXT, pieces
from tests.alerts import ALERTS
from tests.domain.directory_assets import asset

DIRECTORY = Directory.build(
    [
        asset("payments-db", AssetKind.DATABASE),
        asset("checkout"),
        asset("checkout-worker"),
        asset("search-api", AssetKind.API),
        asset("label-printer"),
    ]
)


def named(message: dict[str, Any]) -> list[str]:
    found = [DIRECTORY.get(match.asset_id) for match in DIRECTORY.mentioned(*pieces(message))]
    return [each.name for each in found if each is not None]


@pytest.mark.parametrize(("message", "about"), ALERTS.values(), ids=ALERTS)
def test_an_alert_names_what_it_is_about_and_nothing_else(message: dict[str, Any], about: str) -> None:
    assert message["text"] == ""
    assert named(message) == [about]


def rich(*elements: Any, kind: str = "rich_text_section") -> dict[str, Any]:
    return {"blocks": [{"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}]}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


LISTED = {
    "type": "rich_text_list",
    "style": "bullet",
    "elements": [{"type": "rich_text_section", "elements": [words("label-"), words("printer", bold=True)]}],
}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "the label-printer is slow"},
        {"attachments": [{"title": "label-printer"}]},
        {"attachments": [{"title": "x", "title_link": "https://ci.example.test/x", "pretext": "label-printer: red"}]},
        {"attachments": [{"fallback": "label-printer"}]},
        {"attachments": [{"footer": "label-printer"}]},
        {"attachments": [{"author_name": "label-printer"}]},
        {"attachments": [{"fields": [{"title": "label-printer", "value": ""}]}]},
        {"attachments": [{"fields": [{"title": "App", "value": "label-printer"}]}]},
        {"attachments": [{"actions": [{"type": "button", "text": "Restart label-printer"}]}]},
        {"attachments": [{"message_blocks": [{"message": {"blocks": rich(words("label-printer"))["blocks"]}}]}]},
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "label-printer is <down>"}}]},
        {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "*App*\nlabel-printer"}]}]},
        {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "`label-printer`"}]}]},
        {"blocks": [{"type": "image", "alt_text": "label-printer's latency", "image_url": "https://x.example.test/1"}]},
        {
            "blocks": [
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "Look"},
                    "accessory": {"type": "button", "text": {"type": "plain_text", "text": "label-printer"}},
                }
            ]
        },
        rich(words("label-"), words("printer", bold=True)),
        rich(words("label-printer"), kind="rich_text_preformatted"),
        rich(words("label-printer"), kind="rich_text_quote"),
        {"blocks": [{"type": "rich_text", "elements": [LISTED]}]},
        rich({"type": "link", "url": "https://x.example.test", "text": "label-printer"}),
        {
            "blocks": [
                {
                    "type": "table",
                    "rows": [
                        [{"type": "raw_text", "text": "App"}, {"type": "raw_text", "text": "State"}],
                        [{"type": "raw_text", "text": "label-printer"}, rich(words("red"))["blocks"][0]],
                    ],
                }
            ]
        },
        {"blocks": [{"type": "markdown", "text": "# label-printer"}]},
    ],
)
def test_every_place_that_holds_words_is_read(message: dict[str, Any]) -> None:
    assert named(message) == ["label-printer"]


@pytest.mark.parametrize(
    "address",
    [
        {"attachments": [{"title": "Build", "title_link": "https://git.example.test/acme/shop/runs/7"}]},
        {
            "blocks": [
                {
                    "type": "actions",
                    "elements": [{"type": "button", "text": {}, "url": "https://git.example.test/acme/shop/runs/7"}],
                }
            ]
        },
        rich({"type": "link", "url": "https://git.example.test/acme/shop"}),
        rich({"type": "link", "url": "https://git.example.test/acme/shop", "text": "the repository"}),
    ],
)
def test_addresses_are_read(address: dict[str, Any]) -> None:
    shop = asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://git.example.test/acme/shop",))
    (found,) = Directory.build([shop]).mentioned(*pieces(address))
    assert found.asset_id == shop.id


def test_what_a_button_sends_to_its_own_app_is_no_word_of_the_message() -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Silence"}, "value": "label-printer"}
    assert pieces({"blocks": [{"type": "actions", "elements": [button]}]}) == ("Silence",)


def test_each_word_is_read_once_in_the_order_of_text_attachments_and_blocks() -> None:
    message = {
        "text": "*label-printer* is `down`\nsee <https://x.example.test|here>",
        **rich(words("label-printer", bold=True), words(" is "), words("down", code=True)),
        "attachments": [{"title": "Disk full", "fallback": "Disk full", "footer": "vm-1"}],
    }
    assert pieces(message) == (message["text"], "Disk full", "vm-1")


def test_the_code_of_rich_text_is_quoted_and_a_broadcast_says_nothing() -> None:
    line = rich(
        {"type": "broadcast", "range": "channel"},
        {"type": "user", "user_id": "U1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "emoji", "name": "fire"},
        words(" <a> "),
        words("api", code=True),
    )
    assert pieces(line) == ("<@U1><#C1><!subteam^S1>:fire: &lt;a&gt; `api`",)


def test_no_name_reaches_from_one_piece_into_the_next() -> None:
    assert named({"attachments": [{"title": "Label", "text": "Printer"}]}) == []


def test_text_is_cut_between_words() -> None:
    long = "checkout-worker " * 1000
    (kept,) = pieces({"text": long})
    assert MOST_TEXT - 20 < len(kept) <= MOST_TEXT
    assert set(kept.split()) == {"checkout-worker"}
    assert sum(map(len, pieces({"attachments": [{"text": f"{number} {long}"} for number in range(9)]}))) <= MOST_TEXT


def test_large_and_deep_messages_take_little_time() -> None:
    deep: Any = {"text": "bottom"}
    for _ in range(900):
        deep = {"elements": [deep]}
    wide = {
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"{n} " + "x" * 90}} for n in range(9000)]
    }
    for message in ({"blocks": [deep]}, wide, {"text": "x" * 2_000_000}, {"blocks": [[[]] * 99_999] * 9}):
        began = time.perf_counter()
        found = pieces(message)
        DIRECTORY.mentioned(*found)
        assert time.perf_counter() - began < 1
        assert sum(map(len, found)) <= MOST_TEXT


KEYS = st.sampled_from(
    ["text", "attachments", "blocks", "elements", "fields", "title", "value", "type", "rows", "url", "style", "user_id"]
)
KINDS = st.sampled_from(["rich_text", "rich_text_section", "link", "text", "user", "section", "button", "plain_text"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | KINDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
)


@given(st.dictionaries(KEYS, ANY_JSON, max_size=5))
def test_any_object_is_read(message: dict[str, Any]) -> None:
    found = pieces(message)
    assert all(isinstance(each, str) and each for each in found)
    assert sum(map(len, found)) <= MOST_TEXT
