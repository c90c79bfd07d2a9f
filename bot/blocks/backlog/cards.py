"""The messages about one request: the card in its thread, the DevOps team's, and what is said when it moves on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.blocks.backlog import actions, words
from bot.blocks.text import Block, Rendered, bold, button, context, escape, link, mention, modal, plain, section, within
from bot.domain.backlog.requests import AT_DELIVERY, RequestCard, RequestState, Step

#: Characters of a message beside its buttons.
_MOST_WORDS = 2_400
#: Items of a card; the rest is counted.
_MOST_ITEMS = 8
#: Requests that became part of this one, by name; the rest is counted.
_MOST_PARTS = 4
#: How much of each other thing is shown.
_ABOUT = 150
_BUTTONS = {
    Step.CONFIRM: ("Yes, it does the job", actions.CONFIRM, "primary"),
    Step.NOT_YET: ("Not yet…", actions.NOT_YET, ""),
    Step.REPLY: ("Answer…", actions.REPLY, "primary"),
    Step.REOPEN: ("Reopen…", actions.REOPEN, ""),
    Step.WITHDRAW: ("Withdraw…", actions.WITHDRAW, ""),
}
_TRIAGE_BUTTONS = {
    Step.ACCEPT: ("Accept", actions.ACCEPT, "primary"),
    Step.START: ("Start", actions.START, ""),
    Step.DELIVER: ("Delivered…", actions.DELIVER, ""),
    Step.ASK: ("Ask…", actions.ASK, ""),
}
_MORE_CHOICES = (
    (Step.ANSWER, actions.ANSWER, "Answer with a link…"),
    (Step.MERGE, actions.MERGE, "Duplicate of…"),
    (Step.UNMERGE, actions.UNMERGE, "Undo the merge"),
    (Step.DECLINE, actions.DECLINE, "Decline…"),
    (Step.DISMISS, actions.DISMISS, "Not a request"),
)


def card(its: RequestCard) -> Rendered:
    """Return the card in the request's thread."""
    lines = [words.name(its), words.standing(its), *_parts(its), *_items(its), *_said(its)]
    buttons = [*_step_buttons(its, _BUTTONS), *words.follow_buttons(its)]
    return _message(lines, buttons, f"backlog.card.{its.id}.{its.state}")


def card_view(message: Rendered) -> Block:
    """Return a request's message as a modal, for where there is no message to answer in."""
    return modal("Request", list(message.blocks or [section(message.text)]))


def triage(its: RequestCard, *, duty: str = "") -> Rendered:
    """Return the message to the DevOps team; a new one calls whoever has duty, by their Slack id."""
    asked = f"Asked by {words.person(its.asker)}"
    if its.filer.id != its.asker.id:
        asked += f", filed by {words.person(its.filer)}"
    if its.permalink:
        asked += f" · {link(its.permalink, 'the thread')}"
    if duty:
        asked += f" · {mention(duty)} has duty this week"
    lines = [words.name(its), words.standing(its), asked, *_parts(its), *_items(its), *_about(its), *_said(its)]
    buttons: list[Block] = [
        button(text, action, str(its.id), label=_label(text, its), style=style)
        for step, (text, action, style) in _TRIAGE_BUTTONS.items()
        if step in its.steps
    ]
    if its.state in (RequestState.PROPOSED, RequestState.ACCEPTED, RequestState.IN_PROGRESS):
        text = "Estimate…" if not its.is_estimated else "Change estimate…"
        buttons.append(button(text, actions.ESTIMATE, str(its.id), label=_label(text, its)))
    more = _more(its)
    return _message(lines, [*buttons, *([more] if more else [])], f"backlog.triage.{its.id}.{its.state}")


def triage_post(its: RequestCard, *, duty: str = "") -> Rendered:
    """Return the DevOps team's message in its channel, which others may read: of a private request only the number."""
    if not its.is_private:
        return triage(its, duty=duty)
    lines = [f"{bold(f'#{its.id}')} is a private request: *Show* is for you alone."]
    if duty:
        lines.append(f"{mention(duty)} has duty this week")
    return _message(lines, [_show(its)], f"backlog.triage.{its.id}.{its.state}")


def news(its: RequestCard) -> Rendered:
    """Return what is posted below the card when the asker has to know."""
    who = mention(its.asker.slack_id)
    return Rendered(" ".join(filter(None, (who, _news(its)))), [section(f"{who} {_news(its)}".strip())])


def followed(its: RequestCard) -> Rendered:
    """Return what somebody who follows a request reads."""
    where = f" {link(its.permalink, 'The thread')}" if its.permalink else ""
    said = f"{words.name(its)}: {_news(its)}{where}"
    return Rendered(said, [section(said), _stop_following(its)])


def also_asked(its: RequestCard) -> Rendered:
    """Return what somebody reads whose own request became part of this one: at delivery they are asked as well."""
    said = f"{words.name(its)}, which yours is part of: {_news(its)}"
    buttons = [*_step_buttons(its, AT_DELIVERY), *words.follow_buttons(its, is_following=True)]
    return _message([said], buttons, f"backlog.also_asked.{its.id}.{its.state}")


