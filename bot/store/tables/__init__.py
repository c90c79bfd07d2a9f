"""The schema, a module for each noun. Rows are what is stored; rules read the records of `bot.domain.records` instead.

Table models do not validate: values come from the domain, which does. Enumerations are stored as their text.
"""

from __future__ import annotations

from bot.store.tables._basics import core
from bot.store.tables.backlog import (
    Request,
    RequestDemand,
    RequestFollower,
    RequestSaving,
    TrackerDelivery,
    TrackerIssue,
)
from bot.store.tables.catalog import Asset, CatalogState, Claim, ImportRun, Miss, Source, SourceReading
from bot.store.tables.facts import DateChange, FeedCopy, ProviderDates
from bot.store.tables.inventory import Deployment, VersionPin
from bot.store.tables.journal import AuditEntry, InboundEvent
from bot.store.tables.listings import SlackChannel, SlackListing
from bot.store.tables.outbox import OutboxMessage
from bot.store.tables.ownership import OwnerDoubt, Ownership
from bot.store.tables.people import Membership, Person, SlackMember, Team
from bot.store.tables.reminders import CalendarLink, Ping, Reminder, ReminderAnswer

__all__ = [
    "Asset",
    "AuditEntry",
    "CalendarLink",
    "CatalogState",
    "Claim",
    "DateChange",
    "Deployment",
    "FeedCopy",
    "ImportRun",
    "InboundEvent",
    "Membership",
    "Miss",
    "OutboxMessage",
    "OwnerDoubt",
    "Ownership",
    "Person",
    "Ping",
    "ProviderDates",
    "Reminder",
    "ReminderAnswer",
    "Request",
    "RequestDemand",
    "RequestFollower",
    "RequestSaving",
    "SlackChannel",
    "SlackListing",
    "SlackMember",
    "Source",
    "SourceReading",
    "Team",
    "TrackerDelivery",
    "TrackerIssue",
    "VersionPin",
    "core",
]
