"""Requests that became part of another: everybody who asked hears, answers for themselves, and is never forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.requests import RequestCard, RequestState, Step
from bot.errors import UserError
from bot.services.backlog import intake, ranks
from bot.services.backlog.merges import merge
from bot.services.backlog.plans import estimate
from bot.services.backlog.steps import take
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from tests.services.test_backlog import ADA, EVE, NEW_REQUEST, OMAR, deps, entries, messages, opened, snapshot, step

__all__ = ["deps", "snapshot"]


#: What the card of a part says, by the number of the whole.
PART_OF = {number: f"Part of *#{number}* *{NEW_REQUEST.title}* now" for number in (1, 2)}


async def opened_by(deps: Deps, snapshot: Snapshot, *people: int) -> None:
    """One request of each: of Ada's team, or of somebody without one."""
    for number, person_id in enumerate(people, 1):
        team = NEW_REQUEST.team_id if person_id == ADA else None
        new = replace(NEW_REQUEST, origin=Origin(f"form:V{number}"), filed_by=person_id, asked_by=person_id)
        await opened(deps, snapshot, replace(new, team_id=team, needed_by=date(2026, 4, 1), needed_reason="The launch"))


async def merged(deps: Deps, snapshot: Snapshot, request_id: int, into_id: int) -> None:
    await merge(deps, snapshot, request_id=request_id, into_id=into_id, person_id=OMAR)


async def card(deps: Deps, snapshot: Snapshot, number: int) -> RequestCard:
    found = await intake.existing(deps, snapshot, f"form:V{number}")
    assert found is not None
    return found


async def test_whose_request_is_part_of_a_part_hears_of_the_whole_and_stands_on_its_card(
    deps: Deps, snapshot: Snapshot
) -> None:
    await opened_by(deps, snapshot, EVE, ADA, ADA)
    await merged(deps, snapshot, 1, 2)
    await merged(deps, snapshot, 2, 3)
    await step(deps, snapshot, Step.ACCEPT, OMAR, request_id=3)
    said = await messages(deps)
    heard = [row.body["text"] for key, row in said.items() if key.startswith("backlog.news:1:accept")]
    assert [each.endswith("which this is part of: Accepted into the DevOps backlog.") for each in heard] == [True]
    assert "Also for Eve (#1), Payments (#2)" in said["backlog.card:3"].body["text"]
    await step(deps, snapshot, Step.UNMERGE, OMAR, request_id=1)
    assert "Also for Payments (#2)" in (await messages(deps))["backlog.card:3"].body["text"]


@pytest.mark.parametrize(("ends", "person_id"), [(Step.WITHDRAW, ADA), (Step.DISMISS, OMAR)])
async def test_what_was_part_of_a_request_that_its_own_asker_gives_up_stands_by_itself_again(
    deps: Deps, snapshot: Snapshot, ends: Step, person_id: int
) -> None:
    await opened_by(deps, snapshot, ADA, EVE)
    await merged(deps, snapshot, 2, 1)
    await step(deps, snapshot, ends, person_id, "It is none")
    released = await card(deps, snapshot, 2)
    assert (released.state, released.merged_into) == (RequestState.PROPOSED, None)
    said = await messages(deps)
    assert "Proposed" in said["backlog.card:2"].body["text"]
    [news] = [row for key, row in said.items() if key.startswith("backlog.released:2")]
    assert (news.parent_key, "stands by itself again" in news.body["text"]) == ("backlog.triage:2", True)
    assert (await entries(deps))[-1] == (f"person:{person_id}", "backlog.unmerge")
    assert [key for key in said if key.startswith("backlog.unmerged:2")], "whoever asked for it hears of it"


async def test_the_yes_of_somebody_else_who_asked_is_theirs_alone(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA, EVE)
    await merged(deps, snapshot, 2, 1)
    await step(deps, snapshot, Step.DELIVER, OMAR)
    answered = await step(deps, snapshot, Step.CONFIRM, EVE, request_id=2)
    assert answered.is_new
    assert (await card(deps, snapshot, 1)).state is RequestState.DELIVERED
    assert (await step(deps, snapshot, Step.CONFIRM, EVE, request_id=2)).is_new is False
    assert "Also for Eve (#2, does the job)" in (await messages(deps))["backlog.card:1"].body["text"]
    await step(deps, snapshot, Step.NOT_YET, ADA, "No backups")
    assert "Also for Eve (#2)" in (await messages(deps))["backlog.card:1"].body["text"], "it is asked anew"
    await step(deps, snapshot, Step.DELIVER, OMAR)
    assert (await step(deps, snapshot, Step.CONFIRM, ADA)).card.state is RequestState.CONFIRMED
    assert [action for _, action in await entries(deps)].count("backlog.confirm_part") == 1


