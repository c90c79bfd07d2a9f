"""The answer to "who owns X?", the "Wrong owner?" modal, and the note to an owner who is doubted."""

from __future__ import annotations

from bot.blocks.ownership.actions import CHOOSE, CONFIRM, DOUBT, DOUBT_REASON, DOUBT_VIEW, SHARE
from bot.blocks.ownership.answers import Frame, answer
from bot.blocks.ownership.choices import mentioned, mentioned_nothing, question_needed, several, unknown
from bot.blocks.ownership.doubts import doubt_recorded, doubt_view, doubted
from bot.blocks.ownership.words import AREA_WORDS

__all__ = [
    "AREA_WORDS",
    "CHOOSE",
    "CONFIRM",
    "DOUBT",
    "DOUBT_REASON",
    "DOUBT_VIEW",
    "SHARE",
    "Frame",
    "answer",
    "doubt_recorded",
    "doubt_view",
    "doubted",
    "mentioned",
    "mentioned_nothing",
    "question_needed",
    "several",
    "unknown",
]
