"""app.yaml is valid, and declares exactly what the code listens to."""

from __future__ import annotations

import inspect
import json
from typing import Any, get_type_hints

import jsonschema
import pytest
import yaml

from handlers import ROUTES, eol
from handlers.routes import joined
from tests.conftest import REPOSITORY, SHARED

SCHEMA = SHARED / "slack" / "manifest.schema.2.0.0.json"


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.load((REPOSITORY / "app.yaml").read_text(), Loader=yaml.CSafeLoader)


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not beside the checkout")
def test_the_manifest_is_valid_against_slacks_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(manifest)] == []


def test_lengths_are_within_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert all(len(command["command"]) <= 32 for command in manifest["features"]["slash_commands"])
    assert all(len(shortcut["name"]) <= 24 for shortcut in manifest["features"]["shortcuts"])


def test_commands_shortcuts_and_events_are_those_of_the_code(manifest: dict[str, Any]) -> None:
    listened = ROUTES
    features = manifest["features"]
    assert {c["command"] for c in features["slash_commands"]} == set(listened.commands)
    assert {s["callback_id"] for s in features["shortcuts"]} == set(listened.shortcuts)
    events = {e.split(".")[0] for e in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert events == {*listened.events, *listened.changes}


def test_listeners_are_named_and_typed_alike() -> None:
    listened = ROUTES
    events = {name: each.answer for name, each in listened.events.items()}
    tables = (listened.commands, listened.actions, listened.submissions, listened.shortcuts, events, listened.changes)
    for table in tables:
        for name, listener in table.items():
            assert listener.__name__.startswith("on_"), name
            hints = get_type_hints(listener)
            assert list(inspect.signature(listener).parameters)[1] == "context", name
            assert hints["context"].__name__ == "Context", name


def test_two_nouns_do_not_listen_to_the_same() -> None:
    with pytest.raises(ValueError, match="commands: /eol"):
        joined(eol.ROUTES, eol.ROUTES)
