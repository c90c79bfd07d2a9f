"""Requests for tests of the rank: the design's example, and whatever else there may be."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from bot.domain.backlog.demand import (
    Author,
    BacklogRequest,
    Demand,
    DemandPart,
    Estimate,
    Evidence,
    EvidenceKind,
    NeededBy,
    Slowdown,
    TeamBlock,
)
from bot.domain.backlog.rank import RankSettings

TODAY = date(2026, 11, 2)
SETTINGS = RankSettings()
#: Three teams and 60 hours of work, for which the DevOps team takes two weeks.
EXAMPLE = BacklogRequest(
    id=7,
    created_on=TODAY - timedelta(20),
    types=("library",),
    demands=(
        Demand(
            team="Payments",
            evidence=EvidenceKind.COUNTED,
            confirmed_on=TODAY,
            said_by=("Ada",),
            team_people=8,
            people=5,
            times_per_month=4,
            hours_each=0.5,
            block=TeamBlock(people=0.4, slowdown=Slowdown.STOPPED),
        ),
        Demand(
            team="Search",
            evidence=EvidenceKind.ESTIMATED,
            confirmed_on=TODAY,
            said_by=("Ben",),
            team_people=4,
            people=3,
            times_per_month=1,
            hours_each=2,
        ),
        Demand(
            team="Checkout",
            evidence=EvidenceKind.MEASURED,
            confirmed_on=TODAY,
            said_by=("Cem",),
            team_people=6,
            people=2,
            times_per_month=2,
            hours_each=1,
        ),
    ),
    estimate=Estimate(32, 56, 80, "Dana", date(2026, 10, 30)),
)

days = st.integers(-60, 200).map(lambda number: TODAY + timedelta(number))
past_days = st.integers(0, 400).map(lambda number: TODAY - timedelta(number))
amounts = st.integers(0, 5_000).map(lambda number: number / 100)
authors = st.dictionaries(
    st.sampled_from(DemandPart),
    st.builds(
        Author,
        st.sampled_from(["Ada", "Ben", ""]),
        past_days,
        st.none() | past_days,
        st.none() | st.builds(Evidence, st.sampled_from(EvidenceKind), st.booleans()),
    ),
)
demands = st.builds(
    Demand,
    team=st.sampled_from(["Payments", "Search", "Checkout", "Data"]),
    evidence=st.sampled_from(EvidenceKind),
    confirmed_on=past_days,
    authors=authors,
    said_by=st.sets(st.sampled_from(["Ada", "Ben", "Cem", "Dana"])).map(lambda names: tuple(sorted(names))),
    team_people=st.none() | st.integers(1, 12),
    people=st.integers(0, 12),
    times_per_month=st.integers(0, 30),
    hours_each=st.integers(0, 800).map(lambda number: number / 100),
    block=st.none() | st.builds(TeamBlock, st.integers(0, 6), st.sampled_from(Slowdown), st.none() | days),
    needed_by=st.none() | st.builds(NeededBy, days, st.just("the audit"), st.none() | amounts),
)
hours_of_work = st.integers(0, 30_000).map(lambda number: number / 100)
estimates = st.lists(hours_of_work, min_size=3, max_size=3).map(lambda hours: Estimate(*sorted(hours)))
requests = st.builds(
    BacklogRequest,
    id=st.integers(1, 10_000),
    created_on=past_days,
    types=st.lists(st.sampled_from(["library", "script", "api_service", "access"]), max_size=2).map(tuple),
    demands=st.lists(demands, max_size=4, unique_by=lambda each: each.team).map(tuple),
    estimate=st.none() | estimates,
)
estimated = st.builds(
    BacklogRequest,
    id=st.integers(1, 10_000),
    created_on=past_days,
    types=st.just(("library",)),
    demands=st.lists(demands, min_size=1, max_size=4, unique_by=lambda each: each.team).map(tuple),
    estimate=estimates,
)
backlogs = st.lists(requests, max_size=8, unique_by=lambda each: each.id)
