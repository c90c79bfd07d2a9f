"""Requests to the DevOps team: what was asked, by whom it is needed, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint, text
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, when, words


class Request(Row, table=True):
    """A request. `source_key` is what it was made from, so that the same thread or form makes one only."""

    __tablename__ = "requests"
    id: int = Field(default=None, primary_key=True)
    #: `thread:C1:1700000000.000100` for a thread, `form:V123` for a form that stands by itself.
    source_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    title: str = words()
    details: str = words()  #: what whoever filed it added in their own words
    items: list[dict[str, Any]] = json()  #: `bot.domain.backlog.requests.RequestItem`s, by their fields
    technologies: list[str] = json()  #: ids of the vocabulary
    skills_gaps: list[str] = json()  #: … of those that nobody in the team knows
    stays_with_team: list[str] = json()  #: what the team said that it does itself
    state: str = Field(default="proposed", sa_column=Column(Text, nullable=False, index=True))  #: a `RequestState`
    state_before: str = words()  #: the one to which an answer or an unmerge returns it
    state_at: datetime = when()
    reason: str = words()  #: why it was declined, what was asked or answered, what was delivered
    link: str = words()  #: the document or library that answers it, or where it was delivered
    is_private: bool = flag()  #: only its asker and the DevOps team see it
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)  #: the requesting team
    asked_by: int = Field(
        foreign_key="people.id", index=True
    )  #: for whom it is: whoever began the thread, unless it was changed
    filed_by: int = Field(foreign_key="people.id", index=True)
    channel_id: str = words()  #: where its card is: the thread's channel, or a direct message
    thread_ts: str = words()
    permalink: str = words()
    copied: str = words()  #: the thread's words, where they may be copied
    asset_id: int | None = Field(default=None, foreign_key="assets.id")
    area: str = words()
    reminder_id: int | None = Field(default=None, foreign_key="reminders.id", index=True)
    supports_id: int | None = Field(default=None, foreign_key="requests.id")  #: the delivered request it is support for
    needed_by: date | None = None
    needed_reason: str = words()
    #: The day on which it was last said that a response, an answer or a confirmation is awaited.
    reminded_on: date | None = None
    created_at: datetime = when()
    answer_by: datetime | None = when(nullable=True)  #: by when the DevOps team says something, by its working time
    responded_at: datetime | None = when(nullable=True)  #: when the DevOps team first said something
    waited_seconds: int = 0  #: how long it waited for its asker before that, which is not the DevOps team's time
    snoozed_until: date | None = None
    assignee_id: int | None = Field(default=None, foreign_key="people.id", index=True)
    delivered_at: datetime | None = when(nullable=True)
    merged_into: int | None = Field(default=None, foreign_key="requests.id", index=True)
    #: When whoever asked for it said that what it became part of does the job for them, too.
    confirmed_at: datetime | None = when(nullable=True)
    optimistic_hours: float | None = None
    likely_hours: float | None = None
    pessimistic_hours: float | None = None
    estimated_by: int | None = Field(default=None, foreign_key="people.id")
    estimated_at: datetime | None = when(nullable=True)


class RequestDemand(Row, table=True):
    """What not having it costs one team. One for each (request, team); the same team again changes it.

    Those of a request that was merged into another stay with it, and count for both.
    """

    __tablename__ = "request_demands"
    __table_args__ = (UniqueConstraint("request_id", "team_id"),)
    id: int = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="requests.id")
    team_id: int | None = Field(
        default=None, foreign_key="teams.id", index=True
    )  #: None where nobody knows the asker's team
    person_id: int = Field(foreign_key="people.id", index=True)  #: who said so
    at: datetime = when()  #: when it was said or confirmed last
    lost_people: float = 0.0  #: how many lose time
    lost_times: float = 0.0  #: … how often a month
    lost_hours: float = 0.0  #: … and how many hours each time
    evidence: str = words()  #: `measured`, `counted`, `estimated` or `guessed`; empty where nobody said it
    blocked_people: int = 0
    blocked_share: str = words()  #: `slowed`, `half` or `stopped`; empty where nobody said it
    blocked_until: date | None = None
    block_asked_on: date | None = None  #: the day on which it was asked whether a block that is over still lasts
    needed_by: date | None = None
    miss_hours: float | None = None  #: what missing that day costs, in hours; None where nobody said it
    needed_asked_on: date | None = None  #: the day on which it was asked whether a date that has passed still counts
    #: When a team that has joined the request said that what was delivered does the job.
    confirmed_at: datetime | None = when(nullable=True)
    #: What was left as the form was filled in: `bot.domain.backlog.demand.DemandPart`s with spaces between them.
    drafted: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    #: What a team asked for that has joined the request: `bot.domain.backlog.requests.AskedToo`s, by their fields.
    asked: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class RequestWords(Row, table=True):
    """What was said with a step of a request; the audit log's entry says by whom, when, and with which step."""

    __tablename__ = "request_words"
    entry_id: int = Field(foreign_key="audit_log.id", primary_key=True)
    request_id: int = Field(foreign_key="requests.id", index=True)
    link: str = words()
    words: str = words()


