"""The playground as a newcomer finds it."""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.playground import run
from bot.playground.page_state import people, visible_state
from bot.services import devops_team


async def test_whom_the_page_begins_with_is_a_catalog_admin_and_where_the_page_is(tmp_path: Path) -> None:
    async with run.playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as playground:
        slack, background = playground.slack, playground.baton.context.background
        assert f"{playground.baton.context.public_url}/" == playground.url, "calendars are fetched from the free port"
        await background.drain(seconds=10)
        first, other = people(slack)[:2]
        channel = slack.workspace.channel("general").id
        await slack.post(other.id, channel, f"<@{slack.workspace.bot_user_id}> who owns zeppelin-scheduler?")
        for user in (first, other):
            await slack.settle()
            await background.drain(seconds=10)
            await slack.open_home(user.id)
        await slack.settle()
        await background.drain(seconds=10)
        shown = [str(view.payload) if (view := slack.home(user.id)) else "" for user in (first, other)]
        assert ["*zeppelin-scheduler* · once" in each for each in shown] == [True, False]


async def test_a_command_beside_it_takes_nothing_of_its_database_away(tmp_path: Path) -> None:
    """Whoever closes SQLite's file as the last one deletes what lies beside it: the playground has to hold its lock."""
    file = tmp_path / "playground.sqlite"
    async with run.playing(f"sqlite:///{file}", anew=file) as playground:
        code = "import sqlite3, sys; made = sqlite3.connect(sys.argv[1]); made.execute('SELECT 1 FROM teams')"
        code += "; made.close()"
        command = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(file))
        assert await command.wait() == 0
        assert file.with_name("playground.sqlite-wal").exists()
        assert file.stat().st_mode & 0o077 == 0
        playground.baton.context.deps.database.check_file()


async def test_the_demo_begins_anew_at_each_start_once_its_port_is_free(tmp_path: Path) -> None:
    """The channels begin anew as well: what is kept would name requests of threads that are gone."""
    file, beside = tmp_path / "playground.sqlite", tmp_path / "playground.sqlite-wal"
    for each in (file, beside):
        each.write_text("of the last start")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SettingsError):
        async with run.playing(f"sqlite:///{file}", port=taken.getsockname()[1], anew=file):
            pass
    assert file.read_text() == beside.read_text() == "of the last start", "another playground may have it"
    async with run.playing(f"sqlite:///{file}", anew=file) as playground:
        guests = [each for each in people(playground.slack) if each.is_guest]
        assert [each.real_name for each in guests] == ["Zuri Lang (guest)"]
        assert guests[0] not in people(playground.slack)[:1], "nobody begins as a guest"
        seen = visible_state(playground.slack, guests[0].id, suggestions=(), emoji=())["channels"]
        assert [each["name"] for each in seen] == ["general", "grooming"]


async def test_the_settings_count_for_a_visitors_own_catalog_and_not_for_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text("baton: 1\nteams: [{name: Ops}]\nassets: [{name: shop, owner: Ops}]\n")
    monkeypatch.setenv("BATON_PLATFORM_CHANNEL", "#team-cloud")
    monkeypatch.setenv("BATON_DEVOPS_TEAM", "Ops")
    monkeypatch.setenv("BATON_STALE_AFTER_DAYS", "3")
    async with run.playing(f"sqlite:///{tmp_path / 'own.sqlite'}", catalog=[tmp_path / "own.yaml"]) as own:
        context = own.baton.context
        assert context.deps.stale_after == timedelta(days=3)
        assert (team := devops_team.find(context.deps, context.snapshot)) is not None
        assert team.name == "Ops"
        assert own.slack.workspace.channel("team-cloud").topic == "Named by a setting"
    monkeypatch.setenv("BATON_TIMEZONE", "Nowhere/Land")
    with pytest.raises(SettingsError, match="BATON_TIMEZONE"):
        async with run.playing(f"sqlite:///{tmp_path / 'other.sqlite'}"):
            pass


@pytest.mark.parametrize(
    ("given", "expected"), [("U0BOB,U0ELSEWHERE", "U0BOB"), ("U0ELSEWHERE", "U0ANN"), ("", "U0ANN")]
)
async def test_the_catalog_admins_of_the_settings_are_those_of_a_visitors_own_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    """Where none of them is in the workspace, it is whom the page begins with, as in the demo."""
    (tmp_path / "own.yaml").write_text(
        "baton: 1\nteams: [{name: Ops, members: [ann@x.example, bob@x.example]}]\n"
        "people: [{name: Ann, email: ann@x.example, slack: U0ANN}, {name: Bob, email: bob@x.example, slack: U0BOB}]\n"
        "assets: [{name: shop, owner: Ops}]\n"
    )
    monkeypatch.setenv("BATON_CATALOG_ADMINS", given)
    async with run.playing(f"sqlite:///{tmp_path / 'own.sqlite'}", catalog=[tmp_path / "own.yaml"]) as own:
        assert own.baton.context.deps.catalog_admins == {expected}
