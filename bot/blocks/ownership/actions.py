"""The ids that ownership's buttons, modal and input carry; `handlers` answers to each."""

from __future__ import annotations

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