async def test_the_reason_of_a_date_is_in_why_it_is_ranked_there(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA)
    [ranked] = await ranks.ranked(deps, snapshot, ADA)
    assert [each for each in ranked.why if "2026-04-01 (The launch)" in each]


@pytest.mark.parametrize("ends", [Step.DECLINE, Step.ANSWER])
async def test_what_was_part_of_a_request_that_ended_says_so_and_can_be_reopened_by_itself(
    deps: Deps, snapshot: Snapshot, ends: Step
) -> None:
    await opened_by(deps, snapshot, ADA, EVE, EVE)
    await merged(deps, snapshot, 3, 2)
    await merged(deps, snapshot, 2, 1)
    assert f"{PART_OF[1]}, which is proposed." in (await messages(deps))["backlog.card:3"].body["text"]
    with pytest.raises(UserError, match="part of another one"):
        await step(deps, snapshot, Step.REOPEN, EVE, "We need it", request_id=2)
    await step(deps, snapshot, ends, OMAR, "We have no hands")
    said = await messages(deps)
    for number in (2, 3):
        text = said[f"backlog.card:{number}"].body["text"]
        assert f"{PART_OF[1]}, which is " in text
        assert "We have no hands" in text
        [told] = [row for key, row in said.items() if key.startswith(f"backlog.ended:{number}:")]
        assert told.parent_key == f"backlog.card:{number}"
        assert "Reopen…" in str(told.body["blocks"])
    reopened = await step(deps, snapshot, Step.REOPEN, EVE, "We need it", request_id=2)
    assert (reopened.card.state, reopened.card.merged_into) == (RequestState.PROPOSED, None)
    said = await messages(deps)
    assert "Also for Eve (#3)" in said["backlog.card:2"].body["text"], "its own parts go with it"
    assert f"{PART_OF[2]}, which is proposed." in said["backlog.card:3"].body["text"]
    assert "Also for" not in said["backlog.card:1"].body["text"]


async def test_the_card_of_a_part_shows_how_the_whole_stands(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA, EVE)
    await merged(deps, snapshot, 2, 1)
    await step(deps, snapshot, Step.START, OMAR)
    assert f"{PART_OF[1]}, which is in progress." in (await messages(deps))["backlog.card:2"].body["text"]


async def test_of_two_who_merge_crosswise_at_once_one_does_and_the_other_is_told(
    deps: Deps, snapshot: Snapshot
) -> None:
    await opened_by(deps, snapshot, ADA, EVE)
    crosswise = ((1, 2), (2, 1))
    done = await asyncio.gather(*(merged(deps, snapshot, *each) for each in crosswise), return_exceptions=True)
    [refused] = [each for each in done if each is not None]
    first, last = crosswise[done.index(None)]
    assert isinstance(refused, UserError)
    assert str(refused) == f"#{first} has just become part of #{last}, so there is nothing left to merge."
    states = {number: (await card(deps, snapshot, number)).merged_into for number in (1, 2)}
    assert states == {first: last, last: None}


async def test_of_three_in_a_ring_at_once_none_waits_for_ever(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA, EVE, EVE)
    ring = ((1, 2), (2, 3), (3, 1))
    done = await asyncio.gather(*(merged(deps, snapshot, *each) for each in ring), return_exceptions=True)
    refused = [each for each in done if each is not None]
    assert all(isinstance(each, UserError) for each in refused), refused
    whole = [each for each in (1, 2, 3) if (await card(deps, snapshot, each)).merged_into is None]
    assert len(whole) == len(refused) >= 1


async def test_a_step_does_not_merge(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA)
    with pytest.raises(ValueError, match=r"merges\.merge"):
        await take(deps, snapshot, request_id=1, person_id=OMAR, step=Step.MERGE)
    assert (await card(deps, snapshot, 1)).state is RequestState.PROPOSED


async def test_a_request_counts_with_the_estimate_of_its_part_while_it_has_none(deps: Deps, snapshot: Snapshot) -> None:
    await opened_by(deps, snapshot, ADA, EVE)
    await estimate(deps, snapshot, request_id=2, person_id=OMAR, hours=(4, 8, 12))
    await merged(deps, snapshot, 2, 1)
    [ranked] = await ranks.ranked(deps, snapshot, ADA)
    assert ranked.card.id == 1
    assert [each for each in ranked.why if "most likely 8, estimates Omar" in each], "merging lowers no rank"
    await step(deps, snapshot, Step.UNMERGE, OMAR, request_id=2)
    first, second = await ranks.ranked(deps, snapshot, ADA)
    assert {first.card.id: first.place.request.estimate, second.card.id: second.place.request.estimate}[1] is None
