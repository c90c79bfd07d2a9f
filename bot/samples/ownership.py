"""Answers about owners, all names those that are given: one of each kind, and those with the most to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import ownership
from bot.blocks.lines import Line
from bot.blocks.ownership import AnswerFrame, attestation, orphans, releases
from bot.blocks.ownership.attestation import Campaign, TeamProgress
from bot.blocks.request_button import OpenValue, open_menu
from bot.blocks.text import Block, Rendered
from bot.domain.catalog import Area, AssetKind, Hosting, Link, Role
from bot.domain.directory.references import Reference, Refers
from bot.domain.names import fold
from bot.domain.ownership import (
    Evidence,
    EvidenceKind,
    Heir,
    Held,
    Past,
    Suggestion,
    Term,
    Verdict,
    past,
    timeline,
    verdict,
)
from bot.domain.ownership.attestation import MOST_LISTED, Unattested
from bot.domain.ownership.matters import (
    FollowUpStep,
    Loan,
    MatterCard,
    MatterKind,
    MatterState,
    Promise,
    Reader,
    Reminder,
    Side,
    WayBack,
)
from bot.domain.recipients import Recipient, Told, Via
from bot.domain.records import (
    AssetRecord,
    DoubtRecord,
    DriftRecord,
    NobodyRecord,
    OpenMatters,
    PersonRecord,
    ReleaseRecord,
    TeamRecord,
)
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


def subject(name: str, *facts: Any, drift: tuple[DriftRecord, ...] = (), **rest: Any) -> AssetRecord:
    """An asset with everything that one can have; `drift` is what sources say that have not followed."""
    doubts = (DoubtRecord(PersonRecord(id=9, name=name), name, NOW),)
    made: dict[str, Any] = {
        "id": 1,
        "own_ref": f"database:{fold(name)[:40]}",
        "kind": AssetKind.DATABASE,
        "namespace": name,
        "description": name,
        "hosting": Hosting.MANAGED,
        "tier": 1,
        "matters": OpenMatters(doubts=doubts, drift=drift),
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
        subject(name, unowned_reason=name, nobody=NobodyRecord((), NOW.date(), PersonRecord(id=9, name=name))),
        subject(name, nobody=NobodyRecord((ReleaseRecord((Area.ALL,), 7, name, name, NOW),))),
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
    agreed = fact(SEARCH, source="slack", is_human=True, is_agreed=True)
    behind = [
        DriftRecord(area=Area.ALL, owner=(PAYMENTS, None), source=name, since=since, files=(name, name))
        for since in (NOW, LONG_AGO)
    ]
    subjects += [subject(name, agreed, drift=(each,)) for each in behind]
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


def orphaned(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What somebody left behind, with heirs and without, and who could own what nobody owns."""
    team, person = TeamRecord(id=7, name=name), PersonRecord(id=ADA, name=name, slack_id="U12345678")
    others = dict.fromkeys(map(str, range(40)), (name, name))
    all_kinds = tuple(Evidence(kind, 7, name, count, NOW) for kind in EvidenceKind for count in (1, 3))
    suggestions = [Suggestion(team, all_kinds[::2]), Suggestion(team, all_kinds[1::2]), Suggestion(team, all_kinds[:1])]
    for gone in (Recipient(team), Recipient(person=person), Recipient()):
        for things in ([subject(name)], [subject(name, id=number) for number in range(40)]):
            evidence = {each.id: all_kinds[: each.id % 5 + 1] for each in things}
            for heirs in ([Heir(team, evidence)] * 5, []):
                for owners in ({}, others):
                    more = len(owners)
                    made = orphans.heirs_wanted(3, gone, things, heirs, owners=owners, ask={more and 7}, more=more)
                    yield orphans.heirs_wanted, made
            for decider in (None, Recipient(person=person), Recipient()):
                view = orphans.take_view(gone, team, things, evidence, METADATA, decider=decider)
                yield orphans.take_view, view
        for before in ({}, {name: [name]}):
            yield orphans.settled, orphans.settled(gone, (name,) * 40, team, person, before=before)
        asked = orphans.Heir(3, 7, orphans.joined(range(100)))
        for owners in ({}, others):
            made = orphans.heir_asked(asked, gone, team, (name,) * 40, person, owners=owners)
            yield orphans.heir_asked, made
        yield orphans.heirs_still_wanted, orphans.heirs_still_wanted(gone, (name,) * 40, is_last=True)
        yield orphans.over, orphans.over(gone, {}, is_back=True)
        yield orphans.over, orphans.over(gone, {name: (name, name), **others}, is_back=False)
    yield orphans.heir_over, orphans.heir_over({name: (name, name)})
    yield orphans.heir_over, orphans.heir_over(others)
    yield orphans.heir_declined, orphans.heir_declined((name,), team, None)
    yield orphans.heir_told, orphans.heir_told(name, (name,) * 40, "I am telling somebody.")
    yield orphans.taken, orphans.taken(name, (name,) * 40)
    yield orphans.accepted, orphans.accepted(name, subject(name), Area.DATABASE)
    for area in (None, Area.DATABASE):
        for some in (suggestions, []):
            for own in (frozenset[int](), frozenset(each.team.id for each in some)):
                view = orphans.suggestions_view(subject(name), area, some, takers=own, refusers=own)
                yield orphans.suggestions_view, view


