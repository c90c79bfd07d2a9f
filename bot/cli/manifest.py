"""`baton manifest`: the Slack app's manifest, ready to paste at api.slack.com/apps."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import yaml

from bot import data
from bot.cli._terminal import print_json
from bot.errors import SettingsError
from bot.web import SLACK_PATH


def manifest(
    url: Annotated[str, typer.Option(help="Where Slack reaches Baton over HTTP, e.g. https://baton.example.com.")] = "",
    socket_mode: Annotated[bool, typer.Option("--socket-mode", help="For Socket Mode, which is the default.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of YAML.")] = False,
) -> None:
    """Print the manifest of the Slack app: for Socket Mode, or with request URLs for HTTP."""
    if url and socket_mode:
        raise typer.BadParameter("--url is for HTTP and --socket-mode for Socket Mode: give one of them.")
    made = for_http(data.manifest(), url) if url else data.manifest()
    if as_json:
        print_json(made)
    else:
        sys.stdout.write(yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120))


def for_http(made: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the manifest with Socket Mode off and the request URL everywhere that Slack needs it.

    Raises SettingsError unless `url` is an https address without a query.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsError("Slack needs an https address, for example --url https://baton.example.com.")
    path = parts.path.rstrip("/").removesuffix(SLACK_PATH)
    address = f"https://{parts.netloc}{path}{SLACK_PATH}"
    settings = made["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = address
    settings["interactivity"]["request_url"] = address
    for command in made["features"]["slash_commands"]:
        command["url"] = address
    return made
