"""`/baton team`: what a team owns, its gaps, its people; and the lines that the Home tab lists assets with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bot.blocks.lines import Line, choices
from bot.blocks.ownership import words
from bot.blocks.text import Block, Rendered, bold, button, channel, context, escape, mention, plain, section
from bot.blocks.values import encode
from bot.domain.dependents import Owner
from bot.domain.ownership import Disputed, Owned, Verdict
from bot.domain.phrases import counted
from bot.domain.portfolio import AssetPage, Gap, PersonCard, TeamCard, TeamCount, areas_of, gap_of
from bot.domain.records import PersonRecord, TeamRecord

#: The buttons under `/baton team`; their value is a `TeamPage`.
TEAM = "portfolio.team"

#: … and those under a person's; their value is a `PersonPage`.
PERSON = "portfolio.person"

#: Assets on one page of a list, and of what a person owns besides their teams.
PAGE_SIZE = 10
PERSON_PAGE_SIZE = 5
_MOST_TEAMS = 6
_MOST_PEOPLE = 15
_MOST_CHOICES = 10

_GAP_WORDS = {
    Gap.UNOWNED: ":grey_question: nobody owns it",
    Gap.ORPHANED: ":warning: its owner is gone",
    Gap.DISPUTED: ":warning: disputed",
    Gap.STALE: ":hourglass: not confirmed recently",
    Gap.ONE_PERSON: ":warning: only one person knows it",
}
_COUNTED = {
    Gap.UNOWNED: "unowned",
    Gap.ORPHANED: "orphaned",
    Gap.DISPUTED: "disputed",
    Gap.STALE: "not confirmed recently",
    Gap.ONE_PERSON: "known to one person only",
}


class TeamPage(NamedTuple):
    """A page of what a team owns."""

    team_id: int
    page: int = 0


class PersonPage(NamedTuple):
    """A page of what somebody owns in their own name."""

    person_id: int
    page: int = 0


def team_card(card: TeamCard, page: AssetPage) -> Rendered:
    """Return what a team owns, one page of it, with what needs attention and who is in the team."""
    name = bold(card.team.name, 80)
    where = channel(card.team.channel)
    head = f"{name}{f' ({where})' if where else ''} {_owns(card)}."
    gaps = gap_line(card.gaps)
    lines = [asset_line(verdict, owner=(True, card.team.id)) for verdict in page.verdicts]
    about, people = _about(card), _people(card)
    blocks: list[Block] = [section(head), *([section(gaps)] if gaps else [])]
    if lines:
        blocks.append(section("\n".join(lines)))
    blocks.append(context(*filter(None, (people, about))))
    turns = turn_buttons(TEAM, lambda to: encode(TeamPage(card.team.id, to)), page)
    if turns:
        blocks.append({"type": "actions", "elements": turns})
    of = f"Page {page.number + 1} of {page.count}." if page.count > 1 else ""
    return Rendered("\n".join(filter(None, (head, gaps, *lines, of, people, about))), blocks)


def person_card(card: PersonCard, page: AssetPage) -> Rendered:
    """Return a person's teams with how much each owns, and a page of what the person owns in their own name."""
    name = bold(card.person.name, 80)
    who = f"{name} {'' if card.person.is_active else 'has left and '}"
    if not card.teams and not card.owned:
        said = f"{who}is in no team, and owns nothing in person."
        return Rendered(said, [section(said)])
    head = f"{who}is in no team."
    if card.teams:
        head = f"{who}is in {'one team' if len(card.teams) == 1 else f'{len(card.teams)} teams'}:"
    more = len(card.teams) - _MOST_TEAMS
    note = f"… and {more} more: `/baton team NAME` shows each." if more > 0 else ""
    listed = choices(head, [_team_line(each) for each in card.teams[:_MOST_TEAMS]], note)
    title = f"In person, they own {counted(card.owned, 'thing')}{':' if card.owned else '.'}"
    lines = [title, *(asset_line(each, owner=(False, card.person.id)) for each in page.verdicts)] if card.owned else []
    turns = turn_buttons(PERSON, lambda to: encode(PersonPage(card.person.id, to)), page) if card.owned else []
    blocks = [*listed.blocks, *([section("\n".join(lines))] if lines else [])]
    if turns:
        blocks.append({"type": "actions", "elements": turns})
    of = [f"Page {page.number + 1} of {page.count}."] if turns else []
    return Rendered("\n".join([listed.text, *lines, *of]), blocks)


def people_choices(people: Sequence[PersonRecord]) -> Rendered:
    """Return the question back: several people have the name."""
    shown = [_person_choice(each) for each in people[:_MOST_CHOICES]]
    left = len(people) - len(shown)
    return choices("Whom do you mean?", shown, f"… and {left} more. Write the whole name." if left else "")


def nobody_called(name: str, people: Sequence[PersonRecord], teams: Sequence[TeamRecord]) -> Rendered:
    """Return the answer to the name of neither a person nor a team, with those whose names are near."""
    said = f"I know no person or team called {bold(f'@{name}', 80)}."
    if shown := [*map(_person_choice, people), *map(_team_choice, teams)]:
        return choices(f"{said} Did you mean one of these?", shown[:_MOST_CHOICES])
    return Rendered(f"{said} Try the whole name or the e-mail address.")


def _person_choice(person: PersonRecord) -> Line:
    said = " · ".join(filter(None, (bold(person.name, 80), mention(person.slack_id), escape(person.email, 80))))
    return Line(said, button("Show", PERSON, encode(PersonPage(person.id)), label=f"Show {plain(person.name, 60)}"))


