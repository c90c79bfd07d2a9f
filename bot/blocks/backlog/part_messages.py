"""What is said of a request that became part of another one, in its own thread and in that of the other one."""

from __future__ import annotations

from bot.blocks.backlog import card_lines, words
from bot.blocks.backlog.message_parts import message_of, said_of, show, step_buttons
from bot.blocks.text import Rendered, bold, link, mention
from bot.domain.backlog.merges import whose
from bot.domain.backlog.requests import AT_DELIVERY, RequestCard, Step
from bot.domain.records import PersonRecord


def part_news(
    its: RequestCard,
    whole: RequestCard,
    by: PersonRecord | None = None,
    step: Step | None = None,
    *,
    asks: bool = False,
) -> Rendered:
    """Return what is posted below the card of a part when something was done to the whole, with what `news` takes.

    Its team is asked about what it has asked for itself.
    """
    who = f"{mention(its.reachable[0].slack_id)} " if its.reachable and its.reachable[0].slack_id else ""
    news = said_of(whole, by, step, asked=whose(its) if asks else "")
    said = f"{who}{words.name(whole)}, which this is part of: {news}"
    buttons = step_buttons(its, AT_DELIVERY) if asks else []
    return message_of([said], buttons, f"backlog.part_news.{its.id}.{whole.state}")


def moved_day(its: RequestCard, part: RequestCard) -> Rendered:
    """Return what is posted below the card of a request that has another day because of what is, or was, part of it."""
    day = f"is {words.needed_by(its.needed_by, its.needed_for)} now" if its.needed_by is not None else "has no date now"
    is_part = part.id in dict(its.parts)
    why = f"{bold(f'#{part.id}')} {'became part of it' if is_part else 'is no part of it any more'}"
    return message_of([f"{words.name(its)} {day}: {why}."], (), "")


def whole_ended(its: RequestCard) -> Rendered:
    """Return what is posted below the card of a request when the one that it is part of has ended for all."""
    whole = its.whole or its
    said = f"This is part of {card_lines.part_of(whole, is_private=its.is_private)}"
    buttons = step_buttons(its, (Step.REOPEN,))
    return message_of(
        [said, "Still needed? *Reopen…* lets this one stand by itself."], buttons, f"backlog.ended.{its.id}"
    )


def merged(its: RequestCard) -> Rendered:
    """Return what is posted below the card of a request that the DevOps team has made part of another one.

    Of a private one only the number is said: whoever asked for this one may not know of it.
    """
    whole = its.whole or its
    name = words.public_name(whole)
    where = f" {link(whole.permalink, 'Its thread')}" if whole.permalink and not whole.is_private else ""
    who = f"{mention(its.reachable[0].slack_id)} " if its.reachable else ""
    said = f"{who}The DevOps team made this part of {name}, and I tell you what happens there.{where}"
    doubt = "Something else? Tell the DevOps team, who can undo this, or withdraw yours."
    shows = [] if whole.is_private else [show(whole)]
    return message_of([said, doubt], [*shows, *step_buttons(its, (Step.WITHDRAW,))], f"backlog.merged.{its.id}")


def unmerged(its: RequestCard, *, is_news: bool = True) -> Rendered:
    """Return what is posted below the card of a request that is part of no other any more.

    Without `is_news` it takes the place of what had said that it is, and calls nobody.
    """
    who = f"{mention(its.reachable[0].slack_id)} " if its.reachable and is_news else ""
    asked = " Nobody has answered it yet." if its.answer_by is not None and is_news else ""
    said = f"{who}{words.name(its)} stands by itself again.{asked}"
    return message_of([said, *([words.standing(its)] if is_news else [])], [show(its)], f"backlog.unmerged.{its.id}")
