"""Settings, from the environment (`BATON_…`) and a `.env` file. Built only by the command line; frozen."""

from __future__ import annotations

import re
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

from bot.errors import SettingsError

#: Beside where a command is run.
ENV_FILE = ".env"
#: A byte-order mark, as editors on Windows write it, is no part of the first name.
_ENCODING = "utf-8-sig"
#: Tokens as Slack makes them: of plain letters, without the quotation marks and spaces that copying adds.
BOT_TOKEN = re.compile(r"(xoxe\.)?xoxb-[!#-&(-~]+")
APP_TOKEN = re.compile(r"xapp-[!#-&(-~]+")
_SECRET = re.compile(r"[!#-&(-~]+")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_SITE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/?")
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,254}")
_ISSUE_TYPE = re.compile(r"[^\s\"].{0,59}")
_MODEL_NAME = re.compile(r"[!-~]{1,100}")
_EMAIL = re.compile(r"[!-~]+@[!-~]+")
_SHORTEST_WEBHOOK_SECRET = 16
_NAME = re.compile(r"BATON_[A-Z0-9_]{1,60}")
#: What Kubernetes or Docker sets for a service that is called baton.
_LINK = re.compile(r"BATON_(NAME|ENV_.*|SERVICE_(HOST|PORT.*)|PORT_[0-9]+_.*)")
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most"}
_AS_IT_IS = "as it stands, without quotation marks, spaces or line breaks"


def is_host(name: str) -> bool:
    """Whether a name server can be asked for this host: no part of its name is empty or too long."""
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def _host(name: str) -> str:
    if not is_host(name):
        raise ValueError("that is no host; it is a name or an address like 127.0.0.1, or 0.0.0.0 for all of them")
    return name


def _is_of_a_host(address: str) -> bool:
    """Whether an address on the web has a host and a port that can be."""
    try:
        parts = urlsplit(address)
        return (parts.port is None or parts.port > 0) and is_host(parts.hostname or "")
    except ValueError:
        return False


def _web_address(address: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", address) or not _is_of_a_host(address):
        raise ValueError("that is no web address; it begins with https:// and a host name")
    return address


def _api_address(address: str) -> str:
    """Check an address to which a token is sent: HTTP has one place for a token and for a password."""
    if "@" in urlsplit(_web_address(address)).netloc:
        raise ValueError("there is no room for a user or a password in it; the token says who asks")
    return address


def _optional_api_address(address: str) -> str:
    return _api_address(address) if address else address


def _public_address(address: str) -> str:
    shape = r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?"
    if address and not (re.fullmatch(shape, address) and _is_of_a_host(address)):
        raise ValueError("that is no address of a server; it is one like https://baton.example.com")
    return address


def _emoji(name: str) -> str:
    if not _EMOJI.fullmatch(name):
        raise ValueError("that is no emoji; it is a name like devops-request, without colons")
    return name


def _ids(letters: str, example: str) -> AfterValidator:
    """Return the check that a setting lists Slack's ids that begin with one of these letters."""

    def check(ids: str) -> str:
        if any(not re.fullmatch(f"[{letters}][A-Z0-9]+", each) for each in listed(ids)):
            raise ValueError(f"that is no list of Slack's ids; they are like {example}, with commas between")
        return ids

    return AfterValidator(check)


def listed(setting: str) -> frozenset[str]:
    """Return what a setting lists with commas between."""
    return frozenset(each.strip() for each in setting.split(",")) - {""}


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name[:60]!r}; it is a name like Europe/Berlin") from None


