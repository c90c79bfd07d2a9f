"""Answers to `/eol` that are questions back: several things fit, or nothing does."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.lifecycle_reports import TURN
from bot.blocks.ownership.words import kind
from bot.blocks.text import Block, Rendered, bold, button, escape, plain, section
from bot.domain.records import AssetRecord

_MOST_CHOICES = 5


def several(assets: Sequence[AssetRecord], asked: str, user_id: str) -> Rendered:
    """Return the question back: more than one asset fits. `user_id` is who asked."""
    head = f"More than one thing fits {bold(asked)}. Which one do you mean?"
    shown = [
        (
            f"{bold(asset.name)} · {kind(asset)}{f' in {escape(asset.namespace, 60)}' if asset.namespace else ''}",
            button("This one", TURN, f"0|{user_id}|#{asset.id}", label=f"This one: {plain(asset.name, 60)}"),
        )
        for asset in assets[:_MOST_CHOICES]
    ]
    return _choices(head, shown)


def nothing_fits(asked: str, tries: Sequence[str], user_id: str) -> Rendered:
    """Return the answer to words that name nothing, with what would have worked behind `/eol`."""
    said = f"I know no team, product or asset called {bold(asked)}."
    if not tries:
        return Rendered(f"{said} Try `/eol team NAME`, `/eol product postgresql`, `/eol asset NAME`, or `/eol help`.")
    shown = [
        (
            f"`/eol {escape(each, 100)}`",
            button("Show", TURN, f"0|{user_id}|{each[:300]}", label=f"Show {plain(each, 60)}"),
        )
        for each in tries[:_MOST_CHOICES]
    ]
    return _choices(f"{said} Did you mean one of these?", shown)


def _choices(head: str, shown: Sequence[tuple[str, Block]]) -> Rendered:
    blocks: list[Block] = [section(head), *({**section(line), "accessory": accessory} for line, accessory in shown)]
    return Rendered("\n".join([head, *(f"• {line}" for line, _ in shown)]), blocks)
