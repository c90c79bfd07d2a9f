"""`baton doctor`, `baton manifest` and `baton db backup`."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.blocks.home import waiting
from bot.blocks.text import Rendered
from bot.data import manifest
from bot.playground.fake_slack import FakeSlack
from tests.cli.conftest import Baton
from tests.conftest import FixedClock
from tests.test_manifest import SCHEMA
from tests.tracker_servers import REPOSITORY, TOKEN, GitHubServer

SHOP = "# baton: repository acme/shop\n* @acme/platform\n"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A simulated Slack in a thread of its own: a command has the main thread's event loop to itself."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    fake = FakeSlack(signing_secret="s3cr3t-value", bot_token="xoxb-t0ken-value", app_token="xapp-t0ken-value")
    fake.install(manifest())
    asyncio.run_coroutine_threadsafe(fake.start(), loop).result(10)
    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(fake.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture
def installed(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, baton: Baton, tmp_path: Path) -> FakeSlack:
    """Everything set up as it should be."""
    for name, value in {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": "xoxb-t0ken-value",
        "SLACK_APP_TOKEN": "xapp-t0ken-value",
        "SLACK_SIGNING_SECRET": "s3cr3t-value",
    }.items():
        monkeypatch.setenv(f"BATON_{name}", value)
    (tmp_path / "CODEOWNERS").write_text(SHOP)
    baton("catalog", "import", "codeowners", tmp_path / "CODEOWNERS")
    return slack


def levels(baton: Baton) -> dict[str, str]:
    return {each["about"]: each["level"] for each in json.loads(baton("doctor", "--json").out)}


def test_what_is_in_order_is_said(baton: Baton, installed: FakeSlack, database: Path) -> None:
    database.chmod(0o600)
    ran = baton("doctor")
    assert ran.code == 0, ran.out
    assert "ok      Slack: The bot token is that of" in ran.out
    assert "ok      scopes: Those of app.yaml, all granted." in ran.out
    assert "ok      Socket Mode: Slack accepts the app-level token." in ran.out
    assert "ok      clock: Within" in ran.out
    assert "ok      catalog: 2 assets" in ran.out
    assert "value" not in ran.out  # no token, no secret


def test_a_tracker_that_cannot_be_asked_is_said(
    baton: Baton, installed: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_TRACKER", "jira")
    ran = baton("doctor")
    assert ran.code == 1
    assert "tracker: BATON_JIRA_SITE is not set" in ran.out


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    """A repository that listens in a thread of its own, and the settings that name it."""
    pytest.importorskip("gidgethub")
    loop, stack = asyncio.new_event_loop(), AsyncExitStack()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = GitHubServer(FixedClock(datetime(2026, 3, 3, tzinfo=UTC)))
    asyncio.run_coroutine_threadsafe(stack.enter_async_context(server.serving()), loop).result(10)
    for name, value in {
        "TRACKER": "github",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": server.url,
    }.items():
        monkeypatch.setenv(f"BATON_{name}", value)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_a_tracker_is_asked_and_what_it_says_is_said(
    baton: Baton, installed: FakeSlack, tracker: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"ok      tracker: {REPOSITORY} answers, and is private." in baton("doctor").out
    assert tracker.calls == [f"GET /repos/{REPOSITORY}"]
    tracker.is_public = True
    assert (
        f"note    tracker: {REPOSITORY} answers, and others than your organisation can read it." in baton("doctor").out
    )
    monkeypatch.setenv("BATON_GITHUB_TOKEN", "another")
    ran = baton("doctor")
    assert ran.code == 1
    assert "PROBLEM tracker: " in ran.out
    assert "another" not in ran.out


def test_slack_is_asked_about_a_sample_of_every_message(baton: Baton, installed: FakeSlack) -> None:
    ran = baton("doctor", "--messages")
    asked = [call for call in installed.calls if call.method == "blocks.validate"]
    assert f"ok      messages: Slack takes a sample of each message and view, {len(asked)} in all." in ran.out
    assert ran.code == 0
    assert {*asked[0].arguments, *asked[1].arguments} <= {"message", "view"}
    assert all(not channel for channel in installed.workspace.messages.values()), "nobody sees any of it"
    assert "messages:" not in baton("doctor").out


def test_messages_that_slack_does_not_take_are_named(
    baton: Baton, installed: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"type": "actions", "elements": [{"type": "button"}]}
    samples = [("help.help_message", Rendered("Help", [broken])), ("home.waiting", waiting())]
    monkeypatch.setattr("bot.samples.largest", lambda: samples)
    ran = baton("doctor", "--messages")
    assert ran.code == 1
    assert "PROBLEM messages: Slack does not take help.help_message: /blocks/0/elements/0: missing" in ran.out
    assert "home.waiting" not in ran.out


def test_a_slack_that_judges_nothing_is_no_problem(
    baton: Baton, installed: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.samples.largest", lambda: [("home.waiting", waiting())])
    installed.api.failures["blocks.validate"] = ["unknown_method"]
    ran = baton("doctor", "--messages")
    assert (ran.code, "note    messages: Slack judged 0 and then no more: unknown_method." in ran.out) == (0, True)


@pytest.mark.parametrize("code", ["internal_error", "service_unavailable", "team_added_to_org", "ratelimited"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
def test_trouble_of_slacks_is_no_fault_of_the_tokens(
    baton: Baton, installed: FakeSlack, method: str, code: str
) -> None:
    installed.api.failures[method] = [code] * 10
    ran = baton("doctor")
    assert ran.code == 1
    assert f"PROBLEM Slack: It is in trouble: {code}.\n        -> Run this again in some minutes" in ran.out
    for wrong in ("does not accept", "refuses", "Check BATON_SLACK_BOT_TOKEN", "app-level token with"):
        assert wrong not in ran.out


def test_missing_scopes_are_named(baton: Baton, installed: FakeSlack) -> None:
    less = manifest()
    less["oauth_config"]["scopes"]["bot"].remove("users:read.email")
    installed.install(less)
    ran = baton("doctor")
    assert ran.code == 1
    assert "PROBLEM scopes: Missing: users:read.email." in ran.out
    assert "-> Add them to the app" in ran.out


def test_refused_tokens_and_an_unreachable_slack(
    baton: Baton, installed: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_SLACK_BOT_TOKEN", "xoxb-revoked")
    monkeypatch.setenv("BATON_SLACK_APP_TOKEN", "xapp-revoked")
    ran = baton("doctor")
    assert "It does not accept the bot token: invalid_auth." in ran.out
    assert "Slack refuses it: invalid_auth." in ran.out
    monkeypatch.setenv("BATON_SLACK_API_URL", "http://127.0.0.1:9/api/")
    ran = baton("doctor")
    assert (ran.code, "PROBLEM Slack: It cannot be reached: no usable answer (" in ran.out) == (1, True)
    assert "accept" not in ran.out, "nothing is said of tokens that could not be tried"
    assert "ok      database" in ran.out  # the rest goes on


def test_an_installation_for_a_whole_enterprise_is_a_problem(baton: Baton, installed: FakeSlack) -> None:
    installed.workspace.is_org_wide = True
    ran = baton("doctor")
    assert (ran.code, "PROBLEM installation: It is for a whole enterprise: Baton serves one" in ran.out) == (1, True)


@pytest.mark.parametrize(
    ("mode", "is_ours", "is_named"), [(0o640, False, True), (0o604, False, True), (0o644, True, False)]
)
def test_a_database_that_others_may_read_is_named_where_it_is_anothers(
    baton: Baton,
    installed: FakeSlack,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: int,
    is_ours: bool,
    is_named: bool,
) -> None:
    database.chmod(mode)
    if not is_ours:
        monkeypatch.setattr("os.geteuid", lambda: 54321)
    ran = baton("doctor")
    assert ("note    database file: Others than its owner have rights to it" in ran.out) is is_named
    assert (database.stat().st_mode & 0o777) == (0o600 if is_ours else mode)


@pytest.mark.parametrize(("mode", "is_named"), [(0o644, True), (0o620, True), (0o600, False)])
def test_a_file_of_settings_that_others_may_read_is_named(
    baton: Baton, installed: FakeSlack, tmp_path: Path, mode: int, is_named: bool
) -> None:
    assert "settings file" not in levels(baton)
    (tmp_path / ".env").write_text("BATON_METRICS_TOKEN=s3cr3t-value\n")
    (tmp_path / ".env").chmod(mode)
    ran = baton("doctor")
    assert ("note    settings file: Others than its owner have rights to .env" in ran.out) is is_named
    assert (ran.code, "value" in ran.out) == (0, False)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("def register(app): app.event('pin_added')(print_it)\nasync def print_it(): ...", "ok      listeners: 1 of"),
        ("def register(app): app.use(every)\nasync def every(next): await next()", "ok      listeners: 1 of"),
        (
            "from slack_bolt.oauth import async_oauth_flow as o, async_oauth_settings as t\n"
            "def register(app):\n"
            "    return o.AsyncOAuthFlow(settings=t.AsyncOAuthSettings(client_id='1.2', client_secret='s'))",
            "ok      listeners: 1 of",
        ),
        (
            "async def f(ack): ...\ndef register(app):\n"
            "    app.command('/lunch')(f); app.command(command='/eol')(f); app.event('team_join')(f)\n"
            "    app.shortcut({'type': 'message_action', 'callback_id': 'who_owns_this'})(f); app.view('lunch')(f)",
            "note    listeners: Baton itself takes /eol, team_join, who_owns_this: the listeners of lunch_bot for that",
        ),
        ("def register(app): ...", "note    listeners: lunch_bot registers nothing"),
        ("registers = []", "PROBLEM listeners: BATON_LISTENERS is 'lunch_bot', which is no module that has a function"),
        ("import acme_menus", "PROBLEM listeners: BATON_LISTENERS is 'lunch_bot', which is no module that has a fun"),
        ("import sys; sys.exit(3)", "PROBLEM listeners: BATON_LISTENERS is 'lunch_bot', and this module fails at "),
        ("def register(app): app.event('x')(print)", "PROBLEM listeners: BATON_LISTENERS is 'lunch_bot', and this mo"),
    ],
    ids=[
        "a listener",
        "middleware",
        "OAuth alone",
        "names of Baton's",
        "nothing",
        "no function",
        "no such module",
        "ends the process",
        "not asynchronous",
    ],
)
def test_listeners_of_ones_own_are_registered_to_see_whether_they_can_be(
    baton: Baton,
    installed: FakeSlack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    written: str,
    said: str,
) -> None:
    assert "listeners" not in levels(baton)
    (tmp_path / "lunch_bot.py").write_text(written)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lunch_bot", raising=False)
    monkeypatch.setenv("BATON_LISTENERS", "lunch_bot")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")  # of which Bolt would make an OAuth flow of its own, and warn
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    ran = baton("doctor")
    assert not [each for each in caplog.records if each.name.startswith("slack_bolt")]
    assert said in ran.out
    assert ran.code == ("PROBLEM" in said)


def test_nothing_set_up(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_LISTENERS", "tests.slack.own_listeners")
    found = levels(baton)
    assert found.pop("listeners") == "ok"
    assert found == {"settings": "ok", "bot token": "problem", "transport": "problem", "database": "problem"}


def test_wrong_kinds_of_tokens(baton: Baton, monkeypatch: pytest.MonkeyPatch, installed: FakeSlack) -> None:
    monkeypatch.setenv("BATON_SLACK_BOT_TOKEN", "xapp-t0ken-value")
    monkeypatch.setenv("BATON_SLACK_APP_TOKEN", "xoxb-t0ken-value")
    found = levels(baton)
    assert (found["bot token"], found["app token"], found["Slack"]) == ("problem", "problem", "problem")


def test_a_wrong_setting_is_one_sentence(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PORT", "high")
    ran = baton("doctor")
    assert (ran.code, "BATON_PORT" in ran.out) == (1, True)


def test_names_that_nothing_is_called_by_are_notes(
    baton: Baton, monkeypatch: pytest.MonkeyPatch, installed: FakeSlack
) -> None:
    monkeypatch.setenv("BATON_CATALOG_ADMIN", "U0SECRET")
    monkeypatch.setenv("BATON_PEOPLE_SOURCES", "codeowners, codeowner")
    ran = baton("doctor")
    assert "note    settings: BATON_CATALOG_ADMIN is no setting, so it does nothing: is BATON_CATALOG_ADMINS" in ran.out
    assert "note    people: BATON_PEOPLE_SOURCES names codeowner, and no source is called that." in ran.out
    assert "U0SECRET" not in ran.out + ran.err
    listed = baton("catalog", "sources", "--json")
    assert listed.err == "note: BATON_PEOPLE_SOURCES names codeowner, and no source is called that.\n"
    assert [each["name"] for each in json.loads(listed.out)] == ["codeowners"]


def test_an_old_schema(baton: Baton, installed: FakeSlack, database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.commit()
    connection.close()
    assert levels(baton)["schema"] == "problem"
    assert "baton db upgrade" in baton("doctor").out


def printed(baton: Baton, *words: str) -> Any:
    ran = baton("manifest", *words)
    assert ran.code == 0, ran.err
    return json.loads(ran.out) if "--json" in words else yaml.safe_load(ran.out)


def test_the_manifest_for_socket_mode_is_app_yaml(baton: Baton) -> None:
    assert printed(baton) == printed(baton, "--socket-mode", "--json") == manifest()


@pytest.mark.parametrize(
    "url",
    [
        "https://baton.example.test",
        "https://baton.example.test/",
        "https://baton.example.test/slack/events",
    ],
)
def test_the_manifest_for_http_has_the_address_everywhere(baton: Baton, url: str) -> None:
    made = printed(baton, "--url", url)
    address = "https://baton.example.test/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {command["url"] for command in made["features"]["slash_commands"]} == {address}


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not beside the checkout")
@pytest.mark.parametrize("words", [(), ("--url", "https://baton.example.test/behind/a/path")])
def test_both_manifests_are_valid(baton: Baton, words: tuple[str, ...]) -> None:
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(printed(baton, *words))] == []


@pytest.mark.parametrize(
    "url", ["http://baton.example.test", "baton.example.test", "https://", "https://x.test/?a=b", "https://a:b@x.test"]
)
def test_other_addresses_are_refused(baton: Baton, url: str) -> None:
    ran = baton("manifest", "--url", url)
    assert (ran.code, ran.out) == (1, "")
    assert "Slack needs an https address" in ran.err


def test_a_backup_is_whole_while_somebody_writes(baton: Baton, installed: FakeSlack, database: Path) -> None:
    stop = threading.Event()
    written = []

    def write() -> None:
        connection = sqlite3.connect(database, timeout=30)
        while not stop.is_set():
            number = len(written)
            columns = "key, text, askers, is_common, times, last_at"
            values = "?, 'x', '[]', false, 1, '2026-01-01'"
            connection.execute(f"INSERT INTO misses ({columns}) VALUES ({values})", (f"n{number}",))
            connection.commit()
            written.append(number)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        ran = baton("db", "backup", "copy.sqlite")
    finally:
        stop.set()
        writer.join(30)
    assert ran.code == 0, ran.err
    copy = Path("copy.sqlite")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM assets").fetchone() == (2,)
    assert 0 <= connection.execute("SELECT count(*) FROM misses").fetchone()[0] <= len(written)
    connection.close()
    assert not list(Path().glob(".copy*"))


def test_a_backup_of_a_file_with_an_odd_path(
    baton: Baton, installed: FakeSlack, database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = tmp_path / "a folder" / "50% & #1?.sqlite"
    odd.parent.mkdir()
    baton("db", "backup", odd)
    for path in (f"/{odd}", odd.relative_to(tmp_path)):  # two slashes in front, as a slip of the pen has it
        monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{path}".replace("%", "%25").replace("?", "%3F"))
        ran = baton("db", "backup", tmp_path / "copy.sqlite", "--force")
        assert ran.code == 0, ran.err


def test_a_backup_replaces_nothing_unasked(baton: Baton, installed: FakeSlack, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    target.write_text("precious")
    ran = baton("db", "backup", target)
    assert (ran.code, target.read_text()) == (1, "precious")
    assert "--force" in ran.err
    assert baton("db", "backup", target, "--force").code == 0
    assert "does not exist" in baton("db", "backup", tmp_path / "no" / "where.sqlite").err
    assert baton("db", "backup").code == 0


def test_a_backup_of_nothing_and_of_postgresql(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no database" in baton("db", "backup").err
    monkeypatch.setenv("BATON_DATABASE_URL", "postgresql://somebody:secret@db.example.test/baton")
    ran = baton("db", "backup")
    assert (ran.code, "pg_dump" in ran.err) == (1, True)
    assert "secret" not in ran.err
