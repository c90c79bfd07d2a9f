"""What a person or a team owns, as `baton ask` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from bot.blocks import portfolio as blocks
from bot.cli._plain import plain
from bot.domain.catalog import Area, Role
from bot.domain.portfolio import PersonCard, TeamCard
from bot.domain.records import AssetRecord, OwnerKey, PersonRecord, TeamRecord
from bot.errors import UserError
from bot.services import portfolio
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios
from bot.services.questions import AskerUnknown, NobodyCalled, PeopleMeant, PersonMeant, TeamsMeant, TeamThings
from bot.services.snapshot import Snapshot

#: Meanings of a question whose answer is a list of things.
OwnerMeant: TypeAlias = PersonMeant | PeopleMeant | TeamThings | TeamsMeant | AskerUnknown | NobodyCalled


async def answer(deps: Deps, catalog: Snapshot, meant: OwnerMeant, *, as_json: bool) -> str | dict[str, Any]:
    """Return the answer as text, or as the fields of `--json`. Raises UserError if it is unknown who asks."""
    if isinstance(meant, AskerUnknown):
        raise UserError('I cannot tell who you are here: ask by name, as in `baton ask "what does Ada Byron own"`.')
    if isinstance(meant, PeopleMeant):
        return _several(meant.people) if as_json else plain(blocks.people_choices(meant.people).text, catalog)
    if isinstance(meant, NobodyCalled):
        near = [*(each.name for each in meant.people), *(each.name for each in meant.teams)]
        if as_json:
            return {"status": "unknown", "understood_as": f"@{meant.name}", "suggestions": near}
        return plain(blocks.nobody_called(meant.name, meant.people, meant.teams).text, catalog)
    if isinstance(meant, TeamsMeant):
        return (
            _several(meant.teams)
            if as_json
            else plain(blocks.team_choices(meant.teams, blocks.WHICH_TEAM).text, catalog)
        )
    current = await Portfolios(deps, catalog).current()
    if isinstance(meant, PersonMeant):
        owned = current.of_person(meant.person.id).owned
        card = portfolio.person_card(catalog, current, meant.person)
        page = portfolio.page(deps, catalog, owned, 0, size=max(len(owned), 1))
        said = _person(card, _names(catalog, owned, (None, meant.person.id)))
        return said if as_json else plain(blocks.person_card(card, page).text, catalog)
    share = current.of_team(meant.team.id)
    team = portfolio.team_card(catalog, current, meant.team)
    listed = (*share.gaps, *(each for each in share.owned if each not in current.gaps))
    page = portfolio.page(deps, catalog, listed, 0, size=max(len(listed), 1))
    if not as_json:
        return plain(blocks.team_card(team, page).text, catalog)
    return _team(team, _names(catalog, share.owned, (meant.team.id, None)))


def _names(catalog: Snapshot, asset_ids: Sequence[int], owner: OwnerKey) -> list[dict[str, Any]]:
    """Return things, each with the areas that somebody owns of it (none if the ownership is inherited)."""
    assets = filter(None, map(catalog.asset, asset_ids))
    return [
        {"asset": asset.name, "ref": asset.ref, "tier": asset.tier, "areas": _areas(asset, owner)} for asset in assets
    ]


def _areas(asset: AssetRecord, owner: OwnerKey) -> list[Area]:
    facts = (fact for fact in asset.facts if fact.role is Role.OWNER and (fact.team_id, fact.person_id) == owner)
    return sorted({fact.area for fact in facts})


def _several(owners: Sequence[PersonRecord | TeamRecord]) -> dict[str, Any]:
    return {"status": "several", "suggestions": [each.name for each in owners]}


def _person(card: PersonCard, owns: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "status": "owner",
        "type": "person",
        "owner": card.person.name,
        "has_left": not card.person.is_active,
        "count": card.owned,
        "owns": owns,
        "teams": [{"team": each.team.name, "owns": each.owned} for each in card.teams],
    }


def _team(card: TeamCard, owns: list[dict[str, Any]]) -> dict[str, Any]:
    return {"status": "owner", "type": "team", "owner": card.team.name, "count": len(owns), "owns": owns}