class Settings(BaseSettings):
    """Everything that can be set. Secrets are `SecretStr`, so that they never show in a log or a traceback."""

    model_config = SettingsConfigDict(
        env_prefix="BATON_",
        env_file=ENV_FILE,
        env_file_encoding=_ENCODING,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
    )

    #: Where the store is: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`.
    database_url: SecretStr = SecretStr("sqlite:///baton.sqlite")
    #: The bot token (`xoxb-…`) of the installed app.
    slack_bot_token: SecretStr = SecretStr("")
    #: The signing secret, for requests over HTTP.
    slack_signing_secret: SecretStr = SecretStr("")
    #: The app-level token (`xapp-…`): when set, Baton uses Socket Mode.
    slack_app_token: SecretStr = SecretStr("")
    #: Slack's Web API; tests and the playground point it at the simulated Slack.
    slack_api_url: Annotated[str, AfterValidator(_api_address)] = "https://slack.com/api/"
    #: Where the web server listens (Slack's requests over HTTP, health, metrics).
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    #: Where that server is reached from outside (`https://baton.example.com`): calendars are fetched from there.
    public_url: Annotated[str, AfterValidator(_public_address)] = ""
    #: A fact that nobody confirmed or imported for this many days is called stale.
    stale_after_days: Annotated[int, Field(ge=1, le=36_500)] = 180
    #: The sources that may say who people are and who is in which team: their names, separated by commas. Empty: those
    #: that were imported with --trust-people.
    people_sources: str = ""
    #: The time zone of teams and people that have none of their own, by its IANA name.
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    #: The channel that hears of what reaches nobody else, and of deadlines that have come unanswered: a name or an id.
    platform_channel: str = ""
    #: The team that takes requests: its name or an alias in the catalog. Empty: requests cannot be opened.
    devops_team: str = ""
    #: The channel in which its requests come in: a name or an id. Empty: the team's own.
    triage_channel: str = ""
    #: The hours that it has for requests in a week, and the working hours within which it answers a new one.
    devops_weekly_hours: Annotated[float, Field(gt=0, le=10_000)] = 30.0
    first_response_hours: Annotated[float, Field(gt=0, le=1_000)] = 8.0
    #: How many weeks a sprint has.
    sprint_weeks: Annotated[int, Field(ge=1, le=12)] = 2
    #: The emoji that opens a request from a thread when somebody reacts with it.
    request_emoji: Annotated[str, AfterValidator(_emoji)] = "devops-request"
    #: The emoji with which Baton shows how a thread's request stands, in channels that want it.
    seen_emoji: Annotated[str, AfterValidator(_emoji)] = "eyes"
    done_emoji: Annotated[str, AfterValidator(_emoji)] = "white_check_mark"
    failed_emoji: Annotated[str, AfterValidator(_emoji)] = "x"
    #: Where accepted requests become issues. `github_token` and its like are read only for the tracker that is chosen.
    tracker: Literal["", "github", "jira"] = ""
    #: Whether replies in a request's thread become comments of its issue, and comments become replies.
    tracker_comments: bool = False
    github_repository: str = ""
    github_token: SecretStr = SecretStr("")
    github_webhook_secret: SecretStr = SecretStr("")
    github_api_url: Annotated[str, AfterValidator(_api_address)] = "https://api.github.com"
    jira_site: str = ""
    jira_project: str = ""
    jira_issue_type: str = "Task"
    jira_email: str = ""
    jira_token: SecretStr = SecretStr("")
    jira_webhook_secret: SecretStr = SecretStr("")
    #: The language model that may add to the draft of a request: the address of a server that speaks OpenAI's chat
    #: completions (`https://models.example.com/v1`), and the model's name there. Empty: none is asked.
    model_url: Annotated[str, AfterValidator(_optional_api_address)] = ""
    model_name: str = ""
    model_key: SecretStr = SecretStr("")
    #: Private channels, and channels shared with other organisations, of which it may read threads: ids, separated by
    #: commas. Threads of other public channels it always may.
    model_channels: Annotated[str, _ids("CG", "C0123ABCD")] = ""
    #: A module whose `register(app)` adds listeners of the organisation's own to Bolt's app; empty for none.
    listeners: str = ""
    #: How often the catalog's revision is looked at, in seconds.
    catalog_poll_seconds: Annotated[float, Field(gt=0, le=3600)] = 0.5
    #: Where the feed of end-of-life dates is asked once a day, unless `feed_refresh` is off.
    feed_url: Annotated[str, AfterValidator(_web_address)] = "https://endoflife.date"
    feed_refresh: bool = True
    #: Channels shared with other organisations in which anybody may ask: ids, separated by commas.
    open_channels: Annotated[str, _ids("CG", "C0123ABCD")] = ""
    #: Who sees on their Home tab what was asked for in vain, and may remove it: Slack ids, separated by commas.
    catalog_admins: Annotated[str, _ids("UW", "U0123ABCD")] = ""
    #: With it as a bearer token `/metrics` may be read; empty: there is no `/metrics`.
    metrics_token: SecretStr = SecretStr("")
    #: How long the headers, and then the body, of a request may take to arrive, in seconds.
    read_seconds: Annotated[float, Field(gt=0, le=3600)] = 10.0
    #: How long a shutdown waits for work that has begun, in seconds.
    drain_seconds: Annotated[float, Field(gt=0, le=3600)] = 10.0
    #: `json` for machines, `text` for people.
    log_format: Literal["json", "text"] = "json"

    @property
    def stale_after(self) -> timedelta:
        """How long a fact is trusted after it was last confirmed or seen."""
        return timedelta(days=self.stale_after_days)

    @property
    def open_channel_ids(self) -> frozenset[str]:
        """The ids in `open_channels`."""
        return listed(self.open_channels)

    @property
    def people_source_names(self) -> frozenset[str]:
        """The names in `people_sources`."""
        return listed(self.people_sources)

    def trusts_people(self, source: str) -> bool | None:
        """Tell whether `source` may say who is in which team; None where no setting says which sources may."""
        names = self.people_source_names
        return source in names if names else None

    def require_slack(self) -> None:
        """Raise SettingsError, naming what is missing or cannot be right, unless Slack can be served."""
        bot, app = self.slack_bot_token.get_secret_value(), self.slack_app_token.get_secret_value()
        secret = self.slack_signing_secret.get_secret_value()
        if not bot:
            raise SettingsError("BATON_SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token (xoxb-…) of the app.")
        if not BOT_TOKEN.fullmatch(bot):
            what = "BATON_SLACK_BOT_TOKEN is no bot token: copy the Bot User OAuth Token"
            raise SettingsError(f"{what} (xoxb-…) of the app {_AS_IT_IS}.")
        if app and not APP_TOKEN.fullmatch(app):
            what = "BATON_SLACK_APP_TOKEN is no app-level token: copy the one with the scope connections:write"
            raise SettingsError(f"{what} (xapp-…) {_AS_IT_IS}.")
        if not app and not secret:
            raise SettingsError(
                "Set BATON_SLACK_APP_TOKEN (xapp-…) for Socket Mode, or BATON_SLACK_SIGNING_SECRET for HTTP."
            )
        if secret and not _SECRET.fullmatch(secret):
            what = "BATON_SLACK_SIGNING_SECRET is no signing secret: copy it from the app's Basic Information"
            raise SettingsError(f"{what} {_AS_IT_IS}.")

    @property
    def tracker_webhook_secret(self) -> str:
        """The secret of the webhooks of the tracker that is chosen; empty: none are taken."""
        secrets = {"github": self.github_webhook_secret, "jira": self.jira_webhook_secret}
        return secrets[self.tracker].get_secret_value() if self.tracker else ""

    def require_model(self) -> None:
        """Raise SettingsError, naming what is missing or cannot be right, unless the chosen model can be asked."""
        if self.model_url:
            _require("MODEL_NAME", self.model_name, _MODEL_NAME, "it is the model's name at that address")
            if key := self.model_key.get_secret_value():
                _require("MODEL_KEY", key, _SECRET, f"copy the key {_AS_IT_IS}")

    def require_tracker(self) -> None:
        """Raise SettingsError, naming what is missing or cannot be right, unless the chosen tracker can be asked."""
        if self.tracker == "github":
            _require("GITHUB_REPOSITORY", self.github_repository, _REPOSITORY, "it is one like acme/platform")
            _require("GITHUB_TOKEN", self.github_token.get_secret_value(), _SECRET, f"copy the token {_AS_IT_IS}")
        elif self.tracker == "jira":
            _require("JIRA_SITE", self.jira_site, _SITE, "it is one like https://acme.atlassian.net")
            if not _is_of_a_host(self.jira_site):
                raise SettingsError("BATON_JIRA_SITE is not right: it has a host or a port that cannot be.")
            _require("JIRA_PROJECT", self.jira_project, _PROJECT, "it is the project's key, one like OPS")
            _require("JIRA_ISSUE_TYPE", self.jira_issue_type, _ISSUE_TYPE, "it is one like Task")
            _require("JIRA_EMAIL", self.jira_email, _EMAIL, "it is the address of the account that the token is of")
            _require("JIRA_TOKEN", self.jira_token.get_secret_value(), _SECRET, f"copy the token {_AS_IT_IS}")
        if self.tracker_webhook_secret and len(self.tracker_webhook_secret) < _SHORTEST_WEBHOOK_SECRET:
            least = _SHORTEST_WEBHOOK_SECRET
            name = f"BATON_{self.tracker.upper()}_WEBHOOK_SECRET"
            raise SettingsError(f"{name} can be guessed: take at least {least} characters drawn by lot.")


