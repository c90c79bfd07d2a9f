"""What ownership looks like in Slack: each answer's words, and what holds whatever strangers wrote into the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.blocks import ownership as blocks
from bot.blocks.help import help_message
from bot.blocks.lines import Line
from bot.blocks.ownership import AnswerFrame, orphans
from bot.blocks.ownership.matter_controls import side
from bot.blocks.text import Rendered, escape, possessive
from bot.domain.catalog import Area, AssetKind, Hosting, Link, Role
from bot.domain.ownership import Disputed, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict, verdict
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState, Side
from bot.domain.recipients import NOBODY, Recipient, Told, Via
from bot.domain.records import (
    AssetRecord,
    DriftRecord,
    NobodyRecord,
    OpenMatters,
    OwnershipRecord,
    PersonRecord,
    ReleaseRecord,
    TeamRecord,
    UnownedBy,
)
from bot.playground._mentions import pings_in
from bot.playground.refusals import refuse_message, refuse_view
from tests.blocks.foreign import UNSEEN, mrkdwn, strings, unexpected_markup, words
from tests.conftest import examples

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
ADA_ID, CHANNEL_ID = "U0ADA1234", "C0PAYMENTS"
REAL = frozenset({ADA_ID, CHANNEL_ID})
PLAIN = AnswerFrame()

ADA = PersonRecord(id=1, name="Ada", slack_id=ADA_ID)
LIN = PersonRecord(id=2, name="Lin")
GUS = PersonRecord(id=3, name="Gus", is_active=False)
PAYMENTS = TeamRecord(id=11, name="Payments", channel=CHANNEL_ID, member_ids=(1, 2))
PLATFORM = TeamRecord(id=12, name="Platform", channel="#platform")
SEARCH = TeamRecord(id=13, name="Search", member_ids=(2, 3))


@dataclass
class Catalog:
    """A catalog of these people, teams and assets."""

    people: list[PersonRecord] = field(default_factory=lambda: [ADA, LIN, GUS])
    teams: list[TeamRecord] = field(default_factory=lambda: [PAYMENTS, PLATFORM, SEARCH])
    assets: list[AssetRecord] = field(default_factory=list)

    def asset(self, asset_id: int) -> AssetRecord | None:
        return next((each for each in self.assets if each.id == asset_id), None)

    def team(self, team_id: int) -> TeamRecord | None:
        return next((each for each in self.teams if each.id == team_id), None)

    def person(self, person_id: int) -> PersonRecord | None:
        return next((each for each in self.people if each.id == person_id), None)

    def last_seen(self, fact: OwnershipRecord) -> datetime:
        return fact.valid_from


def fact(
    owner: TeamRecord | PersonRecord, area: Area = Area.ALL, role: Role = Role.OWNER, **rest: Any
) -> OwnershipRecord:
    who = {"team_id": owner.id} if isinstance(owner, TeamRecord) else {"person_id": owner.id}
    made: dict[str, Any] = {"id": 1, "source": "backstage", "valid_from": NOW - timedelta(days=2), **who, **rest}
    return OwnershipRecord(area=area, role=role, **made)


def asset(*facts: OwnershipRecord, **rest: Any) -> AssetRecord:
    made: dict[str, Any] = {"id": 7, "kind": AssetKind.SERVICE, "name": "checkout", **rest}
    return AssetRecord(facts=facts, **made)


def judged(subject: AssetRecord, *, area: Area | None = None, catalog: Catalog | None = None) -> Verdict:
    return verdict(subject, catalog or Catalog(), now=NOW, stale_after=timedelta(days=180), area=area)


def answered(subject: AssetRecord, *, area: Area | None = None, frame: AnswerFrame = PLAIN) -> str:
    return blocks.answer(judged(subject, area=area), frame).text


def buttons(message: Rendered) -> dict[str, str]:
    """The values of a message's buttons, by action id."""
    found = {}
    for block in message.blocks:
        for element in [*block.get("elements", ()), block.get("accessory", {})]:
            if element.get("type") == "button":
                found[element["action_id"]] = element["value"]
    return found


