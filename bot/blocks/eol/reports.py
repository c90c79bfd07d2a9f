"""`/eol`: the answer to a question about end of life, the most urgent first, in pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.blocks.eol import report_words as words
from bot.blocks.eol.report_lines import PRESSING, ReportRow, as_text, lines, lists_undated, sections
from bot.blocks.eol.words import A_MONTH, facts_age, is_assumed, upgrade_title
from bot.blocks.ownership.words import sentence
from bot.blocks.portfolio import with_turns
from bot.blocks.request_button import OpenValue, open_menu
from bot.blocks.text import Block, Rendered, bold, button, context, mention, modal, plain, section
from bot.blocks.values import encode
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.periods import Between, Overdue
from bot.domain.eol.reports import Report, Urgency, others
from bot.domain.eol.responsibility import ageing_area
from bot.domain.eol.subjects import ReportScope
from bot.domain.eol.timeline import Timeline
from bot.domain.names import clean
from bot.domain.portfolio import AssetPage, page_of

#: The buttons under a report; their value is `page|who asked|what was asked`.
TURN, SHARE = "eol.turn", "eol.share"
TURNS = with_turns(TURN)[1:]

#: Lines on one page: product and cycle each.
PAGE_SIZE = 12
#: Things on a page that the DevOps team can be asked about.
_MOST_REQUESTS = 20
#: Slack takes an alternative text of 1,000 characters for a file.
_ALT_TEXT, _ROWS_IN_WORDS = 1000, 10
_COUNTED = {
    Urgency.OVERDUE: "overdue",
    Urgency.SOON: "within 90 days",
    Urgency.PAID: "in extended support",
    Urgency.LATER: "later",
    Urgency.PLANNED: "planned",
    Urgency.WAIVED: "waived",
}


#: Said to somebody who asked for what is theirs.
NO_TEAM = "The catalog has you in no team, so this shows all teams."


class Turn(NamedTuple):
    """The value of a report's buttons: a page, who asked, and what."""

    page: int
    user_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFrame:
    """How a report is shown. `turn` is what its buttons bring back, None for no buttons.

    `note` is said below the head: how the question was understood, or whose report it is. What everybody sees already
    is not `may_share`. `own_teams` are the teams of whoever asks, who may ask the DevOps team for help with what is
    another's; None for nobody who may.
    """

    page: int = 0
    size: int = PAGE_SIZE
    turn: Turn | None = None
    note: str = ""
    shared_by: str = ""
    may_share: bool = True
    own_teams: Collection[int] | None = None


def answer(report: Report, frame: ReportFrame | None = None) -> Rendered:
    """Return a report, one page of it, with its buttons."""
    frame = frame or ReportFrame()
    shown, page, count = _page_of(lines(report), frame.page, size=frame.size)
    head = headline(report)
    small = [each for each in (frame.note, *_small_print(report, shown)) if each]
    if frame.shared_by:
        small.append(f"Shared by {mention(frame.shared_by)}")
    of = f"Page {page + 1} of {count}" if count > 1 else ""
    blocks: list[Block] = [section(head), *sections(shown)]
    if small or of:
        blocks.append(context(*small, *([of] if of else [])))
    buttons = [*_buttons(frame, page, count), *open_menu(_requests(report, shown, frame))]
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return Rendered("\n".join(filter(None, (head, *as_text(shown), *small, of))), blocks)


def inside_view(answer: Rendered) -> Block:
    """Return an answer as a modal, for where there is no message to answer with."""
    return modal("End of life", [each for each in answer.blocks if each["type"] != "actions"])


def understood(name: str) -> str:
    """Return how a question was read, where that is not plain."""
    return f"I read that as {bold(name, 80)}."


def headline(report: Report) -> str:
    """Return the answer in a sentence or two: how much there is, or that there is nothing and how sure that is."""
    who, subject = words.who(report.subject), report.subject
    if report.covered == 0:
        what = "anybody runs" if subject.is_everybody else "runs there"
        if subject.is_everybody and subject.product is None:
            return f"Nothing is known to run yet. {_FILL}"
        if subject.product is not None:
            said = f"No source says that {what} {who}" if subject.is_everybody else f"No source shows {who}"
            is_no_release = subject.product.version and not report.releases
            return f"{said}, and I know no such release." if is_no_release else f"{said}."
        return f"No source says what {who} runs. {_FILL}"
    if report.only_unknown:
        return _unknown_head(report, who)
    counted = ", ".join(f"{count:,} {_COUNTED[urgency]}" for urgency, count in report.counts.items() if count)
    if report.charged > report.counts[Urgency.PAID]:  # what also ends soon, or is planned, has another head
        counted += f"; {report.charged:,} charged now"
    when = _when(report)
    said = f"{who}{when}: {counted}." if counted else _nothing(report, who, when)
    if report.unsure and counted:
        said += f" {_unknown(report)}."
    return said


def plain_who(subject: ReportScope) -> str:
    """Return whom or what a report is about, without any markup."""
    if subject.asset is not None:
        return subject.asset.name
    names = [team.name for team in subject.teams]
    product = f"{subject.product.label} {subject.product.version}".strip() if subject.product is not None else ""
    return ", ".join(filter(None, (product, *names))) or "all teams"


