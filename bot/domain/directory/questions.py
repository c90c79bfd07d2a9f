"""Cutting a person's text into parts that may be a name and parts that only ask for one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from rapidfuzz.distance import OSA

from bot.domain.directory import addresses, forges
from bot.domain.directory.forges import without_checkout
from bot.domain.directory.trouble_words import STATUS
from bot.domain.directory.vocabulary import (
    AREA_WORDS,
    CORE_QUESTION_WORDS,
    DOUBTFUL_WORDS,
    FOREIGN_TROUBLE_WORDS,
    FOREIGN_WORDS,
    JOINING_WORDS,
    KIND_WORDS,
    NEGATIONS,
    PREDICATES,
    QUESTION_WORDS,
    STATE_WORDS,
    is_trouble,
)
from bot.domain.names import clean, fold, tokens

#: Longer texts are cut: nobody needs more to name an asset.
MAX_LENGTH = 300
MAX_CHUNKS = 24
#: How much is read before markup is removed; links are long.
_MAX_RAW_LENGTH = 4_000

#: A Markdown link, containing Slack's own markup if Slack has recognised the address.
_MARKDOWN = re.compile(
    r"!?\[(?P<label>[^\[\]\n]{1,200})\]\(\s*<?(?P<target>[^\s()<>|]+(?:\([^\s()<>|]*\)[^\s()<>|]*)*)(?:\|[^<>]*)?>?"
    r"(?:\s+\"[^\"]*\")?\s*\)"
)
_MARKUP = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r"(?<![^\s(]):[a-z0-9_+'-]{1,60}:(?=[\s.,;:!?)]|$)")
_QUOTED = re.compile(
    r"`+([^`]+)`+|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”]|(?<![\w])\"([^\"]+)\"|(?<![\w])[‘']([^'’]+)[’'](?!\w)"
)
_POSSESSIVE = re.compile(r"['’]s?$")
#: Punctuation of other scripts (Arabic, Chinese and Japanese, Greek, Indic), and the marks that begin a Spanish
#: question.
_FOREIGN_MARKS = "؟،؛？！。、；：，（）「」『』【】《》〈〉‹›‚\u037e·।॥¿¡"
_BEFORE = "([{<\"'`*~,;:!?…“”‘’«»„_|-–—" + _FOREIGN_MARKS
_AFTER = ")]}>\"'`*~.,;:!?…“”‘’«»„_|-–—" + _FOREIGN_MARKS
_COMMAS = frozenset(",;、，،；")


ASKING = re.compile(
    r"(?<![\w-])(?:who|whom|whose|who's|which team|what team|owns?|owned|owners?|responsible|in charge"
    r"|look(?:s|ing)? after)(?![\w-])",
    re.IGNORECASE,
)
#: Chinese, Japanese and Korean have no space between a name and the words around it.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNSPACED_MARKS = "「」『』【】（）《》〈〉、。，：；？！"
_BETWEEN_SCRIPTS = re.compile(
    rf"(?<=[A-Za-z0-9])(?=[{_UNSPACED}{_UNSPACED_MARKS}])|(?<=[{_UNSPACED}{_UNSPACED_MARKS}])(?=[A-Za-z0-9])"
)
#: The text asks for something that uses the named asset, or that it uses: "the thing that checkout talks to".
_THING = (
    r"(?:(?:thing|stuff|one|service|system|app|application|api|database|db|queue|topic|cache|bucket|job|component|box|host|"
    r"server|backend|code|program|tool|library|client|consumer|worker|bot|proxy|frontend|site|website|script)s?\s+(?:(?:that|which)\s+)?|what(?:ever)?\s+(?!team|squad|group|people|person|channel)|everything\s+|anything\s+|something\s+)"
)
_USES = (
    r"(?:(?:is|are)\s+(?:runn|deploy|host)\w+\s+(?:on|in|at)|runs?\s+(?:on|in|at)|(?:is\s+|are\s+)?(?:talk|speak|us(?:es?|ed|ing)\b|call|"
    r"depend|rel(?:y|ies)\b|need|writ|read|send|connect|sit|hit|pull|push|publish|consum|listen|point|quer|poll|fetch|wait|"
    r"store|subscrib|import|feed)\w*)"
)
#: The text asks for what is beside the named asset, or for everything but it.
_BESIDE = (
    r"what(?:['’]?s|\s+is|\s+sits|\s+runs|\s+lies)?\s+(?:behind|under|below|beneath|upstream|downstream|in\s+front|on\s+top|next)"
    r"|(?:up|down)stream\s+of|who\s+(?:else\s+)?(?:uses|consumes|calls|depends\s+on|integrates\s+with|subscribes\s+to)(?!\s+(?:it|that|this)\b)"
    r"|who\s+(?:does|do)(?:\s+not|n['’]?t)\s+own|who(?:['’]s\s+not|\s+is\s+not|\s+isn['’]?t)\s+(?:the\s+|an?\s+)?(?:owner|responsible|accountable|in\s+charge)|except|other\s+than|(?:anything|everything|all|any)\s+but"
    r"|(?:(?:thing|service|system|app|api|database|other)s|(?:some|any)thing)\s+(?:like|similar\s+to)"
    r"|(?:what|which)\s+\w+s\s+(?:does|do)"
)
#: "The service that never talks to checkout" is another thing; "checkout service not sending mails" is checkout.
_UNLESS_NOT = r"(?!(?:not|never|cannot|keeps?|stop\w*|\w+n['’]?t)\b)"
_GAP = r"(?!whom?\b)\S+\s+"
_ANOTHER = re.compile(
    rf"\b(?:{_THING}(?:(?:(?<=that\s)|(?<=which\s))(?:{_GAP}){{0,5}}?|(?:{_UNLESS_NOT}{_GAP}){{0,5}}?){_USES}|{_BESIDE})\b",
    re.IGNORECASE,
)


_HOLDING = r"(?:own|run(?!\s+(?:on|in|at|with))|maintain|manage|handle|support|operate|look\s+after|take\s+care\s+of)"
#: A yes-or-no question: "is checkout owned by infra-ops?", "does infra-ops own checkout?", "does checkout belong to
#: infra-ops?".
_WHETHER = re.compile(
    r"(?:is|are|isn['’]?t|aren['’]?t|was|does|do|doesn['’]?t|don['’]?t)\s+"
    r"(?:(?P<held>\S.*?)\s+(?:(?:still|now|actually|really|currently)\s+)?(?:owned|run|maintained|managed|handled|supported|operated"
    r"|looked\s+after)\s+by\s+\S|"
    r"(?P<belonging>\S.*?)\s+(?:still\s+)?belong\s+to\s+\S|"
    rf"\S.*?\s(?:(?:(?:still|responsible|accountable)\s+)?{_HOLDING}|(?:responsible|accountable)\s+for|in\s+charge\s+of|owners?\s+of)\s+(?P<of>\S.*))",
    re.IGNORECASE | re.DOTALL,
)
#: "Does the owner of checkout know …?" asks for more than the owner.
_DOES_THE_OWNER = re.compile(r"^do\w*\b.*\bowners?\s+of\s+$", re.IGNORECASE | re.DOTALL)
_WHETHER_BEGINS = ("is ", "are ", "isn", "aren", "was ", "does", "do ", "don")
#: Signs that join two names, like "and".
_AND = re.compile(r"\s[&+]\s")
#: The beginning of a quoted line, also in Slack's escaped form.
_QUOTES = (">", "&gt;")
#: An escaped space, as in a shell.
_ESCAPED_BLANK = re.compile(r"(?<=[\w)-])\\ (?=\w)")
#: HTTP status codes of a server in trouble.
_ANSWERED = re.compile(r"[45](?:\d\d|xx)s?")
#: HTTP status codes, and measured values.
_MEASURED = re.compile(rf"{_ANSWERED.pattern}|\d+(?:s|ms|k|m|mb|gb|min)")
_BEFORE_LAST = frozenset({"in", "on", "at", "from", "for", "with", "by"})
_SAID_ABROAD = NEGATIONS | FOREIGN_TROUBLE_WORDS
#: How many words are looked at to recognise the language.
_MOST_WORDS = 40
#: More words in quotes are a quotation, not a name.
_MOST_QUOTED = 5


class Part(Enum):
    """What a chunk may be besides a name."""

    NAME = auto()
    QUESTION = auto()
    DOUBTFUL = auto()
    KIND = auto()
    AREA = auto()
    KIND_OR_AREA = auto()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text between white space."""

    text: str
    folded: str
    words: tuple[str, ...]
    part: Part
    is_quoted: bool = False
    #: Whether it ended with 's.
    is_possessive: bool = False
    #: Whether a comma or a bracket followed it.
    has_comma: bool = False


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A text cut into chunks. `links` are addresses that Slack's markup contains in addition to the text shown."""

    chunks: tuple[Chunk, ...]
    links: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text as understood, without markup."""
        return _joined(self.chunks)


def read(text: str, *, max_length: int = MAX_LENGTH, max_chunks: int = MAX_CHUNKS) -> ParsedQuestion:
    """Cut a text from Slack into chunks; markup, emoji, mentions and quotation marks are replaced by what they mean."""
    links: list[str] = []
    plain = _MARKDOWN.sub(lambda found: f" {_label(found, links)} ", text[: max(_MAX_RAW_LENGTH, max_length)])
    plain = _MARKUP.sub(lambda found: _unwrap(found, links), plain)
    plain = without_checkout(clean(_ESCAPED_BLANK.sub("%20", unescaped(plain))))
    plain = _shortened(_BETWEEN_SCRIPTS.sub(" ", _EMOJI.sub(" ", plain)), max_length)
    chunks: list[Chunk] = []
    for piece, is_quoted in _quoted_pieces(plain):
        # In quotes, a path may contain spaces.
        raws = [piece] if is_quoted and "/" in piece else _AND.sub(" and ", piece).split()
        is_quoted = is_quoted and len(raws) <= _MOST_QUOTED  # noqa: PLW2901 - as a name is
        for raw in raws:
            if len(chunks) == max_chunks:
                break
            chunk = chunk_of(raw, is_quoted=is_quoted)
            if chunk is None:
                continue
            if chunk.text == "IT" and not plain.isupper():
                chunk = replace(chunk, part=Part.NAME)  # a department, not a pronoun
            if raw[0] == "(" and chunks:
                chunks[-1] = replace(chunks[-1], has_comma=True)
            chunks.append(chunk)
    return ParsedQuestion(chunks=tuple(chunks), links=tuple(links))


def _shortened(text: str, most: int) -> str:
    """Return the beginning of a text. A link is never cut, because it might lead to another file then."""
    if len(text) <= most:
        return text
    start, end = text.rfind(" ", 0, most) + 1, text.find(" ", most)
    word = text[start : end if end >= 0 else None]
    return text[:start] + word if "://" in word and len(word) <= _MAX_RAW_LENGTH // 2 else text[:most]


def without_quotations(text: str) -> str:
    """Return a text without lines that quote another message; the whole text if there are no other lines."""
    if not any(line.startswith(_QUOTES) for line in text.splitlines()):
        return text
    own = "\n".join(line for line in text.splitlines() if not line.startswith(_QUOTES))
    return own if own.strip() else text


def unescaped(text: str) -> str:
    """Return a text with `&`, `<` and `>` as they were typed. Slack escapes these three and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def forgiven(question: ParsedQuestion, is_known: Callable[[str], bool]) -> ParsedQuestion:
    """Return the question with misspelt question words ("who onws") corrected; known words stay."""
    return replace(question, chunks=tuple(_forgiven(chunk, is_known) for chunk in question.chunks))


