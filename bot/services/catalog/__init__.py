"""The catalog's use case: import what a source says, as a reconcile with what it said before.

    parser -> SourceCatalog -> import_catalog: lock, compare, refuse or apply -> ImportReport

One import is one transaction. Its steps, a module each: `_reading` (ids and digests), `_run` (lock, source, earlier
claims), `_roster` and `_settle` (teams and people), `_plan` (which asset is which), `_parents`, `_owners`, `_write`,
`_facts`.
"""

from bot.services.catalog.importing import import_catalog
from bot.services.catalog.report import Action, Change, ImportReport, Outcome

__all__ = ["Action", "Change", "ImportReport", "Outcome", "import_catalog"]
