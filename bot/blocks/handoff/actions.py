"""The ids that handoffs' buttons, modals and inputs carry, and the shapes of their values."""

from __future__ import annotations

from typing import NamedTuple

from bot.blocks import handoff_button
from bot.domain.handoff.handoffs import HandoffStep

COMMAND = "/handoff"

#: The choices beside a resource; the value is an `AnswerValue`.
ANSWER = "handoff.answer"
#: The same as buttons beside a reminder.
NOT_YET, DECLINE = "handoff.not_yet", "handoff.decline"
#: The buttons of the card; the value of the first four is a `HandoffValue`, of the others the handoff's id.
ACCEPT_ALL = "handoff.accept_all"
WITHDRAW = "handoff.withdraw"
AGAIN = "handoff.again"
REFUSE = "handoff.refuse"
CANCEL = "handoff.cancel"
CALL_OFF = "handoff.call_off"
DETAILS = "handoff.details"
EVIDENCE = "handoff.evidence"
SHOW = handoff_button.SHOW
WORKS = "handoff.works"
NO = "handoff.no"
BACK = handoff_button.BACK

OFFER_VIEW, AGAIN_VIEW, ASK_VIEW = "handoff.offer_form", "handoff.again_form", "handoff.ask_form"
ANSWER_VIEW, EVIDENCE_VIEW = "handoff.answer_form", "handoff.evidence_form"
NO_VIEW, BACK_VIEW = "handoff.no_form", "handoff.back_form"
RECEIVER, RESOURCES, LIBRARY, TEAM = "handoff.receiver", "handoff.resources", "handoff.library", "handoff.team"
EFFECTIVE, OVERLAP, LOAN, REASON = "handoff.effective", "handoff.overlap", "handoff.loan", "handoff.reason"
NEEDS, NEEDS_FROM, NEEDS_BY = "handoff.needs", "handoff.needs_from", "handoff.needs_by"
ITEM, LINK, PERSON, DAY, NOT_APPLICABLE = (
    "handoff.item",
    "handoff.link",
    "handoff.person",
    "handoff.day",
    "handoff.not_applicable",
)


class HandoffValue(NamedTuple):
    """A handoff, in the version that its reader sees."""

    handoff_id: int
    version: int


class AnswerValue(NamedTuple):
    """A step with one resource of a handoff; without a resource, with all of it."""

    step: HandoffStep
    handoff_id: int
    version: int
    resource_id: int | None = None


class OfferSubject(NamedTuple):
    """What the form of an offer is about: who gives, and the request that it came from."""

    giver_team_id: int
    request_id: int | None = None


class ChosenResource(NamedTuple):
    """A choice among what can be handed over."""

    asset_id: int
    area: str
