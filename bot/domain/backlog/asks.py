"""What the words of a clause are about, what they ask for, and how surely they do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.backlog import item_parts
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_parts import Cut
from bot.domain.backlog.item_types import Named, named
from bot.domain.backlog.needs import Needs, Strength
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence
from bot.domain.names import fold

_SAID = patterns("wishes")
#: Names of hosts say nothing.
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+){2,}\b")
#: So many sentences back stands the wish to which others are added.
_SHORTLY = 3
#: Words for one thing, the kind of thing that they name, and the technologies in them.
Part = tuple[str, Named | None, tuple[str, ...]]


class Asks:
    """Reads what a piece of a sentence is about, and what it asks for beside what was found before."""

    def __init__(
        self, sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, found: Needs
    ) -> None:
        self._sentences, self._mentions, self._vocabulary, self._found = sentences, mentions, vocabulary, found

    def wanted(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> tuple[str, Strength]:
        """Return the words for what a clause asks for, and how surely it does."""
        is_past, before = _SAID["past"].search(clause), _SAID["asked_before"].search(clause)
        if self.is_chore(sentence, clause):
            return clause, Strength.ASKED
        if more := self.one_more(sentence, clause):
            return more, Strength.ASKED
        if asked and not is_past:
            return self._behind(sentence, clause, asked)
        if before and not is_past:
            return self._ahead(sentence, clause, before)
        concluding = _SAID["concluding"].match(clause)
        if concluding and self.names_things(sentence, clause[concluding.end() :]):
            return clause[concluding.end() :], Strength.LISTED
        if _SAID["implied"].search(clause) and not any(_SAID[each].search(clause) for each in ("team_itself", "aside")):
            absent = _SAID["absent"].search(clause)
            wanted = clause[absent.end() :] if absent and named(clause[absent.end() :]) else clause
            kind = self.kind(sentence, wanted)
            if kind is not None and (kind.weight or self.technologies(sentence, wanted)):
                return wanted, Strength.LISTED if absent and kind.weight > 1 else Strength.IMPLIED
        lead, colon, rest = clause.partition(": ")
        leads = colon and len(lead.split()) < 7 and not _SAID["tells"].search(lead)
        if leads and self.is_new_thing(sentence, rest):
            return rest, Strength.LISTED
        strength = self._listed_strength(sentence, clause)
        return ("", Strength.NAMED) if strength is None else (clause, strength)

    def is_chore(self, sentence: Sentence, clause: str) -> bool:
        """Whether somebody has to do something time and again, and the message says what that costs."""
        beside = self._sentences[sentence.at : sentence.at + 2]
        costs = any(_SAID["costs"].search(each.text) for each in beside if each.message is sentence.message)
        return costs and _SAID["chore"].match(clause) is not None

    def is_plain(self, sentence: Sentence, clause: str) -> bool:
        """Whether a clause asks for something, whatever else it says."""
        return self.is_chore(sentence, clause) or bool(self.one_more(sentence, clause))

    def one_more(self, sentence: Sentence, clause: str) -> str:
        """Return what is wanted beside what was just asked for: "oh and a Redis"; empty for none."""
        begins = _SAID["one_more"].match(clause)
        is_near = sentence.at - self._found.last_ask <= _SHORTLY and self._found.last_strength >= Strength.LISTED
        wanted = clause[begins.end() :] if begins and is_near else ""
        is_thing = self.is_thing(sentence, wanted) or self.technologies(sentence, wanted)
        return wanted if is_thing and not _SAID["says"].search(wanted) else ""

    def _behind(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands behind the words that ask."""
        after = _SAID["copula"].sub("", clause[asked.end() :].strip(" :,.!"))
        if not after and _SAID["pronoun"].search(asked[0]):
            return asked[0], Strength.ASKED
        enough = self.names(sentence, after)
        says_when = self._found.needs and (
            _SAID["only_when"].match(after) or (not enough and _SAID["says_when"].search(clause[: asked.start()]))
        )
        if says_when or (not enough and _SAID["sums_up"].match(asked[0])):
            self._found.asked_in.add(sentence.at)
            return "", Strength.NAMED
        if _SAID["pronoun"].fullmatch(_SAID["helps_with"].sub("", after).strip(" ?")):
            return after, Strength.ASKED
        if _SAID["to_do"].match(after):
            return after, Strength.IMPLIED  # "we need to rotate the keys" tells what has to be done
        is_clear = enough or _SAID["unnamed"].match(after)
        return (after if is_clear and len(after.split()) > 1 else clause), Strength.ASKED

    def _ahead(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands before the words that ask."""
        wanted, after = clause[: asked.start()].strip(" ,"), clause[asked.end() :].strip(" ,")
        if asked[0].lower().startswith("not us"):
            return "that", Strength.ASKED
        if _SAID["when"].search(wanted) and not self.names(sentence, wanted):
            return "", Strength.NAMED
        if _SAID["passive"].fullmatch(asked[0]) and not self.technologies(sentence, wanted):
            return (clause, Strength.IMPLIED) if self.kind(sentence, clause) else ("", Strength.NAMED)
        # "It would help if there was a script": what is wanted stands behind.
        return (wanted if len(wanted.split()) > 1 or not named(after) else after) or clause, Strength.ASKED

    def _listed_strength(self, sentence: Sentence, clause: str) -> Strength | None:
        """Return how surely a thing that is only named is asked for, by the list or the talk in which it stands."""
        kind, technologies = self.kind(sentence, clause), self.technologies(sentence, clause)
        weight, is_question, is_new = kind.weight if kind else 0, clause.endswith("?"), _SAID["fragment"].match(clause)
        if sentence.is_bullet and (kind or technologies) and self._is_listed(sentence):
            return Strength.LISTED
        if kind and self._found.answers == sentence.message.index and not is_question:
            return Strength.LISTED
        far, says = sentence.at - self._found.last_ask, _SAID["says"].search(clause)
        # "and the keys have a ttl?" asks how things are.
        is_told = is_question and says and not is_new and not _SAID["is_there"].search(clause)
        if far <= _SHORTLY and _SAID["continued"].search(clause) and (weight or technologies) and not is_told:
            return min(Strength.LISTED, self._found.last_strength)
        if weight < 2 or (is_question and not is_new):
            return None
        is_list = not says and not _SAID["no_part"].match(clause) and len(clause.split()) > 1
        is_list = is_list and (not clause[0].isdigit() or far == 1)
        if is_list and far <= _SHORTLY and self._found.last_strength >= Strength.LISTED:
            return Strength.LISTED
        return Strength.NAMED if is_list or _SAID["fragment"].search(clause) else None

    def _is_listed(self, sentence: Sentence) -> bool:
        """Whether a line belongs to a list of wishes: a wish leads to it, or nothing that tells how things are."""
        beside = [each for each in self._sentences if each.message is sentence.message]
        if any(each.at in self._found.asked_in or each.at == self._found.last_ask for each in beside):
            return True
        first = next(each.at for each in beside if each.is_bullet)
        lead = self._sentences[first - 1].text if first else ""
        return sum(each.is_bullet for each in beside) > 1 and not _SAID["tells"].search(lead)

    def kind(self, sentence: Sentence, text: str) -> Named | None:
        """Return what kind of thing a text names; GitHub Actions are no actions, for a technology's name is no noun."""
        for mention in self._within(sentence, text):
            said = sentence.text[mention.start : mention.end]
            *_, last = said.split()
            is_name = fold(said) in (fold(self._vocabulary[mention.id].name), fold(mention.id))
            text = text.replace(said, "§" if is_name or named(last) is None else f"§ {last}")
        return named(_HOST.sub("§", text))

    def technologies(self, sentence: Sentence, text: str) -> tuple[str, ...]:
        """Return the technologies that are named in a piece of a sentence."""
        return tuple(ids(self._within(sentence, text)))

    def _within(self, sentence: Sentence, text: str) -> list[Mention]:
        """Return what a piece of a sentence mentions; nothing for a text that is no piece of it."""
        start = sentence.text.find(text)
        after = [each for each in self._mentions[sentence.at] if 0 <= start <= each.start]
        return [each for each in after if each.end <= start + len(text)]

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
            if bounds and not self._is_new(sentence, wanted[slice(*bounds[-1])].strip(), piece, is_added=is_added):
                bounds[-1] = (bounds[-1][0], end)
            else:
                bounds.append((wanted.index(piece, start, end), end))
            if cut:
                start, is_added = cut.end(), bool(_SAID["added"].match(cut[0]))
        pieces = [wanted[begin:end] for begin, end in bounds]
        return [(piece, self.kind(sentence, piece), self.technologies(sentence, piece)) for piece in pieces]

    def _is_new(self, sentence: Sentence, before: str, piece: str, *, is_added: bool) -> bool:
        """Whether a part of a list is another thing than the one before, rather than more of it.

        Of much that stands before it, the last words tell.
        """
        words = before.rsplit(maxsplit=item_parts.LONG)
        before = before[len(words[0]) :].strip() if len(words) > item_parts.LONG else before
        kinds = self.kind(sentence, before), self.kind(sentence, piece)
        named = self.technologies(sentence, before), self.technologies(sentence, piece)
        if piece.count("(") != piece.count(")") or not all(map(any, zip(kinds, named, strict=True))):
            return False
        return item_parts.is_new(Cut(sentence, before, piece, is_added, kinds, named))
