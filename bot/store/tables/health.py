"""The health report's figures, as they stood when each month was first looked at."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field

from bot.store.tables._basics import Row


class HealthFigure(Row, table=True):
    """One figure of one month. It is written once: whoever counts again in that month finds it there."""

    __tablename__ = "health_figures"
    month: date = Field(primary_key=True)  #: the first of it
    scope: str = Field(primary_key=True)  #: empty for the organisation, `team:3` for a team
    key: str = Field(primary_key=True)  #: `ownership.unowned`, `eol.past`
    value: int
    counted_on: date
