"""What shows that a team is ready to take something over: evidence, not promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.errors import FieldError, UserError


class ReadinessItem(StrEnum):
    """One respect in which the receiver is ready. The order is that in which they are shown."""

    RUNBOOK = "runbook"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    PAGE = "page"
    DASHBOARDS = "dashboards"
    ACCESS = "access"
    ROLLBACK_CRITERIA = "rollback_criteria"
    DEPENDENCIES = "dependencies"
    OPEN_REQUESTS = "open_requests"
    COST = "cost"
    GAPS = "gaps"


READINESS_WORDS: Mapping[ReadinessItem, str] = {
    ReadinessItem.RUNBOOK: "The runbook, and the receiver has run it",
    ReadinessItem.DEPLOY: "The receiver has deployed once",
    ReadinessItem.ROLLBACK: "The receiver has rolled back once",
    ReadinessItem.PAGE: "A test page reached the receiver, and the giver's route is gone",
    ReadinessItem.DASHBOARDS: "Dashboards and alarms are listed",
    ReadinessItem.ACCESS: "Access is granted, and the giver's is revoked or kept on purpose",
    ReadinessItem.ROLLBACK_CRITERIA: "When to roll back, and who decides",
    ReadinessItem.DEPENDENCIES: "Dependencies and their contacts",
    ReadinessItem.OPEN_REQUESTS: "Open requests about it",
    ReadinessItem.COST: "What it costs a month",
    ReadinessItem.GAPS: "Gaps of the request are closed or planned",
}


#: What only somebody of the receiver can have done.
BY_RECEIVER = frozenset({ReadinessItem.RUNBOOK, ReadinessItem.DEPLOY, ReadinessItem.ROLLBACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What shows one item: a link, a person or a day; or `not_applicable`, the reason why there is nothing to show."""

    item: ReadinessItem
    link: str = ""
    person: str = ""
    day: date | None = None
    not_applicable: str = ""

    def check(self, *, today: date) -> None:
        """Raise UserError, or FieldError, unless it shows something that has been, or says why not, and not both."""
        shows = bool(self.link or self.person or self.day)
        if not shows and not self.not_applicable:
            raise UserError("Give a link, a person or a day, or say why it does not apply.")
        if shows and self.not_applicable:
            raise UserError("Give either evidence, or the reason why it does not apply.")
        if self.day is not None and self.day > today:
            raise FieldError("day", "That day has not come yet: give the day on which it was done.")
