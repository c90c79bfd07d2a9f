"""What a handoff asks of whom, and when: reminders, the end of an offer, and the question whether it works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import product

from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState
from bot.domain.records import PersonRecord
from bot.domain.working_time import WorkingTime

#: After so many working days without an answer whoever owes it is reminded.
REMIND_AFTER_DAYS = (2, 5, 9)
#: The question or the offer can be answered until the end of this working day.
EXPIRES_AFTER_DAYS = 10
#: For so many days after ownership has passed on its day both sides may be told.
TELL_FOR_DAYS = 7
#: … and after it has passed at acceptance the next digest says so.
TELL_IN_DIGEST_FOR_DAYS = 14
#: So many days after ownership has passed, or on the working day before, both sides are asked whether it works, and for
#: so long at most. That is before files which nobody has changed are a dispute.
ASK_AFTER_DAYS, ASK_FOR_DAYS = 28, 30
#: The giver hears so many days ahead that files which still name it will be a dispute: in a digest, then by themselves.
OUTDATED_DAYS_AHEAD = (16, 5)


class DueKind(StrEnum):
    """What somebody is told."""

    ANSWER = "answer"  #: the receiver owes an answer, or the giver to what it was asked for
    NEEDS = "needs"  #: the day has come until which the receiver waited for something
    NEEDED = "needed"  #: whoever sees to that is reminded of it on its day
    EXPIRED = "expired"
    MOVED = "moved"  #: what was accepted for a day has passed on it
    TAKEN = "taken"  #: what was accepted has passed at once, which those who did not press anything read in a digest
    RETURNED = "returned"  #: what was lent has returned
    WORKS = "works"  #: does it work?
    OUTDATED = "outdated"  #: a file still names the giver, which will be a dispute


class Side(StrEnum):
    """Who of the two is told."""

    GIVER = "giver"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffDue:
    """One thing to say, once: `note` is by what it is remembered that it was said. `on` is a day of the recipient's.

    `ends_on` is the day from which on it is too late, and of what waits for an answer the last one. `days` have gone
    by since ownership passed. `files` are those that still name the giver, as the owner of these `parts`. `under_way`
    is another handoff, in which all is by now of which an offer is over. `person` is told instead of a side.
    """

    kind: DueKind
    card: HandoffCard
    side: Side
    note: str
    on: date
    ends_on: date
    resource: ResourceCard | None = None
    days: int = ASK_AFTER_DAYS
    files: tuple[str, ...] = ()
    parts: tuple[ResourceCard, ...] = ()
    under_way: int | None = None
    person: PersonRecord | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What the noun finds it by."""
        return (str(self.card.id), self.note)

    @property
    def is_loud(self) -> bool:
        """Whether it deserves a message of its own."""
        if self.kind is DueKind.OUTDATED:
            return self.note.endswith(f":{OUTDATED_DAYS_AHEAD[-1]}")
        return self.kind is not DueKind.TAKEN


def waits_since(resource: ResourceCard, asked_on: date) -> date:
    """Return since when a resource waits for an answer: for "not yet", the day on which all is to be there, or is."""
    if resource.state in (ResourceState.NOT_YET, ResourceState.SUPPLIED) and resource.needs_by is not None:
        return max(asked_on, resource.needs_by)
    return asked_on


def expires_on(card: HandoffCard, since: date, work: WorkingTime) -> date:
    """Return the last day on which what waits for an answer since a day can be answered.

    A loan is over on its day, so nobody accepts it then any more.
    """
    last = work.workday_after(since, EXPIRES_AFTER_DAYS)
    return last if card.loan_until is None else min(last, card.loan_until - timedelta(1))


def expired(card: HandoffCard, *, today: date, work: WorkingTime) -> tuple[ResourceCard, ...]:
    """Return the resources that have waited for too long on a day of whoever owes the answer."""
    since = _asked_on(card)
    return tuple(each for each in card.unanswered if expires_on(card, waits_since(each, since), work) < today)


def _asked_on(card: HandoffCard) -> date:
    """Return the day of the offer, or of the question that nobody has answered with one."""
    return card.offered_on or card.begun_on


def dues(card: HandoffCard, *, work: WorkingTime) -> Iterator[HandoffDue]:
    """Yield all that is to be said of a handoff as it stands, on whichever day."""
    yield from _answers(card, _asked_on(card), work)
    on, what = _asked_on(card), "unanswered" if card.offered_on is None else "expired"
    for each in card.resources:
        for side in Side if each.state is ResourceState.EXPIRED else ():
            note = f"{what}:{each.version}:{side}:{each.id}"
            yield HandoffDue(kind=DueKind.EXPIRED, card=card, side=side, note=note, on=on, ends_on=on)
    yield from _passed(card)
    yield from _taken(card)
    moved = [each.moved_at.date() for each in card.owned if each.moved_at is not None]
    are_two = card.giver.id != card.receiver.id
    if moved and are_two and not card.open_resources and card.loan_until is None:
        on = work.on_or_before(max(moved) + timedelta(ASK_AFTER_DAYS))
        for side in Side:
            yield HandoffDue(
                kind=DueKind.WORKS,
                card=card,
                side=side,
                note=f"works:{side}",
                on=on,
                ends_on=on + timedelta(ASK_FOR_DAYS),
            )


