"""What is said with the steps of a request: which of them need words, and a question beside its answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.backlog.requests import Step

#: Steps of people's that need a sentence, or a link in the place of one, and what is said where it is missing.
NEEDS_WORDS: Mapping[Step, str] = MappingProxyType(
    {
        Step.ASK: "Write what you want to know.",
        Step.REPLY: "Write the answer.",
        Step.ANSWER: "Say what answers it, or give the link to it.",
        Step.DECLINE: "Give a reason: whoever asked reads it.",
        Step.DISMISS: "Say why it is none: whoever asked reads it.",
        Step.NOT_YET: "Say what is missing.",
        Step.REOPEN: "Say why it is opened again.",
    }
)


def with_answer(question: str, answer: str) -> str:
    """Return a question with its answer beside it, or below it where either has several lines."""
    if not question:
        return answer
    between = "\n" if "\n" in question + answer else " "
    return f"{question}{between}— {answer}"
