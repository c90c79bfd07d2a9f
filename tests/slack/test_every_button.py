"""Every button of Baton is pressed by everybody, twice, and after its subject is gone: it always answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.blocks.backlog import actions as request_ids
from handlers import ROUTES
from tests.conftest import NIGHT
from tests.slack.conftest import Stage, read_only
from tests.slack.presses import Presses, of_nothing
from tests.slack.scenes import SCENES, begin, vanish
from tests.slack.test_requests import STORY, thread

#: From whom may do least to whom may do most: refusals change nothing, so all are given before anybody is heard.
ROLES = ("gus", "zoe", "solo", "mona", "pia", "lin", "grace", "ada", "eve")
#: Those of them who are in every third scene by day only: who may do what is held by the table of rights.
NOW_AND_THEN = ("gus", "mona", "pia", "ada")
#: Those who press what is gone; by day each in two of three scenes.
TOO_LATE = ("zoe", "grace", "eve")
#: What ends the subject of other buttons, in the order in which it is pressed.
LAST = (
    "backlog.more merge",
    "backlog.start",
    "backlog.deliver",
    "backlog.confirm",
    "backlog.withdraw",
    "backlog.reopen",
    "backlog.more answer",
    "backlog.more decline",
    "backlog.more dismiss",
    "ownership.matter_keep",
    "ownership.matter_agree",
    "ownership.matter_side",
    "ownership.withdraw",
    "handoff.answer accept",
    "handoff.accept_all",
    "handoff.withdraw",
    "handoff.refuse",
    "handoff.cancel",
    "handoff.again",
    "misses.alias",
    "misses.add",
    "misses.ignore",
    "home.remove_miss",
    "calendar.revoke",
    "calendar.revoke_all",
)
#: What everybody may change; and how the names begin of what those may besides who are in no team.
ANYBODY = (
    "ownership.doubt_view",
    "orphans.ask_view",
    "backlog.request_form",
    "backlog.follow",
    "backlog.unfollow",
)
MAY: Mapping[str, tuple[str, ...]] = {
    "gus": (),
    "zoe": ANYBODY,
    "mona": (*ANYBODY, "backlog.", "lifecycle."),
    "pia": (*ANYBODY, "ownership.keep_unowned", "ownership.end_unowned"),
    "eve": (
        *ANYBODY,
        "ownership.matter_",
        "ownership.release_",
        "ownership.unowned_view",
        "ownership.keep_unowned",
        "ownership.end_unowned",
        "orphans.",
        "misses.",
        "home.remove_miss",
        "backlog.channel_form",
    ),
}


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("eve",)


@pytest.fixture
def devops_team() -> str:
    return "Platform"


@pytest.fixture
def platform_channel() -> str:
    return "general"


@pytest.fixture
def public_url() -> str:
    return "https://baton.example.test"


def there(stage: Stage, roles: Sequence[str]) -> list[str]:
    """Those who have not left."""
    return [each for each in roles if not stage.slack.workspace.user(each).deleted]


def roles_in(scene: Any) -> list[str]:
    """Those who press in a scene: all by night."""
    away = {role for at, role in enumerate(NOW_AND_THEN) if (number_of(scene) + at) % 3} if not NIGHT else set()
    return [each for each in ROLES if each not in away]


def number_of(scene: Any) -> int:
    return list(SCENES).index(scene)


def test_everybody_presses_in_some_scene() -> None:
    assert set(ROLES) == {role for scene in SCENES for role in roles_in(scene)}


def test_every_route_is_pressed_in_a_scene() -> None:
    assert frozenset().union(*SCENES.values()) == {*ROUTES.actions, *ROUTES.submissions}


@read_only
@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.__name__)
async def test_every_button(stage: Stage, scene: Any, caplog: pytest.LogCaptureFixture) -> None:
    await begin(stage)
    await scene(stage)
    presses, only = Presses(stage, caplog, ANYBODY), SCENES[scene]
    roles = there(stage, roles_in(scene))
    done = await presses.everything(roles, only=only, reading=() if NIGHT else ROUTES.reading, last=LAST)
    for button in done:
        nothing = await presses.press(of_nothing(button), "eve")
        presses.close("eve")
        assert nothing.changes == []
    await vanish(stage)
    for opened, role in presses.forms.values():
        await presses.submit(opened, role)
        presses.close(role)
    assert presses.faults == []
    assert only - presses.pressed - presses.submitted == set()
    assert [each for each in presses.made if each.changes and not each.name.startswith(MAY.get(each.role, ("",)))] == []


@read_only
@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.__name__)
async def test_every_button_of_what_is_gone(stage: Stage, scene: Any, caplog: pytest.LogCaptureFixture) -> None:
    await begin(stage)
    await scene(stage)
    presses = Presses(stage, caplog, ANYBODY)
    before = [each for each in presses.buttons() if each.action_id in SCENES[scene]]
    await vanish(stage)
    roles = ROLES if NIGHT else [each for at, each in enumerate(TOO_LATE) if (number_of(scene) + at) % 3]
    for button in before:
        for role in there(stage, roles):
            await presses.twice(button, role)
    assert presses.faults == []
    assert [each for each in presses.made if each.changes and not each.name.startswith(MAY.get(each.role, ("",)))] == []


@read_only
async def test_every_shortcut(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await begin(stage)
    root = await thread(stage, *STORY)
    presses = Presses(stage, caplog)
    on_message = {request_ids.MESSAGE_SHORTCUT, "who_owns_this"}
    assert on_message | {request_ids.GLOBAL_SHORTCUT} == set(ROUTES.shortcuts)
    for role in ROLES:
        for _ in range(2):
            for callback_id in ROUTES.shortcuts:
                made = await presses.shortcut(callback_id, role, root if callback_id in on_message else None)
                assert made.changes == []
    assert presses.faults == []
