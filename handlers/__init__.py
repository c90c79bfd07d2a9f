"""Slack in: parse, acknowledge, call one service, reply. What each noun listens to stands in its ROUTES.

`app.yaml` declares the same commands, shortcuts and events; a test holds the two together.
"""

from __future__ import annotations

from handlers import (
    attestation,
    backlog,
    baton,
    changes,
    claims,
    conversations,
    eol,
    handoff,
    health,
    home,
    matters,
    misses,
    orphans,
    ownership,
    releases,
    teams,
    upkeep,
)
from handlers.routes import joined

#: All that Baton listens to.
ROUTES = joined(
    attestation.ROUTES,
    backlog.ROUTES,
    baton.ROUTES,
    changes.ROUTES,
    claims.ROUTES,
    conversations.ROUTES,
    eol.ROUTES,
    health.ROUTES,
    handoff.ROUTES,
    home.ROUTES,
    matters.ROUTES,
    misses.ROUTES,
    orphans.ROUTES,
    ownership.ROUTES,
    releases.ROUTES,
    teams.ROUTES,
)
#: All that it does by the clock.
JOBS = (*upkeep.JOBS, *orphans.JOBS, *releases.JOBS, *eol.JOBS, *backlog.JOBS, *handoff.JOBS, *health.JOBS)
