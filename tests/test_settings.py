"""Settings that cannot be right are one sentence, which names the variable and no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.run import run
from bot.errors import SettingsError
from bot.settings import Settings, load, unknown
from bot.store.db import normalise_url
from tests.conftest import REPOSITORY

HIDDEN = "hunter2-a-password"
TOKEN, SECRET = "xoxb-1-a", "0a1b2c"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sentence(caught: pytest.ExceptionInfo[SettingsError]) -> str:
    said = str(caught.value)
    assert HIDDEN not in said
    assert "\n" not in said
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return said


def given(*, bot: str = TOKEN, app: str = "", secret: str = SECRET) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=SecretStr(bot),
        slack_app_token=SecretStr(app),
        slack_signing_secret=SecretStr(secret),
    )


def test_a_byte_order_mark_hides_no_setting(folder: Path) -> None:
    (folder / ".env").write_text("BATON_TIMEZONE=Europe/Berlin\n", encoding="utf-8-sig")
    assert (load().timezone, unknown()) == ("Europe/Berlin", [])


def test_a_name_that_is_no_setting_is_said_with_the_nearest(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("BATON_CATALOG_ADMIN", HIDDEN)
    monkeypatch.setenv("BATON_SERVICE_HOST", "10.0.0.1")  # Kubernetes sets these for a service called baton
    monkeypatch.setenv("BATON_PORT_8080_TCP_PORT", "8080")
    monkeypatch.setenv("BATON_TIMEZONE", "Europe/Berlin")
    lines = [
        "BATON_LOG_FORMATS=text",
        "baton_xyz=1",
        f"BATON_SLACK_BOT_TOKENxoxb-{HIDDEN}",
        "OTHER=1",
        "BATON_HOST=::1",
    ]
    (folder / ".env").write_text("\n".join(lines))
    said = unknown()
    assert said == [
        "BATON_CATALOG_ADMIN is no setting, so it does nothing: is BATON_CATALOG_ADMINS meant?",
        "BATON_LOG_FORMATS is no setting, so it does nothing: is BATON_LOG_FORMAT meant?",
        "A line of .env that begins with BATON_ sets nothing: write NAME=VALUE.",
        "BATON_XYZ is no setting, so it does nothing.",
    ]
    assert HIDDEN not in " ".join(said)


def test_a_start_warns_of_names_that_are_no_settings(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BATON_PROT", HIDDEN)
    monkeypatch.setattr("bot.cli.run.logs.configure", lambda _: None)
    monkeypatch.setattr("bot.cli.run.asyncio.run", lambda work: work.close())
    run()
    assert caplog.messages == ["BATON_PROT is no setting, so it does nothing: is BATON_PORT meant?"]


@pytest.mark.parametrize("bot", [TOKEN, "xoxe.xoxb-1-Mi0yLTEtMC0x_a=/+"])
@pytest.mark.parametrize("app", ["", "xapp-1-A0-1-ab12"])
def test_tokens_as_slack_makes_them_are_taken(bot: str, app: str) -> None:
    given(bot=bot, app=app).require_slack()


@pytest.mark.parametrize(
    "wrong",
    [f"xapp-{HIDDEN}", f"xoxp-{HIDDEN}", f"“xoxb-{HIDDEN}”", f'"xoxb-{HIDDEN}"', f"'xoxb-{HIDDEN}'", f"xoxb-{HIDDEN}\n",
     f" xoxb-{HIDDEN}", f"xoxb-1 {HIDDEN}", f"xoxb-1\n{HIDDEN}", f"xoxb-é{HIDDEN}", f"xoxb-\u200b{HIDDEN}", "xoxb-"],
)  # fmt: skip
def test_what_is_no_bot_token_is_said(wrong: str) -> None:
    with pytest.raises(SettingsError, match="BATON_SLACK_BOT_TOKEN is no bot token") as caught:
        given(bot=wrong).require_slack()
    sentence(caught)


@pytest.mark.parametrize("wrong", [f"xoxb-{HIDDEN}", f"xapp-{HIDDEN}\n", f"‘xapp-{HIDDEN}’"])
def test_what_is_no_app_token_is_said(wrong: str) -> None:
    with pytest.raises(SettingsError, match="BATON_SLACK_APP_TOKEN is no app-level token") as caught:
        given(app=wrong).require_slack()
    sentence(caught)


@pytest.mark.parametrize("wrong", ["  ", f"{HIDDEN}\n", f"“{HIDDEN}”"])
def test_what_is_no_signing_secret_is_said(wrong: str) -> None:
    with pytest.raises(SettingsError, match="BATON_SLACK_SIGNING_SECRET is no signing secret") as caught:
        given(secret=wrong).require_slack()
    sentence(caught)


@pytest.mark.parametrize("name", ["SLACK_API_URL", "FEED_URL"])
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "slack.com/api",
        "https://",
        "https:///api",
        "https://a:99999/",
        "https://[::1/",
        "ftp://a/",
        "https://a b/",
        "https://a..b/",
        f"https://{'a' * 64}.com/",
    ],
)
def test_what_is_no_web_address_is_said(name: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BATON_{name}", wrong)
    with pytest.raises(SettingsError, match=f"^BATON_{name}: that is no web address") as caught:
        load()
    sentence(caught)


@pytest.mark.parametrize(
    "right", ["https://slack.com/api/", "http://127.0.0.1:4100/api/", "http://[::1]:80/", "https://a"]
)
def test_web_addresses_are_taken(right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SLACK_API_URL", right)
    assert load().slack_api_url == right


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("OPEN_CHANNELS", f"general, {HIDDEN}", ": that is no list of Slack's ids; they are like C0123ABCD"),
        ("CATALOG_ADMINS", f"amara {HIDDEN}", ": that is no list of Slack's ids; they are like U0123ABCD"),
        ("SLACK_API_URL", f"https://me:{HIDDEN}@slack.com/api/", ": there is no room for a user or a password in it"),
        ("GITHUB_API_URL", f"https://{HIDDEN}@a/", ": there is no room for a user or a password in it"),
        ("MODEL_URL", f"https://me:{HIDDEN}@a/v1", ": there is no room for a user or a password in it"),
        ("PUBLIC_URL", f"ftp://{HIDDEN}", ": that is no address of a server; it is one like https://baton.example.com"),
        ("PUBLIC_URL", "https://a:99999", ": that is no address of a server; it is one like https://baton.example.com"),
        ("HOST", "", ": that is no host; it is a name or an address like 127.0.0.1"),
        ("HOST", "a..b", ": that is no host; it is a name or an address like 127.0.0.1"),
        ("HOST", "a" * 64, ": that is no host; it is a name or an address like 127.0.0.1"),
        ("DONE_EMOJI", "", ": that is no emoji; it is a name like devops-request, without colons"),
        ("REQUEST_EMOJI", ":ticket:", ": that is no emoji; it is a name like devops-request, without colons"),
        ("TIMEZONE", "Mars/Base", ": there is no time zone 'Mars/Base'; it is a name like Europe/Berlin"),
        ("TIMEZONE", "Europe", ": there is no time zone 'Europe'"),
        ("TIMEZONE", "a" * 300, ": there is no time zone 'aaaa"),
        ("PORT", HIDDEN, " must be a whole number, in digits"),
        ("PORT", "70000", " must be at most 65535"),
        ("STALE_AFTER_DAYS", "0", " must be at least 1"),
        ("READ_SECONDS", HIDDEN, " must be a number, in digits"),
        ("READ_SECONDS", "0", " must be more than 0"),
        ("READ_SECONDS", "nan", " must be a number, in digits"),
        ("FEED_REFRESH", HIDDEN, " must be true or false"),
        ("LOG_FORMAT", HIDDEN, " must be 'json' or 'text'"),
    ],
)
def test_what_a_setting_cannot_hold_is_said_in_words(
    name: str, wrong: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"BATON_{name}", wrong)
    with pytest.raises(SettingsError, match=re.escape(f"BATON_{name}{said}")) as caught:
        load()
    sentence(caught)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STALE_AFTER_DAYS", "99999999999"),
        ("CATALOG_POLL_SECONDS", "inf"),
        ("READ_SECONDS", "nan"),
        ("DRAIN_SECONDS", "1e9"),
    ],
)
def test_what_no_clock_can_count_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BATON_{name}", value)
    with pytest.raises(SettingsError, match=f"BATON_{name}"):
        load()


def test_lists_of_ids_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_OPEN_CHANNELS", " C0123ABCD,G0456 , ")
    monkeypatch.setenv("BATON_CATALOG_ADMINS", "U0123ABCD")
    assert (load().open_channels, load().catalog_admins) == (" C0123ABCD,G0456 , ", "U0123ABCD")


@pytest.mark.parametrize("port", ["-1", "65536", "high", ""])
def test_what_is_no_port_is_said(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PORT", port)
    with pytest.raises(SettingsError, match=r"^BATON_PORT must be "):
        load()


@pytest.mark.parametrize("content", [b"BATON_PORT=\xff\n", "BATON_PORT=1\n".encode("utf-16")])
def test_a_file_of_settings_in_another_encoding_is_said(folder: Path, content: bytes) -> None:
    (folder / ".env").write_bytes(content)
    with pytest.raises(SettingsError, match=re.escape("The file .env is not UTF-8 text")) as caught:
        load()
    sentence(caught)


def test_a_folder_in_the_place_of_the_file_of_settings_is_said(folder: Path) -> None:
    (folder / ".env").mkdir()
    with pytest.raises(SettingsError, match=re.escape("The folder .env stands where")):
        load()


def test_a_file_of_settings_that_cannot_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("BATON_PORT=1\n")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pydantic_settings.sources.providers.dotenv.dotenv_values", refused)
    with pytest.raises(SettingsError, match=re.escape("The file .env cannot be read: Permission denied.")):
        load()


def test_the_providers_name_for_encryption_is_taken() -> None:
    parsed = normalise_url("postgres://u:p@h/x?sslmode=require")
    assert dict(parsed.query) == {"ssl": "require"}


@pytest.mark.parametrize(
    "right",
    [
        "postgresql:///x",
        "postgresql:///x?host=/run/postgresql",
        "postgresql://u:p@h:5433/x?ssl=verify-full",
        "postgresql://u:p@/x?host=a:1&host=b:2&target_session_attrs=read-write",
        "sqlite:////data/baton.sqlite",
    ],
)
def test_addresses_of_databases_are_taken(right: str) -> None:
    assert normalise_url(right).database


@pytest.mark.parametrize(
    "wrong",
    ["", HIDDEN, f"mysql://u:{HIDDEN}@h/x", f"postgressql://u:{HIDDEN}@h/x", f"postgresql://u:{HIDDEN}@[::1/x",
     f"postgresql://u:{HIDDEN}@h:port/x", f"postgresql://u:p@h/x?pasword={HIDDEN}", f"sqlite:{HIDDEN}",
     f"postgresql://u:{HIDDEN}@/x?port=abc", f"postgresql://u:{HIDDEN}@h:1/x?host=a,b&port=1",
     f"postgresql://u:{HIDDEN}@h/x?host=a&host=b", f"postgresql://u:{HIDDEN}@h:99999/x",
     f"postgresql://u:{HIDDEN}@h/x?ssl=banana", f"postgresql://u:{HIDDEN}@a..b/x",
     f"postgresql://u:{HIDDEN}@{'a' * 64}/x", f"postgresql://u:{HIDDEN}@/x?host=a:1&host=b..c:2",
     f"sqlite:///{HIDDEN}%00",
     f"postgresql://u:{HIDDEN}@h/x?target_session_attrs=rw", "sqlite://", "sqlite:///:memory:",
     f"sqlite:///{HIDDEN}?timeout=abc"],
)  # fmt: skip
def test_what_is_no_address_of_a_database_is_said(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^BATON_DATABASE_URL ") as caught:
        normalise_url(wrong)
    sentence(caught)


GITHUB = {"tracker": "github", "github_repository": "acme/platform", "github_token": "ghp_x"}
JIRA = {
    "tracker": "jira",
    "jira_site": "https://acme.atlassian.net",
    "jira_project": "OPS",
    "jira_email": "bot@acme.example",
    "jira_token": "x",
}


@pytest.mark.parametrize("right", [{}, GITHUB, JIRA, {**GITHUB, "github_webhook_secret": "0123456789abcdef"}])
def test_a_tracker_that_can_be_asked(right: dict[str, str]) -> None:
    load(**right).require_tracker()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({**GITHUB, "github_repository": f"https://{HIDDEN}/acme"}, "BATON_GITHUB_REPOSITORY is not right"),
        ({**GITHUB, "github_token": ""}, "BATON_GITHUB_TOKEN is not set"),
        ({**JIRA, "jira_site": f"https://{HIDDEN}:99999"}, "BATON_JIRA_SITE is not right"),
        ({**JIRA, "jira_site": "https://["}, "BATON_JIRA_SITE is not right"),
        ({**JIRA, "jira_site": ""}, "BATON_JIRA_SITE is not set"),
        ({**GITHUB, "github_token": f'"{HIDDEN}"'}, "BATON_GITHUB_TOKEN is not right"),
        ({**GITHUB, "github_webhook_secret": HIDDEN[:9]}, "BATON_GITHUB_WEBHOOK_SECRET can be guessed"),
        ({**JIRA, "jira_site": f"acme.atlassian.net/{HIDDEN}"}, "BATON_JIRA_SITE is not right"),
        ({**JIRA, "jira_project": 'OPS" OR project = "HR'}, "BATON_JIRA_PROJECT is not right"),
        ({**JIRA, "jira_email": HIDDEN}, "BATON_JIRA_EMAIL is not right"),
        ({**JIRA, "jira_token": f"{HIDDEN}\n"}, "BATON_JIRA_TOKEN is not right"),
    ],
)
def test_a_tracker_that_cannot_be_asked_is_one_sentence(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)) as caught:
        load(**wrong).require_tracker()
    assert HIDDEN[:9] not in sentence(caught)


def test_a_tracker_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(SettingsError, match="BATON_TRACKER"):
        load(tracker="gitlab")


MODEL = {"model_url": "https://models.example.com/v1", "model_name": "small-1"}


@pytest.mark.parametrize("right", [{}, MODEL, {**MODEL, "model_key": "sk-x"}])
def test_a_model_that_can_be_asked(right: dict[str, str]) -> None:
    load(**right).require_model()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({**MODEL, "model_name": ""}, "BATON_MODEL_NAME is not set"),
        ({**MODEL, "model_key": f'"{HIDDEN}"'}, "BATON_MODEL_KEY is not right"),
    ],
)
def test_a_model_that_cannot_be_asked_is_one_sentence(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)) as caught:
        load(**wrong).require_model()
    assert HIDDEN not in sentence(caught)


@pytest.mark.parametrize("wrong", [{"model_url": "models.example.com"}, {"model_channels": "#payments"}])
def test_where_a_model_is_and_what_it_may_read_has_to_be_right(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=f"BATON_{next(iter(wrong)).upper()}"):
        load(**wrong)


def test_the_page_about_settings_has_each_of_them_with_its_default() -> None:
    page = (REPOSITORY / "docs" / "operating.md").read_text()
    rows = [line.strip("|").split(" | ") for line in page.splitlines() if line.startswith("| `BATON_")]
    said: dict[str, str] = {}
    for names, *_, default in rows:
        found = re.findall(r"BATON_(\w+)", names)
        values = re.findall(r"`([^`]*)`", default) if default.startswith("`") else []
        said |= {name.lower(): (values[number] if len(values) > number else "") for number, name in enumerate(found)}
    defaults = {name: field.default for name, field in Settings.model_fields.items() if name != "slack_api_url"}
    assert said.keys() == defaults.keys()
    for name, default in defaults.items():
        plain = default.get_secret_value() if isinstance(default, SecretStr) else default
        words = f"{plain:g}" if isinstance(plain, float) else str(plain)
        assert said[name] == (words.lower() if isinstance(plain, bool) else words), name
