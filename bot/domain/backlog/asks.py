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


class Asks:
    """Finds what a clause asks for, beside what was found in the clauses before."""

    def __init__(self, sentences: Sequence[Sentence], about: Subjects, found: Needs) -> None:
        self._sentences, self._about, self._found = sentences, about, found

    def wanted(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> tuple[str, Strength]:
        """Return the words for what a clause asks for, and how surely it does."""
        is_past, before = _SAID["past"].search(clause), _SAID["asked_before"].search(clause)
        if asked and not is_past:
            return self._behind(sentence, clause, asked)
        if before and not is_past:
            return self._ahead(sentence, clause, before)
        concluding = _SAID["concluding"].match(clause)
        if concluding and self._about.names_things(sentence, clause[concluding.end() :]):
            return clause[concluding.end() :], Strength.LISTED
        if _SAID["implied"].search(clause) and not any(_SAID[each].search(clause) for each in ("team_itself", "aside")):
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

    def _behind(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands behind the words that ask."""
        # "MLflow hosted for us and help with Nomad": help is one of the things in the list.
        is_help = asked[0].lower().startswith(("help", "a hand", "support"))
        after = clause if is_help else _SAID["copula"].sub("", clause[asked.end() :].strip(" :,.!"))
        if not after and _SAID["pronoun"].search(asked[0]):
            return asked[0], Strength.ASKED
        enough = self._about.names(sentence, after)
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
        if asked[0].lower().startswith("not us"):
            return "that", Strength.ASKED
        if _SAID["when"].search(wanted) and not self._about.names(sentence, wanted):
            return "", Strength.NAMED
        if _SAID["passive"].fullmatch(asked[0]) and not self._about.technologies(sentence, wanted):
            return (clause, Strength.IMPLIED) if self._about.kind(sentence, clause) else ("", Strength.NAMED)
        # "It would help if there was a script": what is wanted stands behind.
        return (wanted if len(wanted.split()) > 1 or not named(after) else after) or clause, Strength.ASKED

    def _listed_strength(self, sentence: Sentence, clause: str) -> Strength | None:
        """Return how surely a thing that is only named is asked for, by the list or the talk in which it stands."""
        kind, technologies = self._about.kind(sentence, clause), self._about.technologies(sentence, clause)
        weight, is_question, is_new = kind.weight if kind else 0, clause.endswith("?"), _SAID["fragment"].match(clause)
        if sentence.is_bullet and (kind or technologies) and self._is_listed(sentence):
            return Strength.LISTED
        if kind and self._found.answers == sentence.message.index and not is_question:
            return Strength.LISTED
        far, says = sentence.at - self._found.last_ask, _SAID["says"].search(clause)
        # "and the keys have a ttl?" asks how things are.
        is_told = is_question and says and not is_new and not _SAID["is_there"].search(clause)
        if far <= 3 and _SAID["continued"].search(clause) and (weight or technologies) and not is_told:
            return min(Strength.LISTED, self._found.last_strength)
        if weight < 2 or (is_question and not is_new):
            return None
        is_list = not says and not _SAID["no_part"].match(clause) and len(clause.split()) > 1
        is_list = is_list and (not clause[0].isdigit() or far == 1)
        if is_list and far <= 3 and self._found.last_strength >= Strength.LISTED:
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
