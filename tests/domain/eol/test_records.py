"""The phase of a cycle on a day, from its clocks alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol import Clock, Cycle, Phase, Undated, phase

DAY = date(2026, 3, 3)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
clocks = st.one_of(st.sampled_from(Undated), st.dates(date(2000, 1, 1), date(2050, 1, 1)))


@pytest.mark.parametrize(
    ("eoas", "eol", "eoes", "expected"),
    [
        (Undated.ABSENT, AFTER, Undated.ABSENT, Phase.ACTIVE),
        (AFTER, AFTER, AFTER, Phase.ACTIVE),
        (Undated.OPEN, Undated.OPEN, Undated.ABSENT, Phase.ACTIVE),
        (Undated.ABSENT, DAY, Undated.ABSENT, Phase.ACTIVE),  # the last day is a day of support
        (BEFORE, AFTER, Undated.ABSENT, Phase.STANDARD),
        (Undated.ENDED, Undated.OPEN, Undated.ABSENT, Phase.STANDARD),
        (BEFORE, BEFORE, AFTER, Phase.EXTENDED),
        (Undated.ABSENT, Undated.ENDED, Undated.OPEN, Phase.EXTENDED),
        (Undated.ABSENT, BEFORE, DAY, Phase.EXTENDED),
        (Undated.ABSENT, BEFORE, BEFORE, Phase.ENDED),
        (Undated.ABSENT, BEFORE, Undated.ABSENT, Phase.ENDED),
        (Undated.ABSENT, BEFORE, Undated.ENDED, Phase.ENDED),
        (AFTER, Undated.ENDED, Undated.ABSENT, Phase.ENDED),
        (AFTER, Undated.ABSENT, AFTER, Phase.UNKNOWN),
    ],
)
def test_the_phase_follows_the_clocks(eoas: Clock, eol: Clock, eoes: Clock, expected: Phase) -> None:
    assert phase(Cycle(name="1", eoas=eoas, eol=eol, eoes=eoes), DAY) is expected


@given(clocks, clocks, clocks, st.dates(date(2000, 1, 1), date(2049, 1, 1)), st.integers(1, 5_000))
def test_a_phase_never_goes_back(eoas: Clock, eol: Clock, eoes: Clock, day: date, later: int) -> None:
    cycle = Cycle(name="1", eoas=eoas, eol=eol, eoes=eoes)
    order = [Phase.ACTIVE, Phase.STANDARD, Phase.EXTENDED, Phase.ENDED]
    first, second = phase(cycle, day), phase(cycle, day + timedelta(days=later))
    if first is Phase.UNKNOWN:
        assert second is Phase.UNKNOWN
    else:
        assert order.index(first) <= order.index(second)
