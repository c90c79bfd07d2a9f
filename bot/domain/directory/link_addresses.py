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

_ADDRESS = re.compile(r"https?://[^\s/<>|\"']+/(?P<place>[^\s<>|\"']+)")
_BETWEEN = re.compile(r"[/?&=#:;,]+")
_MOST_WORDS = 200


def named_in(index: DirectoryIndex, texts: Iterable[str], *, limit: int) -> tuple[Match, ...]:
    """Return the assets that are called as a piece of an address is.

    An address of code names a repository, which is the catalog's or another one.
    """
    return mentioned(index, islice(_pieces(texts), _MOST_WORDS), limit=limit)


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for address in _ADDRESS.finditer(unescaped(text)):
            if not is_code(address[0]):
                yield from filter(None, _BETWEEN.split(unquote(address["place"])))
