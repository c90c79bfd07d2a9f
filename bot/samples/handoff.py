"""Handoffs between teams: the card, its forms, and what people hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.blocks.handoff import cards, forms, lists, message_updates, notices, reminders
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.lines import Line
from bot.blocks.ownership import answers
from bot.blocks.text import Block, Rendered, button, escape, plain
from bot.domain.catalog import Area, AssetKind
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.domain.handoff.handoffs import (
    FOR_GIVER,
    FOR_RECEIVER,
    MOST_RESOURCES,
    HandoffCard,
    ResourceCard,
    ResourceState,
    Review,
    Which,
)
from bot.domain.handoff.readiness import Evidence, ReadinessItem
from bot.domain.handoff.status import HandoffStatus
from bot.domain.recipients import Told, Via
from bot.domain.records import AssetRecord, HandoffRecord, HandoffStage, PersonRecord, TeamRecord
from bot.samples import ownership

_ON, _AT = date(2026, 12, 1), datetime(2026, 12, 1, 9, tzinfo=UTC)
Sample = tuple[Callable[..., Any], Rendered | Block]


def samples(name: str) -> Iterator[Sample]:
    """Every message and view; everybody and everything in them has this name."""
    granted = replace(_held(name), is_asked=True, is_granted=True)
    for its in (_card(name), _card(name, *ResourceState), _large(name), _draft(name), _held(name), granted):
        yield cards.card, cards.card(its)
        yield cards.asked, cards.asked(its)
        for draw in (cards.card, cards.asked):
            yield draw, draw(its, FOR_GIVER | FOR_RECEIVER, who=escape(name))
            yield draw, draw(its, (), who=escape(name))
        yield cards.card_view, cards.card_view(cards.card(its))
        yield cards.card_view, cards.card_view(cards.card(its), is_in_its_place=True)
        yield cards.details_view, cards.details_view(its)
        yield from _notices(its, name)
        yield cards.begun, cards.begun(its, Told(name, Via.OWN, is_team=True, place="C012345678"))
        for is_new in (True, False):
            yield cards.receipt, cards.receipt(its, is_new=is_new, along=its.comes_along)
            for seen_to in (None, PersonRecord(id=9, name=name)):
                receipt = cards.receipt(its, is_new=is_new)
                yield notices.told_of_need, notices.told_of_need(receipt, its, seen_to)
            said = f"*{escape(name, 60)}*: ended"
            keep = button("Keep the plan", "lifecycle.keep_plan", "7", label=plain(name, 45))
            came = [Line(said, keep, command="/eol")] * 7
            yield cards.with_came, cards.with_came(cards.receipt(its, is_new=is_new), came)
        yield cards.reviewed, cards.reviewed(its)
        for side in Side:
            yield cards.told_why, cards.told_why(its, side, Told(name, Via.NOWHERE, is_team=True))
            yield cards.works_now, cards.works_now(its, PersonRecord(id=1, name=name), to=side)
            yield cards.does_not_work, cards.does_not_work(its, PersonRecord(id=1, name=name), name, to=side)
        yield forms.no_view, forms.no_view(its, "1")
        yield forms.back_view, forms.back_view(its, "1")
        yield forms.again_view, forms.again_view(its, "1|1")
        yield forms.evidence_view, forms.evidence_view(its, "1")
        for step in forms.ANSWERS:
            yield forms.answer_view, forms.answer_view(its, step, 1, "1")
    yield from _due(name)
    yield from _forms(name)
    for way in Way:
        steps = handoff_buttons(OpenHandoff(way, 1, 2, 3), name)
        yield answers.answer, answers.answer(next(ownership.verdicts(name)), answers.AnswerFrame(next_steps=steps))
    areas = (Area.DATABASE, Area.CI_CD)
    statuses = [
        HandoffStatus(HandoffRecord(number, Area.DATABASE, 1, 2, stage, _ON), areas, _team(name, 1), _team(name, 2))
        for number, stage in enumerate((*HandoffStage, *HandoffStage), 1)
    ]
    for shown in (statuses, statuses[:1]):
        frame = answers.AnswerFrame(handoffs=shown)
        yield answers.answer, answers.answer(next(ownership.verdicts(name)), frame)
    for which in Which:
        yield lists.listing, lists.listing((), which)
    yield lists.listing, lists.listing([_card(name), _draft(name), *[_large(name)] * 30])


def _notices(its: HandoffCard, name: str) -> Iterator[Sample]:
    """What both teams hear of a handoff beside its card."""
    yield notices.news, notices.news(its, its.resources)
    yield notices.news, notices.news(its, ())
    yield notices.answers, notices.answers(its)
    yield notices.answered, notices.answered(its, its.resources)
    yield notices.answered, notices.answered(its, its.resources[:1])
    free = [replace(each, is_givers=False, is_nobodys=True) for each in its.resources]
    for some in (free, free[-1:]):
        yield notices.news, notices.news(replace(its, resources=tuple(free)), some, for_giver=False)
    yield notices.needed, notices.needed(its, its.resources, PersonRecord(id=9, name=name))
    for one in its.resources[:1]:
        yield notices.supplied, notices.supplied(its, one)
        yield notices.supplied, notices.supplied(its, replace(one, state=ResourceState.SUPPLIED))
    yield notices.settled, notices.settled(its, its.resources)
    yield notices.settled, notices.settled(its, its.resources[:1])


def cards_of(name: str) -> Iterator[HandoffCard]:
    """One that waits for an answer, and one that the receiver has asked for."""
    yield _card(name)
    yield _draft(name)


def _due(name: str) -> Iterator[Sample]:
    its = [
        HandoffDue(
            kind=kind,
            card=_card(name),
            side=side,
            note="n",
            on=_ON,
            ends_on=_ON,
            resource=_resource(name, 1),
            files=(name,) * 3,
        )
        for kind in DueKind
        for side in Side
    ]
    asked = replace(_draft(name), resources=(_resource(name, 1, ResourceState.EXPIRED),))
    for card, kind in ((_draft(name), DueKind.ANSWER), (asked, DueKind.EXPIRED)):
        its += [HandoffDue(kind=kind, card=card, side=side, note="n", on=_ON, ends_on=_ON) for side in Side]
    for each in its:
        yield reminders.reminder, reminders.reminder(each)
        yield reminders.reminder, reminders.reminder(each, [reminders.line(other) for other in its * 3])
        for now in (_card(name, ResourceState.ACCEPTED), replace(_held(name), receiver_says=Review.WORKS)):
            before = reminders.reminder(each, [reminders.line(other) for other in its])
            yield message_updates.redrawn, message_updates.redrawn(before, now, its, each.side)
            yield message_updates.without_ways_back, message_updates.without_ways_back(before, now)
    yield reminders.section, reminders.section(its * 4)
    yield reminders.section, reminders.section(its, share=3)


def _forms(name: str) -> Iterator[Sample]:
    assets = [AssetRecord(id=each, own_ref=name, kind=AssetKind.LIBRARY, name=name) for each in range(1, 131)]
    some = [(asset, Area.DATABASE) for asset in assets]
    teams = [_team(name, each) for each in range(1, 131)]
    about = OpenHandoff(Way.OFFER, 1)
    yield forms.offer_view, forms.offer_view(_team(name, 1), some[:3], "1|", about=about)
    view = forms.offer_view(
        _team(name, 1), some, "1|", about=about, receivers=teams, receiver=2, libraries=assets, library=assets[0].id
    )
    yield forms.offer_view, view
    yield forms.ask_view, forms.ask_view(_team(name, 1), teams[1:3], some[:3], "1|", about=about)


def _team(name: str, number: int) -> TeamRecord:
    return TeamRecord(id=number, name=name, channel="C012345678")


def _resource(name: str, number: int, state: ResourceState = ResourceState.OFFERED) -> ResourceCard:
    return ResourceCard(
        id=number,
        asset_id=number,
        name=name,
        area=Area.DATABASE,
        state=state,
        answered_by=name,
        reason=name,
        needs=name,
        needs_from=name,
        needs_by=_ON,
    )


def _card(name: str, *states: ResourceState) -> HandoffCard:
    resources = [_resource(name, each, state) for each, state in enumerate(states or (ResourceState.OFFERED,), 1)]
    person = PersonRecord(id=1, name=name, slack_id="U12345678")
    return HandoffCard(
        id=7,
        giver=_team(name, 1),
        receiver=_team(name, 2),
        resources=tuple(resources),
        starter=person,
        begun_on=_ON,
        offerer=person,
        version=2,
        reason=name,
        offered_on=_ON,
        expires_on=_ON,
        effective_on=_ON,
        overlap_days=5,
        loan_until=_ON,
        request_id=3,
        library_id=4,
        library=name,
        follows_id=5,
        evidence=(
            Evidence(item=ReadinessItem.RUNBOOK, link="https://runbooks.example.test/x", person=name, day=_ON),
            Evidence(item=ReadinessItem.COST, not_applicable=name),
        ),
        left_behind=(name,) * 12,
        comes_along=(f"*{escape(name)}*: ended",) * 5,
        named_in_files=(name, name),
    )


def _large(name: str) -> HandoffCard:
    return _card(name, *[ResourceState.NOT_YET] * MOST_RESOURCES)


def _draft(name: str) -> HandoffCard:
    return replace(_card(name, ResourceState.DRAFT), offerer=None, offered_on=None, expires_on=None, is_asked=True)


def _held(name: str) -> HandoffCard:
    moved = replace(_resource(name, 1, ResourceState.ACCEPTED), moved_at=_AT)
    returned = replace(moved, id=2, returned_at=_AT)
    return replace(_card(name), resources=(moved, returned), is_closed=True)
