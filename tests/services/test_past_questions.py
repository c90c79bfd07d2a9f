"""What is asked in the past tense of other languages is about the past; "wer war nochmal" asks for today."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.services.questions import Always, about_the_past
from bot.services.snapshot import Snapshot

_NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("wer war letztes Jahr für ledger zuständig?", "wer war für ledger zuständig?"),
        ("wem gehörte ledger?", "wem gehörte ledger?"),
        ("qui était responsable de ledger l'an dernier ?", "qui était responsable de ledger ?"),
        ("¿quién era el dueño de ledger el año pasado?", "¿quién era el dueño de ledger?"),
        ("chi era il responsabile di ledger?", "chi era il responsabile di ledger?"),
        ("quem era o dono do ledger no mês passado?", "quem era o dono do ledger?"),
        ("wie was vorig jaar verantwoordelijk voor ledger?", "wie was verantwoordelijk voor ledger?"),
        ("kdo byl loni vlastník ledger?", "kdo byl vlastník ledger?"),
        ("qui possédait ledger l'an dernier ?", "qui possédait ledger ?"),
        ("à qui appartenait ledger ?", "à qui appartenait ledger ?"),
        ("¿a quién pertenecía ledger?", "¿a quién pertenecía ledger?"),
        ("a chi apparteneva ledger?", "a chi apparteneva ledger?"),
        ("a quem pertencia ledger?", "a quem pertencia ledger?"),
        ("кто владел ledger в прошлом году?", "кто владел ledger ?"),
        ("кому принадлежал ledger?", "кому принадлежал ledger?"),
        ("хто володів ledger торік?", "хто володів ledger ?"),
        ("кому належав ledger?", "кому належав ledger?"),
        ("wie bezat ledger?", "wie bezat ledger?"),
        ("之前谁负责 ledger？", "谁负责 ledger？"),
        ("ledger の以前の担当は誰ですか", "ledger の の担当は誰ですか"),
        ("작년 ledger 담당자가 누구였나요", "ledger 담당자가 누구였나요"),
    ],
)
def test_the_past_tense_asks_for_all_owners(question: str, rest: str) -> None:
    about = about_the_past(Snapshot(), question, now=_NOW)
    assert isinstance(about, Always)
    assert " ".join(about.text.split()).replace(" ?", "?") == rest.replace(" ?", "?")


@pytest.mark.parametrize(
    "question",
    [
        "谁负责 ledger？",
        "кто владеет ledger?",
        "wer war nochmal für ledger zuständig?",
        "wer war gleich für ledger zuständig?",
        "wer ist für ledger zuständig?",
    ],
)
def test_who_it_was_again_asks_for_today(question: str) -> None:
    assert about_the_past(Snapshot(), question, now=_NOW) is None
