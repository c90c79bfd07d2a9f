"""The ids that requests' buttons, modals and inputs carry. The value of a button is the request's id."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.domain.backlog.requests import ItemType

COMMAND = "/devops"
#: The shortcuts: on a message, and everywhere.
MESSAGE_SHORTCUT, GLOBAL_SHORTCUT = "open_devops_request", "devops_request"

#: The buttons of the card in the thread.
CONFIRM = "backlog.confirm"
NOT_YET = "backlog.not_yet"
REPLY = "backlog.reply"
WITHDRAW = "backlog.withdraw"
CHANGE = "backlog.change"
REOPEN = "backlog.reopen"
FOLLOW = "backlog.follow"
UNFOLLOW = "backlog.unfollow"
#: The buttons of the message to the DevOps team.
ACCEPT = "backlog.accept"
START = "backlog.start"
DELIVER = "backlog.deliver"
ASK = "backlog.ask"
ESTIMATE = "backlog.estimate"
MORE = "backlog.more"
#: The button of a line of a list.
SHOW = "backlog.show"
#: The buttons that turn the pages of a list; the value is a `ListTurn`.
LIST = "backlog.list"
LIST_TURNS = (f"{LIST}.previous", f"{LIST}.next")
#: Why a request stands where it does in the backlog.
WHY = "backlog.why"

#: The button behind `/devops channel`, its form and what is chosen there. The value is the channel's id.
CHANNEL, CHANNEL_VIEW = "backlog.channel", "backlog.channel_form"
CHANNEL_POSTS, CHANNEL_EMOJI = "backlog.channel_posts", "backlog.channel_emoji"

#: The buttons of what Baton asks by itself; the values are a `NeedValue` and a `SavingValue`.
NEED, NO_DATE, SAVING = "backlog.need", "backlog.no_date", "backlog.saving"

#: What "More" offers: the word in the choice's value, and what people read.
ANSWER, MERGE, UNMERGE, DECLINE, SNOOZE, ASSIGN = "answer", "merge", "unmerge", "decline", "snooze", "assign"
RESUME = "resume"
DISMISS = "dismiss"

#: Opens the form of one more request of a thread; the value is an `OtherValue`.
OTHER = "backlog.other"

REQUEST_VIEW = "backlog.request_form"
TITLE, ITEMS, ITEM_TYPE = "backlog.title", "backlog.items", "backlog.item_type"
MODEL_ITEMS = "backlog.model_items"
#: The fields with the words of items, by their places; and the button that shows the rest of the form.
ITEM, ITEM_KIND, REST, WORK = "backlog.item", "backlog.item_kind", "backlog.rest", "backlog.work"
TECHNOLOGIES, OTHER_TECHNOLOGIES, GAPS = "backlog.technologies", "backlog.other_technologies", "backlog.gaps"
TEAM, ASKED_BY, DETAILS, COPY = "backlog.team", "backlog.asked_by", "backlog.details", "backlog.copy"
PEOPLE, TIMES, HOURS, EVIDENCE = "backlog.people", "backlog.times", "backlog.hours", "backlog.evidence"
BLOCKED, SHARE, UNTIL = "backlog.blocked", "backlog.share", "backlog.until"
NEEDED_BY, NEEDED_REASON = "backlog.needed_by", "backlog.needed_reason"
MISSED = "backlog.missed"
#: An item that a correction adds, and its kind.
ADDED, ADDED_TYPE = "backlog.added", "backlog.added_type"
INSTEAD = "backlog.instead"
#: What a correction takes from the thread: more items, and what it says by now of what the request has otherwise.
WISHES, TAKE_DAY = "backlog.wishes", "backlog.take_day"
TAKE_OUT, TAKE_RENAMED = "backlog.take_out", "backlog.take_renamed"
TAKE_HOURS, TAKE_BLOCKED = "backlog.take_hours", "backlog.take_blocked"

STEP_VIEW, MERGE_VIEW = "backlog.step_form", "backlog.merge_form"
SNOOZE_VIEW, ASSIGN_VIEW, ESTIMATE_VIEW = "backlog.snooze_form", "backlog.assign_form", "backlog.estimate_form"
CHANGE_VIEW = "backlog.change_form"
NEED_VIEW, SAVING_VIEW, SAVED = "backlog.need_form", "backlog.saving_form", "backlog.saved"
REST_PEOPLE, REST_TIMES, REST_HOURS = "backlog.rest_people", "backlog.rest_times", "backlog.rest_hours"
REST_EVIDENCE, REST_BLOCKED = "backlog.rest_evidence", "backlog.rest_blocked"
REST_SHARE, REST_DAY = "backlog.rest_share", "backlog.rest_day"
LEFT, THERE = "backlog.left", "backlog.there"
WORDS, LINK, INTO, DAY, ASSIGNEE = "backlog.words", "backlog.link", "backlog.into", "backlog.day", "backlog.assignee"
OPTIMISTIC, LIKELY, PESSIMISTIC = "backlog.optimistic", "backlog.likely", "backlog.pessimistic"


class Instead(StrEnum):
    """What is done in place of opening a request."""

    JOIN = "join"
    USE = "use"
    SUPPORT = "support"


class InsteadValue(NamedTuple):
    """What was chosen in place of a request: with an open or a delivered one, or with a library of the catalog."""

    what: Instead
    request_id: int | None = None
    asset_id: int | None = None


class OtherValue(NamedTuple):
    """A thread that asks for something else than its requests."""

    channel_id: str
    thread_ts: str


class WishValue(NamedTuple):
    """An item that the thread asks for by now."""

    kind: ItemType
    title: str


class RenamedValue(NamedTuple):
    """An item that a thread calls something else by now, by its place among those of the form."""

    place: int
    title: str


class DayValue(NamedTuple):
    """By when it is needed as the thread says by now, empty for no day any more, and why by then."""

    day: str
    reason: str = ""


class HoursValue(NamedTuple):
    """The hours that are lost as the thread says by now: people, times a month and hours each."""

    people: float
    times: float
    hours: float


class BlockedValue(NamedTuple):
    """How many people are blocked as the thread says by now, and how much; empty where it does not say how much."""

    people: int
    share: str = ""


class MoreValue(NamedTuple):
    """What was chosen under "More"."""

    word: str
    request_id: int


class RequestList(StrEnum):
    """A list of requests, by the word behind `/devops`."""

    OPEN = "list"
    MINE = "mine"
    RANK = "rank"


class ListTurn(NamedTuple):
    """A page of a list: how many requests come before it."""

    which: RequestList
    start: int


class NeedValue(NamedTuple):
    """A day of a request that is over: `date` for the one by which it was needed, `block` for the end of a block."""

    request_id: int
    kind: str


class SavingValue(NamedTuple):
    """What a team is asked so many days after a delivery."""

    request_id: int
    team_id: int
    days: int
