"""What the DevOps team reads about issues in a tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bot.blocks.backlog import tracker_notes as notes
from bot.blocks.text import Block, Rendered


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Each note, with a ref and an address that the tracker could give."""
    url = "https://github.com/acme/platform/issues/12"
    yield notes.issue_made, notes.issue_made("GitHub", name, url)
    yield notes.issue_refused, notes.issue_refused("GitHub", name)
    yield notes.issue_delayed, notes.issue_delayed("GitHub", name)
    yield notes.issue_gone, notes.issue_gone("GitHub", name)
    yield notes.issue_dropped, notes.issue_dropped("GitHub", name, url)
    yield notes.issue_reopened, notes.issue_reopened("GitHub", name, url)
