"""Who takes what an owner who is gone has left behind, and who could own what nobody owns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from bot.blocks import forms
from bot.blocks.forms import Fill
from bot.blocks.health import Shown, show_button
from bot.blocks.lines import Line
from bot.blocks.ownership import words
from bot.blocks.text import (
    EDITED_TEXT,
    Block,
    Rendered,
    bold,
    button,
    context,
    date,
    escape,
    fitting,
    modal,
    plain,
    section,
)
from bot.blocks.values import encode, number
from bot.domain.catalog import Area
from bot.domain.ownership import Evidence, EvidenceKind, Suggestion
from bot.domain.ownership import Heir as ProposedHeir
from bot.domain.phrases import counted, join
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

TAKE = "orphans.take"
SUGGEST = "orphans.suggest"
ACCEPT = "orphans.accept"
REJECT = "orphans.reject"

REFUSE = "orphans.refuse"
TAKE_VIEW = "orphans.take_view"
ASK_VIEW = "orphans.ask_view"

_MOST_NAMES = 8
#: Kinds of reasons that the line of one heir has.
_MOST_GROUPS = 4

TAKEN = forms.ticks("orphan_assets", "Which things?", missing="Choose what the team takes.")
TAKE_FORM = forms.Form(TAKE_VIEW, "Who takes it?", "Take", (TAKEN,), refused_at=TAKEN)
ASK_FORM = forms.Form(ASK_VIEW, "Who takes it?", "Ask", (TAKEN,), refused_at=TAKEN)


class Heir(NamedTuple):
    """A team that may take what an owner has left behind, or some assets of it, written as `joined` has it."""

    orphan_id: int
    team_id: int
    assets: str = ""

    @property
    def asset_ids(self) -> tuple[int, ...]:
        """The assets that are asked about; none for all."""
        return tuple(map(number, self.assets.split(" "))) if self.assets else ()


def joined(asset_ids: Iterable[int]) -> str:
    """Return assets as the value of a button has them."""
    return " ".join(map(str, sorted(asset_ids)))


class SuggestedOwner(NamedTuple):
    """A team that may own an asset, or an area of it."""

    asset_id: int
    team_id: int
    area: Area | None = None


def heirs_wanted(
    orphan_id: int,
    gone: Recipient,
    left: Sequence[AssetRecord],
    heirs: Sequence[ProposedHeir],
    *,
    owners: Mapping[str, Sequence[str]],
    ask: Collection[int] = (),
    more: int = 0,
) -> Rendered:
    """Return the question who takes what `gone` has left behind, with a button for each heir.

    `owners` are those of what was taken before, by its name, and `more` the owners whose things are asked about later.
    Whoever reads it decides for no team of `ask`, and has its lead asked.
    """
    head = (
        f":warning: {_left(gone)} {_count(left)} without an owner now: {_listed([each.name for each in left])}.\n"
        "It stays so until a team takes it."
    )
    lines = [
        Line(
            _heir(each, left),
            button(
                f"Ask {plain(each.team.name, 40)}…"
                if each.team.id in ask
                else f"{plain(each.team.name, 40)} takes it…",
                TAKE,
                encode(Heir(orphan_id, each.team.id)),
            ),
        )
        for each in heirs
    ]
    whose = "Another team? Its members press" if heirs else "Yours? Press"
    rest = f"{whose} *We own this* on {'its answer' if len(left) == 1 else 'the answer of `/whoowns NAME`'}."
    if owners:
        rest = f"Taken: {_owned(owners)}. {rest}"
    if more:
        waits = counted(more, "more such question waits", "more such questions wait")
        rest += f" {waits} for this answer, or for the next working day."

    def draw(most: int) -> Rendered:
        some = lines[:most]
        blocks = [section(head), *(each.block for each in some), context(rest)]
        if len(left) == 1:
            shown = show_button("Show it", Shown.ASSET, left[0].id, label=left[0].name)
            blocks.append({"type": "actions", "elements": [shown]})
        return Rendered("\n".join([head, *(f"• {each.text}" for each in some), rest]), blocks)

    return fitting(draw, max(1, len(lines)), EDITED_TEXT)


def take_view(
    gone: Recipient,
    team: TeamRecord,
    left: Sequence[AssetRecord],
    proposed: Collection[int],
    metadata: str,
    *,
    decider: Recipient | None,
) -> Block:
    """Return the form that asks what a team takes of what `gone` has left behind; `proposed` is ticked.

    `decider` is who is asked whether it does, where whoever fills it in does not decide.
    """
    fill = Fill(options={str(each.id): each.name for each in left}, chosen=[str(each) for each in proposed])
    if decider is not None:
        who = bold(decider.name, 80) or "a catalog admin"
        said = f"Choose what {bold(team.name, 80)} could take over from {bold(gone.name, 80)}. {who} decides."
        return ASK_FORM.view(metadata, said, {TAKEN: fill})
    said = f"Choose what {bold(team.name, 80)} takes over from {bold(gone.name, 80)}, from now on."
    return TAKE_FORM.view(metadata, said, {TAKEN: fill})


def heir_asked(
    heir: Heir,
    gone: Recipient,
    team: TeamRecord,
    assets: Sequence[str],
    by: PersonRecord | None,
    *,
    owners: Mapping[str, Sequence[str]],
) -> Rendered:
    """Return the question to the lead of a team whether it takes some of what `gone` has left behind.

    `owners` are those of what it asked about, too, and others have taken since.
    """
    text = (
        f"{_who(by)} asks whether {bold(team.name, 80)} takes {_listed(assets)}. {_left(gone)} Nobody owns "
        f"{'it' if len(assets) == 1 else 'them'} now."
    )
    if owners:
        text += f" Taken: {_owned(owners)}."
    value, name = encode(heir), plain(team.name, 40)
    buttons = [
        button(f"{name} takes it…", TAKE, value, style="primary"),
        button("Not ours", REFUSE, value, label=f"Not ours, says {name}"),
    ]
    return Rendered(text, [section(text), {"type": "actions", "elements": buttons}])


def heir_over(owners: Mapping[str, Sequence[str]]) -> Rendered:
    """Return what the question to a team's lead reads once all that it asked about has owners, by the thing's name."""
    if len(owners) != 1:
        return Rendered(f"What I asked about has owners now: {_owned(owners)}.")
    [(asset, names)] = owners.items()
    return Rendered(f"{bold(asset, 60)} has an owner now: {words.join([bold(each, 60) for each in names])}.")


def heir_declined(assets: Sequence[str], team: TeamRecord, by: PersonRecord | None) -> Rendered:
    """Return what is read once a team's people have said that it does not take something."""
    return Rendered(f"{bold(team.name, 80)} does not take {_listed(assets)}, says {words.somebody(by)}.")