class TestHeadlines:
    def test_a_team_with_its_channel(self) -> None:
        assert answered(asset(fact(PAYMENTS))).startswith(f"*Payments* (<#{CHANNEL_ID}>) owns *checkout*.")
        assert answered(asset(fact(PLATFORM))).startswith("*Platform* (#platform) owns *checkout*.")

    def test_a_person_is_mentioned_when_slack_knows_them(self) -> None:
        assert answered(asset(fact(ADA))).startswith(f"<@{ADA_ID}> owns")
        assert answered(asset(fact(LIN))).startswith("*Lin* owns")

    def test_several_owners(self) -> None:
        said = answered(asset(fact(PLATFORM), fact(SEARCH), fact(LIN)))
        assert said.startswith("*Platform* (#platform), *Search* and *Lin* own *checkout*.")

    def test_an_owner_that_two_sources_name_is_named_once(self) -> None:
        said = answered(asset(fact(SEARCH), fact(SEARCH, source="terraform")))
        assert said.startswith("*Search* owns *checkout*.")

    def test_the_area_that_was_asked_for(self) -> None:
        subject = asset(fact(SEARCH), fact(PLATFORM, Area.CI_CD))
        assert "owns CI and deployments of *checkout*." in answered(subject, area=Area.CI_CD)
        said = answered(subject, area=Area.NETWORKING)
        assert said.startswith(
            "Nobody is named for networking of *checkout* alone. *Search* owns *checkout* as a whole."
        )

    def test_a_database_that_nobody_knows_is_not_said_to_be_there(self) -> None:
        said = answered(asset(fact(SEARCH)), area=Area.DATABASE)
        assert said.startswith("I know of no database of *checkout* by itself. *Search* owns *checkout* as a whole.")

    def test_an_owner_of_one_area_is_not_said_to_own_the_whole(self) -> None:
        said = answered(asset(fact(PLATFORM, Area.DATABASE)))
        assert "owns the database of *checkout*." in said
        assert "The rest has no owner" in said

    def test_what_was_given_up_is_told_apart_from_what_never_had_an_owner(self) -> None:
        gave_up = ReleaseRecord((Area.INFRASTRUCTURE,), PLATFORM.id, "Platform", "We run it no longer.", NOW)
        part = asset(fact(SEARCH, Area.SECURITY), nobody=NobodyRecord((gave_up,)))
        said = answered(part, frame=AnswerFrame(may_claim=True)).splitlines()
        [gone] = [each for each in said if "Nobody owns infrastructure." in each]
        assert ". *Platform* gave it up on <!date^" in gone
        assert gone.endswith(": We run it no longer.")
        assert ":grey_question: The rest has no owner, either. Yours? Press *We own this*." in said
        whole = replace(gave_up, areas=(Area.ALL,))
        said_of_all = answered(asset(fact(SEARCH, Area.SECURITY), nobody=NobodyRecord((whole, gave_up))))
        assert "Nobody owns the rest." in said_of_all
        assert "Nobody owns infrastructure." in said_of_all, "each says why"
        assert "no owner, either" not in said_of_all

    def test_owners_of_several_areas_own_parts(self) -> None:
        said = answered(asset(fact(PLATFORM, Area.DATABASE), fact(SEARCH, Area.CI_CD)))
        assert said.startswith("*Platform* (#platform) owns the database of *checkout*, *Search* CI and deployments.")

    def test_a_split_names_every_half_in_the_first_sentence_and_nowhere_twice(self) -> None:
        halves = (fact(SEARCH, Area.APPLICATION), fact(PLATFORM, Area.DATABASE), fact(PLATFORM, Area.CONTAINERS))
        said = answered(asset(*halves))
        first = "*Search* owns the application of *checkout*, *Platform* (#platform) the database and containers."
        assert said.startswith(first)
        assert said.count("*Platform*") == 1
        whole = answered(asset(fact(PLATFORM, Area.DATABASE), fact(SEARCH), fact(LIN, Area.ALL, Role.SECONDARY)))
        assert whole.startswith("*Search* owns *checkout*, *Platform* (#platform) its database.")
        assert "• *Lin* helps with everything" in whole

    def test_more_shares_than_a_sentence_holds_are_listed_under_it(self) -> None:
        owned = ((SEARCH, Area.APPLICATION), (PLATFORM, Area.DATABASE), (ADA, Area.CI_CD), (LIN, Area.MONITORING))
        said = answered(asset(*(fact(owner, area) for owner, area in owned)))
        assert said.splitlines()[0].endswith("CI and deployments, and 1 more owner other areas.")
        assert "• *Lin* looks after monitoring" in said

    def test_inherited(self) -> None:
        parent = asset(fact(SEARCH), id=8, name="shop")
        child = asset(parent_id=8)
        said = blocks.answer(judged(child, catalog=Catalog(assets=[parent])), PLAIN).text
        assert said.startswith("*Search* owns *checkout*, inherited from *shop*.")

    def test_orphaned(self) -> None:
        assert "*checkout* is orphaned: its owner *Gus* is gone." in answered(asset(fact(GUS)))
        gone = replace(SEARCH, is_gone=True)
        both = blocks.answer(judged(asset(fact(GUS), fact(SEARCH)), catalog=Catalog(teams=[gone])), PLAIN).text
        assert "its owners *Gus* and *Search* are gone." in both

    def test_parts_whose_owners_are_gone(self) -> None:
        lost = (fact(GUS, Area.CI_CD), fact(GUS, Area.MONITORING))
        for held, begin in (
            (fact(SEARCH), "*Search* owns *checkout*."),
            (fact(SEARCH, Area.DATABASE), "*Search* owns the database of *checkout*."),
        ):
            said = answered(asset(held, *lost))
            assert said.splitlines()[0] == begin
            assert (
                ":warning: CI and deployments is orphaned: its owner *Gus* is gone.\n:warning: Monitoring is orph"
                in said
            )
            assert said.count("It stays so until a team takes it.") == 1
            assert "*Gus* looks after" not in said

    def test_disputed_names_both_sides_and_what_nobody_disputes(self) -> None:
        subject = asset(
            fact(PLATFORM),
            fact(SEARCH, Area.CI_CD),
            fact(LIN, Area.CI_CD, source="terraform"),
            fact(LIN, source="terraform"),
        )
        said = answered(subject)
        assert said.startswith(":warning: Two sources disagree about who owns *checkout*: backstage says *Platform*")
        assert "; terraform says *Lin*." in said
        assert "• *Search* looks after CI and deployments" in said
        assert "who owns CI and deployments of *checkout*" in answered(subject, area=Area.CI_CD)

    def test_unowned(self) -> None:
        assert answered(asset()).startswith(":grey_question: Nobody owns *checkout*.")
        part = answered(asset(fact(SEARCH, Area.CI_CD)), area=Area.DATABASE)
        assert part.startswith(":grey_question: Nobody owns the database of *checkout*.")
        assert "• *Search* looks after CI and deployments" in part

    def test_unowned_on_purpose(self) -> None:
        assert "Nobody owns *checkout*, on purpose: A playground." in answered(asset(unowned_reason="A playground."))
        contradicted = answered(
            asset(fact(PAYMENTS), unowned_reason="A playground.", unowned_by=UnownedBy(is_preferred=True))
        )
        assert ":warning: But backstage says *Payments*" in contradicted
        assert "Have one corrected." in contradicted

    def test_a_source_that_says_nobody_is_one_side_of_a_dispute(self) -> None:
        said = answered(asset(fact(PAYMENTS), unowned_reason="A playground.", unowned_by=UnownedBy("csv")))
        assert said.startswith(
            ":warning: Two sources disagree about who owns *checkout*: csv says nobody, on purpose (A playground.); "
            "backstage says *Payments*"
        )


