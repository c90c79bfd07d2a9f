"""What the words of a sentence are about: kinds of things, technologies, and the parts of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import Named, named
from bot.domain.backlog.needs import HELP
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence
from bot.domain.names import fold

_SAID = patterns("wishes")
#: Names of hosts say nothing.
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+){2,}\b")
#: Words for one thing, the kind of thing that they name, and the technologies in them.
Part = tuple[str, Named | None, tuple[str, ...]]


class Subjects:
    """Reads what a piece of a sentence is about."""

    def __init__(self, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> None:
        self._mentions = mentions
        self._vocabulary = vocabulary

    def kind(self, sentence: Sentence, text: str) -> Named | None:
        """Return what kind of thing a text names; GitHub Actions are no actions, for a technology's name is no noun."""
        for mention in self._mentions[sentence.at]:
            said = sentence.text[mention.start : mention.end]
            *_, last = said.split()
            is_name = fold(said) in (fold(self._vocabulary[mention.id].name), fold(mention.id))
            text = text.replace(said, "§" if is_name or named(last) is None else f"§ {last}")
        return named(_HOST.sub("§", text))

    def technologies(self, sentence: Sentence, text: str) -> tuple[str, ...]:
        """Return the technologies that are named in a piece of a sentence."""
        start = sentence.text.find(text)
        if start < 0:
            return ()
        end = start + len(text)
        return tuple(ids(each for each in self._mentions[sentence.at] if start <= each.start and each.end <= end))

    def is_thing(self, sentence: Sentence, text: str) -> bool:
        """Whether the head of a text names a thing that can be asked for."""
        kind = self.kind(sentence, text)
        return kind is not None and kind.weight >= 2

    def is_new_thing(self, sentence: Sentence, text: str) -> bool:
        """Whether a text names a thing as if for the first time: "a topic", "two runners"."""
        return bool(_SAID["fragment"].match(text)) and self.is_thing(sentence, text)

    def names_things(self, sentence: Sentence, text: str) -> bool:
        """Whether a text is a list of things, rather than what somebody does."""
        parts = _SAID["part"].split(text)
        is_name = self.kind(sentence, parts[0]) or self.technologies(sentence, parts[0])
        if not is_name or _SAID["says"].search(parts[0]):
            return False
        return any(self.is_thing(sentence, each) for each in parts)

    def parts(self, sentence: Sentence, wanted: str) -> list[Part]:
        """Cut a list of things into its parts: each begins anew, or is of another kind than the one before.

        What stands behind "a package:" or "a library with" is what is in it.
        """
        head, colon, contents = wanted.partition(":")
        if (
            colon
            and head.count("(") == head.count(")")
            and self.is_thing(sentence, head)
            and not _SAID["fragment"].match(contents.strip())
        ):
            return [(wanted, self.kind(sentence, head), self.technologies(sentence, wanted))]
        bounds: list[tuple[int, int]] = []
        cuts = list(_SAID["part"].finditer(wanted))
        starts = [0, *(found.end() for found in cuts)]
        ends = [*(found.start() for found in cuts), len(wanted)]
        adds = [False, *(bool(_SAID["added"].match(found[0])) for found in cuts)]
        for start, end, is_added in zip(starts, ends, adds, strict=True):
            piece = wanted[start:end].strip()
            if is_added and piece.startswith("to "):
                piece = piece[3:]
            if bounds and not self._is_new(sentence, wanted[slice(*bounds[-1])], piece, is_added=is_added):
                bounds[-1] = (bounds[-1][0], end)
            else:
                bounds.append((wanted.index(piece, start, end), end))
        pieces = [wanted[start:end] for start, end in bounds]
        return [(piece, self.kind(sentence, piece), self.technologies(sentence, piece)) for piece in pieces]

    def _is_new(self, sentence: Sentence, before: str, piece: str, *, is_added: bool) -> bool:
        """Whether a part of a list is another thing than the one before, rather than more of it."""
        has_contents = bool(_SAID["contents"].search(before))
        begun = _SAID["does"].match(piece)
        piece = piece[begun.end() :] if begun else piece
        is_anew = bool(begun or _SAID["fragment"].match(piece) or _SAID["has_to"].search(piece)) or piece.startswith(
            "the "
        )
        kind, known = self.kind(sentence, piece), self.kind(sentence, before)
        technologies = self.technologies(sentence, piece)
        if is_added and kind and known and kind.weight == 2 and kind.kind is not known.kind:
            is_anew = True
        if not piece or _SAID["no_part"].match(piece) or piece.count("(") != piece.count(")"):
            return False
        if not ((kind and kind.weight) or (is_anew and technologies)):
            return False
        if not (known or self.technologies(sentence, before.strip())):
            return False
        if not is_anew and (
            (has_contents and (not technologies or piece.startswith("our "))) or (known and known.kind in HELP)
        ):
            return False
        return is_anew or known is None or kind is None or kind.kind is not known.kind or bool(technologies)
