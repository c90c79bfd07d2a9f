"""The Home tab: the reader's teams and assets, what of theirs reaches its end, what nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.blocks.backlog.home import RequestsOverview, home_parts
from bot.blocks.eol import reports as eol_reports
from bot.blocks.handoff import home_parts as handoff_parts
from bot.blocks.misses import miss_buttons
from bot.blocks.ownership.claims import claim_button
from bot.blocks.portfolio import asset_line, gap_line, turn_buttons
from bot.blocks.text import Block, bold, button, channel, context, modal, plain, section
from bot.blocks.values import encode
from bot.domain.eol.reports import Report, Urgency
from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.ownership import Unowned, Verdict
from bot.domain.phrases import counted
from bot.domain.portfolio import AssetPage, MissedName, TeamCard

#: The buttons that open a list and turn its pages; their value is a `Listed`.
SHOW = "home.show"
#: The key of the report on end of life in these buttons.
EOL = "eol"
#: The button that forgets a name which was asked for in vain; its value is the name's key.
REMOVE_MISS = "home.remove_miss"

#: Teams that the overview has room for.
_MOST_TEAMS = 6
_SAMPLE = 5
_MOST_ENDS = 5


class Listed(NamedTuple):
    """A page of a list; without a key it is the overview. `number` is the team's id where the list is a team's."""

    key: str = ""
    number: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class AssetGroup:
    """A list of the overview: its key in buttons, its title, how many assets it has, and the first of them.

    `paths` of these are lines of a CODEOWNERS file.
    """

    key: str
    title: str
    total: int
    first: Sequence[Verdict]
    paths: int = 0


_NO_REQUESTS = RequestsOverview()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the Home tab shows first. `mine` is what the reader owns in their own name, not through a team.

    `eol` is the report on what is theirs; None for somebody in no team. `missed` are names asked for in vain, for
    a catalog admin to see. `handoffs` are those of the reader's teams that are open.
    """

    teams: Sequence[TeamCard]
    mine: AssetGroup
    attention: Sequence[AssetGroup]
    eol: Report | None = None
    missed: Sequence[MissedName] = ()
    requests: RequestsOverview = _NO_REQUESTS
    handoffs: Sequence[HandoffCard] = ()


def overview(home: Overview) -> Block:
    """Return the Home tab as it opens."""
    blocks: list[Block] = [_header("Your teams")]
    if not home.teams:
        blocks.append(section("The catalog has you in no team. See another with `/baton team NAME`."))
    for card in home.teams[:_MOST_TEAMS]:
        blocks.append(_team(card))
    if len(home.teams) > _MOST_TEAMS:
        blocks.append(context(f"… and {len(home.teams) - _MOST_TEAMS} more: `/baton team NAME` shows each."))
    ends, is_pressing = _eol(home.eol)
    blocks += ends if is_pressing else []
    for title, parts in home_parts(home.requests):
        blocks += [{"type": "divider"}, _header(title), *parts]
    if home.handoffs:
        blocks += [{"type": "divider"}, _header("Handoffs"), *handoff_parts(home.handoffs)]
    if home.mine.total:
        blocks += [_header(home.mine.title), *_group(home.mine)]
    for group in home.attention:
        blocks += [{"type": "divider"}, _header(f"{group.title} ({_size(group)})"), *_group(group)]
    if not any(group.total for group in home.attention):
        blocks += [{"type": "divider"}, section(":white_check_mark: Everything in the catalog has an owner.")]
    blocks += [] if is_pressing else ends
    blocks += _missed(home.missed)
    blocks.append(context("Ask `/whoowns NAME` or `/eol NAME`, or write under *Messages*."))
    return {"type": "home", "blocks": blocks}


def eol_listing(report: Report, number: int) -> Block:
    """Return the Home tab with the whole report on what is the reader's, a page at a time."""
    back = button("← Overview", SHOW, "", label="← Overview of everything")
    parts, page = eol_reports.home_parts(report, number, size=eol_reports.PAGE_SIZE)
    blocks: list[Block] = [{"type": "actions", "elements": [back]}, _header("End of life"), *parts]
    if page.count > 1:
        blocks.append(context(f"Page {page.number + 1} of {page.count}"))
        blocks.append(
            {"type": "actions", "elements": turn_buttons(SHOW, lambda to: encode(Listed(EOL, page=to)), page)}
        )
    return {"type": "home", "blocks": blocks}


