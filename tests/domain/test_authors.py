"""Who wrote a message in Slack, wherever it is asked: in an event, in a thread that is read, in a saved document."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import authors

ASKED = {"type": "message", "user": "U1", "text": "We need a Redis cache.", "ts": "1760000000.000100"}


@pytest.mark.parametrize("kind", [{}, {"subtype": None}, {"subtype": "file_share"}, {"subtype": "me_message"}])
def test_a_person_writes(kind: dict[str, Any]) -> None:
    assert authors.is_from_person(ASKED | kind)


@pytest.mark.parametrize(
    "kind",
    [
        {"user": "USLACKBOT"},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"app_id": "A1"},
        {"hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "tombstone", "user": "USLACKBOT"},
        {"subtype": ["file_share"]},
    ],
)
def test_what_no_person_wrote(kind: dict[str, Any]) -> None:
    assert not authors.is_from_person(ASKED | kind)


def test_slackbot_is_a_bot_though_slack_does_not_say_so() -> None:
    assert authors.is_bot({"id": "USLACKBOT", "is_bot": False})
    assert authors.is_bot({"id": "U1", "is_bot": True})
    assert not authors.is_bot({"id": "U1", "is_bot": False})
