"""What is read of a thread, and what only looks like words in it."""

from __future__ import annotations

import pytest

from bot.domain.backlog import drafts, technologies, threads
from bot.domain.backlog.drafts import Draft


def draft(text: str, *, user: str = "U1") -> Draft:
    message = {"user": user, "ts": "1760000000.000100", "text": text}
    return drafts.draft(threads.read({"messages": [message]}), technologies.known())


def named(found: Draft) -> list[str]:
    return [each.value for each in found.technologies]


@pytest.mark.parametrize(
    "place", ["#redis", "<#C123|redis>", "#redis-help", "#ask_redis", "#redis.", "(#redis)", "#redis, #kafka"]
)
def test_a_channel_is_a_place_and_no_technology(place: str) -> None:
    assert named(draft(f"We need a Postgres database, as we said in {place}")) == ["postgresql"]


@pytest.mark.parametrize("said", ["bis zum 15. Januar", "spätestens am 15. Januar, bitte"])
def test_a_day_with_a_dot_ends_no_sentence(said: str) -> None:
    found = draft(f"Wir brauchen eine Queue {said}.").needed_by
    assert found is not None
    assert (found.day.month, found.day.day) == (1, 15)


def test_what_a_channel_is_called_is_not_asked_for() -> None:
    assert draft("Please write that in #pipelines.").items == ()
    [asked] = draft("Please ask in <#C1|redis> first. We need a queue.").items
    assert asked.why == "We need a queue."


@pytest.mark.parametrize("said", ["We need a C# library.", "We need a library in C#/.NET."])
def test_a_language_with_a_number_sign_is_no_channel(said: str) -> None:
    assert "csharp" in named(draft(said))


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\u202e", "\u0000", "&#8203;"])
def test_a_character_that_nobody_sees_hides_no_name(unseen: str) -> None:
    found = draft(f"We n{unseen}eed a Post{unseen}gres data{unseen}base for `re{unseen}dis`.")
    assert (named(found), [item.title for item in found.items]) == (
        ["postgresql", "redis"],
        ["A Postgres database for `redis`"],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_whatever_ends_a_line_ends_a_sentence(end: str) -> None:
    assert len(draft(f"We need a Postgres database{end}We need a Kafka topic").items) == 2


def test_slackbot_asks_for_nothing() -> None:
    assert draft("We need a Redis cache.", user="USLACKBOT").items == ()
    assert len(draft("We need a Redis cache.").items) == 1
