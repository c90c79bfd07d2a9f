"""One exact name in a question is answered, in whatever language and markup the question is asked."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Several
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    asset("payments-db", AssetKind.DATABASE),
    asset("checkout"),
    asset("checkout-de"),
    asset("wiki", AssetKind.WEBSITE, addresses=("https://wiki.example.com",)),
    asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://github.com/acme/shop",)),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize("name", ["payments-db", "checkout"])
@pytest.mark.parametrize(
    "template",
    [
        # Markdown and code
        "who owns [{}](https://git.example.com/x)?",
        "who owns [the {} service](https://docs.example.com/a_(b)) please",
        "[{}](https://wiki.example.com/pages/1)",
        "who owns [`{}`](<https://wiki.example.com/pages/1>)?",
        "who owns <https://wiki.example.com/pages/1|{}>?",
        'who owns [{}](https://wiki.example.com/1 "Title"), anyone?',
        "who owns ```{}```?",
        "**{}** owner?",
        # Finnish
        "kuka omistaa {}",
        "kuka omistaa {}:n?",
        "Kenen vastuulla on {}?",
        "kuka vastaa palvelusta {}?",
        # Turkish
        "{}'nin sahibi kim?",
        "{} kimin?",
        "{}’den kim sorumlu?",
        # Indonesian
        "siapa pemilik {}?",
        "siapa yang punya {}",
        "siapa yang bertanggung jawab atas {}?",
        # Arabic, Hebrew, Persian
        "من يملك {}؟",
        "من المسؤول عن {}؟",
        "מי הבעלים של {}?",
        "مالک {} کیست؟",
        # Polish and Czech
        "kto jest właścicielem {}?",
        "kto jest właścicielem usługi {}?",
        "kdo se stará o {}?",
        # Dutch
        "van wie is {}?",
        "wie is verantwoordelijk voor de {} service",
        "welk team beheert {}",
        # Japanese, Chinese, Korean
        "{}の担当は誰ですか",
        "{}のオーナーは誰？",
        "「{}」の担当者を教えてください。",
        "谁负责{}？",
        "{} 담당자가 누구예요?",
        # Others
        "quel est le propriétaire de l'{}?",
        "chi è il responsabile dell'{}?",
        "ki felel a {}-ért?",
        "cine se ocupă de {}?",
        "ai là chủ sở hữu {}?",
        "ποιος είναι υπεύθυνος για το {};",
        "{} का मालिक कौन है?",
        "ใครเป็นเจ้าของ {}",
        "кто отвечает за {}?",
    ],
)
def test_an_exact_name_is_answered(directory: Directory, template: str, name: str) -> None:
    assert answer(directory, template.format(name)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # What another ending makes of it is another name
        ("who owns checkout-de?", "checkout-de"),
        ("who owns payments-db-de?", ""),
        ("who owns checkout-in?", ""),
        ("who owns payments-db:users?", ""),
        # The name's part in another language is no part of the catalog
        ("quién es el dueño de la base de datos de checkout?", ""),
        ("wessen Aufgabe ist die Datenbank hinter checkout?", ""),
        ("kto jest właścicielem bazy danych checkout?", ""),
    ],
)
def test_what_is_only_like_a_name_is_not(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


def test_a_label_and_a_link_that_name_two_things_are_asked_back(directory: Directory) -> None:
    assert answer(directory, "who owns [this](https://github.com/acme/shop)?") == "acme/shop"
    assert answer(directory, "who owns [this page](https://wiki.example.com/pages/1)?") == "wiki"
    found = directory.resolve("who owns [checkout](https://github.com/acme/shop)?")
    assert isinstance(found, Several)
    assert {each.name for each in found.candidates} == {"checkout", "acme/shop"}
