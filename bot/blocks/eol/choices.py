"""Answers to `/eol` that are no report: several things fit, nothing does, a picture is on its way."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import pictures
from bot.blocks.eol.reports import TURN, Turn, plain_who
from bot.blocks.lines import Line, choices
from bot.blocks.ownership.words import kind
from bot.blocks.text import Rendered, bold, button, escape, plain
from bot.blocks.values import encode
from bot.domain.eol.subjects import ReportScope
from bot.domain.names import clean
from bot.domain.records import AssetRecord

_MOST_CHOICES = 5


def several(assets: Sequence[AssetRecord], asked: str, user_id: str, left: int = 0) -> Rendered:
    """Return the question back: more than one asset fits, and `left` more than `assets`. `user_id` is who asked."""
    shown = [_asset(asset, user_id) for asset in assets[:_MOST_CHOICES]]
    left += len(assets) - len(shown)
    return choices(
        f"Which {bold(asked)} do you mean?", shown, f"… and {left} more. Write more of its name." if left else ""
    )


def _asset(asset: AssetRecord, user_id: str) -> Line:
    where = f" in {escape(asset.namespace, 60)}" if asset.namespace else ""
    turn = encode(Turn(0, user_id, f"#{asset.id}"))
    shown = button("This one", TURN, turn, label=f"This one: {plain(asset.name, 60)}")
    return Line(f"{bold(asset.name)} · {kind(asset)}{where}", shown)


def nothing_fits(asked: str, tries: Sequence[str], user_id: str) -> Rendered:
    """Return the answer to words that name nothing, with what would have worked behind `/eol`."""
    said = f"There is no team, product or asset {bold(asked)}."
    if not tries:
        return Rendered(f"{said} Try `/eol team NAME`, `/eol product postgresql`, `/eol asset NAME`, or `/eol help`.")
    shown = [
        Line(
            f"`/eol {escape(each, 100)}`",
            button("Show", TURN, encode(Turn(0, user_id, clean(each)[:300])), label=f"Show {plain(each, 60)}"),
        )
        for each in tries[:_MOST_CHOICES]
    ]
    return choices(f"{said} Did you mean one of these?", shown)


def drawing(subject: ReportScope) -> Rendered:
    """Return that a picture is being drawn."""
    return pictures.drawing(f"the timeline of {bold(plain_who(subject), 80)}")
