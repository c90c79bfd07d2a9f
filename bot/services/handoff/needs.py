"""Whoever is named to see to what a receiver needs first: they are told, and hear it once that is settled."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.blocks import handoff as blocks
from bot.domain.handoff.handoffs import HandoffCard, ResourceState
from bot.domain.names import fold
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord
from bot.services import routing
from bot.services.handoff._cards import HandoffAct
from bot.services.snapshot import Snapshot
from bot.store import tables


@dataclass(frozen=True, slots=True)
class Need:
    """What a resource waits for, as somebody was told by the message with this key."""

    resource_id: int | None
    person: PersonRecord
    key: str


def needs_of(snapshot: Snapshot, rows: Sequence[tables.HandoffResource]) -> list[Need]:
    """Return what these wait for that a person is named to see to."""
    waiting = (each for each in rows if each.state == ResourceState.NOT_YET.value)
    return [Need(each.id, person, _key(each)) for each in waiting if (person := named(snapshot, each.needs_from))]


async def tell(act: HandoffAct, card: HandoffCard, needs: Sequence[Need], *, besides: Collection[int | None]) -> None:
    """Tell those who are named, apart from those who know, what they see to."""
    by = act.snapshot.person(act.person_id)
    for need in needs:
        changed = [each for each in card.resources if each.id == need.resource_id]
        if need.person.id not in besides:
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
    still = {each.person.id for each in now}
    for need in before:
        changed = [each for each in card.resources if each.id == need.resource_id]
        message = blocks.settled(card, changed)
        await act.revise(need.key, message)
        if need.person.id not in {*still, *besides}:
            await act.send(Recipient(person=need.person), f"{need.key}:settled", message)


def named(snapshot: Snapshot, words: str) -> PersonRecord | None:
    """Return the one person whom words name: by a mention, an e-mail address, a handle or the whole name."""
    said = words.strip()
    if mentioned := re.fullmatch(r"<@(\w+)(?:\|[^>]*)?>", said):
        found = snapshot.person_by_slack_id(mentioned[1])
    else:
        bare = said.removeprefix("@")
        called = [each for each in snapshot.people_called(bare) if _is_whole(each, bare)]
        found = called[0] if len(called) == 1 else None
    return found if found is not None and routing.slack_id_of(found) else None


def _is_whole(person: PersonRecord, name: str) -> bool:
    whole = (person.name, person.email, person.email.partition("@")[0])
    return fold(name) in {fold(each) for each in whole if each}


def _key(row: tables.HandoffResource) -> str:
    """Return the outbox key of what somebody is told of a need: another need is another message."""
    said = f"{row.needs}\n{row.needs_from}\n{row.needs_by}\n{row.answered_at}"
    return f"handoff.needed:{row.id}:{row.version}:{sha256(said.encode()).hexdigest()[:16]}"
