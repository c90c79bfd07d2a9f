"""The messages about one request: the card in its thread, the DevOps team's, and what is said when it moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.blocks.backlog import actions, card_lines, words
from bot.blocks.backlog.message_parts import (
    BUTTONS,
    LONGEST_SAID,
    label_of,
    message_of,
    said_of,
    show,
    step_buttons,
    still_to_do_of,
)
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.request_button import SUPPORT_TEXT, OpenValue, open_buttons
from bot.blocks.text import (
    Block,
    Rendered,
    bold,
    button,
    context,
    date,
    escape,
    link,
    mention,
    modal,
    passage,
    plain,
    section,
    shorten,
)
from bot.domain.backlog.alternatives import is_usable
from bot.domain.backlog.merges import whose
from bot.domain.backlog.open_items import as_listed
from bot.domain.backlog.requests import (
    AT_DELIVERY,
    FREES_JOINED,
    RequestCard,
    RequestState,
    Said,
    Step,
    as_joined,
    in_sentence,
)
from bot.domain.records import PersonRecord

#: States in which whoever needs a request has not got it.
_ENDED_WITHOUT_IT = frozenset({RequestState.DECLINED, RequestState.ANSWERED, RequestState.WITHDRAWN})
#: The buttons below what the DevOps team asks or has decided: they go when somebody has answered.
_ANSWERS = frozenset({actions.CONFIRM, actions.NOT_YET, actions.REPLY, actions.REOPEN})
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
    (Step.RESUME, actions.RESUME, "Take the delivery back"),
    (Step.DECLINE, actions.DECLINE, "Decline…"),
    (Step.DISMISS, actions.DISMISS, "Not a request…"),
)


def joined_card(its: RequestCard, value: OpenValue, *, has_said_yes: bool = False) -> Rendered:
    """Return the card where another team has joined the request; that can open its own once this one has ended."""
    theirs = as_joined(its)
    if has_said_yes:
        theirs = replace(theirs, steps=theirs.steps - {Step.CONFIRM})
    return card(theirs, open_buttons(value) if its.state in FREES_JOINED else ())


def card(its: RequestCard, more: Sequence[Block] = (), *, is_own: bool = False) -> Rendered:
    """Return the card in the request's thread; `more` are buttons besides its own.

    With `is_own` it is for somebody alone who speaks for the request, and who reads all that was said to DevOps.
    """
    said = card_lines.about(its) if is_own else []
    its = card_lines.for_all(its)
    due = f"with the DevOps team, first answer due {date(its.answer_by)}" if its.answer_by else ""
    whose = " · ".join(filter(None, (words.whose(its), due)))
    lines = [words.name(its), words.standing(its), whose, *card_lines.body(its), *said, *card_lines.said_last(its)]
    buttons = [*step_buttons(its, BUTTONS), *words.change_button(its), *words.follow_buttons(its), *more]
    if is_usable(its) and not its.for_guest and not more:  # Slack takes one such button
        buttons += open_buttons(OpenValue(supports_id=its.id), SUPPORT_TEXT, label=plain(its.title, 40))
    return message_of(lines, buttons, f"backlog.card.{its.id}.{its.state}")


def card_view(message: Rendered) -> Block:
    """Return a request's message as a modal, for where there is no message to answer in."""
    return modal("Request", list(message.blocks or [section(message.text)]))


def triage(its: RequestCard, *, duty: str = "") -> Rendered:
    """Return the message to the DevOps team; a new one calls whoever has duty, by their Slack id."""
    asked = words.whose(its)
    if its.permalink and not its.is_private:  # that is in a direct message, which they cannot open
        asked += f" · {link(its.permalink, 'the thread')}"
    if duty:
        asked += f" · {mention(duty)} has duty this week"
    lines = [
        words.name(its),
        words.standing(its),
        asked,
        *card_lines.body(its),
        *card_lines.about(its),
        *card_lines.said_last(its),
    ]
    buttons: list[Block] = [
        button(text, action, str(its.id), label=label_of(text, its), style=style)
        for step, (text, action, style) in _TRIAGE_BUTTONS.items()
        if step in its.steps
    ]
    buttons += words.estimate_button(its)
    if its.state in (RequestState.DELIVERED, RequestState.CONFIRMED) and its.team is not None:
        # What was delivered belongs to the team that asked for it from the moment in which it accepts.
        what = OpenHandoff(Way.OFFER, its.asset_id, its.team.id, its.id)
        buttons += handoff_buttons(what, its.title, under_way=its.handoff_id)
    more = _more(its)
    return message_of(lines, [*buttons, *([more] if more else [])], f"backlog.triage.{its.id}.{its.state}")


def triage_post(its: RequestCard, *, duty: str = "") -> Rendered:
    """Return the DevOps team's message in its channel, which others may read: of a private request only the number."""
    if not its.is_private:
        return triage(card_lines.for_all(its), duty=duty)
    lines = [f"{bold(f'#{its.id}')} is a private request: *Show* opens it, and only you see it."]
    if duty:
        lines.append(f"{mention(duty)} has duty this week")
    return message_of(lines, [show(its)], f"backlog.triage.{its.id}.{its.state}")


