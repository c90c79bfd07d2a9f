"""A sample of every message and view that Baton makes, for tests and for `baton doctor --messages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from bot.blocks.text import Block, Rendered
from bot.samples import backlog, eol, eol_notes, eol_plans, general, handoff, health, ownership

#: What a stranger may write: markup, mentions, control characters, right-to-left marks, and far too much of it.
NASTY = "<!channel> *bold* `code` & <@U12345678> <https://evil.test|here>\x07\u202e" + "wide " * 300
PLAIN = "payments-db"


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view, with the function that makes it; everybody and everything in them has this name."""
    yield from ownership.samples(name)
    yield from general.samples(name)
    yield from eol.samples(name)
    yield from eol_notes.samples(name)
    yield from eol_plans.samples(name)
    yield from backlog.samples(name)
    yield from health.samples(name)
    yield from handoff.samples(name)


def body_of(made: Rendered | Block) -> dict[str, Any]:
    """Return a message or a view as it goes to Slack."""
    return made.as_body() if isinstance(made, Rendered) else made


def largest() -> list[tuple[str, Rendered | Block]]:
    """Return the largest sample of everything that makes messages or views, with plain names and with nasty ones."""
    found: dict[str, tuple[int, Rendered | Block]] = {}
    for kind, name in (("plain", PLAIN), ("nasty", NASTY)):
        for renderer, made in samples(name):
            module = renderer.__module__.removeprefix("bot.blocks.")
            title = f"{module}.{renderer.__name__} ({kind} names)"
            size = len(orjson.dumps(body_of(made)))
            if title not in found or size > found[title][0]:
                found[title] = size, made
    return [(title, made) for title, (_, made) in sorted(found.items())]
