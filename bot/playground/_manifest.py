"""What an app manifest allows: commands, shortcuts, events, scopes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Granted only if a manifest names them, because each changes how a refusal looks.
_NEVER_IMPLIED = frozenset({"chat:write.public", "chat:write.customize"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """The part of an app manifest that Slack enforces.

    None means that no manifest was installed: everything is allowed.
    """

    commands: dict[str, bool] | None = None
    #: callback_id -> "message" or "global".
    shortcuts: dict[str, str] | None = None
    events: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab_read_only: bool = False
    bot_name: str | None = None
    app_name: str = "Baton"
    raw: dict[str, Any] = field(default_factory=dict)

    def grants(self, scope: str) -> bool:
        """Whether the app has this scope."""
        return scope not in _NEVER_IMPLIED if self.scopes is None else scope in self.scopes

    def subscribes(self, event: str) -> bool:
        """Whether the app subscribes to this bot event, such as `message.channels`."""
        return self.events is None or event in self.events

    def escapes(self, command: str) -> bool:
        """Whether names behind this command arrive as mentions with ids (`should_escape`)."""
        return bool(self.commands and self.commands.get(command))


def read_manifest(manifest: dict[str, Any]) -> Manifest:
    """Read Slack's manifest as a dict (from app.yaml). Raises KeyError or TypeError if it is not a manifest."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    home = features.get("app_home", {})
    return Manifest(
        commands={c["command"]: bool(c.get("should_escape")) for c in features.get("slash_commands", ())},
        shortcuts={s["callback_id"]: s["type"] for s in features.get("shortcuts", ())},
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled")),
        bot_name=features.get("bot_user", {}).get("display_name"),
        app_name=manifest["display_information"]["name"],
        raw=manifest,
    )
