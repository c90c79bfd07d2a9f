"""What only the address of a link names, as `…/apm/services/payments-db` does: the links of alerts say "View"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from bot.domain.directory.answers import Match
from bot.domain.directory.forges import is_code
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.mentions import mentioned
from bot.domain.directory.questions import unescaped
from bot.domain.directory.vocabulary import KIND_WORDS

_ADDRESS = re.compile(r"https?://[^\s/<>|\"']+/(?P<path>[^\s<>|\"'?#]*)(?P<asked>[?#][^\s<>|\"']*)?")
_BETWEEN = re.compile(r"[/?&=#:;,]+")
#: A word that sites call a part of theirs by: `…/incidents/Q1ABC`.
_ONE_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 200


def named_in(index: DirectoryIndex, texts: Iterable[str], *, limit: int) -> tuple[Match, ...]:
    """Return the assets that are called as a piece of an address is.

    An address of code names a repository, which is the catalog's or another one. A piece of one word is a part of the
    site, unless it is the last one or stands behind a kind: `…/services/checkout/errors`.
    """
    return mentioned(index, islice(_pieces(texts), _MOST_WORDS), limit=limit)


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for address in _ADDRESS.finditer(unescaped(text)):
            if is_code(address[0]):
                continue
            path = [unquote(piece) for piece in address["path"].split("/") if piece]
            for place, piece in enumerate(path):
                is_place = place + 1 < len(path) and _ONE_WORD.fullmatch(piece) is not None
                if not is_place or (place > 0 and path[place - 1].lower() in KIND_WORDS):
                    yield piece
            yield from filter(None, _BETWEEN.split(unquote(address["asked"] or "")))
