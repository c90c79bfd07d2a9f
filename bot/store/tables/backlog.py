"""Requests to the DevOps team: what was asked for, who needs it, and what happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint, text
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, when, words


class Request(Row, table=True):
    """A request. `source_key` is what it was made from, so that each thread or form makes only one."""

    __tablename__ = "requests"
    id: int = Field(default=None, primary_key=True)
    #: `thread:C1:1700000000.000100` for a thread, with `:1` behind it for its second request, `form:V123` for a form
    #: without one.
    source_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    title: str = words()
    details: str = words()  #: what the person who filed it added in their own words
    items: list[dict[str, Any]] = json()  #: `bot.domain.backlog.requests.RequestItem`s, by their fields
    technologies: list[str] = json()  #: ids of the vocabulary
    skills_gaps: list[str] = json()  #: … those that nobody in the team knows
    stays_with_team: list[str] = json()  #: what the team does itself, as it said
    state: str = Field(default="proposed", sa_column=Column(Text, nullable=False, index=True))  #: a `RequestState`
    state_before: str = words()  #: the state to which an answer or an unmerge returns it
    state_at: datetime = when()
    reason: str = words()  #: why it was declined, what was asked or answered, what was delivered
    link: str = words()  #: the document or library that answers it, or where it was delivered
    is_private: bool = flag()  #: only its asker and the DevOps team can see it
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)  #: the requesting team
    asked_by: int = Field(
        foreign_key="people.id", index=True
    )  #: for whom it is: the person who began the thread, unless changed
    filed_by: int = Field(foreign_key="people.id", index=True)
    channel_id: str = words()  #: where its card is: the thread's channel, or a direct message
    thread_ts: str = words()
    permalink: str = words()
    copied: str = words()  #: the thread's words, if they may be copied
    #: Up to when, by Slack's clock, whoever opened or changed it last had read its thread; "" if it was not read.
    read_to: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    asset_id: int | None = Field(default=None, foreign_key="assets.id")
    area: str = words()
    reminder_id: int | None = Field(default=None, foreign_key="reminders.id", index=True)
    supports_id: int | None = Field(default=None, foreign_key="requests.id")  #: the delivered request it is support for
    needed_by: date | None = None
    needed_reason: str = words()
    #: The day of the last reminder that a response, an answer or a confirmation is awaited.
    reminded_on: date | None = None
    created_at: datetime = when()
    answer_by: datetime | None = when(nullable=True)  #: by when the DevOps team has to respond, by its working time
    responded_at: datetime | None = when(nullable=True)  #: when the DevOps team first said something
    waited_seconds: int = 0  #: how long it waited for its asker before that; not counted as the DevOps team's time
    snoozed_until: date | None = None
    assignee_id: int | None = Field(default=None, foreign_key="people.id", index=True)
    delivered_at: datetime | None = when(nullable=True)
    merged_into: int | None = Field(default=None, foreign_key="requests.id", index=True)
    #: When its own team said that it does the job; of one that was merged, that what is there of the whole does.
    confirmed_at: datetime | None = when(nullable=True)
    optimistic_hours: float | None = None
    likely_hours: float | None = None
    pessimistic_hours: float | None = None
    estimated_by: int | None = Field(default=None, foreign_key="people.id")
    estimated_at: datetime | None = when(nullable=True)


class RequestDemand(Row, table=True):
    """What it costs one team not to have it. There is one row per request and team; the same team changes its row.

    Those of a request that was merged into another stay with it, and count for both.
    """

    __tablename__ = "request_demands"
    __table_args__ = (UniqueConstraint("request_id", "team_id"),)
    id: int = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="requests.id")
    team_id: int | None = Field(
        default=None, foreign_key="teams.id", index=True
    )  #: None if the asker's team is unknown
    person_id: int = Field(foreign_key="people.id", index=True)  #: who said so
    at: datetime = when()  #: when it was last entered or confirmed
    lost_people: float = 0.0  #: how many people lose time
    lost_times: float = 0.0  #: … how often a month
    lost_hours: float = 0.0  #: … and how many hours each time
    evidence: str = words()  #: `measured`, `counted`, `estimated` or `guessed`; "" if not given
    blocked_people: int = 0
    blocked_share: str = words()  #: `slowed`, `half` or `stopped`; "" if not given
    blocked_until: date | None = None
    block_asked_on: date | None = None  #: when they were asked whether a block still lasts after its end
    needed_by: date | None = None
    miss_hours: float | None = None  #: what missing that day costs, in hours; None if not given
    needed_asked_on: date | None = None  #: when they were asked whether a passed date still counts
    #: When a team that has joined the request said that the delivery does the job.
    confirmed_at: datetime | None = when(nullable=True)
    #: Fields that were left as the form suggested: `bot.domain.backlog.demand.DemandPart`s separated by spaces.
    drafted: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    #: Who said what, and on which day, where that is not who has said the last of it: [person, day] by the part.
    authors: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    #: What a joined team asked for: `bot.domain.backlog.requests.AskedToo`s, by their fields.
    asked: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class RequestWords(Row, table=True):
    """What was written with a step of a request. The audit entry says by whom, when, and with which step."""

    __tablename__ = "request_words"
    entry_id: int = Field(foreign_key="audit_log.id", primary_key=True)
    request_id: int = Field(foreign_key="requests.id", index=True)
    link: str = words()
    words: str = words()


class RequestFollower(Row, table=True):
    """Somebody who is told what happens to a request."""

    __tablename__ = "request_followers"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    person_id: int = Field(foreign_key="people.id", primary_key=True)
    at: datetime = when()
    #: Where they joined from, as in `RequestJoin`; None for somebody who only follows it.
    source_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class RequestJoin(Row, table=True):
    """A thread, form or reminder whose team has joined a request.

    Its key is the source key that a request of its own would have.
    """

    __tablename__ = "request_joins"
    source_key: str = Field(sa_column=Column(Text, primary_key=True))
    request_id: int = Field(foreign_key="requests.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()
    #: As of a `Request`, for the thread that has joined.
    read_to: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))


class RequestSaving(Row, table=True):
    """What a team says a delivery saves it, 30 or 90 days later. Without hours, it was asked and has not answered."""

    __tablename__ = "request_savings"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    team_id: int = Field(foreign_key="teams.id", primary_key=True)
    day: int = Field(primary_key=True)  #: 30 or 90
    asked_at: datetime = when()
    hours_a_month: float | None = None
    person_id: int | None = Field(default=None, foreign_key="people.id")
    answered_at: datetime | None = when(nullable=True)


class ChannelSetting(Row, table=True):
    """How much Baton says about requests in a channel. Without a row, the default applies."""

    __tablename__ = "channel_settings"
    channel_id: str = Field(sa_column=Column(Text, primary_key=True))
    only_card: bool = flag()  #: the card is edited, and nothing else is posted in its threads
    emoji_since: datetime | None = when(
        nullable=True
    )  #: since when reactions show the state of requests; None if they do not


class RequestReaction(Row, table=True):
    """The reaction with which Baton shows a request's state on the first message of its thread."""

    __tablename__ = "request_reactions"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    state: str = words()  #: the state of the request for which it was shown
    emoji: str = words()  #: the current reaction; "" for none
    not_before: datetime | None = when(nullable=True)  #: until then, a process works on it or Slack wants a pause


