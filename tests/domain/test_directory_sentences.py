"""What a sentence with exact names in it is about: one of them, all of them, or a thing that nobody knows."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Several
from bot.domain.directory.clauses import asking_clause
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    *(asset("ferry-api"), asset("winch"), asset("owner-portal"), asset("harbour-db", AssetKind.DATABASE)),
    # Ordinary words, those for kinds and areas among them
    *(asset("kafka"), asset("login"), asset("cache"), asset("terraform"), asset("cluster"), asset("wiki")),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # The clause that asks, in whatever language
        ("I own winch, who owns ferry-api?", "ferry-api"),
        ("we own ferry-api, but who owns kafka?", "kafka"),
        ("who owns cache? not winch, that works", "cache"),
        ("who owns winch (not cache)?", "winch"),
        ("ferry-api läuft, aber wem gehört terraform?", "terraform"),
        ("winch marche, mais qui gère ferry-api ?", "ferry-api"),
        ("owner-portal marche, mais qui gère winch ?", "winch"),
        ("I asked about owner-portal but meant harbour-db, who has harbour-db?", "harbour-db"),
        # What stands before it may be no more than the name
        ("thanks for winch! and kafka, whose is it?", "kafka"),
        ("not ferry-api, I mean winch: who owns it?", "winch"),
        # One exact name, whatever else is said
        ("who gets paged for kafka", "kafka"),
        ("who pays for winch?", "winch"),
        ("who rotates the certs of ferry-api", "ferry-api"),
        ("whom do I ask to upgrade postgres on harbour-db?", "harbour-db"),
        ("who's the PO of ferry-api", "ferry-api"),
        ("need a reviewer for winch, who owns it?", "winch"),
        ("getting 503 from winch", "winch"),
        ("can't connect to kafka", "kafka"),
        ("winch (prod)", "winch"),
        ("winch (the old one)", "winch"),
        ("vem ansvarar för winch?", "winch"),
        ("hvem har ansvar for kafka", "kafka"),
        ("http://winch/health", "winch"),
        ("winch:8080", "winch"),
        ("winch-prod", "winch"),
        ("kubectl logs deploy/winch -n prod", "winch"),
        ("ferry-api throws errors since the release, who owns it?", "ferry-api"),
        # A word for a kind beside a name says what that is
        ("who owns the kafka cluster and nothing else", ""),
        ("who owns the winch service?", "winch"),
        ("we should use kafka for this", ""),
        ("is kafka down?", ""),
        ("kafka (the old one)", "kafka"),
        ("kafka is throwing errors", "kafka"),
        # What is asked for is a thing that nobody knows
        ("who owns the mirror of winch?", ""),
        ("the winch importer", ""),
        ("who restarts mobile winch?", ""),
        ("qui gère la copie de winch ?", ""),
        ("mirror of winch", ""),
    ],
)
def test_the_name_that_is_asked_for_is_answered(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns kafka and winch", {"kafka", "winch"}),
        ("did kafka break winch?", {"kafka", "winch"}),
        ("winch works, kafka does not. who owns it?", {"kafka", "winch"}),
        ("winch okay, kafka not, owner?", {"kafka", "winch"}),
        ("winch owner told me to ask the kafka owner, who is it?", {"kafka", "winch"}),
        ("who owns terraform and cache?", {"terraform", "cache"}),
        ("does winch run on cluster?", {"winch", "cluster"}),
        ("the cache for ferry-api is cold, who owns it?", {"cache", "ferry-api"}),
        ("who owns the winch cache?", {"winch", "cache"}),
        ("who owns winch? and kafka?", {"winch", "kafka"}),
        ("qui gère wiki et winch ?", {"wiki", "winch"}),
    ],
)
def test_two_names_are_two_answers(directory: Directory, text: str, names: set[str]) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Several)
    assert {each.name for each in found.candidates} == names


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("I know who owns winch, but who owns dock?", "but who owns dock?"),
        ("winch funciona, y ¿quién lleva dock?", "¿quién lleva dock?"),
        ("winch works, whose is that?", ""),
        ("and dock, whose is that?", "dock"),
        ("who owns winch? who owns dock?", ""),
    ],
)
def test_one_clause_asks(text: str, clause: str) -> None:
    assert asking_clause(text, {"winch", "dock"}.__contains__) == clause
