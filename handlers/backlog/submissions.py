"""The form of a request, submitted: one request, however often it is sent, and by whomever."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, repeat
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog import form_metadata, forms
from bot.blocks.backlog.actions import Instead, InsteadValue, OtherValue
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.contested import opened_with
from bot.blocks.forms import Answers, Field
from bot.blocks.text import Block, is_channel_id
from bot.blocks.values import parse
from bot.domain.backlog.changes import reason_of_day
from bot.domain.backlog.demand import DemandPart, EvidenceKind, Slowdown
from bot.domain.backlog.item_types import kind_in, retitled
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin, problems, thread_key, thread_of
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem
from bot.domain.backlog.summaries import followed
from bot.domain.catalog import Area
from bot.domain.records import TeamRecord
from bot.domain.trust import AccountStanding
from bot.domain.working_time import zone_of
from bot.errors import FormError, SlackError, UserError
from bot.ports import Ack
from bot.services import inbound, portfolio, routing
from bot.services.backlog import alternatives, drafts, intake, joins, lists, threads
from bot.services.context import Context
from handlers import replies, share
from handlers.backlog import jobs
from handlers.backlog.intake import reminder_key
from handlers.backlog.request_forms import about
from handlers.interaction import person_of
from handlers.payloads import Submission

log = logging.getLogger(__name__)


async def on_request_submitted(submission: Submission, context: Context) -> Ack:
    """Open the request; where its thread has made one before, show that."""
    try:
        return await _submitted(submission, context)
    except FormError as error:
        raise FormError(forms.beside_shown(error.by_field, submission.values)) from None


async def _submitted(submission: Submission, context: Context) -> Ack:
    metadata = form_metadata.read(submission.metadata)
    # What is not shown is sent as it was filled in.
    values = {key: each for key, each in metadata.kept.items() if isinstance(each, str)}
    choices = {key: tuple(each) for key, each in metadata.kept.items() if not isinstance(each, str)}
    said = forms.REQUEST.read({**values, **submission.values}, {**choices, **submission.choices})
    with forms.REQUEST.refusing():
        name = said.text(forms.TEAM)
        team = portfolio.team_called(context.snapshot, name) if name else None
    instead = parse(InsteadValue, said.text(forms.INSTEAD)) if said.text(forms.INSTEAD) else None
    if instead is None or instead.what is not Instead.USE:
        _check(context, submission, metadata, said, team, is_new=instead is None)
    filed_by = await person_of(context, submission.user_id)
    asker = said.text(forms.ASKED_BY)
    asked_by = await chosen_person(context, forms.ASKED_BY, asker) if asker else filed_by
    origin = await _origin(context, submission, metadata, is_copied=bool(said[forms.COPY]))
    new = _new_request(origin, metadata, said, team, filed_by=filed_by, asked_by=asked_by)
    if metadata.thread_ts and said[forms.COPY]:  # else nothing is kept of who has said what there
        speakers = await _speakers(context, metadata, new.demand.drafted)
        new = replace(new, demand=replace(new.demand, speakers=speakers))
    new = _about_what_is_named(context, submission.user_id, metadata, said, new)
    new = await _as_corrected(new, submission, metadata)
    if instead is not None:
        return await _instead(context, instead, new, team)
    return await _open(context, new)


async def _open(context: Context, new: NewRequest) -> Ack:
    opened = await intake.open_request(context.deps, context.snapshot, new)
    context.drainer.wake()
    jobs.react(context)
    jobs.redraw(context, opened.card.id)
    if not opened.is_new:
        return replies.view(_existing(context, opened.card, new))
    # Below the form of one more request of a thread there may be the others as they were.
    return replies.all_closed() if new.origin.channel_id else replies.view(blocks.opened_view(opened.card))


def _existing(context: Context, card: RequestCard, new: NewRequest) -> Block:
    """Return the request that the same thread or form has made before."""
    place = thread_of(new.origin.key)
    seen = lists.as_seen_by(context.snapshot, card, new.filed_by)
    return blocks.existing_view([seen], OtherValue(*place) if any(place) else None)


async def _instead(context: Context, value: InsteadValue, new: NewRequest, team: TeamRecord | None) -> Ack:
    """Do what was chosen in place of a new request: join one, use what there is, or ask for support with it."""
    with forms.INSTEAD_CHOICE.refusing():
        if value.what is Instead.JOIN:
            return await _join(context, value.request_id or 0, new, team)
        used = await alternatives.usable(
            context.deps,
            context.snapshot,
            person_id=new.filed_by,
            request_id=value.request_id,
            asset_id=value.asset_id,
        )
    if value.what is Instead.SUPPORT:
        return await _open(context, alternatives.support(new, used))
    await alternatives.use(context.deps, used, new)
    context.drainer.wake()
    return replies.view(blocks.used_view(used.name, used.link))


async def _join(context: Context, request_id: int, new: NewRequest, team: TeamRecord | None) -> Ack:
    joined = await joins.join(context.deps, context.snapshot, request_id=request_id, new=new)
    context.drainer.wake()
    jobs.redraw(context, joined.card.id)
    if not joined.is_new:
        return replies.view(_existing(context, joined.card, new))
    name = team.name if team is not None else ""
    return replies.view(blocks.joined_view(joined.card, name, hours_stay=joined.hours_stay))


async def chosen_person(context: Context, asked: Field[str], slack_id: str) -> int:
    """Return the id of a person who was chosen in a field.

    Raises FormError for a bot, for somebody from outside, and for a guest, who could answer nothing.
    """
    standing = context.members.standing(slack_id)
    if standing is None:
        standing = await context.members.learn(slack_id, seconds=inbound.seconds_to_wait())
    if standing is AccountStanding.GUEST:
        raise FormError({asked.block_id: "Guests decide nothing: choose a full member who can answer for it."})
    if standing is not AccountStanding.MEMBER:
        raise FormError({asked.block_id: "Choose somebody of your organisation."})
    return await person_of(context, slack_id)


def today_of(context: Context, slack_id: str) -> date:
    """Return the day that it is for somebody."""
    zone = zone_of(routing.zone_name_at(context.deps, context.snapshot, slack_id))
    return context.deps.clock.now().astimezone(zone).date()


def _check(
    context: Context,
    submission: Submission,
    metadata: FormMetadata,
    said: Answers,
    team: TeamRecord | None,
    *,
    is_new: bool,
) -> None:
    """Raise FormError with what is wrong, each beside its field, before anything is written.

    Only a new request has to ask for something itself.
    """
    new = _new_request(Origin(""), metadata, said, team, filed_by=0, asked_by=0)
    size = len(team.member_ids) if team is not None else None
    wrong = problems(new, today=today_of(context, submission.user_id), team_size=size)
    if not is_new:
        wrong.pop("items", None)
    if wrong:
        shown = submission.values
        raise FormError({forms.problem_block(name, shown): sentence for name, sentence in wrong.items()})


def _new_request(
    origin: Origin,
    metadata: FormMetadata,
    said: Answers,
    team: TeamRecord | None,
    *,
    filed_by: int,
    asked_by: int,
) -> NewRequest:
    items = _asked(metadata, said)
    items += form_metadata.chosen(metadata.items, (*said[forms.ITEMS], *said[forms.MODEL_ITEMS]))
    may_copy = not metadata.thread_ts or bool(said[forms.COPY])
    if not may_copy:
        items = tuple(RequestItem(each.type, each.title, each.why) for each in items)
    title = said[forms.TITLE]
    if kind := said.text(forms.ITEM_TYPE):
        items = (*items, RequestItem(ItemType(kind), title))
    others = [each.strip() for each in said.text(forms.OTHER_TECHNOLOGIES).split(",")]
    return NewRequest(
        origin=origin,
        title=title,
        items=items,
        filed_by=filed_by,
        asked_by=asked_by,
        team_id=team.id if team is not None else None,
        details=said.text(forms.DETAILS),
        technologies=tuple(dict.fromkeys([*said[forms.TECHNOLOGIES], *filter(None, others)])),
        skills_gaps=said[forms.GAPS],
        stays_with_team=metadata.stays_with_team if may_copy else (),
        needed_by=said.get(forms.NEEDED_BY),
        needed_reason=said.text(forms.NEEDED_REASON),
        demand=demand_of(said, _drafted(metadata, said)),
        asset_id=metadata.asset_id,
        area=Area(metadata.area) if metadata.area else None,
        reminder_id=metadata.reminder_id,
        supports_id=metadata.supports_id,
    )


async def _as_corrected(new: NewRequest, submission: Submission, metadata: FormMetadata) -> NewRequest:
    """Return a request as what was corrected in its draft leaves it.

    Title and technologies follow its items, as far as they were left as they were drafted. A reason belongs to the day
    that the thread names with it.
    """
    filled = {**metadata.kept, **opened_with(submission.blocks)}
    before = [str(each) for title in forms.ITEM_TITLES if (each := filled.get(title.block_id))]
    after, drafted = [each.title for each in new.items], metadata.kept.get(forms.TECHNOLOGIES.block_id, ())
    is_left = bool(before) and list(new.technologies) == list(drafted)
    day, reason = (str(filled.get(each.block_id, "")) for each in (forms.NEEDED_BY, forms.NEEDED_REASON))
    was = date.fromisoformat(day) if day else None
    return replace(
        new,
        title=followed(new.title, before, after) if new.title == filled.get(forms.TITLE.block_id) else new.title,
        technologies=await drafts.followed_technologies(drafted, before, after) if is_left else new.technologies,
        needed_reason=reason_of_day(new.needed_by, new.needed_reason, was=was, reason_was=reason),
    )


def _asked(metadata: FormMetadata, said: Answers) -> tuple[RequestItem, ...]:
    """Return the items that stand in fields of their own, without those whose words were taken away.

    A kind that was left as it was filled in follows the words, as it does where none is shown or chosen.
    """
    titles, chosen = map(said.text, forms.ITEM_TITLES), map(said.text, forms.ITEM_KINDS)
    filled = chain(metadata.kept.get(form_metadata.KINDS, ()), repeat(""))
    asked = tuple(
        retitled(each, words) if kind in ("", before) else replace(each, title=words, type=ItemType(kind))
        for each, words, kind, before in zip(metadata.items, titles, chosen, filled, strict=False)
        if words
    )
    if not (added := said.text(forms.ADDED)):
        return asked
    return (*asked, RequestItem(kind_of(said.text(forms.ADDED_TYPE)) or kind_in(added), added))


def _about_what_is_named(
    context: Context, user_id: str, metadata: FormMetadata, said: Answers, new: NewRequest
) -> NewRequest:
    """Return a request about what its words name now, where its asset was found in words that were changed."""
    asked = _asked(metadata, said)
    if not metadata.is_named or {each.title for each in asked} <= {each.title for each in metadata.items}:
        return new
    prefill, found = about(context, user_id, Prefill(items=asked), FormMetadata())
    if found.asset_id == metadata.asset_id:
        return new
    is_left = new.details == metadata.kept.get(forms.DETAILS.block_id, "")
    return replace(
        new,
        asset_id=found.asset_id,
        area=Area(found.area) if found.area else None,
        details=prefill.details if is_left else new.details,
    )


async def _origin(context: Context, submission: Submission, metadata: FormMetadata, *, is_copied: bool) -> Origin:
    """Return where the request comes from, with the thread's words if they may be kept.

    A thread that has gone meanwhile keeps nobody from opening it. Its card then goes to whoever needs it, as it does
    where people from outside would read it.
    """
    if metadata.reminder_id is not None:
        return Origin(reminder_key(metadata.reminder_id))
    if not metadata.thread_ts:
        return Origin(f"form:{submission.view_id}", is_private=metadata.is_private)
    channel, ts = metadata.channel_id, metadata.thread_ts
    key = thread_key(channel, ts, metadata.turn)
    origin = Origin(key, is_private=metadata.is_private, read_to=metadata.read_to)
    if not await threads.is_there(context.slack, channel, ts):
        return origin
    copied = await _words(context, channel, ts) if is_copied else ""
    origin = replace(origin, permalink=metadata.permalink, copied=copied)
    if is_channel_id(channel):
        try:
            await share.check_place(context, channel)
        except UserError:
            return origin
    return replace(origin, channel_id=channel, thread_ts=ts)


async def _words(context: Context, channel: str, ts: str) -> str:
    """Return the thread's words; none where Slack does not show them any more."""
    try:
        return (await threads.read(context.slack, context.members, channel, ts)).said
    except (UserError, SlackError) as error:
        log.warning("the words of a thread were not copied: %s", type(error).__name__)
        return ""