class TestWarningsAndTrust:
    def test_bus_factor_one(self) -> None:
        assert "Only *Lin* knows it. Have somebody learn it." in answered(asset(fact(SEARCH)))

    def test_stale(self) -> None:
        assert "Not confirmed since <!date^" in answered(asset(fact(PAYMENTS, valid_from=NOW - timedelta(400))))

    def test_a_source_that_has_not_followed_a_handoff_is_named_with_its_file(self) -> None:
        agreed = fact(PAYMENTS, source="slack", is_human=True, is_agreed=True)
        behind = DriftRecord(area=Area.ALL, owner=(12, None), source="rules", since=NOW, files=("shop/CODEOWNERS",))
        said = answered(asset(agreed, matters=OpenMatters(drift=(behind,))))
        assert "Source not yet updated: shop/CODEOWNERS (rules) still names *Platform*. From <!date^" in said
        outside = replace(behind, files=("/srv/imports/shop/.github/CODEOWNERS",))
        assert "updated: shop/.github/CODEOWNERS (rules)" in answered(
            asset(agreed, matters=OpenMatters(drift=(outside,)))
        )
        assert "dispute" not in said.split("\n")[0]
        assert "*Platform* looks after" not in said
        assert "(rules) still names" not in answered(
            asset(agreed, matters=OpenMatters(drift=(replace(behind, since=NOW - timedelta(31)),)))
        )

    def test_who_has_all_is_named_once(self) -> None:
        areas = (fact(PAYMENTS, Area.APPLICATION), fact(PAYMENTS, Area.DATABASE))
        helped = fact(PAYMENTS, Area.DATABASE, Role.SECONDARY, source="rules")
        assert "*Payments*" not in answered(asset(*areas, helped)).partition("\n")[2]

    def test_split_over_what_a_provider_runs(self) -> None:
        facts = (fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))
        assert "A provider runs this: could the product team take all of it?" in answered(
            asset(*facts, hosting=Hosting.MANAGED)
        )

    def test_helpers_are_listed(self) -> None:
        said = answered(asset(fact(PAYMENTS), fact(PLATFORM, Area.ALL, Role.SECONDARY)))
        assert "• *Platform* (#platform) helps with everything" in said

    def test_an_owner_is_not_said_to_help_with_what_it_owns(self) -> None:
        database = fact(PAYMENTS, Area.DATABASE), fact(PAYMENTS, Area.DATABASE, Role.SECONDARY)
        said = answered(asset(fact(PAYMENTS, Area.APPLICATION), *database, fact(LIN, Area.DATABASE, Role.SECONDARY)))
        assert "*Payments* (<#C0PAYMENTS>) helps" not in said
        assert "• *Lin* helps with the database" in said

    def test_where_it_comes_from_and_who_confirmed_it(self) -> None:
        assert "From backstage, last read <!date^" in answered(asset(fact(PAYMENTS)))
        assert "not confirmed yet" in answered(asset(fact(PAYMENTS)))
        assert "Decided in Slack <!date^" in answered(asset(fact(PAYMENTS, source="slack", is_human=True)))
        confirmed = judged(asset(fact(PAYMENTS, confirmed_at=NOW, confirmed_by=1)))
        assert f"confirmed by <@{ADA_ID}> <!date^" in blocks.answer(confirmed, AnswerFrame(confirmers={1: ADA})).text
        assert "confirmed by somebody <!date^" in blocks.answer(confirmed, PLAIN).text

    def test_what_was_understood_is_in_both_twins(self) -> None:
        message = blocks.answer(judged(asset(fact(PAYMENTS))), AnswerFrame(understood_as="checkout"))
        assert "I read that as *checkout*" in message.text
        assert any("I read that as *checkout*" in text for text in mrkdwn(list(message.blocks)))


