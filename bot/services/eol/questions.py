"""Whom or what a question about end of life means, looked up in the catalog and in the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.directory import Match, Nearest, ResolutionMethod, Several
from bot.domain.directory.vocabulary import ENVIRONMENT_WORDS
from bot.domain.eol.exposure import Exposure
from bot.domain.eol.matches import UnknownProduct
from bot.domain.eol.periods import Period
from bot.domain.eol.product_table import Table
from bot.domain.eol.questions import EolQuestion, NamedKind
from bot.domain.eol.subjects import ProductAsked, ReportScope, product_asked, unlisted
from bot.domain.names import fold
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.errors import NotFoundError
from bot.services.portfolio import nearest_teams
from bot.services.snapshot import Snapshot

#: Ways of finding an asset that leave nothing to explain.
_OUTRIGHT = frozenset({ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.ALIAS, ResolutionMethod.FOLDED})
#: Behind a product, the environment that it runs in. An answer says of everything where that is.
_PLACE = re.compile(r"\s+in\s+(?P<place>[\w-]+)$", re.IGNORECASE)

_MOST_PARTS = 500
_MOST_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question as it can be answered. `understood_as` is how it was read where that is not plain.

    `is_for_want_of_a_team` says that it is about everybody because whoever asked is in no team.
    """

    subject: ReportScope
    period: Period
    only_unknown: bool = False
    understood_as: str = ""
    is_for_want_of_a_team: bool = False


