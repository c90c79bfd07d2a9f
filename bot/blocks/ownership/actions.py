"""The ids that ownership's buttons, modal and input carry; `handlers` answers to each."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.catalog import Area

ATTEST = "ownership.attest"
NOT_OURS = "ownership.not_ours"
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
DOUBT_AREA, DOUBT_TEAM = "ownership.doubt_area", "ownership.doubt_team"
CLAIM_OFFER_VIEW, CLAIM_REASON = "ownership.claim_offer_view", "ownership.claim_reason"
CLAIM_AREA = "ownership.claim_area"

#: The button on the answer about something disputed; the value is an `AssetValue`.
DISPUTE = "ownership.dispute"
#: The buttons of a matter; the value is its id, and with MATTER_SIDE a `SideValue`.
MATTER_AGREE, MATTER_KEEP, MATTER_SIDE = "ownership.matter_agree", "ownership.matter_keep", "ownership.matter_side"
MATTER_ASK, MATTER_REPLY = "ownership.matter_ask", "ownership.matter_reply"
MATTER_PASS_ON, MATTER_SHOW = "ownership.matter_pass_on", "ownership.matter_show"
#: The button of a team that is asked whether what its owner gave up is theirs; the value is the matter's id.
MATTER_NOT_OURS = "ownership.matter_not_ours"
MATTER_ASK_VIEW, MATTER_REPLY_VIEW = "ownership.matter_ask_view", "ownership.matter_reply_view"
MATTER_SIDE_VIEW = "ownership.matter_side_view"
MATTER_WORDS = "ownership.matter_words"


class AssetValue(NamedTuple):
    """The value of every button about an asset. `area` is None where all of it is meant."""

    asset_id: int
    area: Area | None = None


class SideValue(NamedTuple):
    """The value of a button that says whose something is: the matter, and the key of a `Recipient`."""

    matter_id: int
    owner: str


class AssetForm(NamedTuple):
    """What a form about an asset carries. `response_url` is where it was opened, empty on the Home tab.

    `channel_id` and `thread_ts` are the thread in which everybody could see it opened; empty where nobody else could.
    """

    asset_id: int
    area: Area | None
    response_url: str
    channel_id: str = ""
    thread_ts: str = ""
