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
    asked_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether it is the first part and its day has passed; of the second the plan itself says so."""
        return self.part is PlanPart.COMPATIBILITY and self.done_on is None and self.on < today


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
    """Return the parts whose owners are asked now: before their day, and of a first part again once that has passed."""
    return tuple(part for part, since in _asking(answer) if since <= today <= _asked_until(answer, part))


def _asked_until(answer: Answer, part: Part) -> date:
    """Return until when somebody is asked: of a first part that is late until the day of the upgrade."""
    is_again = part.part is PlanPart.COMPATIBILITY and answer.until is not None
    return max(part.on, answer.until) if is_again and answer.until is not None else part.on


def late_since(answer: Answer, today: date) -> date | None:
    """Return since when the first part of a plan is late; None where somebody does it in time, or nobody is named."""
    plan = plan_of(answer)
    if plan is None or not plan.compatibility.owner or not plan.compatibility.is_late(today):
        return None
    return plan.compatibility.on + timedelta(1)


def is_reopened(before: Mapping[str, str], detail: Mapping[str, str]) -> bool:
    """Whether a changed plan has the first part done again that was closed in the one before."""
    return bool(before.get(COMPATIBLE_SINCE)) and not detail.get(COMPATIBLE_SINCE)


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
    """Yield the parts that somebody is to be asked after, and from which day on.

    That is a week before theirs, or the day before; of a first part that is late the day after, then each week.
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
