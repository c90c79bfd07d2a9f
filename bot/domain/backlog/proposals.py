"""What is proposed in a thread, and whether the messages behind it turn it down or take it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.backlog import gaps
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.threads import Sentence

_SAID = patterns("proposals")
#: So many messages later an answer may come.
_SOON = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sentence answers, and whether that is a yes."""

    proposal: Sentence
    is_yes: bool


def answers(sentences: Sequence[Sentence]) -> dict[int, Answer]:
    """Return the answers of a thread by their places; where there are several to one proposal, the last one counts."""
    return dict(_answers(sentences))


def _answers(sentences: Sequence[Sentence]) -> Iterator[tuple[int, Answer]]:
    asked: Sentence | None = None
    for each in sentences:
        answer = _answer(asked, each) if asked is not None and each.first else None
        # "nope, nobody has ever used it" tells of a skill.
        if answer and (answer.is_yes or not gaps.is_about_skill(sentences, each.at, slice(None))):
            yield each.at, answer
            asked = asked if answer.is_yes else None
        if each.text.endswith("?") or _proposed_for(each):
            asked = each


def _answer(asked: Sentence, said: Sentence) -> Answer | None:
    """Return what a sentence answers to a proposal; after a question to somebody only a plain no at once is one."""
    is_open = said.message.index - asked.message.index <= _proposed_for(asked)
    is_no = said.at == asked.at + 1 and _SAID["says_no"].match(said.text)
    if is_no or (is_open and _SAID["refuses"].search(said.text)):
        return Answer(asked, is_yes=False)
    return Answer(asked, is_yes=True) if is_open and _SAID["agrees"].match(said.text) else None


def _proposed_for(said: Sentence) -> int:
    """Return for how many messages a sentence is a proposal, because the team asks itself; 0 for what is none."""
    if _SAID["asks_how"].search(said.text):
        return 0
    if _SAID["asks_itself"].search(said.text):
        return _SOON
    return 1 if _SAID["names_it"].search(said.text) else 0
