"""The vocabulary of technologies that ships with Baton: `bot/data/technologies.yaml`."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

from bot.domain.backlog.technologies import Technology, Vocabulary
from bot.errors import UnreadableError

_FILE = "data/technologies.yaml"


@lru_cache(maxsize=1)
def load() -> Vocabulary:
    """Return the vocabulary; raise `UnreadableError` if the installation lacks it or it was damaged."""
    try:
        return Vocabulary(read(resources.files("bot").joinpath(_FILE).read_text(encoding="utf-8")))
    except OSError:
        raise UnreadableError("The list of technologies is missing: install Baton again.", path=_FILE) from None


def read(text: str) -> tuple[Technology, ...]:
    """Return the technologies of a file's text; raise `UnreadableError` where it is not as it should be."""
    import yaml  # noqa: PLC0415 - costs start-up time, needed only here

    try:
        # Every scalar as text: names such as `R` or `1Password` are no values that YAML should guess at.
        rows = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but texts, lists and mappings
        return tuple(map(_technology, rows))
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise UnreadableError(f"{_FILE} cannot be read: {error}", path=_FILE) from None


def _technology(row: dict[str, Any]) -> Technology:
    lists = ("aliases", "ambiguous", "words")
    fields: dict[str, Any] = {field: tuple(said) if field in lists else str(said) for field, said in row.items()}
    return Technology(**fields)
