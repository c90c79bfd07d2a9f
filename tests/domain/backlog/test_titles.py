"""What items are called: each title is read without its thread, in a backlog of fifty."""

from __future__ import annotations

import pytest

from tests import drafting, titles
from tests.conftest import NIGHT
from tests.domain.backlog.test_drafts import draft


@pytest.mark.parametrize(
    ("said", "title"),
    [
        # who would do it, and how it is said to somebody
        (["We need a Helm chart.", "And someone should review our manifests"], "Review our manifests"),
        (["We want OpenTelemetry.", "So: somebody who carries the agent into our images"], "Carry the agent into"),
        (["Who creates the app in Okta?"], "Create the app in Okta"),
        (["DevOps has to raise our namespace quota"], "Raise our namespace quota"),
        (["I mean a shared layer for Python 3.13, please"], "A shared layer for Python 3.13"),
        (["We should ask for a base image with PHP 8.3"], "A base image with PHP 8.3"),
        # what "it" is stands before, or is a technology named there
        (["The deploy to staging takes 40 minutes", "something for DevOps to look into?"], "The deploy to staging"),
        (
            ["PAY-88: one of us compares the ledger export by hand. Could DevOps give us a nightly job that does it?"],
            "A nightly job: one of us compares the ledger export by hand",
        ),
        (
            ["Deploys to staging take 40 minutes", "it was 10 min in summer", "something for DevOps to look into?"],
            "Deploys to staging take 40 minutes",
        ),
        (["Only Ruth knows MongoDB.", "We'd want it hosted, with backups"], "MongoDB: hosted, with backups"),
        (["The CUPS queue is rewritten every week.", "Could we get a script for that?"], "CUPS: a script"),
        # too little to know what is meant
        (["Triton would run it. So DevOps hosts Triton, and we get a bucket"], "Triton Inference Server: a bucket"),
        (["We need a tool. List of ids in, reboot, wait, report"], "A tool: list of ids in, reboot, wait, report"),
        (["We can't merge anything in billing-core, we have no rights there"], "Rights: we can't merge anything"),
        # the words at the end lead nowhere
        (["We need a template repo with the lock file, from which the kernel gets built"], "A template repo with the"),
    ],
)
def test_a_title_says_what_is_wanted_without_the_thread(said: list[str], title: str) -> None:
    found = [item.title for item in draft(*said).items]
    assert any(each.startswith(title) for each in found), found


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("We need a chart and a Postgres", ["A chart", "A Postgres"]),
        ("We need a bucket by Friday", ["A bucket"]),
        ("need a bot token though", ["A bot token"]),
        ("We need the vhost created by Friday please", ["The vhost created"]),
        ("We need an OpenSearch index, managed by you", ["An OpenSearch index, managed by you"]),
        ("checkout needs a queue: please set up a RabbitMQ vhost for us", ["Set up a RabbitMQ vhost for us"]),
        ("we need a chart and somebody who reviews our values", ["A chart", "Review our values"]),
        ("then we need two queues with a DLQ and an alarm", ["Two queues with a DLQ and an alarm"]),
    ],
)
def test_a_title_holds_all_of_a_wish_and_nothing_of_what_stands_around_it(said: str, titles: list[str]) -> None:
    assert [item.title for item in draft(said).items] == titles


@pytest.mark.parametrize(
    "title", ["Look into", "A nightly job and", "Now there's the new runner", "It", "That thing", "A bucket", "Upgrade"]
)
def test_what_is_no_title(title: str) -> None:
    assert list(titles.faults(title))


def test_few_titles_of_threads_that_were_read_say_too_little() -> None:
    labelled = [each for name in ("own", "voices", "turns", "quoted_a") for each in drafting.read(name)]
    read = labelled if NIGHT else labelled[::3]  # to draft them all takes four seconds
    called = [item["title"] for each in read for item in drafting.drafted(each)["items"]]
    faulty = [each for each in called if list(titles.faults(each))]
    assert len(faulty) <= 0.02 * len(called), faulty
