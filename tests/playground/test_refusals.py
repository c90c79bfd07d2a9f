"""Every limit has a case just inside and a case just outside; outside, the JSON pointer names the culprit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_builders import (
    actions,
    button,
    home,
    message,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    section,
    select,
    text_input,
)

from bot.playground._refuse_elements import ALLOWED
from bot.playground.refusals import Refusal, refuse_message, refuse_view

Json = dict[str, Any]


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.test/a.png", "alt_text": "a", **more}


def confirm(**more: Any) -> Json:
    return {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), **more}


def overflow(count: int) -> Json:
    return {"type": "overflow", "action_id": "more", "options": options(count)}


def boxes(count: int) -> Json:
    return {"type": "checkboxes", "action_id": "boxes", "options": options(count)}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def grouped(groups: int, count: int) -> Json:
    each = {"label": plain("Group"), "options": options(count)}
    return {"type": "static_select", "action_id": "pick", "option_groups": [each] * groups}


URL = "https://example.test/"
# what is checked, just inside, just outside, the pointer of the refusal
MESSAGES: list[tuple[str, Json, Json, str]] = [
    ("50 blocks", message(*[section()] * 50), message(*[section()] * 51), "/blocks"),
    ("text 40000", {"text": "x" * 40_000}, {"text": "x" * 40_001}, "/text"),
    ("section text 3000", message(section("x" * 3000)), message(section("x" * 3001)), "/blocks/0/text/text"),
    ("section text 1", message(section("x")), message(section("")), "/blocks/0/text/text"),
    (
        "10 fields",
        message({"type": "section", "fields": [mrkdwn()] * 10}),
        message({"type": "section", "fields": [mrkdwn()] * 11}),
        "/blocks/0/fields",
    ),
    (
        "field 2000",
        message({"type": "section", "fields": [mrkdwn("x" * 2000)]}),
        message({"type": "section", "fields": [mrkdwn("x" * 2001)]}),
        "/blocks/0/fields/0/text",
    ),
    ("section has text", message(section()), message({"type": "section"}), "/blocks/0"),
    (
        "header 150",
        message({"type": "header", "text": plain("x" * 150)}),
        message({"type": "header", "text": plain("x" * 151)}),
        "/blocks/0/text/text",
    ),
    (
        "header is plain",
        message({"type": "header", "text": plain()}),
        message({"type": "header", "text": mrkdwn()}),
        "/blocks/0/text/type",
    ),
    ("context 10", message(context(*[mrkdwn()] * 10)), message(context(*[mrkdwn()] * 11)), "/blocks/0/elements"),
    ("context not empty", message(context(mrkdwn())), message(context()), "/blocks/0/elements"),
    ("context holds images", message(context(image())), message(context(button())), "/blocks/0/elements/0"),
    (
        "actions 25",
        message(actions(*[button(f"a{n}") for n in range(25)])),
        message(actions(*[button(f"a{n}") for n in range(26)])),
        "/blocks/0/elements",
    ),
    ("actions hold no image", message(actions(button())), message(actions(image())), "/blocks/0/elements/0"),
    (
        "button text 75",
        message(actions(button(text=plain("x" * 75)))),
        message(actions(button(text=plain("x" * 76)))),
        "/blocks/0/elements/0/text/text",
    ),
    (
        "button text is plain",
        message(actions(button())),
        message(actions(button(text=mrkdwn()))),
        "/blocks/0/elements/0/text/type",
    ),
    (
        "button value 2000",
        message(actions(button(value="x" * 2000))),
        message(actions(button(value="x" * 2001))),
        "/blocks/0/elements/0/value",
    ),
    (
        "url 3000",
        message(actions(button(url=URL + "x" * (3000 - len(URL))))),
        message(actions(button(url=URL + "x" * (3001 - len(URL))))),
        "/blocks/0/elements/0/url",
    ),
    (
        "url is one",
        message(actions(button(url=URL))),
        message(actions(button(url="javascript:alert(1)"))),
        "/blocks/0/elements/0/url",
    ),
    (
        "button style",
        message(actions(button(style="danger"))),
        message(actions(button(style="warning"))),
        "/blocks/0/elements/0/style",
    ),
    (
        "action_id 255",
        message(actions(button("x" * 255))),
        message(actions(button("x" * 256))),
        "/blocks/0/elements/0/action_id",
    ),
    (
        "block_id 255",
        message(section(block_id="x" * 255)),
        message(section(block_id="x" * 256)),
        "/blocks/0/block_id",
    ),
    (
        "action_ids differ in a block",
        message(actions(button("a")), actions(button("a"))),
        message(actions(button("a"), button("a"))),
        "/blocks/0",
    ),
    (
        "block_ids differ",
        message(section(block_id="a"), section(block_id="b")),
        message(section(block_id="a"), section(block_id="a")),
        "/blocks",
    ),
    ("block type", message({"type": "divider"}), message({"type": "marquee"}), "/blocks/0"),
    ("element type", message(actions(button())), message(actions({"type": "slider"})), "/blocks/0/elements/0"),
    ("no other fields", message(section()), message(section(colour="red")), "/blocks/0/colour"),
    (
        "overflow 5",
        message(section(accessory=overflow(5))),
        message(section(accessory=overflow(6))),
        "/blocks/0/accessory/options",
    ),
    (
        "overflow 1",
        message(section(accessory=overflow(1))),
        message(section(accessory=overflow(0))),
        "/blocks/0/accessory/options",
    ),
    (
        "select 100",
        message(actions(select(count=100))),
        message(actions(select(count=101))),
        "/blocks/0/elements/0/options",
    ),
    ("select 1", message(actions(select(count=1))), message(actions(select(count=0))), "/blocks/0/elements/0/options"),
    (
        "groups 100",
        message(actions(grouped(1, 1))),
        message(actions(grouped(0, 1))),
        "/blocks/0/elements/0/option_groups",
    ),
    (
        "options or groups",
        message(actions(grouped(1, 2))),
        message(actions({**grouped(1, 2), "options": options(1)})),
        "/blocks/0/elements/0",
    ),
    (
        "option text 75",
        message(actions({**select(), "options": [option(text="x" * 75)]})),
        message(actions({**select(), "options": [option(text="x" * 76)]})),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value 150",
        message(actions({**select(), "options": [option("x" * 150)]})),
        message(actions({**select(), "options": [option("x" * 151)]})),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "option text is plain in a select",
        message(actions({**boxes(1), "options": [option(text="x") | {"text": mrkdwn()}]})),
        message(actions({**select(), "options": [option(text="x") | {"text": mrkdwn()}]})),
        "/blocks/0/elements/0/options/0/text/type",
    ),
    (
        "initial option is offered",
        message(actions(select(initial_option=option("0", "Option 0")))),
        message(actions(select(initial_option=option("9", "Option 9")))),
        "/blocks/0/elements/0",
    ),
    (
        "placeholder 150",
        message(actions(select(placeholder=plain("x" * 150)))),
        message(actions(select(placeholder=plain("x" * 151)))),
        "/blocks/0/elements/0/placeholder/text",
    ),
    ("checkboxes 10", message(actions(boxes(10))), message(actions(boxes(11))), "/blocks/0/elements/0/options"),
    (
        "confirm title 100",
        message(actions(button(confirm=confirm(title=plain("x" * 100))))),
        message(actions(button(confirm=confirm(title=plain("x" * 101))))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "confirm text 300",
        message(actions(button(confirm=confirm(text=mrkdwn("x" * 300))))),
        message(actions(button(confirm=confirm(text=mrkdwn("x" * 301))))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        "confirm button 30",
        message(actions(button(confirm=confirm(deny=plain("x" * 30))))),
        message(actions(button(confirm=confirm(deny=plain("x" * 31))))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    ("image alt text", message(image()), message(image(alt_text="")), "/blocks/0/alt_text"),
    ("image alt text is there", message(image()), message({"type": "image", "image_url": URL}), "/blocks/0"),
    ("one image source", message(image()), message(image(slack_file={"id": "F1"})), "/blocks/0"),
    ("table rows 100", message(table(100, 1)), message(table(101, 1)), "/blocks/0/rows"),
    ("table columns 20", message(table(1, 20)), message(table(1, 21)), "/blocks/0/rows/0"),
    ("one table", message(table(1, 1)), message(table(1, 1), table(1, 1)), "/blocks"),
    (
        "markdown 12000",
        message({"type": "markdown", "text": "x" * 12_000}),
        message({"type": "markdown", "text": "x" * 12_001}),
        "/blocks/0/text",
    ),
    (
        "markdown together",
        message(*[{"type": "markdown", "text": "x" * 6_000}] * 2),
        message(*[{"type": "markdown", "text": "x" * 6_001}] * 2),
        "/blocks",
    ),
    (
        "rich text element",
        message(rich({"type": "text", "text": "x"}, {"type": "user", "user_id": "U1"})),
        message(rich({"type": "shout", "text": "x"})),
        "/blocks/0/elements/0/elements/0",
    ),
    (
        "rich text link",
        message(rich({"type": "link", "url": URL})),
        message(rich({"type": "link"})),
        "/blocks/0/elements/0/elements/0",
    ),
    ("inputs stand in views", message(section()), message(text_input()), "/blocks/0"),
    (
        "multi selects not in actions",
        message(section(accessory={**select(), "type": "multi_static_select"})),
        message(actions({**select(), "type": "multi_static_select"})),
        "/blocks/0/elements/0",
    ),
    (
        "date",
        message(actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"})),
        message(actions({"type": "datepicker", "action_id": "d", "initial_date": "28.2.2026"})),
        "/blocks/0/elements/0/initial_date",
    ),
    (
        "attachment blocks",
        {"text": "x", "attachments": [{"blocks": [section()]}]},
        {"text": "x", "attachments": [{"blocks": [section("")]}]},
        "/attachments/0/blocks/0/text/text",
    ),
    (
        "attachments 100",
        {"text": "x", "attachments": [{}] * 100},
        {"text": "x", "attachments": [{}] * 101},
        "/attachments",
    ),
]

VIEWS: list[tuple[str, Json, Json, str]] = [
    ("100 blocks", modal(*[section()] * 100), modal(*[section()] * 101), "/view/blocks"),
    ("100 blocks at home", home(*[section()] * 100), home(*[section()] * 101), "/view/blocks"),
    ("title 24", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "/view/title/text"),
    ("title is plain", modal(), modal(title=mrkdwn()), "/view/title/type"),
    ("submit 24", modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("close 24", modal(close=plain("x" * 24)), modal(close=plain("x" * 25)), "/view/close/text"),
    (
        "private_metadata 3000",
        modal(private_metadata="x" * 3000),
        modal(private_metadata="x" * 3001),
        "/view/private_metadata",
    ),
    ("callback_id 255", modal(callback_id="x" * 255), modal(callback_id="x" * 256), "/view/callback_id"),
    (
        "inputs need submit",
        modal(text_input()),
        {k: v for k, v in modal(text_input()).items() if k != "submit"},
        "/view",
    ),
    (
        "label 2000",
        modal({**text_input(), "label": plain("x" * 2000)}),
        modal({**text_input(), "label": plain("x" * 2001)}),
        "/view/blocks/0/label/text",
    ),
    (
        "input placeholder 150",
        modal(text_input(placeholder=plain("x" * 150))),
        modal(text_input(placeholder=plain("x" * 151))),
        "/view/blocks/0/element/placeholder/text",
    ),
    (
        "max_length 3000",
        modal(text_input(max_length=3000)),
        modal(text_input(max_length=3001)),
        "/view/blocks/0/element/max_length",
    ),
    (
        "initial within max_length",
        modal(text_input(max_length=3, initial_value="abc")),
        modal(text_input(max_length=3, initial_value="abcd")),
        "/view/blocks/0/element/initial_value",
    ),
    (
        "no button as input",
        modal({**text_input(), "element": select()}),
        modal({**text_input(), "element": button()}),
        "/view/blocks/0/element",
    ),
    ("no table in a view", modal(section()), modal(table(1, 1)), "/view/blocks/0"),
    ("a home has no title", home(), home(title=plain()), "/view/title"),
    ("a modal has blocks", modal(), {**modal(), "blocks": []}, "/view/blocks"),
    (
        "one focus",
        modal(text_input(focus_on_load=True)),
        modal(text_input(focus_on_load=True), text_input("b", block_id="b", focus_on_load=True)),
        "/view/blocks",
    ),
]


@pytest.mark.parametrize(
    ("inside", "outside", "pointer"), [case[1:] for case in MESSAGES], ids=[case[0] for case in MESSAGES]
)
def test_message_limits(inside: Json, outside: Json, pointer: str) -> None:
    assert refuse_message(inside) == []
    assert pointer in [refusal.pointer for refusal in refuse_message(outside)]


@pytest.mark.parametrize(
    ("inside", "outside", "pointer"), [case[1:] for case in VIEWS], ids=[case[0] for case in VIEWS]
)
def test_view_limits(inside: Json, outside: Json, pointer: str) -> None:
    assert refuse_view(inside) == []
    found = refuse_view(outside)
    assert pointer in [refusal.pointer for refusal in found]
    assert {refusal.code for refusal in found} == {"invalid_arguments"}


@pytest.mark.parametrize(
    "payload", [{}, {"text": ""}, {"text": "  "}, {"blocks": [section()]}, {"text": "", "blocks": [section()]}]
)
def test_a_message_needs_a_text_even_beside_blocks(payload: Json) -> None:
    assert [refusal.code for refusal in refuse_message(payload)] == ["no_text"]


def test_the_codes_are_slacks() -> None:
    assert [one.code for one in refuse_message({"text": "x" * 40_001})] == ["msg_too_long"]
    assert [one.code for one in refuse_message({"text": "x", "blocks": {}})] == []
    assert [one.code for one in refuse_message({"text": "x", "blocks": {"a": 1}})] == ["invalid_blocks_format"]
    assert [one.code for one in refuse_message(message(section("")))] == ["invalid_blocks"]
    assert [*map(str, refuse_message(message(section("x" * 3001))))] == [
        "invalid_blocks: must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_a_view_over_250_kb_is_too_large() -> None:
    blocks = [section("x" * 2900) for _ in range(80)]
    fits, over = modal(*blocks), modal(*blocks, *[section("é" * 2900) for _ in range(10)])
    assert len(json.dumps(fits, ensure_ascii=False).encode()) < 250 * 1024
    assert refuse_view(fits) == []
    assert refuse_view(over)[0].code == "view_too_large"


FIELDS = ["options", "option_groups", "initial_option", "initial_options", "text", "url", "confirm", "min_length"]
FIELDS += ["max_length", "initial_value", "value", "action_id", "image_url", "focus_on_load", "filter", "placeholder"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "options", "element", "accessory", "fields", "rows", "label", "title"]
            ),
            inner
            | st.sampled_from(
                ["section", "actions", "button", "input", "table", "static_select", "rich_text", "plain_text"]
            ),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(values, max_size=4))
@example([{"type": "input", "element": 1}])
def test_nothing_makes_the_checks_fail(blocks: list[Any]) -> None:
    """Whatever is in the blocks, the answer is a list of refusals."""
    for found in (refuse_message({"text": "x", "blocks": blocks}), refuse_view({**modal(), "blocks": blocks})):
        assert all(isinstance(refusal, Refusal) for refusal in found)
        assert found or all(isinstance(block, dict) for block in blocks)


@given(
    st.sampled_from(sorted(set().union(*ALLOWED.values()))),
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=5),
    st.sampled_from(["actions", "section", "input"]),
)
def test_nothing_in_an_element_makes_the_checks_fail(kind: str, fields: Json, block: str) -> None:
    element = {**fields, "type": kind}
    place = {"actions": {"elements": [element]}, "section": {"text": mrkdwn(), "accessory": element}}
    held = {"type": block, **place.get(block, {"label": plain(), "element": element})}
    found = [*refuse_message(message(held)), *refuse_view(modal(held))]
    assert all(isinstance(refusal, Refusal) for refusal in found)
    assert found or block != "input"  # inputs stand in no message
