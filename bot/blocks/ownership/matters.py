"""Matters as messages: the card with the answers, and what whoever raised one hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks.health import Shown, show_button
from bot.blocks.lines import MOST_ALSO, Line, listed, texts, with_also
from bot.blocks.ownership import actions, words
from bot.blocks.ownership.attestation import not_ours_button
from bot.blocks.ownership.claims import claim_part_button
from bot.blocks.ownership.matter_controls import answer_buttons, side, side_lines
from bot.blocks.text import (
    EDITED_TEXT,
    Block,
    Rendered,
    bold,
    button,
    date,
    day,
    escape,
    fitting,
    mention,
    modal,
    plain,
    possessive,
    section,
)
from bot.blocks.values import encode
from bot.domain.ownership.matters import (
    REMINDER_DAYS,
    FollowUpStep,
    MatterCard,
    MatterKind,
    MatterState,
    Reader,
    Reminder,
    WayBack,
)
from bot.domain.recipients import Recipient
from bot.domain.records import DoubtRecord, PersonRecord, TeamRecord

#: Others who doubt the same whose words are shown.
_MOST_DOUBTS = 5
#: Agreements to hand something over that a claim of it names.
_MOST_PROMISED = 3
_NO_ADMIN_NOTE = "A catalog admin decides, or the owner still can."
_GONE_NOTE = "Its owner is gone, so a catalog admin decides."
_HEAD = "*Who owns it?*"
_OBJECT = "Not right? Claim it on its answer, and say why."
_DOUBT_IT = "Not right? Press *Wrong owner?* on its answer, and say why."


def card(
    matter: MatterCard,
    also: Sequence[Line] = (),
    *,
    reader: Reader | None = None,
    reminder: Reminder | None = None,
) -> Rendered:
    """Return the message that asks for an answer to a matter, or says how it ended.

    It has what its `reader` may press; a message that several people read has all that one of them may. It may be a
    `reminder`.
    """
    lines = _said(matter, reader) + ([_reminded(reminder)] if reminder is not None else [])
    sides = side_lines(matter, reader)
    blocks: list[Block] = [section("\n".join(lines)), *(each.block for each in sides)]
    if matter.is_open and (buttons := answer_buttons(matter, reader)):
        blocks.append({"type": "actions", "elements": buttons})
    blocks = [{**each, "block_id": f"{_block_ids(matter)}{number}"} for number, each in enumerate(blocks)]
    return fitting(with_also([*lines, *(f"• {each.text}" for each in sides)], blocks, also), MOST_ALSO, EDITED_TEXT)


def redrawn(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that shows a matter with the matter as it is now; what else it says stays."""
    return _instead(before, matter, card(matter))


