"""How requests are put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.blocks.backlog import actions
from bot.blocks.text import Block, bold, button, day, escape, link, mention, passage, plain, section
from bot.blocks.values import encode
from bot.domain.backlog.demand import Estimate, Slowdown
from bot.domain.backlog.item_types import left_behind, left_by
from bot.domain.backlog.open_items import heading, is_partly_done, readable, still_to_do
from bot.domain.backlog.requests import (
    STATE_WORDS,
    AskedToo,
    ItemType,
    RequestCard,
    RequestItem,
    RequestState,
    Said,
    in_sentence,
)
from bot.domain.phrases import counted, figure, join
from bot.domain.records import PersonRecord

ITEM_WORDS: Mapping[ItemType, str] = MappingProxyType(
    {
        ItemType.INFRASTRUCTURE: "infrastructure",
        ItemType.PIPELINE: "pipeline",
        ItemType.ENVIRONMENT: "environment",
        ItemType.ACCESS: "access",
        ItemType.LIBRARY: "library",
        ItemType.SCRIPT: "script",
        ItemType.API_SERVICE: "API service",
        ItemType.COACHING: "coaching",
        ItemType.SUPPORT: "support",
    }
)


_BLOCKED_WORDS: Mapping[Slowdown | None, str] = MappingProxyType(
    {
        Slowdown.STOPPED: "blocked",
        None: "blocked",
        Slowdown.HALF: "blocked half of the time",
        Slowdown.SLOWED: "slowed down",
    }
)
#: What the DevOps team does, and has done: with what leaves nothing behind, and with what leaves something.
DOES = (("does it", "builds it"), ("did it", "built it"))
#: Items of a list; the rest is counted.
_MOST_ITEMS = 8
#: What is said in place of opening a request; its name follows.
THERE_IS, THIS_IS = "There is a request already:", "This is"
#: What somebody has done to a request, by the last word of the audit log's entry. Whatever else stands there changes
#: nothing that a form would overwrite.
DID: Mapping[str, str] = MappingProxyType(
    {
        "accept": "accepted it",
        "start": "started it",
        "deliver": "delivered it",
        "deliver_part": "delivered a part of it",
        "suffice": "left only what was delivered",
        "ask": "asked something",
        "reply": "answered the question",
        "answer": "answered it",
        "decline": "declined it",
        "dismiss": "said that it is not a request",
        "merge": "made it part of another",
        "unmerge": "undid the merge",
        "withdraw": "withdrew it",
        "confirm": "confirmed it",
        "not_yet": "sent it back",
        "part_not_yet": "sent it back",
        "reopen": "reopened it",
        "resume": "took it up again",
        "estimate": "estimated it",
        "assign": "assigned it",
        "snooze": "snoozed it",
        "change": "changed it",
        "needed_by": "changed its date",
        "blocked_until": "changed until when a team is blocked",
    }
)
#: What a correction changes, by the names under which the audit log has it.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("lost_people", "lost_times", "lost_hours"), "the hours lost"),
        **dict.fromkeys(("blocked_people", "blocked_share", "blocked_until"), "who is blocked"),
        "evidence": "how the hours are known",
        "needed_by": "the date",
        "needed_reason": "why by then",
        "miss_hours": "what it costs to miss the date",
        "team_id": "the team",
        "asked_by": "who needs it",
        "title": "the title",
        "items": "the items",
    }
)


def said(its: Said) -> str:
    """Return in plain text what somebody said with a step."""
    did = DID.get(its.step, "left it")  # of what says something, only that changes nothing for the others
    what = " ".join(filter(None, (its.words, its.link)))
    return f"{its.by or 'Somebody'} {did}{f': {what}' if what else '.'}"


def meanwhile(changes: Iterable[tuple[str, str, Iterable[str]]]) -> str:
    """Return in plain text what was done: names, words of `DID`, and names of `FIELDS` for what was corrected."""
    fields: dict[tuple[str, str], list[str]] = {}
    for who, word, some in changes:
        fields.setdefault((who or "somebody", word), []).extend(FIELDS[each] for each in some if each in FIELDS)
    done = [f"{who} changed {join(some)}" if some else f"{who} {DID[word]}" for (who, word), some in fields.items()]
    return f"Meanwhile {join(done[-5:])}."


def now(card: RequestCard, said: str) -> str:
    """Return what others have done meanwhile, and how a request stands now, for whoever was about to change it."""
    lines = [escape(said, 600), standing(card)]
    lines += [effort(card.estimate)] if card.estimate is not None else []
    lines += [passage(card.reason, 1_000, mark="> ")] if card.reason else []
    return "\n".join([*lines, "Nothing of yours is saved yet: send it again to go ahead."])


def name(card: RequestCard) -> str:
    """Return a request by its number and title."""
    return f"{bold(f'#{card.id}')} {bold(card.title, 150)}"


def listed(card: RequestCard) -> str:
    """Return a request by its number and what is still to do of it, for a list of several."""
    return f"{bold(f'#{card.id}')} {bold(heading(card), 150)}"


def public_name(card: RequestCard) -> str:
    """Return a request's name for a message that others may read, too: only the number of a private one."""
    return bold(f"#{card.id}") if card.is_private else name(card)


