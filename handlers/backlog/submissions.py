"""The form of a request, submitted: one request, however often it is sent, and by whomever."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.blocks import backlog as blocks
from bot.blocks.backlog import form_metadata, forms
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.forms import Answers, Field
from bot.blocks.text import is_channel_id
from bot.domain.backlog.demand import EvidenceKind, Slowdown
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin, problems
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.catalog import Area
from bot.domain.records import TeamRecord
from bot.domain.trust import AccountStanding
from bot.errors import FormError, NotAllowedError, SlackError, UserError
from bot.ports import Ack
from bot.services import people, portfolio, snapshot
from bot.services.backlog import intake, threads
from bot.services.context import Context
from handlers import replies, share
from handlers.backlog.intake import reminder_key, thread_key
from handlers.payloads import Submission

log = logging.getLogger(__name__)


async def on_request_submitted(submission: Submission, context: Context) -> Ack:
    """Open the request; where its thread has made one before, show that."""
    metadata = form_metadata.read(submission.metadata)
    said = forms.REQUEST.read(submission.values, submission.choices)
    with forms.REQUEST.refusing():
        name = said.text(forms.TEAM)
        team = portfolio.team_called(context.snapshot, name) if name else None
    _check(context, submission, metadata, said, team)
    filed_by = await person_of(context, submission.user_id)
    asker = said.text(forms.ASKED_BY)
    asked_by = await chosen_person(context, forms.ASKED_BY, asker) if asker else filed_by
    origin = await _origin(context, submission, metadata, is_copied=bool(said[forms.COPY]))
    new = _new_request(origin, metadata, said, team, filed_by=filed_by, asked_by=asked_by)
    opened = await intake.open_request(context.deps, context.snapshot, new)
    context.drainer.wake()
    return replies.nothing() if opened.is_new else replies.view(blocks.existing_view(opened.card))


async def person_of(context: Context, slack_id: str) -> int:
    """Return the id of a person, whom memory knows afterwards, too."""
    person_id = await people.identify(context.deps, context.slack, slack_id)
    if context.snapshot.person(person_id) is None:
        await snapshot.refresh(context.snapshot, context.deps.database)
    return person_id


async def chosen_person(context: Context, asked: Field[str], slack_id: str) -> int:
    """Return the id of a person who was chosen in a field. Raises FormError for a bot, or somebody from outside."""
    standing = context.members.standing(slack_id) or await context.members.learn(slack_id)
    if standing not in (AccountStanding.MEMBER, AccountStanding.GUEST):
        raise FormError({asked.block_id: "Choose somebody of your organisation."})
    return await person_of(context, slack_id)


def today_of(context: Context, slack_id: str) -> date:
    """Return the day that it is for somebody."""
    person = context.snapshot.person_by_slack_id(slack_id)
    zone = (person.timezone if person is not None else "") or context.deps.timezone
    try:
        return context.deps.clock.now().astimezone(ZoneInfo(zone)).date()
    except (KeyError, ValueError):
        return context.deps.clock.now().date()


def _check(
    context: Context, submission: Submission, metadata: FormMetadata, said: Answers, team: TeamRecord | None
) -> None:
    """Raise FormError with what is wrong, each beside its field, before anything is written."""
    new = _new_request(Origin(""), metadata, said, team, filed_by=0, asked_by=0)
    size = len(team.member_ids) if team is not None else None
    wrong = problems(new, today=today_of(context, submission.user_id), team_size=size)
    if wrong:
        raise FormError({forms.PROBLEM_FIELDS[name].block_id: sentence for name, sentence in wrong.items()})


def _new_request(
    origin: Origin,
    metadata: FormMetadata,
    said: Answers,
    team: TeamRecord | None,
    *,
    filed_by: int,
    asked_by: int,
) -> NewRequest:
    ticked = said[forms.ITEMS]
    items = form_metadata.chosen(metadata.items, ticked)
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
        demand=_demand(said),
        asset_id=metadata.asset_id,
        area=Area(metadata.area) if metadata.area else None,
        reminder_id=metadata.reminder_id,
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
    origin = Origin(thread_key(channel, ts), is_private=metadata.is_private)
    if not await threads.is_there(context.slack, channel, ts):
        return origin
    copied = await _words(context, channel, ts) if is_copied else ""
    origin = replace(origin, permalink=metadata.permalink, copied=copied)
    if is_channel_id(channel):
        try:
            await share.check_place(context, channel)
        except NotAllowedError:
            return origin
    return replace(origin, channel_id=channel, thread_ts=ts)


async def _words(context: Context, channel: str, ts: str) -> str:
    """Return the thread's words; none where Slack does not show them any more."""
    try:
        return (await threads.read(context.slack, context.members, channel, ts)).said
    except (UserError, SlackError) as error:
        log.warning("the words of a thread were not copied: %s", type(error).__name__)
        return ""


def _demand(said: Answers) -> DemandEntry:
    lost = [said.get(asked) for asked in (forms.PEOPLE, forms.TIMES, forms.HOURS)]
    people_, times, hours = (0.0 if each is None else each for each in lost)
    return DemandEntry(
        lost_people=people_,
        lost_times=times,
        lost_hours=hours,
        evidence=EvidenceKind(said.text(forms.EVIDENCE) or EvidenceKind.GUESSED),
        blocked_people=int(said.get(forms.BLOCKED) or 0),
        blocked_share=Slowdown(said.text(forms.SHARE) or Slowdown.HALF),
        blocked_until=said.get(forms.UNTIL),
    )
