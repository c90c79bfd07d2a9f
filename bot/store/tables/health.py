"""The health report's figures, from the first count of each month."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field

from bot.store.tables._basics import Row


class HealthFigure(Row, table=True):
    """One figure of one month. It is written once; later counts in that month leave it."""

    __tablename__ = "health_figures"
    month: date = Field(primary_key=True)  #: its first day
    scope: str = Field(primary_key=True)  #: "" for the organisation, `team:3` for a team
    key: str = Field(primary_key=True)  #: `ownership.unowned`, `eol.past`
    value: int
    counted_on: date
