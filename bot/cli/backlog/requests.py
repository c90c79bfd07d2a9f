"""`baton backlog list`, `show`, `rank`, `shares`, `picture`, `export`: requests to the DevOps team, in order."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.blocks.backlog import words
from bot.cli._database import with_catalog
from bot.cli._terminal import AsJson, cell, print_json, write_picture
from bot.cli.backlog.savings import saved_by_team
from bot.domain.backlog.item_types import WORK
from bot.domain.backlog.open_items import heading
from bot.domain.backlog.rank import Rank, waiting_in_words
from bot.domain.backlog.requests import STATE_WORDS, RequestCard, RequestItem, Said
from bot.domain.backlog.savings import WHERE_FROM, SavingReview
from bot.domain.names import clean
from bot.domain.phrases import counted, figure
from bot.errors import NotFoundError
from bot.services.backlog import charts, exports, lists, ranks, savings, step_words
from bot.services.backlog.ranks import RankedRequest
from bot.services.deps import Deps
from bot.services.pictures import Pictures
from bot.services.snapshot import Snapshot


def list_(
    is_all: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open requests, oldest first."""
    cards = with_catalog(partial(lists.everything, is_open=not is_all))
    if as_json:
        print_json({"requests": [card_as_dict(each) for each in cards]})
        return
    sys.stdout.write("".join(f"{_line(each)}\n" for each in cards) or "No request is open.\n")


def show(number: Annotated[int, typer.Argument(help="The request's number.")], as_json: AsJson = False) -> None:
    """Show a request: what it asks for, its state, and the reasons for its place in the backlog."""
    card, place, reviews, words_ = with_catalog(partial(_one, number=number))
    if as_json:
        rank_ = place_as_dict(place) if place is not None else None
        more = {"savings": [asdict(each) for each in reviews], "said": [_said_as_dict(each) for each in words_]}
        print_json(card_as_dict(card) | {"rank": rank_} | more)
        return
    items = [f"  - {clean(each.title)} ({'; '.join([each.type, *_work_of(each, card)])})" for each in card.items]
    answer, *steps = map(clean, place.why) if place is not None else [""]
    why = [answer, *(f"  {each}" for each in steps)] if answer else []
    saved = [f"  {line}" for line in (*saved_by_team(reviews), *([WHERE_FROM] if reviews else ()))]
    told = ["Said so far:", *(f"  {each.at:%Y-%m-%d} {clean(words.said(each))}" for each in words_)] if words_ else []
    sys.stdout.write("\n".join([_line(card), *items, *why, *saved, *told]) + "\n")


def rank(as_json: AsJson = False) -> None:
    """Print the backlog in order: what to do first at the top, and what waiting costs."""
    ranked = with_catalog(partial(ranks.ranked, person_id=None, is_all=True))
    if as_json:
        print_json({"requests": [card_as_dict(each.card) | {"rank": place_as_dict(each)} for each in ranked]})
        return
    lane = ""
    for each in ranked:
        if each.place.lane != lane:
            lane = each.place.lane
            sys.stdout.write(f"{lane}\n")
        sys.stdout.write(f"  {each.place.position:>3}. {_cost(each)}  {_line(each.card)}\n")
    if not ranked:
        sys.stdout.write("No request is open.\n")


def shares(as_json: AsJson = False) -> None:
    """Print which teams' requests the last 90 days of work went to, the team that got the least first."""
    found = with_catalog(ranks.shares)
    if as_json:
        print_json({"teams": [asdict(each) for each in found]})
        return
    for each in found:
        waits = f"{each.open_requests} open, the oldest for {each.longest_wait_days} days" if each.open_requests else ""
        served = f"{each.served_share:>4.0%}  {each.served_hours:,.0f} h"
        sys.stdout.write(f"{served}  {clean(each.team)}{f' ({waits})' if waits else ''}\n")
    if not found:
        sys.stdout.write("No request is open, and none was delivered in the last 90 days.\n")


