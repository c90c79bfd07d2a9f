"""The form that corrects a request which is open already, filled with what is said so far."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.forms import (
    ASKED_BY,
    BLOCKED,
    EVIDENCE,
    EVIDENCE_WORDS,
    HOURS,
    ITEM_KINDS,
    ITEM_TITLES,
    KINDS,
    MISSED,
    NEEDED_BY,
    NEEDED_REASON,
    PEOPLE,
    SHARE,
    SHARE_CHOICES,
    TEAM,
    TIMES,
    UNTIL,
    kind_of,
)
from bot.blocks.forms import Field, Fill, Form, choice, filled_day, filled_number, filled_text, text
from bot.blocks.text import Block
from bot.domain.backlog.changes import Changeable
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.records import TeamRecord

ADDED = text(actions.ADDED, "Another item", limit=LONGEST_TITLE)
ADDED_TYPE = choice(actions.ADDED_TYPE, "What kind of item is that?")
TITLE = filled_text(actions.TITLE, "What do you need?", limit=LONGEST_TITLE)
#: Each item's words, and its kind below them.
_ITEMS: tuple[Field[Any], ...] = tuple(chain.from_iterable(zip(ITEM_TITLES, ITEM_KINDS, strict=True)))
#: What only those change who speak for the request itself.
_OWN: tuple[Field[Any], ...] = (TITLE, *_ITEMS, ADDED, ADDED_TYPE, TEAM, ASKED_BY, NEEDED_REASON)
_FIELDS: tuple[Field[Any], ...] = (PEOPLE, TIMES, HOURS, EVIDENCE, BLOCKED, SHARE, UNTIL, NEEDED_BY, MISSED)
CHANGE = Form(
    actions.CHANGE_VIEW,
    "Change",
    "Save",
    (TITLE, *_ITEMS, ADDED, ADDED_TYPE, TEAM, ASKED_BY, *_FIELDS, NEEDED_REASON),
    refused_at=PEOPLE,
)


def change_view(its: Changeable, metadata: str, teams: Sequence[TeamRecord] = ()) -> Block:
    """Return the form; for those who have joined the request with what their own team says alone."""
    said, team = its.said, its.card.team
    fills: dict[Field[Any], Fill] = {
        TITLE: Fill(its.card.title),
        ADDED_TYPE: Fill(options=KINDS),
        TEAM: Fill(str(team.id) if team is not None else "", {str(each.id): each.name for each in teams}),
        ASKED_BY: Fill(its.card.asker.slack_id),
        PEOPLE: Fill(filled_number(said.lost_people)),
        TIMES: Fill(filled_number(said.lost_times)),
        HOURS: Fill(filled_number(said.lost_hours)),
        EVIDENCE: Fill(said.evidence or "", EVIDENCE_WORDS),
        BLOCKED: Fill(filled_number(said.blocked_people or None)),
        SHARE: Fill(said.blocked_share or "", SHARE_CHOICES),
        UNTIL: Fill(filled_day(said.blocked_until)),
        NEEDED_BY: Fill(filled_day(its.needed_by)),
        MISSED: Fill(filled_number(said.miss_hours)),
        NEEDED_REASON: Fill(its.card.needed_reason),
    }
    for item, title, kind in zip(its.card.items, ITEM_TITLES, ITEM_KINDS, strict=False):
        fills |= {title: Fill(item.title), kind: kind_of(item)}
    fields = CHANGE.fields if its.is_own else tuple(each for each in CHANGE.fields if each not in _OWN)
    made = Form(CHANGE.callback_id, CHANGE.title, CHANGE.submit, fields)
    return made.view(metadata, f"{words.name(its.card)}\nIts place in the backlog depends on these answers.", fills)
