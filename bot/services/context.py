"""The one Baton of this process: what every listener and every job is given."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ports import Model, Slack, Tracker
from bot.services.attestation_list import Attestations
from bot.services.background import Background
from bot.services.backlog.comments import Comments
from bot.services.backlog.contribution import Requests
from bot.services.backlog.health import RequestFigures
from bot.services.backlog.standings import Backlog
from bot.services.backlog.trackers import Trackers
from bot.services.coverage import CoverageFigures
from bot.services.daily_pass import DailyPass
from bot.services.deps import Deps
from bot.services.eol.belongings import EndsOfLife
from bot.services.eol.contribution import Reminders
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.eol.health import EolFigures
from bot.services.handoff.belongings import HandoffCards
from bot.services.handoff.contribution import Handoffs
from bot.services.handoff.health import HandoffFigures
from bot.services.health import Health
from bot.services.listings import Listings
from bot.services.matters.contribution import Matters
from bot.services.members import Members
from bot.services.outbox import Drainer
from bot.services.pictures import Pictures
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot
from bot.services.unowned_review import UnownedReviews
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
    backlog: Backlog
    drainer: Drainer
    background: Background
    watcher: Watcher
    daily_pass: DailyPass
    times: WorkingTimes
    pictures: Pictures
    health: Health
    trackers: Trackers | None = None  #: where requests become issues; None when no tracker is set
    model: Model | None = None  #: what may add to the draft of a request; None when no model is set
    public_url: str = ""  #: where the web server is reached from outside; empty when nobody said
    feed_url: str = ""  #: where the feed of end-of-life dates is asked; empty when it is not asked by itself
    #: When people last chose what their Home tab shows, by their Slack ids, in seconds of Slack's clock.
    home_chosen_at: dict[str, float] = field(default_factory=dict)


def assemble(  # noqa: PLR0913 - all but two by name
    deps: Deps,
    slack: Slack,
    *,
    snapshot: Snapshot,
    facts: Facts,
    bot_user_id: str = "",
    public_url: str = "",
    feed_url: str = "",
    tracker: Tracker | None = None,
    carries_comments: bool = False,
) -> Context:
    """Put the parts of one process together. Nothing is read and nothing is started."""
    members = Members(deps, slack, snapshot)
    watcher = Watcher(deps, snapshot, facts)
    backlog = Backlog(deps, snapshot)
    portfolios, times = Portfolios(deps, snapshot), WorkingTimes()
    deps.contributors[:] = [
        Reminders(deps, watcher),
        Requests(deps, snapshot, backlog),
        Handoffs(deps, snapshot),
        UnownedReviews(deps, snapshot),
        Attestations(deps, snapshot, portfolios),
        Matters(deps, snapshot, slack, portfolios),
    ]
    deps.belongings[:] = [EndsOfLife(deps, watcher), HandoffCards(deps, snapshot)]
    trackers = None
    if tracker is not None:
        carrying = Comments(deps, snapshot, slack, members, tracker, bot_user_id=bot_user_id)
        trackers = Trackers(deps, snapshot, slack, tracker, comments=carrying if carries_comments else None)
    return Context(
        deps=deps,
        slack=slack,
        bot_user_id=bot_user_id,
        snapshot=snapshot,
        members=members,
        listings=Listings(deps, slack, snapshot, members),
        user_groups=UserGroups(slack, deps.clock, snapshot),
        portfolios=portfolios,
        backlog=backlog,
        drainer=Drainer(deps, slack),
        background=Background(),
        watcher=watcher,
        daily_pass=DailyPass(deps, snapshot, times, deps.contributors),
        times=times,
        pictures=Pictures(),
        health=health_of(deps, snapshot, portfolios, watcher, times),
        trackers=trackers,
        public_url=public_url,
        feed_url=feed_url,
    )


def health_of(deps: Deps, snapshot: Snapshot, portfolios: Portfolios, watcher: Watcher, times: WorkingTimes) -> Health:
    """Return the health report, with the figures of every noun that has any, in the order of its lines."""
    sources = (
        CoverageFigures(deps, snapshot, portfolios),
        HandoffFigures(deps, snapshot),
        RequestFigures(deps, snapshot),
        EolFigures(deps, watcher),
    )
    return Health(deps, snapshot, times, sources)
