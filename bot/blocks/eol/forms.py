"""The forms behind a reminder's buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.blocks import forms
from bot.blocks.eol import actions, words
from bot.blocks.forms import Field, Fill, Form, filled_day
from bot.blocks.text import Block, bold
from bot.blocks.values import encode
from bot.domain.eol import plans
from bot.domain.eol.answers import LONGEST_WAIVER, AnswerKind
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reminders import Card
from bot.domain.eol.upgrade_paths import proposed
from bot.domain.eol.upgrade_targets import targets
from bot.domain.records import TeamRecord

_MOST_TARGETS = 20
#: How long a waiver lasts unless somebody says otherwise, in days.
_USUAL_WAIVER = 90
#: Stands for all assets of a reminder.
ALL_ASSETS = "all"

PLAN_TARGET = forms.choice(actions.PLAN_TARGET, "Upgrade to")
PLAN_OTHER = forms.text(actions.PLAN_OTHER, "Or another way: a version, a service, switching it off", limit=80)
PLAN_DAY = forms.day(actions.PLAN_DAY, "When will it be done?", missing="Choose a day.")
PLAN_COMPATIBILITY = forms.person(actions.PLAN_COMPATIBILITY, "Who makes the application compatible?")
PLAN_COMPATIBLE_BY = forms.day(actions.PLAN_COMPATIBLE_BY, "By when is it compatible?")
PLAN_UPGRADE = forms.person(actions.PLAN_UPGRADE, "Who upgrades?")
PLAN_ROLLBACK = forms.text(
    actions.PLAN_ROLLBACK,
    "When do you roll back?",
    hint="For example: errors above 1% for ten minutes, or the data check fails",
    is_long=True,
)
PLAN_DECIDER = forms.person(actions.PLAN_DECIDER, "Who may decide to roll back?")
PLAN_HELP = forms.ticks(actions.PLAN_HELP, "Do you need help?")
#: Where a plan's detail stands in its form.
PLAN_DETAIL: Mapping[str, Field[str]] = {
    plans.COMPATIBILITY: PLAN_COMPATIBILITY,
    plans.UPGRADE: PLAN_UPGRADE,
    plans.ROLLBACK: PLAN_ROLLBACK,
    plans.DECIDER: PLAN_DECIDER,
}
PLAN = Form(
    actions.PLAN_VIEW,
    "Plan the upgrade",
    "Plan it",
    (
        PLAN_TARGET,
        PLAN_OTHER,
        PLAN_DAY,
        PLAN_UPGRADE,
        PLAN_COMPATIBILITY,
        PLAN_COMPATIBLE_BY,
        PLAN_ROLLBACK,
        PLAN_DECIDER,
        PLAN_HELP,
    ),
    refused_at=PLAN_DAY,
)

_TEAM_HINT = "The team's name"
DELEGATE_TEAM = forms.name_or_choice(
    actions.DELEGATE_TEAM, "Which team?", missing="Choose a team to ask.", hint=_TEAM_HINT
)
DELEGATE_REASON = forms.text(actions.DELEGATE_REASON, "Why them?", is_long=True)
DELEGATE = Form(
    actions.DELEGATE_VIEW, "Delegate it", "Ask them", (DELEGATE_TEAM, DELEGATE_REASON), refused_at=DELEGATE_TEAM
)

NOT_OURS_ASSET = forms.choice(actions.NOT_OURS_ASSET, "What is not yours?", is_kept=True)
NOT_OURS_TEAM = forms.name_or_choice(actions.NOT_OURS_TEAM, "Who owns it, as far as you know?", hint=_TEAM_HINT)
NOT_OURS_REASON = forms.text(actions.NOT_OURS_REASON, "What makes you think so?", is_long=True)
NOT_OURS = Form(
    actions.NOT_OURS_VIEW,
    "Not ours",
    "Say so",
    (NOT_OURS_ASSET, NOT_OURS_TEAM, NOT_OURS_REASON),
    refused_at=NOT_OURS_TEAM,
)

PIN_WHAT = forms.choice(actions.PIN_WHAT, "Which version?", is_kept=True)
PIN_CYCLE = forms.choice(actions.PIN_CYCLE, "What is it really?")
PIN_TYPED = forms.text(
    actions.PIN_TYPED, "Or type product and version", hint="For example: amazon-rds-postgresql 16", limit=120
)
PIN = Form(
    actions.PIN_VIEW, "Correct the version", "Correct it", (PIN_WHAT, PIN_CYCLE, PIN_TYPED), refused_at=PIN_TYPED
)

WAIVE_REASON = forms.text(
    actions.WAIVE_REASON,
    "Why can it wait?",
    missing="Give a reason for whoever approves.",
    is_long=True,
)
WAIVE_DAY = forms.day(actions.WAIVE_DAY, "Until when?", missing="Choose a day.")
WAIVE = Form(
    actions.WAIVE_VIEW, "Ask for a waiver", "Ask for a waiver", (WAIVE_REASON, WAIVE_DAY), refused_at=WAIVE_DAY
)

DONE = Form(actions.DONE_VIEW, "It is done", "It is done")

#: The box that lets the form of a request follow the plan.
_ASK_FOR_HELP = {"help": "Ask the DevOps team: its form comes next"}


def plan_view(card: Card, metadata: str) -> Block:
    """Return the form of a plan, filled with the one that stands, if one does."""
    inherited = [card.reminder.inherited.answer] if card.reminder.inherited is not None else []
    known = (*card.reminder.answers, *inherited)
    stands = next((each for each in known if each.kind is AnswerKind.PLANNED), None)
    detail: Mapping[str, str] = stands.detail if stands is not None else {}
    found = targets(card.watch.product, card.watch.cycle, card.today)[:_MOST_TARGETS]
    options = {
        name: f"{name}: {words.runway(each, card.today, filled_day(each.until))}"
        for each in found
        for name in (words.cycle_name(each.cycle),)
    }
    best = proposed(card.watch.product, card.watch.cycle, card.today)
    step = words.cycle_called(card.watch.product, best.step) if best is not None else ""
    if step and step not in options:
        options = {step: f"{step}: on the way there", **options}
    typed = detail.get(plans.TARGET, "")
    return PLAN.view(
        metadata,
        f"{words.headline(card.watch, card.today)} It runs on {words.assets(card.watch.runs)}.",
        {
            PLAN_TARGET: Fill(typed or step, options),
            PLAN_OTHER: Fill("" if typed in options else typed, label="" if found else "What replaces it?"),
            PLAN_DAY: Fill(filled_day(stands.until if stands is not None else None)),
            PLAN_COMPATIBLE_BY: Fill(detail.get(plans.COMPATIBLE_BY, "")),
            **{asked: Fill(detail.get(key, "")) for key, asked in PLAN_DETAIL.items()},
            PLAN_HELP: Fill(options=_ASK_FOR_HELP if card.may_ask_for_help and card.reminder.help is None else {}),
        },
    )


def delegate_view(card: Card, teams: Sequence[TeamRecord], metadata: str) -> Block:
    """Return the form that offers a reminder to another team."""
    said = (
        f"{words.headline(card.watch, card.today)}\nI ask the other team in its channel. "
        "It stays with you until they accept."
    )
    return DELEGATE.view(metadata, said, {DELEGATE_TEAM: _teams(teams)})


def not_ours_view(card: Card, teams: Sequence[TeamRecord], metadata: str) -> Block:
    """Return the form that says that something belongs to somebody else."""
    seen = {one.asset.id: one for one in card.watch.runs}
    said = (
        f"The catalog says {bold(card.watch.addressee.name, 80)} owns {words.assets(seen.values())}. "
        "Your doubt shows on every answer, and I ask the team that you name to claim it."
    )
    some = {str(one.asset.id): one.asset.name for one in seen.values()} if len(seen) > 1 else {}
    everything = {ALL_ASSETS: f"All {len(seen):,} of them"} if some else {}
    return NOT_OURS.view(
        metadata, said, {NOT_OURS_ASSET: Fill(ALL_ASSETS, {**everything, **some}), NOT_OURS_TEAM: _teams(teams)}
    )


def pin_view(runs: Sequence[MatchedDeployment], candidates: Sequence[tuple[Product, Cycle]], metadata: str) -> Block:
    """Return the form that says what a version really is. `runs` are what may be meant, one or several."""
    first = runs[0]
    said = (
        f"{bold(first.asset.name, 80)} · {bold(_versions(first), 80)} says the inventory."
        if len(runs) == 1
        else "Which version did I get wrong?"
    )
    several = {str(one.deployment.id): f"{one.asset.name}: {_versions(one)}" for one in runs} if len(runs) > 1 else {}
    cycles = {
        encode(actions.CycleValue(product.key, cycle.name)): _candidate(product, cycle) for product, cycle in candidates
    }
    return PIN.view(
        metadata,
        f"{said} This applies to this version only.",
        {
            PIN_WHAT: Fill(str(first.deployment.id), several),
            PIN_CYCLE: Fill(options=cycles),
            PIN_TYPED: Fill(label="" if candidates else "Product and version"),
        },
    )


def waive_view(card: Card, metadata: str) -> Block:
    """Return the form that asks to leave something as it is for a while."""
    said = (
        f"{words.headline(card.watch, card.today)}\nA teammate must approve. "
        f"At most {LONGEST_WAIVER} days; then I remind you again."
    )
    return WAIVE.view(metadata, said, {WAIVE_DAY: Fill(filled_day(card.today + timedelta(_USUAL_WAIVER)))})


def done_view(card: Card, metadata: str) -> Block:
    """Return the form that says that it is done."""
    said = (
        f"This closes when the inventory shows another version for {words.assets(card.watch.runs)}. "
        "Until then: reported done, not verified."
    )
    return DONE.view(metadata, said)


def _candidate(product: Product, cycle: Cycle) -> str:
    ends = f" (ends {cycle.eol.isoformat()})" if isinstance(cycle.eol, date) else ""
    return f"{product.label or product.key} {words.cycle_name(cycle)}{ends}"


def _versions(one: MatchedDeployment) -> str:
    observed = one.deployment.observed
    return " ".join(filter(None, (observed.product, observed.version, observed.environment)))


def _teams(teams: Sequence[TeamRecord]) -> Fill:
    return Fill(options={str(team.id): team.name for team in teams})
