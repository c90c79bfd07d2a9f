"""The "Wrong owner?" modal and its receipt. The note to the owner is a matter's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import forms
from bot.blocks.forms import Fill, Form
from bot.blocks.ownership import verdicts, words
from bot.blocks.ownership.actions import DOUBT_AREA, DOUBT_REASON, DOUBT_TEAM, DOUBT_VIEW
from bot.blocks.recipients import said_to
from bot.blocks.text import Block, Rendered, bold, day
from bot.domain.catalog import Area
from bot.domain.ownership.matters import Loan
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, TeamRecord

DOUBT_AREA_FIELD = forms.area_choice(DOUBT_AREA, "Which part has the wrong owner?")
DOUBT_TEAM_FIELD = forms.name_or_choice(DOUBT_TEAM, "Whose is it, as far as you know?", hint="A team's name")
DOUBT_REASON_FIELD = forms.text(
    DOUBT_REASON, "What makes you doubt it?", hint="e.g. Checkout took it over in May", is_long=True
)
DOUBT_FORM = Form(
    DOUBT_VIEW,
    "Wrong owner?",
    "Tell them",
    (DOUBT_AREA_FIELD, DOUBT_TEAM_FIELD, DOUBT_REASON_FIELD),
    refused_at=DOUBT_REASON_FIELD,
)


def doubt_recorded(told: Sequence[Told]) -> Rendered:
    """Return the receipt for a doubt; `told` is where each owner hears of it."""
    return Rendered(f"Your doubt is recorded. {said_to(told)}{' You will hear what they answer.' if told else ''}")


def doubt_view(
    asset: AssetRecord,
    owner: str,
    metadata: str,
    *,
    area: Area | None = None,
    areas: Mapping[Area, str] | None = None,
    teams: Sequence[TeamRecord] = (),
    loan: Loan | None = None,
    is_orphan: bool = False,
) -> Block:
    """Return the modal behind "Wrong owner?" about an `area`, or the whole.

    `areas` are those that different teams own, with their names.
    By a `loan`, the owner has it for a while only, and its lender is asked; where all owners are gone (`is_orphan`),
    an admin is.
    """
    name, what = bold(asset.name, 80), words.part(asset, area)
    said = (
        f"The catalog says {bold(owner, 80)} owns {what}." if owner else f"The catalog names no single owner of {what}."
    )
    asked = "a catalog admin" if is_orphan else "the owner"
    if loan is not None:
        asked = bold(loan.lender.name, 80)
        said = f"{said.removesuffix('.')}, on loan from {asked} until {day(loan.until)}."
    if areas:
        said = f"The catalog says {verdicts.split_by(areas, name)}."
    parts = verdicts.choices(areas or {})
    return DOUBT_FORM.view(
        metadata,
        f"{said} Your doubt shows on its answer, and I ask {asked} once.",
        {
            DOUBT_AREA_FIELD: Fill(next(iter(parts), ""), parts),
            DOUBT_TEAM_FIELD: Fill(options={str(each.id): each.name for each in teams}),
        },
    )