def news(its: RequestCard, by: PersonRecord | None = None, step: Step | None = None, *, asks: bool = False) -> Rendered:
    """Return what is posted below the card when the asker has to know; it calls whoever filed it for one who left.

    `by` is whoever has done it, where a person has, and `step` what was done. It `asks` whether it does the job.
    """
    who = mention(its.reachable[0].slack_id) if its.reachable else ""
    said = " ".join(filter(None, (who, said_of(its, by, step, asked=whose(its) if asks else ""))))
    is_over = its.state in _ENDED_WITHOUT_IT and Step.REOPEN in its.steps
    steps = [*(AT_DELIVERY if asks else ()), *([Step.REOPEN] if is_over else [])]
    return _asking("\n".join([said, *(["Still needed?"] if is_over else [])]), its, *steps)


def in_person(its: RequestCard, message: Rendered) -> Rendered:
    """Return what would be posted below a request's card as a direct message: with the request that it is about."""
    where = f" · {link(its.permalink, 'its thread')}" if its.permalink else ""
    head = f"{words.name(its)}{where}"
    return Rendered(f"{head}\n{message.text}", [context(head), *message.blocks])


def pointed(its: RequestCard, slack_id: str) -> Rendered:
    """Return what somebody reads in the thread who has answered there what a button asks."""
    said = f"{mention(slack_id)} The DevOps team does not see replies here: use the button."
    return _asking(said.strip(), its, *AT_DELIVERY)


def settled(
    message: Rendered, its: RequestCard, said: Said | None = None, *, is_pointer: bool = False
) -> Rendered | None:
    """Return what has asked something with what was said to it in the place of the buttons; None without any.

    Where nobody has said anything it is how the request stands. Of a pointer to a button only that is left.
    """
    blocks: list[Block] = []
    for each in message.blocks:
        elements = [one for one in each.get("elements", ()) if one.get("action_id") not in _ANSWERS]
        if each["type"] != "actions" or elements:
            blocks.append({**each, "elements": elements} if each["type"] == "actions" else dict(each))
    if blocks == list(message.blocks):
        return None
    line = escape(words.said(said), LONGEST_SAID) if said is not None else f"Settled: {words.standing(its)}"
    if is_pointer:
        return Rendered(line, [context(line)])
    return Rendered(f"{message.text}\n{line}", [*blocks, context(line)])


def _asking(said: str, its: RequestCard, *more: Step) -> Rendered:
    """Return a message with the button that answers a question, where one waits, and those of `more` steps."""
    buttons = step_buttons(its, (Step.REPLY, *more))
    return message_of([said], buttons, f"backlog.asking.{its.id}.{its.state}")


def followed(its: RequestCard, by: PersonRecord | None = None, step: Step | None = None) -> Rendered:
    """Return what somebody who follows a request reads, with what `news` takes. Others are asked whether it does."""
    answer = f"The question was answered: {passage(its.reason, LONGEST_SAID)}"
    said = answer if step is Step.REPLY else said_of(its, by, step)
    where = f" {link(its.permalink, 'The thread')}" if its.permalink else ""
    said = f"{words.name(its)}: {said}{where}"
    return Rendered(said, [section(said), _stop_following(its)])


def also_asked(its: RequestCard, step: Step | None = None, *, has_joined: bool = False, asks: bool = False) -> Rendered:
    """Return what somebody reads whose own request became part of this one, or who has joined it.

    At delivery those who have joined are asked as well.
    """
    why = "which you have joined" if has_joined else "which yours is part of"
    said = f"{words.name(its)}, {why}: {said_of(its, step=step, asked=whose(its) if asks else '')}"
    buttons = step_buttons(as_joined(its), AT_DELIVERY if asks else ())
    buttons += words.follow_buttons(its, is_following=True)
    return message_of([said], buttons, f"backlog.also_asked.{its.id}.{its.state}")


def joined_news(
    its: RequestCard,
    value: OpenValue,
    called: Sequence[str] = (),
    by: PersonRecord | None = None,
    step: Step | None = None,
    *,
    asks: bool = False,
) -> Rendered:
    """Return what is posted below the card where another team has joined the request, to these people of it."""
    own = open_buttons(value) if its.state in FREES_JOINED else []
    said = f"{words.name(its)}: {said_of(its, by, step, asked=whose(its) if asks else '')}"
    buttons = [*step_buttons(as_joined(its), AT_DELIVERY if asks else ()), *own]
    return message_of([_called(called) + said], buttons, f"backlog.joined_news.{its.id}.{its.state}")


def resumed(its: RequestCard, tracker: str, called: Sequence[str] = ()) -> Rendered:
    """Return what those read who were asked about a delivery when its issue was opened again in a tracker."""
    return message_of(
        [f"{_called(called)}{words.name(its)} is in progress again: its issue was opened again in {tracker}."], (), ""
    )


