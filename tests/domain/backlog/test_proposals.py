"""What is proposed and turned down is no item, what is agreed to is one, over two hundred turns of ten kinds."""

from __future__ import annotations

import pytest

from bot.domain.backlog.proposals import answers
from tests import proposals
from tests.domain.backlog.test_drafts import draft, thread


def test_most_answers_to_proposals_are_understood() -> None:
    turns = list(proposals.read())
    right = [each for each in turns if each.is_understood]
    assert len(turns) == 200
    assert sum(not each.is_aside for each in right) >= 94
    assert sum(each.is_aside for each in right) >= 78


@pytest.mark.parametrize(
    ("said", "is_yes"),
    [
        (["Should we ask for a Redis?", "nah"], False),
        (["Should we ask for a Redis?", "hm", "let's not"], False),
        (["Should we ask for a Redis?", ":thumbsdown:"], False),
        (["Should we ask for a Redis?", "good idea"], True),
        (["Should we ask for a Redis?", "👍"], True),
        (["Should we ask for a Redis?", "hm", "who pays?"], None),
        (["Should we ask for a Redis?", "a", "b", "c", "d", "nah"], None),
        (["Who has used Redis?", "nope, nobody"], None),
        (["MFA?", "hm", "no, SSO"], None),  # a name alone is answered at once or not at all
    ],
)
def test_an_answer_comes_soon_and_in_any_words(said: list[str], is_yes: bool | None) -> None:
    found = [each.is_yes for each in answers(thread(*said).sentences).values()]
    assert found[-1:] == ([] if is_yes is None else [is_yes])


def test_what_was_agreed_to_is_asked_for_though_no_sentence_sounds_like_it() -> None:
    assert [item.title for item in draft("Do we want a second runner?", "yes please").items] == ["A second runner"]
    assert draft("Do we want a second runner?", "hm, no idea").items == ()


def test_what_corrects_a_wish_takes_its_place() -> None:
    assert [item.title for item in draft("We need RabbitMQ, no wait, SQS").items] == ["SQS"]
    found = draft("We need an arm runner, I mean a mac runner")
    assert [item.title for item in found.items] == ["A mac runner"]
    found = draft("We need a Jenkins job for it.", "scratch that: a GitLab pipeline")
    assert [each.value for each in found.technologies] == ["gitlab-ci"]
