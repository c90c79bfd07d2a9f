"""Assets that only the address of a link names, such as `…/apm/services/payments-db`.

The links of alerts just say "View".
"""

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
#: A word that a site may use for a part of itself: `…/incidents/Q1ABC`.
_ONE_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 200


def named_in(index: DirectoryIndex, texts: Iterable[str], *, limit: int) -> tuple[Match, ...]:
    """Return the assets whose names are pieces of an address.

    An address of code names a repository, whether or not the catalog has it. A piece of one word is taken for a part of
    the site, unless it is the last piece or follows a kind: `…/services/checkout/errors`.
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
