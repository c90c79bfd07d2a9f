"""What allows a sure answer: an owner is asked for, a name is written as no word is, or it is said to be in trouble."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from tests.domain.directory_assets import answer, asset

_CATALOG = [
    # Words that no list of ordinary words has, and names of several words.
    *(asset("bouncer"), asset("plek"), asset("muster"), asset("zither"), asset("github"), asset("bestellung")),
    *(asset("asset-manager"), asset("smart-answers"), asset("user-portal"), asset("frontend-issue"), asset("support")),
    *(asset("debug-toolbox"), asset("teapott"), asset("ticketing"), asset("review"), asset("security")),
    asset("shop/order-feed", AssetKind.REPOSITORY),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    "text",
    [
        # Nobody is asked for, and nothing is wrong with it.
        "the bouncer was rude to me",
        "plek means place",
        "did you muster the courage to ask?",
        "I built a zither for my daughter",
        "push it to github",
        "the ticketing starts at nine",
        'Zoom: "Review of the year" starts in 10 minutes',
        "smart answers only please, everybody",
        "I like your smart answers",
        "we hired an asset manager",
        "asset managers like to talk",
        "meet me at the user portal booth",
        # Something is wrong, but with another thing than the one that is called so.
        "the bouncer at the club said we are out, wrong shoes",
        "the user portal of my bank is down",
        "my zither is broken",
        "I have a frontend issue",
        "a bouncer got killed in the film",
        "I was stuck at the zither for an hour",
        "the zither in my car is broken",
        "the zither in the office is down",
        "turn the zither down please",
        "Mein Zither spinnt",
        # It is asked for somebody, but not about it.
        "who's on the zither tonight?",
        "who is at zither?",
        "review is important in a team",
        "the review of the film, who wrote it?",
        "writing a review: who wants to read it",
        "who wants to debug the toolbox talk?",
        "I met the guy who sold me the zither",
        "who do I talk to for IT support?",
        "security is everyone's responsibility",
        # It is not written so, and means any.
        "I'm a teapot",
        "a toolbox for debugging",
        "answers of smart people",
        # Other languages.
        "meine Bestellung ist nicht angekommen",
        "plek is een woord",
        "dein Plek ist voll",
        "Plek: wie rufe ich da an?",
        "Plek um zwölf?",
        "steht der Plek für nächste Woche?",
        "wer steht im Plek?",
        "I'll go to the zither",
        "asset manager? no, the one at my bank",
        # What something is asks for nobody.
        "zither is a great team",
        "plek is a good citation manager",
        "plek station for the drill is where the fire was",
    ],
)
def test_plain_words_that_nobody_means_as_a_name_are_asked_back(directory: Directory, text: str) -> None:
    assert answer(directory, text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bouncer", "bouncer"),
        ("who owns bouncer?", "bouncer"),
        ("bouncer owner?", "bouncer"),
        ("bouncer is down", "bouncer"),
        ("bouncer returns 502", "bouncer"),
        ("bouncer is 500ing", "bouncer"),
        ("what does bouncer own", "bouncer"),
        ("bouncer won't start", "bouncer"),
        ("bouncer (staging)", "bouncer"),
        ("errors in bouncer since noon", "bouncer"),
        ("errors on the zither", "zither"),
        ("the zither in the staging cluster is down", "zither"),
        ("zither in our cluster is down", "zither"),
        ("zither down", "zither"),
        ("hey, zither down again", "zither"),
        ("bouncer is down, who's on it?", "bouncer"),
        ("is there a team for bouncer?", "bouncer"),
        ("bouncer team", "bouncer"),
        # More is said of it than its name and a word for trouble
        ("bouncer SSR errors", "bouncer"),
        ("zither 429s everywhere", "zither"),
        ("zither latency errors", "zither"),
        ("zither zeigt nichts an", "zither"),
        ("asset-manager replication lag 40s", "asset-manager"),
        ("asset-manager queue depth 90k", ""),
        ("asset-manager pods pending", "asset-manager"),
        ("the bouncer service is down", "bouncer"),
        ("OOMKilled: bouncer", "bouncer"),
        ("looking for a reviewer for bouncer", "bouncer"),
        ("found a leak in plek, where do I report it?", "plek"),
        ("is anybody on the hook for plek?", "plek"),
        ("who is in charge of plek?", "plek"),
        ("who is on call for plek?", "plek"),
        ("asset manager is down", "asset-manager"),
        ("smart answers won't boot", "smart-answers"),
        ("the user portal is down", "user-portal"),
        ("who owns the asset manager?", "asset-manager"),
        ("shop order feed", "shop/order-feed"),
        ("order feed shop", "shop/order-feed"),
        # Written as no word of a sentence is
        ("FYI asset-manager deploys at three", "asset-manager"),
        ("I like `plek`", "plek"),
        ("we moved smart_answers", "smart-answers"),
        ("who owns support?", "support"),
        ("plek kaputt", "plek"),
        ("à qui appartient plek ?", "plek"),
        ("wem gehört meine bestellung?", "bestellung"),
    ],
)
def test_a_name_that_is_asked_for_or_in_trouble_is_answered(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name
