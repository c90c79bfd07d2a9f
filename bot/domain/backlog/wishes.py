"""Whether a sentence asks somebody to do something, rather than who owns it or when it ends."""

from __future__ import annotations

import re
from difflib import get_close_matches

#: What `/devops` understands, as it is typed.
COMMANDS = {word: word for word in ("help", "list", "mine", "rank", "picture", "savings", "channel")} | {
    "show": "show 7",
    "why": "why 7",
}
_NUMBER = re.compile(r"#?\d{1,9}")
_NEAR = 0.75
_NEAR_WHY = 0.65  # of three letters one is wrong
#: What is done to a request with the buttons that `show` shows; "PostgreSQL 16" is no step.
_STEPS = (
    *("accept", "answer", "ask", "assign", "cancel", "change", "close", "confirm", "decline", "delete", "deliver"),
    *("done", "edit", "estimate", "follow", "merge", "reopen", "show", "snooze", "start"),
    *("status", "unfollow", "withdraw"),
)
#: What asks why a request stands where it does: "why 7", "rank 7", "explain request #7", "why is 7 so low?".
_WHY_WORDS = ("why", "explain", "rank", "place", "position", "reason")
_WHY = re.compile(
    rf"(?:{'|'.join(_WHY_WORDS)})(?: (?:is|for|of|does))?(?: request)? #?(\d{{1,10}})"
    r"(?: (?:is|stands?|ranked|here|there|where|it|so|as|low|high|far|up|down)){0,4} ?[?.!]*",
    re.IGNORECASE,
)
#: Words behind `/devops` that ask for the form and say nothing of what is needed.
_FORM = re.compile(r"(?:open|new|create|request|(?:open|new|create) (?:an? )?(?:new )?request)", re.IGNORECASE)
_REQUEST = re.compile(
    r"(?:open |file |make |create |new )?(?:an? )?(?:new )?(?:devops )?request"
    r"(?:\s*$|\s*[:!.,]|\s+(?:for|to|from|this|please|an?|another|some|more|new|access)\b)"
    r"|(?:open|file|make|create|raise)\s+(?:an?\s+)?(?:new\s+)?(?:devops\s+)?ticket\b",
    re.IGNORECASE,
)
#: A request that is named, in a few words about it: "what is the status of request 7?", "when is #7 done?".
#: What else has numbers and is called so.
_OTHER_THINGS = "".join(
    f"(?<!{each} )"
    for each in ("pull", "merge", "pr", "mr", "issue", "build", "story", "pull request", "merge request")
)
_NAMED = re.compile(
    rf"\W*(?:[\w']+\s+){{0,5}}?{_OTHER_THINGS}"
    r"(?:request\s+#?(\d{1,9})\b(?!\s+(?:more|new|other)\b)|#(\d{1,9})\b)(?:\s+[\w']+){0,2}\W*",
    re.IGNORECASE,
)
#: Who is asked: not a name, which may be an asset's.
_SOMEBODY = r"(?:somebody|someone|anybody|anyone|you|we|i|they|devops|the devops team|who)"
_FROM_WHERE = r"(?:\s+(?:from|in|at|of|on)\s+(?:the\s+)?[\w-]+(?:\s+team)?)?"
_PLEASE = r"(?:please|pls|plz|kindly)"
_VERBS = (
    "add|allow|allowlist|automate|build|bump|change|clean up|configure|connect|create|debug|deploy|downgrade|enable|"
    "expose|extend|fix|give|grant|help|increase|install|integrate|investigate|lend|look (?:at|into)|make|migrate|move|"
    "onboard|open|patch|provide|provision|raise|renew|replace|reset|resize|restart|restore|review|roll (?:back|out)|"
    "rotate|scale|set up|setup|sort out|spin up|support|switch|take a look at|teach|train|unblock|update|upgrade"
)
_DO = rf"(?:\w+\s+){{0,3}}?(?:{_VERBS})\b"
_HELP = r"(?:help|a hand|support|somebody|someone|you|devops)\b"
_ASKING = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        rf"\b{_PLEASE}\s+{_DO}",
        r"\bask\s+(?:the\s+)?devops(?:\s+team)?\s+(?:for|to)\b",
        rf"^\W*(?:{_VERBS})\b.*\b{_PLEASE}\b",
        r"^\W*(?:we are |we're )?requesting\b",
        rf"\b(?:can|could|would|will)\s+{_SOMEBODY}\b{_FROM_WHERE}\s+{_DO}",
        # "Can you get" asks for an answer, "can we get" for a thing.
        r"\b(?:can|could|may)\s+(?:we|i)\s+(?:please\s+)?(?:get|have)\s+(?:a|an|some|more|access|another|two|three)\b",
        rf"\bwho\s+(?:can|could|would|will)\s+{_DO}.*\b(?:us|me|our)\b",
        rf"\b(?:is|are)\s+there\s+{_SOMEBODY}\b{_FROM_WHERE}\s+(?:who|that|to)\s+(?:can\s+|could\s+)?{_DO}",
        rf"\bany\s+chance\s+(?:that\s+)?(?:{_SOMEBODY}\b{_FROM_WHERE}|of)\s+(?:can\s+|could\s+)?(?:\w+ing\b|{_DO})",
        # "We need the owner of checkout" asks for an answer, "we need a topic" for a thing.
        r"\b(?:we|i)(?:\s+(?:also|now|still|really|urgently))?\s+(?:need|require)\s+"
        r"(?:an?|some|more|another|two|three|\d+|access|permissions?|rights)\b"
        r"(?!\s+(?:answer|contact|date|decision|hint|idea|link|list|name|number|owner|person|quick|report|team)\b)",
        rf"\b(?:would|will|is)\s+it\s+(?:be\s+)?possible\s+(?:for\s+\w+\s+)?to\s+(?:get|have|{_DO})",
        r"\b(?:we|i)(?:'d|’d| would| could)?\s+(?:need|want|like|love|use|appreciate)\s+"
        rf"(?:(?:some|any|a bit of)\s+)?{_HELP}",
        rf"\b(?:we|i)\s+need\s+to\s+(?:have\s+)?(?:{_VERBS})\b.*\b(?:devops|help)\b",
    )
)


