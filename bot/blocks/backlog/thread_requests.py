"""The requests that a thread has made already: in the place of the form of another one, and above it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.request_button import OPEN_TEXT
from bot.blocks.text import Block, button, escape, link, modal, section
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.phrases import join

#: Requests of the thread that have ended, the last ones.
_MOST_ENDED = 2


def existing_view(several: Sequence[RequestCard], other: OtherValue | None = None, *, is_itself: bool = False) -> Block:
    """Return what is shown in place of the form where the thread has requests already, or the message is its own.

    `other` is the thread, for whose readers the view is; none for a request that is from no thread.
    """
    heads = [words.THIS_IS if is_itself else words.THERE_IS, *["And"] * len(several)]
    blocks = [each for head, its in zip(heads, several, strict=False) for each in _existing(its, head)]
    more = words.other_question(other) if other is not None else []
    made = modal(OPEN_TEXT, [*blocks, *more])
    return {**made, "private_metadata": other.channel_id} if other is not None else made


def _existing(its: RequestCard, head: str) -> list[Block]:
    """Return how a request stands, with what its reader may do about it, or whom they may tell of it."""
    lines = [f"{head} {words.name(its)}", words.standing(its), *map(words.item, its.items[:8])]
    if its.permalink:
        lines.append(link(its.permalink, "The thread"))
    if its.is_changeable and not its.may_change and not its.for_guest:
        who = [words.person(its.asker), *([escape(its.team.name, 60)] if its.team is not None else [])]
        lines.append(f"Something to add? Tell {' or '.join(who)}, who can change it.")
    elements = [*words.change_button(its), *words.follow_buttons(its), *_reopen(its)]
    buttons = {"type": "actions", "block_id": f"backlog.existing.{its.id}", "elements": elements}
    return [section("\n".join(lines)), *([buttons] if elements else [])]


def _reopen(its: RequestCard) -> list[Block]:
    text = "Reopen…"
    is_there = Step.REOPEN in its.steps
    return [button(text, actions.REOPEN, str(its.id), label=f"{text} #{its.id}")] if is_there else []


def before(ended: Sequence[RequestCard], besides: Sequence[RequestCard]) -> list[Block]:
    """Return the requests that the thread has made before, and that this is another one."""
    blocks: list[Block] = []
    for its in ended[-_MOST_ENDED:]:
        is_open = _reopen(its)
        what = "this opens a new one. Still the same? Reopen it." if is_open else "this opens a new one."
        said = section(f"{words.ended(its)}: {what}")
        blocks.append({**said, "accessory": is_open[0]} if is_open else said)
    if besides:
        names = [words.name(each) for each in besides]
        stay = f"{join(names)} {'stays as it is' if len(names) == 1 else 'stay as they are'}"
        blocks.append(section(f"This opens a request of its own for something else: {stay}."))
    return blocks
