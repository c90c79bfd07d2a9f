"""The forms of handoffs: an offer, a question for one, the answers that take words, and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import forms
from bot.blocks.forms import Field, Fill, Form, filled_day
from bot.blocks.handoff import actions, words
from bot.blocks.handoff.actions import ChosenResource
from bot.blocks.handoff_button import OpenHandoff
from bot.blocks.text import Block, escape
from bot.blocks.values import encode
from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import MOST_OVERLAP_DAYS, HandoffCard, HandoffStep, HandoffTerms
from bot.domain.handoff.readiness import READINESS_WORDS, ReadinessItem
from bot.domain.records import AssetRecord, TeamRecord

RECEIVER = forms.name_or_choice(
    actions.RECEIVER, "To which team?", hint="The team's name", missing="Choose the team that takes it over."
)
RESOURCES = forms.ticks(actions.RESOURCES, "What is handed over?", missing="Choose what is handed over.")
LIBRARY = forms.choice(actions.LIBRARY, "Which library of yours stays with you?")
EFFECTIVE = forms.day(actions.EFFECTIVE, "From which day on? (empty: from acceptance)")
OVERLAP = forms.number_between(
    actions.OVERLAP, "For how many working days do you help afterwards?", 0, MOST_OVERLAP_DAYS, is_whole=True
)
LOAN = forms.day(actions.LOAN, "Does it return? On which day?")
REASON = forms.text(actions.REASON, "Why?", is_long=True)
TEAM = forms.id_choice(actions.TEAM, "For which of your teams?", missing="Choose your team.")
DECLINE_REASON = forms.text(
    actions.REASON, "Why not?", missing="Give a reason: whoever offered it reads it.", is_long=True
)
CALL_OFF_REASON = forms.text(actions.REASON, "Why?", missing="Give a reason: the other team reads it.", is_long=True)
BACK_REASON = forms.text(
    actions.REASON, "Why do you hand it back?", missing="Give a reason: the other team reads it.", is_long=True
)
WHAT_FAILS = forms.text(
    actions.REASON, "What does not work?", missing="Say what does not work: the other team reads it.", is_long=True
)
NEEDS = forms.text(actions.NEEDS, "What does it need first?", missing="Say what it needs.", is_long=True)
NEEDS_FROM = forms.text(actions.NEEDS_FROM, "Who sees to it?", missing="Say who sees to it.", limit=100)
NEEDS_BY = forms.day(actions.NEEDS_BY, "Until when?", missing="Choose a day.")
ITEM = forms.choice(actions.ITEM, "What does it show?", is_kept=True)
LINK = forms.address(actions.LINK, "Link")
PERSON = forms.person(actions.PERSON, "Who did it?")
DAY = forms.day(actions.DAY, "When?")
NOT_APPLICABLE = forms.text(actions.NOT_APPLICABLE, "Or why does it not apply?")

_WHO_IS_TOLD = (
    "Give a full name, an @handle or an e-mail address, and I tell that person, who can say that it is there."
)
_TERMS = (EFFECTIVE, OVERLAP, LOAN, REASON)
#: Where it stands in a form what a `FieldError` is about.
ASKED_AT: Mapping[str, Field[Any]] = {
    "receiver": RECEIVER,
    "effective_on": EFFECTIVE,
    "overlap_days": OVERLAP,
    "loan_until": LOAN,
    "day": DAY,
    "shown_by": PERSON,
}
OFFER = Form(actions.OFFER_VIEW, "Hand over", "Offer", (RECEIVER, RESOURCES, LIBRARY, *_TERMS), refused_at=RESOURCES)
AGAIN = Form(actions.AGAIN_VIEW, "Hand over", "Offer", (RESOURCES, *_TERMS), refused_at=RESOURCES)
ASK = Form(actions.ASK_VIEW, "Ask for it", "Ask", (TEAM, RESOURCES, REASON), refused_at=RESOURCES)
EVIDENCE = Form(
    actions.EVIDENCE_VIEW, "Evidence", "Add", (ITEM, LINK, PERSON, DAY, NOT_APPLICABLE), refused_at=NOT_APPLICABLE
)
NO = Form(actions.NO_VIEW, "It does not work", "Say so", (WHAT_FAILS,), refused_at=WHAT_FAILS)
BACK = Form(actions.BACK_VIEW, "Hand it back", "Offer", (BACK_REASON,), refused_at=BACK_REASON)
#: The forms of the answers that take words.
ANSWERS: Mapping[HandoffStep, Form] = {
    HandoffStep.DECLINE: Form(actions.ANSWER_VIEW, "Decline", "Decline", (DECLINE_REASON,), refused_at=DECLINE_REASON),
    HandoffStep.NOT_YET: Form(
        actions.ANSWER_VIEW, "Not yet", "Say so", (NEEDS, NEEDS_FROM, NEEDS_BY), refused_at=NEEDS_BY
    ),
    HandoffStep.REFUSE: Form(actions.ANSWER_VIEW, "No", "Say no", (DECLINE_REASON,), refused_at=DECLINE_REASON),
    HandoffStep.CALL_OFF: Form(
        actions.ANSWER_VIEW, "Call it off", "Call it off", (CALL_OFF_REASON,), refused_at=CALL_OFF_REASON
    ),
}
#: What can be ticked in one form.
MOST_CHOICES = 100

#: What can be handed over: an asset and an area of it.
Choices = Sequence[tuple[AssetRecord, Area]]


def offer_view(
    giver: TeamRecord,
    choices: Choices,
    metadata: str,
    *,
    about: OpenHandoff,
    receivers: Sequence[TeamRecord] = (),
    receiver: int | None = None,
    libraries: Sequence[AssetRecord] = (),
    library: int | None = None,
) -> Block:
    """Return the form of an offer. What it is `about` is ticked from the start.

    `library` is the id of the one that is chosen to stay.
    """
    said = (
        f"*{escape(giver.name, 80)}* offers this. Nothing moves until somebody of the other team accepts, part by part."
    )
    teams = {str(team.id): team.name for team in receivers if team.id != giver.id}
    return OFFER.view(
        metadata,
        said,
        {
            RECEIVER: Fill(str(receiver) if receiver is not None else "", teams),
            RESOURCES: _resources(choices, about.asset_id, about.area),
            LIBRARY: Fill(str(library) if library is not None else "", {str(each.id): each.name for each in libraries}),
        },
    )


def again_view(its: HandoffCard, metadata: str) -> Block:
    """Return the form that offers what was asked for, or was not accepted."""
    parts = its.resources if its.is_draft else its.to_offer_again
    options = {str(each.id): words.plain_thing(each.name, each.area) for each in parts}
    receiver = words.team(its.receiver.name)
    said = f"{words.title(its)}. Offer it, and {receiver} answers part by part."
    if its.offered_on is not None:
        said = f"{words.number(its)} · Offer {receiver} again what they have not accepted. They answer part by part."
    if its.is_fixed:
        said += (
            " What they accepted stays as agreed: with another day, loan or help, this becomes a handoff of its own."
        )
    filled: dict[Field[Any], Fill] = {
        RESOURCES: Fill(options=options, chosen=tuple(options)),
        EFFECTIVE: Fill(filled_day(its.effective_on)),
        OVERLAP: Fill(str(its.overlap_days) if its.overlap_days else ""),
        LOAN: Fill(filled_day(its.loan_until)),
        REASON: Fill(its.reason),
    }
    return AGAIN.view(metadata, said, filled)


def ask_view(
    giver: TeamRecord, teams: Sequence[TeamRecord], choices: Choices, metadata: str, *, about: OpenHandoff
) -> Block:
    """Return the form that asks a team for what it owns. What it is `about` is ticked from the start."""
    said = (
        f"*{escape(giver.name, 80)}* owns this. I tell them that your team would take it over. They offer it or say no."
    )
    options = {str(team.id): team.name for team in teams}
    filled: dict[Field[Any], Fill] = {
        TEAM: Fill(next(iter(options), ""), options),
        RESOURCES: _resources(choices, about.asset_id, about.area),
    }
    return ASK.view(metadata, said, filled)


def answer_view(its: HandoffCard, step: HandoffStep, resource_id: int | None, metadata: str) -> Block:
    """Return the form of an answer that takes words."""
    one = next((each for each in its.resources if each.id == resource_id), None)
    said = f"{words.title(its)}." if one is None else f"Handoff #{its.id}: {words.thing(one)}."
    filled: dict[Field[Any], Fill] = {}
    if step is HandoffStep.NOT_YET and one is not None:  # whoever says a new day need not say the rest again
        filled = {NEEDS: Fill(one.needs), NEEDS_FROM: Fill(one.needs_from, hint=_WHO_IS_TOLD)}
    return ANSWERS[step].view(metadata, said, filled)


def back_view(its: HandoffCard, metadata: str) -> Block:
    """Return the form that asks why something is handed back."""
    said = f"{words.passed(its)}. It goes back once *{escape(its.giver.name, 80)}* accepts it."
    return BACK.view(metadata, said)


def no_view(its: HandoffCard, metadata: str) -> Block:
    """Return the form that asks what does not work."""
    return NO.view(metadata, f"{words.passed(its)}. The other team reads what you write.")


def evidence_view(its: HandoffCard, metadata: str) -> Block:
    """Return the form that adds evidence; what is not shown yet comes first."""
    shown = {each.item for each in its.evidence}
    ordered = [
        *(each for each in ReadinessItem if each not in shown),
        *(each for each in ReadinessItem if each in shown),
    ]
    options = {each.value: READINESS_WORDS[each] for each in ordered}
    said = f"{words.title(its)}. Evidence, not promises: a link, who did it, or when."
    return EVIDENCE.view(metadata, said, {ITEM: Fill(next(iter(options)), options)})


def terms_of(said: forms.Answers) -> HandoffTerms:
    """Return what was filled in about the handoff as a whole."""
    return HandoffTerms(
        effective_on=said.get(EFFECTIVE),
        overlap_days=int(said.get(OVERLAP) or 0),
        loan_until=said.get(LOAN),
        reason=said.text(REASON),
    )


def _resources(choices: Choices, chosen: int | None, area: Area | None) -> Fill:
    options = {
        encode(ChosenResource(asset.id, each.value)): words.plain_thing(asset.name, each)
        for asset, each in choices[:MOST_CHOICES]
    }
    meant = [(asset.id, each) for asset, each in choices if asset.id == chosen and area in (None, each)]
    return Fill(options=options, chosen=tuple(encode(ChosenResource(number, each.value)) for number, each in meant))
