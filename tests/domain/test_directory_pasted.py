"""Alerts, logs and tickets as they are pasted: who owns what they name, and nobody where that may be another thing."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Several
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    *(asset("tide-gauge"), asset("pilot-boat"), asset("quayside"), asset("harbour-eu", AssetKind.CLUSTER)),
    *(asset("erp"), asset("storage"), asset("report")),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize("name", ["tide-gauge", "quayside"])
@pytest.mark.parametrize(
    "text",
    [
        "[FIRING:2] TargetDown ({} eu-1 critical)",
        "RESOURCE_EXHAUSTED {} quota of 90% used",
        "12:04:31 WARN {}[77]: slow query",
        'time="2026-11-29T10:00:00Z" level=warning app={} msg="no route to host"',
        '{{"app": "{}", "severity": "error"}}',
        "Opsgenie #812: {} retries growing",
        "Icinga: {} unreachable since 4 minutes",
        "Bamboo: {} » develop #12 failed",
        "Incident INC0099: {} unavailable in Hamburg",
        "OOMKilled: {}",
        "Flux: {} is OutOfSync",
    ],
)
def test_an_alert_is_answered_for_what_it_names(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text.format(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        # Another thing, of which nobody knows, may be meant
        "ERROR berth-planner: call to tide-gauge timed out",
        "[FIRING:1] PodCrash service=moorings cluster=harbour-eu",
        '{"service":"berth-planner","host":"quayside"}',
        "ALERT: the tide-gauge mirror is down 10:03",
        "[FIRING:1] Lag in the cache of quayside",
        # An ordinary word
        "ALERT report of the day is attached",
        # It is over
        "[RESOLVED] TargetDown (tide-gauge eu-1)",
        "RECOVERY: quayside is up since 04:11",
        # No alert
        "pip install quayside",
        "docker pull quayside",
    ],
)
def test_nobody_is_named_for_what_may_be_another_thing(directory: Directory, text: str) -> None:
    assert answer(directory, text) == ""


def test_an_alert_with_two_names_offers_both(directory: Directory) -> None:
    found = directory.resolve("[FIRING:1] HighLatency source=tide-gauge target=pilot-boat")
    assert isinstance(found, Several)
    assert {each.name for each in found.candidates} == {"tide-gauge", "pilot-boat"}


def test_an_abbreviation_that_is_no_word_is_a_name(directory: Directory) -> None:
    assert answer(directory, "erp is down") == "erp"
    assert answer(directory, "storage is for the summer") == ""
