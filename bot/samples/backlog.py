"""The messages of requests in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog import form_metadata, tracker_notes, words
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.backlog.change_form import CHANGE
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import FormFrame
from bot.blocks.backlog.step_forms import ESTIMATE, STEP_FORMS
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, Rendered
from bot.domain.backlog.alternatives import Alternatives
from bot.domain.backlog.changes import Changeable
from bot.domain.backlog.channels import ChannelPosts, ChannelSettings, StatusMark
from bot.domain.backlog.demand import (
    BacklogRequest,
    Demand,
    DemandPart,
    Estimate,
    EvidenceKind,
    NeededBy,
    OpenQuestion,
    RestCost,
    Slowdown,
    TeamBlock,
)
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.follow_ups import FollowUp, FollowUpKind
from bot.domain.backlog.lanes import BacklogPlace
from bot.domain.backlog.new_request import DemandEntry
from bot.domain.backlog.open_items import confirmed
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import (
    ENDED,
    AskedToo,
    ItemType,
    PartItem,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Said,
    Step,
    may_take,
)
from bot.domain.backlog.savings import REVIEW_DAYS, SavingReview
from bot.domain.backlog.standings import order
from bot.domain.backlog.thread_news import ThreadNews
from bot.domain.catalog import AssetKind, Link
from bot.domain.pages import FirstOf
from bot.domain.recipients import Reach
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.samples.catalog import NOW


def requests(name: str) -> Iterator[RequestCard]:
    """A request with everything and one with little, in each state."""
    items = tuple(RequestItem(kind, name, name, name, is_done) for is_done in (False, True) for kind in ItemType)
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
            library=name,
            library_link="https://docs.example.test/x",
            needed_by=NOW.date() + timedelta(30),
            needed_reason=name,
            snoozed_until=NOW.date() + timedelta(7),
            parts=tuple((number, name) for number in range(1, 9)),
            part_items=tuple(
                PartItem(number, 0, name, replace(items[0], is_done=number > 6), is_private=number == 8)
                for number in range(1, 9)
            ),
            missed=tuple((number, name, name) for number in range(1, 6)),
            joined_steps=steps | {Step.CONFIRM, Step.NOT_YET},
            joined=(name,) * 3,
            asked_too=(
                AskedToo(whose=name, title=name, items=items, details=name, permalink="https://acme.slack.com/p1"),
            )
            * 6,
            needed_for=name,
            joined_confirmed=frozenset([name]),
            merged_into=3 if state is RequestState.MERGED else None,
            estimate=Estimate(8, 16.5, 10_000, name),
            savings=tuple(reviews(name, 7)),
            before=tuple(Said(NOW, name, step, name, "https://docs.example.com/cassandra") for step in words.DID),
        )


def reviews(name: str, number: int) -> Iterator[SavingReview]:
    """What two teams say of a delivery: one saves more than it claimed, one has not answered."""
    for days in REVIEW_DAYS:
        yield SavingReview(request_id=number, team=name, after_days=days, claimed_hours=1_234.56, actual_hours=2_345.67)
        yield SavingReview(request_id=number, team=f"{name} {number}", after_days=days, claimed_hours=0)


def alternatives(name: str) -> Alternatives:
    """As much as is offered in place of a new request, and a library that nobody has explained."""
    cards = tuple(requests(name))[1::2]
    library = AssetRecord(id=7, own_ref="library:x", kind=AssetKind.LIBRARY, name=name)
    explained = replace(library, id=8, links=(Link(name, "https://docs.example.com/" + "x" * 300),))
    return Alternatives(cards[:3], cards[3:6], (library, explained, replace(library, id=9)))


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
            devops=name,
            teams=teams[:80],
            team_id=3,
            asked_by="U12345678",
            note="A note.",
            may_copy=may_copy,
            alternatives=alternatives(name),
        )
        yield blocks.request_view(full, place, frame)
    from_model = replace(full, from_model=items[:1])
    suggested = replace(place, items=from_model.items_to_tick)
    yield blocks.request_view(from_model, suggested, FormFrame(devops=name, teams=teams[:80], model=name))
    few = replace(full, items=items[:2], suggested=(), technologies={"cassandra": name}, gaps=())
    yield blocks.request_view(few, replace(place, items=items[:2]), FormFrame(devops=name, teams=teams, asset=name))
    yield blocks.request_view(Prefill(), FormMetadata(), FormFrame(devops=name))


def forms_of(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Block]]:
    """The forms behind a request's buttons."""
    for step in STEP_FORMS:
        yield blocks.step_view, blocks.step_view(card, step, "7")
    undone = replace(card, items=confirmed(card.items))
    rest: RestCost = {"lost_people": 3.0, "lost_times": 4.33, "lost_hours": 4.0, "evidence": "", "blocked_people": 2}
    rest = {**rest, "blocked_share": "stopped", "needed_by": NOW.date()}
    yield blocks.step_view, blocks.step_view(undone, Step.NOT_YET, "7", rest=rest)
    for step in (Step.NOT_YET, Step.DELIVER):
        yield blocks.step_view, blocks.step_view(undone, step, "7")
    yield blocks.merge_view, blocks.merge_view(card, [replace(card, id=number) for number in range(1, 120)], "7")
    yield blocks.merge_view, blocks.merge_view(card, [card], "7")
    yield blocks.merge_view, blocks.merge_view(card, [], "7")
    yield blocks.snooze_view, blocks.snooze_view(card, "7")
    yield blocks.assign_view, blocks.assign_view(card, "7")
    form = blocks.estimate_view(card, "7")
    yield blocks.estimate_view, form
    shown = words.now(card, words.meanwhile([(card.asker.name, word, ()) for word in words.DID]))
    yield blocks.changed_view, blocks.changed_view(ESTIMATE, form["blocks"], "7", shown)
    corrected = blocks.change_view(
        Changeable(card, DemandEntry(evidence=EvidenceKind.MEASURED), needed_by=None, is_own=True), "7"
    )
    both = {"backlog.needed_by": ("2026-12-15", ""), "backlog.evidence": ("counted", "measured")}
    both |= {"backlog.asked_by": ("U0", card.asker.slack_id), "backlog.title": ("", card.title)}
    yield blocks.changed_view, blocks.changed_view(CHANGE, corrected["blocks"], "7", shown, both, lambda _: "")


