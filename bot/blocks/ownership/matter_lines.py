"""The lines of a matter: what was said and asked, how it stands, and how it ended."""

from __future__ import annotations

from bot.blocks.ownership import words
from bot.blocks.ownership.matter_controls import side
from bot.blocks.text import bold, date, day, escape, possessive
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
from bot.domain.records import DoubtRecord

#: Others who doubt the same whose words are shown.
_MOST_DOUBTS = 5
#: Agreements to hand something over that a claim of it names.
_MOST_PROMISED = 3
_NO_ADMIN_NOTE = "A catalog admin decides, or the owner still can."
_GONE_NOTE = "Its owner is gone, so a catalog admin decides."


def outdated(matter: MatterCard) -> list[str]:
    """Return which files still contradict what was decided."""
    said = [side(each, is_still=True) for each in matter.outdated]
    return [f"{'; '.join(said)}: have it corrected."] if said else []


def said_lines(matter: MatterCard, reader: Reader | None) -> list[str]:
    """Return what a card says of a matter to a reader; to nobody in particular for None."""
    lines = [headline(matter), *reasons(matter)]
    if matter.kind is MatterKind.DOUBT and matter.team is not None:
        lines.append(f"{bold(matter.team.name, 80)} is named as the owner instead.")
    if matter.question:
        raiser, asker = (words.somebody(each, first=True) for each in (matter.raised_by, matter.question_by))
        answer = f" {raiser} answers: {escape(matter.reply, 500)}" if matter.reply else ""
        lines.append(f"{asker} asks: {escape(matter.question, 500)}{answer}")
    if not matter.is_open:
        return [*lines, ended(matter), *decided_because(matter), *outdated(matter)]
    lines += [
        f"{bold(each.giver, 60)} hands it over to {bold(each.receiver, 60)} on {day(each.on)}, as both agreed."
        for each in matter.promised[:_MOST_PROMISED]
    ]
    if matter.given_up_by:
        lines.append(given_up(matter))
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


def reminded(reminder: Reminder) -> str:
    """Return which reminder it is, and what comes when nobody answers."""
    is_last = reminder.number >= len(REMINDER_DAYS)
    which = "Last reminder" if is_last else f"Reminder {reminder.number} of {len(REMINDER_DAYS)}"
    match reminder.then:
        case FollowUpStep.PASS_ON:
            return f"{which}: without an answer, a catalog admin is asked on {day(reminder.on)}."
        case FollowUpStep.EXPIRE:
            return f"{which}: without an answer, it closes on {day(reminder.on)} and nothing changes."
        case _:
            return f"{which}: {'' if is_last else 'after the last one '}it stays in your digest until it is answered."


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


def reasons(matter: MatterCard) -> list[str]:
    """Return why it was raised, and what others say who doubt the same."""
    is_raised = matter.kind is not MatterKind.DISPUTE
    lines = [f"> {escape(matter.reason, 500)}"] if matter.reason and is_raised else []
    lines += [_doubt(each, matter) for each in matter.doubts[:_MOST_DOUBTS]]
    if (more := len(matter.doubts) - _MOST_DOUBTS) > 0:
        lines.append(f"{more} more {'doubts' if more == 1 else 'doubt'} it, too.")
    return lines


def decided_because(matter: MatterCard) -> list[str]:
    """Return why a dispute was decided as it was: it has no other reason."""
    is_decided = matter.kind is MatterKind.DISPUTE and not matter.is_open
    return [f"> {escape(matter.reason, 500)}"] if matter.reason and is_decided else []


def given_up(matter: MatterCard) -> str:
    """Return who has agreed so far, and who has to besides."""
    given, others = matter.given_up_by, matter.others
    if matter.kind is MatterKind.CLAIM:
        also = f" {words.names(others)} {words.verb(others, 'has', 'have')} to agree as well." if others else ""
        return f"{words.names(given)} {words.verb(given, 'agrees', 'agree')}.{also}"
    says = f"{words.names(given)} {words.verb(given, 'says', 'say')} that it is not theirs."
    return f"{says} It is tier 1, so the lead or a catalog admin must confirm."