def following(its: RequestCard, *, is_on: bool) -> Rendered:
    """Return what somebody reads who has begun to follow a request, or has stopped."""
    if not is_on:
        return Rendered(f"You no longer follow {words.name(its)}.")
    said = f"You follow {words.name(its)}: I tell you what happens."
    return Rendered(said, [section(said), _stop_following(its)])


def receipt(its: RequestCard, *, is_new: bool = True) -> Rendered:
    """Return what whoever has done something to a request reads."""
    if not is_new:
        return Rendered(f"Done already. {words.name(its)}: {words.standing(its)}")
    return Rendered(f"{words.name(its)}: {words.standing(its)}")


def triage_news(its: RequestCard, step: Step) -> Rendered:
    """Return what the DevOps team reads under its own message when the asker's side has done something."""
    if its.is_private:
        return _message([f"There is news of {bold(f'#{its.id}')}."], [_show(its)], f"backlog.news.{its.id}.{its.state}")
    who = words.person(its.asker)
    said = {
        Step.REPLY: f"Answered: {escape(its.reason, 600)}",
        Step.NOT_YET: f"Not yet: {escape(its.reason, 600)}",
        Step.REOPEN: f"Opened again: {escape(its.reason, 600)}",
        Step.WITHDRAW: f"{who} withdrew it. {escape(its.reason, 600)}".strip(),
    }[step]
    return Rendered(said, [section(said)])


def _step_buttons(its: RequestCard, steps: Iterable[Step]) -> list[Block]:
    """Return the buttons of those of these steps that may be taken now."""
    return [
        button(text, action, str(its.id), label=_label(text, its), style=style)
        for step, (text, action, style) in _BUTTONS.items()
        if step in its.steps and step in steps
    ]


def _show(its: RequestCard) -> Block:
    return button("Show", actions.SHOW, str(its.id), label=f"Show #{its.id}")


def _stop_following(its: RequestCard) -> Block:
    elements = words.follow_buttons(its, is_following=True)
    return {"type": "actions", "block_id": f"backlog.followed.{its.id}", "elements": elements}


def _news(its: RequestCard) -> str:
    reason = escape(its.reason, 600)
    where = link(its.link, its.link) if its.link else ""
    match its.state:
        case RequestState.ACCEPTED:
            return "Accepted into the DevOps backlog."
        case RequestState.NEEDS_INFO:
            return f"A question: {reason}"
        case RequestState.DECLINED:
            return f"Declined: {reason}"
        case RequestState.ANSWERED:
            return f"Answered: {' '.join(filter(None, (reason, where)))}"
        case _:
            what = " ".join(filter(None, (reason, where)))
            return "\n".join(["Delivered" + (f": {what}" if what else "."), "Does it do the job?"])


def _items(its: RequestCard) -> list[str]:
    shown = [words.item(each) for each in its.items[:_MOST_ITEMS]]
    hidden = len(its.items) - len(shown)
    return [*shown, *([f"… and {hidden} more"] if hidden else [])]


def _parts(its: RequestCard) -> list[str]:
    """Return who else needs it: those whose requests became part of it."""
    named = [f"{escape(whose, 30) or 'somebody'} (#{number})" for number, whose in its.parts[:_MOST_PARTS]]
    more = len(its.parts) - len(named)
    return [f"Also for {', '.join(named)}" + (f" and {more} more" if more else "")] if named else []


def _about(its: RequestCard) -> list[str]:
    """Return what else the DevOps team has to know."""
    said = {
        "Technologies": ", ".join(its.technologies),
        "New to the team": ", ".join(its.skills_gaps),
        "Stays with the team": "; ".join(its.stays_with_team),
        "Also said": its.details,
    }
    return [f"{label}: {escape(text, _ABOUT)}" for label, text in said.items() if text]


def _said(its: RequestCard) -> list[str]:
    """Return what was said when the request came to stand as it does."""
    if its.merged_into is not None:
        return [f"Part of #{its.merged_into} now."]
    said = " ".join(filter(None, (escape(its.reason, 600), link(its.link, its.link) if its.link else "")))
    return [f"> {said}"] if said else []


def _more(its: RequestCard) -> Block | None:
    options = [(word, text) for step, word, text in _MORE_CHOICES if step in its.steps]
    if Step.DECLINE in its.steps:
        options += [(actions.SNOOZE, "Snooze…"), (actions.ASSIGN, "Assign…")]
    if not options:
        return None
    return {
        "type": "static_select",
        "action_id": actions.MORE,
        "placeholder": {"type": "plain_text", "text": "More…"},
        "options": [
            {"text": {"type": "plain_text", "text": text}, "value": f"{word}|{its.id}"} for word, text in options
        ],
    }


def _label(text: str, its: RequestCard) -> str:
    return f"{text} #{its.id} {plain(its.title, 40)}"


def _message(lines: Sequence[str], buttons: Sequence[Block], block_id: str) -> Rendered:
    lines = within(lines, _MOST_WORDS)
    said = "\n".join(lines)
    blocks: list[Block] = [section("\n".join(lines[:2]))]
    if lines[2:]:
        blocks.append(section("\n".join(lines[2:])))
    if buttons:
        blocks.append({"type": "actions", "block_id": block_id, "elements": list(buttons)})
    return Rendered(said, blocks or [context(said)])
