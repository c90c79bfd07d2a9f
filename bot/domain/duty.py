"""Who in the DevOps team is on duty: one person a week, in turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.domain.records import PersonRecord


def on_duty(members: Iterable[PersonRecord | None], today: date) -> PersonRecord | None:
    """Return who is on duty in the ISO week of a day; None if nobody of the team is here and in Slack.

    Weeks are counted across the end of a year, so that nobody has two in a row.
    """
    there = {each.id: each for each in members if each is not None and each.is_active and each.slack_id}
    week = (today.toordinal() - 1) // 7
    return there[sorted(there)[week % len(there)]] if there else None