def meant(text: str) -> str:
    """Return the command that one word or two behind `/devops` seem to be meant as; empty for what may be a wish."""
    first, *rest = text.casefold().split() or [""]
    if len(rest) > 1 or (first == "help" and rest):
        return ""
    if rest and _NUMBER.fullmatch(rest[0]) and get_close_matches(first, _STEPS, n=1, cutoff=_NEAR):
        return f"show {rest[0].removeprefix('#')}"
    if rest and _NUMBER.fullmatch(rest[0]) and get_close_matches(first, _WHY_WORDS, n=1, cutoff=_NEAR_WHY):
        return f"why {rest[0].removeprefix('#')}"
    if rest and first not in COMMANDS:
        return ""
    near = get_close_matches(first, COMMANDS, n=1, cutoff=_NEAR)
    return COMMANDS[near[0]] if near else ""


def asked_why(text: str) -> int | None:
    """Return the number of the request of which words behind `/devops` ask why it stands where it does."""
    found = _WHY.fullmatch(" ".join(text.split()))
    return int(found[1]) if found is not None else None


def asks_for_form(text: str) -> bool:
    """Whether words behind `/devops` ask for the form alone."""
    return _FORM.fullmatch(text.strip()) is not None


def is_command(text: str) -> bool:
    """Whether these words are the command to open a request, such as `request`; more may follow it."""
    return _REQUEST.match(text.strip()) is not None


def named(text: str) -> int:
    """Return the number of the request that a short question or remark is about; 0 for none."""
    found = _NAMED.fullmatch(text.strip())
    return int(found[1] or found[2]) if found is not None else 0


def asks(text: str) -> bool:
    """Whether these words ask for work: "please upgrade payments-db", "who can upgrade X for us?"."""
    return any(each.search(text) for each in _ASKING)
