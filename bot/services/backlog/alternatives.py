"""What exists already and is offered before a request is opened: requests to join, deliveries and libraries to use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.request_button import OpenValue
from bot.domain.backlog import alternatives as rules
from bot.domain.backlog.alternatives import NO_ALTERNATIVES, Alternatives, Wanted
from bot.domain.backlog.new_request import LONGEST_TITLE, NewRequest
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import OPEN, ItemType, RequestCard, RequestItem, RequestState
from bot.domain.catalog import AssetKind
from bot.domain.names import cut
from bot.domain.records import AssetRecord
from bot.errors import NotFoundError
from bot.services import outbox
from bot.services.backlog import lists, offers
from bot.services.backlog._loaded import card_of, listed
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

_GONE = "That is not there any more: choose another, or leave it empty."
_DONE = (RequestState.DELIVERED, RequestState.CONFIRMED)
_MOST = 500


@dataclass(frozen=True, slots=True)
class Used:
    """What is used, or supported: a delivered request, or a library of the catalog."""

    delivered: RequestCard | None = None
    library: AssetRecord | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        if self.delivered is not None:
            return f"#{self.delivered.id} {self.delivered.title}"
        return self.library.name if self.library is not None else ""

    @property
    def support(self) -> OpenValue:
        """What a button asks for support with it."""
        if self.delivered is not None:
            return OpenValue(supports_id=self.delivered.id)
        return OpenValue(library_id=self.library.id if self.library is not None else None)

    @property
    def subject(self) -> str:
        """How the audit log names it."""
        if self.delivered is not None:
            return f"request:{self.delivered.id}"
        return f"asset:{self.library.id if self.library is not None else 0}"

    @property
    def is_private(self) -> bool:
        """Whether its name is for those alone who may see it."""
        return self.delivered is not None and self.delivered.is_private

    @property
    def link(self) -> str:
        """Where it is explained; empty where nobody has said so."""
        if self.delivered is not None:
            return self.delivered.whereabouts
        return self.library.links[0].url if self.library is not None and self.library.links else ""


async def find(
    deps: Deps, snapshot: Snapshot, prefill: Prefill, *, asset_id: int | None = None, but: Collection[int] = ()
) -> Alternatives:
    """Return what may be used or joined instead of a new request, except the requests with the numbers `but`."""
    wanted = _wanted(prefill, asset_id)
    if not wanted.technologies and not wanted.title and asset_id is None:
        return NO_ALTERNATIVES
    table, now = tables.Request, deps.clock.now()
    states = [state.value for state in (*OPEN, *_DONE)]
    query = select(table).where(col(table.state).in_(states), col(table.id).not_in(but))
    async with deps.database.reading() as session:
        rows = (await session.execute(query.order_by(col(table.id).desc()).limit(_MOST))).scalars().all()
        cards = [card_of(snapshot, row, now=now) for row in rows]
        alike = rules.alike(wanted, [each for each in cards if each.state in OPEN])
        alike = tuple(await listed(session, snapshot, alike, now=now))
    directory = snapshot.directory
    shared = [each for each in map(directory.get, directory.ids()) if each and each.kind is AssetKind.LIBRARY]
    return Alternatives(
        requests=alike,
        delivered=rules.delivered(wanted, cards),
        libraries=rules.libraries(wanted, shared),
    )


async def usable(
    deps: Deps,
    snapshot: Snapshot,
    *,
    person_id: int | None,
    request_id: int | None = None,
    asset_id: int | None = None,
) -> Used:
    """Return a delivery or a library that somebody may use.

    Raises NotFoundError if it does not exist (any more), or is somebody else's private request.
    """
    if request_id is not None:
        async with deps.database.reading() as session:
            row = await session.get(tables.Request, request_id)
        card = card_of(snapshot, row, now=deps.clock.now()) if row is not None else None
        if card is not None and rules.is_usable(card) and lists.may_see(deps, snapshot, card, person_id):
            return Used(delivered=card)
        raise NotFoundError(_GONE)
    library = snapshot.asset(asset_id or 0)
    if library is None or library.kind is not AssetKind.LIBRARY:
        raise NotFoundError(_GONE)
    return Used(library=library)


def support(new: NewRequest, used: Used) -> NewRequest:
    """Return a request as one for support with something, whatever else it asked for."""
    return replace(
        new,
        origin=replace(new.origin, is_private=new.origin.is_private or used.is_private),
        title=support_item(used).title,
        details="\n".join(filter(None, (new.title, new.details))),
        items=(support_item(used),),
        supports_id=used.delivered.id if used.delivered is not None else None,
        asset_id=used.library.id if used.library is not None else new.asset_id,
    )


def support_item(used: Used) -> RequestItem:
    """Return what is asked for by a request for support."""
    return RequestItem(ItemType.SUPPORT, cut(f"Support with {used.name}", LONGEST_TITLE))


async def use(deps: Deps, used: Used, new: NewRequest) -> None:
    """Note that somebody uses what exists, and say so once in the thread that would have made a request."""
    key, now = offers.used_key(new.origin.key, used.subject), deps.clock.now()
    async with deps.database.transaction() as session:
        if await outbox.destination(session, key) is not None:
            return
        await audit(
            session, now, new.filed_by, "backlog.use", used.subject, {"from": new.origin.key, "team": new.team_id}
        )
        if new.origin.channel_id:
            await outbox.enqueue(
                session,
                key=key,
                channel=new.origin.channel_id,
                message=blocks.used(used.name, used.link, used.support),
                at=now,
                thread_ts=new.origin.thread_ts,
            )


def _wanted(prefill: Prefill, asset_id: int | None) -> Wanted:
    if not prefill.technologies:
        return Wanted(prefill.title, asset_id=asset_id)
    from bot.domain.backlog import technologies  # noqa: PLC0415 - whoever names one has loaded them

    vocabulary = technologies.known()
    spellings = [each for key in prefill.technologies for each in (vocabulary[key].name, *vocabulary[key].aliases)]
    return Wanted(prefill.title, tuple(prefill.technologies), spellings, asset_id)
