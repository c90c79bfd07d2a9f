"""What plans of upgrades bring to those whom they name, for tests and for `baton doctor --messages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.blocks import eol as blocks
from bot.blocks.text import Block, Rendered
from bot.domain.eol.outcomes import PartClosed
from bot.domain.eol.responsibility import NOBODY
from bot.domain.eol.successors import Successor
from bot.samples.eol import GRACE_ID, TODAY, answers, card, plans_of


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What a plan brings to those whom it names, and to who owns another area."""
    its = card(name)
    for on in (date(2027, 2, 1), TODAY - timedelta(3)):
        first = answers(name, until=on)[0]
        both = replace(first, detail={**first.detail, "upgrade": GRACE_ID, "decider": GRACE_ID})
        done = replace(both, detail={**both.detail, "compatible_since": "2026-11-20"})
        for plan in (first, both, done, answers(name, until=on)[1]):
            parts = plans_of(plan)
            yield blocks.part_named, blocks.part_named(its, plan, GRACE_ID)
            for some in (parts, parts[1:]):
                yield blocks.part_asked, blocks.part_asked(its, plan, some)
            yield blocks.part_closed, blocks.part_closed(its, plan)
            yield blocks.part_reopened, blocks.part_reopened(its, plan)
            for is_told in (True, False):
                yield blocks.receipt, blocks.receipt(PartClosed(its, plan, is_told))
            yield blocks.plan_told, blocks.plan_told(its, plan)
            for taken in (
                Successor(
                    product=its.watch.product,
                    cycle=its.watch.cycle,
                    owner=who,
                    assets=tuple(run.asset for run in its.watch.runs),
                    reminder_id=reminder_id,
                )
                for who, reminder_id in ((its.watch.addressee, 7), (NOBODY, None))
            ):
                yield blocks.plan_off, blocks.plan_off(taken)
                yield blocks.named_before, blocks.named_before(blocks.part_named(its, plan, GRACE_ID).text, taken)
                told = blocks.plan_told(its, plan).text
                yield blocks.named_before, blocks.named_before(told, taken, names_reader=False)
            yield blocks.card, blocks.card(card(name, answers=(plan,)))
