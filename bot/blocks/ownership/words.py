"""The words that answers are made of: owners, kinds, areas, lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import PurePath

from bot.blocks.text import bold, channel, escape, mention
from bot.domain import phrases
from bot.domain.catalog import Area, AssetKind
from bot.domain.ownership import Holding
from bot.domain.records import AssetRecord, PersonRecord

#: What is written after "looks after" for each area.
AREA_WORDS = {
    Area.ALL: "everything",
    Area.APPLICATION: "the application",
    Area.CI_CD: "CI and deployments",
    Area.INFRASTRUCTURE: "infrastructure",
    Area.DATABASE: "the database",
    Area.CONTAINERS: "containers",
    Area.NETWORKING: "networking",
    Area.MONITORING: "monitoring",
    Area.SECURITY: "security",
    Area.INTEGRATIONS: "integrations",
}

#: Parts of a path that are told where it begins at the root: a repository's folder, and what is in it.
_LAST_PARTS = 3
#: Names in one sentence before the rest becomes a number.
MOST_NAMES = 4


def part(asset: AssetRecord, *areas: Area | None) -> str:
    """Return an asset, or these areas of it; an area that is None, or no area, stands for all of it."""
    return part_of(asset.name, *areas)


def part_of(name: str, *areas: Area | None) -> str:
    """Return what `part` does, of an asset by its name."""
    name = bold(name, 80)
    some = [each for each in areas if each is not None and each is not Area.ALL]
    return f"{join(AREA_WORDS[each] for each in some)} of {name}" if some and len(some) == len(areas) else name


def rest(asset: AssetRecord, *areas: Area) -> str:
    """Return what of an asset nobody owns: these areas, or what is left where somebody gave up all that was theirs."""
    return f"the rest of {bold(asset.name, 80)}" if Area.ALL in areas else part(asset, *areas)


def sentence(text: str) -> str:
    """Return text as the beginning of a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def owner(holding: Holding) -> str:
    """Return an owner: the team with its channel, or the person."""
    team, somebody_else = holding.owner.team, holding.owner.person
    if team is None:
        return person(somebody_else) if somebody_else is not None else "nobody"
    return _team(team.name, team.channel)


@lru_cache(maxsize=4096)  # an organisation has hundreds of teams, and every answer names one or two of them
def _team(name: str, channel_reference: str) -> str:
    where = channel(channel_reference)
    return f"{bold(name, 80)} ({where})" if where else bold(name, 80)


def person(record: PersonRecord) -> str:
    """Return a person: a mention when Slack knows them, else the name."""
    return mention(record.slack_id) or bold(record.name, 80)


def somebody(record: PersonRecord | None, *, first: bool = False) -> str:
    """Return a person, or that it was somebody where nobody knows whom; `first` is for the start of a sentence."""
    if record is not None:
        return person(record)
    return "Somebody" if first else "somebody"


@lru_cache(maxsize=256)  # an organisation has a few, and every answer names one
def source(name: str) -> str:
    """Return the name of where a fact came from."""
    return escape(name, 60) or "a source without a name"


def file(path: str) -> str:
    """Return a file of a source; of a path from the root of some machine, the end of it."""
    where = PurePath(path)
    return escape("/".join(where.parts[-_LAST_PARTS:]) if where.is_absolute() else path, 120)


def kind(asset: AssetRecord) -> str:
    """Return what an asset is, in words."""
    return "thing" if asset.kind is AssetKind.OTHER else asset.kind.replace("-", " ")


#: Returns names as a list in a sentence, those beyond the fourth as a number.
join = partial(phrases.join, most=MOST_NAMES)


def names(names: Sequence[str]) -> str:
    """Return owners' names as a list in a sentence; empty without any."""
    return join([bold(each, 60) for each in names])


def verb(names: Sequence[str], one: str, several: str) -> str:
    """Return the form of a verb that goes with so many names."""
    return one if len(names) == 1 else several