def heir_told(team: str, assets: Sequence[str], told: str) -> Rendered:
    """Return the receipt for whoever had a team's lead asked; `told` says who is asked."""
    return Rendered(f"{bold(team, 80)} is asked whether it takes {_listed(assets)}. {told}")


def heirs_still_wanted(gone: Recipient, assets: Sequence[str], *, is_last: bool) -> Rendered:
    """Return the reply that reminds whoever was asked who takes what `gone` has left behind."""
    text = f"Nobody has taken it yet. {_left(gone)} {_count(assets)} without an owner: {_listed(assets)}."
    if is_last:
        text += " This is the last reminder: the buttons above work until a team takes it."
    return Rendered(text)


def over(gone: Recipient, owners: Mapping[str, Sequence[str]], *, is_back: bool) -> Rendered:
    """Return what the question reads once nothing is left to ask: by asset, who owns what it asked about."""
    name = bold(gone.name, 80) or "Somebody"
    if is_back:
        return Rendered(f"{name} is back, so there is nothing left to ask.")
    if not owners:
        return Rendered(f"Nothing that {name} left behind is without an owner now.")
    return Rendered(f"What {name} left behind has owners: {_owned(owners)}.")


def settled(
    gone: Recipient,
    assets: Sequence[str],
    heir: TeamRecord,
    by: PersonRecord | None,
    *,
    before: Mapping[str, Sequence[str]],
) -> Rendered:
    """Return what the question reads once a team has taken the last of it; `before` is what others have by then."""
    said = f"{bold(heir.name, 80)} took what {bold(gone.name, 80)} had owned: {_listed(assets)}. {_who(by)} said so."
    return Rendered(f"{said} Taken before: {_owned(before)}." if before else said)


def taken(team: str, assets: Sequence[str]) -> Rendered:
    """Return the receipt for whoever took what an owner left behind for a team."""
    return Rendered(f"{bold(team, 80)} owns {_listed(assets)} now.")


def accepted(team: str, asset: AssetRecord, area: Area | None) -> Rendered:
    """Return the receipt for whoever took something, or one area of it, for a suggested team."""
    return Rendered(f"{bold(team, 80)} owns {words.part(asset, area)} now.")


