"""What a payload says of where it comes from, and what its sender may do: the rules of the door, without a wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.trust import AccountStanding, Admission, Workspace, admission, is_addressed
from handlers.door import sender_of


@pytest.mark.parametrize(
    ("team_id", "enterprise_id", "is_ours"),
    [("T1", "E1", True), ("T1", "", True), ("", "E1", False), ("T2", "E1", False), ("T1", "E2", False)],
)
def test_a_workspace_of_an_enterprise_answers_what_names_it(team_id: str, enterprise_id: str, is_ours: bool) -> None:
    sender = sender_of({"user_id": "U1", "team_id": team_id, "enterprise_id": enterprise_id, "api_app_id": "A1"})
    assert is_addressed(sender, Workspace("T1", "E1", "A1")) is is_ours


@pytest.mark.parametrize(
    ("teams", "admitted"),
    [
        (("T1",), Admission.DECIDE),
        (("E1", "T1"), Admission.DECIDE),
        (("T2",), Admission.OUTSIDE),
        (("E2",), Admission.OUTSIDE),
    ],
)
def test_people_of_an_enterprise_may_be_said_to_be_of_the_enterprise(
    teams: tuple[str, ...], admitted: Admission
) -> None:
    asked = sender_of({"command": "/whoowns", "team_id": "T1", "user_id": "U1", "api_app_id": "A1"})
    sender = replace(asked, user_teams=teams)
    found = admission(sender, Workspace("T1", "E1", "A1"), AccountStanding.MEMBER, open_channels=())
    assert found is admitted


@pytest.mark.parametrize(
    ("standing", "is_shared", "admitted"),
    [
        (AccountStanding.MEMBER, False, Admission.DECIDE),
        (AccountStanding.MEMBER, None, Admission.SHARED),
        (AccountStanding.GUEST, False, Admission.READ),
        (AccountStanding.GONE, False, Admission.OUTSIDE),
        (AccountStanding.STRANGER, False, Admission.OUTSIDE),
        (None, False, Admission.UNKNOWN),
    ],
)
def test_what_an_account_is_decides_what_it_may_do(
    standing: AccountStanding | None, is_shared: bool | None, admitted: Admission
) -> None:
    sender = replace(sender_of({"team_id": "T1", "user_id": "U1", "api_app_id": "A1"}), is_shared_channel=is_shared)
    assert admission(sender, Workspace("T1", "", "A1"), standing, open_channels=()) is admitted


@pytest.mark.parametrize("standing", [AccountStanding.MEMBER, AccountStanding.GUEST, AccountStanding.STRANGER])
def test_in_an_opened_channel_outsiders_read_and_others_do_what_they_may(standing: AccountStanding) -> None:
    body = {"team_id": "T1", "user_id": "U1", "api_app_id": "A1", "channel_id": "C1"}
    sender = replace(sender_of(body), is_shared_channel=True)
    admitted = admission(sender, Workspace("T1", "", "A1"), standing, open_channels=("C1",))
    assert admitted is (Admission.DECIDE if standing is AccountStanding.MEMBER else Admission.READ)


@pytest.mark.parametrize(
    "said",
    [
        {"user": {"id": "U1", "team_id": "T9"}},
        {"event": {"user": "U1", "user_team": "T9", "team": "T1"}},
        {"event": {"user": "U1", "source_team": "T9"}},
        {"event": {"user": "U1", "team": "T9"}},
    ],
    ids=["a press", "user_team", "source_team", "team"],
)
def test_of_which_workspace_somebody_is_may_be_said_in_four_places(said: dict[str, Any]) -> None:
    sender = sender_of({"team_id": "T1", "api_app_id": "A1"} | said)
    found = admission(sender, Workspace("T1", "", "A1"), AccountStanding.MEMBER, open_channels=())
    assert (sender.user_id, found) == ("U1", Admission.OUTSIDE)


@pytest.mark.parametrize(
    ("channel", "flags", "flags_of_event", "is_shared"),
    [
        ("C1", {"is_ext_shared_channel": True}, {}, True),
        ("C1", {}, {"is_ext_shared_channel": True}, True),
        ("C1", {"is_ext_shared_channel": False}, {"is_pending_ext_shared": True}, True),
        ("C1", {"is_ext_shared_channel": False}, {}, False),
        ("C1", {}, {}, None),
        ("G1", {}, {}, None),
        ("D1", {}, {}, False),
    ],
)
def test_whether_others_read_along_may_be_said_in_two_places(
    channel: str, flags: dict[str, bool], flags_of_event: dict[str, bool], is_shared: bool | None
) -> None:
    event = {"type": "message", "user": "U1", "channel": channel} | flags_of_event
    assert sender_of({"team_id": "T1", "event": event} | flags).is_shared_channel is is_shared


@pytest.mark.parametrize(
    ("kind", "app_id", "is_ours"),
    [
        ("message_action", "", True),
        ("message_action", "A2", False),
        ("block_actions", "", False),
        ("view_submission", "", False),
        ("event_callback", "", False),
        ("", "", False),
    ],
)
def test_only_a_shortcut_may_leave_out_the_app(kind: str, app_id: str, is_ours: bool) -> None:
    sender = sender_of({"type": kind, "team_id": "T1", "user_id": "U1", "api_app_id": app_id})
    assert is_addressed(sender, Workspace("T1", "", "A1")) is is_ours


@pytest.mark.parametrize(
    ("sent_for", "is_shared", "is_ours"),
    [("T1", True, True), ("T9", True, False), ("T1", False, False), ("", True, False)],
)
def test_an_event_of_a_channel_that_others_share_says_for_whom_it_was_sent(
    sent_for: str, is_shared: bool, is_ours: bool
) -> None:
    event = {"type": "app_mention", "user": "U1", "user_team": "T1", "channel": "C1"}
    sender = sender_of(
        {
            "type": "event_callback",
            "team_id": "T9",
            "enterprise_id": "E9",
            "api_app_id": "A1",
            "is_ext_shared_channel": is_shared,
            "authorizations": [{"team_id": sent_for}],
            "event": event,
        }
    )
    assert is_addressed(sender, Workspace("T1", "", "A1")) is is_ours


@pytest.mark.parametrize(
    ("sent_for", "is_ours"),
    [(["T1"], True), (["T9", "T1"], True), (["T9"], False), ([None], True), ([], True), (None, True)],
)
def test_an_event_that_was_sent_for_another_installation_only_is_not_ours(
    sent_for: list[str | None] | None, is_ours: bool
) -> None:
    authorizations = sent_for and [{"team_id": each} for each in sent_for]
    sender = sender_of({"team_id": "T1", "api_app_id": "A1", "event": {"user": "U1"}, "authorizations": authorizations})
    assert is_addressed(sender, Workspace("T1", "", "A1")) is is_ours


def test_a_reaction_is_where_its_message_is() -> None:
    inner = {"type": "reaction_added", "user": "U1", "item": {"type": "message", "channel": "C1", "ts": "1.2"}}
    sender = sender_of({"team_id": "T1", "event": inner})
    assert (sender.channel_id, sender.is_shared_channel) == ("C1", None), "nobody has said who is in it"
    shared = sender_of({"team_id": "T1", "event": inner, "is_ext_shared_channel": True})
    assert shared.is_shared_channel is True
