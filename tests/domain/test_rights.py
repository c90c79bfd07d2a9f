"""The table of who may do what: each right with each role, and the page that shows it."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path

import pytest

from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import GRANTS, Actor, ActorRole, Holders, Right, may, require, why_not
from bot.errors import NotAllowedError

ME, OTHER = 1, 2
TEAM = frozenset({ActorRole.MEMBER, ActorRole.LEAD})
OWNERS = TEAM | {ActorRole.OWNER}
#: Written down a second time, so that nobody changes a right by accident.
EXPECTED = {
    Right.CHANGE: frozenset(ActorRole) - {ActorRole.GUEST},
    Right.SHARE: frozenset(ActorRole) - {ActorRole.GUEST},
    Right.PICTURE: frozenset(ActorRole) - {ActorRole.GUEST},
    Right.CONFIRM: OWNERS,
    Right.CLAIM: TEAM,
    Right.WITHDRAW: TEAM,
    Right.RELEASE: OWNERS,
    Right.CONFIRM_RELEASE: {ActorRole.LEAD, ActorRole.MANAGER, ActorRole.CATALOG_ADMIN},
    Right.MARK_UNOWNED: TEAM | {ActorRole.CATALOG_ADMIN},
    Right.REVIEW_UNOWNED: {ActorRole.OWNER, ActorRole.CATALOG_ADMIN},
    Right.REJECT: TEAM | {ActorRole.CATALOG_ADMIN},
    Right.SETTLE: OWNERS | {ActorRole.CATALOG_ADMIN},
    Right.SUCCEED: {ActorRole.LEAD, ActorRole.CATALOG_ADMIN},
    Right.CALENDAR: TEAM,
    Right.ANSWER: OWNERS | {ActorRole.MANAGER},
    Right.CLOSE_PART: {ActorRole.OWNER},
    Right.PIN: OWNERS,
    Right.APPROVE: OWNERS | {ActorRole.MANAGER},
    Right.ACCEPT: TEAM,
    Right.DECLINE: TEAM,
    Right.MISSES: {ActorRole.CATALOG_ADMIN},
    Right.TRIAGE: TEAM | {ActorRole.MANAGER},
    Right.REQUEST: OWNERS | {ActorRole.MANAGER},
    Right.CHANNEL: TEAM | {ActorRole.CATALOG_ADMIN},
    Right.HAND_OVER: TEAM,
    Right.TAKE_OVER: TEAM,
    Right.PUT_OFF: TEAM,
    Right.SUPPLY: OWNERS,
    Right.CALL_OFF: TEAM,
    Right.REVIEW: TEAM,
    Right.EVIDENCE: TEAM,
}
OF_ANYBODY = {Right.CHANGE, Right.SHARE, Right.PICTURE}
#: Rights that whoever asked does not have over their own request.
BY_SOMEBODY_ELSE = {Right.APPROVE, Right.ACCEPT, Right.TAKE_OVER, Right.SETTLE, Right.CONFIRM_RELEASE}
PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


def case(*roles: ActorRole) -> tuple[Actor, Holders]:
    """Somebody who is just this to a subject that has a team and an owner."""

    def me_if(role: ActorRole) -> int:
        return ME if role in roles else OTHER

    team = TeamRecord(
        id=1,
        name="Payments",
        member_ids=(me_if(ActorRole.MEMBER),),
        lead_id=me_if(ActorRole.LEAD),
        manager_id=me_if(ActorRole.MANAGER),
    )
    owner = PersonRecord(id=me_if(ActorRole.OWNER), name="Ada")
    actor = Actor(ME, is_guest=ActorRole.GUEST in roles, is_catalog_admin=ActorRole.CATALOG_ADMIN in roles)
    return actor, Holders((team,), (owner,), what="checkout", asked_by=me_if(ActorRole.ASKER))


def table() -> str:
    """Draw the table as docs/rights.md has it, by asking for each cell."""
    lines = [f"| right | {' | '.join(ActorRole)} |", f"|---{'|---' * len(ActorRole)}|"]
    for right, grant in GRANTS.items():
        cells = ["yes" if may(*_asked(right, role)) else "no" for role in ActorRole if role is not ActorRole.ASKER]
        lines.append(f"| {right} | {' | '.join([*cells, 'not their own' if grant.asker else ''])} |")
    return "\n".join(line.replace("|  |", "| |") for line in lines)


def _asked(right: Right, role: ActorRole) -> tuple[Actor, Right, Holders]:
    actor, holders = case(role)
    return actor, right, holders


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", ActorRole)
def test_each_right_is_for_the_roles_that_are_written_down(right: Right, role: ActorRole) -> None:
    actor, holders = case(role)
    said = why_not(actor, right, holders)
    assert (not said) is (role in EXPECTED[right])
    if said:
        with pytest.raises(NotAllowedError):
            require(actor, right, holders)
    else:
        require(actor, right, holders)


@pytest.mark.parametrize("right", Right)
def test_roles_add_up_but_for_guests_and_whoever_asked(right: Right) -> None:
    for roles in chain.from_iterable(combinations(ActorRole, count) for count in range(len(ActorRole) + 1)):
        actor, holders = case(*roles)
        has_one = right in OF_ANYBODY or bool(EXPECTED[right] & set(roles))
        is_own = right in BY_SOMEBODY_ELSE and ActorRole.ASKER in roles
        assert may(actor, right, holders) is (has_one and not is_own and ActorRole.GUEST not in roles), roles


@pytest.mark.parametrize("right", Right)
def test_a_refusal_says_who_may_or_what_to_do(right: Right) -> None:
    actor, holders = case(ActorRole.ASKER)
    for teams, people in ((holders.teams, holders.people), (holders.teams, ()), ((), holders.people), ((), ())):
        said = why_not(actor, right, Holders(teams, people, what="checkout"))
        assert not any(gap in said for gap in ("{", "  ", "None")), said
    said_of = {Right.SHARE: "Guests cannot share answers", Right.PICTURE: "Guests cannot post pictures"}
    assert said_of.get(right, "only full members can change") in why_not(Actor(ME, is_guest=True), right, holders)


def test_the_people_in_a_refusal_are_those_in_the_table() -> None:
    actor, holders = case()
    assert "Ada, members of Payments and their leads or managers can answer" in why_not(actor, Right.ANSWER, holders)
    assert "Ada, members of Payments and their leads can say which" in why_not(actor, Right.PIN, holders)
    assert "claim it for your team first" in why_not(actor, Right.PIN, Holders())
    twice = Holders((*holders.teams, *holders.teams))
    assert "Only members of Payments and their leads can release" in why_not(actor, Right.RELEASE, twice)


def test_a_refusal_names_up_to_three_of_those_who_may_the_lead_first() -> None:
    team = TeamRecord(id=1, name="Payments", member_ids=(3, 4, 5, 6), lead_id=7, manager_id=8)
    names = dict(zip(range(3, 9), ("Ada", "Ben", "Cy", "Di", "Lea", "Max"), strict=True))
    outsider = Actor(ME)
    said = why_not(outsider, Right.HAND_OVER, Holders((team,), names=names))
    assert said.endswith(": ask Lea, Ada, Ben or another of them.")
    assert why_not(outsider, Right.APPROVE, Holders((TeamRecord(id=1, name="P", manager_id=8),), names=names)).endswith(
        ": ask Max."
    )
    two = TeamRecord(id=1, name="Payments", member_ids=(3, 4, ME))
    names[ME] = "Me"
    said = why_not(Actor(ME), Right.TAKE_OVER, Holders((two,), asked_by=ME, names=names))
    assert said == "You offered it, so somebody else of the receiving team must accept: ask Ada or Ben."
    assert "Ada or Ben." in why_not(outsider, Right.TAKE_OVER, Holders((two,), asked_by=ME, names=names | {5: "Cy"})), (
        "whoever offered it cannot accept it"
    )
    assert why_not(outsider, Right.HAND_OVER, Holders((team,))).endswith(": ask one of them."), "nobody knows a name"


@pytest.mark.parametrize("right", Right)
def test_a_refusal_says_who_the_catalog_admins_are_where_they_may(right: Right) -> None:
    their_right, nobody = ActorRole.CATALOG_ADMIN in EXPECTED[right] and right not in OF_ANYBODY, ActorRole.ASKER
    for holders in (case(nobody)[1], Holders()):
        if may(Actor(ME), right, holders):
            continue
        for admins, said in (
            ((), "No catalog admin is set: ask your Baton administrator to name one."),
            (("<@U1>",), "Catalog admin: <@U1>."),
            (("<@U1>", "<@U2>"), "Catalog admins: <@U1> and <@U2>."),
            (("<@U1>", "<@U2>", "<@U3>", "<@U4>", "<@U5>"), "Catalog admins: <@U1>, <@U2>, <@U3> and 2 more."),
        ):
            assert why_not(Actor(ME, admins=admins), right, holders).endswith(f" {said}") is their_right


def test_whoever_is_the_only_catalog_admin_is_told_that_there_is_no_other() -> None:
    _, holders = case(ActorRole.ASKER)
    said = why_not(Actor(ME, is_catalog_admin=True), Right.SETTLE, holders)
    assert said.startswith("You claimed it yourself")
    assert said.endswith("No other catalog admin is set: ask your Baton administrator to name one.")


def test_a_team_that_is_gone_and_an_account_that_is_nobody_give_no_role() -> None:
    gone = TeamRecord(id=1, name="Payments", member_ids=(ME,), lead_id=ME, manager_id=ME, is_gone=True)
    for actor, team in ((Actor(ME), gone), (Actor(None), TeamRecord(id=1, name="Empty"))):
        assert {right for right in Right if may(actor, right, Holders((team,)))} == OF_ANYBODY


def test_the_page_shows_the_table() -> None:
    assert table() in PAGE.read_text(), f"docs/rights.md has to show:\n{table()}"
