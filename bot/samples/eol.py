"""Reminders of every kind, made of whatever names a test likes, and every message and form about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from bot.blocks import eol as blocks
from bot.blocks.digests import digest as digest_of_nouns
from bot.blocks.eol.notes import joined, moved
from bot.blocks.escalation import escalation, in_the_past
from bot.blocks.text import Block, Rendered, escape
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.feed import Freshness
from bot.domain.eol.matches import AmbiguousVersion, InCycle, Matched, MatchMethod, UnknownProduct
from bot.domain.eol.milestones import Deadline, DeadlineKind, Milestone
from bot.domain.eol.outcomes import AlreadyStanding, AnswerRecorded, Decided, Doubted, Offered, Outcome, Pinned
from bot.domain.eol.plans import Part, plan_of
from bot.domain.eol.records import Charge, Cycle, Product
from bot.domain.eol.reminders import (
    Card,
    CardReader,
    ClosedCard,
    DateMove,
    Digest,
    DueMilestone,
    FactsAge,
    HelpAsked,
    Inherited,
    Remembered,
)
from bot.domain.eol.resolution import Resolution
from bot.domain.eol.responsibility import NOBODY, Addressee, Responsible
from bot.domain.eol.shared_charges import SharedCharge
from bot.domain.escalation import Audience
from bot.domain.inventory.deployments import Deployment, Observed, Pin
from bot.domain.recipients import Told, Via
from bot.domain.records import AssetRecord, DoubtRecord, OpenMatters, OwnershipRecord, PersonRecord, TeamRecord

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
GRACE_ID = "U12345678"
METADATA = "7|e|https://hooks.example.test/actions/T0/1/x"
FRESH = FactsAge(NOW, Freshness.FRESH)


def postgresql(name: str = "Amazon RDS for PostgreSQL") -> Product:
    """PostgreSQL on RDS, as far as the tests need it, under any name."""
    charges = Charge(date(2024, 3, 1), Decimal("0.10")), Charge(date(2026, 3, 1), Decimal("0.20"))
    return Product(
        key="amazon-rds-postgresql",
        label=name,
        note=name,
        cycles=(
            Cycle(name="17", released=date(2025, 2, 20), eol=date(2030, 2, 28), eoes=date(2033, 2, 28)),
            Cycle(name="16", released=date(2024, 2, 20), eol=date(2029, 2, 28), eoes=date(2032, 2, 29)),
            Cycle(
                name="11",
                released=date(2019, 3, 13),
                eol=date(2024, 2, 29),
                eoes=date(2027, 3, 31),
                charges=charges,
                note=name,
            ),
        ),
    )


def team(name: str, team_id: int = 3) -> Addressee:
    """A team with a channel, as whoever is told."""
    return Addressee(team=TeamRecord(id=team_id, name=name, channel="C12345678", member_ids=(1, 2)))


def person(name: str, slack_id: str = GRACE_ID) -> PersonRecord:
    """Somebody whom Slack knows."""
    return PersonRecord(id=1, name=name, slack_id=slack_id)


def running(
    name: str,
    number: int = 1,
    *,
    addressee: Addressee | None = None,
    matched: Matched | None = None,
    is_disputed: bool = False,
    others: tuple[tuple[Area, str], ...] = (),
    is_pinned: bool = False,
    inside: str = "",
) -> MatchedDeployment:
    """Something that runs an old PostgreSQL."""
    whose = addressee if addressee is not None else team(name)
    product = postgresql(name)
    facts: tuple[OwnershipRecord, ...] = ()
    if whose.team is not None:
        owned = OwnershipRecord(
            id=number, area=Area.DATABASE, role=Role.OWNER, team_id=whose.team.id, valid_from=NOW, source=name
        )
        facts = (owned,)
    doubts = (DoubtRecord(person(name), name, NOW),) if number % 5 == 0 else ()
    seen: dict[str, Any] = {"product": name, "version": name, "provider": name}
    pin = Pin(id=1, asset_id=number, **seen, pinned_product=product.key, pinned_cycle="11", person_id=1, at=NOW)
    return MatchedDeployment(
        Deployment(
            number,
            Observed(
                **seen,
                environment=name,
                source=name,
                how=name,
                inside=inside,
                first_seen_at=NOW,
                recorded_at=NOW,
            ),
        ),
        AssetRecord(
            id=number,
            own_ref=f"database:{number}",
            kind=AssetKind.DATABASE,
            name=name,
            tier=1,
            facts=facts,
            matters=OpenMatters(doubts=doubts),
        ),
        matched or InCycle(product=product, cycle=product.cycles[-1], method=MatchMethod.PREFIX, feed="abc"),
        Responsible(whose, others, is_disputed),
        pin if is_pinned else None,
    )


def watch(
    name: str,
    kind: DeadlineKind = DeadlineKind.EXTENDED_SUPPORT,
    on: date = date(2027, 3, 31),
    *,
    runs: tuple[MatchedDeployment, ...] = (),
    addressee: Addressee | None = None,
) -> Watch:
    """A deadline of an old PostgreSQL."""
    product = postgresql(name)
    whose = addressee if addressee is not None else team(name)
    return Watch(whose, product, product.cycles[-1], Deadline(kind, on), runs or (running(name, addressee=whose),))


def answers(name: str, *, until: date) -> tuple[Answer, ...]:
    """One answer of each kind and state, with everything that it can hold."""
    who = person(name)
    detail = {
        "target": name,
        "compatibility": GRACE_ID,
        "compatibility_name": name,
        "compatible_by": until.isoformat(),
        "upgrade": name,
        "rollback": name,
        "decider": GRACE_ID,
        "reason": name,
        "team": name,
    }
    base = Answer(id=1, kind=AnswerKind.PLANNED, person=who, at=NOW, deadline=date(2027, 3, 31), until=until)
    return (
        replace(base, detail=detail),
        replace(base, id=2, detail={}, person=None),
        replace(base, id=3, kind=AnswerKind.ACKNOWLEDGED, milestone=90, until=None),
        replace(base, id=4, kind=AnswerKind.ACKNOWLEDGED, milestone=90, until=None, detail={**detail, "not_ours": "1"}),
        replace(base, id=5, kind=AnswerKind.SNOOZED),
        replace(base, id=6, kind=AnswerKind.WAIVED, detail=detail),
        replace(base, id=7, kind=AnswerKind.WAIVED, detail=detail, decided_by=who, decided_at=NOW),
        replace(base, id=8, kind=AnswerKind.DELEGATED, until=None, team_id=9, detail=detail),
        replace(base, id=9, kind=AnswerKind.DELEGATED, until=None, team_id=9, decided_by=who, decided_at=NOW),
    )


def card(name: str, its: Watch | None = None, *, moves: int = 0, facts: FactsAge = FRESH, **rest: Any) -> Card:
    """A card; `rest` goes into what is remembered of it."""
    whose = its or watch(name)
    remembered: dict[str, Any] = {"id": 7, "opened_on": TODAY, "root_key": "k", **rest}
    return Card(
        reminder=Remembered(
            addressee=whose.addressee.key,
            product=whose.product.key,
            cycle=whose.cycle.name,
            kind=whose.deadline.kind,
            deadline=whose.deadline.on,
            **remembered,
        ),
        watch=whose,
        today=TODAY,
        facts=facts,
        moves=tuple(
            DateMove("eoes", "2027-02-28" if number else name, "2027-03-31", NOW - timedelta(number))
            for number in range(moves)
        ),
        taker=TeamRecord(id=9, name=name, channel=name),
        offered_to=name,
    )


def cards(name: str) -> Iterator[Card]:
    """Every state of a card, and those with the most to say."""
    for kind in DeadlineKind:
        for on in (TODAY, TODAY + timedelta(200), TODAY - timedelta(40), TODAY - timedelta(1200), LONG_AGO):
            yield card(name, watch(name, kind, on))
    for age in (FactsAge(None, Freshness.STALE), FactsAge(NOW, Freshness.AGEING)):
        yield card(name, facts=age, moves=9, milestone=Milestone(30), said_on=TODAY)
    many = tuple(
        running(name, number, is_disputed=number % 3 == 0, others=tuple((area, name) for area in Area))
        for number in range(1, 40)
    )
    yield card(name, watch(name, runs=many))
    yield replace(card(name), may_ask_for_help=True)
    for link in ("https://docs.example.com/node", ""):
        asked = replace(card(name).reminder, help=HelpAsked(7, "needs_info", link))
        yield replace(card(name), may_ask_for_help=True, reminder=asked)
    yield card(name, watch(name, addressee=NOBODY, runs=many))
    yield card(name, watch(name, addressee=Addressee(person=person(name))))
    for until in (TODAY - timedelta(3), TODAY + timedelta(30), date(2029, 1, 1)):
        for answer in answers(name, until=until):
            yield card(name, answers=(answer,))
        yield card(name, answers=answers(name, until=until), claimed_at=NOW, claimed_by=person(name), delegated_to=9)
    earlier = replace(watch(name), deadline=Deadline(DeadlineKind.EXTENDED_SUPPORT, date(2027, 1, 31)))
    yield card(name, earlier, answers=answers(name, until=TODAY + timedelta(30)))
    yield from inherited_cards(name)


def inherited_cards(name: str) -> Iterator[Card]:
    """What the owner before had answered: a plan to keep, one whose day has passed, and a waiver."""
    planned, *_, waived, _, _ = answers(name, until=TODAY + timedelta(30))
    for answer in (planned, replace(planned, until=TODAY - timedelta(3)), waived):
        before = Inherited(owner=name, answer=answer)
        made = card(name, inherited=before)
        yield replace(made, taker=None)


def fullest_cards(name: str) -> Iterator[Card]:
    """Cards that hold everything at once."""
    many = tuple(
        running(name, number, is_disputed=number % 3 == 0, others=tuple((area, f"{area}{name}") for area in Area))
        for number in range(1, 40)
    )
    without_channel = Addressee(team=TeamRecord(id=3, name=name, member_ids=(1, 2)))
    facts = FactsAge(NOW, Freshness.AGEING)
    for addressee in (without_channel, NOBODY):
        for kind in DeadlineKind:
            its = watch(name, kind, TODAY + timedelta(3), runs=many, addressee=addressee)
            for until in (TODAY + timedelta(30), TODAY - timedelta(3)):
                given = {"answers": answers(name, until=until), "claimed_at": NOW, "claimed_by": person(name)}
                yield card(name, its, moves=9, facts=facts, said_on=TODAY - timedelta(3), **given)
                yield card(name, its, moves=9, facts=facts, delegated_to=9, **given)


def closed_cards(name: str) -> Iterator[ClosedCard]:
    """Every way for a reminder to be over."""
    reminder = card(name).reminder
    for resolution in (*Resolution, "something else"):
        for count in (0, 1, 40):
            evidence = tuple(running(name, number) for number in range(count))
            yield ClosedCard(reminder=reminder, product=name, cycle=name, resolution=str(resolution), evidence=evidence)


def runs_of_every_kind(name: str) -> tuple[MatchedDeployment, ...]:
    """What is known by hand, not at all, and not for certain."""
    product = postgresql(name)
    unknown = UnknownProduct(suggestions=(product,), feed="abc")
    unclear = AmbiguousVersion(product=product, candidates=product.cycles, method=MatchMethod.COARSE, feed="abc")
    return (
        running(name, is_pinned=True),
        running(name, 2, matched=unknown),
        running(name, 3, matched=unclear),
    )


def shared_with(name: str) -> tuple[SharedCharge, ...]:
    """What is charged and another's, under an application of the digest's team, with and without a price and a plan."""
    [plan, *_] = answers(name, until=TODAY + timedelta(30))
    watch = card(name).watch
    charge = Charge(TODAY, Decimal("0.10"))
    charged = replace(watch.cycle, eol=TODAY, eoes=date(2030, 1, 1), charges=(charge,))
    return tuple(
        SharedCharge(watch.product, cycle, holder, watch.runs, TODAY, giver=giver, plan=planned)
        for giver, planned in ((None, plan), (team(name), None))
        for cycle in (charged, replace(charged, charges=(replace(charge, amount=None),)))
        for holder in (team(name), NOBODY)
    )


def digests(name: str) -> Iterator[Digest]:
    """Digests of much, of little and of nothing."""
    items = [DueMilestone(each, Milestone(90)) for each in cards(name)]
    for chosen, quiet, unsure in ((items, 4000, 30), (items[:1], 0, 1), ((), 3, 0), (items * 9, 1, 0)):
        for addressee in (team(name), NOBODY):
            yield Digest(
                addressee=addressee,
                items=tuple(chosen),
                today=TODAY,
                quiet=quiet,
                paid=tuple(each.card for each in chosen[:unsure]),
                unsure=runs_of_every_kind(name) * unsure,
                still_unsure=runs_of_every_kind(name) * min(quiet, 2),
                is_first=bool(unsure),
                with_others={name: quiet} if quiet else {},
                shared=shared_with(name) if unsure else (),
            )


def of_images(name: str, addressee: Addressee) -> Digest:
    """A digest of libraries inside of many images, with and without a version that is known."""
    runs = [running(name, number, inside=f"{name}{number}", addressee=addressee) for number in range(1, 40)]
    whole = (watch(name, runs=tuple(runs)), watch(name, on=TODAY - timedelta(9), runs=(runs[0],)))
    items = tuple(DueMilestone(card(name, each), Milestone(30)) for each in whole)
    unsure = tuple(running(name, number, inside=f"{name}{number}") for number in (1, 1, *range(2, 9)))
    return Digest(addressee=addressee, items=items, today=TODAY, unsure=unsure)


def outcomes(name: str) -> Iterator[Outcome]:
    """Everything that an answer can come to."""
    told = Told(name, Via.OWN, is_team=True, place="C012345678")
    for until in (TODAY + timedelta(3), date(2027, 3, 17), date(2029, 1, 1)):
        for answer in answers(name, until=until):
            for its in (card(name), card(name, watch(name, DeadlineKind.SUPPORT, TODAY - timedelta(9)))):
                yield AnswerRecorded(its, answer, told)
                yield AlreadyStanding(its, answer, told)
                for is_granted in (True, False):
                    for is_new in (True, False):
                        yield Decided(its, answer, is_granted, is_new, told if is_new else None)
    yield AnswerRecorded(card(name))
    yield AlreadyStanding(card(name))
    yield AlreadyStanding(card(name, claimed_at=NOW, claimed_by=person(name)))
    for is_new in (True, False):
        yield Offered(card(name), name, told, is_new)
        yield Pinned(name, name, name, name, name, is_new)
    yield Pinned(name, "", name, name)
    for asked in (None, told):
        yield Doubted(card(name), (name,), asked)
        yield Doubted(card(name), (name,) * 9, asked)


def _section(whole: Digest, share: int) -> Rendered:
    return blocks.digest(whole, share=share)


def plans_of(answer: Answer) -> tuple[Part, ...]:
    """The parts of a plan."""
    plan = plan_of(answer)
    return plan.parts if plan is not None else ()


def message_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Cards, replies, digests and receipts."""
    everything = list(cards(name))
    items = [DueMilestone(each, Milestone(each.watch.deadline.on.day - 15)) for each in everything]
    lines = [blocks.also_line(each) for each in everything]
    for item in items:
        yield blocks.card, blocks.card(item.card)
        yield blocks.handed_over, blocks.handed_over(item.card)
        yield blocks.milestone, blocks.milestone(item)
        for note in ("", "Noted. No more reminders."):
            yield blocks.opened, blocks.opened(item.card, note)
            yield blocks.opened_view, blocks.opened_view(item.card, note)
        yield blocks.opened, blocks.opened(item.card, reader=CardReader(may_answer=False, may_close=True))
        yield blocks.explanation, blocks.explanation(item.card)
        yield blocks.explanation_view, blocks.explanation_view(item.card)
    for each in (everything[0], *fullest_cards(name)):
        for also in ((), lines[:3], lines * 15):
            yield blocks.card, blocks.card(each, also=also)
            yield blocks.handed_over, blocks.handed_over(each, also=also)
            yield blocks.milestone, blocks.milestone(DueMilestone(each, Milestone(30)), also=also)
        yield blocks.opened, blocks.opened(each, f"Noted: {escape(name, 500)}")
        yield blocks.explanation, blocks.explanation(each)
    full = [DueMilestone(each, Milestone(30)) for each in fullest_cards(name)] * 3
    for addressee in (team(name), NOBODY):
        unsure = runs_of_every_kind(name) * 9
        whole = Digest(addressee=addressee, items=tuple(full), today=TODAY, quiet=4000, unsure=unsure, is_first=True)
        yield blocks.digest, blocks.digest(whole)
        for count in (1, 2, 3):
            yield digest_of_nouns, digest_of_nouns([partial(_section, whole)] * count)
        yield blocks.digest, blocks.digest(of_images(name, addressee))
    told = escalation([blocks.complaint(each.card) for each in full], to=Audience.MANAGER)
    yield escalation, told
    yield blocks.complaint_redrawn, blocks.complaint_redrawn(told, full[0].card)
    yield in_the_past, in_the_past(told, is_settled=False)
    explained = card(name, watch(name, runs=runs_of_every_kind(name)))
    yield blocks.explanation, blocks.explanation(explained)
    for before in (TODAY, date(2029, 1, 1)):
        yield moved, moved(everything[0], before=before)
    for each in everything:
        yield joined, joined(each, each.watch.runs[:2])
    for audience in Audience:
        yield escalation, escalation([blocks.complaint(each.card) for each in items], to=audience)
        yield escalation, escalation([blocks.complaint(everything[0])], to=audience)
    for over in closed_cards(name):
        yield blocks.closed, blocks.closed(over)
        yield blocks.complaint_redrawn, blocks.complaint_redrawn(told, over)
        yield blocks.closed, blocks.closed(over, also=lines * 15)
        yield blocks.resolved, blocks.resolved(over)
    for every in digests(name):
        yield blocks.digest, blocks.digest(every)
    for outcome in outcomes(name):
        yield blocks.receipt, blocks.receipt(outcome)


def form_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Modals."""
    several = card(name, watch(name, runs=tuple(running(name, number) for number in range(1, 150))))
    planned = card(name, answers=answers(name, until=date(2027, 2, 1)))
    newest = card(name, replace(watch(name), cycle=postgresql(name).cycles[0]))
    teams = [TeamRecord(id=number, name=name) for number in range(150)]
    for each in (several, planned, newest):
        yield blocks.plan_view, blocks.plan_view(each, METADATA)
        yield blocks.done_view, blocks.done_view(each, METADATA)
        yield blocks.waive_view, blocks.waive_view(each, METADATA)
        for few in ([], teams[:3], teams):
            yield blocks.delegate_view, blocks.delegate_view(each, few, METADATA)
            yield blocks.not_ours_view, blocks.not_ours_view(each, few, METADATA)
        candidates = [(each.watch.product, cycle) for cycle in each.watch.product.cycles]
        for some in ([], candidates, candidates * 50):
            yield blocks.pin_view, blocks.pin_view(each.watch.runs, some, METADATA)


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view about reminders, with the function that makes it."""
    for some in (message_samples, form_samples):
        yield from some(name)
