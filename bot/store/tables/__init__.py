"""The schema, one module per noun. Rows are what is stored; rules read the records of `bot.domain.records` instead.

Table models do not validate, because the domain does. Enumerations are stored as text.
"""

from __future__ import annotations

from bot.store.tables._basics import OWNER_KEY, core
from bot.store.tables.backlog import (
    ChannelSetting,
    Request,
    RequestDemand,
    RequestFollower,
    RequestJoin,
    RequestReaction,
    RequestSaving,
    RequestWords,
    TrackerComment,
    TrackerDelivery,
    TrackerIssue,
)
from bot.store.tables.catalog import Asset, CatalogState, Claim, ImportRun, Miss, Source, SourceReading
from bot.store.tables.facts import DateChange, FeedCopy, ProviderDates
from bot.store.tables.handoffs import Handoff, HandoffEvidence, HandoffNote, HandoffResource
from bot.store.tables.health import HealthFigure
from bot.store.tables.inventory import Deployment, VersionPin
from bot.store.tables.journal import AuditEntry, InboundEvent
from bot.store.tables.listings import SlackChannel, SlackListing
from bot.store.tables.outbox import OutboxMessage
from bot.store.tables.ownership import Disownment, Drift, OwnerDoubt, Ownership, OwnershipMatter, Transfer
from bot.store.tables.people import FormerMember, Membership, Person, SlackMember, Team
from bot.store.tables.reminders import CalendarLink, Ping, Reminder, ReminderAnswer
from bot.store.tables.upkeep import AssetAlias, Attestation, CommitCount, Orphan, RejectedOwner, Release, UnownedMark
