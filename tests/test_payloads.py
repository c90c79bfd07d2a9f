"""Whatever arrives, reading it never breaks; and nothing that a person typed is taken for something else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers import payloads
from handlers.payloads import parse

FORM = "application/x-www-form-urlencoded"
READERS = (payloads.command, payloads.action, payloads.submission, payloads.shortcut, payloads.event)
LOOKS = (payloads.kind_of, payloads.view_id_of, payloads.first_input_of)
#: Every key that Slack's payloads have where the readers look, so that drawn payloads get past the first look.
KEYS = st.sampled_from(
    [
        "actions",
        "action_id",
        "value",
        "selected_option",
        "selected_user",
        "selected_options",
        "selected_users",
        "selected_date_time",
        "rich_text_value",
        "files",
        "elements",
        "blocks",
        "block_id",
        "attachments",
        "container",
        "message",
        "user",
        "channel",
        "view",
        "state",
        "values",
        "id",
        "event",
        "event_id",
        "type",
        "text",
        "ts",
        "thread_ts",
        "message_ts",
        "bot_id",
        "subtype",
        "channel_type",
        "callback_id",
        "private_metadata",
        "response_url",
        "trigger_id",
        "command",
        "user_id",
        "channel_id",
        "is_ephemeral",
        "block",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=8)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=5)
)
OBJECTS = st.dictionaries(KEYS | st.text(max_size=3), ANY_JSON, max_size=12)


def texts_of(value: Any) -> Iterator[str]:
    """Every text that a reader keeps, in whatever it keeps it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from (key, *texts_of(each))
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, float):
        assert 0 <= value < 1e11
    elif not isinstance(value, bool):
        assert isinstance(value, str)
        yield value


def assert_read(read: Any, body: dict[str, Any]) -> None:
    found = read(body)
    if blocks := getattr(found, "blocks", ()):
        # They go back to Slack as they came, and nothing else is done with them.
        assert len(blocks) <= 100
        assert all(isinstance(each, dict) for each in blocks)
        found = replace(found, blocks=())
    texts = list(texts_of(found if read in LOOKS else asdict(found)))
    assert len(texts) <= 100 * 102 + 20
    assert all(len(each) <= 8000 for each in texts)


@pytest.mark.parametrize("read", [*READERS, *LOOKS])
@given(body=OBJECTS)
def test_readers_take_any_object_and_give_bounded_text(read: Any, body: dict[str, Any]) -> None:
    assert_read(read, body)


def deep(kind: type) -> Any:
    """A thousand lists, or objects, each within the next."""
    nested: Any = "bottom"
    for number in range(1000):
        nested = [nested] if kind is list else {("values", "elements", "view", "message")[number % 4]: nested}
    return nested


ODD = [None, -1, [], {}, [-1], [None], "U1", True, 1e308, "x" * 1_000_000, ["x"] * 100_000, deep(list), deep(dict)]
#: Where the readers look, as paths into a payload.
PLACES = [
    ("actions", 0, "action_ts"),
    ("event", "event_ts"),
    ("view",),
    ("view", "blocks"),
    ("view", "blocks", 0, "block_id"),
    ("view", "state"),
    ("view", "state", "values"),
    ("view", "state", "values", "b"),
    ("view", "state", "values", "b", "a"),
    ("view", "state", "values", "b", "a", "selected_options"),
    ("view", "state", "values", "b", "a", "rich_text_value"),
    ("view", "state", "values", "b", "a", "selected_date_time"),
    ("view", "private_metadata"),
    ("actions",),
    ("actions", 0),
    ("actions", 0, "selected_users"),
    ("actions", 0, "selected_option"),
    ("actions", 0, "action_id"),
    ("user",),
    ("user", "id"),
    ("channel",),
    ("container",),
    ("message",),
    ("message", "text"),
    ("message", "blocks"),
    ("message", "attachments", 0, "fields"),
    ("event",),
    ("event", "user"),
    ("event", "subtype"),
    ("event", "text"),
    ("type",),
    ("text",),
    ("trigger_id",),
]


