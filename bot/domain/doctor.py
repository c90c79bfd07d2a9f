"""Findings about an installation: what is in order, what is worth knowing, and what has to be fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.eol.feed import SHIPPED_ON, freshness
from bot.domain.names import clean

#: Slack and Baton refuse each other's requests if their clocks differ by more than five minutes. A fifth of that is
#: reported.
_CLOCKS_DIFFER = timedelta(seconds=60)
_IMPORT_IS_OLD = timedelta(days=7)
_FEW_BYTES = 500 * 1024 * 1024
_OTHERS_MAY = 0o077


class Level(StrEnum):
    """The severity of a finding. Only a problem keeps Baton from working."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: its state, and what to do if anything."""

    about: str
    level: Level
    what: str
    do: str = ""


def tokens(*, is_bot: bool | None, is_app: bool | None, has_secret: bool) -> Iterator[Finding]:
    """Check the form of the tokens. `is_bot` and `is_app` are whether each is of its kind; None if it is not set."""
    if is_bot is None:
        do = "Set BATON_SLACK_BOT_TOKEN to the Bot User OAuth Token of the installed app."
        yield Finding("bot token", Level.PROBLEM, "It is not set.", do)
    elif not is_bot:
        what = "It does not begin with xoxb-, or has quotation marks or spaces in it: it is not a bot token."
        yield Finding("bot token", Level.PROBLEM, what, "Copy the Bot User OAuth Token, not another one.")
    if is_app is False:
        what = "It does not begin with xapp-, or has quotation marks or spaces in it: it is not an app-level token."
        do = "Make one with the scope connections:write under Basic Information, or unset BATON_SLACK_APP_TOKEN."
        yield Finding("app token", Level.PROBLEM, what, do)
    if is_app is not None:
        yield Finding("transport", Level.OK, "Socket Mode, because BATON_SLACK_APP_TOKEN is set.")
    elif has_secret:
        yield Finding("transport", Level.OK, "HTTP, signed with BATON_SLACK_SIGNING_SECRET.")
    else:
        do = "Set BATON_SLACK_APP_TOKEN for Socket Mode, or BATON_SLACK_SIGNING_SECRET for HTTP."
        yield Finding("transport", Level.PROBLEM, "Neither Socket Mode nor HTTP is set up.", do)


def not_tried(error: str, *, is_reached: bool, may_pass: bool) -> Finding | None:
    """Return why Slack did not check a token: it cannot be reached, or is in trouble. None if it did check one."""
    if not is_reached:
        do = "Check this machine's network, name servers and proxy; the tokens could not be tried."
        return Finding("Slack", Level.PROBLEM, f"It cannot be reached: {error}.", do)
    if may_pass:
        do = "Run this again in some minutes; the tokens could not be tried. slack-status.com says more."
        return Finding("Slack", Level.PROBLEM, f"It is in trouble: {error}.", do)
    return None


def unknown_settings(said: Iterable[str]) -> Iterator[Finding]:
    """Report variables that are set but are not settings. `said` are sentences."""
    for each in said:
        yield Finding("settings", Level.NOTE, each, "Correct the name, or unset it; docs/operating.md has them all.")


def people_sources(missing: Sequence[str]) -> Iterator[Finding]:
    """Report sources that a setting trusts for people and that nobody has imported."""
    for name in missing:
        do = "Compare it with `baton catalog sources`. If its first import is still to come, there is nothing to do."
        yield Finding("people", Level.NOTE, not_a_source(name), do)


def not_a_source(name: str) -> str:
    """Return the sentence that a setting names a source that does not exist."""
    return f"BATON_PEOPLE_SOURCES names {clean(name)}, and no source is called that."