def issue_open_again(its: RequestCard, tracker: str) -> Rendered:
    """Return what is asked of those whose request has ended when its issue was opened again in a tracker."""
    who = mention(its.reachable[0].slack_id) if its.reachable else ""
    state = (its.whole or its).state
    stays = f", and the request is {in_sentence(state)}. Still needed?"
    doubt = ". Is something missing?" if state is RequestState.CONFIRMED else stays
    said = f"{who} The issue of {words.name(its)} was opened again in {tracker}{doubt}".strip()
    more = [] if Step.REOPEN in its.steps else ["Open a new request: `/devops`."]
    return _asking(" ".join([said, *more]), its, Step.REOPEN)


def following(its: RequestCard, *, is_on: bool) -> Rendered:
    """Return what somebody reads who has begun to follow a request, or has stopped."""
    if not is_on:
        return Rendered(f"You no longer follow {words.name(its)}.")
    said = f"You follow {words.name(its)}: I tell you what happens."
    return Rendered(said, [section(said), _stop_following(its)])


def withdrawn(its: RequestCard, value: OpenValue, called: Sequence[str] = ()) -> Rendered:
    """Return what a team reads that had joined a request whose own team needs it no longer, or which was none."""
    what = f"{words.name(its)}, which you joined,"
    is_withdrawn = its.state is RequestState.WITHDRAWN
    found = f"The DevOps team says that {what} is not a request{f': {escape(its.reason, 600)}' if its.reason else '.'}"
    lines = [f"{what} was withdrawn." if is_withdrawn else found, "Still needed? Open your own."]
    return message_of([_called(called) + lines[0], lines[1]], open_buttons(value), f"backlog.withdrawn.{its.id}")


def _called(people: Sequence[str]) -> str:
    return "".join(f"{mention(each)} " for each in people if mention(each))


def left(its: RequestCard, who: str, value: OpenValue) -> Rendered:
    """Return what stands in the thread of a team that had joined a request and has left it."""
    said = f"{bold(who, 80)} left {words.name(its)}. Need something else? Open your own."
    return message_of([said], open_buttons(value), f"backlog.left.{its.id}")


def asked_for(its: RequestCard, by: PersonRecord) -> Rendered:
    """Return what somebody reads of whom another says that they need a request."""
    said = f"{words.person(by)} says that you need {words.name(its)}: the DevOps team's questions come to you."
    elements = [show(its), *words.follow_buttons(its, is_following=True)]
    return message_of([said], elements, f"backlog.asked_for.{its.id}")


def changed_news(its: RequestCard, who: str, what: str = "it") -> Rendered:
    """Return what the DevOps team reads under its message when those who ask for a request have corrected it: what."""
    if its.is_private:
        return message_of([f"There is news of {bold(f'#{its.id}')}."], [show(its)], f"backlog.changed.{its.id}")
    lines = [words.standing(its), *words.about(its), *words.items(as_listed(its, its.items))]
    return message_of([f"{escape(who, 60) or 'Somebody'} changed {escape(what, 300)}: {lines[0]}", *lines[1:]], (), "")


def used(name: str, url: str, value: OpenValue) -> Rendered:
    """Return what a thread reads from which nothing was opened, because there is something already."""
    where = f" {link(url, shorten(url, 80))}" if url else ""
    said = f"No request was opened: {bold(name, 150)} is there already.{where}"
    return message_of([said], open_buttons(value, SUPPORT_TEXT, label=plain(name, 40)), "backlog.used")


def triage_news(its: RequestCard, step: Step, by: PersonRecord | None = None, *, called: str = "") -> Rendered:
    """Return what the DevOps team reads under its own message when somebody of the asker's side has done something.

    It calls one person, by their Slack id.
    """
    to = f"{mention(called)} " if called else ""
    if its.is_private:
        said = f"{to}There is news of {bold(f'#{its.id}')}."
        return message_of([said], [show(its)], f"backlog.news.{its.id}.{its.state}")
    did = {
        Step.REPLY: "answered:",
        Step.NOT_YET: "says not yet:",
        Step.REOPEN: "opened it again:",
        Step.WITHDRAW: "withdrew it:" if its.reason else "withdrew it.",
    }[step]
    who = words.person(by or its.asker)
    said = f"{who[:1].upper()}{who[1:]} {did} {passage(its.reason, LONGEST_SAID)}".strip()
    if step in (Step.NOT_YET, Step.REOPEN):
        said = "\n".join(filter(None, (said, still_to_do_of(its))))
    return Rendered(f"{to}{said}", [section(f"{to}{said}")])


def _stop_following(its: RequestCard) -> Block:
    elements = words.follow_buttons(its, is_following=True)
    return {"type": "actions", "block_id": f"backlog.followed.{its.id}", "elements": elements}


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