def payload_with(place: tuple[str | int, ...], odd: Any) -> dict[str, Any]:
    whole: Any = odd
    for step in reversed(place):
        whole = {step: whole} if isinstance(step, str) else [whole]
    if isinstance(whole, dict) and "view" in whole and isinstance(whole["view"], dict):
        whole["view"].setdefault("type", "modal")
    assert isinstance(whole, dict)
    return whole


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_a_malformed_form_is_read_as_an_empty_one_at_once(place: tuple[str | int, ...]) -> None:
    for odd in ODD:
        body = payload_with(place, odd)
        for read in (*READERS, *LOOKS):
            began = time.perf_counter()
            assert_read(read, body)
            assert time.perf_counter() - began < 1


@given(actions=ANY_JSON, container=ANY_JSON)
def test_a_button_that_is_none(actions: Any, container: Any) -> None:
    assert isinstance(payloads.action({"actions": actions, "container": container}).action_id, str)


@given(values=ANY_JSON, view=ANY_JSON)
def test_a_modal_that_is_none(values: Any, view: Any) -> None:
    for body in ({"view": {"state": {"values": values}}}, {"view": view}, {"view": {"state": values}}):
        assert all(isinstance(each, str) for each in payloads.submission(body).values.values())


RICH_TEXT = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "this is ok"}]},
        {
            "type": "rich_text_list",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "ok"}]}],
        },
    ],
}


@pytest.mark.parametrize(
    ("element", "choices"),
    [
        ({"type": "multi_static_select", "selected_options": [{"value": "a"}, {"value": "b"}]}, ("a", "b")),
        ({"type": "checkboxes", "selected_options": []}, ()),
        ({"type": "checkboxes", "selected_options": [{"text": {"text": "A"}, "value": "a"}]}, ("a",)),
        ({"type": "multi_users_select", "selected_users": ["U1", "U2"]}, ("U1", "U2")),
        ({"type": "multi_channels_select", "selected_channels": ["C1"]}, ("C1",)),
        ({"type": "multi_conversations_select", "selected_conversations": ["C1", "D1"]}, ("C1", "D1")),
        ({"type": "static_select", "selected_option": {"value": "one"}}, ("one",)),
        ({"type": "radio_buttons", "selected_option": None}, ()),
        ({"type": "datepicker", "selected_date": "2026-03-03"}, ("2026-03-03",)),
        ({"type": "timepicker", "selected_time": "09:30", "timezone": "Europe/London"}, ("09:30",)),
        ({"type": "datetimepicker", "selected_date_time": 1764300000}, ("1764300000",)),
        ({"type": "datetimepicker", "selected_date_time": None}, ()),
        ({"type": "number_input", "value": "12.5"}, ("12.5",)),
        ({"type": "plain_text_input", "value": "typed"}, ("typed",)),
        ({"type": "rich_text_input", "rich_text_value": RICH_TEXT}, ("this is ok\nok",)),
        ({"type": "file_input", "files": [{"id": "F1", "name": "a.csv"}, {"id": "F2"}]}, ("F1", "F2")),
        ({"type": "overflow", "selected_option": {"text": {}, "value": "archive"}}, ("archive",)),
        ({"type": "multi_users_select", "selected_users": ["U1", None, 7, ["U2"], ""]}, ("U1", "7")),
        ({"type": "datetimepicker", "selected_date_time": True}, ()),
        ({"type": "datetimepicker", "selected_date_time": 10**400}, ()),
    ],
)
def test_all_that_is_chosen_in_an_element(element: dict[str, Any], choices: tuple[str, ...]) -> None:
    found = payloads.submission({"view": {"state": {"values": {"field": {"field.id": element}}}}})
    assert found.choices == {"field": choices}
    assert found.values == {"field": choices[0] if choices else ""}
    pressed = payloads.action({"actions": [{"action_id": "a", **element}]})
    assert pressed.value == (choices[0] if choices else "")


def test_a_block_of_several_elements_keeps_what_is_chosen_in_each() -> None:
    block = {"a": {"selected_users": ["U1"]}, "b": {"value": None}, "c": {"value": "x"}}
    found = payloads.submission({"view": {"state": {"values": {"field": block}}}})
    assert (found.values, found.choices) == ({"field": "U1"}, {"field": ("U1", "x")})