def scopes(granted: Iterable[str], needed: Sequence[str]) -> Finding:
    """Compare the scopes of the installed app with those of app.yaml."""
    held = set(granted)
    missing = [scope for scope in needed if scope not in held]
    if missing:
        do = "Add them to the app (`baton manifest` prints a manifest that has them) and install it again."
        return Finding("scopes", Level.PROBLEM, f"Missing: {', '.join(missing)}.", do)
    surplus = sorted(held - set(needed))
    if surplus:
        what = f"All are there, and some that Baton does not need: {', '.join(surplus)}."
        return Finding("scopes", Level.NOTE, what, "Take them away when nothing else uses this app.")
    return Finding("scopes", Level.OK, "Those of app.yaml, all granted.")


def clocks(*, here: datetime, slacks: datetime | None) -> Finding:
    """Compare this machine's clock with Slack's; signatures depend on it."""
    if slacks is None:
        return Finding("clock", Level.NOTE, "Slack did not say what time it is.", "Check that this machine uses NTP.")
    apart = abs(here - slacks)
    seconds = round(apart.total_seconds())
    if apart > _CLOCKS_DIFFER:
        do = "Set this machine's clock (NTP): signatures that are five minutes off are refused."
        return Finding("clock", Level.PROBLEM, f"It is {seconds:,} seconds away from Slack's.", do)
    return Finding("clock", Level.OK, f"Within {max(seconds, 1)} s of Slack's.")


def schema(*, at: str | None, needed: str) -> Finding:
    """Check the version of the database's schema."""
    if at == needed:
        return Finding("schema", Level.OK, f"Version {at}, which this Baton needs.")
    what = f"The database is at version {at or 'none'} and this Baton needs {needed}."
    newer = at is not None and at > needed
    return Finding("schema", Level.PROBLEM, what, "Run the newer Baton." if newer else "Run `baton db upgrade`.")


def sqlite_file(*, mode: int, free_bytes: int, journal: str) -> Iterator[Finding]:
    """Check the SQLite file: who can read it, how much space is left, and its journal."""
    if mode & _OTHERS_MAY:
        what = "Others than its owner have rights to it, names and addresses included."
        yield Finding("database file", Level.NOTE, what, "Take them away, as its owner: chmod go= on the file.")
    if free_bytes < _FEW_BYTES:
        what = f"Only {free_bytes // (1024 * 1024):,} MiB are free where it is."
        yield Finding("disk", Level.PROBLEM, what, "Make room: a full disk stops every change.")
    if journal != "wal":
        what = f"Its journal is '{journal}', not WAL, so readers and writers wait for each other."
        yield Finding("journal", Level.NOTE, what, "Put the file on a local disk; network drives do not support WAL.")


def settings_file(name: str, *, mode: int) -> Iterator[Finding]:
    """Check who can read a settings file, which usually contains tokens."""
    if mode & _OTHERS_MAY:
        what = f"Others than its owner have rights to {name}, tokens included."
        yield Finding("settings file", Level.NOTE, what, f"Take them away: chmod go= {name}")


def listeners(name: str, *, registered: int, taken: Sequence[str]) -> Finding:
    """Report the organisation's own module, which was registered to see whether it works.

    `taken` is what it wants to listen to and Baton answers itself.
    """
    if not registered:
        do = "Add listeners in its `register(app)`, or unset BATON_LISTENERS."
        return Finding("listeners", Level.NOTE, f"{name} registers nothing.", do)
    if taken:
        said = f"Baton itself takes {', '.join(taken)}: the listeners of {name} for that are never called."
        return Finding("listeners", Level.NOTE, said, 'See "Listeners of your own" in docs/operating.md.')
    return Finding("listeners", Level.OK, f"{registered:,} of {name} can be registered.")


def catalog(*, assets: int, last_import: datetime | None, now: datetime) -> Finding:
    """Check whether there is a catalog to answer from, and how old it is."""
    if not assets:
        do = "Import one: `baton catalog import auto PATH`."
        return Finding("catalog", Level.PROBLEM, "It is empty, so nothing can be answered.", do)
    if last_import is None or now - last_import > _IMPORT_IS_OLD:
        when = f"on {last_import.date().isoformat()}" if last_import is not None else "never"
        what = f"{assets:,} assets, last imported {when}."
        return Finding("catalog", Level.NOTE, what, "Import regularly, for example every night.")
    return Finding("catalog", Level.OK, f"{assets:,} assets, last imported {last_import.date().isoformat()}.")


