"""Messages that ask for nothing (thanks, greetings, "ok"), and messages that ask what Baton can do."""

from __future__ import annotations

import re
from enum import Enum, auto


class Courtesy(Enum):
    """The meaning of a message that names nothing to look up."""

    #: A greeting, or a question what Baton is for.
    GREETING = auto()
    #: Thanks, or a remark; it asks for nothing.
    REMARK = auto()
    #: An agreeing word that can also be a name.
    NOD = auto()


#: First words of such messages. Nearly every other text is ruled out by its first word.
_OPENINGS = frozenset(
    """thanks thank thanx thx tysm ty tyvm cheers kudos props shout shoutout merci danke gracias grazie obrigado tack
    obrigada kiitos bedankt great nice good well awesome amazing brilliant perfect cool congrats congratulations hi hii
    hello hey heyy hiya howdy yo hola hallo bonjour ciao moin servus morning afternoon evening bye goodbye cya help ok
    okay k kk ack acked got noted done lgtm np no you're welcome yes yep yeah sure sorry sounds will bump +1 1 cc fyi
    test testing""".split()  # noqa: SIM905
)
#: First words of a question that may be about Baton, and its second words.
_ASKING = frozenset("what what's whats who who's how how's are can is so and".split())  # noqa: SIM905
_ASKED = frozenset("all can do does could are is should up you i we it this baton anybody anyone".split())  # noqa: SIM905
_THANKS = (
    r"thanks?|thanx|thank\s?you|thx|tysm|ty|tyvm|cheers|kudos|props|shout\s?-?out|merci|danke|gracias|grazie|obrigad[oa]|tack|kiitos"
    r"|bedankt|(?:great|nice|good|awesome|amazing|brilliant)\s+(?:job|work|stuff|one|catch|find|fix|news)|well\s+(?:done|played)"
    r"|congrats|congratulations"
)
_GREETINGS = (
    r"hi+|hello|hey+|hiya|howdy|yo|hola|hallo|bonjour|ciao|moin|servus|(?:good\s+)?(?:morning|afternoon|evening|day)|good\s+night"
    r"|bye|goodbye|cya"
)
_NODS = (
    r"ok|okay|k|kk|ack|acked|got\s+it|noted|done|lgtm|np|no\s+(?:worries|problem|thanks)|you'?re\s+welcome|welcome|yes|yep|yeah|sure|no"
    r"|perfect|cool|great|nice|awesome|sorry|sounds\s+good|will\s+do|bump|\+1|1|test|testing"
)
#: Words that address somebody, and small words beside them.
_BESIDE = (
    r"there|all|everyone|everybody|folks|team|guys|people|again|baton|bot|you|so|very|much|a|lot|lots|ton|million|for|the|your|help|to|in"
    r"|advance|and|from|me|us|it|works?|that|this|now|today|quick|reply|answer|info"
)
#: Atomic groups, longer phrases first: each phrase is matched once, without backtracking. Otherwise "nice work" could
#: also be read as "nice" and "work", and many such words would take exponential time.
_NOTHING_ELSE = re.compile(
    rf"(?>(?:{_THANKS}|{_NODS})(?!\S))(?:\s+(?>(?:{_THANKS}|{_NODS}|{_BESIDE})(?!\S)))*", re.IGNORECASE
)
_GREETS = re.compile(
    rf"(?:{_GREETINGS}|help)(?:\s+(?:{_GREETINGS}|there|all|everyone|everybody|folks|team|guys|people|again|baton|bot|to|you|me|please))*",
    re.IGNORECASE,
)
#: "what can you do", "how does this work", "who are you".
_ASKS_WHAT_FOR = re.compile(
    r"(?:(?:hi|hello|hey|so|ok|and)\s+)?(?:what\s+(?:all\s+)?(?:can|do|could)\s+(?:you|baton|this\s+bot|i|we)\s+"
    r"(?:do|know|offer|answer|support|ask|ask\s+(?:you|baton)|help\s+(?:me|us)?\s?with)"
    r"|(?:what|who)(?:\s+(?:are\s+you|is\s+(?:this\s+bot|baton))|'s\s+baton)|how\s+(?:do|does|can|should)\s+(?:you|i|we|this|it|baton)"
    r"(?:\s+(?:bot|thing))?\s+(?:work|use|ask|do\s+this|talk\s+to|function)(?:\s+(?:you|this|it|baton|the\s+bot))?"
    r"|are\s+you\s+(?:there|alive|a\s+bot|up|ok|working|human|real)|can\s+you\s+(?:help|hear)(?:\s+(?:me|us))?"
    r"|is\s+(?:this\s+thing|anybody|anyone)\s+(?:on|there|here)|what'?s\s+up|how\s+are\s+you|how'?s\s+it\s+going)"
    r"(?:\s+(?:for|exactly|please|today|doing|here|with\s+(?:you|this|baton)))*",
    re.IGNORECASE,
)
#: Thanks to somebody, or a remark for somebody, whatever follows …
_SAID_TO = re.compile(
    rf"(?:{_THANKS}|cc|fyi|\+1|1|(?:{_GREETINGS})(?=.*\b(?:team|squad|folks|all|everyone|people)$))\b", re.IGNORECASE
)
#: … unless it is about something of that name: "kudos is down" …
_SAYS_OF_A_NAME = re.compile(
    r"\S+\s+(?:service|app|api|db|server|page|site|is|isn'?t|was|wasn'?t|has|hasn'?t|keeps?|seems?|looks?|went|does|doesn'?t"
    r"|fails?|failed|crash(?:es|ed)|throws?|returns?|times|timed)\b",
    re.IGNORECASE,
)
#: … or something is asked for.
_ASKS = re.compile(
    r"[?]|\b(?:who|whom|whose|whos|which|what|where|when|how|owns?|owned|owners?|ownership|responsible|contacts?|find|need|looking|can|could"
    r"|please|anyone|anybody|charge|maintain\w*|eol|support\w*)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[@!#][^<>]*>|(?<!\w):[a-z0-9_+'-]{1,60}:(?!\w)|[^\w\s+'-]|(?<!\w)['-]|['-](?!\w)")
_AROUND = "!?.,;:…*_~-'\"()"
_MARKED = (":", "<", "*", "_")
#: A longer text is more than a courtesy.
_MOST_CHARACTERS = 300
_MOST_WORDS_ASKING = 9


def courtesy(text: str) -> Courtesy | None:
    """Return the kind of a message that asks for nothing by name; None for any other message."""
    opening = text.split(None, _MOST_WORDS_ASKING) if len(text) <= _MOST_CHARACTERS else []
    if not opening:
        return None
    first = opening[0].strip(_AROUND).lower().replace("’", "'")
    if first not in _OPENINGS and not opening[0].startswith(_MARKED):
        is_short = 1 < len(opening) < _MOST_WORDS_ASKING
        if not is_short or first not in _ASKING or opening[1].strip(_AROUND).lower() not in _ASKED:
            return None
    words = " ".join(_MARKUP.sub(" ", text.replace("’", "'")).split())
    if _GREETS.fullmatch(words) or _ASKS_WHAT_FOR.fullmatch(words):
        return Courtesy.GREETING
    if _SAID_TO.match(words) and not _ASKS.search(text) and not _SAYS_OF_A_NAME.match(words):
        return Courtesy.REMARK
    return Courtesy.NOD if _NOTHING_ELSE.fullmatch(words) else None
