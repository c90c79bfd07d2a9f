"""The two parts of a planned upgrade: the application is made compatible, then it is upgraded.

Each part has an owner and a day. The owner closes the first part, the inventory the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.eol.answers import PLAN_CHECK, Answer, AnswerKind

#: Keys of a plan's detail: people by their Slack ids, the day of the first part, and its outcome.
TARGET, COMPATIBILITY, UPGRADE, ROLLBACK, DECIDER = "target", "compatibility", "upgrade", "rollback", "decider"
COMPATIBLE_BY, COMPATIBLE_SINCE = "compatible_by", "compatible_since"
_NAME, _ASKED = "_name", "_asked"
#: The people whom the plan names and who are told once.
PEOPLE = (COMPATIBILITY, UPGRADE, DECIDER)


class PlanPart(StrEnum):
    """A part of an upgrade. The values are the keys of the person who does it."""

    COMPATIBILITY = COMPATIBILITY
    UPGRADE = UPGRADE


@dataclass(frozen=True, slots=True)
class Part:
    """Who does it until when. `owner` is a Slack id, or "" for nobody; `done_on` is when the owner closed it."""

    part: PlanPart
    owner: str
    name: str
    on: date
    done_on: date | None = None
    asked_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether it is the first part and its day has passed. The plan itself shows whether the second is late."""
        return self.part is PlanPart.COMPATIBILITY and self.done_on is None and self.on < today


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """The content of a plan."""

    target: str
    compatibility: Part
    upgrade: Part
    rollback: str
    decider: str
    decider_name: str

    @property
    def parts(self) -> tuple[Part, Part]:
        """Both parts, in order."""
        return self.compatibility, self.upgrade


def plan_of(answer: Answer) -> UpgradePlan | None:
    """Return the plan of an answer; None if the answer is not a plan."""
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
    """Return the day from which a plan no longer keeps Baton quiet.

    That is a week before its day, or when its first part is late. None if the answer is not a plan.
    """
    plan = plan_of(answer)
    if plan is None:
        return None
    first, check = plan.compatibility, plan.upgrade.on - timedelta(PLAN_CHECK)
    return min(check, first.on + timedelta(1)) if first.owner and first.done_on is None else check


def to_ask(answer: Answer, today: date) -> tuple[Part, ...]:
    """Return the parts whose owners are asked now: before their day, and a late first part again."""
    return tuple(part for part, since in _asking(answer) if since <= today <= _asked_until(answer, part))


def _asked_until(answer: Answer, part: Part) -> date:
    """Return until when the owner of a part is asked; for a late first part, until the day of the upgrade."""
    is_again = part.part is PlanPart.COMPATIBILITY and answer.until is not None
    return max(part.on, answer.until) if is_again and answer.until is not None else part.on


def late_since(answer: Answer, today: date) -> date | None:
    """Return since when the first part of a plan is late; None if it is in time, or has no owner."""
    plan = plan_of(answer)
    if plan is None or not plan.compatibility.owner or not plan.compatibility.is_late(today):
        return None
    return plan.compatibility.on + timedelta(1)


def is_reopened(before: Mapping[str, str], detail: Mapping[str, str]) -> bool:
    """Whether a changed plan reopens the first part, which was closed in the plan before."""
    return bool(before.get(COMPATIBLE_SINCE)) and not detail.get(COMPATIBLE_SINCE)


def turns(answer: Answer) -> Iterator[date]:
    """Yield the days on which a plan asks somebody, or stops keeping Baton quiet."""
    yield from (since for _, since in _asking(answer))
    if (until := quiet_until(answer)) is not None:
        yield until


def essence(detail: Mapping[str, str]) -> dict[str, str]:
    """Return what people entered in a plan, without what Baton noted beside it."""
    return {key: value for key, value in kept(detail).items() if key != COMPATIBLE_SINCE and not key.endswith(_NAME)}


def kept(detail: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a plan's detail that the next owner keeps, without the notes of who was asked."""
    return {key: value for key, value in detail.items() if not key.endswith(_ASKED)}


def named(detail: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the names of a plan's people, as entries to store beside its detail. They are text that mentions nobody.

    `names` maps Slack ids to names.
    """
    return {f"{key}{_NAME}": names[detail[key]] for key in PEOPLE if names.get(detail.get(key, ""))}


def carried(before: Mapping[str, str], detail: Mapping[str, str]) -> dict[str, str]:
    """Return what a changed plan keeps of the one before: a finished part, if the same person is responsible."""
    is_same = before.get(COMPATIBILITY, "") == detail.get(COMPATIBILITY, "")
    return {COMPATIBLE_SINCE: before[COMPATIBLE_SINCE]} if is_same and before.get(COMPATIBLE_SINCE) else {}


def asked(part: PlanPart, today: date) -> dict[str, str]:
    """Return the note that the owner of a part has been asked."""
    return {f"{part.value}{_ASKED}": today.isoformat()}


def _asking(answer: Answer) -> Iterator[tuple[Part, date]]:
    """Yield the parts whose owners have to be asked, and from which day on.

    This is a week before the part's day, or the day before. For a late first part it is the day after, then every week.
    """
    plan, planned_on = plan_of(answer), answer.at.date()
    for part in plan.parts if plan is not None else ():
        if not part.owner or part.done_on is not None:
            continue
        days = (part.on - timedelta(PLAN_CHECK), part.on - timedelta(1))
        since = next((each for each in days if each > planned_on), None)
        if part.asked_on is None and since is not None:
            yield part, since
        elif part.part is PlanPart.COMPATIBILITY and (part.asked_on is None or part.asked_on <= part.on):
            yield part, part.on + timedelta(1)
        elif part.part is PlanPart.COMPATIBILITY and part.asked_on is not None:
            yield part, part.asked_on + timedelta(7)


def _part(part: PlanPart, detail: Mapping[str, str], on: date, done_on: date | None) -> Part:
    owner = detail.get(part.value, "")
    name = detail.get(part.value + _NAME, "")
    return Part(part, owner, name, on, done_on, _day(detail.get(part.value + _ASKED)))


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