class TestButtons:
    def test_who_may_confirm_is_offered_it(self) -> None:
        said = judged(asset(fact(PAYMENTS)), area=Area.CI_CD)
        assert buttons(blocks.answer(said, AnswerFrame(may_confirm=True))) == dict.fromkeys(
            (blocks.CONFIRM, blocks.DOUBT, blocks.SHARE), "7|ci-cd"
        )
        assert blocks.CONFIRM not in buttons(blocks.answer(said, PLAIN))

    def test_a_claim_of_what_is_confirmed_is_under_the_menu(self) -> None:
        frame = AnswerFrame(may_claim=True)

        def shown(subject: AssetRecord) -> list[tuple[str, str]]:
            elements = blocks.answer(judged(subject), frame).blocks[-1]["elements"]
            return [(each["type"], each["action_id"]) for each in elements]

        wrong, share = ("button", blocks.DOUBT), ("button", blocks.SHARE)
        confirmed = asset(fact(PAYMENTS, confirmed_at=NOW, confirmed_by=1))
        assert shown(confirmed) == [wrong, share, ("overflow", blocks.CLAIM)]
        old = NOW - timedelta(400)
        stale = asset(fact(PAYMENTS, valid_from=old, confirmed_at=old, confirmed_by=1))
        for open_to_claims in (asset(fact(PAYMENTS)), stale):
            assert shown(open_to_claims) == [wrong, share, ("button", blocks.CLAIM)]
        assert shown(asset()) == [("button", blocks.CLAIM), ("button", orphans.SUGGEST), share]

    def test_nobody_can_be_doubted_where_nobody_is_named(self) -> None:
        assert set(buttons(blocks.answer(judged(asset()), PLAIN))) == {orphans.SUGGEST, blocks.SHARE}
        assert set(buttons(blocks.answer(judged(asset(unowned_reason="x")), PLAIN))) == {blocks.SHARE}

    def test_a_shared_answer_has_none_and_says_who_shared_it(self) -> None:
        shared = blocks.answer(judged(asset(fact(PAYMENTS))), AnswerFrame(is_shared=True, shared_by=ADA_ID))
        assert buttons(shared) == {}
        assert f"Shared by <@{ADA_ID}>" in shared.text

    def test_choices_carry_the_asset(self) -> None:
        named = [(asset(id=number, name=f"db-{number}", namespace="shop"), "Payments") for number in range(1, 8)]
        message = blocks.several(named)
        assert [b["accessory"]["value"] for b in message.blocks if "accessory" in b] == ["1", "2", "3", "4", "5"]
        assert "• *db-1* · service in shop · Payments" in message.text
        assert "… and 2 more" in message.text

    def test_nothing_found(self) -> None:
        assert "I know nothing called *zeppelin*" in blocks.unknown([], "zeppelin").text
        assert "Did you mean" in blocks.unknown([(asset(), "")], "chekcout").text
        assert blocks.unknown([], "") == blocks.question_needed()

    @pytest.mark.parametrize("nearest", [[], [(asset(), "")]], ids=["nothing near", "something near"])
    def test_a_path_that_any_repository_may_have_is_asked_for_with_its_repository(self, nearest: list[Any]) -> None:
        said = blocks.unknown(nearest, "lib/x.py", lacks_repository=True).text
        assert said.startswith(
            "I know nothing called *lib/x.py*. Name its repository, too, as in `src/app.py in shop`."
        )
        assert ("Did you mean" in said) is bool(nearest)
        many = [(asset(id=number), "") for number in range(7)]
        assert "… and 2 more. Name its repository, too" in blocks.several(many, lacks_repository=True).text


