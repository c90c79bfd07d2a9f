"""`baton backlog simulate`: compares ranking rules on synthetic backlogs. It needs no database."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from bot.cli._terminal import AsJson
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.simulation import RankingRule, RuleResult, SimulationSettings
from bot.domain.backlog.simulation import simulate as run


def simulate(  # noqa: PLR0913 - one option each, all of them by name
    *,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    backlogs: Annotated[int, typer.Option(min=1, max=10_000, help="How many backlogs to work through.")] = 400,
    requests: Annotated[int, typer.Option(min=1, max=500, help="Requests in each of them.")] = 30,
    weeks: Annotated[int, typer.Option(min=1, max=260, help="For how long each is worked on.")] = 26,
    devops_hours: Annotated[
        float, typer.Option(min=1, max=10_000, help="Hours a week that the DevOps team has for requests.")
    ] = 30,
    inflating: Annotated[
        float, typer.Option(min=0, max=1, help="Share of requests that claim too much, where a rule says so.")
    ] = 0.25,
    dated: Annotated[float, typer.Option(min=0, max=1, help="Share of requests that are needed by a date.")] = 0.3,
    blocked: Annotated[float, typer.Option(min=0, max=1, help="Share of requests that people wait for.")] = 0.3,
    as_json: AsJson = False,
) -> None:
    """Compare ranking rules: hours gained and dates missed in a backlog, on average. Takes a few seconds."""
    simulation = SimulationSettings(
        seed=seed,
        backlogs=backlogs,
        requests=requests,
        weeks=weeks,
        inflating_share=inflating,
        dated_share=dated,
        blocked_share=blocked,
    )
    results = run(simulation, RankSettings(devops_hours_per_week=devops_hours))
    if as_json:
        fields = {
            "simulation": asdict(simulation),
            "rules": {rule.value: asdict(each) for rule, each in results.items()},
        }
        sys.stdout.write(orjson.dumps(fields).decode() + "\n")
    else:
        sys.stdout.write(as_text(results))


def as_text(results: Mapping[RankingRule, RuleResult]) -> str:
    """Return a line for each rule: hours gained and dates missed."""
    width = max(map(len, results))
    lines = [f"{'rule':{width}}  hours gained  dates missed"]
    lines += [
        f"{rule:{width}}  {each.gained_hours:12,.0f}  {each.dates_missed:12.1f}" for rule, each in results.items()
    ]
    return "\n".join(lines) + "\n"
