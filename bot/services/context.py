"""The one Baton of this process: what every listener and every job is given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Slack, Tracker
from bot.services.background import Background
from bot.services.backlog.contribution import Requests
from bot.services.backlog.trackers import Trackers
from bot.services.daily_pass import DailyPass
from bot.services.deps import Deps
from bot.services.eol.contribution import Reminders
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.eol.timelines import Pictures
from bot.services.listings import Listings
from bot.services.members import Members
from bot.services.outbox import Drainer
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot
from bot.services.user_groups import UserGroups
from bot.services.working_times import WorkingTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The dependencies of use cases, the catalog in memory, Slack, and what keeps these up to date."""

    deps: Deps
    slack: Slack
    bot_user_id: str
    snapshot: Snapshot
    members: Members
    listings: Listings
    user_groups: UserGroups
    portfolios: Portfolios
    drainer: Drainer
    background: Background
    watcher: Watcher
    daily_pass: DailyPass
    pictures: Pictures
    trackers: Trackers | None = None  #: where requests become issues; None when no tracker is set
    public_url: str = ""  #: where the web server is reached from outside; empty when nobody said
    feed_url: str = ""  #: where the feed of end-of-life dates is asked; empty when it is not asked by itself


def assemble(
    deps: Deps,
    slack: Slack,
    *,
    snapshot: Snapshot,
    facts: Facts,
    bot_user_id: str = "",
    public_url: str = "",
    feed_url: str = "",
    tracker: Tracker | None = None,
) -> Context:
    """Put the parts of one process together. Nothing is read and nothing is started."""
    members = Members(deps, slack, snapshot)
    watcher = Watcher(deps, snapshot, facts)
    deps.contributors[:] = [Reminders(deps, watcher), Requests(deps, snapshot)]
    return Context(
        deps=deps,
        slack=slack,
        bot_user_id=bot_user_id,
        snapshot=snapshot,
        members=members,
        listings=Listings(deps, slack, snapshot, members),
        user_groups=UserGroups(slack, deps.clock, snapshot),
        portfolios=Portfolios(deps, snapshot),
        drainer=Drainer(deps, slack),
        background=Background(),
        watcher=watcher,
        daily_pass=DailyPass(deps, snapshot, WorkingTimes(), deps.contributors),
        pictures=Pictures(deps, watcher),
        trackers=Trackers(deps, snapshot, slack, tracker) if tracker is not None else None,
        public_url=public_url,
        feed_url=feed_url,
    )