def picture(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
) -> None:
    """Draw the backlog, and print the picture's content as text."""
    write_picture(output, with_catalog(partial(charts.chart, pictures=Pictures(), is_all=True)))


def export(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a row for each request.")] = False,
) -> None:
    """Print every request with its rank, what each team entered, and its history, as JSON or CSV."""
    cards, ranked, said = with_catalog(_all_that_is_known)
    places = {each.card.id: each for each in ranked}
    rows = [
        card_as_dict(each) | said[each.id] | {"rank": place_as_dict(places[each.id]) if each.id in places else None}
        for each in cards
    ]
    if as_csv:
        _write_csv(rows)
    else:
        print_json({"requests": rows})


async def _one(
    deps: Deps, catalog: Snapshot, number: int
) -> tuple[RequestCard, RankedRequest | None, Sequence[SavingReview], Sequence[Said]]:
    cards, ranked = await _everything(deps, catalog)
    card = next((each for each in cards if each.id == number), None)
    if card is None:
        raise NotFoundError(f"There is no request {number}: `baton backlog list --all` shows them all.")
    reviews = await savings.of_request(deps, catalog, number)
    words_ = await step_words.of_request(deps, catalog, number)
    return card, next((each for each in ranked if each.card.id == number), None), reviews, words_


async def _all_that_is_known(
    deps: Deps, catalog: Snapshot
) -> tuple[list[RequestCard], list[RankedRequest], Mapping[int, dict[str, Any]]]:
    return *await _everything(deps, catalog), await exports.said(deps, catalog)


async def _everything(deps: Deps, catalog: Snapshot) -> tuple[list[RequestCard], list[RankedRequest]]:
    return await lists.everything(deps, catalog), await ranks.ranked(deps, catalog, None, is_all=True)


def card_as_dict(card: RequestCard) -> dict[str, Any]:
    """Return the fields of `--json`; docs/requests.md explains them."""
    return {
        "number": card.id,
        "title": card.title,
        "state": card.state.value,
        "since": card.standing.since.isoformat(),
        "team": card.team.name if card.team is not None else None,
        "asked_by": card.asker.name or None,
        "filed_by": card.filer.name or None,
        "assignee": card.assignee.name if card.assignee is not None else None,
        "items": [asdict(each) for each in card.items],
        "technologies": list(card.technologies),
        "skills_gaps": list(card.skills_gaps),
        "stays_with_team": list(card.stays_with_team),
        "needed_by": card.needed_by.isoformat() if card.needed_by is not None else None,
        "needed_reason": card.needed_reason or None,
        "needed_for": card.needed_for or None,
        "estimated_hours": None
        if card.estimate is None
        else [card.estimate.optimistic_hours, card.estimate.likely_hours, card.estimate.pessimistic_hours],
        "reason": card.reason or None,
        "link": card.link or None,
        "permalink": card.permalink or None,
        "merged_into": card.merged_into,
        "is_private": card.is_private,
    }


def _said_as_dict(said_: Said) -> dict[str, Any]:
    at, words_, link = said_.at.isoformat(), said_.words or None, said_.link or None
    return {"at": at, "by": said_.by or None, "step": said_.step, "words": words_, "link": link}


def place_as_dict(ranked: RankedRequest) -> dict[str, Any]:
    """Return a request's place in the backlog, and the numbers behind it in hours and weeks."""
    place, found = ranked.place, ranked.place.rank
    numbers: dict[str, Any] = {
        "position": place.position,
        "lane": place.lane.value,
        "band": place.band,
        "waiting_cost_hours": round(found.waiting_cost_hours, 2),
        "saved_hours_per_week": round(found.saved_hours_per_week, 2),
        "why": list(ranked.why),
    }
    if isinstance(found, Rank):
        numbers |= {
            "effort_hours": round(found.effort_hours, 2),
            "priority": round(found.priority, 3),
            "return_over_year": round(found.return_over_year, 3),
        }
    return numbers


