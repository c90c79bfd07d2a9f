"""Whom the words of a receiver name: who sees to what it needs first."""

from __future__ import annotations

import re

from bot.domain.names import fold
from bot.domain.records import PersonRecord
from bot.services import routing
from bot.services.snapshot import Snapshot


def named(snapshot: Snapshot, words: str) -> PersonRecord | None:
    """Return the one person whom words name: by a mention, an e-mail address, a handle or the whole name."""
    said = words.strip()
    if mentioned := re.fullmatch(r"<@(\w+)(?:\|[^>]*)?>", said):
        found = snapshot.person_by_slack_id(mentioned[1])
    else:
        bare = said.removeprefix("@")
        called = [each for each in snapshot.people_called(bare) if _is_whole(each, bare)]
        found = called[0] if len(called) == 1 else None
    return found if found is not None and routing.slack_id_of(found) else None


def _is_whole(person: PersonRecord, name: str) -> bool:
    whole = (person.name, person.email, person.email.partition("@")[0])
    return fold(name) in {fold(each) for each in whole if each}
