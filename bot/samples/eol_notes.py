"""What an answer to a reminder brings to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from bot.blocks import eol as blocks
from bot.blocks.text import Block, Rendered
from bot.domain.eol.answers import AnswerKind
from bot.samples.eol import answers, card, person, running


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Offers, waivers and claims, and how they ended, with the function that makes each."""
    its = card(name)
    for answer in answers(name, until=date(2027, 2, 1)):
        yield blocks.offer, blocks.offer(its, answer)
        yield blocks.waiver_wanted, blocks.waiver_wanted(its, answer)
        for is_granted in (True, False):
            yield blocks.offer_settled, blocks.offer_settled(its, answer, is_accepted=is_granted)
            yield blocks.waiver_settled, blocks.waiver_settled(its, answer, is_granted=is_granted)
            answered = blocks.offer_answered(its, answer, name, is_accepted=is_granted)
            yield blocks.offer_answered, answered
            yield blocks.asked_no_more, blocks.asked_no_more(answered)
        for kind in AnswerKind:
            yield blocks.offer_settled, blocks.offer_settled(its, answer, is_accepted=None, instead=kind)
            yield blocks.waiver_settled, blocks.waiver_settled(its, answer, is_granted=None, instead=kind)
    for count in (1, 40):
        assets = [running(name, number).asset for number in range(count)]
        yield blocks.claim_wanted, blocks.claim_wanted(person(name), name, assets, name)
        yield blocks.claim_wanted, blocks.claim_wanted(None, name, assets, "")
