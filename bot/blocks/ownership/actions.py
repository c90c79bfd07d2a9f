"""The ids that ownership's buttons, modal and input carry; `handlers` answers to each."""

from __future__ import annotations

CONFIRM = "ownership.confirm"
DOUBT = "ownership.doubt"
SHARE = "ownership.share"
CHOOSE = "ownership.choose"
DOUBT_VIEW = "ownership.doubt_view"
DOUBT_REASON = "ownership.doubt_reason"
