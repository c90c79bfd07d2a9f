"""What a question in vain may be remembered by."""

from __future__ import annotations

import pytest

from bot.domain.directory.missed_names import asks_owner, can_be_name, is_personal

NAMES = (
    "billing gateway, layoff-planner, acme/checkout, ledger_v2, PaymentsDb, zeppelin, s3-proxy, CRM, i-0abc123def, "
    "billing gateway service, redis7 cluster, kafka consumer-lag exporter, Abrechnungsdienst"
)
NONE = (
    "fire Bob next week, Bob cancer diagnosis, +49 170 1234567, 4111111111111111, 4111-1111-1111-1111, 0170-1234567, "
    "hunter2, salary list Bob, bob@example.test, DE89370400440532013000, 12.5.2026"
)


@pytest.mark.parametrize("name", NAMES.split(", "))
def test_what_an_owner_is_asked_for_of_is_kept_where_it_can_be_a_name(name: str) -> None:
    assert can_be_name(name, is_asked=True)


@pytest.mark.parametrize("name", [*NONE.split(", "), "x" * 61, ""])
def test_what_may_be_somebodys_matter_is_not(name: str) -> None:
    assert not can_be_name(name, is_asked=True)


@pytest.mark.parametrize("name", ["Ada pregnant", "layoffs", "fire Bob", "Bob leaving-party week"])
def test_what_nobody_asks_the_owner_of_is_no_name(name: str) -> None:
    assert not can_be_name(name, is_asked=False)


@pytest.mark.parametrize("name", ["billing-gateway", "billing database", "acme/checkout"])
def test_what_is_written_as_a_name_is_one_wherever_it_stands(name: str) -> None:
    assert can_be_name(name, is_asked=False)


def test_whether_an_owner_is_asked_for() -> None:
    assert asks_owner("who owns the billing gateway?")
    assert asks_owner("wer betreut den Abrechnungsdienst?")
    assert not asks_owner("is Ada pregnant")
    assert not asks_owner("billing gateway")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("who owns Bob's salary?", "Bob salary", True),
        ("who owns my divorce lawyer?", "divorce lawyer", True),
        ("who is zeppelin's owner?", "zeppelin", False),
        ("who's the owner of zeppelin?", "zeppelin", False),
        ("who owns our billing gateway?", "billing gateway", False),
    ],
)
def test_what_is_one_persons(text: str, name: str, expected: bool) -> None:
    assert is_personal(text, name) is expected