def standing(card: RequestCard) -> str:
    """Return how a request stands, for whom, and while somebody waits for it by when, and who works on it."""
    parts = [STATE_WORDS[card.state]]
    if left := how_many_left(card):
        parts.append(left)
    if card.team is not None:
        has_it = card.standing.does_it and card.state is not RequestState.CONFIRMED
        parts.append(f"for {escape(card.team.name, 60)}{' (does the job)' if has_it else ''}")
    if card.needed_by is not None and card.is_awaited:
        parts.append(needed_by(card.needed_by, card.needed_for))
    if card.is_private:
        parts.append("private")
    if card.snoozed_until is not None and card.is_open:
        parts.append(f"snoozed until {day(card.snoozed_until)}")
    if card.assignee is not None and card.is_awaited:
        parts.append(_at_work(card, card.assignee))
    return " · ".join(parts)


def _at_work(card: RequestCard, assignee: PersonRecord) -> str:
    """Return who works on a request, or has done so where it is delivered."""
    name = person(assignee)
    if card.is_built:
        return f"{name} worked on it"
    return f"with {name}" if assignee.is_active else f"nobody works on it: {name} has left"


def needed_by(on: date, whose: str = "") -> str:
    """Return by when a request is needed, and by whom where that is not its own team."""
    return f"needed by {day(on)}" + (f" ({escape(whose, 60)})" if whose else "")


def is_its_title(its: RequestCard | AskedToo) -> bool:
    """Whether all that is asked for stands in the title: a draft is often called as its only item."""
    return [each.title for each in its.items] == [its.title]


def asked_too(its: AskedToo, *, details: str) -> list[str]:
    """Return what a team asks for that has joined a request, with a link to where it did.

    `details` are those of the request itself, which are not said twice.
    """
    if not its.title:
        who = bold(its.whose or "Somebody", 60)
        return [f"{who} asked in a direct message: `/devops show` tells the DevOps team for what"]
    where = f" · {link(its.permalink, 'its thread')}" if its.permalink else ""
    said = [f"Also said: {passage(its.details, 600)}"] if its.details not in ("", details) else []
    is_alone = is_its_title(its)
    what = item(its.items[0]).removeprefix("• ") if is_alone else escape(its.title, 150)
    listed = [] if is_alone else items(its.items)
    return [f"{bold(its.whose, 60)} asked for {what}{where}", *listed, *said]


def whose(card: RequestCard) -> str:
    """Return who asked for a request, and who filed it."""
    filed = f", filed by {person(card.filer)}" if card.filer.id != card.asker.id else ""
    return f"Asked by {person(card.asker)}{filed}"


