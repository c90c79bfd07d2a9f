"""The messages of requests in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import STEP_FORMS, FormFrame
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, Rendered
from bot.domain.backlog.demand import (
    BacklogRequest,
    Demand,
    Estimate,
    EvidenceKind,
    NeededBy,
    OpenQuestion,
    Slowdown,
    TeamBlock,
)
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.follow_ups import FollowUp, FollowUpKind
from bot.domain.backlog.lanes import BacklogPlace, order
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import (
    ItemType,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
    may_take,
)
from bot.domain.records import PersonRecord, TeamRecord
from bot.samples.catalog import NOW


def requests(name: str) -> Iterator[RequestCard]:
    """A request with everything and one with little, in each state."""
    items = tuple(RequestItem(kind, name, name, name) for kind in ItemType) * 2
    asker, filer = (
        PersonRecord(id=1, name=name, slack_id="U12345678"),
        PersonRecord(id=2, name="", slack_id="U12345678"),
    )
    for state in RequestState:
        standing = RequestStanding(state, RequestState.PROPOSED, NOW)
        steps = frozenset(step for step in Step if may_take(step, standing, now=NOW))
        little = RequestCard(
            id=7, title=name, items=items[:1], standing=standing, steps=steps, asker=asker, filer=asker
        )
        yield little
        yield replace(
            little,
            items=items,
            filer=filer,
            team=TeamRecord(id=1, name=name),
            assignee=filer,
            details=name,
            technologies=(name,) * 30,
            skills_gaps=(name,),
            stays_with_team=(name,),
            reason=name,
            link="https://docs.example.com/cassandra",
            permalink="https://acme.slack.com/archives/C1/p1",
            needed_by=NOW.date() + timedelta(30),
            needed_reason=name,
            snoozed_until=NOW.date() + timedelta(7),
            parts=tuple((number, name) for number in range(1, 9)),
            merged_into=3 if state is RequestState.MERGED else None,
            is_estimated=True,
        )


def request_forms(name: str) -> Iterator[Block]:
    """The form of a request with everything in it, with many items, and empty."""
    items = tuple(RequestItem(kind, name, quote=name) for kind in ItemType)
    full = Prefill(
        title=name,
        items=items,
        suggested=items,
        technologies={f"technology-{number}": name for number in range(120)},
        gaps=("technology-1", "technology-119"),
        stays_with_team=(name,) * 9,
        people=3,
        times=4.33,
        hours=0.5,
        people_blocked=2,
        needed_by=NOW.date(),
        needed_reason=name,
        questions=(name,) * 9,
    )
    place = FormMetadata(
        channel_id="C012345678",
        thread_ts="1700000000.000100",
        permalink="https://acme.slack.com/archives/C012345678/p1700000000000100",
        items=(*items, *items),
        stays_with_team=full.stays_with_team,
    )
    teams = [TeamRecord(id=number, name=name) for number in range(1, 150)]
    for may_copy in (True, False):
        frame = FormFrame(
            devops=name, teams=teams[:80], team_id=3, asked_by="U12345678", note="A note.", may_copy=may_copy
        )
        yield blocks.request_view(full, place, frame)
    few = replace(full, items=items[:2], suggested=(), technologies={"cassandra": name}, gaps=())
    yield blocks.request_view(few, replace(place, items=items[:2]), FormFrame(devops=name, teams=teams, team_id=3))
    yield blocks.request_view(Prefill(), FormMetadata(), FormFrame(devops=name))


def forms_of(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Block]]:
    """The forms behind a request's buttons."""
    for step in STEP_FORMS:
        yield blocks.step_view, blocks.step_view(card, step, "7")
    yield blocks.merge_view, blocks.merge_view(card, [replace(card, id=number) for number in range(1, 120)], "7")
    yield blocks.merge_view, blocks.merge_view(card, [card], "7")
    yield blocks.merge_view, blocks.merge_view(card, [], "7")
    yield blocks.snooze_view, blocks.snooze_view(card, "7")
    yield blocks.assign_view, blocks.assign_view(card, "7")
    yield blocks.estimate_view, blocks.estimate_view(card, "7")


