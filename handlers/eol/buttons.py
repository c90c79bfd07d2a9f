"""The buttons of a reminder: those that answer at once, and those that open something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.blocks import eol as blocks
from bot.blocks.eol import actions
from bot.blocks.text import Block
from bot.blocks.values import UNKNOWN, number, parse
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.outcomes import Outcome
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import TeamRecord
from bot.errors import NotFoundError
from bot.services import people
from bot.services.context import Context
from bot.services.eol import answers, delegation, plan_parts, version_overrides, waivers
from handlers.eol import receipts
from handlers.interaction import open_form, place_of, whisper
from handlers.payloads import Action


async def on_open(action: Action, context: Context) -> None:
    """Show a reminder's card with all its buttons to whoever asked."""
    card = await answers.look_up(context.deps, context.watcher, reminder_id=await _reminder_id(action, context))
    reader = answers.reader(context.watcher.snapshot, card, action.user_id)
    shown, view = blocks.opened(card, reader=reader), blocks.opened_view(card, reader=reader)
    await whisper(context, action, shown, view)


async def _reminder_id(action: Action, context: Context) -> int:
    """Return the id of the reminder that is opened, of a deadline without one after making it."""
    if "|" not in action.value:
        return number(action.value)
    return await answers.reminder_of(context.deps, context.watcher, parse(actions.DeadlineValue, action.value))


async def on_explain(action: Action, context: Context) -> None:
    """Say why, to whoever asked."""
    card = await answers.look_up(context.deps, context.watcher, reminder_id=number(action.value))
    await whisper(context, action, blocks.explanation(card), blocks.explanation_view(card))


def _answering(
    use_case: Callable[..., Awaitable[Outcome]], *, to: str = "reminder_id", **said: Any
) -> Callable[[Action, Context], Awaitable[None]]:
    """Return what listens to a button that answers at once; `to` is whose id the button carries."""

    async def on_answer(action: Action, context: Context) -> None:
        about = {to: number(action.value)}
        await receipts.answer(context, action.user_id, place_of(action), use_case, **about, **said)

    return on_answer


on_acknowledge = _answering(answers.acknowledge)
on_keep_plan = _answering(answers.keep_plan)
on_compatible = _answering(plan_parts.close)
on_approve = _answering(waivers.decide, to="answer_id", is_granted=True)
on_refuse = _answering(waivers.decide, to="answer_id", is_granted=False)
on_accept = _answering(delegation.decide, to="answer_id", is_accepted=True)
on_decline = _answering(delegation.decide, to="answer_id", is_accepted=False)


async def on_snooze(action: Action, context: Context) -> None:
    """Keep it quiet for the days chosen."""
    days, reminder_id = parse(actions.SnoozeValue, action.value)
    if days not in actions.SNOOZE_DAYS:
        raise NotFoundError(UNKNOWN)
    place = place_of(action)
    await receipts.answer(context, action.user_id, place, answers.snooze, reminder_id=reminder_id, days=days)


async def on_plan(action: Action, context: Context) -> None:
    """Open the form of a plan."""
    await open_form(context, action, _form(context, action, actions.PLAN, number(action.value)))


async def on_more(action: Action, context: Context) -> None:
    """Open the form that was chosen under "More"."""
    word, reminder_id = parse(actions.MoreValue, action.value)
    await open_form(context, action, _form(context, action, word, reminder_id))


async def on_pin(action: Action, context: Context) -> None:
    """Open the form that says what a version is that nobody knows."""
    await open_form(context, action, _unsure_form(context, action))


async def _form(context: Context, action: Action, word: str, reminder_id: int) -> Block:
    if word == actions.WRONG_VERSION:
        card = await answers.look_up(context.deps, context.watcher, reminder_id=reminder_id)
        return await _pin_form(context, action, card.watch.runs, reminder_id)
    person_id = await _person_id(context, action)
    card = await answers.look_up(context.deps, context.watcher, reminder_id=reminder_id, person_id=person_id)
    metadata = place_of(action).metadata(reminder_id)
    match word:
        case actions.PLAN:
            return blocks.plan_view(card, metadata)
        case actions.DELEGATE:
            return blocks.delegate_view(card, _teams_but(context, card.holder), metadata)
        case actions.NOT_OURS:
            return blocks.not_ours_view(card, _teams_but(context, card.watch.addressee), metadata)
        case actions.WAIVE:
            return blocks.waive_view(card, metadata)
        case actions.DONE:
            return blocks.done_view(card, metadata)
        case _:
            raise NotFoundError(UNKNOWN)


async def _unsure_form(context: Context, action: Action) -> Block:
    one = await version_overrides.running(context.watcher, number(action.value))
    return await _pin_form(context, action, [one])


async def _pin_form(
    context: Context, action: Action, runs: Sequence[MatchedDeployment], reminder_id: int | None = None
) -> Block:
    """Return the form of what is in the same hands, with the first of it chosen."""
    deployment_id = runs[0].deployment.id
    person_id = await _person_id(context, action)
    first = await version_overrides.look_up(
        context.deps, context.watcher, deployment_id=deployment_id, person_id=person_id
    )
    metadata = place_of(action).metadata(reminder_id, deployment_id)
    return blocks.pin_view(runs, version_overrides.candidates(first), metadata)


async def _person_id(context: Context, action: Action) -> int:
    """Return who wants a form. Slack is asked only about whom memory does not know: a trigger lives three seconds."""
    person = context.snapshot.person_by_slack_id(action.user_id)
    return person.id if person is not None else await people.identify(context.deps, context.slack, action.user_id)


def _teams_but(context: Context, whose: Addressee) -> list[TeamRecord]:
    teams = [team for team in context.snapshot.teams() if Addressee(team).key != whose.key]
    return sorted(teams, key=lambda team: team.name.casefold())
