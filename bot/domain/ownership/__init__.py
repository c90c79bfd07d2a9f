"""Who owns an asset, according to the facts. Each kind of answer is a type; a missing owner is never `None`."""

from __future__ import annotations

from bot.domain.ownership.disputes import contradict
from bot.domain.ownership.drift import EXPECTED_FOR, Drift, Loan, Transfer, behind_since, loan_of, with_drift
from bot.domain.ownership.history import Handed, Held, Past, Term, past, timeline
from bot.domain.ownership.holdings import (
    CatalogView,
    Holding,
    active_members,
    has_somebody,
    holdings_of,
    is_here,
)
from bot.domain.ownership.pending_handoffs import all_taken_by, loans_of, taken_by
from bot.domain.ownership.suggestions import Evidence, EvidenceKind, Heir, Suggestion, heirs, suggest
from bot.domain.ownership.verdict_rules import MOST_PARENTS, holder_of, verdict
from bot.domain.ownership.verdicts import (
    Disputed,
    Orphaned,
    Owned,
    Stale,
    Unowned,
    UnownedOnPurpose,
    Verdict,
    all_holdings,
    areas_to_choose,
    claimed_areas,
)
