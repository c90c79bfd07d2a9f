"""Memory forgets what the store has forgotten: an account, an address or a name that is somebody else's by now."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.records import PersonRecord, TeamRecord
from bot.services.snapshot import Snapshot


def test_an_account_and_an_address_that_somebody_else_has_by_now() -> None:
    snapshot = Snapshot()
    ada = PersonRecord(id=1, name="Ada", slack_id="UEVE", email="eve@example.test")
    snapshot.put_people([ada])
    snapshot.put_people([replace(ada, slack_id="UADA", email="ada@example.test")])
    assert snapshot.person_by_slack_id("UEVE") is None
    assert snapshot.person_by_email("eve@example.test") is None
    eve = PersonRecord(id=2, name="Eve", slack_id="UEVE", email="eve@example.test")
    snapshot.put_people([eve])
    snapshot.put_people([replace(ada, slack_id="UADA")])
    assert snapshot.person_by_slack_id("UEVE") == eve


def test_two_who_exchange_their_accounts() -> None:
    snapshot = Snapshot()
    one, other = PersonRecord(id=1, name="One", slack_id="U1"), PersonRecord(id=2, name="Other", slack_id="U2")
    snapshot.put_people([one, other])
    one, other = replace(one, slack_id="U2"), replace(other, slack_id="U1")
    snapshot.put_people([one, other])
    assert (snapshot.person_by_slack_id("U2"), snapshot.person_by_slack_id("U1")) == (one, other)


def test_a_name_that_a_team_has_no_longer() -> None:
    snapshot = Snapshot()
    pay = TeamRecord(id=1, name="Pay", other_names=("gold squad",))
    snapshot.put_teams([pay])
    assert snapshot.team_by_name("Gold Squad") == pay
    pay = replace(pay, other_names=())
    snapshot.put_teams([pay])
    assert snapshot.team_by_name("gold squad") is None
    assert snapshot.team_by_name("pay") == pay
