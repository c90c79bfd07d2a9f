"""What a verdict comes to in sentences: the headline, the warnings, the other owners, the trust line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from bot.blocks.ownership import words
from bot.blocks.text import bold, date, day, escape
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.ownership import Disputed, Holding, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict
from bot.domain.records import AssetRecord, HandoffRecord, PersonRecord, ReleaseRecord, TeamRecord

_CLAIM_IT = "Yours? Press *We own this*."
_WAY_OUT = "It ends when one side gives way or a catalog admin decides."
#: Facts beside the answer that fit on a message without drowning the reader.
_MOST_OTHERS = 9
#: Before any confirmation.
_NEVER = datetime.min.replace(tzinfo=UTC)
#: Shares of a split asset that its headline names; the rest are listed under it.
_MOST_SHARES = 3


#: The owners of a split asset by the areas that they own, the owners of the whole first; empty for any other.
Shares: TypeAlias = Mapping[tuple[Area, ...], Sequence[str]]


def headline(
    verdict: Verdict,
    shares: Shares,
    *,
    may_claim: bool = False,
    may_end: bool = False,
    asked_by: Sequence[TeamRecord] = (),
    loan: HandoffRecord | None = None,
) -> tuple[str, list[str]]:
    """The first sentence and the warnings under it, each with a next step.

    `may_claim` and `may_end` are for a button to claim it and one to end a dispute about it.
    `asked_by` are the teams whose claims the owner has not answered, or cannot yet because of a `loan`, and
    `shares` what the function of this name returns.
    """
    name = bold(verdict.asset.name)
    if isinstance(verdict, Disputed):
        part = "" if verdict.disputed_area is Area.ALL else f"{words.AREA_WORDS[verdict.disputed_area]} of "
        return f":warning: {_sides(verdict)} about who owns {part}{name}: {_claims(verdict)}.", [
            f"Press *End the dispute*. {_WAY_OUT}" if may_end else _WAY_OUT
        ]
    if isinstance(verdict, UnownedOnPurpose):
        reason = escape(verdict.asset.unowned_reason, 300) or "the catalog does not say why."
        return f"Nobody owns {name}, on purpose: {reason}{_reviewed(verdict.asset)}", _contradictions(verdict)
    if isinstance(verdict, Unowned):
        part = f"{words.AREA_WORDS[verdict.area]} of {name}" if verdict.area else name
        return f":grey_question: Nobody owns {part}{_given_up(verdict.release)}.", [
            _CLAIM_IT if may_claim else "Know whose it is? Add its owner to the catalog."
        ]
    warnings = _owned_warnings(verdict, may_claim=may_claim, asked_by=asked_by, loan=loan)
    return _owned_headline(verdict, shares, name), warnings


def _given_up(release: ReleaseRecord | None) -> str:
    """Return who gave up what nobody owns now, when and why; empty where nobody did."""
    if release is None:
        return ""
    why = escape(release.reason.rstrip(". "), 200)
    return f". {bold(release.owner, 80)} gave it up on {date(release.at)}: {why}"


def _reviewed(asset: AssetRecord) -> str:
    nobody = asset.nobody
    if nobody is None or nobody.until is None:
        return ""
    who = words.somebody(nobody.reviewer)
    return f" · {who} looks at it again on {day(nobody.until)}"


def _contradictions(verdict: UnownedOnPurpose) -> list[str]:
    said = dict.fromkeys(
        f"{words.source(holding.fact.source)} says {words.owner(holding)}"
        for holding in verdict.others
        if holding.fact.role is Role.OWNER
    )
    return [f":warning: But {words.join(said)}. Have one corrected."] if said else []


def _sides(verdict: Disputed) -> str:
    if any(holding.fact.is_human for holding in verdict.claims):
        return "There is a dispute"
    count = len({holding.fact.source for holding in verdict.claims}) + (verdict.nobody is not None)
    return "Two sources disagree" if count == 2 else f"{count} sources disagree"


def _claims(verdict: Disputed) -> str:
    """What each side says; the claims come sorted, people's own first."""
    decided = [holding for holding in verdict.claims if holding.fact.is_human]
    claimed = [words.owner(holding) for holding in decided if not holding.fact.is_agreed]
    sides = [f"{words.owner(holding)} took it over by agreement" for holding in decided if holding.fact.is_agreed]
    if claimed:
        sides.append(f"{words.join(claimed)} {'claim' if len(claimed) > 1 else 'claims'} it in Slack")
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