def refused(message: Rendered) -> list[str]:
    return [*map(str, refuse_message(message.as_body()))]


def assert_fit_for_slack(message: Rendered, *, ids: frozenset[str] = REAL) -> None:
    """Slack takes it, nobody is pinged, and no stranger's word is markup."""
    body = message.as_body()
    assert refused(message) == []
    for block in Block.parse_all(list(message.blocks)):
        assert type(block) is not Block, "a kind of block that the SDK knows"
        block.validate_json()
    assert_inert(body, ids=ids)
    assert message.text.strip()


def assert_inert(payload: dict[str, Any], *, ids: frozenset[str]) -> None:
    assert list(pings_in(payload)) == []
    for text in mrkdwn(payload):
        assert unexpected_markup(text, ids=ids) == "", text
    for key, text in strings(payload):
        if key != "private_metadata":
            assert not UNSEEN.search(text), (key, text)


SOURCES = st.sampled_from(["backstage", "slack"]) | words
PEOPLE = st.builds(
    PersonRecord,
    id=st.integers(1, 3),
    name=words,
    slack_id=st.sampled_from(["", ADA_ID]) | words,
    is_active=st.booleans(),
)
TEAMS = st.builds(
    TeamRecord,
    id=st.integers(11, 13),
    name=words,
    channel=st.sampled_from(["", CHANNEL_ID, "#payments"]) | words,
    member_ids=st.sampled_from([(), (1,), (1, 2, 3)]),
    is_gone=st.booleans(),
)


