"""The "We own this" modal and its receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import forms
from bot.blocks.forms import Field, Fill, Form
from bot.blocks.ownership import verdicts, words
from bot.blocks.ownership.actions import (
    CLAIM,
    CLAIM_AREA,
    CLAIM_OFFER_VIEW,
    CLAIM_REASON,
    CLAIM_TEAM,
    CLAIM_VIEW,
    WITHDRAW,
    AssetValue,
)
from bot.blocks.recipients import said_to
from bot.blocks.text import Block, Rendered, bold, button, day, plain, section
from bot.blocks.values import encode
from bot.domain.catalog import Area
from bot.domain.ownership.matters import Loan
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, TeamRecord

CLAIM_AREA_FIELD = forms.area_choice(CLAIM_AREA, "Which part is yours?")
CLAIM_TEAM_FIELD = forms.id_choice(CLAIM_TEAM, "Which of your teams owns it?", missing="Choose the team that owns it.")
CLAIM_FORM = Form(CLAIM_VIEW, "We own this", "Claim it", (CLAIM_TEAM_FIELD,), refused_at=CLAIM_TEAM_FIELD)
CLAIM_REASON_FIELD = forms.text(
    CLAIM_REASON,
    "Why is it yours?",
    missing="Say why it is yours: its owner reads it.",
    hint="e.g. We have run it since May",
    is_long=True,
)
CLAIM_OFFER_FORM = Form(
    CLAIM_OFFER_VIEW,
    "We own this",
    "Ask for it",
    (CLAIM_AREA_FIELD, CLAIM_TEAM_FIELD, CLAIM_REASON_FIELD),
    refused_at=CLAIM_REASON_FIELD,
)


def claim_button(asset: AssetRecord, area: Area | None = None) -> Mapping[str, Any]:
    """Return the button that claims an asset, or one area of it."""
    return claim_part_button(asset.id, asset.name, area)


def claim_part_button(asset_id: int, name: str, area: Area | None) -> Mapping[str, Any]:
    """Return the same of an asset by its id and name."""
    label = f"We own this: {plain(name, 45)}"
    return button("We own this", CLAIM, encode(AssetValue(asset_id, area)), label=label)


def withdraw_button(asset: AssetRecord, area: Area | None) -> Mapping[str, Any]:
    """Return the button that takes back what a team claims of an asset."""
    text = "Withdraw our claim"
    return button(text, WITHDRAW, encode(AssetValue(asset.id, area)), label=f"{text}: {plain(asset.name, 45)}")


def claim_view(
    asset: AssetRecord,
    owner: str,
    teams: Sequence[TeamRecord],
    metadata: str,
    *,
    area: Area | None = None,
    areas: Mapping[Area, str] | None = None,
    decides_heir: bool | None = None,
    loan: Loan | None = None,
) -> Block:
    """Return the modal behind "We own this": for which of the person's teams, and why. `owner` is empty for nobody.

    `areas` are those of which one can be claimed, with their owners, where there are several.
    `decides_heir` is, of what an owner who is gone has left, whether they decide that themselves. By a `loan`, the
    owner has it until a day, and its lender is asked.
    """
    name = words.part(asset, area)
    form = CLAIM_OFFER_FORM if owner else CLAIM_FORM
    if decides_heir is not None:
        then = "Claim it, and it is your team's." if decides_heir else "Your team's lead or a catalog admin decides."
        happens = f"{bold(owner, 80)}, who owned {name}, is gone. {then}"
    elif loan is not None:
        lender = bold(loan.lender.name, 80)
        until = f"{name} is on loan from {lender} to {bold(loan.borrower, 80)} until {day(loan.until)}"
        happens = f"{words.sentence(until)}. I ask {lender}, who can agree once it is back."
    elif areas:
        said = verdicts.split_by(areas, bold(asset.name, 80))
        happens = f"The catalog says {said}. I ask whoever owns that part, and nothing changes until they agree."
    elif owner:
        happens = f"The catalog says {bold(owner, 80)} owns {name}. I ask them, and nothing changes until they agree."
    else:
        happens = f"Nobody owns {name}. Claim it, and it is your team's."
    options, parts = {str(team.id): team.name for team in teams}, verdicts.choices(areas or {})
    fills: dict[Field[Any], Fill] = {CLAIM_TEAM_FIELD: Fill(next(iter(options), ""), options)}
    if form is CLAIM_OFFER_FORM:
        fills[CLAIM_AREA_FIELD] = Fill(area.value if area is not None and parts else "", parts)
    return form.view(metadata, happens, fills)


def claimed(asset: AssetRecord, area: Area | None, team: str, *, is_final: bool = False) -> Rendered:
    """Return the receipt for a claim that nobody contests; one that is final cannot be taken back."""
    text = f"{bold(team, 80)} owns {words.part(asset, area)} now."
    return Rendered(text) if is_final else _with_undo(text, asset, area)


def offered(asset: AssetRecord, area: Area | None, team: str, owners: Sequence[str], told: Sequence[Told]) -> Rendered:
    """Return the receipt for a claim that `owners` answer; `told` is where the first of them hears of it."""
    agree = f"{words.join([bold(each, 60) for each in owners])} {'agrees' if len(owners) == 1 else 'agree'}"
    what = words.sentence(words.part(asset, area))
    return _with_undo(
        f"{what} goes to {bold(team, 80)} once {agree}. {said_to(told)} You will hear how it ends.", asset, area
    )


def _with_undo(text: str, asset: AssetRecord, area: Area | None) -> Rendered:
    return Rendered(text, [section(text), {"type": "actions", "elements": [withdraw_button(asset, area)]}])


def already_theirs(asset: AssetRecord, area: Area | None, team: str) -> Rendered:
    """Return the answer to a second claim by the same team."""
    return Rendered(f"{bold(team, 80)} already owns or claims {words.part(asset, area)}.")
