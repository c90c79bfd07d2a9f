"""Messages that ask for nothing by name, and those that begin like one."""

from __future__ import annotations

from time import process_time

import pytest

from bot.domain.directory.courtesies import Courtesy, courtesy


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, Courtesy.GREETING) for text in ("hi", "Hello there!", ":wave: hey team", "good morning", "help")),
        *(
            (text, Courtesy.GREETING)
            for text in ("what can you do?", "who are you", "how do I use this?", "are you there")
        ),
        *((text, Courtesy.REMARK) for text in ("thanks", "Thank you so much :heart:", "<@U1> ty", "merci", "kudos")),
        *((text, Courtesy.REMARK) for text in ("thanks payments team!", "thanks, payments is back up", "+1 checkout")),
        *((text, Courtesy.REMARK) for text in ("cc payments", "fyi checkout is deployed", "hi payments team")),
        *((text, Courtesy.NOD) for text in ("ok", "LGTM", "great", "no problem", "will do", "perfect")),
    ],
)
def test_what_asks_for_nothing_is_known(text: str, kind: Courtesy) -> None:
    assert courtesy(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "thanks in advance, who owns checkout?",
        "hi checkout",
        "hi, checkout?",
        "cc: checkout owners?",
        "thanks, and whose is checkout",
        "help checkout",
        "what is checkout",
        "what does growth own?",
        "what can I do about checkout?",
        "can you help me with checkout?",
        "is checkout ok",
        "who is growth",
        "who owns this?",
        "hello-world",
        "kudos is down",
        "cheers keeps crashing",
        "thanks api is throwing 500s",
        "ok-service",
        "1password",
        "no owner",
        "",
    ],
)
def test_what_only_begins_like_that_is_a_question(text: str) -> None:
    assert courtesy(text) is None


@pytest.mark.parametrize("words", ["nice work ", "thank you ", "great job ", "no problem ", "good morning ", "got it "])
def test_a_long_run_of_courtesies_costs_no_more_than_its_length(words: str) -> None:
    began = process_time()
    for first in ("ok", "thanks", "hi", "what can you do"):
        courtesy(f"{first} {words * 30}"[:290] + " x")
    assert process_time() - began < 0.5
    assert courtesy(f"ok {words * 20}") is (Courtesy.NOD if "morning" not in words else None)