def given_up(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What its owner gives up, and what is unowned on purpose."""
    thing, team, person = subject(name), TeamRecord(id=7, name=name), PersonRecord(id=ADA, name=name)
    heirs = [Suggestion(team, (Evidence(EvidenceKind.PARENT, 7, name),))] * 3
    for areas in ((Area.ALL,), (Area.DATABASE, Area.NETWORKING)):
        for is_loud in (False, True):
            made = releases.release_view(thing, name, areas, METADATA, needs_confirmation=is_loud)
            yield releases.release_view, made
        for some in (heirs, []):
            asked = releases.given_up(thing, areas, name, name, some, at=NOW)
            yield releases.given_up, asked
            yield releases.without_heir, releases.without_heir(asked, thing.id, some[0].team.id if some else 0)
        yield releases.rest_given_up, releases.rest_given_up(thing, areas[:1], areas, name, name)
        yield releases.rest_given_up, releases.rest_given_up(thing, areas, areas, name, name)
    yield releases.owner_wanted, releases.owner_wanted(thing, person, heirs)
    yield releases.unowned_view, releases.unowned_view(thing, METADATA, reviewer="U12345678", until=NOW.date())
    areas = (Area.DATABASE, Area.NETWORKING)
    yield releases.release_passed_on, releases.release_passed_on(thing, areas, name, person)
    for asker in (person, None):
        yield releases.release_wanted, releases.release_wanted(3, thing, areas, name, name, asker)
        for is_granted in (True, False):
            decided = releases.release_decided(thing, areas, name, name, asker, is_granted=is_granted)
            yield releases.release_decided, decided
            yield releases.release_expired, releases.release_expired(name, areas, name, name, is_theirs=is_granted)
        yield releases.marked, releases.marked(thing, NOW.date(), asker)
        yield releases.named_reviewer, releases.named_reviewer(thing, name, asker, NOW.date())
        yield releases.taken_by, releases.taken_by(thing, [Area.DATABASE], team, asker)
        yield releases.owned_since, releases.owned_since(thing, [Area.DATABASE], [team.name] * 9)
        for until in (NOW.date(), None):
            yield releases.reviewed, releases.reviewed(thing, asker, until)
    for may_mark in (False, True):
        yield releases.released, releases.released(thing, areas, name, may_mark=may_mark)
    yield releases.release_asked, releases.release_asked(thing, areas, "I am telling somebody.")
    also = [Line(f"line {number}") for number in range(30)]
    for lines in (also, []):
        wanted = releases.review_wanted(3, thing, name, lines)
        yield releases.review_wanted, wanted
        yield releases.review_answered, releases.review_answered(wanted, 3, releases.reviewed(thing, None, None).text)
    yield releases.reviews, releases.reviews([releases.review_line(3, thing, name)] * 20)


def attested(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Whether things are still a team's, and how far a quarter has come."""
    items = [Unattested(subject(name, id=number), LONG_AGO, bool(number % 2)) for number in range(MOST_LISTED)]
    items[0] = replace(items[0], was_confirmed=False, new_by=name)
    for some in (items, items[:1]):
        yield attestation.listed, attestation.listed(3, some)
    parts = tuple((each.asset, (Area.DATABASE, Area.SECURITY)) for each in items)
    for confirmed, by in ((parts, None), ((), None), ((), PersonRecord(id=ADA, name=name))):
        receipt = attestation.attested(confirmed, by)
        yield attestation.attested, receipt
        yield attestation.answered, attestation.answered(attestation.listed(3, items), 3, receipt, by)
    team, start = TeamRecord(id=7, name=name), NOW.date()
    teams = [TeamProgress(team, 3, 12_345, (name,) * 20), TeamProgress(team, 3, 3, ())] * 20
    weeks = [(start + timedelta(days=7 * number), number) for number in range(14)]
    for made in (Campaign(start, teams, weeks), Campaign(start, teams[:1], weeks[:1]), Campaign(start, (), ())):
        yield attestation.campaign, attestation.campaign(made)


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view about owners, with the function that makes it."""
    thing, teams = subject(name), [TeamRecord(id=number, name=name) for number in range(150)]
    person = PersonRecord(id=ADA, name=name)
    full = AnswerFrame(understood_as=name, may_confirm=True, may_claim=True, may_withdraw=True, claim_to_answer=7)
    frames = [AnswerFrame(), replace(full, may_release=True, may_mark=True)]
    for said in verdicts(name):
        for frame in (*frames, AnswerFrame(is_shared=True, shared_by="U12345678")):
            yield ownership.answer, ownership.answer(said, replace(frame, confirmers={ADA: person}))
    for each in pasts(name):
        yield ownership.recalled, ownership.recalled(each, name)
    for count in (0, 1, 40):
        yield ownership.chronicle, ownership.chronicle(thing, held(name, count), name)
    named = [(subject(name, id=number), name) for number in range(9)]
    for choices in (named, named[:1], []):
        yield ownership.unknown, ownership.unknown(choices, name)
        yield ownership.unknown, ownership.unknown(choices, name, lacks_repository=True)
    yield ownership.several, ownership.several(named, 12)
    yield ownership.several, ownership.several(named, 12, lacks_repository=True)
    yield ownership.mentioned, ownership.mentioned(named)
    steps = open_menu({name: OpenValue(asset_id=7, area="database", needed_by="2026-11-12", title=name)})
    yield ownership.mentioned, ownership.mentioned(named, steps)
    for thread in ownership.Thread:
        yield ownership.mentioned_nothing, ownership.mentioned_nothing(thread)
    for to in Refers:
        for reference in (Reference(to, "S12345678"), Reference(to, "S12345678", name)):
            for is_sure in (True, False):
                yield ownership.unknown_reference, ownership.unknown_reference(reference, is_sure=is_sure)
    yield from orphaned(name)
    yield from given_up(name)
    yield from attested(name)
    yield ownership.question_needed, ownership.question_needed()
    yield ownership.which_thing, ownership.which_thing()
    yield ownership.nothing_asked, ownership.nothing_asked()
    yield ownership.claimed, ownership.claimed(thing, Area.DATABASE, name)
    for told in ([], ways(name), *([way] for way in ways(name))):
        yield ownership.offered, ownership.offered(thing, None, name, (name,) * 2, told)
        yield ownership.doubt_recorded, ownership.doubt_recorded(told)
    yield ownership.already_theirs, ownership.already_theirs(thing, Area.DATABASE, name)
    yield from matters(name, thing)
    for owner in ("", name):
        yield ownership.doubt_view, ownership.doubt_view(thing, owner, METADATA)
        parts = dict.fromkeys(Area, name)
        yield ownership.doubt_view, ownership.doubt_view(thing, owner, METADATA, areas=parts, teams=teams[:90])
        yield ownership.claim_view, ownership.claim_view(thing, owner, teams, METADATA)
        several = ownership.claim_view(thing, owner, teams, METADATA, area=Area.DATABASE, areas=parts)
        yield ownership.claim_view, several
    loan = lent(name)
    yield ownership.doubt_view, ownership.doubt_view(thing, name, METADATA, loan=loan)
    yield ownership.claim_view, ownership.claim_view(thing, name, teams, METADATA, loan=loan)
    yield ownership.claim_view, ownership.claim_view(thing, name, teams, METADATA, decides_heir=False)
    decides = ownership.claim_view(thing, name, teams, METADATA, decides_heir=True)
    yield ownership.claim_view, decides


def matter_cards(name: str, thing: AssetRecord) -> Iterator[MatterCard]:
    """A matter of each kind in each state, all that can be said of it said."""
    person, team = PersonRecord(id=ADA, name=name, slack_id="U12345678"), TeamRecord(id=1, name=name)
    sides = tuple(Side(Recipient(TeamRecord(id=number, name=name)), (name,) * 4) for number in range(9))
    least = MatterCard(id=7, kind=MatterKind.DISPUTE, state=MatterState.OPEN, asset=thing, area=Area.ALL, at=NOW)
    yield replace(least, sides=(Side(Recipient()), Side(Recipient(team))))
    for kind in MatterKind:
        doubts = (DoubtRecord(person, name, NOW), DoubtRecord(person, "", NOW, team=replace(team, id=2))) * 4
        full = replace(least, kind=kind, area=Area.DATABASE, sides=sides, team=team, raised_by=person, reason=name)
        full = replace(full, doubts=doubts if kind is not MatterKind.CLAIM else ())
        yield full
        yield replace(full, is_orphans=True)
        yield replace(full, given_up_by=(name,) * 2 if kind is not MatterKind.DISPUTE else ())
        for under_way in (None, 8):
            way = WayBack(handoff_id=7, receiver=sides[1].owner, giver=sides[0].owner, under_way=under_way)
            if kind is MatterKind.DISPUTE:
                yield replace(full, way_back=way)
                yield replace(full, way_back=replace(way, is_for_admin=True), is_passed_on=True)
        asked = replace(full, question=name, question_by=person)
        yield asked
        yield replace(asked, promised=(Promise(name, name, NOW.date()),) * 4)
        yield replace(asked, loan=lent(name))
        yield replace(asked, doubted=(name,) if kind is MatterKind.DOUBT else ())
        for state in MatterState:
            ended = replace(asked, reply=name, state=state, is_passed_on=True, ended_by=person)
            yield ended
            yield replace(ended, owner=Recipient(team))
            yield replace(ended, is_free=True)
            yield replace(ended, owner=Recipient(team), is_owner_gone=True)
            yield replace(ended, sides=(), has_left=True)


def lent(name: str) -> Loan:
    """A loan until the day of the samples."""
    team = Recipient(TeamRecord(id=1, name=name))
    return Loan(handoff_id=7, lender=team, borrower=name, until=NOW.date())


def matters(name: str, thing: AssetRecord) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view about claims, doubts and disputes."""
    cards = list(matter_cards(name, thing))
    reminders = [Reminder(2, step, NOW.date()) for step in FollowUpStep]
    refused = Reader(refusal="Only members of Payments can decide that: ask Ada Byron.", is_giver=True)
    readers = (refused, Reader(sides=frozenset({"team:1"}), may_answer=True, may_pass_on=True, is_receiver=True))
    also = [ownership.matter_line(each, reminders[0]) for each in cards]
    for card in cards:
        for render in (ownership.card, ownership.asked_back, ownership.asked_before, ownership.replied):
            yield render, render(card)
        sent = ownership.card(card, also)
        yield ownership.card, sent
        for redraw in (ownership.redrawn, ownership.asked_again, ownership.line_redrawn):
            yield redraw, redraw(sent, card)
        for reader in readers:
            yield ownership.card, ownership.card(card, reader=reader)
        for reminder in reminders:
            yield ownership.card, ownership.card(card, also, reminder=reminder)
        yield ownership.card_view, ownership.card_view(ownership.card(card))
        yield ownership.outcome, ownership.outcome(card, "U12345678")
        yield ownership.outcome, ownership.outcome(card, is_theirs=True)
        yield ownership.outcome, ownership.outcome(card, is_lost=True)
        yield ownership.left_with, ownership.left_with(card, card.owner)
        for noted in (ownership.matter_noted, ownership.question_noted, ownership.reply_noted):
            yield noted, noted(card)
        yield ownership.question_view, ownership.question_view(card, METADATA)
        owner, *losers = [each.owner for each in card.sides] or [card.owner]
        yield ownership.side_view, ownership.side_view(card, owner, losers, METADATA)
        yield ownership.reply_view, ownership.reply_view(card, METADATA)
    yield ownership.matter_section, ownership.matter_section(also, 1)
    for card in cards:
        yield ownership.proposed, ownership.proposed(card)
        declined = ownership.proposal_declined(card, card.raised_by)
        yield ownership.proposal_declined, declined
        yield ownership.addressed, ownership.addressed(declined, "U12345678")
