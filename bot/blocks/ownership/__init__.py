"""The answer to "who owns X?", and the messages about claims, doubts and disputes."""

from __future__ import annotations

from bot.blocks.ownership.actions import (
    CHOOSE,
    CLAIM,
    CLAIM_OFFER_VIEW,
    CLAIM_VIEW,
    CONFIRM,
    DISPUTE,
    DOUBT,
    DOUBT_VIEW,
    MATTER_AGREE,
    MATTER_ASK,
    MATTER_ASK_VIEW,
    MATTER_KEEP,
    MATTER_NOT_OURS,
    MATTER_PASS_ON,
    MATTER_REPLY,
    MATTER_REPLY_VIEW,
    MATTER_SHOW,
    MATTER_SIDE,
    MATTER_SIDE_VIEW,
    SHARE,
    WITHDRAW,
    AssetForm,
    AssetValue,
    SideValue,
)
from bot.blocks.ownership.answers import AnswerFrame, answer
from bot.blocks.ownership.choices import (
    MOST_CHOICES,
    Thread,
    mentioned,
    mentioned_nothing,
    nothing_asked,
    question_needed,
    several,
    unknown,
    unknown_reference,
    which_thing,
)
from bot.blocks.ownership.claims import (
    CLAIM_AREA_FIELD,
    CLAIM_FORM,
    CLAIM_OFFER_FORM,
    CLAIM_REASON_FIELD,
    CLAIM_TEAM_FIELD,
    already_theirs,
    claim_view,
    claimed,
    offered,
)
from bot.blocks.ownership.doubts import (
    DOUBT_AREA_FIELD,
    DOUBT_FORM,
    DOUBT_REASON_FIELD,
    DOUBT_TEAM_FIELD,
    doubt_recorded,
    doubt_view,
)
from bot.blocks.ownership.history import chronicle, recalled
from bot.blocks.ownership.matter_forms import (
    ASK_FIELD,
    ASK_FORM,
    REPLY_FIELD,
    REPLY_FORM,
    SIDE_FIELD,
    SIDE_FORM,
    question_view,
    reply_view,
    side_view,
)
from bot.blocks.ownership.matters import (
    addressed,
    asked_again,
    asked_back,
    asked_before,
    card,
    card_view,
    left_with,
    line_redrawn,
    matter_line,
    matter_noted,
    matter_section,
    outcome,
    proposal_declined,
    proposed,
    question_noted,
    redrawn,
    replied,
    reply_noted,
)