def _owned_headline(verdict: Owned, shares: Shares, name: str) -> str:
    if isinstance(verdict, Orphaned):
        gone = dict.fromkeys(bold(holding.name, 80) for holding in verdict.owners)
        what = name
        if _still_owned(verdict):
            what = words.sentence(words.part(verdict.asset, *dict.fromkeys(each.fact.area for each in verdict.owners)))
        return f":warning: {what} is orphaned: its " + (
            f"owners {words.join(gone)} are gone." if len(gone) > 1 else f"owner {words.join(gone)} is gone."
        )
    origin = f", inherited from {bold(verdict.inherited_from.name)}" if verdict.inherited_from is not None else ""
    if shares:
        return f"{split(shares, name)}{origin}."
    owners = dict.fromkeys([words.owner(each) for each in verdict.owners if each not in verdict.left_behind])
    who, verb = words.join(owners), "own" if len(owners) > 1 else "owns"
    is_part = bool(verdict.given_up or verdict.left_behind)
    named: Sequence[Holding] = verdict.owners
    if is_part:
        named = [each for each in verdict.holdings if each.fact.role is Role.OWNER and each not in verdict.left_behind]
    held = list(dict.fromkeys([holding.fact.area for holding in named]))
    line = f"{who} {verb} {name}"
    if held[0] is verdict.area or verdict.is_partial or (is_part and Area.ALL not in held):
        line = f"{who} {verb} {words.join(words.AREA_WORDS[area] for area in held)} of {name}"
    elif verdict.area is Area.DATABASE and verdict.asset.kind is not AssetKind.DATABASE:
        line = f"I know of no database of {name} by itself. {who} {verb} {name} as a whole"
    elif verdict.area:
        part = words.AREA_WORDS[verdict.area]
        line = f"Nobody is named for {part} of {name} alone. {who} {verb} {name} as a whole"
    return f"{line}{origin}."


def shares(verdict: Verdict) -> Shares:
    """Return the owners by the areas that they own; empty unless the whole was asked for, and it is split."""
    if not isinstance(verdict, Owned) or verdict.area is not None or not verdict.is_split:
        return {}
    return shares_of(each for each in verdict.holdings if each not in verdict.left_behind)


def shares_of(holdings: Iterable[Holding]) -> Shares:
    """Return the owners among these by the areas that they own; empty where all own the same."""
    areas: dict[str, list[Area]] = {}
    for holding in holdings:
        if holding.fact.role is Role.OWNER:
            areas.setdefault(words.owner(holding), []).append(holding.fact.area)
    found: dict[tuple[Area, ...], list[str]] = {}
    for owner, owned in areas.items():
        key = (Area.ALL,) if Area.ALL in owned else tuple(dict.fromkeys(owned))
        found.setdefault(key, []).append(owner)
    return dict(sorted(found.items(), key=lambda share: Area.ALL not in share[0])) if len(found) > 1 else {}


def _still_owned(verdict: Orphaned) -> Shares:
    """Return the owners of other areas by these areas, where the whole was asked for and they are still there."""
    found: dict[tuple[Area, ...], list[str]] = {}
    for each in verdict.others if verdict.area is None else ():
        found.setdefault((each.fact.area,), []).append(words.owner(each))
    return found


