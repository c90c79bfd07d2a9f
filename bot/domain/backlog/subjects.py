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
        within = [each for each in self._mentions[sentence.at] if 0 <= start <= each.start]
        return tuple(ids(each for each in within if each.end <= start + len(text)))

    def names(self, sentence: Sentence, text: str) -> bool:
        """Whether a text names a kind of thing or a technology."""
        return bool(self.kind(sentence, text) or self.technologies(sentence, text))

    def is_thing(self, sentence: Sentence, text: str) -> bool:
        """Whether the head of a text names a thing that can be asked for."""
        kind = self.kind(sentence, text)
        return kind is not None and kind.weight >= 2

    def is_new_thing(self, sentence: Sentence, text: str) -> bool:
        """Whether a text names a thing as if for the first time: "a topic", "two runners"."""
        return bool(_SAID["fragment"].match(text)) and self.is_thing(sentence, text)

    def names_things(self, sentence: Sentence, text: str) -> bool:
        """Whether a text is a list of things, rather than what somebody does."""
        first, *rest = _SAID["part"].split(text)
        is_list = self.names(sentence, first) and not _SAID["says"].search(first)
        return is_list and any(self.is_thing(sentence, each) for each in (first, *rest))

    def parts(self, sentence: Sentence, wanted: str) -> list[Part]:
        """Cut a list of things into its parts: each begins anew, or is of another kind than the one before.

        What stands behind "a package:" or "a library with" is what is in it.
        """
        head, colon, contents = wanted.partition(":")
        has_contents = colon and head.count("(") == head.count(")") and not _SAID["fragment"].match(contents.strip())
        if has_contents and self.is_thing(sentence, head):
            return [(wanted, self.kind(sentence, head), self.technologies(sentence, wanted))]
        bounds: list[tuple[int, int]] = []
        start, is_added = 0, False
        for cut in (*_SAID["part"].finditer(wanted), None):
            end = cut.start() if cut else len(wanted)
            piece = wanted[start:end].strip()
            piece = piece.removeprefix("to ") if is_added else piece
            if bounds and not self._is_new(sentence, wanted[slice(*bounds[-1])], piece, is_added=is_added):
                bounds[-1] = (bounds[-1][0], end)
            else:
                bounds.append((wanted.index(piece, start, end), end))
            if cut:
                start, is_added = cut.end(), bool(_SAID["added"].match(cut[0]))
        pieces = [wanted[begin:end] for begin, end in bounds]
        return [(piece, self.kind(sentence, piece), self.technologies(sentence, piece)) for piece in pieces]

    def _is_new(self, sentence: Sentence, before: str, piece: str, *, is_added: bool) -> bool:
        """Whether a part of a list is another thing than the one before, rather than more of it."""
        begun = _SAID["does"].match(piece)
        piece = piece[begun.end() :] if begun else piece
        kind, known = self.kind(sentence, piece), self.kind(sentence, before)
        technologies, is_other = self.technologies(sentence, piece), kind and known and kind.kind is not known.kind
        is_anew = bool(begun or _SAID["fragment"].match(piece) or _SAID["has_to"].search(piece) or piece[:4] == "the ")
        is_anew = is_anew or bool(is_added and is_other and kind and kind.weight == 2)
        if _SAID["no_part"].match(piece) or piece.count("(") != piece.count(")"):
            return False
        is_thing = (kind and kind.weight) or (is_anew and technologies)
        if not is_thing or not self.names(sentence, before.strip()):
            return False
        is_within = _SAID["contents"].search(before) and (not technologies or piece.startswith("our "))
        if not is_anew and (is_within or (known and known.kind in HELP)):
            return False
        return bool(is_anew or known is None or is_other or technologies)