def test_forms_are_bounded() -> None:
    element = {"selected_users": ["U" * 5000] * 300}
    blocks = {f"block-{number}": {"a": element} for number in range(300)} | {"b" * 256: {"a": element}}
    found = payloads.submission({"view": {"state": {"values": blocks}}})
    assert len(found.choices) == len(found.values) == 100
    assert {(len(each), len(each[0])) for each in found.choices.values()} == {(100, 4000)}


def test_a_reaction_is_about_a_message_and_is_the_same_when_it_is_given_again() -> None:
    item = {"type": "message", "channel": "C1", "ts": "1.2"}
    inner = {"type": "reaction_added", "user": "U1", "reaction": "devops-request", "item": item}
    event = payloads.event({"event_id": "Ev1", "event": inner})
    assert (event.channel_id, event.ts, event.reaction, event.user_id) == ("C1", "1.2", "devops-request", "U1")
    assert payloads.event({"event_id": "Ev2", "event": inner}).event_id == event.event_id
    assert payloads.event({"event_id": "Ev1", "event": {**inner, "user": "U2"}}).event_id != event.event_id


def test_text_is_bounded() -> None:
    assert len(payloads.command({"text": "x" * 5000}).text) == 4000


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"value": "typed"}, "typed"),
        ({"value": None}, ""),
        ({"selected_option": {"value": "chosen", "text": {}}}, "chosen"),
        ({"selected_option": None}, ""),
        ({"selected_user": "U1"}, "U1"),
        ({"selected_conversation": "C1"}, "C1"),
        ({"selected_date": "2026-03-03"}, "2026-03-03"),
    ],
)
def test_what_was_typed_or_chosen(element: dict[str, Any], value: str) -> None:
    body = {"view": {"state": {"values": {"field": {"field.id": element}}}}}
    assert payloads.submission(body).values == {"field": value}
    assert payloads.action({"actions": [{"action_id": "a", **element}]}).value == value


@pytest.mark.parametrize(
    ("inner", "is_from_person"),
    [
        ({"user": "U1"}, True),
        ({"user": "U1", "bot_id": "B1"}, False),
        ({"user": "U1", "subtype": "message_changed"}, False),
        ({"user": "U1", "subtype": "file_share"}, True),
        ({"user": "U1", "subtype": "thread_broadcast"}, True),
        ({"user": "U1", "subtype": "me_message"}, True),
        ({"user": "U1", "subtype": None}, True),
        ({"user": "U1", "subtype": "file_share", "bot_id": "B1"}, False),
        ({"user": "U1", "subtype": "file_share", "app_id": "A1"}, False),
        ({"user": "U1", "bot_profile": {"id": "B1"}}, False),
        ({"user": "U1", "subtype": "bot_message"}, False),
        ({"user": "U1", "subtype": "message_deleted"}, False),
        ({"user": "U1", "subtype": "message_replied"}, False),
        ({"user": "U1", "subtype": "channel_topic"}, False),
        ({"user": "U1", "subtype": "document_mention"}, False),
        ({"user": "U1", "subtype": ["file_share"]}, False),
        ({"user": "U1", "subtype": "file_share", "hidden": True}, False),
        ({"subtype": "channel_join", "user": "U1"}, False),
        ({"user": {"id": "U1"}}, False),
        ({"user": "USLACKBOT"}, False),
        ({}, False),
    ],
)
def test_only_people_are_answered(inner: dict[str, Any], is_from_person: bool) -> None:
    assert payloads.event({"event": inner}).is_from_person is is_from_person


def test_slackbot_joins_as_a_bot() -> None:
    joined = payloads.change({"event": {"type": "team_join", "user": {"id": "USLACKBOT", "is_bot": False}}})
    assert joined.seems is not None
    assert joined.seems.is_bot


CONTENT_TYPES = st.sampled_from(["application/json", FORM, "text/plain", ""]) | st.text(max_size=5)