def _doubt(each: DoubtRecord, matter: MatterCard) -> str:
    is_another = each.team is not None and each.team != matter.team
    named = f", and names {bold(each.team.name, 80)}" if each.team is not None and is_another else ""
    said = f"{named}:\n> {escape(each.reason, 300)}" if each.reason else f"{named}."
    who = words.somebody(each.person, first=True)
    if matter.raised_by is not None and each.person.id == matter.raised_by.id:
        return f"{who} adds{said}" if each.reason else f"{who} says so again{named}."
    return f"{who} doubts it{', too' if matter.kind is MatterKind.DOUBT else ''}{said}"


def headline(matter: MatterCard) -> str:
    """Return who has raised what, in one line."""
    owners, who = words.names(matter.owner_names) or "nobody", words.somebody(matter.raised_by, first=True)
    match matter.kind:
        case MatterKind.CLAIM if matter.is_orphans:
            return f"{who} claims {thing(matter)} for {whose_team(matter)}; {_gone(matter)}."
        case MatterKind.CLAIM:
            asked = f"asks {owners} for" if matter.owner_names else "asks for"
            return f"{who} {asked} {thing(matter)}, for {whose_team(matter)}."
        case MatterKind.DOUBT:
            doubted = matter.doubted or matter.owner_names
            if not doubted:
                return f"{who} doubts who owns {thing(matter)}."
            does = words.verb(doubted, "does", "do")
            return f"{who} thinks that {words.names(doubted)} {does} not own {thing(matter)}."
        case _:
            named = [bold(each.owner.name or "nobody", 60) for each in matter.sides]
            sides = f": {words.join(named, last='or')}" if len(named) > 1 else ""  # once it has ended, one may be left
            return f":warning: Who owns {thing(matter)}{sides}?"


def ended(matter: MatterCard) -> str:
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
            return f"Nobody is left in {whose_team(matter)}, so its claim is over."
        case MatterState.OVER if matter.is_owner_gone:
            return f"Its owner {whose} is gone, so nobody owns it until a team takes it."
        case MatterState.OVER if matter.kind is MatterKind.CLAIM and is_nobodys(matter):
            return "Nobody owns it now, so nobody has to agree."
        case MatterState.OVER:
            return f"{whose or 'Nobody'} owns it now, so nothing is left to decide."
        case MatterState.AGREED if whose and matter.ended_by is None:
            return f"{whose} owns it now."
        case MatterState.AGREED if not whose and matter.kind is MatterKind.DISPUTE:
            return f"Nobody owns it, says {by}."
        case MatterState.AGREED if not whose:
            given = matter.given_up_by or matter.owner_names or ("nobody",)
            by = words.somebody(matter.ended_by, first=True)
            return f"{by} says that it is no longer {words.names(given)}{possessive(given[-1])}.{_and_now(matter)}"
        case MatterState.AGREED:
            number = f" Handoff #{matter.handoff_id}." if matter.handoff_id is not None else ""
            way = matter.way_back
            patch = f" Correct the file: {_patch(way)} prints the change." if way and way.giver != matter.owner else ""
            return f"{whose} owns it now, says {by}.{number}{patch}"
        case _:
            return f"It stays with {whose or words.names(matter.owner_names)}, says {by}."


def is_nobodys(matter: MatterCard) -> bool:
    """Whether something has ended because nobody owns it now, in a catalog that has it."""
    return not matter.owner.name and matter.named is not None and not matter.has_left


def _and_now(matter: MatterCard) -> str:
    """Return what becomes of what nobody owns now."""
    if matter.given_up_by and matter.others:
        return f" {words.names(matter.others)} {words.verb(matter.others, 'owns', 'own')} it."
    if not matter.is_free:
        return ""
    asked = f", and {whose_team(matter)} is asked whether it is theirs" if matter.named is not None else ""
    return f" Nobody owns it now{asked}."


def _gone(matter: MatterCard) -> str:
    names = matter.owner_names
    return f"its {words.verb(names, 'owner', 'owners')} {words.names(names)} {words.verb(names, 'is', 'are')} gone"


def thing(matter: MatterCard) -> str:
    """Return what the matter is about: an asset, or a part of it."""
    return words.part(matter.asset, matter.area)


def begins(matter: MatterCard) -> str:
    """Return the thing at the beginning of a message."""
    return words.sentence(thing(matter))


def whose_team(matter: MatterCard) -> str:
    """Return the team for which it was raised, or that is named as the owner."""
    return bold(matter.team.name, 80) if matter.team is not None else "another team"
