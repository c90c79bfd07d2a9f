"""Slack in: parse, acknowledge, call one service, reply. What each noun listens to stands in its ROUTES.

`app.yaml` declares the same commands, shortcuts and events; a test holds the two together.
"""

from __future__ import annotations

from handlers import backlog, baton, changes, claims, conversations, eol, home, ownership, upkeep
from handlers.routes import joined

#: All that Baton listens to.
ROUTES = joined(
    backlog.ROUTES,
    baton.ROUTES,
    changes.ROUTES,
    claims.ROUTES,
    conversations.ROUTES,
    eol.ROUTES,
    home.ROUTES,
    ownership.ROUTES,
)
#: All that it does by the clock.
JOBS = (*upkeep.JOBS, *eol.JOBS, *backlog.JOBS)