def follow_ups(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What Baton comes back to by itself, and the forms that answer it."""
    days = frozenset({FollowUpKind.WAKE, FollowUpKind.DATE, FollowUpKind.BLOCK, FollowUpKind.SAVING})
    every = [
        FollowUp(kind=kind, card=each, since=NOW.date() if kind in days else NOW, team_id=1, days=30)
        for each in (replace(card, steps=frozenset(Step)), replace(card, id=card.id + 1, is_private=True))
        for kind in FollowUpKind
    ]
    every += [replace(each, is_assumed=True, days=1) for each in every if each.kind is FollowUpKind.BLOCK]
    for each in every:
        yield blocks.follow_up, blocks.follow_up(each, [blocks.line(one) for one in every])
        yield blocks.section, blocks.section([each], share=2)
    five = [replace(card, id=number) for number in range(1, 6)]
    whole = blocks.section(every, to_estimate=five, at_risk=five)
    yield blocks.section, whole
    yield blocks.section, blocks.section([], to_estimate=five)
    saved = {":".join(each.key): 6.5 for each in every if each.kind is FollowUpKind.SAVING}
    by_number = {each.id: each for each in (card, *five)}
    yield blocks.lines_redrawn, blocks.lines_redrawn(whole, by_number, (), saved)
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


#: What shows a request, and asks for nothing else.
_OF_A_CARD: tuple[Callable[[RequestCard], Rendered | Block], ...] = (
    *(blocks.card, blocks.triage, blocks.estimated, blocks.news, blocks.followed, blocks.also_asked),
    *(blocks.already, blocks.opened_view, blocks.unranked),
)


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """The cards, what is said when something happens, and the backlog."""
    ranked = list(places(name))
    yield blocks.backlog, blocks.backlog(FirstOf([(card, place) for card, place, _ in ranked], 10_000, 1_000), weeks=2)
    yield blocks.backlog, blocks.backlog(FirstOf(), weeks=1)
    yield blocks.drawing, blocks.drawing()
    yield blocks.savings, blocks.savings([], [])
    for count in (1, 40):
        cards = [replace(card, id=number) for card, _, _ in ranked[:1] for number in range(1, count + 1)]
        yield blocks.savings, blocks.savings(cards, [each for card in cards for each in reviews(name, card.id)])
    for card, _, sentences in ranked:
        for may_estimate in (False, True):
            yield blocks.why, blocks.why(card, sentences, may_estimate=may_estimate)
    for card in requests(name):
        yield from _of_request(card, name)
    cards = list(requests(name))
    yield from follow_ups(cards[-1])
    yield from forms_of(cards[-1])
    yield blocks.listing, blocks.listing(FirstOf(cards * 3, 10_000, 1_000))
    for form in request_forms(name):
        yield blocks.request_view, form
        text, technologies = form["private_metadata"], {f"technology-{number}": name for number in range(120)}
        read = form_metadata.read(text)
        yield blocks.full_view, blocks.full_view(form["blocks"], text, read, technologies, devops=name, asset=name)
    for is_mine in (True, False):
        yield blocks.listing, blocks.listing(FirstOf(), is_mine=is_mine)
    for link in ("https://docs.example.com/cassandra", ""):
        yield blocks.used, blocks.used(name, link, OpenValue(library_id=7))
        yield blocks.used_view, blocks.used_view(name, link)
    for value in (OpenValue("C012345678", "1700000000.000100"), OpenValue(asset_id=7, area="database"), OpenValue()):
        yield blocks.offer, blocks.offer(value, name, user_id="U12345678")
        yield blocks.mistyped, blocks.mistyped(name, "list")
    yield from issues(name)
    yield from channels()


def _of_request(card: RequestCard, name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What shows one request, or says what happened to it."""
    for render in _OF_A_CARD:
        yield render, render(card)
    yield from _of_thread(card, name)
    for is_private in (False, True):
        shown = replace(card, is_private=is_private)
        yield blocks.triage_post, blocks.triage_post(shown, duty="U12345678")
    yield blocks.card_view, blocks.card_view(blocks.card(card, is_own=True))
    yield blocks.card_view, blocks.card_view(blocks.triage(card))
    yield blocks.withdrawn, blocks.withdrawn(card, OpenValue(asset_id=7))
    yield blocks.joined_card, blocks.joined_card(card, OpenValue("C012345678", "1700000000.000100"))
    yield blocks.resumed, blocks.resumed(card, "GitHub", ["U12345678"])
    yield blocks.issue_open_again, blocks.issue_open_again(card, "GitHub")
    part = replace(card, whole=card)
    yield tracker_notes.issue_of_part, tracker_notes.issue_of_part("GitHub", name, "https://acme.example/12", part)
    yield blocks.joined_news, blocks.joined_news(card, OpenValue("C012345678", "1700000000.000100"))
    yield blocks.released, blocks.released(card.id)
    yield blocks.pointed, blocks.pointed(card, "U12345678")
    yield from _settled(card)
    yield from _changed(card, name)
    yield from _unmerged(card)
    yield blocks.left, blocks.left(card, name, OpenValue(asset_id=7))
    yield blocks.left_news, blocks.left_news(name, name)
    yield blocks.joined_by, blocks.joined_by(name, card.needed_by)
    for team in (name, ""):
        yield blocks.joined_view, blocks.joined_view(card, team, hours_stay=bool(team))
    yield blocks.whole_ended, blocks.whole_ended(replace(card, whole=card, merged_into=7))
    yield blocks.merged, blocks.merged(replace(card, whole=card, merged_into=7))
    yield from _of_part(replace(part, steps=card.joined_steps), card)
    for is_on in (True, False):
        yield blocks.following, blocks.following(card, is_on=is_on)
        yield blocks.receipt, blocks.receipt(card, is_new=is_on)
    yield from ((blocks.receipt, blocks.receipt(card, step, reach=reach)) for step, reach in product(Step, Reach))
    for step, called in product((Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW), ("U12345678", "")):
        yield blocks.triage_news, blocks.triage_news(card, step, card.asker, called=called)
    yield blocks.assigned, blocks.assigned(card, card.asker)
    yield blocks.took_in, blocks.took_in(card, card.asker, called="U12345678")
    yield blocks.took_out, blocks.took_out(card)
    yield blocks.saved, blocks.saved(card, 6.5)
    yield blocks.unassigned, blocks.unassigned(card, card.asker, card.filer)
    yield blocks.ended_by, blocks.ended_by(card, Step.DECLINE, card.asker)
    yield blocks.news, blocks.news(card, card.asker, asks=True)
    going_on = replace(card, standing=replace(card.standing, state=RequestState.IN_PROGRESS))
    for step, asks in product((Step.DELIVER_PART, Step.NOT_YET), (True, False)):
        yield blocks.news, blocks.news(going_on, card.asker, step, asks=asks)
    yield blocks.in_person, blocks.in_person(card, blocks.news(card.uncalled, card.asker))
    yield blocks.asked_for, blocks.asked_for(card, card.asker)


def _of_thread(card: RequestCard, name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What is shown where a thread has made requests already, and what it asks for besides."""
    other, second = OtherValue("C012345678", "1700000000.000100"), replace(card, id=card.id + 1, may_change=False)
    yield blocks.existing_view, blocks.existing_view([card], is_itself=True)
    yield blocks.existing_view, blocks.existing_view([card, second], other)
    yield blocks.already, blocks.already(card, second, other=other)
    yield blocks.offer, blocks.offer(OpenValue("C012345678", "1700000000.000100"), name, ended=[card])
    for ended, besides in (([card], []), ([card] * 4, [card, second])):
        frame = FormFrame(devops=name, ended=ended, besides=besides)
        yield blocks.request_view, blocks.request_view(Prefill(), FormMetadata(turn=1), frame)


def _settled(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What has asked something, once it is answered."""
    for is_pointer in (True, False):
        said = Said(card.standing.since, card.asker.name, Step.REPLY.value, card.reason, card.link)
        message = blocks.settled(blocks.news(card), card, said if is_pointer else None, is_pointer=is_pointer)
        if message is not None:
            yield blocks.settled, message


def _of_part(part: RequestCard, card: RequestCard) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What the thread of a part reads of the whole, and that of the whole of its part."""
    for step, asks in product((Step.DELIVER, Step.NOT_YET), (True, False)):
        yield blocks.part_news, blocks.part_news(part, card, card.asker, step, asks=asks)
    for day in (card.needed_by, None):
        yield blocks.moved_day, blocks.moved_day(replace(card, needed_by=day), part)


def _unmerged(card: RequestCard) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What is said of a request that is part of no other any more."""
    for is_news in (True, False):
        yield blocks.unmerged, blocks.unmerged(card, is_news=is_news)


def _changed(card: RequestCard, name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """The form that corrects a request, and what is said of it."""
    yield blocks.changed_news, blocks.changed_news(card, name)
    for is_own in (True, False):
        teams, its = (
            [TeamRecord(id=number, name=name) for number in (1, 2)],
            Changeable(card, DemandEntry(), card.needed_by, is_own),
        )
        yield blocks.change_view, blocks.change_view(its, "1|0", teams)
        for news in (thread_news(card, name), ThreadNews(is_day_gone=True, is_over=True)):
            found = replace(its, channel_id="C012345678", thread_ts="1700000000.000100", news=news)
            yield blocks.change_view, blocks.change_view(found, "1||0", teams, is_found=True)


def thread_news(card: RequestCard, name: str) -> ThreadNews:
    """As much as a thread says of a request by now."""
    return ThreadNews(
        items=card.items,
        withdrawn={place: name if place else "" for place in range(len(card.items))},
        renamed=dict.fromkeys(range(len(card.items)), (name, name)),
        needed_by=NOW.date() + timedelta(40),
        hours=(3, 4.33, 2.5),
        blocked=(2, Slowdown.HALF),
        quotes=dict.fromkeys(DemandPart, name),
    )


def channels() -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What is set for a channel, and the form that changes it."""
    yield blocks.not_a_channel, blocks.not_a_channel()
    yield blocks.shared_channel, blocks.shared_channel("C012345678")
    emoji = dict.fromkeys(StatusMark, "white_check_mark")
    for posts, refusal in product(ChannelPosts, ("", "Only members of Payments can change that.")):
        its = ChannelSettings(posts, has_emoji=not refusal)
        yield blocks.channel_settings, blocks.channel_settings("C012345678", its, emoji, refusal, can_react=False)
        yield blocks.channel_view, blocks.channel_view("C012345678", its, emoji, "C012345678")


def issues(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What the DevOps team reads about issues, with a ref and an address that the tracker could give."""
    address = "https://github.com/acme/platform/issues/12"
    for note in (tracker_notes.issue_refused, tracker_notes.issue_delayed, tracker_notes.issue_gone):
        yield note, note("GitHub", name)
    for state in (RequestState.IN_PROGRESS, *ENDED):
        yield tracker_notes.issue_reopened, tracker_notes.issue_reopened("GitHub", name, address, state)
    for linked in (tracker_notes.issue_made, tracker_notes.issue_found):
        yield linked, linked("GitHub", name, "https://github.com/acme/platform/issues/12")
    yield tracker_notes.comment_gone, tracker_notes.comment_gone("GitHub", name, address)
    for waiting in (tracker_notes.comments_wait, tracker_notes.comment_kept):
        yield waiting, waiting(name, address, name)
    refused = tracker_notes.comment_refused(name, address, name, "https://acme.slack.com/archives/C1/p1")
    yield tracker_notes.comment_refused, refused
    said = tracker_notes.commented(
        "GitHub", name, "https://github.com/acme/platform/issues/12", name, f"{name}\n{name}"
    )
    yield tracker_notes.commented, said
    dropped = tracker_notes.issue_dropped("GitHub", name, "https://github.com/acme/platform/issues/12", 7)
    yield tracker_notes.issue_dropped, dropped
    for is_open in (True, False):
        address, still = "https://github.com/acme/platform/issues/12", words.left_to_do(next(requests(name)))
        left = tracker_notes.issue_left("GitHub", name, address, is_open=is_open, still=still)
        yield tracker_notes.issue_left, left
        yield tracker_notes.struck, tracker_notes.struck(left)