class RequestFollower(Row, table=True):
    """Somebody who hears what becomes of a request."""

    __tablename__ = "request_followers"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    person_id: int = Field(foreign_key="people.id", primary_key=True)
    at: datetime = when()
    #: Where they have joined it from, as of a `RequestJoin`; None for whoever follows it without.
    source_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class RequestJoin(Row, table=True):
    """A thread, form or reminder whose team has joined a request, by what a request of its own would be known by."""

    __tablename__ = "request_joins"
    source_key: str = Field(sa_column=Column(Text, primary_key=True))
    request_id: int = Field(foreign_key="requests.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()


class RequestSaving(Row, table=True):
    """What a team says that a delivery saves it, 30 or 90 days later. Without hours it was asked, and has not said."""

    __tablename__ = "request_savings"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    team_id: int = Field(foreign_key="teams.id", primary_key=True)
    day: int = Field(primary_key=True)  #: 30 or 90
    asked_at: datetime = when()
    hours_a_month: float | None = None
    person_id: int | None = Field(default=None, foreign_key="people.id")
    answered_at: datetime | None = when(nullable=True)


class ChannelSetting(Row, table=True):
    """How much Baton says about requests in a channel. One without a row has what is usual."""

    __tablename__ = "channel_settings"
    channel_id: str = Field(sa_column=Column(Text, primary_key=True))
    only_card: bool = flag()  #: the card is edited, and nothing else is posted into its threads
    emoji_since: datetime | None = when(
        nullable=True
    )  #: since when reactions show how requests stand; None: they do not


class RequestReaction(Row, table=True):
    """The reaction with which Baton shows on a thread's first message how its request stands."""

    __tablename__ = "request_reactions"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    state: str = words()  #: the request's own state for which it was shown
    emoji: str = words()  #: what is there; empty for nothing
    not_before: datetime | None = when(nullable=True)  #: until then a process is at it, or Slack wants a pause


class TrackerIssue(Row, table=True):
    """A request's issue in a tracker. `ref` is empty until the tracker has said which one it is."""

    __tablename__ = "tracker_issues"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    tracker: str = Field(sa_column=Column(Text, nullable=False))  #: `github` or `jira`
    marker: str = Field(sa_column=Column(Text, nullable=False, unique=True))  #: stands in the issue, to find it again
    ref: str = words()  #: `acme/platform#12`, `OPS-7`
    url: str = words()
    status: str = words()  #: an `IssueStatus`: what the tracker said last
    state: str = words()  #: `wanted`, `made`, `failed` or `gone`
    attempts: int = 0
    not_before: datetime | None = when(nullable=True)  #: when it is tried again
    problem: str = words()  #: why it failed last, in a sentence
    #: When it was sent without a clear answer: it is looked for before it is sent again.
    sent_at: datetime | None = when(nullable=True)
    changed_at: datetime | None = when(nullable=True)  #: when it changed, by the tracker's clock: an older word is late
    read_at: datetime | None = when(nullable=True)  #: when it was last read itself
    followed_at: datetime | None = when(nullable=True)  #: up to when the tracker was asked what has changed
    comments_since: datetime | None = when(nullable=True)  #: since when comments are carried; what is older is not
    thread_read_at: datetime | None = when(nullable=True)  #: when the thread was last read for comments


class TrackerComment(Row, table=True):
    """A comment that was carried between a request's thread and its issue; its words are not kept."""

    __tablename__ = "tracker_comments"
    request_id: int = Field(foreign_key="requests.id", primary_key=True)
    #: Where it is from: `slack:1700000000.000100`, `github:12`.
    key: str = Field(sa_column=Column(Text, primary_key=True))
    comment_id: str = words()  #: what the tracker calls it; empty until it has said so
    #: `sending`, `made` or `failed` (the tracker refuses it), then `gone` or `kept` where the message was deleted; of
    #: one from the tracker `taken`.
    state: str = words()
    #: While it is `sending`, when that was without a clear answer; of one that is `made`, when its words were read; of
    #: one that was `taken`, when it was written.
    sent_at: datetime | None = when(nullable=True)


class TrackerDelivery(Row, table=True):
    """A webhook that has come: the same again changes nothing."""

    __tablename__ = "tracker_deliveries"
    key: str = Field(primary_key=True)  #: `github:` and the delivery's id
    at: datetime = when(index=True)
