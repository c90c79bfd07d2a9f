"""The modals behind a reminder's buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.blocks.eol import actions, answers, words
from bot.blocks.text import Block, bold, mention, plain, section
from bot.blocks.values import encode
from bot.domain.eol.exposure import Running
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reminders import AnswerKind, Card
from bot.domain.eol.responses import LONGEST_WAIVER
from bot.domain.eol.upgrade_targets import Target, suggested, targets
from bot.domain.records import TeamRecord

#: Slack's limits of a select menu: its options, and the value of one.
_MOST_OPTIONS, _LONGEST_VALUE = 100, 150
_MOST_TARGETS = 20
_LONGEST_TEXT = 500
#: How long a waiver lasts unless somebody says otherwise, in days.
_USUAL_WAIVER = 90


def plan_view(card: Card, metadata: str) -> Block:
    """Return the form of a plan, filled with the one that stands, if one does."""
    stands = next((each for each in card.reminder.answers if each.kind is AnswerKind.PLANNED), None)
    detail: Mapping[str, str] = stands.detail if stands is not None else {}
    found = targets(card.watch.product, card.watch.cycle, card.today)[:_MOST_TARGETS]
    blocks = [section(f"{words.headline(card.watch, card.today)} It runs on {words.assets(card.watch.runs)}.")]
    if found:
        blocks.append(_target_input(card, found, detail.get(answers.TARGET, "")))
    known = {words.cycle_name(each.cycle) for each in found}
    typed = detail.get(answers.TARGET, "")
    label = "Or another way: a version, a service, switching it off" if found else "What replaces it?"
    initial = "" if typed in known else typed
    blocks.append(_text_input(actions.PLAN_OTHER, label, initial=initial, limit=80))
    blocks.append(_day_input(actions.PLAN_DAY, "When will it be done?", stands.until if stands is not None else None))
    for block_id, key, said in (
        (actions.PLAN_COMPATIBILITY, answers.COMPATIBILITY, "Who makes the application compatible?"),
        (actions.PLAN_UPGRADE, answers.UPGRADE, "Who upgrades?"),
    ):
        blocks.append(_person_input(block_id, said, detail.get(key, "")))
    hint = "For example: errors above 1% for ten minutes, or the data check fails"
    criteria = detail.get(answers.ROLLBACK, "")
    blocks.append(
        _text_input(actions.PLAN_ROLLBACK, "When do you roll back?", initial=criteria, hint=hint, is_long=True)
    )
    blocks.append(_person_input(actions.PLAN_DECIDER, "Who may decide to roll back?", detail.get(answers.DECIDER, "")))
    return _modal(actions.PLAN_VIEW, "Plan the upgrade", "Plan it", metadata, blocks)


def delegate_view(card: Card, teams: Sequence[TeamRecord], metadata: str) -> Block:
    """Return the form that offers a reminder to another team."""
    said = (
        f"{words.headline(card.watch, card.today)}\nThe other team is asked in its channel. "
        "Until one of them accepts, nothing moves and it stays with you."
    )
    team = _team_input(actions.DELEGATE_TEAM, "Which team?", teams)
    return _modal(actions.DELEGATE_VIEW, "Delegate it", "Ask them", metadata, [section(said), team])


def not_ours_view(card: Card, teams: Sequence[TeamRecord], metadata: str) -> Block:
    """Return the form that says that something belongs to somebody else."""
    seen = {one.asset.id: one for one in card.watch.runs}
    blocks = [
        section(
            f"The catalog says that {bold(card.watch.addressee.name, 80)} owns {words.assets(seen.values())}. "
            "Your doubt goes on record and shows on every answer about it. Nothing moves by itself: I ask the team "
            "that you name to claim it, if I can reach it."
        )
    ]
    if len(seen) > 1:
        everything = _option(f"All {len(seen):,} of them", "all")
        some = [_option(plain(one.asset.name, 75) or "(no name)", str(one.asset.id)) for one in seen.values()]
        blocks.append(_select_input(actions.NOT_OURS_ASSET, "What is not yours?", [everything, *some], everything))
    blocks.append(_team_input(actions.NOT_OURS_TEAM, "Who owns it, as far as you know?", teams, is_optional=True))
    blocks.append(_text_input(actions.NOT_OURS_REASON, "What makes you think so?", is_long=True))
    return _modal(actions.NOT_OURS_VIEW, "Not ours", "Say so", metadata, blocks)


def pin_view(runs: Sequence[Running], candidates: Sequence[tuple[Product, Cycle]], metadata: str) -> Block:
    """Return the form that says what a version really is. `runs` are what may be meant, one or several."""
    first = runs[0]
    said = (
        f"{_run(first)} is what the inventory says." if len(runs) == 1 else "Something here is not what I take it for."
    )
    blocks = [section(f"{said} What you choose holds for this very version; another one is looked at anew.")]
    if len(runs) > 1:
        options = [_option(_run_plain(one), str(one.deployment.id)) for one in runs[:_MOST_OPTIONS]]
        blocks.append(_select_input(actions.PIN_WHAT, "Which one is wrong?", options, options[0]))
    if candidates:
        by_value = {
            encode(actions.CycleValue(product.key, cycle.name))[:_LONGEST_VALUE]: _candidate(product, cycle)
            for product, cycle in candidates
        }
        options = [_option(said, value) for value, said in by_value.items()]
        blocks.append(_select_input(actions.PIN_CYCLE, "What is it really?", options, None, is_optional=True))
    hint = "For example: amazon-rds-postgresql 16"
    label = "Or type product and version" if candidates else "Product and version"
    blocks.append(_text_input(actions.PIN_TYPED, label, hint=hint, limit=120))
    return _modal(actions.PIN_VIEW, "Wrong version", "That is it", metadata, blocks)


def waive_view(card: Card, metadata: str) -> Block:
    """Return the form that asks to leave something as it is for a while."""
    said = (
        f"{words.headline(card.watch, card.today)}\nSomebody else of your team has to approve. "
        f"It lasts {LONGEST_WAIVER} days at most, and it is said again when it is over."
    )
    return _modal(
        actions.WAIVE_VIEW,
        "Leave it for now",
        "Ask for approval",
        metadata,
        [
            section(said),
            _text_input(actions.WAIVE_REASON, "Why is that all right?", is_long=True, is_optional=False),
            _day_input(actions.WAIVE_DAY, "Until when?", card.today + timedelta(_USUAL_WAIVER)),
        ],
    )


def done_view(card: Card, metadata: str) -> Block:
    """Return the form that says that it is done."""
    said = (
        f"Good. {words.name(card.watch.product, card.watch.cycle)} is closed as soon as the inventory shows another "
        f"version for {words.assets(card.watch.runs)}. Until then it counts as done, to be verified."
    )
    return _modal(actions.DONE_VIEW, "It is done", "It is done", metadata, [section(said)])


def _target_input(card: Card, found: Sequence[Target], stands: str) -> Block:
    options = {
        words.cycle_name(each.cycle): _option(
            plain(f"{words.cycle_name(each.cycle)}: {words.runway(each, card.today, _iso(each.until))}", 75),
            words.cycle_name(each.cycle),
        )
        for each in found
    }
    best = suggested(card.watch.product, card.watch.cycle, card.today)
    chosen = stands or (words.cycle_name(best.cycle) if best is not None else "")
    return _select_input(
        actions.PLAN_TARGET, "Upgrade to", list(options.values()), options.get(chosen), is_optional=True
    )


def _iso(on: date | None) -> str:
    return on.isoformat() if on is not None else ""


def _candidate(product: Product, cycle: Cycle) -> str:
    return plain(f"{product.label or product.key} {words.cycle_name(cycle)}{_ends(cycle)}", 75)


def _ends(cycle: Cycle) -> str:
    return f" (ends {cycle.eol.isoformat()})" if isinstance(cycle.eol, date) else ""


def _run(one: Running) -> str:
    return f"{bold(one.asset.name, 80)} · {bold(_versions(one), 80)}"


def _run_plain(one: Running) -> str:
    return plain(f"{one.asset.name}: {_versions(one)}", 75)


def _versions(one: Running) -> str:
    return " ".join(filter(None, (one.deployment.product, one.deployment.version, one.deployment.environment)))


def _modal(callback_id: str, title: str, submit: str, metadata: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": metadata,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": submit},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block, *, is_optional: bool) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": is_optional,
        "label": {"type": "plain_text", "text": label},
        "element": {"action_id": block_id, **element},
    }


def _text_input(
    block_id: str,
    label: str,
    *,
    initial: str = "",
    hint: str = "",
    limit: int = _LONGEST_TEXT,
    is_long: bool = False,
    is_optional: bool = True,
) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": limit}
    shown = plain(initial, limit)
    if shown:
        element["initial_value"] = shown
    if hint:
        element["placeholder"] = {"type": "plain_text", "text": hint}
    return _input(block_id, label, element, is_optional=is_optional)


def _day_input(block_id: str, label: str, initial: date | None) -> Block:
    element: Block = {"type": "datepicker"}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _input(block_id, label, element, is_optional=False)


def _person_input(block_id: str, label: str, initial: str) -> Block:
    element: Block = {"type": "users_select"}
    if mention(initial):
        element["initial_user"] = initial
    return _input(block_id, label, element, is_optional=True)


def _select_input(
    block_id: str, label: str, options: list[Block], initial: Block | None, *, is_optional: bool = False
) -> Block:
    element: Block = {"type": "static_select", "options": options[:_MOST_OPTIONS]}
    if initial is not None:
        element["initial_option"] = initial
    return _input(block_id, label, element, is_optional=is_optional)


def _team_input(block_id: str, label: str, teams: Sequence[TeamRecord], *, is_optional: bool = False) -> Block:
    """A menu of the teams, or where there are more than a menu takes (or none), a line to type the name into."""
    if not teams or len(teams) > _MOST_OPTIONS:
        return _text_input(block_id, label, hint="The team's name", limit=120, is_optional=is_optional)
    options = [_option(plain(team.name, 75) or "(no name)", str(team.id)) for team in teams]
    return _select_input(block_id, label, options, None, is_optional=is_optional)


def _option(said: str, value: str) -> Block:
    return {"text": {"type": "plain_text", "text": said}, "value": value[:_LONGEST_VALUE]}