def listing(listed: Listed, title: str, page: AssetPage, *, may_claim: bool) -> Block:
    """Return the Home tab with one whole list, a page at a time."""
    back = button("← Overview", SHOW, "", label="← Overview of everything")
    blocks: list[Block] = [{"type": "actions", "elements": [back]}, _header(title)]
    if not page.verdicts:
        blocks.append(section("Nothing is left here."))
    for verdict in page.verdicts:
        line = section(asset_line(verdict, under=listed.key).removeprefix("• "))
        if may_claim and isinstance(verdict, Unowned):
            line["accessory"] = claim_button(verdict.asset)
        blocks.append(line)
    if page.count > 1:
        blocks.append(context(f"Page {page.number + 1} of {page.count}"))
    turns = turn_buttons(SHOW, lambda to: encode(listed._replace(page=to)), page)
    if turns:
        blocks.append({"type": "actions", "elements": turns})
    return {"type": "home", "blocks": blocks}


def notice(text: str) -> Block:
    """Return a modal that says one sentence, for where there is no message to answer in."""
    return modal("Baton", [section(text)])


def waiting() -> Block:
    """Return what takes a submitted form's place while it is being saved."""
    return notice("Still saving. This window will say how it ended.")


def words_of(view: Block) -> str:
    """Return what a modal without fields says, as the text of a message."""
    return "\n".join(each["text"]["text"] for each in view["blocks"] if each["type"] == "section" and "text" in each)


def refusal(text: str) -> Block:
    """Return a Home tab that says one sentence."""
    return {"type": "home", "blocks": [section(text)]}


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": plain(text, 150) or "(no name)"}}


def _team(card: TeamCard) -> Block:
    team = card.team
    where = channel(team.channel)
    owned = len(card.share.owned)
    line = f"{bold(team.name, 80)}{f' ({where})' if where else ''} · owns {owned:,}"
    if card.share.helped:
        line += f", helps with {len(card.share.helped):,}"
    gaps = gap_line(card.gaps)
    made = section(f"{line}\n{gaps}" if gaps else line)
    if owned or card.share.helped:
        made["accessory"] = button(
            "Show", SHOW, encode(Listed("team", team.id)), label=f"Show what {plain(team.name, 50)} owns"
        )
    return made


def _eol(report: Report | None) -> tuple[list[Block], bool]:
    """Return the part about end of life, and whether it goes before the lists because something is overdue."""
    if report is None:
        return [], False
    parts = eol_reports.home_brief(report, size=_MOST_ENDS)
    if report.covered:
        show = button("Open", SHOW, encode(Listed(EOL)), label="Open: everything of yours that reaches its end of life")
        parts.append({"type": "actions", "elements": [show]})
    return [{"type": "divider"}, _header("End of life"), *parts], bool(report.counts[Urgency.OVERDUE])


def _missed(missed: Sequence[MissedName]) -> Iterable[Block]:
    if not missed:
        return
    yield {"type": "divider"}
    yield _header("Asked for, and not found")
    for each in missed:
        line = section(f"{bold(each.text, 80)} · {'once' if each.times == 1 else f'{each.times:,} times'}")
        remove = button("Remove", REMOVE_MISS, each.key, label=f"Remove: {plain(each.text, 60)}")
        yield line
        yield {"type": "actions", "elements": [*miss_buttons(each.key, each.text), remove]}
    yield context("What is removed may come again, what is ignored does not. Only catalog admins see this.")


def _size(group: AssetGroup) -> str:
    """Return how long a list is; the health report counts things alone, so paths are said apart."""
    things = f"{group.total - group.paths:,}"
    if not group.paths:
        return things
    paths = f"{counted(group.paths, 'path')} of CODEOWNERS"
    return paths if group.paths == group.total else f"{things} and {paths}"


def _group(group: AssetGroup) -> Iterable[Block]:
    yield section("\n".join(asset_line(verdict, under=group.key) for verdict in group.first[:_SAMPLE]))
    # Where all are shown already, the list has nothing to add but the buttons to claim what nobody owns.
    if group.total <= _SAMPLE and not any(isinstance(verdict, Unowned) for verdict in group.first):
        return
    show = button("Show all", SHOW, encode(Listed(group.key)), label=f"Show all: {plain(group.title, 50)}")
    yield {"type": "actions", "elements": [show]}
