"""`baton handoff patch`: the changes to files that still name the giver."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._database import with_catalog
from bot.clients.catalog import ReadOptions
from bot.clients.catalog.patches import EDITORS, edit, exact_text, find, tags_of, unified
from bot.domain.names import clean
from bot.domain.reconcile.edits import OwnerEdit
from bot.errors import UnreadableError
from bot.services.handoff import patches
from bot.services.handoff.patches import FileEdits


def patch(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The handoff's number.")],
    folder: Annotated[
        Path, typer.Option("--in", help="The folder in which the files are, such as a checkout.", file_okay=False)
    ] = Path(),
) -> None:
    """Print how files have to change after a handoff: a change for `patch -p1`, and the tags to set for Terraform.

    Only the owners of what was handed over change. Changes to make by hand are listed on standard error, and the
    command then exits with 1.
    """
    found = with_catalog(partial(patches.edits, handoff_id=number))
    if not found.card.held:
        receiver = clean(found.card.receiver.name)
        sys.stderr.write(f"Nothing of handoff #{number} is with {receiver}, so no file has to change.\n")
    elif not found.files:
        sys.stderr.write(
            "Every source names the receiver already, or the files are not known: nothing is to be done.\n"
        )
    pieces = [_changed(file, folder) for file in found.files]
    for piece in pieces:
        sys.stdout.write(piece.text)
    remarks = [f"note: {line}\n" for piece in pieces for line in piece.notes]
    remarks += [f"by hand: {line}\n" for piece in pieces for line in piece.by_hand]
    sys.stderr.writelines(dict.fromkeys(remarks))
    if any(piece.by_hand for piece in pieces):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is printed for one file: its change, what to check in it, and what cannot be printed."""

    text: str = ""
    notes: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()


def _changed(file: FileEdits, folder: Path) -> _Piece:
    path = find(file.path, folder)
    if file.format_name == "terraform":
        return _Piece("".join(_tags(file, path)))
    if file.format_name not in EDITORS:
        return _Piece(by_hand=tuple(_by_hand(file, one, "its format is not edited") for one in file.edits))
    if path is None:
        why = f"it is not in {folder if folder != Path() else 'this folder'} (give --in)"
        return _Piece(by_hand=tuple(_by_hand(file, one, why) for one in file.edits))
    before = exact_text(path)
    if before is None:
        return _Piece(by_hand=tuple(_by_hand(file, one, "it is not UTF-8, or too large") for one in file.edits))
    edited = edit(file.format_name, before, file.edits)
    checked = tuple(
        f"{clean(file.path)}: check that {clean(word)} is how the team is called there; no file says so yet."
        for word in dict.fromkeys(file.guessed)
    )
    return _Piece(
        unified(path.relative_to(folder).as_posix(), before, edited.text),
        checked,
        tuple(f"{clean(file.path)}: {clean(one.edit.asset)}: {clean(one.reason)}" for one in edited.refusals),
    )


def _by_hand(file: FileEdits, one: OwnerEdit, why: str) -> str:
    givers = " or ".join(map(clean, one.givers))
    return f"{clean(file.path)}: {clean(one.asset)}: write {clean(one.receiver)} instead of {givers}; {why}."


def _tags(file: FileEdits, path: Path | None) -> Iterator[str]:
    """Yield the tags to set, each under its resource, because Terraform writes a state, not people."""
    known: dict[str, tuple[str, str]] = {}
    if path is not None:
        try:
            known = tags_of(path, shown=file.path, options=ReadOptions())
        except (UnreadableError, OSError) as error:
            sys.stderr.write(f"note: {clean(str(error))}\n")
    yield f"# Terraform, {clean(file.path)}: set these tags on the resources themselves.\n"
    for one in file.edits:
        address, key = known.get(one.external_id, (one.asset, "owner"))
        yield f"# {clean(address)}\ntags = {{ {json.dumps(clean(key))} = {json.dumps(clean(one.receiver))} }}\n"