@st.composite
def foreign_facts(draw: st.DrawFn) -> OwnershipRecord:
    owner = draw(st.sampled_from([ADA, LIN, GUS, PAYMENTS, PLATFORM, SEARCH]))
    return fact(
        owner,
        draw(st.sampled_from(list(Area))),
        draw(st.sampled_from(list(Role))),
        source=draw(SOURCES),
        is_human=draw(st.booleans()),
        valid_from=NOW - timedelta(days=draw(st.sampled_from([0, 400]))),
        confirmed_at=draw(st.none() | st.just(NOW)),
    )


@st.composite
def foreign_assets(draw: st.DrawFn, asset_id: int = 7) -> AssetRecord:
    return asset(
        *draw(st.lists(foreign_facts(), max_size=4)),
        id=asset_id,
        name=draw(words),
        namespace=draw(words),
        description=draw(words),
        kind=draw(st.sampled_from(list(AssetKind))),
        hosting=draw(st.none() | st.sampled_from(list(Hosting))),
        tier=draw(st.none() | st.integers(0, 5)),
        parent_id=draw(st.none() | st.just(8)),
        links=tuple(
            Link(*each)
            for each in draw(st.lists(st.tuples(words, words | words.map("https://a.test/".__add__)), max_size=3))
        ),
        unowned_reason=draw(st.just("") | words),
    )


@st.composite
def foreign_verdicts(draw: st.DrawFn) -> Verdict:
    people = {each.id: each for each in draw(st.lists(PEOPLE, max_size=3))}
    teams = {each.id: each for each in draw(st.lists(TEAMS, max_size=3))}
    catalog = Catalog(
        list({1: ADA, 2: LIN, 3: GUS, **people}.values()),
        list({11: PAYMENTS, 12: PLATFORM, 13: SEARCH, **teams}.values()),
        [draw(foreign_assets(8))],
    )
    return judged(draw(foreign_assets()), area=draw(st.none() | st.sampled_from(list(Area))), catalog=catalog)


FRAMES = st.builds(
    AnswerFrame,
    understood_as=words,
    may_confirm=st.booleans(),
    is_shared=st.booleans(),
    shared_by=st.sampled_from(["", ADA_ID]) | words,
)


def owners_in(said: Verdict) -> set[str]:
    """How each owner that the answer must name is written, at least in part: an id, or the name in bold."""
    holdings = said.claims if isinstance(said, Disputed) else said.owners if isinstance(said, Owned) else ()
    found = set()
    for holding in holdings:
        slack_id = holding.person.slack_id if holding.person else ""
        is_gone = isinstance(said, Orphaned) or (isinstance(said, Owned) and holding in said.left_behind)
        mentioned = slack_id == ADA_ID and not is_gone
        found.add(f"<@{ADA_ID}>" if mentioned else f"*{escape(holding.name, 80) or '(no name)'}*")
    return found


def expected_warnings(said: Verdict) -> list[str]:
    found = []
    if isinstance(said, Disputed):
        is_claimed = any(holding.fact.is_human for holding in said.claims)
        found.append("There is a dispute" if is_claimed else "sources disagree")
    if isinstance(said, Unowned | UnownedOnPurpose):
        found.append("Nobody owns")
    if isinstance(said, Orphaned):
        found.append("is orphaned")
    elif isinstance(said, Owned):
        found += ["Not confirmed since"] if isinstance(said, Stale) else []
        found += ["Have somebody learn it."] if said.only_person else []
        found += ["could the product team take all of it?"] if said.should_hand_off else []
        found += ["inherited from"] if said.inherited_from else []
    return found