def about(card: RequestCard) -> list[str]:
    """Return what a request's own messages say besides: what its lack costs, how much work it is, why by its day.

    Once nobody waits for it any more, only the work is left.
    """
    lost = [f"{hours(card.hours_a_month)} a month lost"] if card.hours_a_month else []
    blocked = Counter[str]()
    for share, count in card.blocked_people.items():
        blocked[_BLOCKED_WORDS[share]] += count
    lost += [f"{counted(count, 'person', 'people')} {how}" for how, count in blocked.items()]
    lines = [f"Without it: {', '.join(lost)}"] if lost and card.is_awaited else []
    if card.estimate is not None:
        rest = (
            ", estimated before some of it was done"
            if is_partly_done(card.whole or card) and card.estimate.is_from_before
            else ""
        )
        lines.append(f"{effort(card.estimate)}{rest}")
    if card.needed_by is not None and card.needed_reason and card.is_awaited:
        lines.append(f"Why by then: {escape(card.needed_reason, 150)}")
    return lines


def hours(amount: float) -> str:
    """Return hours in words: `1 hour`, `6.5 hours`."""
    said = figure(amount)
    return f"{said} {'hour' if said == '1' else 'hours'}"


def effort(its: Estimate) -> str:
    """Return how much work a request is."""
    if its.optimistic_hours == its.pessimistic_hours:
        return f"Work: {hours(its.likely_hours)}"
    most = hours(its.pessimistic_hours)
    return f"Work: {figure(its.optimistic_hours)} to {most}, most likely {figure(its.likely_hours)}"


def item(one: RequestItem) -> str:
    """Return an item as a line of a list."""
    return f"• {escape(one.title, 120)} _({kind_of(one)})_"


def kind_of(one: RequestItem) -> str:
    """Return what kind of item it is, and that it is done while others are not."""
    return f"{ITEM_WORDS[one.type]}{', done' if one.is_done else ''}"


def kind_label(one: RequestItem) -> str:
    """Return what the field with an item's words is called: its kind."""
    kind = kind_of(one)
    return kind[:1].upper() + kind[1:]


def items(several: Sequence[RequestItem]) -> list[str]:
    """Return items as lines of a list; beyond the first they are counted."""
    hidden = len(several) - _MOST_ITEMS
    return [*map(item, several[:_MOST_ITEMS]), *([f"… and {hidden} more"] if hidden > 0 else [])]


def how_many_left(card: RequestCard) -> str:
    """Return how many items of an open request, or of its part, go on where others are done; empty where all do."""
    left, total = len(still_to_do(card.all_items)), len(card.all_items)
    if not card.is_changeable or left == total:
        return ""
    return f"{left} of {counted(total, 'item')} still to do" if left else "all of it is there"


def there(card: RequestCard) -> str:
    """Return which items of a request are there, while others are still to come."""
    done = sum(each.is_done for each in card.all_items)
    several = join((escape(each.title, 120) for each in readable(card) if each.is_done), most=_MOST_ITEMS)
    said = f"{done} of {len(card.all_items)} {'is' if done == 1 else 'are'} there"
    return f"{said}: {several}" if several else f"{said}."


def left_to_do(card: RequestCard) -> str:
    """Return which items go on where others are done; empty where all do."""
    several = join((escape(each.title, 120) for each in still_to_do(readable(card))), most=_MOST_ITEMS)
    return f"Still to do: {several}" if several and any(each.is_done for each in card.all_items) else ""


def work(card: RequestCard) -> str:
    """Return who builds what a request asks for, or has built it, and who owns what that leaves behind."""
    is_built = card.is_built or card.standing.is_there
    if {each.type for each in card.items} == {ItemType.SUPPORT}:
        return "The DevOps team helped." if is_built else "The DevOps team helps."
    left = left_behind(card.items)
    team = escape(card.team.name, 60) if card.team is not None else "Whoever asked"
    does = DOES[is_built][bool(left.to_team or left.to_devops) and not card.asset]  # what is there is not built
    owns = "owns" if is_built else "goes on to own"
    said = [f"The DevOps team {does}{f' and {owns} {join(left.to_devops)}' if left.to_devops else ''}."]
    if left.to_team and card.asset:
        said.append(f"Who owns {bold(card.asset, 80)} changes only with a handoff.")
    elif left.to_team and is_built:
        said.append(f"{team} owns {join(left.to_team)} from the handoff on.")
    elif left.to_team:
        said.append(f"{team} then owns {join(left.to_team)}.")
    elif not left.to_devops:
        said.append("Nothing is left to own.")
    return " ".join(said)


