"""On which terms what has one release cycle goes on: support may go on for money for one thing and not for another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.eol.deadlines import deadlines_of
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.milestones import Deadline

#: All deadlines of something that runs; what is charged for it is told by them, too.
Terms = tuple[Deadline, ...]


def by_terms(watches: Iterable[Watch]) -> dict[Terms, list[Watch]]:
    """Return the watches of one release cycle by what has the same deadlines, each with only that in it.

    One deadline is often that of all, where the others are not: what is said of one thing is never said of another.
    """
    found: dict[Terms, list[Watch]] = {}
    for watch in watches:
        runs: dict[Terms, list[MatchedDeployment]] = {}
        kinds = {one.goes_on for one in watch.runs}
        terms_of = {each: deadlines_of(watch.cycle, has_extended_support=each) for each in kinds}
        for one in watch.runs:
            runs.setdefault(terms_of[one.goes_on], []).append(one)
        for terms, same in runs.items():
            found.setdefault(terms, []).append(watch if len(runs) == 1 else replace(watch, runs=tuple(same)))
    return found
