"""Which teams are suggested as owners, and in which order."""

from __future__ import annotations

from bot.domain.ownership import Evidence, EvidenceKind, heirs, suggest
from bot.samples.catalog import DESERTED, DISSOLVED, EMPTY, PAYMENTS, PLATFORM, SEARCH, Catalog


def names(*found: Evidence, rejected: tuple[int, ...] = ()) -> list[str]:
    return [each.team.name for each in suggest(found, Catalog(), rejected=rejected)]


def test_the_strongest_evidence_comes_first_and_several_add_up() -> None:
    acted, parent = Evidence(EvidenceKind.ACTED, SEARCH), Evidence(EvidenceKind.PARENT, SEARCH)
    before = Evidence(EvidenceKind.BEFORE, PAYMENTS)
    neighbour = Evidence(EvidenceKind.NEIGHBOURS, PLATFORM)
    assert names(acted, neighbour, before) == ["Payments", "Search", "Platform"]
    assert names(neighbour, before, acted, parent) == ["Payments", "Search", "Platform"]
    assert names(before, acted, parent, Evidence(EvidenceKind.NEIGHBOURS, SEARCH)) == ["Search", "Payments"]


def test_one_kind_counts_once_with_the_most_that_was_found_of_it() -> None:
    found = [Evidence(EvidenceKind.NEIGHBOURS, SEARCH, count=count) for count in (2, 9, 3)]
    [made] = suggest(found, Catalog())
    assert made.evidence == (found[1],)


def test_an_heir_is_one_for_the_things_that_something_speaks_for() -> None:
    before, parent = Evidence(EvidenceKind.BEFORE, PAYMENTS), Evidence(EvidenceKind.PARENT, SEARCH)
    acted = Evidence(EvidenceKind.ACTED, SEARCH)
    found = heirs({n: suggest(some, Catalog()) for n, some in ((1, [before]), (2, [parent, acted]), (3, [parent]))})
    assert [(each.team.name, dict(each.evidence)) for each in found] == [
        ("Search", {2: (parent, acted), 3: (parent,)}),
        ("Payments", {1: (before,)}),
    ]


def test_nobody_is_suggested_who_is_gone_empty_or_has_said_no() -> None:
    found = [Evidence(EvidenceKind.PARENT, team) for team in (DISSOLVED, DESERTED, EMPTY, PAYMENTS, SEARCH, 999)]
    assert names(*found, rejected=(SEARCH,)) == ["Payments"]
