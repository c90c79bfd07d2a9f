"""Every message and view that Baton can send: Slack takes it, nobody is pinged, and each button is answered.

A renderer that is missing below fails `test_every_renderer_is_here`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_type_hints

import pytest
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

import bot.blocks
from bot.blocks import calendars, home, lifecycle, outbox, ownership, portfolio
from bot.blocks import help as help_blocks
from bot.blocks.home import Group, Overview
from bot.blocks.lifecycle import choices as lifecycle_choices
from bot.blocks.lifecycle import reports as lifecycle_reports
from bot.blocks.ownership import Frame
from bot.blocks.text import EDITED_TEXT, POSTED_TEXT, Block, Rendered, section, size
from bot.domain.catalog import Area, AssetKind, Hosting, Link, Role
from bot.domain.lifecycle.subjects import Subject
from bot.domain.names import fold
from bot.domain.ownership import Held, Past, Term, Verdict, past, timeline, verdict
from bot.domain.portfolio import Gap, Page, Share, TeamCard
from bot.domain.records import AssetRecord, DoubtRecord, PersonRecord, TeamRecord
from bot.domain.trust import Admission
from bot.playground.refusals import check_message, check_size, check_view
from handlers import routes
from tests.blocks import lifecycle_samples
from tests.blocks.lifecycle_reports import reports
from tests.blocks.test_ownership import assert_inert
from tests.domain.test_ownership import (
    ADA,
    DESERTED,
    DISSOLVED,
    HALF_A_YEAR,
    LONG_AGO,
    NOW,
    PAYMENTS,
    PLATFORM,
    SEARCH,
    Catalog,
    fact,
)

#: What a stranger may write: markup, mentions, control characters, right-to-left marks, and far too much of it.
NASTY = "<!channel> *bold* `code` & <@U12345678> <https://evil.test|here>\x07\u202e" + "wide " * 300
PLAIN = "payments-db"
METADATA = "12|database|https://hooks.example.test/actions/T0/1/x"


def subject(name: str, *facts: Any, **rest: Any) -> AssetRecord:
    made: dict[str, Any] = {
        "id": 1,
        "ref": f"database:{fold(name)[:40]}",
        "kind": AssetKind.DATABASE,
        "namespace": name,
        "description": name,
        "hosting": Hosting.MANAGED,
        "tier": 1,
        "doubts": (DoubtRecord(PersonRecord(id=9, name=name), name, NOW),),
        "links": tuple(Link(name, f"https://runbooks.example.test/{number}") for number in range(9)),
        **rest,
    }
    return AssetRecord(name=name, facts=facts, **made)


def catalog(name: str) -> Catalog:
    """A catalog in which everybody has the name."""
    made = Catalog()
    made.people = {
        number: PersonRecord(id=number, name=name, slack_id=each.slack_id, is_active=each.is_active)
        for number, each in made.people.items()
    }
    made.teams = {
        number: TeamRecord(
            id=number,
            name=name,
            other_names=(name, name),
            channel=f"#{name}",
            timezone=name,
            lead_id=each.lead_id,
            member_ids=each.member_ids,
            is_gone=each.is_gone,
        )
        for number, each in made.teams.items()
    }
    return made


def verdicts(name: str) -> Iterator[Verdict]:
    """One of each kind of answer, and those with the most to say."""
    parent = subject(name, fact(PAYMENTS), id=2)
    split = [fact(PAYMENTS if area is Area.APPLICATION else PLATFORM, area, id=n) for n, area in enumerate(Area)]
    helpers = [fact(SEARCH, area, Role.SECONDARY, id=50 + n) for n, area in enumerate(Area)]
    subjects = [
        subject(name),
        subject(name, unowned_reason=name),
        subject(name, fact(PAYMENTS, confirmed_at=NOW, confirmed_by=ADA)),
        subject(name, fact(SEARCH)),
        subject(name, fact(ADA)),
        subject(name, parent_id=2),
        subject(name, fact(DISSOLVED), fact(DESERTED)),
        subject(name, fact(PAYMENTS), fact(DISSOLVED)),
        subject(name, *split[1:], *helpers),
        subject(name, fact(PLATFORM, Area.DATABASE)),
        subject(name, fact(PAYMENTS), fact(PLATFORM, source=name), fact(SEARCH, source="third")),
        subject(name, fact(SEARCH, source="slack", is_human=True), fact(PAYMENTS), *helpers),
    ]
    for read_at in (NOW, LONG_AGO):
        known = catalog(name)
        known.read_at, known.assets = read_at, {2: parent}
        for each in subjects:
            for area in (None, Area.DATABASE):
                yield verdict(each, known, now=NOW, stale_after=HALF_A_YEAR, area=area)


def pasts(name: str) -> Iterator[Past]:
    known, thing = catalog(name), subject(name, id=1)
    parent = subject(name, id=2)
    terms = [Term(fact(PAYMENTS, id=1), NOW), Term(fact(SEARCH, id=2, source="slack", is_human=True, valid_from=NOW))]
    both = [Term(fact(PAYMENTS, id=1)), Term(fact(PLATFORM, id=2, source="other"))]
    long_ago = LONG_AGO - timedelta(days=1)
    yield past([(thing, terms)], known, moment=NOW)
    yield past([(thing, terms)], known, moment=NOW - timedelta(days=1), area=Area.DATABASE)
    yield past([(thing, both)], known, moment=NOW)
    yield past([(thing, ()), (parent, both[:1])], known, moment=NOW)
    yield past([(thing, terms)], known, moment=long_ago)
    yield past([(thing, ())], known, moment=NOW)


def held(name: str, count: int) -> tuple[Held, ...]:
    terms = [Term(fact(PAYMENTS, id=number), NOW if number % 2 else None) for number in range(count)]
    return timeline(terms, catalog(name))


def cards(name: str) -> Iterator[TeamCard]:
    known = catalog(name)
    people = tuple(known.people.values()) * 10
    share = Share(tuple(range(40)), (50,), tuple(range(5)))
    yield TeamCard(known.teams[PAYMENTS], people, known.people[ADA], known.people[ADA], share, dict.fromkeys(Gap, 1000))
    yield TeamCard(known.teams[SEARCH], (), None, None, Share(), {})


def pages(name: str) -> Iterator[Page]:
    everything = tuple(verdicts(name))
    for start in range(0, len(everything), portfolio.PAGE_SIZE):
        yield Page(everything[start : start + portfolio.PAGE_SIZE], 1, 3)
    yield Page((), 0, 1)


def overviews(name: str) -> Iterator[Overview]:
    first = tuple(verdicts(name))
    groups = [Group(key, key.title(), 12_345, first) for key in ("unowned", "disputed", "orphaned")]
    teams = [*cards(name)] * 6
    yield Overview(teams=teams, mine=Group("mine", "In your own name", 3, first), attention=groups)
    yield Overview(teams=[], mine=Group("mine", "In your own name", 0, ()), attention=[])


def ownership_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    thing, teams = subject(name), [TeamRecord(id=number, name=name) for number in range(150)]
    person = PersonRecord(id=ADA, name=name)
    frames = [Frame(), Frame(understood_as=name, may_confirm=True, may_claim=True, may_withdraw=True)]
    for said in verdicts(name):
        for frame in (*frames, Frame(is_shared=True, shared_by="U12345678")):
            yield ownership.answer, ownership.answer(said, frame, confirmed_by=person)
    for each in pasts(name):
        yield ownership.recalled, ownership.recalled(each, name)
    for count in (0, 1, 40):
        yield ownership.chronicle, ownership.chronicle(thing, held(name, count), name)
    named = [(subject(name, id=number), name) for number in range(9)]
    for choices in (named, named[:1], []):
        yield ownership.unknown, ownership.unknown(choices, name)
        yield ownership.unknown, ownership.unknown(choices, name, team=name)
    yield ownership.several, ownership.several(named, name)
    yield ownership.mentioned, ownership.mentioned(named)
    yield ownership.mentioned_nothing, ownership.mentioned_nothing()
    yield ownership.question_needed, ownership.question_needed()
    yield ownership.claimed, ownership.claimed(thing, name)
    for told in ([], [name] * 9):
        yield ownership.contested, ownership.contested(thing, name, told)
    yield ownership.already_theirs, ownership.already_theirs(thing, name)
    yield ownership.claimed_from_you, ownership.claimed_from_you(thing, name, "U12345678")
    yield ownership.doubted, ownership.doubted(thing, "U12345678", name, value="1|")
    for owner in ("", name):
        yield ownership.doubt_recorded, ownership.doubt_recorded(owner)
        yield ownership.doubt_view, ownership.doubt_view(thing, owner, METADATA)
        yield (
            ownership.claim_view,
            ownership.claim_view(thing, owner, teams, METADATA),
        )


def other_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    teams = list(catalog(name).teams.values())
    for page in pages(name):
        for card in cards(name):
            yield portfolio.team_card, portfolio.team_card(card, page)
        for may_claim in (False, True):
            yield home.listing, home.listing("team", 7, name, page, may_claim=may_claim)
    yield portfolio.team_choices, portfolio.team_choices(teams * 9)
    for nearest in (teams, []):
        yield portfolio.unknown_team, portfolio.unknown_team(name, nearest)
    yield portfolio.no_team, portfolio.no_team()
    for each in overviews(name):
        yield home.overview, home.overview(each)
    for made in reports(name):
        yield home.lifecycle_listing, home.lifecycle_listing(made, 1)
        yield home.overview, home.overview(replace(next(overviews(name)), lifecycle=made))
    yield home.notice, home.notice("That is no longer in the catalog: ask again.")
    yield help_blocks.help_message, help_blocks.help_message()
    yield help_blocks.whoowns_help, help_blocks.whoowns_help()
    yield help_blocks.eol_help, help_blocks.eol_help()
    for nearest_word in ("", "team"):
        yield help_blocks.unknown_word, help_blocks.unknown_word(name, nearest_word)
    for place in ("C012345678", "#payments", "U12345678", name):
        history = [{"channel": place, "error": code} for code in ("not_in_channel", "is_archived", name)]
        for meant in (Rendered("text"), Rendered("text", [section("text")]), Rendered("x" * 40_000)):
            yield outbox.moved, outbox.moved(meant, history)
        yield outbox.moved, outbox.moved(Rendered("text"), [{"channel": "", "error": outbox.ROOT_FAILED}])
    yield help_blocks.failed, help_blocks.failed("abc-1f")
    yield help_blocks.slack_failed, help_blocks.slack_failed(name)
    for admitted in (Admission.OUTSIDE, Admission.UNKNOWN):
        yield help_blocks.not_admitted, help_blocks.not_admitted(admitted)
    yield home.waiting, home.waiting()
    yield home.refusal, home.refusal(help_blocks.failed("1f").text)


def report_samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    team = TeamRecord(id=PAYMENTS, name=name)
    for made in reports(name):
        yield lifecycle_reports.answer, lifecycle_reports.answer(made)
        full = lifecycle_reports.Frame(page=1, size=3, value=f"U12345678|{name[:500]}", note=lifecycle_reports.NO_TEAM)
        yield lifecycle_reports.answer, lifecycle_reports.answer(made, full)
        shared = lifecycle_reports.Frame(note=lifecycle_reports.understood(name), shared_by="U12345678")
        yield lifecycle_reports.answer, lifecycle_reports.answer(made, shared)
    assets = [subject(name, id=number) for number in range(9)]
    yield lifecycle_choices.several, lifecycle_choices.several(assets, name, "U12345678")
    for tries in ([], [f"team {name}", "product postgresql", f"asset {name}"]):
        yield lifecycle_choices.nothing_fits, lifecycle_choices.nothing_fits(name, tries, "U12345678")
    yield lifecycle_choices.drawing, lifecycle_choices.drawing(Subject(teams=(team,)))
    for code in ("not_in_channel", "missing_scope", name):
        yield lifecycle_choices.picture_refused, lifecycle_choices.picture_refused(code)
    url = "https://baton.example.test/calendar/" + "0f" * 32 + ".ics"
    for others in (0, 3):
        yield calendars.link, calendars.link(team, url, 7, others=others)
        yield calendars.existing, calendars.existing(team, NOW, 7, others=others)
        yield calendars.revoked, calendars.revoked(team, others)
    yield calendars.not_yours, calendars.not_yours(team)
    yield calendars.which_team, calendars.which_team([team] * 20)
    yield calendars.no_address, calendars.no_address()


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    yield from ownership_samples(name)
    yield from report_samples(name)
    yield from other_samples(name)
    yield from lifecycle_samples.samples(name)


def renderers() -> set[Callable[..., Any]]:
    """Every public function of `bot.blocks` that makes a message or a view; parts of one are no business of Slack's."""
    found = set()
    for info in pkgutil.walk_packages(bot.blocks.__path__, "bot.blocks."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != info.name or info.name == "bot.blocks.text":
                continue
            if get_type_hints(function).get("return") in (Rendered, Block):
                found.add(function)
    return found


def elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        for each in value.values():
            yield from elements(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from elements(each)


def body_of(made: Rendered | Block) -> dict[str, Any]:
    return made.as_body() if isinstance(made, Rendered) else made


def test_every_renderer_is_here() -> None:
    assert renderers() - {renderer for renderer, _ in samples(PLAIN)} == set()


@pytest.mark.parametrize(
    "name", [PLAIN, NASTY, "", "\u200b", "x" * 5000], ids=["plain", "nasty", "empty", "blank", "long"]
)
def test_slack_takes_everything(name: str) -> None:
    for renderer, made in samples(name):
        where = renderer.__qualname__
        if isinstance(made, Rendered):
            assert check_message(made.as_body()) == [], where
            assert made.text.strip(), where
        else:
            assert check_view(made) == [], where
            SdkView(**made).validate_json()
        for block in SdkBlock.parse_all(list(body_of(made).get("blocks", ()))):
            assert type(block) is not SdkBlock, (where, "a kind of block that the SDK knows")
            block.validate_json()


#: Messages that change after they were posted.
EDITED = {
    lifecycle.card,
    lifecycle.handed_over,
    lifecycle.closed,
    lifecycle.milestone,
    lifecycle.offer,
    lifecycle.offer_settled,
    lifecycle.waiver_wanted,
    lifecycle.waiver_settled,
}
#: What stands around a message of any length is measured with its own.
AROUND = {outbox.moved}


@pytest.mark.parametrize(
    "name",
    [PLAIN, NASTY, "x" * 5000, "&" * 5000, "long words & " * 400],
    ids=["plain", "nasty", "long", "signs", "words"],
)
def test_every_message_is_short_enough_for_the_way_it_goes(name: str) -> None:
    for renderer, made in samples(name):
        if isinstance(made, Rendered) and renderer not in AROUND:
            most = EDITED_TEXT if renderer in EDITED else POSTED_TEXT
            assert size(made) <= most, (renderer.__qualname__, size(made))
            method = "chat.update" if renderer in EDITED else "chat.postMessage"
            assert check_size(made.as_body(), method) == [], renderer.__qualname__


def test_the_note_about_where_a_message_could_not_be_posted_leaves_it_short_enough() -> None:
    history = [{"channel": "#" + "x" * 200, "error": "channel_not_found"}] * 9
    text = "x" * 2_900
    whole = Rendered("x" * EDITED_TEXT, [section(text), section("x" * (EDITED_TEXT - len(text)))])
    assert check_size(outbox.moved(whole, history).as_body(), "chat.update") == []


def test_nobody_is_pinged_and_no_markup_comes_through() -> None:
    for _, made in samples(NASTY):
        assert_inert(body_of(made), ids=frozenset({"U12345678", "C012345678"}))


def test_every_button_is_answered_and_every_answer_has_a_button() -> None:
    listened = routes()
    drawn, inputs, views = set(), set(), set()
    for _, made in samples(PLAIN):
        body = body_of(made)
        views |= {body["callback_id"]} if "callback_id" in body else set()
        typed = [block["element"]["action_id"] for block in body.get("blocks", ()) if block["type"] == "input"]
        inputs |= set(typed)
        drawn |= {element["action_id"] for element in elements(body)} - set(typed)
    assert drawn == set(listened.actions)
    assert views == set(listened.submissions)
    assert not inputs & drawn
