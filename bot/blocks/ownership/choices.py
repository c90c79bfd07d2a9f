"""Answers that are questions back: several assets fit, or none does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto

from bot.blocks.lines import Line, choices
from bot.blocks.ownership import words
from bot.blocks.ownership.actions import CHOOSE
from bot.blocks.text import Block, Rendered, bold, button, escape, plain, section
from bot.domain.directory.references import Reference, Refers
from bot.domain.records import AssetRecord

#: Several or suggested assets that fit on a message without drowning the reader.
MOST_CHOICES = 5


class Thread(Enum):
    """What became of the thread that a message stands in, whose first message may say what it is about."""

    NONE = auto()
    READ = auto()
    NOT_A_MEMBER = auto()
    UNREAD = auto()


_THREADS = {
    Thread.NONE: "",
    Thread.READ: "",
    Thread.NOT_A_MEMBER: " `/invite` me to read its thread.",
    Thread.UNREAD: " Slack did not show me its thread: try again.",
}


#: What makes a path one file's.
_REPOSITORY = "Name its repository, too, as in `src/app.py in shop`."


def several(names: Sequence[tuple[AssetRecord, str]], left: int = 0, *, lacks_repository: bool = False) -> Rendered:
    """Return the question back: more than one asset fits, and `left` more than `names`, each with its owner."""
    then = _REPOSITORY if lacks_repository else "Add a word to say which."
    return _choices("Which of these do you mean?", names, left=left, then=then)


def unknown(nearest: Sequence[tuple[AssetRecord, str]], asked: str, *, lacks_repository: bool = False) -> Rendered:
    """Return the answer to a name that the catalog does not have, with the nearest ones that it has."""
    if not asked:
        return question_needed()
    head = f"I know nothing called {bold(asked)}."
    if lacks_repository:
        head += f" {_REPOSITORY}"
    elif not nearest:
        head += " Try the exact name, a repository, a host name or an ARN."
    if not nearest:
        return Rendered(head, [section(head)])
    return _choices(f"{head} Did you mean one of these?", nearest)


def unknown_reference(reference: Reference, *, is_sure: bool = True) -> Rendered:
    """Return the answer to a channel, person or user group that the catalog does not have; it is shown inert.

    Without `is_sure` the catalog may have it all the same, as Slack's channels are still being read.
    """
    shown = bold(reference.label, 80)
    match reference.to:
        case Refers.CHANNEL if not is_sure:
            said = "I have not read all channels yet: ask again, or ask by name: `/baton team NAME`."
        case Refers.CHANNEL:
            channel = f"the channel {shown}" if reference.label else "that channel"
            said = f"No team has {channel}. Ask by name: `/baton team NAME`."
        case Refers.GROUP if not reference.label:
            said = "Slack does not show me that user group. Ask by name: `/baton team NAME`."
        case Refers.GROUP:
            said = f"No team has the user group {shown}. Ask by name: `/baton team NAME`."
        case Refers.PERSON:
            person = shown if reference.label else "That account"
            said = f"{person} is not in the catalog. Ask by name: `/baton team NAME`."
    return Rendered(said, [section(said)])


def question_needed() -> Rendered:
    """Return the answer to an empty question."""
    return Rendered("Add a name: `/whoowns payments-db` or `/whoowns who looks after checkout?`")


def nothing_asked() -> Rendered:
    """Return the answer to thanks, and to whatever else asks for nothing."""
    return Rendered("You are welcome to ask me who owns something, as in _who owns payments-db?_")


def which_thing() -> Rendered:
    """Return the answer to a question that names nothing, such as "who owns this?" where nothing stands around it."""
    return Rendered("Which thing? Name it, as in _who owns payments-db?_, or ask in the alert's thread.")


def mentioned_nothing(thread: Thread = Thread.NONE) -> Rendered:
    """Return the answer of the message shortcut when a message names nothing that the catalog has."""
    return Rendered(
        f"Nothing in that message{' or its thread' if thread is Thread.READ else ''} is in the catalog."
        f"{_THREADS[thread]} Ask by name: `/whoowns payments-db`."
    )


def mentioned(names: Sequence[tuple[AssetRecord, str]], next_steps: Sequence[Block] = ()) -> Rendered:
    """Return what a message names, when it names several assets that the catalog has; `next_steps` are other nouns'."""
    found = _choices("That message names these:", names, then="Ask for one by name: `/whoowns payments-db`.")
    if not next_steps:
        return found
    return Rendered(found.text, [*found.blocks, {"type": "actions", "elements": list(next_steps)}])


def _choices(
    head: str, names: Sequence[tuple[AssetRecord, str]], *, left: int = 0, then: str = "Add a word to say which."
) -> Rendered:
    called = Counter((asset.name, asset.kind, asset.namespace) for asset, _ in names)
    shown = [
        _asset(asset, owner, is_told_apart=called[asset.name, asset.kind, asset.namespace] == 1)
        for asset, owner in names[:MOST_CHOICES]
    ]
    left += len(names) - len(shown)
    return choices(head, shown, f"… and {left} more. {then}" if left else "")


def _asset(asset: AssetRecord, owner: str, *, is_told_apart: bool) -> Line:
    """Return an asset to choose; what is called like another one has its description or its address beside it."""
    line = f"{bold(asset.name)} · {words.kind(asset)}"
    if asset.namespace:
        line += f" in {escape(asset.namespace, 60)}"
    if owner:
        line += f" · {escape(owner, 80)}"
    where = asset.path_rule.repository if asset.path_rule is not None else next(iter(asset.addresses), "")
    if not is_told_apart and (beside := asset.description or where.removeprefix("https://")):
        line += f" · {escape(beside, 100)}"
    return Line(line, button("This one", CHOOSE, str(asset.id), label=f"This one: {plain(asset.name, 60)}"))
