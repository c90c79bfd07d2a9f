"""All other messages and views: teams, the Home tab, reports, calendars, help, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.blocks import calendars, forms, home, misses, outbox, pictures, portfolio
from bot.blocks import help as help_blocks
from bot.blocks.backlog import RequestsOverview
from bot.blocks.eol import choices as eol_choices
from bot.blocks.eol import reports as eol_reports
from bot.blocks.home import AssetGroup, Overview
from bot.blocks.text import Block, Rendered, section
from bot.domain.backlog.lanes import Lane
from bot.domain.eol.subjects import ReportScope
from bot.domain.pages import FirstOf
from bot.domain.portfolio import AssetPage, Gap, MissedName, PersonCard, Share, TeamCard, TeamCount
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.trust import Admission
from bot.samples import backlog, handoff
from bot.samples.catalog import ADA, NOW, PAYMENTS, SEARCH
from bot.samples.ownership import catalog, subject, verdicts
from bot.samples.reports import reports


def cards(name: str) -> Iterator[TeamCard]:
    """A team with everything, and one with nothing."""
    known = catalog(name)
    people = tuple(known.people.values()) * 10
    share = Share(tuple(range(40)), (50,), tuple(range(5)))
    yield TeamCard(known.teams[PAYMENTS], people, known.people[ADA], known.people[ADA], share, dict.fromkeys(Gap, 1000))
    yield TeamCard(known.teams[SEARCH], (), None, None, Share(), {})


def pages(name: str) -> Iterator[AssetPage]:
    """All answers in pages, and an empty one."""
    everything = tuple(verdicts(name))
    for start in range(0, len(everything), portfolio.PAGE_SIZE):
        yield AssetPage(everything[start : start + portfolio.PAGE_SIZE], 1, 3)
    yield AssetPage((), 0, 1)


def overviews(name: str) -> Iterator[Overview]:
    """A full Home tab and an empty one."""
    first = tuple(verdicts(name))
    groups = [
        AssetGroup(key, key.title(), 12_345, first, len(key) * 763) for key in ("unowned", "disputed", "orphaned")
    ]
    teams = [*cards(name)] * 6
    missed = [MissedName("0f" * 32, name, times, NOW) for times in (12_345, *[1] * 7)]
    mine = AssetGroup("mine", "In your own name", 3, first)
    pending = [*handoff.cards_of(name)] * 3
    yield Overview(teams=teams, mine=mine, attention=groups, missed=missed, handoffs=pending[:5])
    yield Overview(teams=[], mine=AssetGroup("mine", "In your own name", 0, ()), attention=[])


def people(name: str, teams: list[TeamRecord]) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """A person with many teams and things, with few, and with none."""
    for page in pages(name):
        for known in (teams * 9, teams[:1], []):
            for owned in (0, len(page.verdicts), 99):
                counted = tuple(TeamCount(team, owned) for team in known)
                person = PersonRecord(id=1, name=name, is_active=bool(owned))
                yield portfolio.person_card, portfolio.person_card(PersonCard(person, counted, owned), page)
    namesakes = [PersonRecord(id=number, name=name, slack_id="U12345678", email=name) for number in range(12)]
    for some in (namesakes, namesakes[:2]):
        yield portfolio.people_choices, portfolio.people_choices(some)
    for near in (namesakes[:5], []):
        yield portfolio.nobody_called, portfolio.nobody_called(name, near, teams if near else [])


def other_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Teams, the Home tab, help, and what went wrong."""
    teams = list(catalog(name).teams.values())
    for page in pages(name):
        for card in cards(name):
            yield portfolio.team_card, portfolio.team_card(card, page)
        for may_claim in (False, True):
            yield home.listing, home.listing(home.Listed("team", 7), name, page, may_claim=may_claim)
    yield forms.loading_view, forms.loading_view()
    yield portfolio.team_choices, portfolio.team_choices(teams * 9)
    yield from people(name, teams)
    for nearest in (teams, []):
        yield portfolio.unknown_team, portfolio.unknown_team(name, nearest)
    for each in overviews(name):
        yield home.overview, home.overview(each)
    for made in reports(name):
        yield home.eol_listing, home.eol_listing(made, 1)
        yield home.overview, home.overview(replace(next(overviews(name)), eol=made))
    asked = [card for card, _, _ in backlog.places(name)]
    placed = [(card, place) for card, place, _ in backlog.places(name)]
    lanes = {lane: FirstOf([each for each in placed if each[1].lane is lane], 100) for lane in Lane}
    requests = RequestsOverview(mine=FirstOf(asked, 100), awaiting=FirstOf(asked, 100), lanes=lanes)
    yield home.overview, home.overview(replace(next(overviews(name)), requests=requests))
    yield misses.add_view, misses.add_view("0f" * 32, name)
    yield misses.alias_view, misses.alias_view("0f" * 32, name)
    yield home.notice, home.notice("That is no longer in the catalog: ask again.")
    for helps in (help_blocks.help_message, help_blocks.whoowns_help, help_blocks.eol_help, portfolio.no_team):
        yield helps, helps()
    yield help_blocks.devops_help, help_blocks.devops_help("devops-request")
    yield help_blocks.handoff_help, help_blocks.handoff_help()
    for nearest_word in ("", "team"):
        yield help_blocks.unknown_word, help_blocks.unknown_word(name, nearest_word)
    yield help_blocks.command_elsewhere, help_blocks.command_elsewhere("handoff")
    yield help_blocks.interrupted, help_blocks.interrupted()
    yield help_blocks.no_form, help_blocks.no_form()
    for refusal in ("", name):
        yield help_blocks.form_ended, help_blocks.form_ended(refusal)
    yield help_blocks.failed, help_blocks.failed("abc-1f", may_be_saved=False)
    yield help_blocks.failed, help_blocks.failed("abc-1f", may_be_saved=True)
    for code in (*help_blocks.SLACK_SAID, name):
        yield help_blocks.slack_failed, help_blocks.slack_failed(code)
    yield help_blocks.slack_failed, help_blocks.slack_failed("expired_url", may_be_saved=True)
    for admitted in (Admission.OUTSIDE, Admission.SHARED, Admission.UNKNOWN):
        yield help_blocks.not_admitted, help_blocks.not_admitted(admitted)
    yield home.waiting, home.waiting()
    yield home.refusal, home.refusal(help_blocks.failed("1f", may_be_saved=False).text)


