"""The answer to "who owns X?", the "Wrong owner?" modal, and the note to an owner who is doubted."""

from __future__ import annotations

from bot.blocks.ownership.actions import (
    CHOOSE,
    CLAIM,
    CLAIM_TEAM,
    CLAIM_VIEW,
    CONFIRM,
    DOUBT,
    DOUBT_REASON,
    DOUBT_VIEW,
    SHARE,
    WITHDRAW,
    AssetForm,
    AssetValue,
)
from bot.blocks.ownership.answers import AnswerFrame, answer
from bot.blocks.ownership.choices import (
    Thread,
    mentioned,
    mentioned_nothing,
    question_needed,
    several,
    unknown,
    unknown_reference,
    which_thing,
)
from bot.blocks.ownership.claims import (
    CLAIM_FORM,
    CLAIM_TEAM_FIELD,
    already_theirs,
    claim_view,
    claimed,
    claimed_from_you,
    contested,
)
from bot.blocks.ownership.doubts import DOUBT_FORM, DOUBT_REASON_FIELD, doubt_recorded, doubt_view, doubted
from bot.blocks.ownership.history import chronicle, recalled
from bot.blocks.ownership.words import AREA_WORDS