@dataclass(frozen=True, slots=True)
class SeveralFit:
    """Several assets fit equally well, and `left` more."""

    about: str
    assets: tuple[AssetRecord, ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class NothingFits:
    """Nothing is called so. `tries` are what would have worked behind `/eol`, the likeliest first; perhaps none."""

    about: str
    tries: tuple[str, ...]


Understood = Asked | SeveralFit | NothingFits


def understand(
    snapshot: Snapshot, table: Table, question: EolQuestion, slack_id: str, running: Exposure | None = None
) -> Understood | None:
    """Return what a question means; None if it is not about end of life after all.

    By `running` what no table knows is found all the same, where something runs that is called so.
    """
    understood = _understood(snapshot, table, question, slack_id)
    is_unknown = understood is None or isinstance(understood, NothingFits)
    if not is_unknown or running is None or question.kind not in (NamedKind.ANY, NamedKind.PRODUCT):
        return understood
    product = unlisted(question.about, running)
    return understood if product is None else _asked(question, ReportScope(product=product))


def _understood(snapshot: Snapshot, table: Table, question: EolQuestion, slack_id: str) -> Understood | None:
    if question.needs_product:
        return _about_product(snapshot, table, question, slack_id)
    if not question.about:
        return _about_nobody_named(snapshot, question, slack_id)
    match question.kind:
        case NamedKind.TEAM:
            team = _team(snapshot, question.about)
            return _asked(question, ReportScope(teams=(team,))) if team else _nothing(snapshot, table, question.about)
        case NamedKind.PRODUCT:
            product = product_asked(table, question.about)
            return (
                _asked(question, ReportScope(product=product)) if product else _nothing(snapshot, table, question.about)
            )
        case NamedKind.ASSET:
            return _asset(snapshot, table, question)
        case _:
            return _anything(snapshot, table, question, slack_id)


def is_name(snapshot: Snapshot, text: str) -> bool:
    """Whether a text is nothing but the name of an asset, whatever the words in it."""
    found = snapshot.directory.resolve(text)
    asset = snapshot.asset(found.asset_id) if isinstance(found, Match) else None
    return asset is not None and fold(text) in map(fold, (asset.name, asset.ref, *asset.aliases))


def mine(snapshot: Snapshot, slack_id: str) -> ReportScope | None:
    """Return the teams of the person with this Slack id, and the person; None for somebody in no team."""
    person = snapshot.person_by_slack_id(slack_id)
    teams = snapshot.teams_of(person.id) if person is not None else ()
    return ReportScope(teams=teams, person=person, is_mine=True) if teams else None


def asset_subject(snapshot: Snapshot, asset: AssetRecord) -> ReportScope:
    """Return an asset with all its parts."""
    return ReportScope(asset=asset, part_ids=frozenset(_parts(snapshot, asset.id)))


def _about_nobody_named(snapshot: Snapshot, question: EolQuestion, slack_id: str) -> Asked:
    """Return a question without a name: it is about whoever is mentioned, else whoever asks, unless it says everybody.

    Raises NotFoundError for somebody mentioned whom the catalog does not know.
    """
    if question.person and not question.is_everybody:
        return _about_person(snapshot, question)
    if question.is_everybody or (question.only_unknown and not question.is_mine):
        return _asked(question, ReportScope())
    own = mine(snapshot, slack_id)
    return replace(_asked(question, own or ReportScope()), is_for_want_of_a_team=own is None)


def _about_person(snapshot: Snapshot, question: EolQuestion) -> Asked:
    person = snapshot.person_by_slack_id(question.person)
    if person is None:
        raise NotFoundError(f"The catalog has <@{question.person}> in no team: ask for a team, `/eol team NAME`.")
    subject = ReportScope(teams=snapshot.teams_of(person.id), person=person)
    return _asked(question, subject, understood_as=person.name)


def _about_product(snapshot: Snapshot, table: Table, question: EolQuestion, slack_id: str) -> Asked | None:
    place = _PLACE.search(question.phrase)
    is_placed = place is not None and place["place"].lower() in ENVIRONMENT_WORDS
    phrase = question.phrase[: place.start()] if is_placed and place is not None else question.phrase
    product = product_asked(table, question.about) or product_asked(table, phrase)
    whose = (mine(snapshot, slack_id) if question.is_mine else None) or ReportScope()
    if product is None:
        for team, rest in _teams_in(snapshot, question.about):
            product = product_asked(table, rest)
            if product is not None:
                whose = ReportScope(teams=(team,))
                break
    if product is None:
        return None
    wider = f"{product.label} {product.version}".strip() + ", wherever it runs" if is_placed else ""
    return _asked(question, _narrowed(whose, product), understood_as=wider)


def _anything(snapshot: Snapshot, table: Table, question: EolQuestion, slack_id: str) -> Understood:
    about = question.about
    team = _team(snapshot, about)
    if team is not None:
        return _asked(question, ReportScope(teams=(team,)))
    found = snapshot.directory.resolve(about)
    if isinstance(found, Match) and found.method in _OUTRIGHT:
        return _by_users(snapshot, table, question, found) or _of_match(snapshot, question, found)
    product = _about_product(snapshot, table, question, slack_id)
    if product is not None:
        return product
    if isinstance(found, Match):
        return _of_match(snapshot, question, found)
    for named, _ in _teams_in(snapshot, about):
        return _asked(question, ReportScope(teams=(named,)), understood_as=named.name)
    return _unsure(snapshot, table, about, found)


def _asset(snapshot: Snapshot, table: Table, question: EolQuestion) -> Understood:
    found = snapshot.directory.resolve(question.about)
    if isinstance(found, Match):
        return _of_match(snapshot, question, found)
    return _unsure(snapshot, table, question.about, found)


def _of_match(snapshot: Snapshot, question: EolQuestion, match: Match) -> Understood:
    asset = snapshot.asset(match.asset_id)
    if asset is None:
        return NothingFits(question.about, ())
    understood = "" if match.method in _OUTRIGHT else match.understood_as
    return _asked(question, asset_subject(snapshot, asset), understood_as=understood)


def _by_users(snapshot: Snapshot, table: Table, question: EolQuestion, match: Match) -> Asked | None:
    """Return the question who uses what is the organisation's own, by a name that means nothing else; else None."""
    asset, product = snapshot.asset(match.asset_id), product_asked(table, question.about)
    if asset is None or product is None or asset.ref not in product.keys:
        return None
    return _asked(question, ReportScope(product=product))


def _unsure(snapshot: Snapshot, table: Table, about: str, found: Several | Nearest) -> Understood:
    assets = [snapshot.asset(candidate.asset_id) for candidate in found.candidates]
    there = tuple(asset for asset in assets if asset is not None)
    if isinstance(found, Several) and there:
        return SeveralFit(about, there, found.left)
    return _nothing(snapshot, table, about, there)


def _nothing(snapshot: Snapshot, table: Table, about: str, assets: tuple[AssetRecord, ...] = ()) -> NothingFits:
    teams = [f"team {team.name}" for team in nearest_teams(snapshot, about)]
    products = list(_products(table, about))
    found = [f"asset {asset.name}" for asset in assets]
    # The likeliest of each first, so that a near miss of any kind is among them.
    tries = [each for row in zip(teams[:1], products[:1], found[:1], strict=False) for each in row]
    tries += [*teams[:2], *found[:2], *products[:2]]
    return NothingFits(about, tuple(dict.fromkeys(tries))[:_MOST_TRIES])


def _products(table: Table, about: str) -> Iterator[str]:
    """Yield what would have asked for a product of a name like this one, with the version that stands behind it."""
    name, _, last = about.rpartition(" ")
    version = last if name and last[:1].isdigit() else ""
    known = table.identify(name if version else about)
    if isinstance(known, UnknownProduct):
        yield from (f"product {each.key} {version}".rstrip() for each in known.suggestions)


def _asked(question: EolQuestion, subject: ReportScope, *, understood_as: str = "") -> Asked:
    return Asked(
        subject=subject, period=question.period, only_unknown=question.only_unknown, understood_as=understood_as
    )


def _narrowed(subject: ReportScope, product: ProductAsked | None) -> ReportScope:
    person: PersonRecord | None = subject.person
    return ReportScope(teams=subject.teams, person=person, product=product, is_mine=subject.is_mine)


def _team(snapshot: Snapshot, name: str) -> TeamRecord | None:
    team = snapshot.team_by_name(name.lstrip("@#"))
    return None if team is None or team.is_gone else team


def _teams_in(snapshot: Snapshot, about: str) -> Iterator[tuple[TeamRecord, str]]:
    """Yield the teams that some of the words name, longest names first, with the words beside the name."""
    words = about.split()
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length + 1):
            team = _team(snapshot, " ".join(words[start : start + length]))
            if team is not None:
                yield team, " ".join(words[:start] + words[start + length :])


def _parts(snapshot: Snapshot, asset_id: int) -> list[int]:
    """Return the ids of an asset and of everything below it; a circle of parents ends where it began."""
    found, seen = [asset_id], {asset_id}
    for one in found:
        for child in snapshot.directory.children(one):
            if child not in seen and len(found) < _MOST_PARTS:
                seen.add(child)
                found.append(child)
    return found
