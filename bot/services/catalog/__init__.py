"""The catalog's use case: import what a source says, as a reconcile with what it said before.

    parser -> SourceCatalog -> import_catalog: lock, compare, refuse or apply -> ImportReport
    files that say what they said before -> import_unread: lock, nothing to compare -> ImportReport

One import is one transaction. Its steps, a module each: `_reading` (ids and digests), `_run` (lock, source, earlier
claims), `_readings` (what these were read from), `_roster` and `_settle` (teams and people), `_plan` (which asset is
which), `_parents`, `_owners`, `_write`, `_facts`, `_drift` (what has not followed a handoff). `_people` says which
sources are believed about who is in which team, `_identity` what has changed about who people are.
"""

from bot.services.catalog._people import may_be_trusted
from bot.services.catalog.imports import has_read, import_catalog, import_unread
from bot.services.catalog.report import (
    ImportOutcome,
    ImportReport,
    OutdatedLine,
    PersonChange,
    PositionChange,
    ReportAction,
    ReportLine,
)
