"""Whoever is named to see to what a receiver needs first: they are told, and hear it once that is settled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.blocks import handoff as blocks
from bot.domain.handoff.handoffs import HandoffCard, ResourceState
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord
from bot.services.handoff._cards import HandoffAct
from bot.services.handoff.named_people import named
from bot.services.snapshot import Snapshot
from bot.store import tables


@dataclass(frozen=True, slots=True)
class Need:
    """What a resource waits for, as somebody was told by the message with this key.

    `person` sees to it; None where it is there, and the receiver was asked whether it accepts.
    """

    resource_id: int | None
    person: PersonRecord | None
    key: str


def needs_of(snapshot: Snapshot, rows: Sequence[tables.HandoffResource]) -> list[Need]:
    """Return what these wait for that a person is named to see to, and what is there."""
    waiting = (each for each in rows if each.state == ResourceState.NOT_YET.value)
    there = (each for each in rows if each.state == ResourceState.SUPPLIED.value)
    return [
        *(Need(each.id, person, _key(each)) for each in waiting if (person := named(snapshot, each.needs_from))),
        *(Need(each.id, None, _key(each, "supplied")) for each in there),
    ]


async def tell(act: HandoffAct, card: HandoffCard, needs: Sequence[Need], *, besides: Collection[int | None]) -> None:
    """Tell those who are named, apart from those who know, what they see to, and the receiver what is there."""
    by = act.snapshot.person(act.person_id)
    for need in needs:
        changed = [each for each in card.resources if each.id == need.resource_id]
        if need.person is None:
            await act.send(Recipient(team=card.receiver), need.key, blocks.supplied(card, changed[0]))
        elif need.person.id not in besides:
            await act.send(Recipient(person=need.person), need.key, blocks.needed(card, changed, by))


async def settle(
    act: HandoffAct,
    card: HandoffCard,
    before: Sequence[Need],
    *,
    now: Sequence[Need] = (),
    besides: Collection[int | None],
) -> None:
    """Say to those who were named that nobody waits for them any more, and let what they were told say so.

    Who sees to what is needed `now`, and who has just settled it, know.
    """
    still = {each.person.id for each in now if each.person is not None}
    for need in before:
        changed = [each for each in card.resources if each.id == need.resource_id]
        if need.person is None:
            await act.revise(need.key, blocks.supplied(card, changed[0]))
            continue
        message = blocks.settled(card, changed)
        await act.revise(need.key, message)
        if need.person.id not in {*still, *besides}:
            await act.send(Recipient(person=need.person), f"{need.key}:settled", message)


def _key(row: tables.HandoffResource, what: str = "needed") -> str:
    """Return the outbox key of what somebody is told of a need: another need is another message."""
    said = f"{row.needs}\n{row.needs_from}\n{row.needs_by}\n{row.answered_at}"
    return f"handoff.{what}:{row.id}:{row.version}:{sha256(said.encode()).hexdigest()[:16]}"
