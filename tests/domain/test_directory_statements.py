"""What asks for nobody is not answered because an asset is called by an ordinary word in it; plurals are found."""

from __future__ import annotations

import pytest

from bot.domain.directory import Directory, Nearest, Several
from bot.domain.directory.clauses import asking_clause
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    *(asset("login"), asset("search"), asset("reports"), asset("checkout"), asset("web"), asset("payments-db")),
    *(asset("order-policy"), asset("mail-box"), asset("order-api"), asset("match-engine"), asset("grafana")),
    *(asset("parking"), asset("demand")),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("login is broken for me", "login"),
        ("I can’t login", "login"),
        ("my team can't login today", "login"),
        ("login is broken 🔥", "login"),
        ("I have a problem with my login", "login"),
        ("can somebody help me with login?", "login"),
        ("web is slow", "web"),
        ("the search is broken, help", "search"),
        ("can you search for me", "search"),
        ("where are the reports?", "reports"),
        ("my reports are gone", "reports"),
        ("how do I checkout a branch?", "checkout"),
        # In two words it is what somebody does
        ("can anyone help me log in", "login"),
        ("please log in again", "login"),
        ("how do I check out here", "checkout"),
        # What is said of the thing that the word means, and is no trouble
        ("parking is full today", "parking"),
        ("demand is high", "demand"),
        ("who doesn't own search?", "search"),
        ("who reports to Dana?", "reports"),
        ("who's parking the van?", "parking"),
        ("who is parking for us today", "parking"),
        ("who owns something like grafana?", "grafana"),
        ("which queues does checkout own", "checkout"),
        # Whatever is said to be well is not asked for, however it is called
        ("payments-db is back up", "payments-db"),
        ("grafana works again", "grafana"),
        ("we just deployed checkout", "checkout"),
        ("checkout is all green", "checkout"),
        ("checkout is back up, no longer down", "checkout"),
        ("checkout is fixed, no errors any more, never mind", "checkout"),
    ],
)
def test_a_sentence_that_asks_for_nobody_is_not_answered(directory: Directory, text: str, offered: str) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Nearest)
    assert offered in [each.name for each in found.candidates]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("login", "login"),
        ("the login service", "login"),
        ("login please", "login"),
        ("login owner?", "login"),
        ("log in", "login"),
        ("log in service", "login"),
        ("who owns log in?", "login"),
        ("problem with the log in", "login"),
        ("parking is full, who owns it?", "parking"),
        ("parking is down", "parking"),
        ("checkout is returning errors", "checkout"),
        ("checkout has 502s", "checkout"),
        ("login team", "login"),
        ("login, anyone?", "login"),
        ("who can help me with login?", "login"),
        ("login is broken, who owns it?", "login"),
        ("`login` is broken", "login"),
        ("login service is broken", "login"),
        ("quién es el dueño de login?", "login"),
        ("wer ist für login zuständig?", "login"),
        ("loginは誰の担当ですか", "login"),
        ("quién lleva el login de pagos?", ""),
        # A name that is no ordinary word, or stands as one
        ("payments-db is down", "payments-db"),
        ("grafana is slow for me", "grafana"),
        ("checkout is down", "checkout"),
        ("checkout isn't working now", "checkout"),
        ("checkout is not working again", "checkout"),
        ("payments-db was fine yesterday but fails now", "payments-db"),
        ("problem with checkout", "checkout"),
        ("security of the web", "web"),
        ("is payments-db back?", "payments-db"),
        ("payments-db is fixed, who owns it?", "payments-db"),
        # What takes yes or no for an answer is answered with the owner
        ("is checkout owned by growth?", "checkout"),
        ("does growth own payments-db", "payments-db"),
        ("does checkout still belong to growth?", "checkout"),
        ("is growth in charge of grafana?", "grafana"),
        ("ok who owns login", "login"),
        ("who owns teh grafana?", "grafana"),
        # More letters before a name are another name
        ("who owns webgrafana?", ""),
        ("who owns order-api mobile app?", ""),
        ("who owns order-api, anyone from web app?", "order-api"),
        # A picture says nothing, a ticket's key leads elsewhere, and a sentence in quotes is no name
        ("🔥🔥 who owns checkout 🔥🔥", "checkout"),
        ("PAY-123: payments-db returns 502, who is on it?", "payments-db"),
    ],
)
def test_what_asks_by_name_is(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns order-apis?", "order-api"),
        ("who owns orderapis?", "order-api"),
        ("who owns Order APIs?", "order-api"),
        ("who owns order policies?", "order-policy"),
        ("who owns order-policies?", "order-policy"),
        ("who owns mailboxes?", "mail-box"),
        ("who owns matches engine?", "match-engine"),
        ("who owns check out?", "checkout"),
        ("who owns log-in?", "login"),
    ],
)
def test_plurals_and_other_spacing_are_found(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("checkout is back, but grafana is still down - who owns it?", {"checkout", "grafana"}),
        ("payments-db is slow since order-api was released, who owns it?", {"payments-db", "order-api"}),
    ],
)
def test_of_two_things_that_are_named_neither_is_taken(directory: Directory, text: str, names: set[str]) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Several)
    assert {each.name for each in found.candidates} == names


def test_two_questions_are_not_answered_as_one(directory: Directory) -> None:
    assert answer(directory, "is checkout owned by growth, and who owns payments-db?") != "checkout"


def test_a_time_is_no_clause() -> None:
    assert asking_clause("who owns checkout as of last tuesday?", lambda _: False) == ""
    assert asking_clause("who owns checkout as it is down?", lambda _: False) == "who owns checkout"


@pytest.mark.parametrize(
    "text",
    ["who's search?", "who is search", "who reports?", "who owns reports for the board?", "who does `search` to us"],
)
def test_a_name_behind_who_is_asked_for_where_it_has_no_object(directory: Directory, text: str) -> None:
    assert answer(directory, text) in ("search", "reports")