def split(shares: Shares, name: str, *, is_past: bool = False) -> str:
    """Return who owns what, such as `Payments owns the application of checkout, DevOps the database`."""
    (first, owners), *rest = shares.items()
    verb = "owned" if is_past else "own" if len(owners) > 1 else "owns"
    is_whole = first == (Area.ALL,)
    what = name if is_whole else f"{_parts(first)} of {name}"
    said = [f"{words.join(owners)} {verb} {what}"]
    for areas, others in rest[: _MOST_SHARES - 1]:
        parts = f"its {_parts(areas).removeprefix('the ')}" if is_whole else _parts(areas)
        said.append(f"{words.join(others)} {parts}")
    more = len(rest) - len(said) + 1
    return ", ".join(said) + (f", and {more} more {'owner' if more == 1 else 'owners'} other areas" if more else "")


def split_by(areas: Mapping[Area, str], name: str) -> str:
    """Return the same by each area's owners."""
    held: dict[str, list[Area]] = {}
    for one, names in areas.items():
        held.setdefault(bold(names, 80), []).append(one)
    shares = {tuple(some): [names] for names, some in held.items()}
    return split(dict(sorted(shares.items(), key=lambda share: Area.ALL not in share[0])), name)


def choices(areas: Mapping[Area, str]) -> dict[str, str]:
    """Return what a form offers of these areas, with their owners."""
    return {area.value: f"{words.AREA_WORDS[area]} ({names})" for area, names in areas.items()}


def _parts(areas: Sequence[Area]) -> str:
    return words.join(words.AREA_WORDS[area] for area in areas)


def _owned_warnings(
    verdict: Owned, *, may_claim: bool, asked_by: Sequence[TeamRecord], loan: HandoffRecord | None
) -> list[str]:
    warnings = _doubts(verdict) if verdict.asset.matters.doubts and not isinstance(verdict, Orphaned) else []
    if verdict.asset.matters.claims:
        when = date(verdict.asset.matters.claims[0].at)
        who = words.join(bold(each.name, 80) for each in asked_by) if asked_by else "Another team"
        first = ", first" if len(asked_by) > 1 else ""
        waits, first_area = "its owner has not answered yet", verdict.asset.matters.claims[0].area
        if isinstance(verdict, Orphaned) or any(each.fact.area is first_area for each in verdict.left_behind):
            waits = "that team's lead or a catalog admin decides"
        if loan is not None and loan.on is not None:
            waits = f"that waits until it is back on {day(loan.on)}"
        areas = dict.fromkeys(each.area for each in verdict.asset.matters.claims)
        what = "it" if verdict.area is not None or Area.ALL in areas else _parts(list(areas))
        warnings.append(f":raising_hand: {who} asked for {what}{first} {when}; {waits}.")
    if isinstance(verdict, Orphaned):
        if owned := _still_owned(verdict):
            warnings.insert(0, f"{split(owned, bold(verdict.asset.name))}.")
        return [*warnings, "It stays so until a team takes it. *Who could own it?* proposes teams."]
    if (verdict.given_up or verdict.is_partial) and (unowned := _unowned_parts(verdict)):
        warnings += [*unowned[:-1], f"{unowned[-1]} {_CLAIM_IT}" if may_claim else unowned[-1]]
    if verdict.left_behind:
        warnings += _left_behind(verdict, may_claim=may_claim)
    if verdict.departed:
        gone = words.join(bold(holding.name, 80) for holding in verdict.departed)
        verb = "are" if len(verdict.departed) > 1 else "is"
        warnings.append(f":warning: {gone} {verb} gone: ask the other owners, then correct the catalog.")
    if verdict.drift:
        warnings += _outdated(verdict)
    if isinstance(verdict, Stale):
        warnings.append(f":hourglass: Not confirmed since {date(verdict.trusted_at)}: ask before you rely on it.")
    if verdict.only_person is not None:
        who = words.person(verdict.only_person)
        warnings.append(f":warning: Only {who} knows it. Have somebody learn it.")
    if verdict.should_hand_off:
        warnings.append(":bulb: A provider runs this: could the product team take all of it?")
    return warnings