@given(raw=st.binary(max_size=200), content_type=CONTENT_TYPES)
def test_any_bytes_are_an_object_or_a_value_error(raw: bytes, content_type: str) -> None:
    try:
        body = parse(raw, content_type)
    except ValueError:
        return
    assert isinstance(body, dict)


@given(content=ANY_JSON)
def test_json_that_is_no_object_is_refused(content: Any) -> None:
    raw = orjson.dumps(content)
    for sent, content_type in ((raw, "application/json"), (urlencode({"payload": raw}).encode(), FORM)):
        if isinstance(content, dict):
            assert parse(sent, content_type) == orjson.loads(raw)
        else:
            with pytest.raises(ValueError):
                parse(sent, content_type)


def test_deep_nesting_is_a_value_error() -> None:
    with pytest.raises(ValueError):
        parse(b"[" * 100_000, "application/json")


@pytest.mark.parametrize("text", ["payload", "payload=1", 'payload={"type":"block_actions"}', "&payload=%7B%7D", ""])
def test_a_command_about_a_payload_is_still_a_command(text: str) -> None:
    body = parse(urlencode({"command": "/whoowns", "text": text, "user_id": "U1"}).encode(), FORM)
    command = payloads.command(body)
    assert (command.name, command.text, command.user_id) == ("/whoowns", text, "U1")


FORMS = st.lists(st.sampled_from(["command", "text", "=", "&", "+", "%20", "%C3", "%A9", "%", "é", "a"]), max_size=12)


@given(pieces=FORMS)
def test_a_form_is_read_as_pythons_own_reader_does(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert parse(text.encode(), FORM) == dict(parse_qsl(text, keep_blank_values=True))


def test_of_a_field_that_comes_twice_the_last_counts() -> None:
    for name, said in (("payload", ('{"a": 1}', '{"a": 2}')), ("command", ("/whoowns", "/eol"))):
        assert parse(urlencode([(name, each) for each in said]).encode(), FORM) in ({"a": 2}, {"command": "/eol"})


@given(text=st.text(max_size=60))
def test_a_command_keeps_its_words(text: str) -> None:
    body = parse(urlencode({"command": "/whoowns", "text": text}).encode(), FORM)
    assert payloads.command(body).text == text.replace("\0", "")


@given(content=OBJECTS)
def test_an_interaction_keeps_its_payload(content: dict[str, Any]) -> None:
    sent = orjson.dumps(content)
    assume(b"\\u0000" not in sent)
    assert parse(urlencode({"payload": sent}).encode(), FORM) == json.loads(sent)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (rb'{"text": "a\u0000b\u0000"}', {"text": "ab"}),
        (rb'{"te\u0000xt": ["\\u0000", "\\\u0000", "\"\u0000"]}', {"text": ["\\u0000", "\\", '"']}),
        (rb'{"text": "\u0000\ud83d"}', {"text": "?"}),
    ],
)
def test_what_no_database_stores_is_left_out(raw: bytes, said: dict[str, str]) -> None:
    assert parse(raw, "application/json") == said
    assert parse(urlencode({"payload": raw}).encode(), FORM) == said
    assert parse(b"command=%2Feol&text=a%00b\0", FORM) == {"command": "/eol", "text": "ab"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (rb'{"text": "down \ud83d"}', {"text": "down ?"}),
        (rb'{"text": "\uDE00\ud83d\ude00"}', {"text": "?\U0001f600"}),
        (rb'{"text": "\\ud83d"}', {"text": "\\ud83d"}),
        ('{"text": "Ü"}'.encode(), {"text": "Ü"}),
    ],
)
def test_half_a_character_spoils_nothing(raw: bytes, said: dict[str, str]) -> None:
    assert parse(raw, "application/json") == said
    assert parse(urlencode({"payload": raw}).encode(), FORM) == said


@pytest.mark.parametrize("raw", [rb'{"a": "\ud83d"', b'["\\ud83d"' + b"[" * 100_000, rb'{"\ud83d": NaN}', b"[\xff]"])
def test_what_is_no_json_stays_none(raw: bytes) -> None:
    with pytest.raises(ValueError):
        parse(raw, "application/json")