def before_predicate(question: ParsedQuestion) -> ParsedQuestion | None:
    """Return the beginning of "checkout is returning errors, who owns it", if the text continues like that."""
    chunks = question.chunks
    for place, chunk in enumerate(chunks):
        if chunk.folded in PREDICATES and any(one.part is not Part.QUESTION for one in chunks[:place]):
            return replace(question, chunks=chunks[:place])
    return None


def is_sentence(text: str, question: ParsedQuestion) -> bool:
    """Whether a text is a statement, in any language, and not only a name or a few words of one."""
    if any(chunk.part is Part.QUESTION or chunk.is_quoted for chunk in question.chunks) or " (" in text:
        return True
    if "?" in text or ASKING.search(text) is not None or not text.isascii():
        return True
    said = [chunk.folded for chunk in question.chunks[1:]]
    if said and (is_trouble(said[-1]) or any(word in _SAID_ABROAD or _MEASURED.fullmatch(word) for word in said)):
        return True  # "ledger down", "ledger geht nicht", "ledger 503", "ledger replication 40s behind"
    if any(STATUS.fullmatch(chunk.text) for chunk in question.chunks[1:]):
        return True  # "ledger OOMKilled"
    if said and is_trouble(said[0]) and said[0].endswith(("ed", "ing")):
        return True  # "ledger timed out"
    *before, joining, _ = ("", "", *(chunk.folded for chunk in question.chunks))
    if joining in _BEFORE_LAST and any(is_trouble(word) or _ANSWERED.fullmatch(word) for word in before):
        return True  # "it timed out in ledger"
    return sum(word in FOREIGN_WORDS for word in text.lower().split()[:_MOST_WORDS]) > 1