def follow_ups(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What Baton comes back to by itself, and the forms that answer it."""
    days = frozenset({FollowUpKind.WAKE, FollowUpKind.DATE, FollowUpKind.BLOCK, FollowUpKind.SAVING})
    every = [
        FollowUp(kind=kind, card=each, since=NOW.date() if kind in days else NOW, team_id=1, days=30)
        for each in (replace(card, steps=frozenset(Step)), replace(card, is_private=True))
        for kind in FollowUpKind
    ]
    for each in every:
        yield blocks.follow_up, blocks.follow_up(each, [blocks.line(one) for one in every])
        yield blocks.section, blocks.section([each], share=2)
    yield blocks.section, blocks.section(every, to_estimate=[card] * 5, at_risk=[card] * 5)
    yield blocks.section, blocks.section([], to_estimate=[card] * 5)
    for question in OpenQuestion:
        yield blocks.need_view, blocks.need_view(card, question, "7|date")
    yield blocks.saving_view, blocks.saving_view(card, "7|1|30")


def places(name: str) -> Iterator[tuple[RequestCard, BacklogPlace, tuple[str, ...]]]:
    """A backlog with a request in every lane, and why each is there."""
    today, settings, cards = NOW.date(), RankSettings(), list(requests(name)) * 3
    lost = Demand(
        team=name, evidence=EvidenceKind.COUNTED, confirmed_on=today, people=3, times_per_month=4, hours_each=2
    )
    soon = replace(lost, needed_by=NeededBy(today + timedelta(3), name))
    block = replace(lost, block=TeamBlock(2, Slowdown.STOPPED))
    kinds = [
        BacklogRequest(id=0, created_on=today, demands=(soon,), estimate=Estimate(10, 20, 40, name)),
        BacklogRequest(id=0, created_on=today, demands=(lost, block), estimate=Estimate(1, 2, 3, name)),
        BacklogRequest(id=0, created_on=today, demands=(block,)),
        BacklogRequest(id=0, created_on=today, demands=(lost,), estimate=Estimate(100, 900, 4000, name)),
        BacklogRequest(id=0, created_on=today, demands=(lost,), estimate=Estimate(10, 20, 40, name)),
    ]
    made = [replace(kinds[number % len(kinds)], id=number) for number in range(len(cards))]
    for place in order(made, settings, today=today):
        card = replace(cards[place.request.id], id=place.request.id)
        yield card, place, explain(place, settings, today=today)


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """The cards, what is said when something happens, and the backlog."""
    ranked = list(places(name))
    yield blocks.backlog, blocks.backlog([(card, place) for card, place, _ in ranked])
    yield blocks.backlog, blocks.backlog([])
    for card, place, sentences in ranked:
        yield blocks.why, blocks.why(card, place, sentences)
        yield blocks.unranked, blocks.unranked(card)
    for card in requests(name):
        yield blocks.card, blocks.card(card)
        yield blocks.triage, blocks.triage(card)
        for is_private in (False, True):
            shown = replace(card, is_private=is_private)
            yield blocks.triage_post, blocks.triage_post(shown, duty="U12345678")
        yield blocks.card_view, blocks.card_view(blocks.card(card))
        yield blocks.card_view, blocks.card_view(blocks.triage(card))
        yield blocks.news, blocks.news(card)
        yield blocks.followed, blocks.followed(card)
        yield blocks.also_asked, blocks.also_asked(card)
        yield blocks.already, blocks.already(card)
        yield blocks.existing_view, blocks.existing_view(card)
        for is_on in (True, False):
            yield blocks.following, blocks.following(card, is_on=is_on)
            yield blocks.receipt, blocks.receipt(card, is_new=is_on)
        for step in (Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW):
            yield blocks.triage_news, blocks.triage_news(card, step)
    cards = list(requests(name))
    yield from follow_ups(cards[-1])
    yield from forms_of(cards[-1])
    yield blocks.listing, blocks.listing(cards * 3)
    for form in request_forms(name):
        yield blocks.request_view, form
    for is_mine in (True, False):
        yield blocks.listing, blocks.listing([], is_mine=is_mine)
    for value in (OpenValue("C012345678", "1700000000.000100"), OpenValue(asset_id=7, area="database"), OpenValue()):
        yield blocks.offer, blocks.offer(value, name, user_id="U12345678")
