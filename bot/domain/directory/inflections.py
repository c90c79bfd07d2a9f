"""Names with endings and affixes: "l'order-api", "payments-db'nin", "deploy/order-api"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.domain.directory.questions import Chunk, ParsedQuestion, chunk_of
from bot.domain.directory.vocabulary import ELISIONS, ENDINGS, ENVIRONMENT_WORDS
from bot.domain.names import fold

#: "payments-db'nin", "payments-db:n", "l'order-api".
_ENDED = re.compile(r"(?P<name>.{2,})(?P<mark>['’:-])(?P<ending>[^\W\d_]{1,5})")
_ELIDED = re.compile(r"(?P<before>[^\W\d_]{1,5})['’](?P<name>.{2,})")
#: Names of Kubernetes objects: `deploy/checkout`, `checkout-7d9f8b6c5d-x2x9z`, `checkout.shop.svc.cluster.local:8080`.
#: A pod has its parent's name and two suffixes; the first contains a digit. Also addresses and places
#: (`https://checkout/health`, `checkout:8080`, `checkout-prod`), the first of a set of pods (`checkout-0`), and an
#: image or a release by its digest or version.
_OBJECT = re.compile(
    r"(?:deploy(?:ments?)?|sts|statefulsets?|ds|daemonsets?|svc|services?|ing|ingress(?:es)?|cronjobs?|cj)(?:\.[a-z0-9.]+)?/(?P<name>[\w.-]+)"
    r"|(?:pods?|po|jobs?|rs|replicasets?)(?:\.[a-z0-9.]+)?/(?P<parent>[\w.-]+?)(?:-[a-z0-9]{8,10})?(?:-(?:[a-z0-9]{5}|\d{1,10}))?"
    r"|(?P<owner>[\w.-]+?)-(?=[a-z]*\d)[a-z0-9]{8,10}-[a-z0-9]{5}"
    r"|(?:https?://)?(?P<host>[\w-]+)\.[\w-]+\.svc(?:\.[\w.-]+)?(?::\d+)?(?:/\S*)?"
    r"|https?://(?P<local>[\w-]+)(?::\d+)?(?:/\S*)?|(?P<port>[\w-]+):\d{2,5}"
    r"|(?P<run>[\w-]+)-(?:prod|prd|production|staging|stg|stage|preprod|canary)|(?P<first>[\w-]+)-0|(?P<image>[\w-]+)@(?:sha256:\w+|v?\d[\w.+-]*)",
    re.IGNORECASE,
)
_MOST_AROUND = 2
_MOST_IN_ELIDED = 4
_ENVIRONMENTS = ENVIRONMENT_WORDS | {"canary"}


def uninflected(question: ParsedQuestion, is_name: Callable[[str], bool]) -> ParsedQuestion:
    """Return the question with names in the catalog's form.

    For example "l'order-api", "payments-db'nin" and "deploy/order-api".
    """
    chunks = [_uninflected(chunk, is_name) for chunk in question.chunks]
    for place, chunk in enumerate(chunks):
        bare = _without_elision(chunk)
        ends = range(place + 2, min(place + _MOST_IN_ELIDED, len(chunks)) + 1) if bare is not None else ()
        if bare is not None and any(
            is_name("".join((bare.folded, *(each.folded for each in chunks[place + 1 : end])))) for end in ends
        ):
            chunks[place] = bare  # "l'ancien CRM"
    return replace(question, chunks=tuple(chunks))


def _without_elision(chunk: Chunk) -> Chunk | None:
    found = _ELIDED.fullmatch(chunk.text)
    if found is None or found["before"].lower() not in ELISIONS:
        return None
    bare = chunk_of(found["name"], is_quoted=chunk.is_quoted)
    return replace(bare, has_comma=chunk.has_comma) if bare is not None else None


def _uninflected(chunk: Chunk, is_name: Callable[[str], bool]) -> Chunk:
    if is_name(chunk.folded):
        return chunk
    is_quoted = chunk.is_quoted
    ended, elided = _ENDED.fullmatch(chunk.text), _ELIDED.fullmatch(chunk.text)
    if ended is not None and ended["ending"].lower() in ENDINGS[ended["mark"].replace("’", "'")]:
        name = ended["name"]
    elif elided is not None and elided["before"].lower() in ELISIONS:
        name = elided["name"]
    elif _may_be_object(chunk) and (name := _object_called(chunk.text, is_name)):
        is_quoted = True  # nothing continues it
    else:
        return chunk
    bare = chunk_of(name, is_quoted=is_quoted) if is_name(fold(name)) else None
    return replace(bare, has_comma=chunk.has_comma) if bare is not None else chunk


def _object_called(text: str, is_name: Callable[[str], bool]) -> str:
    """Return the asset name in the name of a Kubernetes object.

    It may contain another such name: `svc/checkout-prod`.
    """
    for _ in range(_MOST_AROUND):
        found = _OBJECT.fullmatch(text)
        if found is None:
            return ""
        text = next(filter(None, found.groups()))
        if is_name(fold(text)):
            return text
    return ""


def _may_be_object(chunk: Chunk) -> bool:
    if not {"/", ":", "@"}.isdisjoint(chunk.text) or ".svc" in chunk.text:
        return True
    is_first = chunk.text.endswith("-0")
    is_environment = chunk.words[-1:] and chunk.words[-1] in _ENVIRONMENTS
    return len(chunk.words) > 1 and (chunk.text[-6:-5] == "-" or is_first or bool(is_environment))