def outbox_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """What became of messages that could not be posted where they were meant to go."""
    yield outbox.moved, outbox.moved(Rendered("text"), [{"channel": "", "error": outbox.ROOT_FAILED}])
    yield outbox.unanswered, outbox.unanswered(name[:200])
    for place in ("C012345678", "#payments", "U12345678", name):
        history = [{"channel": place, "error": code} for code in ("not_in_channel", "is_archived", name)]
        for meant in (Rendered("text"), Rendered("text", [section("text")]), Rendered("x" * 40_000)):
            yield outbox.moved, outbox.moved(meant, history)
            yield outbox.moved, outbox.moved(meant, history, is_answer=True)
            for whom in ("", name):
                for before in (history, []):
                    told = outbox.delivered(whom, text=meant.text, place=place, refusals=before)
                    yield outbox.delivered, told
                for is_unsure in (True, False):
                    codes = ["not_in_channel", "user_disabled", name]
                    yield outbox.lost, outbox.lost(whom, text=meant.text, codes=codes, is_unsure=is_unsure)


def report_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Reports about end of life, and calendars."""
    team = TeamRecord(id=PAYMENTS, name=name)
    for made in reports(name):
        yield eol_reports.answer, eol_reports.answer(made)
        full = eol_reports.ReportFrame(
            page=1, size=3, turn=eol_reports.Turn(0, "U12345678", name[:500]), note=eol_reports.NO_TEAM, own_teams=()
        )
        yield eol_reports.answer, eol_reports.answer(made, full)
        yield eol_reports.inside_view, eol_reports.inside_view(eol_reports.answer(made, full))
        shared = eol_reports.ReportFrame(note=eol_reports.understood(name), shared_by="U12345678")
        yield eol_reports.answer, eol_reports.answer(made, shared)
    assets = [subject(name, id=number) for number in range(9)]
    yield eol_choices.several, eol_choices.several(assets, name, "U12345678", 12)
    for tries in ([], [f"team {name}", "product postgresql", f"asset {name}"]):
        yield eol_choices.nothing_fits, eol_choices.nothing_fits(name, tries, "U12345678")
    yield eol_choices.drawing, eol_choices.drawing(ReportScope(teams=(team,)))
    for code in ("not_in_channel", "missing_scope", name):
        yield pictures.refused, pictures.refused(code, may_pass=False)
    yield pictures.refused, pictures.refused("internal_error", may_pass=True)
    yield pictures.drawing, pictures.drawing("the backlog", "`/devops rank`")
    url = "https://baton.example.test/calendar/" + "0f" * 32 + ".ics"
    for others in (0, 3):
        yield calendars.link, calendars.link(team, url, 7, others=others)
        yield calendars.existing, calendars.existing(team, NOW, 7, others=others)
        yield calendars.revoked, calendars.revoked(team, others)
    yield calendars.which_team, calendars.which_team([team] * 20)
    yield calendars.no_address, calendars.no_address()


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """Every message and view of these, with the function that makes it."""
    yield from report_samples(name)
    yield from other_samples(name)
    yield from outbox_samples(name)