def accept_button(asset: AssetRecord, area: Area | None, team: TeamRecord) -> Mapping[str, Any]:
    """Return the button with which a member of a suggested team takes an asset for it."""
    value, name = encode(SuggestedOwner(asset.id, team.id, area)), plain(team.name, 40)
    return button(f"{name} takes it", ACCEPT, value, label=f"{name} takes it: {plain(asset.name, 30)}")


def suggest_button(asset: AssetRecord, value: str) -> Mapping[str, Any]:
    """Return the button that asks who could own an asset."""
    return button("Who could own it?", SUGGEST, value, label=f"Who could own it? {plain(asset.name, 45)}")


def suggestions_view(
    asset: AssetRecord,
    area: Area | None,
    suggestions: Sequence[Suggestion],
    *,
    takers: Set[int],
    refusers: Set[int],
) -> Block:
    """Return the view of who could own an asset, with what speaks for each.

    Its reader may take it for `takers`, teams by their ids, and say of `refusers` that it is not theirs.
    """
    name = words.part(asset, area)
    if not suggestions:
        return modal("Who could own it?", [section(f"I have no guess who could own {name}. Ask who uses it.")])
    blocks: list[Block] = [section(f"Nobody owns {name}. My guesses, and what each is based on:")]
    for each in suggestions:
        value, team = encode(SuggestedOwner(asset.id, each.team.id, area)), plain(each.team.name, 40)
        take = button("Accept for the team", ACCEPT, value, label=f"Accept for the team {team}")
        refuse = button("Not theirs", REJECT, value, label=f"Not theirs: {team}")
        buttons = [*([take] if each.team.id in takers else []), *([refuse] if each.team.id in refusers else [])]
        blocks += [section(reasons(each)), *([{"type": "actions", "elements": buttons}] if buttons else [])]
    if not takers:
        blocks.append(context("Only a team's own members can accept: ask the team that looks right."))
    return modal("Who could own it?", blocks)


def reasons(made: Suggestion) -> str:
    """Return a team with what speaks for it."""
    return " · ".join([bold(made.team.name, 80), *map(_evidence, made.evidence)])


def _heir(heir: ProposedHeir, left: Sequence[AssetRecord]) -> str:
    """Return an heir with what speaks for it, and for which of the things where that is not the same for all."""
    groups: dict[tuple[Evidence, ...], list[str]] = {}
    for asset in left:
        if asset.id in heir.evidence:
            groups.setdefault(heir.evidence[asset.id], []).append(bold(asset.name, 60))
    if len(groups) == 1 and len(heir.evidence) == len(left):
        return reasons(Suggestion(heir.team, next(iter(groups))))
    some = list(groups.items())[:_MOST_GROUPS]
    said = [f"{words.join(names)}: {', '.join(map(_evidence, evidence))}" for evidence, names in some]
    more = sum(len(names) for names in list(groups.values())[_MOST_GROUPS:])
    return " · ".join([bold(heir.team.name, 80), *said, *([f"{more:,} more"] if more else [])])


def _owned(owners: Mapping[str, Sequence[str]]) -> str:
    """Return things with their owners."""
    said = [f"{bold(asset, 60)} ({words.names(theirs)})" for asset, theirs in owners.items()]
    return join(said, most=_MOST_NAMES)


def _evidence(one: Evidence) -> str:
    name, when = escape(one.name, 60), f" until {date(one.at)}" if one.at is not None else ""
    match one.kind:
        case EvidenceKind.MOVED:
            return counted(one.count, f"person of {name} is in it", f"people of {name} are in it")
        case EvidenceKind.TEAMMATES:
            return f"{name} was in it"
        case EvidenceKind.COMMITS:
            as_of = f" as counted on {date(one.at)}" if one.at is not None else ""
            return f"{counted(one.count, 'commit')} in 90 days{as_of}"
        case EvidenceKind.BEFORE:
            return f"owned it{when}"
        case EvidenceKind.PART:
            return f"has another part of {name}"
        case EvidenceKind.PARENT:
            return f"owns {name}, which it is part of"
        case EvidenceKind.ACTED:
            return f"{name} looked after it{f' on {date(one.at)}' if one.at is not None else ''}"
        case EvidenceKind.NEIGHBOURS:
            return f"owns {one.count} of the things beside it in {name}"


def _left(gone: Recipient) -> str:
    name = bold(gone.name, 80)
    return f"{name} has left." if gone.person is not None else f"Nobody is left in {name}."


def _who(by: PersonRecord | None) -> str:
    return words.somebody(by, first=True)


def _count(assets: Sequence[object]) -> str:
    return counted(len(assets), "thing is", "things are")


def _listed(assets: Sequence[str]) -> str:
    return join([bold(each, 60) for each in assets], most=_MOST_NAMES)