@given(foreign_verdicts(), FRAMES, st.none() | PEOPLE)
@examples(100)
def test_an_answer_is_fit_for_slack_whatever_strangers_wrote(
    said: Verdict, frame: AnswerFrame, confirmed_by: PersonRecord | None
) -> None:
    message = blocks.answer(said, replace(frame, confirmers={1: confirmed_by} if confirmed_by is not None else {}))
    real = REAL | {each.slack_id for each in [confirmed_by] if each is not None and each.slack_id == ADA_ID}
    # A stranger may write an id in the form of one: then it is that person, and nothing else.
    assert_fit_for_slack(message, ids=real | {"U0STRANGER", "W0STRANGER"})
    for twin in (message.text, "\n".join(mrkdwn(list(message.blocks)))):
        assert f"*{escape(said.asset.name, 120) or '(no name)'}*" in twin
        assert [each for each in owners_in(said) if each not in twin] == []
        assert [each for each in expected_warnings(said) if each not in twin] == []


@given(st.lists(foreign_assets(), max_size=7), words, words)
def test_choices_are_fit_for_slack(assets: list[AssetRecord], asked: str, owner: str) -> None:
    named = [(each, owner) for each in assets]
    for message in (blocks.several(named), blocks.unknown(named, asked), blocks.mentioned(named)):
        assert_fit_for_slack(message)


def doubt_card(subject: AssetRecord, owner: str, doubter: str, reason: str) -> MatterCard:
    return MatterCard(
        id=7,
        kind=MatterKind.DOUBT,
        state=MatterState.OPEN,
        asset=subject,
        area=Area.ALL,
        at=NOW,
        sides=(Side(Recipient(TeamRecord(id=1, name=owner))),),
        raised_by=PersonRecord(id=1, name=doubter, slack_id=doubter),
        reason=reason,
    )


@given(foreign_assets(), words, words, st.just(ADA_ID) | words)
def test_doubts_are_fit_for_slack(subject: AssetRecord, owner: str, reason: str, doubter: str) -> None:
    ids = REAL | {"U0STRANGER", "W0STRANGER"}
    assert_fit_for_slack(blocks.card(doubt_card(subject, owner, doubter, reason)), ids=ids)
    assert_fit_for_slack(blocks.doubt_recorded([Told(owner, via, True, owner, reason) for via in Via]))
    view = blocks.doubt_view(subject, owner, "7||https://hooks.example.test/x")
    assert refuse_view(view) == []
    View(**view).validate_json()
    assert_inert(view, ids=REAL)


def test_a_matter_that_ends_takes_nothing_else_out_of_its_message() -> None:
    matter = doubt_card(asset(), "Payments", ADA_ID, "Sold in May")
    due = Line("*Alpine Linux 3.21*: support ends in 27 days.")
    before = blocks.card(matter, [due])
    assert "Sold in May" in before.text
    ended = replace(matter, state=MatterState.KEPT, owner=Recipient(TeamRecord(id=1, name="Payments")))
    after = blocks.redrawn(before, ended)
    rest = before.text[before.text.index("Also due") :]
    assert due.text in rest
    assert after.text == f"{blocks.card(ended).text}\n{rest}"
    assert list(after.blocks)[-2:] == list(before.blocks)[-2:]


WIDEST = "&" * 4000


def crowd(name: str) -> Catalog:
    teams = [TeamRecord(id=number, name=f"{number}{name}", channel=f"{number}{name}") for number in range(11, 71)]
    return Catalog([PersonRecord(id=1, name=name)], teams)


