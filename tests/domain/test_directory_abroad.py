"""What is said in other languages and asks for no owner: good news, and ordinary nouns that are names as well."""

from __future__ import annotations

import pytest

from bot.domain.directory import Directory, Nearest
from tests.domain.directory_assets import answer, asset


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build([asset(name) for name in ("kasse", "lager", "training", "tide-gauge", "swift-bridge")])


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        # The word means what it does in its language
        ("die Kasse ist heute geschlossen", "kasse"),
        ("das Lager hat neue Öffnungszeiten", "lager"),
        ("wo ist das Lager im Erdgeschoss?", "lager"),
        ("wer ist im Lager?", "lager"),
        ("das Lager ist um 10 Uhr geöffnet", "lager"),
        ("wann öffnet die Kasse?", "kasse"),
        ("la kasse est fermée aujourd'hui", "kasse"),
        ("my training is on Tuesday", "training"),
        ("la kasse tombe le 15 du mois", "kasse"),
        ("j'ai vu une kasse dans le couloir", "kasse"),
        ("unser Lager wird im Mai renoviert", "lager"),
        ("tengo un training mañana", "training"),
        # The noun goes on
        ("kasse error tracker", "kasse"),
        ("lager outage board", "lager"),
        # What is well again is not asked for
        ("tide-gauge läuft wieder, danke", "tide-gauge"),
        ("tide-gauge est rétabli", "tide-gauge"),
        ("tide-gauge è di nuovo operativo", "tide-gauge"),
        ("tide-gauge vuelve a funcionar", "tide-gauge"),
        ("tide-gauge werkt weer", "tide-gauge"),
        ("tide-gauge znowu działa", "tide-gauge"),
        # What it is not about
        ("this is not about tide-gauge", "tide-gauge"),
        ("I'm not asking about tide-gauge", "tide-gauge"),
        ("it has nothing to do with swift-bridge", "swift-bridge"),
        ("das hat nichts zu tun mit tide-gauge", "tide-gauge"),
    ],
)
def test_what_asks_for_no_owner_is_asked_back(directory: Directory, text: str, offered: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Nearest)
    assert [each.name for each in found.candidates] == [offered]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("wer betreut das Lager?", "lager"),
        ("wer ist für die Kasse zuständig?", "kasse"),
        ("wem gehört die Kasse?", "kasse"),
        ("die Kasse ist seit heute früh down", "kasse"),
        ("la kasse est tombée", "kasse"),
        ("notre kasse ne répond plus", "kasse"),
        ("unser Lager hängt", "lager"),
        ("das Lager hängt für alle seit 8:00", "lager"),
        ("training is down", "training"),
        # Said without a word that asks, in two or three
        ("swift bridge down", "swift-bridge"),
        ("tide-gauge timeouts", "tide-gauge"),
        ("kasse geht nicht", "kasse"),
        ("lager antwortet nicht", "lager"),
        ("kasse non va, chi?", "kasse"),
        ("tide-gauge ist kaputt", "tide-gauge"),
        ("training", "training"),
        ("tide-gauge läuft wieder nicht, für alle", "tide-gauge"),
        ("tide-gauge läuft wieder, aber wem gehört es?", "tide-gauge"),
        ("this is not about tide-gauge, who owns swift-bridge?", "swift-bridge"),
        ("no, swift-bridge!", "swift-bridge"),
    ],
)
def test_what_asks_or_is_in_trouble_is_answered(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name