def alt_text(timeline: Timeline, report: Report) -> str:
    """Return what the picture shows, for whoever does not see it: its first rows in words, and what it leaves out."""
    rows = [f"{row.release}: {row.said(timeline.today)} ({row.names})" for row in timeline.rows]
    shown = rows[:_ROWS_IN_WORDS]
    left_out = len(rows) - len(shown) + timeline.more
    said = f"Timeline. {timeline.title}, as of {timeline.today.isoformat()}. "
    said += "; ".join(shown) or "Nothing with a date"
    said += f"; and {left_out} more" if left_out else ""
    said += f". Left out: {_unknown(report)}" if report.unsure else ""
    return plain(f"{said}.", _ALT_TEXT)


def home_brief(report: Report, *, size: int) -> list[Block]:
    """Return the part of the Home tab about end of life: how much there is, and the first of what is pressing."""
    pressing = [line for line in lines(report) if line.title in PRESSING]
    small = list(_small_print(report, pressing[:size]))
    return [section(headline(report)), *sections(pressing[:size]), *([context(*small)] if small else [])]


def home_parts(report: Report, page: int, *, size: int) -> tuple[list[Block], AssetPage]:
    """Return the whole of it: the head and one page of the lines, and which page of how many that is."""
    shown, at, count = _page_of(lines(report), page, size=size)
    blocks = [section(headline(report)), *sections(shown)]
    small = list(_small_print(report, shown))
    return [*blocks, *([context(*small)] if small else [])], AssetPage((), at, count)


_FILL = "Add it to the catalog (`runs: [postgresql@16]`), or scan images and lock files."


def _page_of(found: Sequence[ReportRow], page: int, *, size: int) -> tuple[Sequence[ReportRow], int, int]:
    places, at, count = page_of(range(len(found)), page, size=size)
    return [found[place] for place in places], at, count


def _when(report: Report) -> str:
    match report.period:
        case Between(said=said):
            return f", {said}"
        case _:
            return ""


def _nothing(report: Report, who: str, when: str) -> str:
    """Return that nothing ends, as surely as that can be said."""
    ends = "is past its end of life" if isinstance(report.period, Overdue) else "reaches its end of life"
    within = "" if isinstance(report.period, Overdue) else when.removeprefix(",")
    if report.unsure:
        return f"{who}: nothing that I know of {ends}{within}, but {_unknown(report)}."
    if report.facts.freshness.may_clear:
        mark = ":white_check_mark: " if report.is_all_clear else ""
        return f"{mark}{who}: nothing {ends}{within} ({report.covered:,} checked)."
    return f"{who}: nothing that I know of {ends}{within}."


def _unknown_head(report: Report, who: str) -> str:
    if not report.unsure:
        return f":white_check_mark: {who}: every version is known."
    return f"{who}: {_unknown(report)}, so their support is unknown."


def _unknown(report: Report) -> str:
    return words.unknown(report.unsure)


def _small_print(report: Report, shown: Sequence[ReportRow]) -> Iterator[str]:
    if age := facts_age(report.facts):
        yield f"{age.capitalize()}."
    if any(is_assumed(entry.watch.cycle, entry.watch.runs, report.today) for row in shown for entry in row.entries):
        yield f"{sentence(A_MONTH)}."
    if report.unsure:
        here = " here or" if any(row.may_correct for row in shown) else ""
        yield f"Correct unknown versions{here} at their source: until then they do not count as supported."
    besides = []
    if report.ended_besides:
        besides.append(f"{report.ended_besides:,} ended already ({words.command(report.subject, 'overdue')})")
    if report.later_besides:
        besides.append(f"{report.later_besides:,} at other times ({words.command(report.subject)})")
    if besides and not report.only_unknown:
        yield f"Also: {', '.join(besides)}."
    if report.undated and not lists_undated(report) and not report.only_unknown:
        yield f"{len(report.undated):,} more {'has' if len(report.undated) == 1 else 'have'} no announced end."


def _requests(report: Report, shown: Sequence[ReportRow], frame: ReportFrame) -> dict[str, OpenValue]:
    """Return what the DevOps team can be asked to do about the lines that are another team's, in words."""
    if frame.own_teams is None or frame.shared_by:
        return {}
    found = {}
    for entry in others([each for row in shown for each in row.entries], frame.own_teams)[:_MOST_REQUESTS]:
        title, on = upgrade_title(entry.watch, report.today), entry.watch.deadline.on
        asset = entry.watch.runs[0].asset
        needed_by = "" if on == LONG_AGO else on.isoformat()
        found[title] = OpenValue(asset_id=asset.id, area=ageing_area(asset), needed_by=needed_by, title=title)
    return found


def _buttons(frame: ReportFrame, page: int, count: int) -> list[Block]:
    if frame.turn is None:
        return []
    found, turn = [], frame.turn._replace(text=clean(frame.turn.text))
    if page > 0:
        found.append(button("← Previous", TURNS[0], encode(turn._replace(page=page - 1)), label="← Previous page"))
    if page + 1 < count:
        found.append(button("Next →", TURNS[1], encode(turn._replace(page=page + 1)), label="Next → page"))
    if frame.may_share and not frame.shared_by:
        found.append(button("Share in channel", SHARE, encode(turn._replace(page=page))))
    return found