def asked_again(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that shows a matter of which its reader has a later one: that has the answers now."""
    line = matter_line(matter)
    now = Line(f"{line.text} I have asked again below.", line.button)
    return _instead(before, matter, Rendered(now.text, [{**now.block, "block_id": f"{_block_ids(matter)}0"}]))


def _instead(before: Rendered, matter: MatterCard, now: Rendered) -> Rendered:
    rest = [each for each in before.blocks if not str(each.get("block_id", "")).startswith(_block_ids(matter))]
    blocks, lines = [*now.blocks, *rest], texts(rest)
    return fitting(lambda count: Rendered("\n".join([now.text, *lines[:count]]), blocks), len(lines), EDITED_TEXT)


def line_redrawn(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that has a line about a matter with the line as it is now; what else it says stays."""
    text, made = before.text, list[Mapping[str, Any]]()
    for each in before.blocks:
        button_ = each.get("accessory", {})
        if (button_.get("action_id"), button_.get("value")) != (actions.MATTER_SHOW, str(matter.id)):
            made.append(each)
            continue
        now = matter_line(matter)
        text = text.replace(each["text"]["text"], now.text, 1)
        made.append({**each, **now.block})
    return Rendered(text, made)


def _block_ids(matter: MatterCard) -> str:
    return f"ownership.matter.{matter.id}."


def card_view(message: Rendered) -> Block:
    """Return a matter's card as a modal, for where there is no message to show it beside."""
    return modal("Who owns it?", message.blocks)


def matter_line(matter: MatterCard, reminder: Reminder | None = None) -> Line:
    """Return what is said of a matter among others, with the button that shows it."""
    if not matter.is_open:
        return Line(f"{_headline(matter)} {_ended(matter)}", None if matter.has_left else _see_button(matter))
    name = plain(matter.asset.name, 50)
    show = button("Show", actions.MATTER_SHOW, str(matter.id), label=f"Show the question about {name}")
    said = [_headline(matter), *([_reminded(reminder)] if reminder is not None else [])]
    return Line(" ".join(said), show)


def matter_section(lines: Sequence[Line], share: int) -> Rendered:
    """Return the section of a week's digest: what still waits for an answer."""
    return listed(_HEAD, lines, share)


def outcome(matter: MatterCard, hearer: str = "", *, is_theirs: bool = False, is_lost: bool = False) -> Rendered:
    """Return what whoever raised a matter is told when it ends, named in a thread by `hearer`, their Slack id.

    `is_theirs` is for the side that was found to be right, which can say that it is not theirs where it never said
    that it is, and `is_lost` for an owner whom somebody else decided against.
    """
    named = f"{mention(hearer)} " if mention(hearer) else ""
    said = f"{named}{_thing(matter) if named else _begins(matter)}: {_ended(matter)}"
    if matter.state is MatterState.EXPIRED:
        said += f" Talk to {words.names(matter.owner_names) or 'its owner'}."
    if matter.kind is MatterKind.CLAIM and matter.state in (MatterState.KEPT, MatterState.EXPIRED):
        said += " You can claim it again, with another reason."
        return _with_claim(matter, said)
    may_doubt = bool(matter.outdated and matter.owner.name) and not is_theirs
    object_to_it = _OBJECT if is_lost else _DOUBT_IT if may_doubt else ""
    way_on = " ".join(filter(None, [*_outdated(matter), object_to_it]))
    said = "\n".join(filter(None, [said, *_decided_because(matter), way_on]))
    if matter.state is MatterState.OVER and matter.kind is MatterKind.CLAIM and _is_nobodys(matter):
        return _with_claim(matter, f"{said} Still yours? Press *We own this*.")
    is_plain = matter.state is not MatterState.OVER and matter.kind is not MatterKind.DISPUTE and not is_lost
    if is_plain or matter.has_left:
        return Rendered(said)
    return _with_ways_on(matter, said, is_new=is_theirs and matter.state is MatterState.AGREED)


def _with_claim(matter: MatterCard, said: str) -> Rendered:
    own = claim_part_button(matter.asset.id, matter.asset.name, matter.area)
    return Rendered(said, [section(said), {"type": "actions", "elements": [own]}])


def left_with(matter: MatterCard, gone: Recipient) -> Rendered:
    """Return what the last side of a dispute reads, whose it is because the other one is gone."""
    owner = bold(matter.owner.name, 80)
    return _with_ways_on(
        matter, f"{_begins(matter)}: {bold(gone.name, 80)} is gone, so {owner} owns it now.", is_new=True
    )


def _with_ways_on(matter: MatterCard, said: str, *, is_new: bool) -> Rendered:
    """Return how a matter ended, with the answer, and for whoever `is_new` as the owner a way to refuse it."""
    buttons = [_see_button(matter), *([not_ours_button(matter.asset, matter.area)] if is_new else [])]
    return Rendered(said, [section(said), {"type": "actions", "elements": buttons}])


def _see_button(matter: MatterCard) -> Mapping[str, Any]:
    """Return the button that shows the answer, with what its reader can do about it."""
    return show_button("See who owns it", Shown.ASSET, matter.asset.id, label=matter.asset.name)


def _outdated(matter: MatterCard) -> list[str]:
    """Return which files still say otherwise than was decided."""
    said = [side(each, is_still=True) for each in matter.outdated]
    return [f"{'; '.join(said)}: have it corrected."] if said else []


def asked_back(matter: MatterCard) -> Rendered:
    """Return the owner's question, for whoever raised the matter."""
    who = words.somebody(matter.question_by, first=True)
    text = f"{who} asks about {_thing(matter)}:\n> {escape(matter.question, 500)}"
    name = plain(matter.asset.name, 50)
    answer = button("Answer…", actions.MATTER_REPLY, str(matter.id), label=f"Answer the question about {name}")
    return Rendered(text, [section(text), {"type": "actions", "elements": [answer]}])


def asked_before(matter: MatterCard) -> Rendered:
    """Return the owner's question once it is answered, or the matter has ended."""
    who = words.somebody(matter.question_by, first=True)
    text = f"{who} asked about {_thing(matter)}:\n> {escape(matter.question, 500)}"
    text += f"\nAnswered: {escape(matter.reply, 500)}" if matter.reply else ""
    text += f"\n{_ended(matter)}" if not matter.is_open else ""
    return Rendered(text)


def replied(matter: MatterCard) -> Rendered:
    """Return the answer to the owner's question, for the thread under the card."""
    return Rendered(f"{words.somebody(matter.raised_by, first=True)} answers:\n> {escape(matter.reply, 500)}")


def question_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever asked something back."""
    return Rendered(f"I have asked {words.somebody(matter.raised_by)}. The answer comes here.")


def reply_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever answered what was asked back."""
    return Rendered(f"{_begins(matter)}: I have passed your answer on.")


def matter_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever answered a matter: what became of it, whatever else is open about it."""
    if not matter.is_open:
        why = _decided_because(matter)
        return Rendered("\n".join([f"{_begins(matter)}: {_ended(matter)}", *why, *_outdated(matter)]))
    if matter.given_up_by and matter.kind is MatterKind.CLAIM:
        return Rendered(f"{_begins(matter)}: {_given_up(matter)}")
    if matter.given_up_by:
        return Rendered(f"{_begins(matter)} is of tier 1: I have asked whoever can confirm that it is not yours.")
    if matter.is_passed_on:
        return Rendered(f"{_begins(matter)}: a catalog admin decides.")
    return Rendered(f"{_begins(matter)}: noted.")


def proposed(matter: MatterCard) -> Rendered:
    """Return the question to the team that a doubter named, once the owner said that something is not theirs."""
    owners = matter.given_up_by or matter.owner_names
    says = f"{words.names(owners)} {words.verb(owners, 'says', 'say')}" if owners else "Its owner says"
    by, why = matter.raised_by, _reasons(matter)
    if matter.named_by is not None and matter.named_by.person != by:
        by, reason = matter.named_by.person, escape(matter.named_by.reason, 300)
        why = [f"> {reason}"] if reason else []
    thinks = f"{words.somebody(by, first=True)} thinks that {_thing(matter)} is yours."
    lines = [f"{thinks} {says} that it is not theirs.", *why]
    name, value = plain(matter.asset.name, 45), encode(actions.AssetValue(matter.asset.id, matter.area))
    buttons = [
        button("We own this", actions.CLAIM, value, label=f"We own this: {name}", style="primary"),
        button("Not ours", actions.MATTER_NOT_OURS, str(matter.id), label=f"Not ours: {name}"),
    ]
    text = "\n".join(lines)
    return Rendered(text, [section(text), {"type": "actions", "elements": buttons}])


def proposal_declined(matter: MatterCard, by: PersonRecord | None, then: TeamRecord | None = None) -> Rendered:
    """Return what the question reads once the team has said no, which whoever doubted reads, too.

    `then` is the team that is asked next.
    """
    whose = f"{_team(matter)}{possessive(matter.team.name) if matter.team is not None else ''}"
    text = f"{words.somebody(by, first=True)} says that {_thing(matter)} is not {whose} either, so nobody owns it."
    text += f" {bold(then.name, 80)} is asked now." if then is not None else ""
    return Rendered(text, [section(text), {"type": "actions", "elements": [_see_button(matter)]}])


def addressed(message: Rendered, hearer: str) -> Rendered:
    """Return a message to somebody, by their Slack id, in a thread; as it is where nobody is named."""
    if not mention(hearer):
        return message
    text = f"{mention(hearer)} {message.text}"
    return Rendered(text, [section(text), *message.blocks[1:]])


def _said(matter: MatterCard, reader: Reader | None) -> list[str]:
    lines = [_headline(matter), *_reasons(matter)]
    if matter.kind is MatterKind.DOUBT and matter.team is not None:
        lines.append(f"{bold(matter.team.name, 80)} is named as the owner instead.")
    if matter.question:
        raiser, asker = (words.somebody(each, first=True) for each in (matter.raised_by, matter.question_by))
        answer = f" {raiser} answers: {escape(matter.reply, 500)}" if matter.reply else ""
        lines.append(f"{asker} asks: {escape(matter.question, 500)}{answer}")
    if not matter.is_open:
        return [*lines, _ended(matter), *_decided_because(matter), *_outdated(matter)]
    lines += [
        f"{bold(each.giver, 60)} hands it over to {bold(each.receiver, 60)} on {day(each.on)}, as both agreed."
        for each in matter.promised[:_MOST_PROMISED]
    ]
    if matter.given_up_by:
        lines.append(_given_up(matter))
    if matter.doubted and matter.loan is None:
        lines.append(f"{words.names(matter.owner_names)} {words.verb(matter.owner_names, 'has', 'have')} it now.")
    lines += _way_back(matter.way_back, reader)
    if matter.is_passed_on:
        note = _GONE_NOTE if matter.is_orphans else _NO_ADMIN_NOTE
        return [*lines, reader.refusal if reader is not None and reader.refusal else note]
    if (loan := matter.loan) is not None:
        waits = f"It is on loan to {bold(loan.borrower, 60)} until {day(loan.until)}."
        if matter.kind is MatterKind.DOUBT and matter.doubted:
            return [*lines, f"{waits} Once it is back, nothing is left to decide."]
        return [*lines, f"{waits} I ask you again once it is back. Sooner? Ask them to hand it back."]
    if reader is not None and reader.refusal:
        return [*lines, f"Asked {date(matter.at)}. {reader.refusal}"]
    return [*lines, f"{_asked(matter)} {date(matter.at)}. Nothing changes until {_answered_by(matter)}."]


def _asked(matter: MatterCard) -> str:
    is_dispute = matter.kind is MatterKind.DISPUTE and matter.owner.name
    return f"{bold(matter.owner.name, 60)} was asked first," if is_dispute else "Asked"


def _answered_by(matter: MatterCard) -> str:
    """Return whose answer is waited for, as everybody reads it who sees the message."""
    if matter.kind is MatterKind.DISPUTE:
        return "one of them or a catalog admin answers" if matter.has_admin else "one of them answers"
    if matter.kind is MatterKind.DOUBT and matter.given_up_by:
        return "that is confirmed"
    owners = matter.others
    return (
        f"{words.names(owners)} {words.verb(owners, 'answers', 'answer')}"
        if owners and not matter.is_orphans
        else "you answer"
    )


def _reminded(reminder: Reminder) -> str:
    """Return which reminder it is, and what comes when nobody answers."""
    is_last = reminder.number >= len(REMINDER_DAYS)
    which = f"This is reminder {reminder.number} of {len(REMINDER_DAYS)}{', the last one' if is_last else ''}."
    match reminder.then:
        case FollowUpStep.PASS_ON:
            return f"{which} Without an answer a catalog admin is asked on {day(reminder.on)}."
        case FollowUpStep.EXPIRE:
            return f"{which} Without an answer it is over on {day(reminder.on)}, and nothing changes."
        case _:
            return f"{which} After the last one it stands in your digest until it is answered."


def _way_back(way: WayBack | None, reader: Reader | None) -> list[str]:
    """Return what can be done about a file that contradicts a handoff: correct the file, or hand it back."""
    if way is None:
        return []
    giver = bold(way.giver.name, 60)
    back = f"it goes back once {giver} accepts it"
    if way.is_for_admin if reader is None else way.giver.key in reader.sides:
        back = "say so, and it goes back at once"
    elif reader is not None and reader.is_giver:
        back = f"ask {bold(way.receiver.name, 60)} for it"
    if way.under_way is not None:
        back = f"#{way.under_way} gives it back to {giver} once both agree"
    return [f"If the file is wrong, {_patch(way)} prints the change. If it is right, {back}."]


def _patch(way: WayBack) -> str:
    return f"`baton handoff patch {way.handoff_id}`"


def _reasons(matter: MatterCard) -> list[str]:
    """Return why it was raised, and what others say who doubt the same."""
    is_raised = matter.kind is not MatterKind.DISPUTE
    lines = [f"> {escape(matter.reason, 500)}"] if matter.reason and is_raised else []
    lines += [_doubt(each, matter) for each in matter.doubts[:_MOST_DOUBTS]]
    if (more := len(matter.doubts) - _MOST_DOUBTS) > 0:
        lines.append(f"{more} more {'doubts' if more == 1 else 'doubt'} it, too.")
    return lines


def _decided_because(matter: MatterCard) -> list[str]:
    """Return why a dispute was decided as it was: it has no other reason."""
    is_decided = matter.kind is MatterKind.DISPUTE and not matter.is_open
    return [f"> {escape(matter.reason, 500)}"] if matter.reason and is_decided else []


def _given_up(matter: MatterCard) -> str:
    """Return who has agreed so far, and who has to besides."""
    given, others = matter.given_up_by, matter.others
    if matter.kind is MatterKind.CLAIM:
        also = f" {words.names(others)} {words.verb(others, 'has', 'have')} to agree as well." if others else ""
        return f"{words.names(given)} {words.verb(given, 'agrees', 'agree')}.{also}"
    says = f"{words.names(given)} {words.verb(given, 'says', 'say')} that it is not theirs."
    return f"{says} It is of tier 1, so the lead or a catalog admin confirms that."


def _doubt(each: DoubtRecord, matter: MatterCard) -> str:
    is_another = each.team is not None and each.team != matter.team
    named = f", and names {bold(each.team.name, 80)}" if each.team is not None and is_another else ""
    said = f"{named}:\n> {escape(each.reason, 300)}" if each.reason else f"{named}."
    who = words.somebody(each.person, first=True)
    if matter.raised_by is not None and each.person.id == matter.raised_by.id:
        return f"{who} adds{said}" if each.reason else f"{who} says so again{named}."
    return f"{who} doubts it{', too' if matter.kind is MatterKind.DOUBT else ''}{said}"


def _headline(matter: MatterCard) -> str:
    owners, who = words.names(matter.owner_names) or "nobody", words.somebody(matter.raised_by, first=True)
    match matter.kind:
        case MatterKind.CLAIM if matter.is_orphans:
            return f"{who} claims {_thing(matter)} for {_team(matter)}; {_gone(matter)}."
        case MatterKind.CLAIM:
            asked = f"asks {owners} for" if matter.owner_names else "asks for"
            return f"{who} {asked} {_thing(matter)}, for {_team(matter)}."
        case MatterKind.DOUBT:
            doubted = matter.doubted or matter.owner_names
            if not doubted:
                return f"{who} doubts who owns {_thing(matter)}."
            does = words.verb(doubted, "does", "do")
            return f"{who} thinks that {words.names(doubted)} {does} not own {_thing(matter)}."
        case _:
            named = [bold(each.owner.name or "nobody", 60) for each in matter.sides]
            sides = f": {words.join(named, last='or')}" if len(named) > 1 else ""  # once it has ended, one may be left
            return f":warning: Who owns {_thing(matter)}{sides}?"


def _ended(matter: MatterCard) -> str:
    """Return how a matter ended, as a sentence."""
    by, whose = words.somebody(matter.ended_by), bold(matter.owner.name, 80) if matter.owner.name else ""
    match matter.state:
        case MatterState.WITHDRAWN:
            return f"{words.somebody(matter.ended_by, first=True)} took the claim back."
        case MatterState.EXPIRED:
            return "Nobody answered, so nothing has changed."
        case MatterState.OVER if matter.has_left:
            return "It is no longer in the catalog, so nothing is left to decide."
        case MatterState.OVER if matter.kind is MatterKind.CLAIM and matter.named is None:
            return f"{words.sentence(_team(matter))} is gone, so its claim is over."
        case MatterState.OVER if matter.is_owner_gone:
            return f"Its owner {whose} is gone, so nobody owns it until a team takes it."
        case MatterState.OVER if matter.kind is MatterKind.CLAIM and _is_nobodys(matter):
            return "Nobody owns it now, so nobody has to agree."
        case MatterState.OVER:
            return f"{whose or 'Nobody'} owns it now, so nothing is left to decide."
        case MatterState.AGREED if whose and matter.ended_by is None:
            return f"{whose} owns it now."
        case MatterState.AGREED if not whose and matter.kind is MatterKind.DISPUTE:
            return f"Nobody owns it, says {by}."
        case MatterState.AGREED if not whose:
            given = matter.given_up_by or matter.owner_names or ("nobody",)
            return f"It is not {words.names(given)}{possessive(given[-1])} any more, says {by}.{_and_now(matter)}"
        case MatterState.AGREED:
            number = f" Handoff #{matter.handoff_id}." if matter.handoff_id is not None else ""
            way = matter.way_back
            patch = f" Correct the file: {_patch(way)} prints the change." if way and way.giver != matter.owner else ""
            return f"{whose} owns it now, says {by}.{number}{patch}"
        case _:
            return f"It stays with {whose or words.names(matter.owner_names)}, says {by}."


def _is_nobodys(matter: MatterCard) -> bool:
    """Whether something has ended because nobody owns it now, in a catalog that has it."""
    return not matter.owner.name and matter.named is not None and not matter.has_left


def _and_now(matter: MatterCard) -> str:
    """Return what becomes of what nobody owns now."""
    if matter.given_up_by and matter.others:
        return f" {words.names(matter.others)} {words.verb(matter.others, 'owns', 'own')} it."
    if not matter.is_free:
        return ""
    asked = f", and {_team(matter)} is asked whether it is theirs" if matter.named is not None else ""
    return f" Nobody owns it now{asked}."


def _gone(matter: MatterCard) -> str:
    names = matter.owner_names
    return f"its {words.verb(names, 'owner', 'owners')} {words.names(names)} {words.verb(names, 'is', 'are')} gone"


def _thing(matter: MatterCard) -> str:
    return words.part(matter.asset, matter.area)


def _begins(matter: MatterCard) -> str:
    """Return the thing at the beginning of a message."""
    return words.sentence(_thing(matter))


def _team(matter: MatterCard) -> str:
    return bold(matter.team.name, 80) if matter.team is not None else "another team"
