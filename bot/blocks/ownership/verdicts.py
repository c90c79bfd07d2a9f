"""What a verdict comes to in sentences: the headline, the warnings, the other owners, the trust line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.ownership import words
from bot.blocks.text import bold, date, escape
from bot.domain.catalog import Area, Role
from bot.domain.ownership import Disputed, Holding, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict
from bot.domain.records import PersonRecord

#: Facts beside the answer that fit on a message without drowning the reader.
_MOST_OTHERS = 9


def headline(verdict: Verdict) -> tuple[str, list[str]]:
    """The first sentence and the warnings under it, each with a next step."""
    name = bold(verdict.asset.name)
    if isinstance(verdict, Disputed):
        part = "" if verdict.disputed_area is Area.ALL else f"{words.AREA_WORDS[verdict.disputed_area]} of "
        return f":warning: {_sides(verdict)} about who owns {part}{name}: {_claims(verdict)}.", [_way_out(verdict)]
    if isinstance(verdict, UnownedOnPurpose):
        reason = escape(verdict.asset.unowned_reason, 300) or "the catalog does not say why."
        return f"Nobody owns {name}, on purpose: {reason}", _contradictions(verdict)
    if isinstance(verdict, Unowned):
        part = f"{words.AREA_WORDS[verdict.area]} of {name}" if verdict.area else name
        step = "If it is yours, claim it for your team, or name its owner in the catalog."
        return f":grey_question: Nobody owns {part}.", [step]
    return _owned_headline(verdict, name), _owned_warnings(verdict)


def _contradictions(verdict: UnownedOnPurpose) -> list[str]:
    said = dict.fromkeys(
        f"{words.source(holding.fact.source)} says {words.owner(holding)}"
        for holding in verdict.others
        if holding.fact.role is Role.OWNER
    )
    return [f":warning: Yet {words.join(said)}: have one of the two corrected."] if said else []


def _sides(verdict: Disputed) -> str:
    if any(holding.fact.is_human for holding in verdict.claims):
        return "There is a dispute"
    count = len({holding.fact.source for holding in verdict.claims}) + (verdict.nobody is not None)
    return "Two sources disagree" if count == 2 else f"{count} sources disagree"


def _claims(verdict: Disputed) -> str:
    """What each side says; the claims come sorted, people's own first."""
    claimed = [words.owner(holding) for holding in verdict.claims if holding.fact.is_human]
    sides = [f"{words.join(claimed)} {'claim' if len(claimed) > 1 else 'claims'} it in Slack"] if claimed else []
    by_source: dict[str, list[str]] = {}
    for holding in verdict.claims:
        if not holding.fact.is_human:
            by_source.setdefault(holding.fact.source, []).append(words.owner(holding))
    sides += [f"{words.source(source)} says {words.join(owners)}" for source, owners in by_source.items()]
    if verdict.nobody is not None:
        reason = escape(verdict.nobody.unowned_reason, 300)
        sides.insert(0, f"{words.source(verdict.nobody.unowned_source)} says nobody, on purpose ({reason})")
    more = len(sides) - words.MOST_NAMES
    return "; ".join(sides[: words.MOST_NAMES]) + (f"; and {more} more" if more > 0 else "")


def _way_out(verdict: Disputed) -> str:
    if any(holding.fact.is_human for holding in verdict.claims):
        return "Talk to each other, then correct the file that is wrong or withdraw the claim."
    return "Ask both, and have the wrong source corrected; until then neither is certain."


def _owned_headline(verdict: Owned, name: str) -> str:
    if isinstance(verdict, Orphaned):
        gone = dict.fromkeys(bold(holding.name, 80) for holding in verdict.owners)
        return f":warning: {name} is orphaned: its " + (
            f"owners {words.join(gone)} are gone." if len(gone) > 1 else f"owner {words.join(gone)} is gone."
        )
    owners = dict.fromkeys(words.owner(holding) for holding in verdict.owners)
    who, verb = words.join(owners), "own" if len(owners) > 1 else "owns"
    held = {holding.fact.area for holding in verdict.owners}
    first = verdict.owners[0].fact.area
    line = f"{who} {verb} {name}"
    if len(held) > 1:
        line = f"{who} {verb} parts of {name}"
    elif first is verdict.area or _is_partial(verdict):
        line = f"{who} {verb} {words.AREA_WORDS[first]} of {name}"
    elif verdict.area:
        line = f"{who} {verb} {name}, {words.AREA_WORDS[verdict.area]} included"
    elif verdict.is_split and first is not Area.ALL:
        line += ", split by area"
    if verdict.inherited_from is not None:
        line += f", as the owner of {bold(verdict.inherited_from.name)}, which it is a part of"
    return f"{line}."