def asks_for_another(text: str) -> bool:
    """Whether a text asks for something that it only describes by the name: "the thing that checkout talks to"."""
    return _ANOTHER.search(text) is not None


def asked_whether(text: str) -> str:
    """Return what a question whether somebody owns it is about: `checkout` for "is checkout owned by infra-ops?".

    Return "" for any other text. The owner is the answer to such a question.
    """
    if not text[:5].lower().startswith(_WHETHER_BEGINS):
        return ""
    found = _WHETHER.match(text)
    if found is None or ASKING.search(text, found.end()) is not None:  # "…, and who owns login?"
        return ""
    if found["of"] and _DOES_THE_OWNER.search(text, 0, found.start("of")) is not None:
        return ""
    return found["held"] or found["of"] or found["belonging"]


def name_in(text: str, understood_as: str) -> str:
    """Return what a question was understood to ask for, if that can be a name; "" if it is a sentence.

    A name is one piece of the question, except for a word like "of", and has no words that only occur in sentences.
    """
    whole, chunks = _without_joining(read(text)), _without_joining(read(understood_as))
    is_one_piece = f" {_joined(chunks)} " in f" {_joined(whole)} "
    says_more = any(chunk.part is Part.QUESTION for chunk in chunks)
    has_name = any(chunk.part not in (Part.QUESTION, Part.DOUBTFUL) for chunk in chunks)
    return understood_as if is_one_piece and has_name and not says_more else ""


