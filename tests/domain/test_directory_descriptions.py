"""A name in what is said of it: what goes on after it is another thing's name, or only what has happened to it."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    asset("tide-table"),
    asset("buoy photos"),
    asset("pump", AssetKind.SERVICE, aliases=("bilge pump",)),
    asset("Ancre Flottante"),
    asset("Halyard"),
    asset("moorings", AssetKind.DASHBOARD),
    asset("reminders"),
    asset("ballast"),
    asset("chart-print", AssetKind.FUNCTION),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # A name of several words that goes on as a sentence
        ("tide table stale since this morning, who do I poke?", "tide-table"),
        ("buoy photos upload keeps hanging at 80 percent, whose is it?", "buoy photos"),
        ("bilge pump evictions through the night. owner please", "pump"),
        # Which version runs, and what it answers
        ("tide-table 3.4.0 rounds wrongly, who owns it?", "tide-table"),
        ("Halyard v7 is slow, who owns it", "Halyard"),
        ("tide-table 503", "tide-table"),
        ("tide-table 5xx since noon, who?", "tide-table"),
        ("Halyard returns 502 for /api/v2, who looks after it?", "Halyard"),
        ("tide-table@3.4.0 is broken", "tide-table"),
        ("chart-print timed out", "chart-print"),
        ("Halyard panic: index out of range, whose?", "Halyard"),
        # Trouble in it, and where somebody stands with it
        ("timeouts in Halyard", "Halyard"),
        ("503s on Halyard", "Halyard"),
        ("request timed out after 30 seconds in chart-print", "chart-print"),
        # Names of what everybody has
        ("tide-table crashes on iOS 18, who owns it", "tide-table"),
        ("tide-table shows the GitHub login, who owns it", "tide-table"),
        # A noun that does what is said: no other thing is asked for
        ("Halyard service not sending mails, who owns it?", "Halyard"),
        ("Halyard app never connects to the printer, whose is it?", "Halyard"),
        # In other languages
        ("Halyard n'envoie plus rien, c'est à qui ?", "Halyard"),
        ("les moorings sont vides, à qui m'adresser ?", "moorings"),
        ("qui s'occupe de Halyard svp ?", "Halyard"),
        ("qui est d'astreinte pour Halyard ce week-end ?", "Halyard"),
        ("qui gère l'ancre flottante ?", "Ancre Flottante"),
        ("c'est quelle équipe, l'Ancre Flottante ?", "Ancre Flottante"),
        ("programma Halyard: di chi è?", "Halyard"),
        ("la Halyard devuelve 0 resultados, ¿de quién es?", "Halyard"),
        ("kdo má na starosti Halyard?", "Halyard"),
        ("wer hat heute Bereitschaft für Halyard?", "Halyard"),
        ("Wem gehört Halyard bitte?", "Halyard"),
        ("l'appli Halyard ne répond plus, c'est chez qui ?", "Halyard"),
        ("chart-print pleine", "chart-print"),
    ],
)
def test_what_is_said_of_a_name_is_no_part_of_it(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    "text",
    [
        # What goes on may be another thing's name
        "who owns the tide table archive?",
        "who owns the buoy photos importer",
        "tide table mirror?",
        "who is in charge of tide table summaries listener?",
        "what team owns s3 dev tide table evaluation 03",
        "qa tide table cleanup - who owns it?",
        "who owns Halyard 7",
        "Halyard forecast owner",
        "the outage of Halyard's cache, who owns that",
        "who owns the service that never talks to Halyard?",
        "the job which does not use Halyard, whose is it?",
        "qui gère l'ancre marine ?",
        # Nobody is asked for
        "please turn on reminders in Teams",
        "can you mute my reminders",
        "ballast helps a lot when it is windy",
        "ballast takes two days to load",
        "ballast is on Monday, be there on time",
        "who owns /api/v2 of Halyard",
    ],
)
def test_another_thing_and_no_question_are_asked_back(directory: Directory, text: str) -> None:
    assert answer(directory, text) == ""


@pytest.mark.parametrize("text", ["reminders", "reminders is down", "who owns reminders?", "reminders fail since nine"])
def test_a_long_ordinary_word_is_a_name_where_one_is_meant(directory: Directory, text: str) -> None:
    assert answer(directory, text) == "reminders"


@pytest.mark.parametrize(
    "text",
    [
        "ballast takes forever to load, who owns it?",
        "ballast needs a restart, it is stuck",
    ],
)
def test_what_is_wrong_with_it_is_said_of_the_thing(directory: Directory, text: str) -> None:
    assert answer(directory, text) == "ballast"
