"""The vocabulary of technologies that ships with Baton."""

from __future__ import annotations

import re

from bot.domain.backlog import technologies
from tests.eol_facts import facts, needs_facts

KNOWN = technologies.known().technologies


def test_every_technology_has_an_id_of_its_own() -> None:
    assert len(KNOWN) >= 300
    assert len({each.id for each in KNOWN}) == len(KNOWN)
    assert not [each.id for each in KNOWN if not re.fullmatch(r"[a-z0-9][a-z0-9+-]*", each.id)]
    assert all(each.name and each.type and each.area for each in KNOWN)


def test_every_spelling_finds_its_technology_and_no_other() -> None:
    wrong = []
    for each in KNOWN:
        for spelling in (each.id, each.name, *each.aliases):
            found = technologies.known().find([f"we run `{spelling}` here"])[0]
            if [mention.id for mention in found] != [each.id]:
                wrong.append((spelling, each.id, [mention.id for mention in found]))
    assert wrong == []


@needs_facts
def test_every_lifecycle_is_a_product_with_dates() -> None:
    assert [each.id for each in KNOWN if each.lifecycle and each.lifecycle not in facts()] == []