def _team_choice(team: TeamRecord) -> Line:
    label = f"Show {plain(team.name, 60)}"
    return Line(bold(team.name, 80), button("Show", TEAM, encode(TeamPage(team.id)), label=label))


#: What is asked back of teams that are not the asker's.
WHICH_TEAM = "Which of these teams do you mean?"


def team_choices(teams: Sequence[TeamRecord], head: str = "Which of your teams?") -> Rendered:
    """Return the question back: a person is in several teams, or the name is near to several."""
    shown = [_team_choice(each) for each in teams[:_MOST_CHOICES]]
    left = len(teams) - len(shown)
    return choices(head, shown, f"… and {left} more: `/baton team NAME`." if left else "")


def unknown_team(name: str, nearest: Sequence[TeamRecord]) -> Rendered:
    """Return the answer to the name of no team, with the nearest ones."""
    said = f"There is no team {bold(name)}."
    if nearest:
        return team_choices(nearest, f"{said} Did you mean one of these?")
    return Rendered(f"{said} `/baton team` shows yours; `/whoowns NAME` finds an owner.")


def no_team() -> Rendered:
    """Return the answer to somebody who is in no team."""
    return Rendered("The catalog has you in no team. Name one, as in `/baton team payments`, or ask to be added.")


def asset_line(verdict: Verdict, *, under: str = "", owner: Owner | None = None) -> str:
    """Return one asset of a list: what it is, whose, and why it needs attention if it does.

    `under` is the key of a list whose title has said already why (the value of its `Gap`). In a list of what an `owner`
    has, the areas stand behind the name unless they have the whole.
    """
    asset = verdict.asset
    areas = areas_of(verdict, owner) if owner is not None else ()
    part = f" ({words.join(words.AREA_WORDS[area] for area in areas)})" if areas else ""
    parts = [f"• {bold(asset.name, 80)}{part}", words.kind(asset)]
    if asset.tier is not None:
        parts.append(f"tier {asset.tier}")
    if isinstance(verdict, Disputed):
        names = [escape(holding.name, 60) for holding in verdict.claims]
        parts.append(words.join([*names, "nobody"] if verdict.nobody is not None else names))
    if isinstance(verdict, Owned) and verdict.inherited_from is not None:
        parts.append(f"part of {escape(verdict.inherited_from.name, 60)}")
    gap = gap_of(verdict)
    if gap is not None and gap != under:
        parts.append(_GAP_WORDS[gap])
    return " · ".join(parts)


def gap_line(gaps: Mapping[Gap, int]) -> str:
    """Return how much needs attention, and why; empty when nothing does."""
    said = [f"{gaps[gap]:,} {_COUNTED[gap]}" for gap in Gap if gaps.get(gap)]
    if not said:
        return ""
    total = counted(sum(gaps.values()), "needs attention", "need attention")
    return f":warning: {total}: {', '.join(said)}."


def with_turns(action_id: str) -> tuple[str, ...]:
    """Return the action id of a list's buttons with those of the buttons that turn its pages."""
    return action_id, f"{action_id}.previous", f"{action_id}.next"


def turn_buttons(action_id: str, value: Callable[[int], str], page: AssetPage) -> list[Block]:
    """Return the buttons to the page before and after; none where there is no such page.

    `value` returns the value of the button to a page. Two buttons of one block must not share an id, so each says which
    way it turns.
    """
    before = value(page.number - 1) if page.number > 0 else None
    after = value(page.number + 1) if page.number + 1 < page.count else None
    return turns(action_id, before, after)


def turns(action_id: str, before: str | None, after: str | None) -> list[Block]:
    """Return the buttons with these values to the page before and the page after; None for no such page."""
    found = []
    if before is not None:
        found.append(button("← Previous", f"{action_id}.previous", before, label="← Previous page"))
    if after is not None:
        found.append(button("Next →", f"{action_id}.next", after, label="Next → page"))
    return found


def person(record: PersonRecord) -> str:
    """Return a person by name: a list of people must not call all of them."""
    return escape(record.name, 60) or "somebody without a name"


def _team_line(had: TeamCount) -> Line:
    team = had.team
    owned = f"owns {counted(had.owned, 'thing')}" if had.owned else "owns nothing"
    show = button("Show", TEAM, encode(TeamPage(team.id)), label=f"Show {plain(team.name, 60)}")
    return Line(f"{bold(team.name, 80)} · {owned}", show)


def _owns(card: TeamCard) -> str:
    owned, helped = len(card.share.owned), len(card.share.helped)
    said = f"owns {counted(owned, 'thing')}" if owned else "owns nothing"
    return f"{said} and helps with {counted(helped, 'thing')}" if helped else said


def _people(card: TeamCard) -> str:
    if not card.people:
        return "The catalog names nobody in this team."
    names = [person(each) for each in card.people[:_MOST_PEOPLE]]
    if len(card.people) > len(names):
        names.append(f"{len(card.people) - len(names)} more")
    return f"{counted(len(card.people), 'person', 'people')}: {', '.join(names)}"


def _still_here(one: PersonRecord) -> str:
    return person(one) if one.is_active else f"{person(one)}, who has left"


def _about(card: TeamCard) -> str:
    team = card.team
    led = f"led by {_still_here(card.lead)}" if card.lead is not None else ""
    managed = f"managed by {_still_here(card.manager)}" if card.manager is not None else ""
    parts = [", ".join(filter(None, (led, managed))), escape(team.timezone, 60)]
    if team.other_names:
        parts.append("also known as " + ", ".join(escape(name, 60) for name in team.other_names[:5]))
    return " · ".join(filter(None, parts))
