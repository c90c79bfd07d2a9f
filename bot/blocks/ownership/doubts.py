"""The "Wrong owner?" modal, its receipt, and the note to the owner."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms
from bot.blocks.forms import Form
from bot.blocks.ownership.actions import CONFIRM, DOUBT_REASON, DOUBT_VIEW
from bot.blocks.recipients import said_to
from bot.blocks.text import Block, Rendered, bold, button, escape, mention, plain, section
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord

DOUBT_REASON_FIELD = forms.text(
    DOUBT_REASON, "Who does, or what makes you doubt it?", hint="e.g. Checkout took it over in May", is_long=True
)
DOUBT_FORM = Form(DOUBT_VIEW, "Wrong owner?", "Tell them", (DOUBT_REASON_FIELD,), refused_at=DOUBT_REASON_FIELD)


def doubt_recorded(told: Sequence[Told]) -> Rendered:
    """Return the receipt for a doubt; `told` is where each owner hears of it."""
    return Rendered(f"Your doubt is recorded. {said_to(told)}")


def doubt_view(asset: AssetRecord, owner: str, metadata: str) -> Block:
    """Return the modal behind "Wrong owner?": one optional field."""
    said = (
        f"The catalog says {bold(owner, 80)} owns {bold(asset.name, 80)}."
        if owner
        else f"The catalog names no single owner of {bold(asset.name, 80)}."
    )
    return DOUBT_FORM.view(metadata, f"{said} Your doubt shows on its answer, and I tell the owner once.")


def doubted(asset: AssetRecord, owner: str, doubter: str, reason: str, *, value: str) -> Rendered:
    """Return the note to an owner: somebody thinks that `owner` does not own it. `doubter` is a Slack id or empty."""
    who = mention(doubter) or "Somebody"
    text = f"{who} thinks that {bold(owner, 80)} does not own {bold(asset.name)}."
    said = escape(reason, 500)
    if said:
        text += f"\n> {said}"
    text += "\nNothing has changed. If it is yours, press *We own it*."
    name = plain(asset.name, 60)
    return Rendered(
        text,
        [
            section(text),
            {"type": "actions", "elements": [button("We own it", CONFIRM, value, label=f"We own it: {name}")]},
        ],
    )