def _work_of(item: RequestItem, card: RequestCard) -> list[str]:
    """Return who builds an item, and who owns the result; of one that is done before the others only that."""
    if item.is_done:
        return ["done"]
    if not (card.is_awaited or card.is_built):
        return []
    work = WORK[item.type]
    owner = "the DevOps team" if work.owns == work.builds else "the requesting team"
    does = words.DOES[card.is_built][bool(work.leaves) and not card.asset]
    if card.asset and work.leaves and work.owns != work.builds:
        return [f"the DevOps team {does}, and who owns {clean(card.asset)} changes only with a handoff"]
    leaves = "left" if card.is_built else "leaves"
    return [f"the DevOps team {does}, {leaves} {f'{work.leaves} to {owner}' if work.leaves else 'nothing'}"]


def _line(card: RequestCard) -> str:
    team = f" for {clean(card.team.name)}" if card.team is not None else ""
    by = f", needed by {card.needed_by}" if card.needed_by is not None and card.is_awaited else ""
    left = f", {said}" if (said := words.how_many_left(card)) else ""
    return f"#{card.id} {clean(heading(card))}: {STATE_WORDS[card.state].lower()}{left}{team}{by}"


def _cost(each: RankedRequest) -> str:
    found = each.place.rank
    effort = f"work {found.effort_hours:,.0f} h" if isinstance(found, Rank) else "not estimated"
    return f"[waiting {waiting_in_words(found.waiting_cost_hours, is_estimated=isinstance(found, Rank))}, {effort}]"


def _demand_in_a_cell(each: dict[str, Any]) -> str:
    """Return one team's demand as text."""
    parts = [f"{words.hours(each['hours_a_month'])} a month", each["evidence"]] if each["hours_a_month"] else []
    if each["blocked_people"]:
        share = f" ({each['blocked_share']})" if each["blocked_share"] else ""
        until = f" until {each['blocked_until']}" if each["blocked_until"] else ""
        parts.append(f"{counted(each['blocked_people'], 'person', 'people')} blocked{share}{until}")
    if each["needed_by"]:
        cost = "" if each["miss_hours"] is None else f" ({words.hours(each['miss_hours'])} if missed)"
        parts.append(f"needed by {each['needed_by']}{cost}")
    parts += [f"asks for {'; '.join(item['title'] for item in one['items']) or one['title']}" for one in each["asked"]]
    return f"{each['team'] or each['said_by']}: {', '.join(filter(None, parts))}"


def _item_in_a_cell(each: dict[str, Any]) -> str:
    return f"{each['type']}: {each['title']}{' (done)' if each['is_done'] else ''}"


def _saving_in_a_cell(each: dict[str, Any]) -> str:
    hours = "-" if each["actual_hours"] is None else figure(each["actual_hours"])
    return f"{each['team']} after {each['after_days']} days: {hours}"


def _entry_in_a_cell(each: dict[str, Any]) -> str:
    said = " ".join(filter(None, (each["words"], each["link"])))
    return f"{each['at']} {each['action']} by {each['by']}{f': {said}' if said else ''}"


#: How a list of objects in JSON is written in a cell.
_IN_A_CELL = {"demands": _demand_in_a_cell, "savings": _saving_in_a_cell, "history": _entry_in_a_cell}


def _write_csv(rows: Sequence[dict[str, Any]]) -> None:
    """Write a row for each request. Lists are joined."""
    names = [name for name in rows[0] if name not in ("items", "rank")] if rows else ["number", "title", "state"]
    writer = csv.writer(sys.stdout)
    writer.writerow([*names, "items", "lane", "position"])
    for row in rows:
        rank_ = row["rank"] or {}
        cells = [[_IN_A_CELL[name](each) for each in row[name]] if name in _IN_A_CELL else row[name] for name in names]
        items = "; ".join(map(_item_in_a_cell, row["items"]))
        cells = ["; ".join(map(str, each)) if isinstance(each, list) else each for each in cells]
        writer.writerow(map(cell, [*cells, items, rank_.get("lane"), rank_.get("position")]))