def _unowned_parts(verdict: Owned) -> list[str]:
    """Return what nobody owns of something that is owned in part: what was given up, and what never had an owner."""
    given_up = {area for each in verdict.given_up for area in each.areas}
    said = []
    for each in verdict.given_up:
        what = "the rest" if Area.ALL in each.areas else _parts(each.areas)
        said.append(f":grey_question: Nobody owns {what}{_given_up(each)}.")
    if verdict.is_partial and not given_up & {Area.ALL, Area.APPLICATION}:
        said.append(f":grey_question: The rest has no owner{', either' if given_up else ''}.")
    return said


def _left_behind(verdict: Owned, *, may_claim: bool) -> list[str]:
    """Return which other parts are orphaned, and after the last one what comes next."""
    gone = dict.fromkeys((each.fact.area, bold(each.name, 80)) for each in verdict.left_behind)
    said = [
        f":warning: {words.sentence(words.AREA_WORDS[area])} is orphaned: its owner {name} is gone."
        for area, name in gone
    ]
    then = _CLAIM_IT if may_claim else "It stays so until a team takes it."
    return [*said[:-1], f"{said[-1]} {then}"]


def _outdated(verdict: Owned) -> list[str]:
    """Which sources still name whoever owned it before a handoff, and have to follow; the first two."""
    lines = []
    for one in [each for each in verdict.drift if not each.is_lent][:2]:
        name = words.source(one.holding.fact.source)
        files = words.join(map(words.file, one.files)) if one.files else ""
        where = f"{files} ({name})" if files else name
        area = "" if one.holding.fact.area is Area.ALL else f" for {words.AREA_WORDS[one.holding.fact.area]}"
        then = f" From {date(one.until)} on that is a dispute." if one.becomes_dispute else ""
        who = bold(one.holding.name, 80)
        lines.append(f":hourglass_flowing_sand: Source not yet updated: {where} still names {who}{area}.{then}")
    return lines


def _doubts(verdict: Owned) -> list[str]:
    """Who doubts the owners, since these became the owners: the last two who said so."""
    since = max(holding.fact.valid_from for holding in verdict.owners)
    areas, lines = {Area.ALL, *(holding.fact.area for holding in verdict.owners)}, []
    if verdict.area is None:
        areas |= {holding.fact.area for holding in verdict.holdings}
    for doubt in [each for each in verdict.asset.matters.doubts if each.at >= since and each.area in areas][-2:]:
        reason = escape(doubt.reason, 200)
        who = words.person(doubt.person)
        part = "this" if doubt.area is Area.ALL or len(areas) < 3 else f"who owns {words.AREA_WORDS[doubt.area]}"
        lines.append(f":warning: {who} doubted {part} {date(doubt.at)}{f': {reason}' if reason else '.'}")
    return lines


def others(verdict: Verdict, shares: Shares) -> list[str]:
    """The facts that do not answer the question themselves: other areas, and secondary owners."""
    rest: Sequence[Holding]
    if isinstance(verdict, Unowned):
        rest = verdict.others
    elif isinstance(verdict, Disputed):
        rest = _beside(verdict.others, verdict.claims)
    elif isinstance(verdict, Owned):
        rest, headed = verdict.holdings[len(verdict.owners) :], set[str]()
        if shares:
            rest = verdict.holdings
            headed = {owner for owners in list(shares.values())[:_MOST_SHARES] for owner in owners[: words.MOST_NAMES]}
        elif rest and verdict.area is None and not verdict.is_partial:
            headed = set(map(words.owner, verdict.owners))
        if headed:
            rest = [each for each in rest if each.fact.role is not Role.OWNER or words.owner(each) not in headed]
        if rest:
            rest = _beside([each for each in rest if each not in verdict.left_behind], verdict.holdings)
    else:
        return []
    if not rest:
        return []
    lines = list(dict.fromkeys(map(_looks_after, rest)))
    if len(lines) > _MOST_OTHERS:
        return [*lines[:_MOST_OTHERS], f"… and {len(lines) - _MOST_OTHERS} more"]
    return lines