class TrackerIssue(Row, table=True):
    """A request's issue in a tracker. `ref` is "" until the tracker has given it."""

    __tablename__ = "tracker_issues"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    tracker: str = Field(sa_column=Column(Text, nullable=False))  #: `github` or `jira`
    marker: str = Field(sa_column=Column(Text, nullable=False, unique=True))  #: is in the issue, to find it again
    ref: str = words()  #: `acme/platform#12`, `OPS-7`
    url: str = words()
    status: str = words()  #: the last `IssueStatus` from the tracker
    state: str = words()  #: `wanted`, `made`, `failed` or `gone`
    attempts: int = 0
    not_before: datetime | None = when(nullable=True)  #: when it is tried again
    problem: str = words()  #: why it last failed, in a sentence
    #: When it was sent without a clear answer: before it is sent again, it is looked for.
    sent_at: datetime | None = when(nullable=True)
    changed_at: datetime | None = when(nullable=True)  #: when it changed, by the tracker's clock; older news is ignored
    read_at: datetime | None = when(nullable=True)  #: when the issue itself was last read
    followed_at: datetime | None = when(nullable=True)  #: until when changes were requested from the tracker
    comments_since: datetime | None = when(nullable=True)  #: since when comments are copied; older ones are not
    thread_read_at: datetime | None = when(nullable=True)  #: when the thread was last read for comments


class TrackerComment(Row, table=True):
    """A comment that was copied between a request's thread and its issue. Its text is not stored."""

    __tablename__ = "tracker_comments"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    #: Its origin: `slack:1700000000.000100`, `github:12`.
    key: str = Field(sa_column=Column(Text, primary_key=True))
    comment_id: str = words()  #: the tracker's id; "" until it has given one
    #: `sending`, `made` or `failed` (the tracker refuses it), then `gone` or `kept` if the message was deleted. `taken`
    #: for one from the tracker.
    state: str = words()
    #: For `sending`: when it was sent without a clear answer. For `made`: when its text was read. For `taken`: when it
    #: was written.
    sent_at: datetime | None = when(nullable=True)


class TrackerDelivery(Row, table=True):
    """A webhook that was received. The same one again changes nothing."""

    __tablename__ = "tracker_deliveries"
    key: str = Field(primary_key=True)  #: `github:` and the delivery's id
    at: datetime = when(index=True)
