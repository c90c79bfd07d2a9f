"""How many functions of Baton somebody has to read to follow one question, and one version on its whole trip.

Each function of `bot` and `handlers` that is entered counts once. The simulated Slack does not count.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import orjson
import pytest

from bot.clients.catalog import ReadOptions, look
from bot.services import snapshot as snapshots
from bot.services.catalog import import_catalog
from bot.services.eol.facts import Facts
from bot.store.db import Database
from tests.conftest import REPOSITORY, FixedClock
from tests.services.eol_world import World, made_world
from tests.slack.conftest import (
    Stage,
    catalog_admins,
    database_url,
    deployment,
    devops_team,
    more_settings,
    platform_channel,
    public_url,
    read_only,
    stage,
    transport,
)

__all__ = [
    "catalog_admins",
    "database_url",
    "deployment",
    "devops_team",
    "more_settings",
    "platform_channel",
    "public_url",
    "stage",
    "transport",
]  # fmt: skip

pytestmark = pytest.mark.bench

_OURS = tuple(f"{REPOSITORY / folder}/" for folder in ("bot", "handlers"))
_SIMULATED = f"{REPOSITORY / 'bot' / 'playground'}/"
#: What there is today and a little more; whoever raises them says for what in docs/adr/0014.
_MOST_FOR_A_QUESTION, _MOST_FOR_A_TRIP = 114, 762


@pytest.fixture
async def world(database: Database, clock: FixedClock) -> AsyncIterator[World]:
    """Return a Baton whose pass asks every noun, as a deployment's does."""
    async with made_world(database, clock) as made:
        yield made


@contextmanager
def _entered() -> Iterator[set[CodeType]]:
    """Collect what is entered while the block runs, in this thread."""
    found: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            found.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        found -= {each for each in found if not each.co_filename.startswith(_OURS)}
        found -= {each for each in found if each.co_filename.startswith(_SIMULATED) or each.co_name.startswith("<")}


def _forget() -> None:
    """Forget what was worked out before: what another test had remembered would not be entered, and not be counted."""
    for name in [name for name in sys.modules if name.startswith(("bot.", "handlers."))]:
        for each in vars(sys.modules[name]).values():
            if isinstance(each, _lru_cache_wrapper):
                each.cache_clear()


def _print(title: str, entered: set[CodeType], most: int) -> None:
    print(f"\n{title}: {len(entered)} functions (at most {most})")
    for each in sorted(entered, key=lambda code: (code.co_filename, code.co_firstlineno)):
        print(f"  {Path(each.co_filename).relative_to(REPOSITORY)}:{each.co_firstlineno} {each.co_qualname}")


@read_only
async def test_one_question(stage: Stage) -> None:
    await stage.ask("/whoowns payments-db")
    rounds = []
    for _ in range(8):
        with _entered() as entered:
            answer = await stage.ask("/whoowns payments-db")
        assert "payments-db" in answer.text
        rounds.append(entered)
    # What is done by the clock meanwhile is not in every round.
    always = set.intersection(*rounds)
    _print("/whoowns payments-db", always, _MOST_FOR_A_QUESTION)
    assert len(always) <= _MOST_FOR_A_QUESTION


def _terraform(path: Path, version: str) -> Path:
    values = {
        "id": "pay-db",
        "arn": "arn:aws:rds:eu-west-1:1:db:pay-db",
        "identifier": "pay-db",
        "engine": "postgres",
        "engine_version": version,
        "tags_all": {"team": "payments"},
    }
    resource = {
        "address": "aws_db_instance.main",
        "mode": "managed",
        "type": "aws_db_instance",
        "name": "main",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": values,
    }
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    path.write_bytes(orjson.dumps(state))
    return path


async def _load(world: World, path: Path) -> None:
    catalog = look("terraform", [path], options=ReadOptions(), only=None).read(lambda *_: None)
    await import_catalog(world.deps, catalog, source="terraform", format_name="terraform", paths=[str(path)])
    await snapshots.refresh(world.snapshot, world.deps.database)


@read_only
async def test_one_version_from_its_file_to_a_resolved_reminder(world: World, tmp_path: Path) -> None:
    world.facts = Facts()  # type: ignore[assignment]
    world.start()
    await world.team("payments")
    await world.learn_channels()
    _forget()
    with _entered() as entered:
        await _load(world, _terraform(tmp_path / "state.json", "14.9"))
        await world.go(datetime(2027, 2, 2, tzinfo=UTC))
        assert await world.reminders()
        await _load(world, _terraform(tmp_path / "state.json", "17.4"))
        await world.go(datetime(2027, 2, 10, tzinfo=UTC))
    assert "14" not in {each.cycle for each in await world.reminders()}
    resolved = [await world.row(each.id) for each in await world.reminders(is_open=False) if each.cycle == "14"]
    assert {each.resolution for each in resolved} == {"upgraded"}
    _print("From a Terraform file to a resolved reminder", entered, _MOST_FOR_A_TRIP)
    assert len(entered) <= _MOST_FOR_A_TRIP
