"""Questions for what somebody owns, and those that only look like one."""

from __future__ import annotations

import time

import pytest

from bot.domain.directory.owner_questions import OwnerQuestion, Owners, asked


@pytest.mark.parametrize(
    ("text", "name", "bare"),
    [
        ("what does devops own", "devops", "devops"),
        ("What does the Payments team own?", "the Payments team", "Payments"),
        ("which services does Ada Byron look after?", "Ada Byron", "Ada Byron"),
        ("what is @ada responsible for right now?", "ada", "ada"),
        ("what's owned by search", "search", "search"),
        ("list everything devops owns", "devops", "devops"),
        ("hey, which of the tier 1 databases does platform own?", "", ""),
        ("show me all things owned by team search!", "team search", "search"),
    ],
)
def test_an_owner_is_named(text: str, name: str, bare: str) -> None:
    found = asked(text)
    if not name:
        assert found is None, "an unusual question is the directory's to read"
        return
    assert found is not None
    assert (found.of, found.name, found.bare) == (Owners.NAMED, name, bare)


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("what do I own?", Owners.ASKER),
        ("what am I responsible for", Owners.ASKER),
        ("what's mine?", Owners.ASKER),
        ("my stuff", Owners.ASKER),
        ("What do we own", Owners.ASKERS_TEAMS),
        ("which services does our team own?", Owners.ASKERS_TEAMS),
    ],
)
def test_the_asker_asks_for_their_own(text: str, of: Owners) -> None:
    found = asked(text)
    assert found is not None
    assert found.of is of


@pytest.mark.parametrize(
    "text",
    [
        "who owns checkout?",
        "which team owns checkout",
        "what owns checkout",
        "who is responsible for payments",
        "payments-db",
        "what does this do",
        "",
        "what does own",
    ],
)
def test_other_questions_are_none_of_these(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    "text", ["what " * 2000, "what does " + "own " * 3000, "what does " + " " * 9000 + "x", "which a b c does " * 900]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    asked(text)
    assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "was gehört dem Team Harbour?",
        "Was betreut Harbour alles?",
        "wofür ist Harbour zuständig?",
        "worum kümmert sich Harbour?",
        "de quoi s'occupe l'équipe Harbour ?",
        "Qu’est-ce que Harbour gère ?",
        "quels services gère Harbour ?",
        "¿qué cosas son de Harbour?",
        "¿De qué se encarga el equipo Harbour?",
        "di cosa si occupa Harbour?",
        "pelo que Harbour é responsável?",
        "do que a equipe Harbour cuida?",
        "wat beheert het team Harbour?",
        "hva eier Harbour?",
        "vad äger Harbour?",
        "za co odpowiada zespół Harbour?",
    ],
)
def test_an_owners_things_are_asked_for_in_other_languages(text: str) -> None:
    found = asked(text)
    assert found is not None
    assert (found.of, found.bare) == (Owners.NAMED, "Harbour")


def test_ones_own_things_are_asked_for_in_other_languages() -> None:
    mine = [asked(text) for text in ("was gehört mir?", "wofür bin ich zuständig?")]
    assert mine == [OwnerQuestion(Owners.ASKER)] * 2
    assert asked("was gehört uns?") == OwnerQuestion(Owners.ASKERS_TEAMS)


@pytest.mark.parametrize(
    "text", ["was ist mit checkout?", "qui gère checkout ?", "que pasa con checkout", "co je checkout"]
)
def test_other_questions_abroad_are_none(text: str) -> None:
    assert asked(text) is None