def _without_joining(question: ParsedQuestion) -> list[Chunk]:
    return [chunk for chunk in question.chunks if chunk.folded not in JOINING_WORDS]


def _joined(chunks: Iterable[Chunk]) -> str:
    return " ".join(chunk.text for chunk in chunks)


def _unwrap(found: re.Match[str], links: list[str]) -> str:
    """Return the text for a piece of Slack's markup; addresses that are not shown are added to `links`."""
    target, label = found[1], found[2] or ""
    if target[0] in "@!":
        return " "
    if target[0] == "#":
        links += [target[1:], f"#{unescaped(label)}"] if label else [target[1:]]
        return f" #{label} " if label else " "
    if target.startswith("mailto:"):
        return f" {label or target.removeprefix('mailto:')} "
    if not label or _is_address_shown(label, target):
        return f" {target} "
    links.append(unescaped(target))
    return f" {label} "


def _is_address_shown(label: str, target: str) -> bool:
    """Whether a link's text is its address, or a part of the address that means nothing by itself.

    `acme/shop` is one, and `shop` for a repository. A monitoring tool's `payments-db` is a name, even if its page has
    that name in its address.
    """
    if label not in target:
        return False
    is_whole = label in (target, addresses.without_protocol(target).rstrip("/"))
    return is_whole or addresses.may_be_address(label) or forges.is_code(target)


def _label(found: re.Match[str], links: list[str]) -> str:
    """Return the text of a Markdown link; or its address, if the text shows that too."""
    label, target = found["label"], found["target"]
    if _is_address_shown(label, target):
        return target
    links.append(unescaped(target))
    return label


def _quoted_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (piece, whether it was in quotes or backticks), in order."""
    end = 0
    for found in _QUOTED.finditer(text):
        yield text[end : found.start()], False
        yield next(group for group in found.groups() if group), True
        end = found.end()
    yield text[end:], False


def chunk_of(raw: str, *, is_quoted: bool) -> Chunk | None:
    """Return the chunk for a piece between white space; None if it has no meaning."""
    text = raw.lstrip(_BEFORE).rstrip(_AFTER)
    bare = _POSSESSIVE.sub("", text)
    is_possessive, text = bare != text, bare
    folded = fold(text)
    if not folded or not (folded.isascii() or any(map(str.isalnum, folded))):  # an emoji alone says nothing
        return None
    words = tokens(text)
    # "on-call", "go-to" and "CI/CD" are words of questions; any other joined words are a name.
    is_joined = len(words) > 1 and "'" not in text and "’" not in text and folded not in ("oncall", "cicd", "goto")
    is_whole = is_quoted or is_joined
    has_comma = raw[-1:] in _COMMAS
    return Chunk(text, folded, words, _part(folded, is_whole=is_whole), is_quoted, is_possessive, has_comma)


def _part(folded: str, *, is_whole: bool) -> Part:
    if is_whole:
        return Part.NAME
    is_kind, is_area = folded in KIND_WORDS, folded in AREA_WORDS
    if folded in QUESTION_WORDS:
        return Part.QUESTION
    if folded in STATE_WORDS:
        return Part.DOUBTFUL
    if is_kind and is_area:
        return Part.KIND_OR_AREA
    if is_kind:
        return Part.KIND
    if is_area:
        return Part.AREA
    return Part.DOUBTFUL if folded in DOUBTFUL_WORDS else Part.NAME


def _forgiven(chunk: Chunk, is_known: Callable[[str], bool]) -> Chunk:
    if (
        chunk.part is not Part.NAME
        or len(chunk.words) != 1
        or not 4 <= len(chunk.folded) <= 12
        or is_known(chunk.folded)
    ):
        return chunk
    found = any(OSA.distance(chunk.folded, word, score_cutoff=1) <= 1 for word in CORE_QUESTION_WORDS)
    return replace(chunk, part=Part.QUESTION) if found else chunk