def breakdown(kinds: Collection[ItemType], devops: str, asset: str = "", *, offered: Collection[ItemType] = ()) -> str:
    """Return who builds items of these kinds, and who owns what they leave behind; of each kind where none is given.

    `offered` are the kinds of what can be added. `asset` names what is in the catalog already and is worked on.
    """
    known = kinds or tuple(ItemType)
    left, added, builder = left_by(known), left_by(each for each in offered if each not in known), bold(devops, 80)
    does = "builds" if (left.to_team or left.to_devops) and not asset else "does"
    depends = "" if kinds else ", depending on its kind"
    lines = [f"*Who {does} it, and who owns it then{depends}*", f"• {builder} {does} all of it"]
    if left.to_team and asset:
        lines.append(f"• Who owns {bold(asset, 80)} changes only with a handoff")
    elif left.to_team:
        lines.append(f"• The team that needs it owns, from the handoff on: {join(left.to_team)}")
    if left.to_devops:
        lines.append(f"• {builder} goes on to own: {join(left.to_devops)}")
    if left.to_nobody:
        lines.append(f"• Nothing is left to own of: {join([ITEM_WORDS[kind] for kind in left.to_nobody])}")
    also = [f"the team also owns {join(added.to_team)}"] if added.to_team and not asset else []
    also += [f"{builder} also owns {join(added.to_devops)}"] if added.to_devops else []
    return "\n".join([*lines, *([f"• If you add what is offered: {', and '.join(also)}"] if also else [])])


def follow_buttons(card: RequestCard, *, is_following: bool = False) -> list[Block]:
    """Return the button that lets its presser hear what becomes of a request, or no longer; guests follow nothing."""
    text, action = ("Unfollow", actions.UNFOLLOW) if is_following else ("Follow", actions.FOLLOW)
    if card.for_guest:
        return []
    return [button(text, action, str(card.id), label=f"{text} #{card.id} {plain(card.title, 40)}")]


def ended(card: RequestCard) -> str:
    """Return that a request of a thread has ended, and how."""
    return f"{name(card)} of this thread is {in_sentence((card.whole or card).state)}"


def other_question(place: actions.OtherValue) -> list[Block]:
    """Return the question whether a thread asks for something else as well, with the button that opens that."""
    said = section("Something that no request of this thread is about? Open one of its own for it.")
    return [{**said, "accessory": each} for each in other_button(place)]


def other_button(place: actions.OtherValue) -> list[Block]:
    """Return the button that opens the form of one more request of a thread."""
    return [button("Ask for something else", actions.OTHER, encode(place))]


def change_button(card: RequestCard) -> list[Block]:
    """Return the button that corrects a request, where that is possible, and its one reader may."""
    label = f"Change… #{card.id} {plain(card.title, 40)}"
    return (
        [button("Change…", actions.CHANGE, str(card.id), label=label)] if card.is_changeable and card.may_change else []
    )


def estimate_button(card: RequestCard) -> list[Block]:
    """Return the button with which the DevOps team says how much work a request is, while it is open."""
    text = "Estimate…" if card.estimate is None else "Change estimate…"
    if card.estimate is not None and card.estimate.is_from_before and is_partly_done(card):
        text = "Estimate what is left…"
    label = f"{text} #{card.id} {plain(card.title, 40)}"
    return [button(text, actions.ESTIMATE, str(card.id), label=label)] if card.is_open else []


def person(one: PersonRecord) -> str:
    """Return somebody's name; a mention only where nobody is called by it: names do not notify."""
    return escape(one.name, 60) or mention(one.slack_id) or "somebody"