def facts(*, products: int, confirmed_at: datetime | None, failure: str, now: datetime) -> Finding:
    """Check the copy of the feed of end-of-life dates: its age, and the result of the last attempt to renew it."""
    about, failed = "end-of-life facts", f" The last try failed: {failure}" if failure else ""
    do = "Run `baton eol refresh`, offline with `--from FILE`."
    if confirmed_at is None:
        return Finding(
            about, Level.NOTE, f"Of {SHIPPED_ON}, as Baton ships them: the feed has not been read.{failed}", do
        )
    days = max((now - confirmed_at).days, 0)
    age = "Confirmed today" if days == 0 else f"{days:,} {'day' if days == 1 else 'days'} old"
    what = f"{age}: {products:,} products.{failed}"
    if not freshness(confirmed_at, now).may_clear:
        return Finding(about, Level.PROBLEM, what, do)
    return Finding(about, Level.NOTE, what, do) if failure else Finding(about, Level.OK, what)


def outbox(*, waiting: int, failed: int, oldest_due: datetime | None, now: datetime) -> Finding:
    """Check the messages that Baton still has to post."""
    if failed:
        what = f"Messages that could not be delivered: {failed:,}."
        do = "See `baton outbox list` for the reasons; then `baton outbox retry --failed`, or `baton outbox drop ID`."
        return Finding("outbox", Level.PROBLEM, what, do)
    if oldest_due is not None and now - oldest_due > timedelta(minutes=15):
        what = f"{waiting:,} messages wait, the first since {oldest_due.isoformat(timespec='minutes')}."
        return Finding("outbox", Level.NOTE, what, "They go out while `baton run` runs: is it running?")
    return Finding("outbox", Level.OK, f"{waiting:,} messages wait." if waiting else "Nothing waits.")


def messages(*, judged: int, refused: Sequence[tuple[str, Sequence[str]]], error: str) -> Iterator[Finding]:
    """Report Slack's verdict on samples of everything that Baton sends. `refused` are titles with the reasons.

    `error` is Slack's code if it did not check all of them.
    """
    about = "messages"
    for title, reasons in refused:
        rest = f" (and {len(reasons) - 3:,} more)" if len(reasons) > 3 else ""
        what = f"Slack does not take {title}: {'; '.join(reasons[:3])}{rest}."
        yield Finding(about, Level.PROBLEM, what, "Report it to whoever maintains Baton, with this line.")
    if error:
        what = f"Slack judged {judged:,} and then no more: {error}."
        yield Finding(about, Level.NOTE, what, "Try again later; with unknown_method, Slack offers no check here.")
    elif not refused:
        yield Finding(about, Level.OK, f"Slack takes a sample of each message and view, {judged:,} in all.")


def places(refused: Sequence[str]) -> Finding:
    """Check whether messages reach their places. `refused` are places that accept none."""
    if not refused:
        return Finding("places", Level.OK, "No message had to go elsewhere lately.")
    named = f"{', '.join(refused[:5])}{' …' if len(refused) > 5 else ''}"
    what = f"Messages went elsewhere, because Slack takes none for {named}."
    return Finding("places", Level.NOTE, what, "See `baton outbox list` for the reasons and what helps.")


def reach(*, lost: int, nowhere: Sequence[str]) -> Finding:
    """Check whether people hear of what reaches end of life. `nowhere` names teams with neither channel nor lead."""
    if not lost:
        return Finding("reminders", Level.OK, "Every deadline has somebody who hears of it.")
    what = f"{lost:,} {'deadline reaches' if lost == 1 else 'deadlines reach'} nobody."
    if nowhere:
        what += f" Without a channel and a lead in Slack: {', '.join(nowhere[:5])}{' …' if len(nowhere) > 5 else ''}."
    do = "Set BATON_PLATFORM_CHANNEL to a channel that Baton is in; better, give every team a channel."
    return Finding("reminders", Level.PROBLEM, what, do)