def _beside(rest: Sequence[Holding], held: Sequence[Holding]) -> Sequence[Holding]:
    """Leave out who helps with what they own, or are said to."""
    own = {(words.owner(each), each.fact.area) for each in held if each.fact.role is Role.OWNER} if rest else ()
    return [each for each in rest if each.fact.role is Role.OWNER or (words.owner(each), each.fact.area) not in own]


def _looks_after(holding: Holding) -> str:
    verb = "helps with" if holding.fact.role is Role.SECONDARY else "looks after"
    until = f" until {day(holding.fact.until)}" if holding.fact.until is not None else ""
    return f"• {words.owner(holding)} {verb} {words.AREA_WORDS[holding.fact.area]}{until}"


def trust(verdict: Verdict, shares: Shares, confirmers: Mapping[int, PersonRecord]) -> str:
    """The trust line: where what the headline says came from, who confirmed it, and how old that is.

    Where that is not the same for all of it, a line for each area, or each owner. `confirmers` are people by their ids.
    """
    if isinstance(verdict, Disputed):
        seen: dict[str, datetime] = {}
        for holding in verdict.claims:
            seen[holding.fact.source] = max(holding.seen_at, seen.get(holding.fact.source, holding.seen_at))
        return "From " + words.join([f"{words.source(source)} ({date(at)})" for source, at in sorted(seen.items())])
    if not isinstance(verdict, Owned):
        return ""
    held = _headed(verdict, shares)
    if len(held) == 1:
        return _trust(held[0], confirmers)
    by_area = len({each.fact.area for each in held}) > 1
    said: dict[str, list[str]] = {}
    for each in held:
        part = "everything else" if each.fact.area is Area.ALL else words.AREA_WORDS[each.fact.area]
        about = words.sentence(part) if by_area else bold(each.name, 80)
        said.setdefault(_trust(each, confirmers), []).append(about)
    if len(said) == 1:
        return next(iter(said))
    return "\n".join(f"{words.join(parts)}: {line[:1].lower()}{line[1:]}" for line, parts in said.items())


def _headed(verdict: Owned, shares: Shares) -> Sequence[Holding]:
    """Return what the headline says: of each owner and area the fact that was confirmed last, or else the first."""
    held = verdict.owners
    if verdict.area is None and len(verdict.holdings) > 1:
        areas = {area for some in list(shares)[:_MOST_SHARES] for area in some}
        owned = [each for each in verdict.holdings if each.fact.role is Role.OWNER]
        held = tuple([each for each in owned if not shares or each.fact.area in areas])
    if len(held) == 1:
        return held
    found: dict[tuple[int | None, int | None, Area], Holding] = {}
    for each in held:
        key = (each.fact.team_id, each.fact.person_id, each.fact.area)
        before = found.setdefault(key, each)
        if (each.fact.confirmed_at or _NEVER) > (before.fact.confirmed_at or _NEVER):
            found[key] = each
    return list(found.values())


def _trust(held: Holding, confirmers: Mapping[int, PersonRecord]) -> str:
    """Return who says so, and when a person confirmed it, or agreed to it before it passed."""
    fact = held.fact
    origin = "Decided in Slack" if fact.is_human else f"From {words.source(fact.source)}, last read"
    line = f"{origin} {date(held.seen_at)}"
    if fact.confirmed_at is None:
        return line if fact.is_human else f"{line} · not confirmed yet"
    confirmer = confirmers.get(fact.confirmed_by) if fact.confirmed_by is not None else None
    who = words.somebody(confirmer)
    if fact.is_human and fact.is_agreed and fact.confirmed_at < fact.valid_from:
        return f"Handed over {date(fact.valid_from)} · agreed by {who} {date(fact.confirmed_at)}"
    return f"{line} · confirmed by {who} {date(fact.confirmed_at)}"
