"""References to people, channels and user groups, and what is left of a text without its markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Match
from bot.domain.directory.questions import read
from bot.domain.directory.references import Reference, Refers, references, without_references
from tests.domain.directory_assets import asset


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<#C0PAY>", [Reference(Refers.CHANNEL, "C0PAY")]),
        ("<#C0PAY|payments>", [Reference(Refers.CHANNEL, "C0PAY", "payments")]),
        ("<#C0PAY|>", [Reference(Refers.CHANNEL, "C0PAY")]),
        ("<@U0ADA>", [Reference(Refers.PERSON, "U0ADA")]),
        ("<@W0ADA|ada>", [Reference(Refers.PERSON, "W0ADA", "ada")]),
        ("<!subteam^S0PAY>", [Reference(Refers.GROUP, "S0PAY")]),
        ("<!subteam^S0PAY|@payments>", [Reference(Refers.GROUP, "S0PAY", "payments")]),
        (
            "what do <@U0ADA> and <#C0PAY> own, <@U0ADA>?",
            [Reference(Refers.PERSON, "U0ADA"), Reference(Refers.CHANNEL, "C0PAY")],
        ),
        ("<!here> <!channel> <!everyone> <!date^1764300000^{date}|today> <https://x.example.test|@ada>", []),
        ("&lt;@U0ADA&gt; and @ada and #payments", []),
    ],
)
def test_what_a_text_refers_to(text: str, found: list[Reference]) -> None:
    assert list(references(text)) == found


def test_the_rest_of_a_text() -> None:
    assert without_references("who owns checkout, <@U0ADA|ada>?").split() == ["who", "owns", "checkout,", "?"]


@given(st.text(alphabet="<>@#!|^U0subteam &;", max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert len(references(text)) <= 10
    assert references(without_references(text)) == () or "<" in without_references(text)


def test_references_are_bounded() -> None:
    assert len(references("".join(f"<@U{number}>" for number in range(5000)))) == 10


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("R&amp;D", "R&D"),
        ("a&amp;lt;b", "a&lt;b"),
        ("x?a=1&region=eu&copy=2", "x?a=1&region=eu&copy=2"),
        ("<!here> <!date^1764300000^{date}|today> it", "it"),
        ("&lt;!here&gt;", "here"),
    ],
)
def test_three_entities_are_unescaped_once_and_no_others(text: str, reads: str) -> None:
    assert read(text).text == reads


@pytest.mark.parametrize("text", ["R&amp;D portal", "r&d portal", "who owns the R&amp;D portal?"])
def test_a_name_with_an_ampersand_is_found_as_slack_writes_it(text: str) -> None:
    portal = asset("R&D portal")
    found = Directory.build([portal, asset("portal")]).resolve(text)
    assert isinstance(found, Match)
    assert found.asset_id == portal.id


def test_a_link_is_its_address() -> None:
    shop = asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://git.example.test/acme/shop?a=1&b=2",))
    found = Directory.build([shop]).resolve("<https://git.example.test/acme/shop?a=1&amp;b=2|this thing>")
    assert isinstance(found, Match)
    assert found.asset_id == shop.id


def test_a_name_that_looks_like_a_reference_is_a_name() -> None:
    directory = Directory.build([asset("evil<!channel>&<@U1>")])
    assert directory.is_name("evil<!channel>&amp;<@U1>")
    assert not directory.is_name("who owns <@U1>?")
