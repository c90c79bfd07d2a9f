"""What the forms of requests have in common: whom and what they are about, and the request that there is already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.blocks import backlog as blocks
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.ownership.words import AREA_WORDS, sentence
from bot.blocks.text import Block
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import RequestCard
from bot.domain.catalog import Area
from bot.domain.ownership import Owned
from bot.domain.records import AssetRecord, TeamRecord
from bot.services import ownership
from bot.services.backlog import drafts, intake, lists
from bot.services.context import Context


async def named_by(context: Context, user_id: str, channel_id: str, *timestamps: str) -> RequestCard | None:
    """Return the request that one of these messages of Baton's own is about; None for all others.

    Raises NotFoundError for one that this person may not see.
    """
    number = await intake.named_by(context.deps, channel_id, *timestamps)
    if number is None:
        return None
    person = context.snapshot.person_by_slack_id(user_id)
    return await lists.one(context.deps, context.snapshot, number, person.id if person is not None else None)


def about(context: Context, user_id: str, prefill: Prefill, metadata: FormMetadata) -> tuple[Prefill, FormMetadata]:
    """Return a draft with the thing of the catalog that it is about, where there is one, and whose that is."""
    found = drafts.worked_on(context.snapshot, prefill.items)
    asset = context.snapshot.asset(found.asset_id) if found is not None else None
    if found is None or asset is None:
        return prefill, metadata
    verdict = ownership.look_up(context.deps, context.snapshot, asset.id)
    offer = intake.offer(context.deps, context.snapshot, verdict, user_id)
    area = found.area or Area(offer.area if offer is not None and offer.area else Area.ALL)
    filled = replace(metadata, asset_id=asset.id, area=area.value, is_named=True)
    return replace(prefill, details=owners(context, asset, area)), filled


def owners(context: Context, asset: AssetRecord, area: Area) -> str:
    """Return whose an asset is, for the DevOps team to know."""
    verdict = ownership.look_up(context.deps, context.snapshot, asset.id, area=area)
    names = ownership.names_of(verdict.owners) if isinstance(verdict, Owned) else "nobody that I know of"
    return sentence(f"{AREA_WORDS[area]} of {asset.name} belongs to {names}.")


def seen_by(context: Context, card: RequestCard, user_id: str) -> RequestCard:
    """Return a request with what somebody may do about it."""
    person = context.snapshot.person_by_slack_id(user_id)
    return lists.as_seen_by(context.snapshot, card, person.id if person is not None else None)


def existing_view(
    context: Context,
    cards: Sequence[RequestCard],
    user_id: str,
    other: OtherValue | None = None,
    *,
    is_itself: bool = False,
) -> Block:
    """Return the requests that there are already, in the place of the form, with what somebody may do about them.

    `other` is the thread that has made them, none for what is from no thread.
    """
    return blocks.existing_view([seen_by(context, each, user_id) for each in cards], other, is_itself=is_itself)


def asset_name(context: Context, metadata: FormMetadata) -> str:
    """Return the name of what a request is about, where it is in the catalog; empty for anything else."""
    asset = context.snapshot.asset(metadata.asset_id) if metadata.asset_id is not None else None
    return asset.name if asset is not None else ""


def teams(context: Context) -> list[TeamRecord]:
    """Return the teams that can be chosen, by name."""
    return sorted(context.snapshot.teams(), key=lambda team: team.name.casefold())


def team_of(context: Context, channel_id: str, *people: str) -> int | None:
    """Return the team that a request is likely of: that of the channel, or else of the first of these people."""
    snapshot = context.snapshot
    here = {team.id for team in snapshot.teams_in(channel_id)}
    theirs = [team.id for each in _known(context, people) for team in snapshot.teams_of(each)]
    return next((each for each in theirs if each in here), next(iter(sorted(here)), next(iter(theirs), None)))


def _known(context: Context, slack_ids: Iterable[str]) -> list[int]:
    people = map(context.snapshot.person_by_slack_id, slack_ids)
    return [each.id for each in people if each is not None]
