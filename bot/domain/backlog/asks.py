"""Which words of a clause say what is asked for, and how surely it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import named
from bot.domain.backlog.needs import Needs, Strength
from bot.domain.backlog.subjects import Subjects
from bot.domain.backlog.threads import Sentence

_SAID = patterns("wishes")
#: "What we'd want then is X"
_IS = re.compile(r"^(?:(?:then|now|really|also|most) )*(?:is|are|would be)\b:? ", re.IGNORECASE)


class Asks:
    """Finds what a clause asks for, beside what was found in the clauses before."""

    def __init__(self, sentences: Sequence[Sentence], about: Subjects, found: Needs) -> None:
        self._sentences, self._about, self._found = sentences, about, found

    def wanted(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> tuple[str, Strength]:
        """Return the words for what a clause asks for, and how surely it does."""
        if asked is not None and not (_SAID["past"].search(clause) and "?" not in clause):
            return self._behind(sentence, clause, asked)
        before = _SAID["asked_before"].search(clause)
        if before is not None and not _SAID["past"].search(clause):
            return self._ahead(sentence, clause, before)
        if self.is_announced(sentence) and self._about.kind(sentence, clause):
            return clause, Strength.ASKED
        concluding = _SAID["concluding"].match(clause)
        if concluding and not clause.endswith("?") and self._about.names_things(sentence, clause[concluding.end() :]):
            return clause[concluding.end() :], Strength.LISTED
        if (
            _SAID["implied"].search(clause)
            and not _SAID["team_itself"].search(clause)
            and not _SAID["aside"].search(clause)
        ):
            absent = _SAID["absent"].search(clause)
            wanted = clause[absent.end() :] if absent and named(clause[absent.end() :]) else clause
            kind = self._about.kind(sentence, wanted)
            if kind is not None and (kind.weight or self._about.technologies(sentence, wanted)):
                return wanted, Strength.LISTED if absent and kind.weight > 1 else Strength.IMPLIED
        lead, colon, rest = clause.partition(": ")
        leads = colon and len(lead.split()) < 7 and not _SAID["tells"].search(lead)
        if leads and self._about.is_new_thing(sentence, rest):
            return rest, Strength.LISTED
        strength = self._listed_strength(sentence, clause)
        return ("", Strength.NAMED) if strength is None else (clause, strength)

    def is_announced(self, sentence: Sentence) -> bool:
        """Whether the sentence before, of the same person, says that something is asked for, and not what."""
        before = self._sentences[sentence.at - 1] if sentence.at else sentence
        return before.message.author == sentence.message.author and bool(_SAID["announces"].fullmatch(before.text))

    def _behind(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands behind the words that ask."""
        # "MLflow hosted for us and help with Nomad": help is one of the things in the list.
        is_help = asked[0].lower().startswith(("help", "a hand", "support"))
        after = clause if is_help else _IS.sub("", clause[asked.end() :].strip(" :,.!"))
        if not after and _SAID["pronoun"].search(asked[0]):
            return asked[0], Strength.ASKED
        enough = self._about.kind(sentence, after) or self._about.technologies(sentence, after)
        if (not enough and _SAID["sums_up"].match(asked[0])) or (_SAID["only_when"].match(after) and self._found.needs):
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
        if asked[0].lower().startswith("not us") and not self._about.is_thing(sentence, wanted):
            return "that", Strength.ASKED
        narrated, comma, thing = wanted.rpartition(", ")
        if comma and _SAID["fragment"].match(thing) and _SAID["says"].search(narrated):
            wanted = thing  # "our builds take an hour, a cache would help"
        if (
            _SAID["when"].search(wanted)
            and not self._about.kind(sentence, wanted)
            and not self._about.technologies(sentence, wanted)
        ):
            return "", Strength.NAMED
        if _SAID["passive"].fullmatch(asked[0]) and not self._about.technologies(sentence, wanted):
            return (clause, Strength.IMPLIED) if self._about.kind(sentence, clause) else ("", Strength.NAMED)
        # "It would help if there was a script": what is wanted stands behind.
        return (wanted if len(wanted.split()) > 1 or not named(after) else after) or clause, Strength.ASKED

    def _listed_strength(self, sentence: Sentence, clause: str) -> Strength | None:
        """Return how surely a thing that is only named is asked for, by the list or the talk in which it stands."""
        kind = self._about.kind(sentence, clause)
        is_thing = (kind and kind.weight) or self._about.technologies(sentence, clause)
        is_named = kind or self._about.technologies(sentence, clause)
        if sentence.is_bullet and is_named and self._is_listed(sentence):
            return Strength.LISTED
        if kind and self._found.answers == sentence.message.index and not clause.endswith("?"):
            return Strength.LISTED
        continues = sentence.at - self._found.last_ask <= 3
        # "and the keys have a ttl?" asks how things are.
        is_new = _SAID["fragment"].match(clause) or _SAID["is_there"].search(clause)
        is_told = clause.endswith("?") and _SAID["says"].search(clause) and not is_new
        if continues and _SAID["continued"].search(clause) and is_thing and not is_told:
            return min(Strength.LISTED, self._found.last_strength)
        if not kind or kind.weight < 2 or (clause.endswith("?") and not _SAID["fragment"].match(clause)):
            return None
        is_list = not _SAID["says"].search(clause) and not _SAID["no_part"].match(clause) and len(clause.split()) > 1
        is_list = is_list and (not clause[0].isdigit() or self._found.last_ask == sentence.at - 1)
        if is_list and continues and self._found.last_strength >= Strength.LISTED:
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
