"""The health report of an organisation and of a team, with everything that nouns contribute to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.blocks import health
from bot.blocks.backlog import health as backlog
from bot.blocks.eol import health as eol
from bot.blocks.handoff import health as handoff
from bot.blocks.health import HealthReport
from bot.blocks.ownership import health as ownership
from bot.blocks.text import Block, Rendered
from bot.domain.catalog import Area, AssetKind
from bot.domain.eol.bill import Bill
from bot.domain.health import Earlier
from bot.domain.ownership.coverage import FirstThing, Standing, Tally
from bot.domain.records import TeamRecord
from bot.samples.catalog import NOW, PAYMENTS, PLATFORM
from bot.samples.ownership import subject

_TODAY = NOW.date()


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Reports with everything, with nothing, and with what is not set up."""
    team, devops = TeamRecord(id=PAYMENTS, name=name), TeamRecord(id=PLATFORM, name=name)
    first = FirstThing(subject(name, id=1), 7, areas=(Area.DATABASE, Area.CI_CD))
    tally = Tally(things=12_345, own=28)
    tally.standings.update(dict.fromkeys(Standing, 1000))
    tally.split.update(dict.fromkeys(Area, 30))
    tally.of_others.update(dict.fromkeys(AssetKind, 60))
    tally.held.update(dict.fromkeys(AssetKind, 41))
    bill = Bill(past=14, days=9_120, soon=4, unknown=6, unpriced=3, oldest=(1_114, name))
    bill.money.update({"USD": 1168, name: 1})
    load = backlog.Load(open_count=12, oldest_days=45, served=[(PAYMENTS, name, 60), (PLATFORM, name, 1)] * 9)
    oldest = backlog.OldestRequest(id=7, days=45, team=name)
    attended = (Standing.UNOWNED, Standing.PART_UNOWNED, Standing.ORPHANED, Standing.DISPUTED)
    actions = [
        ownership.hand_over(team, devops, 14, first),
        eol.upgrade(team, bill),
        backlog.move_on(oldest),
        backlog.move_on(replace(oldest, is_asked=True)),
        handoff.answer(handoff.OldestOffer(7, devops, team, 3, 9)),
        handoff.answer(handoff.OldestOffer(7, team, devops, 1, 0, is_asked=True)),
        ownership.second_person(team, 12),
        *(ownership.attend(each, first) for each in attended),
    ]
    held = [(PAYMENTS, name, 14), (PLATFORM, name, 1)] * 9
    for about in (None, team, devops):
        for known in (devops, None):
            for earlier in (Earlier(), Earlier(_TODAY, {("", "ownership.owned"): 38, ("", "devops.held"): 2})):
                sections = [
                    *ownership.sections(tally, known, held if about != team else None, 40),
                    handoff.section(handoff.Acceptance([1, 4, 9], 3)),
                    backlog.section(load, is_of_team=about is not None),
                    eol.section(bill),
                ]
                notes = [] if known is not None else [ownership.NO_DEVOPS, ownership.unknown_devops(name)]
                yield (
                    health.report,
                    health.report(
                        HealthReport(
                            today=_TODAY,
                            headline=ownership.headline(tally, known, about, 6),
                            sections=sections,
                            notes=notes,
                            actions=actions,
                            earlier=earlier,
                            team_id=about.id if about is not None else None,
                        )
                    ),
                )
    for note in (ownership.EMPTY, ownership.owns_nothing(team)):
        empty = HealthReport(today=_TODAY, headline=None, sections=[], notes=[note], actions=[], earlier=Earlier())
        yield health.report, health.report(empty)
    yield health.drawing, health.drawing()
