"""The ids that ownership's buttons, modal and input carry; `handlers` answers to each."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.catalog import Area

CONFIRM = "ownership.confirm"
DOUBT = "ownership.doubt"
SHARE = "ownership.share"
CHOOSE = "ownership.choose"
CLAIM = "ownership.claim"
WITHDRAW = "ownership.withdraw"
CLAIM_VIEW = "ownership.claim_view"
CLAIM_TEAM = "ownership.claim_team"
DOUBT_VIEW = "ownership.doubt_view"
DOUBT_REASON = "ownership.doubt_reason"


class AssetValue(NamedTuple):
    """The value of every button about an asset. `area` is None where all of it is meant."""

    asset_id: int
    area: Area | None = None


class AssetForm(NamedTuple):
    """What a form about an asset carries. `response_url` is where it was opened, empty on the Home tab."""

    asset_id: int
    area: Area | None
    response_url: str
