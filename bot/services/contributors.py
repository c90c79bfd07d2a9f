"""What the daily pass asks of a noun that has something to say. Reminders of ends of life are one.

A noun takes part by a `Contributor` of its own in `bot.services.context.assemble`. It keeps what was said in its own
tables; who was written to when, and who hears what from whom, is the kernel's.
"""

# ruff: noqa: ARG002 - the kernel gives every noun more than some need

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.digests import Section
from bot.blocks.escalation import Complaint
from bot.blocks.lines import Line
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.escalation import Audience, Owed
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord
from bot.domain.working_time import WorkingTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One transaction for one recipient. `places` is where messages go, the best first; without any nothing is said."""

    session: AsyncSession
    recipient: Recipient
    places: tuple[str, ...]
    today: date
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of its own: a reply to the one with `parent_key`, where that is given."""

    key: str
    content: Rendered
    parent_key: str | None = None
    is_broadcast: bool = False


class MessagePart(Protocol):
    """What one noun has for one recipient during one pass. The methods are called in the order of this class."""

    @property
    def recipient(self) -> Recipient:
        """Whom it is for."""

    @property
    def size(self) -> int:
        """How many things it is about."""

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what there is now, from what was read last."""

    async def read(self, session: AsyncSession) -> None:
        """Read again what the store says, in the transaction that says it; `agenda` follows once more."""

    async def begin(self, telling: Telling) -> None:
        """Write down whatever changes before something is said."""

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are said, `lead` in a message of its own that the noun draws."""

    def line(self, due: Due) -> Line:
        """Return what is said of one thing in another's message."""

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Return the message about `lead`, which names `also` besides."""

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest; None without anything to say in it."""

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        """Write down what follows, and bring earlier messages up to date."""


class Unaccompanied:
    """The methods of a part for which nothing else is written down than what is said."""

    async def begin(self, telling: Telling) -> None:
        """Nothing changes before something is said."""

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        """Nothing follows."""


AnyPart = TypeVar("AnyPart", bound=MessagePart)


class Contributor(Protocol[AnyPart]):
    """A noun that has something to say. `name` is what its `Due` and `Owed` carry.

    A noun that needs another connection than the given session's releases that one first (`bot.store.db.release`).
    """

    @property
    def name(self) -> str:
        """The noun."""

    async def changed(
        self, session: AsyncSession, since: Any, written: Mapping[str, set[int]]
    ) -> tuple[Any, Collection[str]]:
        """Return the keys of those for whom something has changed since a position, and the position now.

        None stands for the beginning: then these are all for whom it has anything. `written` is what something was
        written down about since then, its ids by their nouns. What time alone brings is no change: each `Agenda` says
        when it has to be looked at again.
        """

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, AnyPart]:
        """Return what it has for these recipients, by their keys; those for whom it has nothing are left out."""

    async def note(self, session: AsyncSession, parts: Sequence[tuple[AnyPart, date]]) -> None:
        """Write down the notes (`Agenda.has_notes`) of many recipients, each on a day of theirs."""

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a recipient was told of on a day of theirs and not since, for a message that is drawn anew."""


@runtime_checkable
class Escalated(Protocol):
    """A contributor of whose things those above a recipient hear when nobody has answered."""

    @property
    def name(self) -> str:
        """The noun."""

    async def owed(
        self, session: AsyncSession, work_of: Callable[[Recipient], Awaitable[WorkingTime]], ids: Sequence[int] | None
    ) -> Sequence[Owed]:
        """Return what has not been answered (of `ids` only, where given), with what has been heard of it so far."""

    async def complaints(self, session: AsyncSession, owed: Sequence[Owed]) -> Sequence[Complaint]:
        """Return what those above are told of these, in their order."""

    async def heard(self, session: AsyncSession, owed: Owed, part: Audience) -> bool:
        """Note that somebody has heard their part; return whether nobody had noted it before."""


class Unescalated(Generic[AnyPart]):
    """The methods of a contributor of whose things nobody above a recipient hears, and that notes only what it says."""

    async def note(self, session: AsyncSession, parts: Sequence[tuple[AnyPart, date]]) -> None:
        """There is nothing to note that is not said."""

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return nothing: what was said is not said again in a message that is drawn anew."""
        return ()


class Belongings(Protocol):
    """A noun that knows what comes with an asset to its next owner, which a handoff shows.

    What its owner had still to say of it falls away when they have it no longer.
    """

    async def ready(self) -> None:
        """Take in what has changed, before a transaction in which `lines` are asked for."""

    async def lines(self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[str]:
        """Return a line of text for each thing that comes with these areas of assets."""

    async def came(self, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[Line]:
        """Return a line for each thing that has come with these areas to who owns them now, with what they can do."""

    async def left(
        self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]], owners: Collection[str], *, to: str
    ) -> None:
        """Take back what was not said yet, for these owners who have these areas no longer, in the same transaction.

        `to` is the key of who has them now, empty for nobody: what is theirs already is said all the same.
        """
