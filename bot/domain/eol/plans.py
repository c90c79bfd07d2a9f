"""The two parts of a planned upgrade: the application becomes compatible, then it is upgraded.

Each has an owner and a day. The first part is closed by its owner, the second by the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.eol.answers import PLAN_CHECK, Answer, AnswerKind

#: Keys of a plan's detail: the people by their Slack ids, the day of the first part, and what has become of it.
TARGET, COMPATIBILITY, UPGRADE, ROLLBACK, DECIDER = "target", "compatibility", "upgrade", "rollback", "decider"
COMPATIBLE_BY, COMPATIBLE_SINCE = "compatible_by", "compatible_since"
_NAME, _ASKED = "_name", "_asked"
#: Whoever is named, and told so once.
PEOPLE = (COMPATIBILITY, UPGRADE, DECIDER)


class PlanPart(StrEnum):
    """A part of an upgrade; the values are the keys of who does it."""

    COMPATIBILITY = COMPATIBILITY
    UPGRADE = UPGRADE


@dataclass(frozen=True, slots=True)
class Part:
    """Who does it until when. `owner` is a Slack id, empty for nobody; `done_on` is when its owner closed it."""

    part: PlanPart
    owner: str
    name: str
    on: date
    done_on: date | None = None
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """What a plan says."""

    target: str
    compatibility: Part
    upgrade: Part
    rollback: str
    decider: str
    decider_name: str

    @property
    def parts(self) -> tuple[Part, Part]:
        """Both, in their order."""
        return self.compatibility, self.upgrade


def plan_of(answer: Answer) -> UpgradePlan | None:
    """Return what an answer plans; None for one that is no plan."""
    if answer.kind is not AnswerKind.PLANNED or answer.until is None:
        return None
    detail = answer.detail
    compatible_by = _day(detail.get(COMPATIBLE_BY)) or answer.until
    since = _day(detail.get(COMPATIBLE_SINCE))
    return UpgradePlan(
        target=detail.get(TARGET, ""),
        compatibility=_part(PlanPart.COMPATIBILITY, detail, compatible_by, since),
        upgrade=_part(PlanPart.UPGRADE, detail, answer.until, None),
        rollback=detail.get(ROLLBACK, ""),
        decider=detail.get(DECIDER, ""),
        decider_name=detail.get(DECIDER + _NAME, ""),
    )


def quiet_until(answer: Answer) -> date | None:
    """Return from which day on a plan keeps nothing quiet: a week before its day, or once its first part is late."""
    plan = plan_of(answer)
    if plan is None:
        return None
    first, check = plan.compatibility, plan.upgrade.on - timedelta(PLAN_CHECK)
    return min(check, first.on + timedelta(1)) if first.owner and first.done_on is None else check


def to_ask(answer: Answer, today: date) -> tuple[Part, ...]:
    """Return the parts whose owners are asked now, before their day."""
    return tuple(part for part, since in _asking(answer) if since <= today <= part.on)


def turns(answer: Answer) -> Iterator[date]:
    """Yield the days on which a plan asks somebody, or keeps quiet no longer."""
    yield from (since for _, since in _asking(answer))
    if (until := quiet_until(answer)) is not None:
        yield until


def essence(detail: Mapping[str, str]) -> dict[str, str]:
    """Return what people said in a plan, without what Baton noted beside it."""
    return {key: value for key, value in kept(detail).items() if key != COMPATIBLE_SINCE and not key.endswith(_NAME)}


def kept(detail: Mapping[str, str]) -> dict[str, str]:
    """Return what the next owner keeps of a plan; whoever was asked is asked again."""
    return {key: value for key, value in detail.items() if not key.endswith(_ASKED)}


def named(detail: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return a plan's detail with the names of its people, by their Slack ids, as they are written without calling."""
    return {f"{key}{_NAME}": names[detail[key]] for key in PEOPLE if names.get(detail.get(key, ""))}


def carried(before: Mapping[str, str], detail: Mapping[str, str]) -> dict[str, str]:
    """Return what a changed plan keeps of the one before: a part that is done, while the same person does it."""
    is_same = before.get(COMPATIBILITY, "") == detail.get(COMPATIBILITY, "")
    return {COMPATIBLE_SINCE: before[COMPATIBLE_SINCE]} if is_same and before.get(COMPATIBLE_SINCE) else {}


def asked(part: PlanPart, today: date) -> dict[str, str]:
    """Return the note that the owner of a part has been asked."""
    return {f"{part.value}{_ASKED}": today.isoformat()}


def _asking(answer: Answer) -> Iterator[tuple[Part, date]]:
    """Yield the parts that nobody has asked after, and from which day on: a week before theirs, or the day before."""
    plan, planned_on = plan_of(answer), answer.at.date()
    for part in plan.parts if plan is not None else ():
        days = (each for each in (part.on - timedelta(PLAN_CHECK), part.on - timedelta(1)) if each > planned_on)
        since = next(days, None)
        if since is not None and part.owner and part.done_on is None and not part.is_asked:
            yield part, since


def _part(part: PlanPart, detail: Mapping[str, str], on: date, done_on: date | None) -> Part:
    owner = detail.get(part.value, "")
    name = detail.get(part.value + _NAME, "")
    return Part(part, owner, name, on, done_on, bool(detail.get(part.value + _ASKED)))


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
