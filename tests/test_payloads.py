"""Whatever arrives, reading it never breaks; and nothing that a person typed is taken for something else."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import payloads
from handlers.payloads import parse

FORM = "application/x-www-form-urlencoded"
READERS = (payloads.command, payloads.action, payloads.submission, payloads.shortcut, payloads.event)
#: Every key that Slack's payloads have where the readers look, so that drawn payloads get past the first look.
KEYS = st.sampled_from(
    [
        "actions",
        "action_id",
        "value",
        "selected_option",
        "selected_user",
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


@pytest.mark.parametrize("read", READERS)
@given(body=OBJECTS)
def test_readers_take_any_object_and_give_bounded_text(read: Any, body: dict[str, Any]) -> None:
    for value in asdict(read(body)).values():
        texts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        assert all(isinstance(each, bool) or (isinstance(each, str) and len(each) <= 8000) for each in texts)


@given(actions=ANY_JSON, container=ANY_JSON)
def test_a_button_that_is_none(actions: Any, container: Any) -> None:
    assert isinstance(payloads.action({"actions": actions, "container": container}).action_id, str)


@given(values=ANY_JSON, view=ANY_JSON)
def test_a_modal_that_is_none(values: Any, view: Any) -> None:
    for body in ({"view": {"state": {"values": values}}}, {"view": view}, {"view": {"state": values}}):
        assert all(isinstance(each, str) for each in payloads.submission(body).values.values())


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
        ({}, False),
    ],
)
def test_only_people_are_answered(inner: dict[str, Any], is_from_person: bool) -> None:
    assert payloads.event({"event": inner}).is_from_person is is_from_person


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


@given(text=st.text(max_size=60))
def test_a_command_keeps_its_words(text: str) -> None:
    body = parse(urlencode({"command": "/whoowns", "text": text}).encode(), FORM)
    assert payloads.command(body).text == text


@given(content=OBJECTS)
def test_an_interaction_keeps_its_payload(content: dict[str, Any]) -> None:
    sent = orjson.dumps(content)
    assert parse(urlencode({"payload": sent}).encode(), FORM) == json.loads(sent)