def _is_partial(verdict: Owned) -> bool:
    """Whether the whole was asked for, and nobody owns more than other areas than the application."""
    whole = (Area.ALL, Area.APPLICATION)
    return verdict.area is None and not any(holding.fact.area in whole for holding in verdict.owners)


def _owned_warnings(verdict: Owned) -> list[str]:
    warnings = doubts(verdict)
    if isinstance(verdict, Orphaned):
        return ["Ask for it in the platform channel, and have a team take it over."]
    if _is_partial(verdict):
        warnings.append(":grey_question: Nobody is named for the rest: if it is yours, claim it for your team.")
    if verdict.departed:
        gone = words.join(bold(holding.name, 80) for holding in verdict.departed)
        verb = "are" if len(verdict.departed) > 1 else "is"
        warnings.append(f":warning: {gone} {verb} gone: ask the other owners, and have the catalog corrected.")
    if isinstance(verdict, Stale):
        warnings.append(
            f":hourglass: Nobody has confirmed this since {date(verdict.trusted_at)}: ask before you rely on it."
        )
    if verdict.only_person is not None:
        who = words.person(verdict.only_person)
        warnings.append(f":warning: Only {who} knows it (bus factor 1): ask for a second person to learn it.")
    if verdict.should_hand_off:
        warnings.append(
            ":bulb: A provider runs this, yet its ownership is split: consider handing the rest to the product team."
        )
    return warnings


def doubts(verdict: Owned) -> list[str]:
    """Who doubts the owners, since these became the owners: the last two who said so."""
    since = max(holding.fact.valid_from for holding in verdict.owners)
    lines = []
    for doubt in [doubt for doubt in verdict.asset.doubts if doubt.at >= since][-2:]:
        reason = escape(doubt.reason, 200)
        who = words.person(doubt.person)
        lines.append(f":warning: {who} doubted this {date(doubt.at)}{f': {reason}' if reason else '.'}")
    return lines


def others(verdict: Verdict) -> list[str]:
    """The facts that do not answer the question themselves: other areas, and secondary owners."""
    if isinstance(verdict, Unowned | Disputed):
        rest: Sequence[Holding] = verdict.others
    elif isinstance(verdict, Owned):
        rest = verdict.holdings[verdict.answering :]
        if verdict.area is None and verdict.is_split and verdict.owners[0].fact.area is not Area.ALL:
            rest = verdict.holdings
    else:
        return []
    lines = list(dict.fromkeys(map(_looks_after, rest)))
    if len(lines) > _MOST_OTHERS:
        return [*lines[:_MOST_OTHERS], f"… and {len(lines) - _MOST_OTHERS} more"]
    return lines


def _looks_after(holding: Holding) -> str:
    verb = "helps with" if holding.fact.role is Role.SECONDARY else "looks after"
    return f"• {words.owner(holding)} {verb} {words.AREA_WORDS[holding.fact.area]}"


def trust(verdict: Verdict, confirmed_by: PersonRecord | None) -> str:
    """The trust line: where the fact came from, who confirmed it, and how old that is."""
    if isinstance(verdict, Disputed):
        seen: dict[str, datetime] = {}
        for holding in verdict.claims:
            seen[holding.fact.source] = max(holding.seen_at, seen.get(holding.fact.source, holding.seen_at))
        return "From " + words.join([f"{words.source(source)} ({date(at)})" for source, at in sorted(seen.items())])
    if not isinstance(verdict, Owned):
        return ""
    held = verdict.owners[0]
    fact = held.fact
    origin = "Decided in Slack" if fact.is_human else f"From {words.source(fact.source)}, last read"
    line = f"{origin} {date(held.seen_at)}"
    if fact.confirmed_at is None:
        return line if fact.is_human else f"{line} · nobody has confirmed it yet"
    who = words.person(confirmed_by) if confirmed_by is not None else "somebody"
    return f"{line} · confirmed by {who} {date(fact.confirmed_at)}"