@pytest.mark.parametrize("name", ["x" * 4000, WIDEST, "*" * 4000, "\u202e" * 4000, "支" * 4000])
@pytest.mark.parametrize("sources", [1, 2, 60])
@pytest.mark.parametrize("areas", [1, 10])
def test_sixty_facts_fifty_links_and_names_of_4000_characters_fit(name: str, sources: int, areas: int) -> None:
    every = list(Area)
    facts = [
        fact(TeamRecord(id=number, name=""), every[number % areas], source=f"{number // 10 % sources}{name}")
        for number in range(11, 71)
    ]
    links = tuple(Link(name, f"https://a.test/{number}/{name}") for number in range(50))
    subject = asset(
        *facts, name=name, namespace=name, description=name, unowned_reason="", links=links, hosting=Hosting.MANAGED
    )
    for area in (None, Area.CI_CD):
        said = judged(subject, area=area, catalog=crowd(name))
        assert isinstance(said, Disputed if sources > 1 else Owned)
        assert_fit_for_slack(blocks.answer(said, AnswerFrame(understood_as=name)))
    small = asset(name=name, unowned_reason=name)
    assert_fit_for_slack(blocks.answer(judged(small), PLAIN))
    assert_fit_for_slack(blocks.several([(small, name)] * 60))
    assert_fit_for_slack(blocks.card(doubt_card(small, name, "", name)))
    assert refuse_view(blocks.doubt_view(small, name, "x" * 3000)) == []


def test_links_that_fit_are_all_there_and_none_is_cut_in_half() -> None:
    links = tuple(Link(f"Page {number}", f"https://a.test/{number}?{'x' * 400}") for number in range(50))
    message = blocks.answer(judged(asset(fact(PAYMENTS), links=links)), PLAIN)
    shown = next(text for text in mrkdwn(list(message.blocks)) if "Page 0" in text)
    assert [f"|Page {number}>" in shown for number in range(4)] == [True] * 4
    assert shown.count("<http") == shown.count(">")


def test_repositories_that_are_called_alike_have_their_hosts() -> None:
    alike = [
        (
            AssetRecord(
                id=number, kind=AssetKind.REPOSITORY, name="acme/shop", addresses=(f"https://{host}/acme/shop",)
            ),
            "",
        )
        for number, host in enumerate(("github.com", "code.example.com"))
    ]
    said = blocks.several(alike).text
    assert "github.com/acme/shop" in said
    assert "code.example.com/acme/shop" in said


def test_choices_that_are_called_alike_have_their_descriptions() -> None:
    def one(number: int, name: str, description: str) -> AssetRecord:
        kind = AssetKind.SERVICE
        return AssetRecord(id=number, own_ref=f"service:{number}", kind=kind, name=name, description=description)

    alike = [(one(1, "till", "From old/a.yaml."), "left"), (one(2, "till", "From new/a.yaml."), "right")]
    said = blocks.several([*alike, (one(3, "tills", "Counts money."), "left")]).text
    assert "left · From old/a.yaml." in said
    assert "right · From new/a.yaml." in said
    assert "Counts money." not in said


@pytest.mark.parametrize(("name", "ending"), [("logistics", "'"), ("*OPS*", "'"), ("search", "'s")])
def test_whose_something_is(name: str, ending: str) -> None:
    assert possessive(name) == ending


def test_a_side_of_a_dispute_says_it_as_many_as_its_files_are() -> None:
    data = Recipient(team=TeamRecord(id=7, name="Data"))
    assert side(Side(data, ("a.csv",))) == "a.csv says *Data*"
    assert side(Side(data, ("a.csv", "b.csv")), is_still=True) == "a.csv, b.csv still say *Data*"
    assert side(Side(data)) == "*Data* claims it in Slack"
    assert side(Side(NOBODY)) == "Somebody said in Slack that nobody owns it", "nobody claims anything"


def test_help_is_short_and_says_where_there_is_more() -> None:
    said = help_message()
    assert len(said.text.split()) < 200
    for command in ("/whoowns", "/eol", "/devops", "/handoff"):
        assert f"`{command} help`" in said.text
    assert_fit_for_slack(said)
