"""How far a word holds in a thread: up to the next name, clause, speaker, or day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.backlog import drafts, technologies, threads
from bot.domain.backlog.drafts import Draft

MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


def draft(*said: str, days: int = 0) -> Draft:
    """Return the draft of a thread; `days` lie before its last message."""
    messages = []
    for at, text in enumerate(said):
        when = MONDAY + timedelta(seconds=at, days=days if at == len(said) - 1 else 0)
        messages.append({"ts": f"{when.timestamp():.6f}", "user": f"U{at % 2}", "text": text})
    return drafts.draft(threads.read({"ok": True, "messages": messages}), technologies.known())


def named(found: Draft) -> set[str]:
    return {each.value for each in found.technologies}


def gaps(found: Draft) -> set[str]:
    return {each.value for each in found.skills_gaps}


@pytest.mark.parametrize(
    ("said", "wanted", "rejected"),
    [
        (("So Kafka it is, no RabbitMQ", "we need a topic with seven days of retention"), "kafka", "rabbitmq"),
        (("security says no TeamViewer.", "we need a jump host with WireGuard"), "wireguard", "teamviewer"),
        (("ccache?", "it has remote storage too but ok sccache", "we need a bucket for it"), "sccache", "ccache"),
        (
            ("PagerDuty? Opsgenie?", "the company signed with PagerDuty last week", "please set up our schedule"),
            "pagerduty",
            "opsgenie",
        ),
        (("Datadog APM", "finance laughed", "then Prometheus. We need a Prometheus for us"), "prometheus", "datadog"),
    ],
)
def test_what_is_refused_is_the_name_behind_the_no_and_what_is_left_when_another_one_is_taken(
    said: tuple[str, ...], wanted: str, rejected: str
) -> None:
    found = named(draft(*said))
    assert wanted in found
    assert rejected not in found


def test_what_is_named_beside_a_choice_is_not_left_out_by_it() -> None:
    found = draft(
        "pgvector is one extension away", "RDS allows it?", "so RDS with pgvector. can we have that in staging?"
    )
    assert {"pgvector", "amazon-rds"} <= named(found)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        (("We need a helm chart for our service.", "I can do Python, not Helm"), {"helm"}),
        (("We need an EMQX cluster.", "I've worked with Mosquitto a lot, not with EMQX"), {"emqx"}),
        (("we need a Meilisearch instance.", "API keys via Vault.", "never run it"), {"meilisearch"}),
        (("We need a Spark job.", "I'm a Spark person"), set()),
    ],
)
def test_a_missing_skill_is_about_what_its_clause_names(said: tuple[str, ...], lacking: set[str]) -> None:
    assert gaps(draft(*said)) == lacking


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        (("coffee is no cost. What we need is a new VM for the builds",), ["A new VM for the builds"]),
        (("we need access to Airflow.", "Nothing else?", "nothing else"), ["Access to Airflow"]),
        (("No new database please, nobody has time",), []),
        (("how do I get a shell in the staging pod again?",), []),
        (
            ("we'd need a starter library from DevOps, plus a bucket for the reports",),
            ["A starter library from DevOps", "A bucket for the reports"],
        ),
        (
            ("devops must raise our namespace quota and give us a Redis for the locks",),
            ["Raise our namespace quota", "A Redis for the locks"],
        ),
        (("it fails again, can devops look at the pipeline?", "sorry, restored, please retry"), []),
    ],
)
def test_what_is_asked_for_ends_with_its_clause(said: tuple[str, ...], titles: list[str]) -> None:
    assert [item.title for item in draft(*said).items] == titles


def test_help_is_quoted_with_what_it_is_for() -> None:
    found = draft(
        "Login goes through Keycloak, I have no idea how its clients work", "so ask for an hour with someone who has?"
    )
    assert any("Keycloak" in item.why for item in found.items)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("somebody has to restart it by hand, 15 minutes, seven days a week, can devops script that?", 7.58),
        ("Every week I spend an afternoon on it, can devops script that?", 17.32),
        ("the report takes Lars 3 hours each month, can devops script that?", 3.0),
    ],
)
def test_time_is_somebodys_and_days_a_week_are_a_rate(said: str, hours: float | None) -> None:
    found = draft(said).hours
    assert (found and found.monthly) == (hours and pytest.approx(hours, abs=0.05))


def test_a_day_takes_its_month_from_the_words_before() -> None:
    found = draft("please raise our quota before the May run, which is on the 30th")
    assert found.needed_by is not None
    assert found.needed_by.day.isoformat() == "2027-05-30"
