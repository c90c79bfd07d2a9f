"""A thread's words that were copied into a request, once some of them are not in the thread any more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopiedWords:
    """What a request keeps of its thread: a line or more for each message, and what was quoted from them.

    `quotes` are those of the items, in their order, and `stays_with_team` is what the team said that it does itself.
    """

    said: str
    quotes: tuple[str, ...] = ()
    stays_with_team: tuple[str, ...] = ()


def still_said(copied: CopiedWords, said_now: str) -> CopiedWords:
    """Return what is left of the words when the thread says `said_now`; the same where nothing was taken back.

    A line that was edited counts as taken back. Of quotes only those stay that stand in what is left.
    """
    now = set(said_now.splitlines())
    kept = [line for line in copied.said.splitlines() if line in now]
    if len(kept) == len(copied.said.splitlines()):
        return copied
    left = folded("\n".join(kept))
    return CopiedWords(
        "\n".join(kept),
        tuple(each if folded(each) in left else "" for each in copied.quotes),
        tuple(each for each in copied.stays_with_team if folded(each) in left),
    )


def folded(text: str) -> str:
    """Return a text as quotes are compared: white space and case do not count."""
    return " ".join(text.casefold().split())
