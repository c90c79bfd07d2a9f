"""The words that reports about end of life are made of: what ends when, who has it, what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from bot.blocks.eol.words import away, day
from bot.blocks.ownership.words import join
from bot.blocks.text import bold, escape
from bot.domain import phrases
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment, has_unknown_clock
from bot.domain.eol.matches import AmbiguousVersion, BetweenCycles, Matched, MatchMethod, Newer, UntrackedOld
from bot.domain.eol.milestones import Deadline, words_of
from bot.domain.eol.providers import VENDOR_REQUIRED
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reports import Entry
from bot.domain.eol.subjects import ReportScope
from bot.domain.names import clean, fold

_MOST_NAMES, _MOST_CANDIDATES = 5, 4
#: What is said of the first of many runs is said of enough of them.
_LOOKED_AT = 200


def release(product: Product, cycle: Cycle) -> str:
    """Return product and cycle as people call them, not escaped."""
    return clean(f"{product.label or product.key} {cycle.label or cycle.name}")


def ends(deadline: Deadline, cycle: Cycle, today: date) -> str:
    """Return what of a release cycle ends or begins to cost, and when; not escaped, with dates for Slack."""
    on, said = deadline.on, words_of(deadline.kind, cycle)
    if on == LONG_AGO:
        return "support has ended, date unknown"
    return f"{said.past if on < today else said.ahead} {day(on)}, {away(on, today)}"


def names(runs: Sequence[MatchedDeployment], limit: int = _MOST_NAMES) -> str:
    """Return the names of what runs it, each once with where, those beyond the limit as a number."""
    found: dict[int, tuple[str, dict[str, None]]] = {}
    for one in runs:
        if len(found) == limit and one.asset.id not in found:
            break
        found.setdefault(one.asset.id, (one.asset.name, {}))[1][one.deployment.observed.environment] = None
    shown = []
    for name, places in found.values():
        where = ", ".join(escape(place, 30) for place in places if place and not _is_production(place))
        shown.append(f"{escape(name, 60) or '(no name)'}{f' ({where})' if where else ''}")
    more = len({one.asset.id for one in runs}) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


@lru_cache(maxsize=256)  # many things run in few environments
def _is_production(place: str) -> bool:
    return fold(place) == "production"


def version(running: MatchedDeployment) -> str:
    """Return what a source says that something runs, in bold."""
    one = running.deployment.observed
    provider = f" ({one.provider})" if one.provider else ""
    return bold(f"{one.product} {one.version or 'without a version'}{provider}", 100)


def why_unsure(running: MatchedDeployment) -> str:
    """Return why it is not known which release cycle that is."""
    matched, written = running.matched, running.deployment.observed.version
    if isinstance(matched, UntrackedOld):
        return f"older than every known version{_beside('oldest', matched.oldest)}"
    if isinstance(matched, Newer):
        return f"newer than every known version{_beside('newest', matched.newest)}"
    if isinstance(matched, BetweenCycles):
        near = " and ".join(escape(each.name, 40) for each in (matched.below, matched.above) if each is not None)
        return f"{'a pre-release, next to' if matched.is_prerelease else 'in no known release, next to'} {near}"
    if isinstance(matched, AmbiguousVersion):
        if not written:
            return "no source says which version"
        if matched.method is MatchMethod.UNREADABLE:
            return f"no known release of {escape(matched.product.label or matched.product.key, 60)}"
        known = {MatchMethod.RANGE: "a range, which may be", MatchMethod.DOUBT: "not certain, may be"}
        what = known.get(matched.method, "may be")
        return f"{what} {_several(cycle.name for cycle in matched.candidates)}"
    if fold(running.deployment.observed.product) in VENDOR_REQUIRED:
        return f"its end depends on the vendor, so name one: {_several(_labels(matched))}"
    if has_unknown_clock(running):
        return f"no table has the dates of {escape(running.deployment.observed.provider, 40)} for it"
    near = _several(_labels(matched))
    return f"unknown product{f'; {near}?' if near else ''}"


def unknown(runs: Sequence[MatchedDeployment]) -> str:
    """Return how many versions nobody knows, and of how many known ones nobody knows when their provider ends them."""
    undated = sum(map(has_unknown_clock, runs))
    versions = len(runs) - undated
    said = [phrases.counted(versions, "version is unknown", "versions are unknown")] if versions else []
    if undated:
        said.append(phrases.counted(undated, "end at its provider is unknown", "ends at their providers are unknown"))
    return join(said)


def sources(runs: Sequence[MatchedDeployment]) -> str:
    """Return where these were seen, for whoever puts them right."""
    found = dict.fromkeys(source for one in runs[:_LOOKED_AT] if (source := one.deployment.observed.source))
    return ", ".join(escape(name, 40) for name in list(found)[:3])


def owner(running_or_entry: MatchedDeployment | Entry) -> str:
    """Return whom reminders go to, and from whom they took it over; nobody is said as that."""
    if isinstance(running_or_entry, MatchedDeployment):
        return escape(running_or_entry.responsible.addressee.name, 60) or "nobody"
    name = escape(running_or_entry.holder.name, 60) or "nobody"
    return f"{name} ({giver})" if (giver := given_by(running_or_entry)) else name


def given_by(entry: Entry) -> str:
    """Return from whom it was taken over, such as `from DevOps`; empty where its addressee has it."""
    return f"from {escape(entry.giver.name, 60)}" if entry.giver is not None else ""


def who(subject: ReportScope) -> str:
    """Return whom or what a report is about, in bold where it is a name."""
    product = f"{subject.product.label} {subject.product.version}".strip() if subject.product is not None else ""
    if subject.asset is not None:
        owner_or_thing = bold(subject.asset.name, 80)
    elif subject.teams:
        owner_or_thing = join(bold(team.name, 60) for team in subject.teams)
    elif subject.person is not None:
        owner_or_thing = bold(subject.person.name, 80)
    else:
        owner_or_thing = "" if product else "All teams"
    return " at ".join(filter(None, (bold(product, 80) if product else "", owner_or_thing)))


def command(subject: ReportScope, *more: str) -> str:
    """Return what is typed to ask about the subject again, as code."""
    words = ["/eol"]
    if subject.product is not None:
        words += ["product", subject.product.label, subject.product.version]
    elif subject.asset is not None:
        words += ["asset", subject.asset.name]
    elif subject.is_mine:
        pass
    elif len(subject.teams) == 1:
        words += ["team", subject.teams[0].name]
    elif subject.is_everybody:
        words.append("all")
    return f"`{escape(' '.join(filter(None, (*words, *more))), 150)}`"


def _labels(matched: Matched) -> list[str]:
    return [each.label or each.key for each in getattr(matched, "suggestions", ())]


def _several(found: Iterable[str]) -> str:
    every = list(found)
    shown = [escape(each, 60) for each in every[:_MOST_CANDIDATES]]
    if len(every) > len(shown):
        return ", ".join(shown) + f" or one of {len(every) - len(shown)} more"
    return phrases.join(shown, last="or")


def _beside(which: str, cycle: Cycle | None) -> str:
    return f" ({which}: {escape(cycle.name, 40)})" if cycle is not None else ""
