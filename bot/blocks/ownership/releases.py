"""The forms and questions of "we no longer own it" and "unowned on purpose", and what is said in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as calendar_day
from datetime import datetime
from typing import Any, NamedTuple

from bot.blocks import forms
from bot.blocks.forms import Field, Fill, Form
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.lines import Line, choices
from bot.blocks.ownership import orphans, words
from bot.blocks.ownership.claims import claim_button
from bot.blocks.ownership.orphans import SuggestedOwner
from bot.blocks.text import (
    Block,
    Rendered,
    bold,
    button,
    context,
    date,
    day,
    escape,
    option,
    plain,
    possessive,
    section,
)
from bot.blocks.values import encode, parse
from bot.domain.catalog import Area
from bot.domain.ownership import Suggestion
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

#: The menu of an answer; its options say what is chosen.
MORE = "ownership.more"
RELEASE_VIEW, RELEASE_REASON = "ownership.release_view", "ownership.release_reason"
UNOWNED_VIEW, UNOWNED_REASON = "ownership.unowned_view", "ownership.unowned_reason"
UNOWNED_REVIEWER, UNOWNED_UNTIL = "ownership.unowned_reviewer", "ownership.unowned_until"
RELEASE_CONFIRM, RELEASE_REFUSE = "ownership.release_confirm", "ownership.release_refuse"
KEEP_UNOWNED, END_UNOWNED = "ownership.keep_unowned", "ownership.end_unowned"

_MOST_LINES = 10

RELEASE_REASON_FIELD = forms.text(
    RELEASE_REASON, "Why?", missing="Say why you no longer own it.", hint="e.g. Search runs it since May", is_long=True
)
RELEASE_FORM = Form(RELEASE_VIEW, "We no longer own it", "Release it", (RELEASE_REASON_FIELD,), RELEASE_REASON_FIELD)
UNOWNED_REASON_FIELD = forms.text(UNOWNED_REASON, "Why should nobody own it?", missing="Say why.", limit=300)
UNOWNED_REVIEWER_FIELD = forms.person(UNOWNED_REVIEWER, "Who reviews it?")
UNOWNED_UNTIL_FIELD = forms.day(UNOWNED_UNTIL, "When?", missing="Choose the day on which they are asked.")
UNOWNED_FORM = Form(
    UNOWNED_VIEW,
    "Unowned on purpose",
    "Mark it",
    (UNOWNED_REASON_FIELD, UNOWNED_REVIEWER_FIELD, UNOWNED_UNTIL_FIELD),
    UNOWNED_REASON_FIELD,
)


class MoreValue(NamedTuple):
    """What is chosen in the menu of an answer: `release` or `unowned`, and of what."""

    verb: str
    asset_id: int
    area: Area | None = None


def more_menu(asset: AssetRecord, area: Area | None, *, may_release: bool, may_mark: bool) -> Mapping[str, Any]:
    """Return the menu "⋯" of an answer; at least one of the two has to be possible."""
    options = []
    if may_release:
        options.append(option("We no longer own it…", encode(MoreValue("release", asset.id, area))))
    if may_mark:
        options.append(option("Unowned on purpose…", encode(MoreValue("unowned", asset.id, area))))
    return {"type": "overflow", "action_id": MORE, "options": options}


def release_view(
    asset: AssetRecord, owner: str, areas: Sequence[Area], metadata: str, *, needs_confirmation: bool
) -> Block:
    """Return the form behind "We no longer own it…"; it says what happens."""
    what = words.part(asset, *areas)
    if needs_confirmation:
        happens = "It is tier 1: your lead, your manager or a catalog admin must confirm first."
    else:
        happens = "After that nobody owns it, and I ask who takes it."
    said = f"{bold(owner, 80)} owns {what}. {happens} Know who takes it? Offer it instead."
    view = dict(RELEASE_FORM.view(metadata, said))
    about = OpenHandoff(Way.OFFER, asset.id, area=areas[0] if len(areas) == 1 else None)
    offer = {"type": "actions", "elements": handoff_buttons(about, asset.name, text="Offer it…")}
    text, *fields = view["blocks"]
    return view | {"blocks": [text, offer, *fields]}


def unowned_view(asset: AssetRecord, metadata: str, *, reviewer: str, until: calendar_day) -> Block:
    """Return the form behind "Unowned on purpose…"."""
    said = (
        f"Nobody owns {bold(asset.name, 80)}. Mark it, and it no longer counts as a gap. "
        "I ask the reviewer again on the day that you choose."
    )
    fills: dict[Field[Any], Fill] = {
        UNOWNED_REVIEWER_FIELD: Fill(reviewer),
        UNOWNED_UNTIL_FIELD: Fill(until.isoformat()),
    }
    return UNOWNED_FORM.view(metadata, said, fills)


def release_wanted(
    release_id: int, asset: AssetRecord, areas: Sequence[Area], owner: str, reason: str, asker: PersonRecord | None
) -> Rendered:
    """Return the question whether a team gives up an asset of tier 1, or areas of it."""
    text = (
        f"{_who(asker)} wants {bold(owner, 80)} to give up {words.part(asset, *areas)}, which is tier 1:\n"
        f"> {escape(reason, 500)}\n"
        "Confirm, and nobody owns it until a team takes it."
    )
    value, name = str(release_id), plain(asset.name, 45)
    buttons = [
        button("Confirm", RELEASE_CONFIRM, value, label=f"Confirm: nobody owns {name}", style="danger"),
        button("Keep it", RELEASE_REFUSE, value, label=f"Keep it: {name}"),
    ]
    return Rendered(text, [section(text), {"type": "actions", "elements": buttons}])


def release_decided(
    asset: AssetRecord, areas: Sequence[Area], owner: str, reason: str, by: PersonRecord | None, *, is_granted: bool
) -> Rendered:
    """Return what the question reads once it is answered, which whoever asked reads, too."""
    what = words.part(asset, *areas)
    if is_granted:
        return Rendered(f"{_who(by)} confirmed that {bold(owner, 80)} gives up {what}: {escape(reason, 300)}")
    return Rendered(f"{_who(by)} decided that {bold(owner, 80)} keeps {what}.")


def release_passed_on(asset: AssetRecord, areas: Sequence[Area], owner: str, to: PersonRecord) -> Rendered:
    """Return what the question reads once somebody else is asked, because its reader may confirm it no longer."""
    return Rendered(f"{_who(to)} is asked now whether {bold(owner, 80)} gives up {words.part(asset, *areas)}.")


def release_expired(asset: str, areas: Sequence[Area], owner: str, reason: str, *, is_theirs: bool) -> Rendered:
    """Return what the question reads once nobody can answer it any more, which whoever asked reads, too.

    `asset` is the name of what may have left the catalog.
    """
    what = words.part_of(asset, *areas)
    wanted = f"{bold(owner, 80) or 'Its owner'} wanted to give up {what}: {escape(reason, 300)}"
    if not is_theirs:
        return Rendered(f"{wanted}\nIt has changed hands since, so there is nothing left to confirm.")
    return Rendered(f"{wanted}\nNobody confirmed it in time, so nothing has changed. Ask again with `/whoowns`.")


def given_up(
    asset: AssetRecord, areas: Sequence[Area], owner: str, reason: str, heirs: Sequence[Suggestion], *, at: datetime
) -> Rendered:
    """Return the question who takes what its owner has given up, with a button for each proposed heir."""
    area = areas[0] if len(areas) == 1 else Area.ALL
    head = (
        f":warning: Nobody owns {words.part(asset, *areas)}. {bold(owner, 80)} gave it up on {date(at)}.\n"
        f"> {escape(reason, 500)}"
    )
    return _asked(head, asset, area, heirs)


def rest_given_up(asset: AssetRecord, areas: Sequence[Area], own: Sequence[Area], owner: str, reason: str) -> Rendered:
    """Return what whoever owns other areas is told, with a button to claim each of those that were given up."""
    text = (
        f"Nobody owns {words.rest(asset, *areas)} now: it is not {bold(owner, 80)}{possessive(owner)} any more.\n"
        f"> {escape(reason, 500)}\n"
        f"You own {words.part(asset, *own)}. Is that yours as well? Press *We own this*."
    )
    if len(areas) == 1:
        return Rendered(text, [section(text), {"type": "actions", "elements": [claim_button(asset, areas[0])]}])
    lines = [Line(words.part(asset, each), claim_button(asset, each)) for each in areas]
    return Rendered(text, [section(text), *(each.block for each in lines)])


def owner_wanted(asset: AssetRecord, by: PersonRecord | None, heirs: Sequence[Suggestion]) -> Rendered:
    """Return the question who takes what was unowned on purpose until its reviewer said that somebody should own it."""
    head = f":warning: Nobody owns {bold(asset.name, 80)}, and {words.somebody(by)} says that somebody should."
    return _asked(head, asset, Area.ALL, heirs)


def _asked(head: str, asset: AssetRecord, area: Area, heirs: Sequence[Suggestion]) -> Rendered:
    lines = [Line(orphans.reasons(each), orphans.accept_button(asset, area, each.team)) for each in heirs]
    more = "Yours? Press *We own this*."
    return Rendered(
        "\n".join([head, *(f"• {each.text}" for each in lines), more]),
        [
            section(head),
            *(each.block for each in lines),
            context(more),
            {"type": "actions", "elements": [claim_button(asset, area)]},
        ],
    )


def without_heir(before: Rendered, asset_id: int, team_id: int) -> Rendered:
    """Return the question who takes something without a team that does not; what else it says stays."""
    kept, text = list[Mapping[str, Any]](), before.text
    for each in before.blocks:
        beside = each.get("accessory", {})
        is_its = beside.get("action_id") == orphans.ACCEPT
        heir = parse(SuggestedOwner, beside["value"]) if is_its else None
        if heir is not None and (heir.asset_id, heir.team_id) == (asset_id, team_id):
            text = text.replace(f"\n• {each['text']['text']}", "", 1)
        else:
            kept.append(each)
    return Rendered(text, kept)


def taken_by(asset: AssetRecord, areas: Sequence[Area], team: TeamRecord, by: PersonRecord | None) -> Rendered:
    """Return what the question who takes something reads once a team has taken it."""
    return Rendered(f"{bold(team.name, 80)} took {words.part(asset, *areas)}. {_who(by)} said so.")


def owned_since(asset: AssetRecord, areas: Sequence[Area], owners: Sequence[str]) -> Rendered:
    """Return what the question who takes something reads once it has owners in another way: a file names them."""
    names = words.join(bold(each, 80) for each in owners)
    return Rendered(f"{names} {'own' if len(owners) > 1 else 'owns'} {words.part(asset, *areas)} now.")


def released(asset: AssetRecord, areas: Sequence[Area], owner: str, *, may_mark: bool = False) -> Rendered:
    """Return the receipt for a release; whoever `may_mark` it as unowned on purpose can do so there."""
    said = f"{bold(owner, 80)} no longer owns {words.part(asset, *areas)}."
    if not may_mark:
        return Rendered(said)
    said += " Should nobody own it? Choose *Unowned on purpose…*."
    return Rendered(said, [{**section(said), "accessory": more_menu(asset, None, may_release=False, may_mark=True)}])


def release_asked(asset: AssetRecord, areas: Sequence[Area], told: str) -> Rendered:
    """Return the receipt where somebody has to confirm first; `told` says who is asked."""
    what = words.sentence(words.part(asset, *areas))
    return Rendered(f"{what} is tier 1, so nothing has changed yet. {told}")


def marked(asset: AssetRecord, until: calendar_day, reviewer: PersonRecord | None) -> Rendered:
    """Return the receipt for what is unowned on purpose now."""
    return Rendered(f"Nobody owns {bold(asset.name, 80)}, on purpose. {_who(reviewer)} is asked again on {day(until)}.")


def named_reviewer(asset: AssetRecord, reason: str, by: PersonRecord | None, until: calendar_day) -> Rendered:
    """Return what the reviewer of what is unowned on purpose is told at once."""
    return Rendered(
        f"Nobody owns {bold(asset.name, 80)}, on purpose, says {words.somebody(by)}: {escape(reason, 300)}\n"
        f"You review it: I ask you again on {day(until)}."
    )


def review_wanted(mark_id: int, asset: AssetRecord, reason: str, also: Sequence[Line] = ()) -> Rendered:
    """Return the question to the reviewer of what is unowned on purpose; `also` is what else is due."""
    text = f"{bold(asset.name, 80)} is unowned on purpose: {escape(reason, 300)}\nIs that still so?"
    shown = also[:_MOST_LINES]
    return Rendered(
        "\n".join([text, *(f"• {each.text}" for each in shown)]),
        [
            section(text),
            {"type": "actions", "elements": _review_buttons(mark_id, asset)},
            *(part for each in shown for part in each.listed),
        ],
    )


def review_line(mark_id: int, asset: AssetRecord, reason: str) -> Line:
    """Return the question as one line of another message, with both answers."""
    text = f"Is {bold(asset.name, 80)} still unowned on purpose? {escape(reason, 200)}"
    buttons = _review_buttons(mark_id, asset)
    return Line(text, buttons[0], buttons=buttons)


def _review_buttons(mark_id: int, asset: AssetRecord) -> list[Block]:
    value, name = str(mark_id), plain(asset.name, 45)
    return [
        button("Still on purpose", KEEP_UNOWNED, value, label=f"Still on purpose: {name}", style="primary"),
        button("Somebody should own it", END_UNOWNED, value, label=f"Somebody should own it: {name}"),
    ]


def review_answered(before: Rendered, mark_id: int, said: str) -> Rendered:
    """Return a message that asks whether something is still unowned on purpose with what became of that instead.

    What else the message says stays.
    """
    text, made = before.text, list[Mapping[str, Any]]()
    for each in before.blocks:
        first: Mapping[str, Any] = next(iter(each.get("elements", ())), {})
        if (first.get("action_id"), first.get("value")) != (KEEP_UNOWNED, str(mark_id)):
            made.append(each)
            continue
        asked = made.pop()
        text = text.replace(asked["text"]["text"], said, 1)
        made.append({**asked, **section(said)})
    return Rendered(text, made)


def reviews(lines: Sequence[Line]) -> Rendered:
    """Return the section of the digest about what is unowned on purpose."""
    return choices("*Unowned on purpose*", lines[:_MOST_LINES], "")


def reviewed(asset: AssetRecord, by: PersonRecord | None, until: calendar_day | None) -> Rendered:
    """Return what the question reads once it is answered; None where it is on purpose no longer."""
    if until is None:
        said = f"{_who(by)} says that somebody should own {bold(asset.name, 80)}."
        return Rendered(f"{said} Until a team takes it with *We own this* on `/whoowns`, nobody does.")
    return Rendered(f"{_who(by)} keeps {bold(asset.name, 80)} unowned on purpose until {day(until)}.")


def review_key(mark_id: int, until: calendar_day) -> str:
    """Return the outbox key of the question about a day."""
    return f"upkeep.review:{mark_id}:{until.isoformat()}"


def _who(person: PersonRecord | None) -> str:
    return words.somebody(person, first=True)
