"""The "We own this" modal, its receipts, and the note to an owner whose asset is claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import forms
from bot.blocks.forms import Fill, Form
from bot.blocks.ownership.actions import CLAIM, CLAIM_TEAM, CLAIM_VIEW, AssetValue
from bot.blocks.recipients import said_to
from bot.blocks.text import Block, Rendered, bold, button, mention, plain
from bot.blocks.values import encode
from bot.domain.catalog import Area
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, TeamRecord

CLAIM_TEAM_FIELD = forms.id_choice(CLAIM_TEAM, "Which of your teams owns it?", missing="Choose the team that owns it.")
CLAIM_FORM = Form(CLAIM_VIEW, "We own this", "Claim it", (CLAIM_TEAM_FIELD,), refused_at=CLAIM_TEAM_FIELD)


def claim_button(asset: AssetRecord, area: Area | None = None) -> Mapping[str, Any]:
    """Return the button that claims an asset, or one area of it."""
    label = f"We own this: {plain(asset.name, 45)}"
    return button("We own this", CLAIM, encode(AssetValue(asset.id, area)), label=label)


def claim_view(asset: AssetRecord, owner: str, teams: Sequence[TeamRecord], metadata: str) -> Block:
    """Return the modal behind "We own this": for which of the person's teams. `owner` is empty for nobody."""
    name = bold(asset.name, 80)
    if owner:
        happens = (
            f"The catalog says {bold(owner, 80)} owns {name}. It is disputed until you agree, "
            "and I tell the owner once."
        )
    else:
        happens = f"Nobody owns {name}. Claim it, and it is your team's."
    options = {str(team.id): team.name for team in teams}
    return CLAIM_FORM.view(metadata, happens, {CLAIM_TEAM_FIELD: Fill(next(iter(options), ""), options)})


def claimed(asset: AssetRecord, team: str) -> Rendered:
    """Return the receipt for a claim that nobody contests."""
    return Rendered(f"{bold(team, 80)} owns {bold(asset.name)} now. To undo it, withdraw the claim on its answer.")


def contested(asset: AssetRecord, team: str, owner: str, told: Sequence[Told]) -> Rendered:
    """Return the receipt for a claim of what `owner` owns; `told` is where its owners hear of it."""
    return Rendered(
        f"{bold(team, 80)} claims {bold(asset.name)}. It is disputed until {bold(owner, 80)} agrees. {said_to(told)}"
    )


def already_theirs(asset: AssetRecord, team: str) -> Rendered:
    """Return the answer to a second claim by the same team."""
    return Rendered(f"{bold(team, 80)} already owns or claims {bold(asset.name)}.")


def claimed_from_you(asset: AssetRecord, owner: str, team: str, claimer: str) -> Rendered:
    """Return the note to the owners of what another team claims. `claimer` is a Slack id or empty."""
    who = mention(claimer) or "Somebody"
    return Rendered(
        f"{who} claims {bold(asset.name)} for {bold(team or 'another team', 80)}; "
        f"the catalog says {bold(owner, 80)} owns it.\n"
        "It is disputed until you agree: correct the catalog, or ask them to withdraw the claim."
    )