def _require(name: str, value: str, shape: re.Pattern[str], hint: str) -> None:
    """Raise SettingsError unless a setting is of this shape; the value, which may be a secret, is not repeated."""
    if not shape.fullmatch(value):
        raise SettingsError(f"BATON_{name} {'is not right' if value else 'is not set'}: {hint}.")


def unknown() -> list[str]:
    """Return a sentence for each name in the environment or `.env` that looks like a setting but is none; no value."""
    given = {**EnvSettingsSource(Settings).env_vars, **DotEnvSettingsSource(Settings).env_vars}
    known = [f"BATON_{name.upper()}" for name in Settings.model_fields]
    found = {name.upper(): value for name, value in given.items() if name.upper().startswith("BATON_")}
    return [
        _unknown(name, value, known)
        for name, value in sorted(found.items())
        if name not in known and not _LINK.fullmatch(name)
    ]


def _unknown(name: str, value: str | None, known: list[str]) -> str:
    if value is None or not _NAME.fullmatch(name):  # without a "=", what looks like the name may hold the value
        return "A line of .env that begins with BATON_ sets nothing: write NAME=VALUE."
    near = get_close_matches(name.removeprefix("BATON_"), [each.removeprefix("BATON_") for each in known], 1)
    return f"{name} is no setting, so it does nothing" + (f": is BATON_{near[0]} meant?" if near else ".")


def _words(error: ErrorDetails) -> str:
    """Return what a setting may be, in a sentence that names it, without its value, which may be a secret."""
    name, kind, context = f"BATON_{str(error['loc'][0]).upper()}", error["type"], error.get("ctx", {})
    if kind.startswith("int_"):
        return f"{name} must be a whole number, in digits"
    if kind.startswith(("float_", "finite_")):
        return f"{name} must be a number, in digits"
    if kind.startswith("bool_"):
        return f"{name} must be true or false"
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"{name} must be {words} {context[bound]:g}"
    if "expected" in context:
        return f"{name} must be {context['expected']}"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"


def load(**overrides: object) -> Settings:
    """Read the settings; `overrides` win. Raises SettingsError in one line that names the variable or the file."""
    if Path(ENV_FILE).is_dir():
        raise SettingsError("The folder .env stands where Baton looks for a file of settings: give it another name.")
    try:
        return Settings.model_validate({**Settings().model_dump(), **overrides}) if overrides else Settings()
    except ValidationError as error:
        raise SettingsError(_words(error.errors()[0])) from None
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"The file .env cannot be read: {error.strerror}.") from None
