"""Two names in a sentence: the one that is asked for, or both to choose from, however ordinary a word one is."""

from __future__ import annotations

import pytest

from bot.domain.directory import Directory, Several
from tests.domain.directory_assets import answer, asset


@pytest.fixture(scope="module")
def directory() -> Directory:
    # The last five are ordinary words, or words that questions are made of.
    names = ("tide-gauge", "pilot-boat", "swift", "storage", "chat", "support", "calendar")
    return Directory.build([asset(name) for name in names])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # Who knows one owner asks for the other
        ("I know who owns tide-gauge but not pilot-boat", "pilot-boat"),
        ("I know the owner of storage but not of swift", "swift"),
        ("we have found who runs calendar, but not tide-gauge", "tide-gauge"),
        ("everybody knows whose tide-gauge is. and calendar?", "calendar"),
        ("ich weiß, wem tide-gauge gehört, aber nicht pilot-boat", "pilot-boat"),
        ("je sais qui gère tide-gauge mais pas pilot-boat", "pilot-boat"),
        ("sé quién lleva tide-gauge pero no pilot-boat", "pilot-boat"),
        ("I know who owns tide-gauge, but who owns pilot-boat?", "pilot-boat"),
        ("I know who owns tide-gauge", "tide-gauge"),
        # What is quoted was said by somebody else
        ("> tide-gauge is down\nno, that works. pilot-boat is down, who owns it?", "pilot-boat"),
        ("&gt; storage is full\nit is not, calendar is. who owns it?", "calendar"),
        ("> tide-gauge is down", "tide-gauge"),
        # One is asked for
        ("who can chat about tide-gauge?", "tide-gauge"),
        ("is infra the owner of calendar?", "calendar"),
        ("does infra own chat?", "chat"),
    ],
)
def test_one_of_two_names_is_asked_for(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("storage is blocked by swift", {"storage", "swift"}),
        ("swift gets 500 from calendar", {"swift", "calendar"}),
        ("calendar is full because of storage", {"calendar", "storage"}),
        ("who owns both chat and calendar?", {"chat", "calendar"}),
        ("cc support and tide-gauge owners", {"support", "tide-gauge"}),
        ("does the owner of chat know that storage is down?", {"chat", "storage"}),
    ],
)
def test_neither_of_two_names_is_thrown_away(directory: Directory, text: str, names: set[str]) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Several)
    assert {each.name for each in found.candidates} == names


def test_a_message_is_about_what_it_does_not_quote(directory: Directory) -> None:
    def named(text: str) -> list[str]:
        return [match.understood_as for match in directory.mentioned(text)]

    assert named("> tide-gauge is down\nno, pilot-boat is") == ["pilot-boat"]
    assert named("> tide-gauge is down\nis it?") == ["tide-gauge"]