def _drafted(metadata: FormMetadata, said: Answers) -> frozenset[DemandPart]:
    """Return what was left as the form was filled in."""

    def is_left(*fields: Field[Any]) -> bool:
        kept = (metadata.kept.get(field.block_id) for field in fields)
        drafted = [field.read(str(text)) if text else None for field, text in zip(fields, kept, strict=True)]
        return any(each is not None for each in drafted) and drafted == [said.get(each) for each in fields]

    parts = {
        DemandPart.LOST: is_left(forms.PEOPLE, forms.TIMES, forms.HOURS),
        DemandPart.BLOCKED: is_left(forms.BLOCKED, forms.SHARE, forms.UNTIL),
        DemandPart.NEEDED_BY: is_left(forms.NEEDED_BY),
    }
    return frozenset(part for part, is_so in parts.items() if is_so)


async def _speakers(
    context: Context, metadata: FormMetadata, drafted: Collection[DemandPart]
) -> dict[DemandPart, tuple[int, datetime]]:
    """Return who has said in the thread what was left as it stands there, and when."""
    found: dict[DemandPart, tuple[int, datetime]] = {}
    for part in drafted:
        slack_id, ts = metadata.speakers.get(part, ("", ""))
        try:
            if slack_id:
                found[part] = await person_of(context, slack_id), datetime.fromtimestamp(float(ts), UTC)
        except (UserError, SlackError) as error:
            log.warning("who has said a number in a thread is not known: %s", type(error).__name__)
    return found


def kind_of(chosen: str) -> ItemType | None:
    """Return the kind of an item that was chosen; None for none."""
    return ItemType(chosen) if chosen else None


def demand_of(said: Answers, drafted: frozenset[DemandPart] = frozenset()) -> DemandEntry:
    """Return what the fields say that a team loses."""
    return DemandEntry(
        lost_people=said.get(forms.PEOPLE),
        lost_times=said.get(forms.TIMES),
        lost_hours=said.get(forms.HOURS),
        evidence=EvidenceKind(chosen) if (chosen := said.text(forms.EVIDENCE)) else None,
        blocked_people=int(said.get(forms.BLOCKED) or 0),
        blocked_share=Slowdown(chosen) if (chosen := said.text(forms.SHARE)) else None,
        blocked_until=said.get(forms.UNTIL),
        miss_hours=said.get(forms.MISSED),
        drafted=drafted,
    )
