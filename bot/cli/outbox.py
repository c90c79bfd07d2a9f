"""`baton outbox list`, `retry` and `drop`: Baton's own messages that are on their way, or stuck."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

import typer

from bot.blocks.outbox import what_to_do, why
from bot.cli._database import in_store
from bot.cli._terminal import AsJson, print_json
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.errors import UserError
from bot.services.deps import Deps
from bot.services.outbox import admin
from bot.services.outbox.admin import QueuedMessage, QueuedMessages, RefusedPlace

app = typer.Typer(no_args_is_help=True, help="Messages that Baton posts on its own account.")

_ACTOR = "cli"
_Ids = Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Numbers that `baton outbox list` shows.")]


@app.callback()
def _outbox() -> None:
    """Messages that Baton posts on its own account: what waits, what failed, and what to do about it."""


@app.command(name="list")
def list_messages(
    is_everything: Annotated[bool, typer.Option("--all", help="Also those that are sent or were dropped.")] = False,
    with_text: Annotated[bool, typer.Option("--text", help="Show what they say; it may be private.")] = False,
    as_json: AsJson = False,
    most: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 200,
) -> None:
    """Show the messages that are not delivered, failed ones first, and the places that cannot be posted to."""
    listing, refused = in_store(partial(_list, is_everything=is_everything, with_text=with_text, most=most))
    if as_json:
        print_json(_as_dict(listing, refused, with_text=with_text))
        return
    now = datetime.now(UTC)
    for item in listing.items:
        sys.stdout.write(_line(item, now))
    if not listing.items:
        sys.stdout.write("Nothing waits, and nothing failed.\n" if not is_everything else "There are no messages.\n")
    elif listing.total > len(listing.items):
        sys.stdout.write(f"… and {listing.total - len(listing.items):,} more: --limit shows more.\n")
    if refused:
        sys.stdout.write("\nPlaces that cannot be posted to; what was meant for them went elsewhere:\n")
    for place in refused:
        sys.stdout.write(_refusal(place, now))


@app.command()
def retry(
    ids: _Ids = None,
    is_failed: Annotated[bool, typer.Option("--failed", help="All that failed.")] = False,
) -> None:
    """Try messages again, in their original place. `baton run` does so within a second or two."""
    if bool(ids) == is_failed:
        raise UserError("Name messages, or say --failed for all that failed.")
    if ids:
        tried = in_store(lambda deps: admin.retry(deps, ids, actor=_ACTOR))
    else:
        tried = in_store(lambda deps: admin.retry_failed(deps, actor=_ACTOR))
    sys.stdout.write(f"{tried:,} to be tried again.\n")


@app.command()
def drop(ids: _Ids = None) -> None:
    """Drop messages that should no longer be posted. Replies to them are posted on their own."""
    if not ids:
        raise UserError("Name the messages to drop; `baton outbox list` shows their numbers.")
    dropped = in_store(lambda deps: admin.drop(deps, ids, actor=_ACTOR))
    sys.stdout.write(f"{dropped:,} dropped.\n")


async def _list(
    deps: Deps, *, is_everything: bool, with_text: bool, most: int
) -> tuple[QueuedMessages, list[RefusedPlace]]:
    listing = await admin.listed(deps, is_everything=is_everything, with_text=with_text, most=most)
    return listing, await admin.refused(deps)


def _as_dict(listing: QueuedMessages, refused: Sequence[RefusedPlace], *, with_text: bool) -> dict[str, Any]:
    messages = [_fields(item) for item in listing.items]
    if not with_text:
        for each in messages:
            del each["text"]
    return {"messages": messages, "refused": [_fields(place) for place in refused]}


def _fields(found: QueuedMessage | RefusedPlace) -> dict[str, Any]:
    return {**asdict(found), "why": why(found.error) if found.error else ""}


def _line(item: QueuedMessage, now: datetime) -> str:
    what = "update, " if item.is_update else ""
    tried = f", {item.attempts:,} attempts" if item.attempts > 1 else ""
    state = f"{what}{item.state}{tried}, {_length(now - item.created_at)} old"
    head = f"{item.id:>6}  {state}: {clean(item.key)} for {item.channel}"
    lines = [head, *(f"not in {each['channel']}: {why(each['error'])}." for each in item.moved_from if each["channel"])]
    if item.error:
        lines.append(" ".join(filter(None, (f"{why(item.error).capitalize()}.", what_to_do(item.error)))))
    if item.is_unsure and item.state == "failed":
        lines.append("It may be in Slack all the same: Slack never said, and it could not be looked for.")
    if item.text:
        lines += item.text.splitlines()
    return "\n        ".join(lines) + "\n"


def _refusal(place: RefusedPlace, now: datetime) -> str:
    went = counted(place.messages, "message", "messages, the last")
    ago = _length(now - place.last_at)
    said = " ".join(filter(None, (f"{why(place.error).capitalize()}.", what_to_do(place.error))))
    return f"        {place.channel}: {went} {ago} ago. {said}\n"


def _length(time: timedelta) -> str:
    seconds = max(int(time.total_seconds()), 0)
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:,} {unit}"
    return f"{seconds} s"
