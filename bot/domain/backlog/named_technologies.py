"""The technologies of a request, as the words of its items name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.backlog.technologies import Vocabulary, ids
from bot.domain.concurrent_edits import places


def followed(
    technologies: Iterable[str], before: Sequence[str], after: Sequence[str], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return the technologies of a request whose items were called `before` and are called `after`, by their ids.

    What an item names that is taken out goes with it, and what is named in the place of something else takes its place.
    What an item names no longer stays where its words only became fewer. Names that somebody has typed stay.
    """
    moved = places(before, after)
    pairs = [(old, after[moved[at]] if at in moved else "") for at, old in enumerate(before)]
    pairs += [("", new) for at, new in enumerate(after) if at not in moved.values()]
    there = {each for row in vocabulary.find(after) for each in ids(row)}
    gone, come = set[str](), list[str]()
    for old, new in pairs:
        was, now = (ids(vocabulary.find([text])[0]) for text in (old, new))
        less, more = {each for each in was if each not in there}, [each for each in now if each not in was]
        kinds = {vocabulary[each].type for each in more}
        come += more
        if not new:
            gone |= less
        elif more:
            gone |= {each for each in less if vocabulary[each].type in kinds} or less
    return tuple(dict.fromkeys([*(each for each in technologies if each not in gone), *come]))