def outdated(
    card: HandoffCard, until: date, files: tuple[str, ...], parts: tuple[ResourceCard, ...], *, work: WorkingTime
) -> Iterator[HandoffDue]:
    """Yield what the giver is told of files that still name it as the owner of parts: a dispute from a day on."""
    for ahead in OUTDATED_DAYS_AHEAD:
        yield HandoffDue(
            kind=DueKind.OUTDATED,
            card=card,
            side=Side.GIVER,
            note=f"outdated:{until.isoformat()}:{ahead}",
            on=work.on_or_before(until - timedelta(ahead)),
            ends_on=until,
            files=files,
            parts=parts,
        )


def needed(card: HandoffCard, one: ResourceCard, person: PersonRecord, *, work: WorkingTime) -> HandoffDue | None:
    """Return what whoever sees to what a resource needs first is reminded of, by their own working time."""
    if one.state is not ResourceState.NOT_YET or one.needs_by is None:
        return None
    return HandoffDue(
        kind=DueKind.NEEDED,
        card=card,
        side=Side.RECEIVER,
        note=f"needed:{one.id}:{one.needs_by.isoformat()}:{person.id}",
        on=work.on_or_before(one.needs_by),
        ends_on=one.needs_by,
        resource=one,
        person=person,
    )


def _taken(card: HandoffCard) -> Iterator[HandoffDue]:
    """Yield what the giver's digest says of what was accepted, and of a claim that was granted the receiver's, too."""
    if card.giver.id == card.receiver.id:
        return
    at_once = (each.moved_at.date() for each in card.owned if each.moved_at is not None)
    for on in sorted({each for each in at_once if card.effective_on is None or not _is_near(each, card.effective_on)}):
        for side in Side if card.is_granted else (Side.GIVER,):
            note, ends_on = f"taken:{on.isoformat()}:{side}", on + timedelta(TELL_IN_DIGEST_FOR_DAYS)
            yield HandoffDue(kind=DueKind.TAKEN, card=card, side=side, note=note, on=on, ends_on=ends_on)


def _is_near(day: date, on: date) -> bool:
    """Whether two days are the same by one clock or another."""
    return abs(day - on) <= timedelta(1)


def _passed(card: HandoffCard) -> Iterator[HandoffDue]:
    """Yield what both are told of ownership that passed because its day had come, and nobody pressed anything then."""
    times = {
        DueKind.MOVED: (card.effective_on, [(each.version, each.moved_at) for each in card.owned]),
        DueKind.RETURNED: (
            card.loan_until,
            [(each.version, each.returned_at) for each in card.resources if not each.reason],
        ),
    }
    for kind, (on, passed) in times.items():
        if on is None:
            continue
        # By whichever clock: what passed on another day was pressed then, and told.
        versions = [version for version, at in passed if at is not None and _is_near(at.date(), on)]
        for side in Side if versions else ():
            note, ends_on = f"{kind}:{min(versions)}:{side}", on + timedelta(TELL_FOR_DAYS)
            yield HandoffDue(kind=kind, card=card, side=side, note=note, on=on, ends_on=ends_on)


def _answers(card: HandoffCard, asked_on: date, work: WorkingTime) -> Iterator[HandoffDue]:
    if card.is_draft or any(each.state is ResourceState.OFFERED for each in card.resources):
        for days in REMIND_AFTER_DAYS:
            yield HandoffDue(
                kind=DueKind.ANSWER,
                card=card,
                side=Side.GIVER if card.is_draft else Side.RECEIVER,
                note=f"{'question' if card.is_draft else 'answer'}:{card.version}:{days}",
                on=work.workday_after(asked_on, days),
                ends_on=expires_on(card, asked_on, work),
            )
    supplied = {each.needs_by for each in card.resources if each.state is ResourceState.SUPPLIED}
    for since, days in product(sorted(filter(None, supplied)), REMIND_AFTER_DAYS):
        yield HandoffDue(
            kind=DueKind.ANSWER,
            card=card,
            side=Side.RECEIVER,
            note=f"supplied:{card.version}:{since.isoformat()}:{days}",
            on=work.workday_after(since, days),
            ends_on=expires_on(card, since, work),
        )
    for each in card.resources:
        if each.state is ResourceState.NOT_YET and each.needs_by is not None:
            yield HandoffDue(
                kind=DueKind.NEEDS,
                card=card,
                side=Side.RECEIVER,
                note=f"needs:{each.id}:{each.needs_by.isoformat()}",
                on=work.on_or_after(each.needs_by),
                ends_on=expires_on(card, waits_since(each, asked_on), work),
                resource=each,
            )
