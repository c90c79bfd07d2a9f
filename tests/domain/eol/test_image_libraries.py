"""Libraries inside one image, taken together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.daily_limit import Written
from bot.domain.eol.due_reminders import Subject
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.image_libraries import is_inside, together
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.reminder_plan import plan
from bot.domain.eol.reminders import Remembered
from bot.domain.working_time import WorkingTime
from bot.samples.eol import running, watch


def test_what_also_runs_by_itself_is_a_line_of_its_own() -> None:
    library, alone = running("a", inside="shop/web"), running("a", 2)
    assert is_inside((library,))
    assert not is_inside((library, alone))
    assert not is_inside(())


def test_each_image_has_a_group_and_a_library_in_two_images_counts_in_both() -> None:
    def inside(number: int, image: str) -> MatchedDeployment:
        return running("x", number, inside=image)

    one, both = (inside(1, "web"),), (inside(1, "web"), inside(2, "web"), inside(2, "web"))
    alone = (running("x", 3),)
    own, groups = together([one, alone, both], lambda runs: runs)
    assert own == [alone]
    assert [(group.asset.id, group.image, group.items) for group in groups] == [
        (1, "web", (one, both)),
        (2, "web", (both,)),
    ]


def test_what_is_apart_is_not_put_together() -> None:
    first = running("x", inside="web")
    second = replace(first, deployment=replace(first.deployment, id=2))
    _, groups = together([first, second], lambda one: (one,), apart=lambda one: one.deployment.id)
    assert [group.items for group in groups] == [(first,), (second,)]


def test_a_library_waits_for_the_digest_where_what_runs_by_itself_is_said_on_its_day() -> None:
    on = date(2027, 3, 31)
    now = datetime(2027, 3, 24, 12, tzinfo=UTC)
    for inside, waits in (("", False), ("shop/web", True)):
        its = watch("x", DeadlineKind.SUPPORT, on, runs=(running("x", inside=inside),))
        reminder = Remembered(
            id=1, addressee=its.key[0], product=its.key[1], cycle=its.key[2], kind=DeadlineKind.SUPPORT, deadline=on,
            opened_on=date(2026, 3, 1), milestone=Milestone(30), said_on=date(2027, 3, 1),
        )  # fmt: skip
        found = plan([Subject(its, reminder)], now=now, work=WorkingTime(ZoneInfo("UTC")), written=Written())
        [due] = found.due
        assert (due.waits, due.is_owed) == (waits, not waits)
