"""What a need is called: words that say what is wanted to whoever reads them among fifty others, without the thread."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.backlog.cues import WORDS, patterns
from bot.domain.backlog.needs import Need
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("titles")
_LITTLE = frozenset(WORDS["little"].split())
_WORD = re.compile(r"[^\W_][\w.+/'-]*")
#: A title of fewer words that mean something says too little, unless one of them is a technology.
_ENOUGH = 2
_MOST = 90
#: Where it refers to something, of fewer words than these.
_SHORT = 3
_KINDS = {each: each.replace("_", " ").capitalize().replace("Api", "API") for each in ItemType}
#: So many sentences back stands what a title is about.
_NEAR = 3


class Titles:
    """Calls the needs of one thread."""

    def __init__(
        self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, needs: Sequence[Need]
    ) -> None:
        self._sentences, self._mentions, self._vocabulary = thread.sentences, mentions, vocabulary
        self._needs = needs

    def of(self, need: Need) -> str:
        """Return a title that names the thing or the work: what "it" is, and for which technology or service."""
        text = _SAID["its_own"].sub(r"a \1 of its own", _plain(need.span or need.title), count=1)
        if need.kind is ItemType.ACCESS:
            text = _SAID["shut_out"].sub("Access to ", text, count=1)
        if _SAID["points"].match(text) and (told := self._told(need)):
            text = _plain(told)
        elif not self._says_enough(text):
            text = _plain(self._longer(need, text))
        bare = _plain(_SAID["refers"].sub("", text))
        if not self._says_enough(bare) or (_weight(bare) <= _SHORT and bare != text):
            bare = self._about(need, bare)
        text = self._with_technology(need, self._for_what(need.sentence, bare))
        return _cut(text[:1].upper() + text[1:])

    def _says_enough(self, text: str) -> bool:
        """Whether a title names what is wanted, and no "it" that it is done to."""
        if _SAID["talk"].match(text) or (_SAID["worked_on"].search(text) and _weight(text) <= _SHORT):
            return False
        return _weight(text) >= _ENOUGH or bool(self._vocabulary.find([text])[0])

    def _told(self, need: Need) -> str:
        """Return the words that say what a wish is about: before it, behind it, or else the thread's first."""
        said, told = need.sentence, _SAID["told"].match(need.sentence.text)
        beside = [told[1] if told else ""]
        beside += [each.text for each in self._sentences[: said.at][-1:]]
        beside += [each.text for each in self._sentences[said.at + 1 :][:1] if each.message is said.message]
        beside += [self._sentences[0].text]
        beside = [_SAID["story"].sub("", each) for each in beside]
        # A question asks for something else, or whether.
        beside = [each for each in beside if not each.endswith("?") or each == need.sentence.text]
        said_enough = [each for each in beside if _weight(each) > _ENOUGH and need.title[1:] not in each]
        return next((each for each in said_enough if not _SAID["talk"].match(each)), "") or next(iter(said_enough), "")

    def _longer(self, need: Need, text: str) -> str:
        """Return more of the sentence where a title was cut too short: "A session" "by someone from SRE".

        What another need of the sentence is called is no part of it.
        """
        said = need.sentence
        found = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", said.text, re.IGNORECASE)
        if found is None:
            return text
        rest = _SAID["end"].split(said.text[found.end() :])[0]
        others = [each.title.lower() for each in self._beside(need)]
        begins = [at for each in others if (at := rest.lower().find(each)) >= 0]
        return text + rest[: min(begins, default=None)].rstrip()

    def _beside(self, need: Need) -> list[Need]:
        """Return the other needs of the same sentence."""
        return [each for each in self._needs if each.sentence is need.sentence and each.title != need.title]

    def _about(self, need: Need, text: str) -> str:
        """Return a title with what it is about before it: a technology, or what was told, or the kind of thing."""
        text = _SAID["worked_on"].sub("", _SAID["pronoun"].sub("", text))
        kind, is_talk = _KINDS[need.kind], _SAID["talk"].match(text)
        if is_talk and _weight(text) >= _ENOUGH:
            return f"{kind}: {_lower(text)}"
        text = "" if is_talk else text
        if text and (need.technologies or self._vocabulary.find([text])[0]):
            return text
        # What the next need of the sentence is about is not what this one is.
        theirs = {name for each in self._beside(need) if _is_behind(each, need) for name in each.technologies}
        rows = [need.near, *(ids(row) for row in self._mentions[need.sentence.at :: -1][:_NEAR])]
        name = next((self._vocabulary[each].name for row in rows for each in row if each not in theirs), "")
        if name and name.lower() != text.lower():
            return f"{name}: {_lower(text or kind)}"
        told = self._told(need)
        return f"{text or kind}: {_lower(_plain(told))}" if told else text or kind

    def _with_technology(self, need: Need, text: str) -> str:
        """Return a title with the technology of a need before it, if it lacks it: "Mirth Connect: VPN access"."""
        named = [self._vocabulary[each] for each in need.technologies]
        spellings = "|".join(re.escape(each) for one in named for each in one.spellings)
        if not named or ": " in text or re.search(rf"(?<!\w)(?:{spellings})s?(?!\w)", text, re.IGNORECASE):
            return text
        return f"{named[0].name}: {_lower(text)}"

    def _for_what(self, said: Sentence, text: str) -> str:
        """Return a title with what a team calls its own: "shipping-db needs a replica", "payments-db is full …"."""
        needing = _SAID["needing"].match(said.text)
        if needing is None or needing["name"].lower() in text.lower():
            return text
        named = _SAID["it"].sub(needing["name"], text, count=1)
        return named if named != text else f"{text} for {needing['name']}"


def _is_behind(other: Need, need: Need) -> bool:
    said = need.sentence.text.lower()
    return said.find(other.title.lower()) > said.find(need.title.lower())


def _plain(text: str) -> str:
    """Return the words of a wish without those that say it to somebody: "someone who reviews our manifests"."""
    while (bare := _SAID["spoken"].sub("", text)) != text:
        text = bare
    if found := _SAID["somebody"].match(text):
        text = f"{_imperative(found['does'] or '')}{text[found.end() :]}"
    return _SAID["left_open"].sub("", text).strip(" ,.:;?!-").lstrip(") ").rstrip("( ")


def _imperative(verb: str) -> str:
    """Return the plain form of a verb: "reviews", "fixes", "carries"."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("oes", "shes", "ches", "sses", "xes")) else verb.removesuffix("s")


def _weight(text: str) -> int:
    """Return how many words of a text mean something."""
    said = {found[0].rstrip(".'").lower() for found in _WORD.finditer(text)}
    return len(said - _LITTLE)


def _lower(text: str) -> str:
    """Return a text as it goes on behind a colon; "VM with a GPU" keeps its letters."""
    first = text.partition(" ")[0]
    is_name = first.partition("'")[0] == "I" or any(each.isupper() or each.isdigit() for each in first[1:])
    return text if is_name else text[:1].lower() + text[1:]


def _cut(text: str) -> str:
    """Return a text at most as long as a title may be, cut between words."""
    return text if len(text) <= _MOST else text[: _MOST - 1].rsplit(" ", 1)[0].rstrip(" ,:;-(…") + "…"
