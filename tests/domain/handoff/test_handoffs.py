"""What may become of a resource of a handoff, and of the terms on which it is offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.handoff.family import left_behind
from bot.domain.handoff.handoffs import OPEN, TRANSITIONS, UNANSWERED, HandoffStep, HandoffTerms, ResourceState, after
from bot.domain.handoff.readiness import READINESS_WORDS, Evidence, ReadinessItem
from bot.domain.records import HANDOFF_STAGES, AssetRecord, HandoffStage
from bot.domain.rights import GRANTS
from bot.errors import UserError

TODAY = date(2026, 3, 3)
DRAFT, OFFERED, NOT_YET, SUPPLIED, ACCEPTED, DECLINED, EXPIRED, WITHDRAWN, CALLED_OFF = ResourceState
#: The states from which each step leads on, and to which one, as the design has it.
TABLE = {
    HandoffStep.OFFER: ({DRAFT, DECLINED, EXPIRED, WITHDRAWN, CALLED_OFF}, OFFERED),
    HandoffStep.ACCEPT: ({OFFERED, NOT_YET, SUPPLIED}, ACCEPTED),
    HandoffStep.DECLINE: ({OFFERED, NOT_YET, SUPPLIED}, DECLINED),
    HandoffStep.NOT_YET: ({OFFERED, NOT_YET, SUPPLIED}, NOT_YET),
    HandoffStep.SUPPLY: ({NOT_YET}, SUPPLIED),
    HandoffStep.WITHDRAW: ({OFFERED, NOT_YET, SUPPLIED}, WITHDRAWN),
    HandoffStep.EXPIRE: ({DRAFT, OFFERED, NOT_YET, SUPPLIED}, EXPIRED),
    HandoffStep.REFUSE: ({DRAFT}, DECLINED),
    HandoffStep.CANCEL: ({DRAFT}, WITHDRAWN),
    HandoffStep.CALL_OFF: ({ACCEPTED}, CALLED_OFF),
}


@pytest.mark.parametrize(("step", "state"), list(product(HandoffStep, ResourceState)))
def test_each_step_from_each_state(step: HandoffStep, state: ResourceState) -> None:
    sources, to = TABLE[step]
    if state in sources:
        assert after(step, state) is to
    elif state is to:
        assert after(step, state) is None, "it was taken before"
    else:
        with pytest.raises(UserError, match=r".+: .+\."):
            after(step, state)


@pytest.mark.parametrize("step", HandoffStep)
def test_nothing_leads_away_from_what_has_passed(step: HandoffStep) -> None:
    if step is HandoffStep.ACCEPT:
        assert after(step, ACCEPTED, has_passed=True) is None
    else:
        with pytest.raises(UserError, match=r"\*Hand it back\* on its card"):
            after(step, ACCEPTED, has_passed=True)


def test_what_is_accepted_and_has_not_passed_can_only_be_called_off() -> None:
    assert {step for step, each in TRANSITIONS.items() if ACCEPTED in each.sources} == {HandoffStep.CALL_OFF}


def test_answers_speak_of_what_is_open_or_agreed() -> None:
    assert set(HANDOFF_STAGES) == UNANSWERED | {ACCEPTED}
    assert {state for state, stage in HANDOFF_STAGES.items() if stage is HandoffStage.OFFERED} == OPEN


def test_only_somebody_of_the_receiver_accepts_who_has_not_offered() -> None:
    to_accepted = [each for each in TRANSITIONS.values() if each.to is ResourceState.ACCEPTED]
    assert [bool(each.right and GRANTS[each.right].asker) for each in to_accepted] == [True]
    assert {step for step, each in TRANSITIONS.items() if each.right is None} == {HandoffStep.EXPIRE}
    assert TRANSITIONS[HandoffStep.ACCEPT].sources == OPEN


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        (HandoffTerms(), ""),
        (HandoffTerms(effective_on=TODAY, overlap_days=60, loan_until=date(2026, 3, 4)), ""),
        (HandoffTerms(effective_on=date(2026, 3, 2)), "That day is over"),
        (HandoffTerms(loan_until=TODAY), "A loan has to end after it begins"),
        (HandoffTerms(effective_on=date(2026, 4, 1), loan_until=date(2026, 3, 20)), "A loan has to end"),
        (HandoffTerms(effective_on=date(2027, 3, 4)), ""),
        (HandoffTerms(effective_on=date(9999, 12, 31)), "Choose a day within a year from now"),
        (HandoffTerms(overlap_days=61), "from 0 to 60"),
        (HandoffTerms(overlap_days=-1), "from 0 to 60"),
    ],
)
def test_days_that_cannot_be(terms: HandoffTerms, problem: str) -> None:
    if problem:
        with pytest.raises(UserError, match=problem):
            terms.check(today=TODAY)
    else:
        terms.check(today=TODAY)


def test_evidence_shows_something_or_says_why_there_is_nothing() -> None:
    nothing = Evidence(item=ReadinessItem.RUNBOOK)
    with pytest.raises(UserError, match="or say why it does not apply"):
        nothing.check(today=TODAY)
    for shown in ({"link": "https://x.test"}, {"person": "Ada"}, {"day": TODAY}):
        replace(nothing, **shown).check(today=TODAY)
        with pytest.raises(UserError, match="Give either evidence"):
            replace(nothing, not_applicable="None", **shown).check(today=TODAY)
    replace(nothing, not_applicable="It has no runbook").check(today=TODAY)
    with pytest.raises(UserError, match="That day has not come yet"):
        replace(nothing, day=date(2026, 3, 4)).check(today=TODAY)
    assert set(READINESS_WORDS) == set(ReadinessItem)


def thing(number: int, name: str, parent_id: int | None = None) -> AssetRecord:
    return AssetRecord(id=number, own_ref=f"service:{number}", kind=AssetKind.SERVICE, name=name, parent_id=parent_id)


def test_what_is_left_behind_is_of_the_same_system_or_named_alike() -> None:
    offered = thing(1, "payments-db", 9)
    others = [
        offered,
        thing(2, "payments.alarms"),
        thing(3, "dns", 9),
        thing(4, "part", 1),
        thing(5, "search-db"),
        thing(9, "shop"),
    ]
    assert [each.name for each in left_behind([offered], others)] == ["dns", "part", "payments.alarms", "shop"]


def test_an_organisation_is_no_likeness_of_its_repositories() -> None:
    path = replace(thing(1, "acme/payments:/deploy/"), kind=AssetKind.PATH)
    others = [
        replace(thing(2, "acme/checkout:/infra/"), kind=AssetKind.PATH),
        replace(thing(3, "acme/payments"), kind=AssetKind.REPOSITORY),
        replace(thing(4, "acme/platform-config"), kind=AssetKind.REPOSITORY),
        thing(5, "acme.example"),
        thing(6, "payments-db"),
    ]
    assert [each.name for each in left_behind([path], others)] == ["acme/payments", "payments-db"]


@pytest.mark.parametrize("name", ["prod-db", "db-payments", "a-b", "service-7"])
def test_first_words_that_tell_nothing(name: str) -> None:
    assert left_behind([thing(1, name)], [thing(2, f"{name.partition('-')[0]}-other")]) == []
