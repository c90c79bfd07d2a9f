"""What the commands about end of life share: the inventory as of a day, and the part that is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from bot.blocks.text import escape
from bot.cli._database import opened_deps
from bot.domain.eol.questions import EolQuestion, NamedKind, parse_command
from bot.domain.eol.reports import Report
from bot.domain.eol.responsibility import Addressee
from bot.domain.eol.subjects import ReportScope
from bot.errors import NotFoundError
from bot.ports import Clock
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.eol import questions, reports
from bot.services.eol.belongings import EndsOfLife
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.eol.questions import Asked, NothingFits, SeveralFit
from bot.services.snapshot import Snapshot

#: The time used for another day: at noon UTC it is that day nearly everywhere.
_NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _OnDay:
    """A clock that is stopped on a day."""

    day: date

    def now(self) -> datetime:
        return datetime.combine(self.day, _NOON)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory matched against the facts on a day. `asked_at` is the real time."""

    deps: Deps
    watcher: Watcher
    asked_at: datetime

    @property
    def snapshot(self) -> Snapshot:
        """The catalog."""
        return self.watcher.snapshot

    def team(self, name: str) -> ReportScope:
        """Return the team with this name, or everybody for "". Raises NotFoundError with the nearest names."""
        if not name:
            return ReportScope()
        question = EolQuestion(about=name, kind=NamedKind.TEAM)
        found = questions.understand(self.snapshot, self.watcher.facts.table, question, "")
        if isinstance(found, Asked):
            return found.subject
        tries = found.tries if isinstance(found, NothingFits) else ()
        near = [each.removeprefix("team ") for each in tries if each.startswith("team ")]
        raise NotFoundError(f"There is no team called {name!r}.{_did_you_mean(near)}")

    def question(self, text: str) -> Asked:
        """Return what a question means. Raises NotFoundError with what would have worked."""
        table = self.watcher.facts.table
        asked = parse_command(text, today=self.watcher.today(Addressee()))
        match questions.understand(self.snapshot, table, asked, "", self.watcher.latest):
            case Asked() as found:
                return found
            case SeveralFit(about, assets):
                near = [f"asset {each.ref}" for each in assets]
                raise NotFoundError(f"More than one thing is called {about!r}.{_did_you_mean(near)}")
            case NothingFits(about, tries):
                raise NotFoundError(f"Nothing is called {about!r}.{_did_you_mean(tries)}")
            case _:
                raise NotFoundError("That asks for nothing that I know of: try `baton eol due payments`.")

    async def report(self, asked: Asked) -> Report:
        """Return the answer."""
        return await reports.report(self.deps, self.watcher, asked, asked_at=self.asked_at)


@asynccontextmanager
async def inventory(on: date | None = None) -> AsyncIterator[Inventory]:
    """Open the store and match its content against the facts, optionally for another day than today."""
    async with opened_deps() as deps:
        catalog, facts = Snapshot(), Facts()
        await snapshots.refresh(catalog, deps.database)
        await facts.follow(deps.database)
        clock: Clock = deps.clock if on is None else _OnDay(on)
        then = replace(deps, clock=clock)
        watcher = Watcher(then, catalog, facts)
        await watcher.current()
        then.belongings[:] = [EndsOfLife(then, watcher)]
        yield Inventory(then, watcher, deps.clock.now())


def understood(asked: Asked) -> str:
    """Return how a question was read, if that is not obvious; else ""."""
    return f"I read that as {escape(asked.understood_as, 80)}." if asked.understood_as else ""


def _did_you_mean(names: tuple[str, ...] | list[str]) -> str:
    return f" Did you mean {', '.join(repr(name) for name in names)}?" if names else ""
