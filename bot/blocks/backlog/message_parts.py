"""What the messages about one request are made of: what was done to it, in words, and its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.blocks.backlog import actions, card_lines, words
from bot.blocks.text import Block, Rendered, bold, button, context, link, passage, plain, section, within
from bot.domain.backlog.open_items import named
from bot.domain.backlog.requests import RequestCard, RequestState, Step
from bot.domain.records import PersonRecord

#: Characters of a message beside its buttons.
_MOST_WORDS = 2_400
#: How much is shown of what somebody wrote, where it is the news.
LONGEST_SAID = 2_100
_DOES_IT = "Does it do the job?"
BUTTONS = {
    Step.CONFIRM: ("Yes, it does the job", actions.CONFIRM, "primary"),
    Step.NOT_YET: ("Not yet…", actions.NOT_YET, ""),
    Step.REPLY: ("Answer…", actions.REPLY, "primary"),
    Step.REOPEN: ("Reopen…", actions.REOPEN, ""),
    Step.WITHDRAW: ("Withdraw…", actions.WITHDRAW, ""),
}


def step_buttons(its: RequestCard, steps: Iterable[Step]) -> list[Block]:
    """Return the buttons of those of these steps that may be taken now."""
    return [
        button(text, action, str(its.id), label=label_of(text, its), style=style)
        for step, (text, action, style) in BUTTONS.items()
        if step in its.steps and step in steps
    ]


def show(its: RequestCard) -> Block:
    """Return the button that shows a request."""
    return button("Show", actions.SHOW, str(its.id), label=f"Show #{its.id}")


def still_to_do_of(its: RequestCard) -> str:
    """Return which items go on; nothing where that is all that somebody has said."""
    items = its.all_items
    is_said = its.reason == named(items, [place for place, each in enumerate(items) if not each.is_done])
    return "" if is_said else words.left_to_do(its)


def said_of(its: RequestCard, by: PersonRecord | None = None, step: Step | None = None, *, asked: str = "") -> str:
    """Return what was done to a request, and to the team that is `asked`, by name, whether it does the job for it."""
    reason = passage(its.reason, LONGEST_SAID)
    where = link(its.link, its.link) if its.link else ""
    who = f" by {words.person(by)}" if by is not None else ""
    if step is Step.NOT_YET:
        says = f"{words.person(by)} says that it" if by is not None else "it"
        back = f"Back in progress, {says} does not do the job yet: {reason}"
        return "\n".join(filter(None, (back, still_to_do_of(its))))
    match its.state:
        case _ if step is Step.DELIVER_PART:
            asks = f"That is all that {bold(asked, 60)} asked for. {_DOES_IT}" if asked else ""
            return "\n".join(filter(None, (words.there(its), " ".join(filter(None, (reason, where))), asks)))
        case RequestState.MERGED if its.whole is not None:
            return " ".join(card_lines.said_last(its))
        case RequestState.ACCEPTED:
            return "Accepted into the DevOps backlog."
        case RequestState.NEEDS_INFO:
            asks = f"{words.person(by)} asks" if by is not None else "A question"
            return f"{asks} about {bold(f'#{its.id}')}: {reason}"
        case RequestState.WITHDRAWN:
            return f"Withdrawn{who}{f': {reason}' if reason else '.'}"
        case RequestState.DECLINED:
            return f"Declined{who}: {reason}"
        case RequestState.ANSWERED:
            return f"Answered{who}: {' '.join(filter(None, (reason, where)))}"
        case RequestState.PROPOSED:
            return "\n".join(filter(None, (f"Opened again{who}: {reason}", words.left_to_do(its))))
        case RequestState.IN_PROGRESS:
            works = f": {words.person(its.assignee)} works on it" if its.assignee is not None else ""
            return f"The DevOps team has accepted it and begun{works}."
        case _:
            what = " ".join(filter(None, (reason, where)))
            return "\n".join(["Delivered" + (f": {what}" if what else "."), *([_DOES_IT] if asked else [])])


def label_of(text: str, its: RequestCard) -> str:
    """Return what a button is called for those who hear it alone: its text, and the request."""
    return f"{text} #{its.id} {plain(its.title, 40)}"


def message_of(lines: Sequence[str], buttons: Sequence[Block], block_id: str) -> Rendered:
    """Return a message of some lines, with buttons below them."""
    lines = within(lines, _MOST_WORDS)
    said = "\n".join(lines)
    blocks: list[Block] = [section("\n".join(lines[:2]))]
    if lines[2:]:
        blocks.append(section("\n".join(lines[2:])))
    if buttons:
        blocks.append({"type": "actions", "block_id": block_id, "elements": list(buttons)})
    return Rendered(said, blocks or [context(said)])
