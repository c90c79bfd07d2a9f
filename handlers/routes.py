"""What a noun listens to and does by the clock: each `handlers/<noun>` exports ROUTES and, where it has any, JOBS."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.ports import Ack
from bot.services.context import Context
from handlers.payloads import Action, ChangeEvent, Command, Shortcut, Submission

if TYPE_CHECKING:
    from handlers.events import EventListener

#: A job: its id, how often it runs in hours, and its function.
Job: TypeAlias = tuple[str, float, Callable[[Context], Awaitable[object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Listeners by command, action id, callback id and event type.

    A listener that returns nothing has nothing to say in the acknowledgement. That of a command may return its answer
    at once: then there is no task that would let it be late.
    """

    commands: Mapping[str, Callable[[Command, Context], Ack | Coroutine[Any, Any, Ack | None]]] = field(
        default_factory=dict
    )
    actions: Mapping[str, Callable[[Action, Context], Awaitable[Ack | None]]] = field(default_factory=dict)
    submissions: Mapping[str, Callable[[Submission, Context], Awaitable[Ack | None]]] = field(default_factory=dict)
    shortcuts: Mapping[str, Callable[[Shortcut, Context], Awaitable[Ack | None]]] = field(default_factory=dict)
    events: Mapping[str, EventListener] = field(default_factory=dict)
    #: What is done about events that say that something has changed, and ask for no answer.
    changes: Mapping[str, Callable[[ChangeEvent, Context], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    #: The actions that only show something: guests may press them.
    reading: frozenset[str] = frozenset()


def joined(*tables: Routes) -> Routes:
    """Return one table of all these. Raises ValueError when two of them listen to the same thing."""
    made: dict[str, Any] = {"reading": frozenset().union(*(each.reading for each in tables))}
    for kind in (each.name for each in fields(Routes) if each.name != "reading"):
        made[kind] = found = dict[str, Any]()
        for table in tables:
            taken = found.keys() & getattr(table, kind).keys()
            if taken:
                raise ValueError(f"two listeners for the same of {kind}: {', '.join(sorted(taken))}")
            found |= getattr(table, kind)
    return Routes(**made)
