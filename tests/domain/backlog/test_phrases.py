"""How many ways to say one thing a draft understands; the other half of each list is measured in bench."""

from __future__ import annotations

import pytest

from tests import drafting_phrases

#: Of the ways on which the rules are tuned; what is left out is said in words that nothing else in a thread supports.
_UNDERSTOOD = 0.85


@pytest.mark.parametrize("kind", drafting_phrases.KINDS)
def test_most_ways_to_say_it_are_understood(kind: str) -> None:
    tuned = [each for each in drafting_phrases.read() if each.kind == kind and not each.is_aside]
    missed = [each.text for each in tuned if not each.is_understood]
    assert 1 - len(missed) / len(tuned) >= _UNDERSTOOD, missed
