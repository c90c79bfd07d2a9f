"""Answers about owners, all names those that are given: one of each kind, and those with the most to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import ownership
from bot.blocks.ownership import AnswerFrame
from bot.blocks.text import Block, Rendered
from bot.domain.catalog import Area, AssetKind, Hosting, Link, Role
from bot.domain.directory.references import Reference, Refers
from bot.domain.names import fold
from bot.domain.ownership import Held, Past, Term, Verdict, past, timeline, verdict
from bot.domain.recipients import Told, Via
from bot.domain.records import AssetRecord, DoubtRecord, PersonRecord, TeamRecord
from bot.samples.catalog import (
    ADA,
    DESERTED,
    DISSOLVED,
    HALF_A_YEAR,
    LONG_AGO,
    NOW,
    PAYMENTS,
    PLATFORM,
    SEARCH,
    Catalog,
    fact,
)

METADATA = "12|database|https://hooks.example.test/actions/T0/1/x"


def subject(name: str, *facts: Any, **rest: Any) -> AssetRecord:
    """An asset with everything that one can have."""
    made: dict[str, Any] = {
        "id": 1,
        "ref": f"database:{fold(name)[:40]}",
        "kind": AssetKind.DATABASE,
        "namespace": name,
        "description": name,
        "hosting": Hosting.MANAGED,
        "tier": 1,
        "doubts": (DoubtRecord(PersonRecord(id=9, name=name), name, NOW),),
        "links": tuple(Link(name, f"https://runbooks.example.test/{number}") for number in range(9)),
        **rest,
    }
    return AssetRecord(name=name, facts=facts, **made)


def catalog(name: str) -> Catalog:
    """A catalog in which everybody has the name."""
    made = Catalog()
    made.people = {
        number: PersonRecord(id=number, name=name, slack_id=each.slack_id, is_active=each.is_active)
        for number, each in made.people.items()
    }
    made.teams = {
        number: TeamRecord(
            id=number,
            name=name,
            other_names=(name, name),
            channel=f"#{name}",
            timezone=name,
            lead_id=each.lead_id,
            member_ids=each.member_ids,
            is_gone=each.is_gone,
        )
        for number, each in made.teams.items()
    }
    return made


def verdicts(name: str) -> Iterator[Verdict]:
    """One of each kind of answer, and those with the most to say."""
    parent = subject(name, fact(PAYMENTS), id=2)
    split = [fact(PAYMENTS if area is Area.APPLICATION else PLATFORM, area, id=n) for n, area in enumerate(Area)]
    helpers = [fact(SEARCH, area, Role.SECONDARY, id=50 + n) for n, area in enumerate(Area)]
    subjects = [
        subject(name),
        subject(name, unowned_reason=name),
        subject(name, fact(PAYMENTS, confirmed_at=NOW, confirmed_by=ADA)),
        subject(name, fact(SEARCH)),
        subject(name, fact(ADA)),
        subject(name, parent_id=2),
        subject(name, fact(DISSOLVED), fact(DESERTED)),
        subject(name, fact(PAYMENTS), fact(DISSOLVED)),
        subject(name, *split[1:], *helpers),
        subject(name, fact(PLATFORM, Area.DATABASE)),
        subject(name, fact(PAYMENTS), fact(PLATFORM, source=name), fact(SEARCH, source="third")),
        subject(name, fact(SEARCH, source="slack", is_human=True), fact(PAYMENTS), *helpers),
    ]
    for read_at in (NOW, LONG_AGO):
        known = catalog(name)
        known.read_at, known.assets = read_at, {2: parent}
        for each in subjects:
            for area in (None, Area.DATABASE):
                yield verdict(each, known, now=NOW, stale_after=HALF_A_YEAR, area=area)


def pasts(name: str) -> Iterator[Past]:
    """Answers about the past."""
    known, thing = catalog(name), subject(name, id=1)
    parent = subject(name, id=2)
    terms = [Term(fact(PAYMENTS, id=1), NOW), Term(fact(SEARCH, id=2, source="slack", is_human=True, valid_from=NOW))]
    both = [Term(fact(PAYMENTS, id=1)), Term(fact(PLATFORM, id=2, source="other"))]
    long_ago = LONG_AGO - timedelta(days=1)
    yield past([(thing, terms)], known, moment=NOW)
    yield past([(thing, terms)], known, moment=NOW - timedelta(days=1), area=Area.DATABASE)
    yield past([(thing, both)], known, moment=NOW)
    yield past([(thing, ()), (parent, both[:1])], known, moment=NOW)
    yield past([(thing, terms)], known, moment=long_ago)
    yield past([(thing, ())], known, moment=NOW)


def held(name: str, count: int) -> tuple[Held, ...]:
    """So many owners, one after the other."""
    terms = [Term(fact(PAYMENTS, id=number), NOW if number % 2 else None) for number in range(count)]
    return timeline(terms, catalog(name))


def ways(name: str) -> list[Told]:
    """One of each way in which somebody is told."""
    return [
        Told(name, via, is_team, name, person, is_new)
        for via in Via
        for is_team in (True, False)
        for person in ("", name)
        for is_new in (True, False)
    ]


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view about owners, with the function that makes it."""
    thing, teams = subject(name), [TeamRecord(id=number, name=name) for number in range(150)]
    person = PersonRecord(id=ADA, name=name)
    frames = [AnswerFrame(), AnswerFrame(understood_as=name, may_confirm=True, may_claim=True, may_withdraw=True)]
    for said in verdicts(name):
        for frame in (*frames, AnswerFrame(is_shared=True, shared_by="U12345678")):
            yield ownership.answer, ownership.answer(said, replace(frame, confirmed_by=person))
    for each in pasts(name):
        yield ownership.recalled, ownership.recalled(each, name)
    for count in (0, 1, 40):
        yield ownership.chronicle, ownership.chronicle(thing, held(name, count), name)
    named = [(subject(name, id=number), name) for number in range(9)]
    for choices in (named, named[:1], []):
        yield ownership.unknown, ownership.unknown(choices, name)
        yield ownership.unknown, ownership.unknown(choices, name, team=name)
    yield ownership.several, ownership.several(named, name)
    yield ownership.mentioned, ownership.mentioned(named)
    for thread in ownership.Thread:
        yield ownership.mentioned_nothing, ownership.mentioned_nothing(thread)
    for to in Refers:
        for reference in (Reference(to, "S12345678"), Reference(to, "S12345678", name)):
            for is_sure in (True, False):
                yield ownership.unknown_reference, ownership.unknown_reference(reference, is_sure=is_sure)
    yield ownership.question_needed, ownership.question_needed()
    yield ownership.which_thing, ownership.which_thing()
    yield ownership.claimed, ownership.claimed(thing, name)
    for told in ([], ways(name), *([way] for way in ways(name))):
        yield ownership.contested, ownership.contested(thing, name, name, told)
        yield ownership.doubt_recorded, ownership.doubt_recorded(told)
    yield ownership.already_theirs, ownership.already_theirs(thing, name)
    yield ownership.claimed_from_you, ownership.claimed_from_you(thing, name, name, "U12345678")
    yield ownership.doubted, ownership.doubted(thing, name, "U12345678", name, value="1|")
    for owner in ("", name):
        yield ownership.doubt_view, ownership.doubt_view(thing, owner, METADATA)
        yield (
            ownership.claim_view,
            ownership.claim_view(thing, owner, teams, METADATA),
        )
