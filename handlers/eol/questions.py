"""What reaches its end of life: the command, the same questions in plain words, and the buttons of the answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.blocks import help as help_blocks
from bot.blocks import values
from bot.blocks.eol import choices
from bot.blocks.eol import reports as blocks
from bot.blocks.eol.reports import ReportFrame, Turn
from bot.blocks.text import Rendered
from bot.domain.eol.periods import Everything
from bot.domain.eol.questions import EolQuestion, parse, parse_command
from bot.domain.eol.responsibility import Addressee
from bot.domain.eol.subjects import ReportScope
from bot.domain.records import TeamRecord
from bot.errors import NotFoundError
from bot.ports import Ack
from bot.services import devops_team, inbound
from bot.services.context import Context
from bot.services.eol import questions, reports, timelines
from bot.services.eol.questions import Asked, NothingFits, SeveralFit, Understood
from handlers import pictures, replies, share
from handlers.interaction import replace_answer, whisper
from handlers.payloads import Action, Command

#: What is kept of a question in its buttons.
_MOST_ASKED = 500


async def on_eol(command: Command, context: Context) -> Ack:
    """Answer `/eol …` in the acknowledgement itself, from memory."""
    text = command.text.strip()
    word, _, rest = text.partition(" ")
    if text.casefold() == "help":
        return replies.ephemeral(help_blocks.eol_help())
    if word.casefold() == "timeline":
        return replies.ephemeral(_draw(context, command, rest.strip()))
    return replies.ephemeral(await _answer(context, text, command.user_id))


async def on_turn(action: Action, context: Context) -> None:
    """Put another page, or the answer that was chosen, in the place of the message whose button was pressed."""
    page, user_id, text = values.parse(Turn, action.value)
    await replace_answer(
        context, action, await _answer(context, text, user_id, page=page, may_share=action.is_ephemeral)
    )


async def on_inside(action: Action, context: Context) -> None:
    """Show everything that an asset runs, in pages, to whoever asked for what is inside its image."""
    answer = await _answer(context, f"#{values.number(action.value)}", action.user_id)
    await whisper(context, action, answer, blocks.inside_view(answer))


async def on_share(action: Action, context: Context) -> None:
    """Post the page for everyone in the channel, in the thread when the question was asked in one."""
    page, user_id, text = values.parse(Turn, action.value)
    message = await _answer(context, text, user_id, page=page, shared_by=action.user_id)
    await share.in_channel(context, action, message)


async def answer_in_words(context: Context, text: str, user_id: str) -> Rendered | None:
    """Return the answer to a sentence about end of life; None for one about anything else."""
    question = parse(text, today=context.watcher.today(Addressee()))
    if question is None or questions.is_name(context.snapshot, text):
        return None
    understood = _understood(context, question, user_id)
    if understood is None or understood == NothingFits(question.about, ()):
        return None  # what names nothing at all may have been meant otherwise
    frame = _frame(user_id, text, may_share=False)
    return await _render(context, understood, frame, user_id)


async def answer_of_command(context: Context, text: str, user_id: str) -> Rendered | None:
    """Return the answer to `/eol TEXT` that is written as a message; None where the command would draw a picture."""
    is_picture = text.partition(" ")[0].casefold() == "timeline"
    return None if is_picture else await _answer(context, text, user_id, may_share=False)


async def answer_of_team(context: Context, team: TeamRecord, user_id: str) -> Rendered:
    """Return what of a team reaches its end of life, as `/eol team NAME` does."""
    asked = Asked(subject=ReportScope(teams=(team,)), period=Everything())
    return await _render(context, asked, _frame(user_id, f"team {team.name}", may_share=True), user_id)


async def answer_of_release(context: Context, text: str, user_id: str) -> Rendered | None:
    """Return the answer to words that name a product and a version of it, such as `python 3.8`; None for any others."""
    question = replace(parse_command(text, today=context.watcher.today(Addressee())), needs_product=True)
    understood = _understood(context, question, user_id)
    product = understood.subject.product if isinstance(understood, Asked) else None
    if understood is None or product is None or not product.version:
        return None
    return await _render(context, understood, _frame(user_id, text, may_share=False), user_id)


async def _answer(
    context: Context, text: str, user_id: str, *, page: int = 0, shared_by: str = "", may_share: bool = True
) -> Rendered:
    own_teams = devops_team.teams_that_ask(context.deps, context.snapshot, user_id) if may_share else None
    frame = _frame(user_id, text, may_share=may_share)
    frame = replace(frame, page=page, shared_by=shared_by, own_teams=own_teams)
    if text.startswith("#") and text[1:].isdecimal():
        return await _render(context, _chosen(context, int(text[1:])), frame, user_id)
    question = parse_command(text, today=context.watcher.today(Addressee()))
    understood = _understood(context, question, user_id)
    return await _render(context, understood or NothingFits(text, ()), frame, user_id)


def _understood(context: Context, question: EolQuestion, user_id: str) -> Understood | None:
    watcher = context.watcher
    return questions.understand(context.snapshot, watcher.facts.table, question, user_id, watcher.latest)


def _frame(user_id: str, text: str, *, may_share: bool) -> ReportFrame:
    return ReportFrame(turn=Turn(0, user_id, text[:_MOST_ASKED]), may_share=may_share and not inbound.is_guest())


def _draw(context: Context, command: Command, text: str) -> Rendered:
    """Begin to draw a picture for the channel, and say so; who asks for a name that nothing has learns that at once."""
    question = parse_command(text, today=context.watcher.today(Addressee()))
    understood = _understood(context, question, command.user_id)
    match understood:
        case Asked(subject=subject):
            draw = partial(timelines.timeline, context.deps, context.watcher, context.pictures, subject)
            pictures.begin(context, command, draw, what="timeline")
            return choices.drawing(subject)
        case SeveralFit(about, assets, left):
            return choices.several(assets, about, command.user_id, left)
        case NothingFits(about, tries):
            return choices.nothing_fits(about, tries, command.user_id)
        case _:
            return choices.nothing_fits(text, (), command.user_id)


def _chosen(context: Context, asset_id: int) -> Asked:
    asset = context.snapshot.asset(asset_id)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    return Asked(subject=questions.asset_subject(context.snapshot, asset), period=Everything())


async def _render(context: Context, understood: Understood, frame: ReportFrame, user_id: str) -> Rendered:
    match understood:
        case SeveralFit(about, assets, left):
            return choices.several(assets, about, user_id, left)
        case NothingFits(about, tries):
            return choices.nothing_fits(about, tries, user_id)
        case Asked():
            made = await reports.report(context.deps, context.watcher, understood)
            return blocks.answer(made, _noted(frame, understood))


def _noted(frame: ReportFrame, asked: Asked) -> ReportFrame:
    note = blocks.understood(asked.understood_as) if asked.understood_as else ""
    if asked.is_for_want_of_a_team:
        note = blocks.NO_TEAM
    return replace(frame, note=note)
