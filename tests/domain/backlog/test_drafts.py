"""From a thread to a draft: each rule beside a thread where it must not apply, and whatever else people post."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog import drafts, item_types, technologies, threads
from bot.domain.backlog.demand import Slowdown
from bot.domain.backlog.drafts import Draft
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.backlog.threads import Thread
from tests import drafting

WORDS = (
    *("we", "need", "a", "kafka", "topic", "by", "friday", "3", "hours", "each", "week", "nobody", "has", "used", "it"),
    *("or", "not", "instead", "of", "is", "are", "the", "and", ",", ".", "?", "!", "`", "(", ")", "```", "-", "1)"),
    *("devops", "please", "can", "never", "mind", "every", "end", "q2", "before", "31", "february", "monday", "our"),
)
MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


def thread(*said: str, **fields: Any) -> Thread:
    """Return a thread of two people, in turn."""
    messages = []
    for at, text in enumerate(said):
        messages.append({"ts": f"{MONDAY.timestamp() + at:.6f}", "user": f"U{at % 2}", "text": text} | fields)
    return threads.read({"ok": True, "messages": messages})


def draft(*said: str, **fields: Any) -> Draft:
    """Return the draft of a thread of two people."""
    return drafts.draft(thread(*said, **fields), technologies.known())


def kinds(found: Draft) -> list[str]:
    return [item.type.value for item in found.items]


def rejected(*said: str) -> set[str]:
    """Return what the rules take a thread to decide against."""
    return set(drafts.read(thread(*said), technologies.known()).taken.rejected)


def named(found: Draft) -> list[str]:
    return [each.value for each in found.technologies]


def gaps(found: Draft) -> list[str]:
    return [each.value for each in found.skills_gaps]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("We need a PostgreSQL database for the ledger.", "infrastructure"),
        ("Can we get read access to the S3 bucket?", "access"),
        ("Could somebody from devops give us an introduction to Ansible?", "coaching"),
        ("We need a preview environment per pull request.", "environment"),
        ("Please add a nightly stage to the GitLab pipeline.", "pipeline"),
        ("I'd like a Terraform module for our queues.", "library"),
        ("A script that deletes old thumbnails would help us.", "script"),
        ("We want an endpoint where we can POST redirects.", "api_service"),
        ("Can devops look into the failing Cypress runs?", "support"),
    ],
)
def test_an_ask_becomes_an_item_of_its_kind(said: str, kind: str) -> None:
    found = draft(said)
    assert kinds(found) == [kind]
    assert found.items[0].why == said


@pytest.mark.parametrize(
    "said",
    [
        "Do we need a Redis for this?",
        "We don't need a new database.",
        "The Grafana dashboard looks great now.",
        "Does anybody know when the Kubernetes upgrade is?",
    ],
)
def test_what_asks_for_nothing_becomes_no_item(said: str) -> None:
    assert draft(said).items == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("The MySQL 5.7 database has to be upgraded", ["infrastructure"]),
        ("The old test has to be deleted", []),
        ("There is still no staging environment for the portal", ["environment"]),
        ("There is no problem with the staging environment", []),
        ("What about a sandbox for partners?", ["environment"]),
        ("What about lunch?", []),
        ("We should talk about the database at some point", []),
        ("If we have to share the database again, I scream", []),
    ],
)
def test_what_has_to_be_and_is_not_there_is_asked_for(said: str, wanted: list[str]) -> None:
    assert kinds(draft(said)) == wanted


def test_the_answer_to_what_is_needed_is_asked_for() -> None:
    answer = "- a cluster in staging\n- a job in the pipeline"
    assert kinds(draft("What do you need from devops?", answer)) == ["infrastructure", "pipeline"]
    assert draft("What did we have last year?", "a cluster, badly named").confidence < 0.7


def test_a_verb_alone_does_not_say_what_kind_of_thing_is_asked_for() -> None:
    assert kinds(draft("can somebody from devops extend ours for the shop?")) == ["infrastructure"]


@pytest.mark.parametrize(
    "said",
    [
        "marketing cancelled the campaign. no hurry any more",
        "there's no deadline any more",
        "No hurry any more, marketing has cancelled the launch event",
        "Forget the date, we open later",
        "it is no longer urgent",
        "The deadline is off the table.",
    ],
)
def test_a_day_is_taken_back(said: str) -> None:
    asked = "We need a staging environment for the loyalty app by Friday."
    found = draft(asked, said)
    assert (kinds(found), found.needed_by) == (["environment"], None)
    later = draft(asked, said, "The audit needs it by 12 March, though.")
    assert later.needed_by is not None
    assert later.needed_by.day == date(2027, 3, 12)


@pytest.mark.parametrize("said", ["no hurry, the end of next week is fine", "No rush with the docs for it."])
def test_who_has_time_takes_no_day_back(said: str) -> None:
    found = draft("We need a staging environment for the loyalty app by next Friday.", said)
    assert found.needed_by is not None
    assert found.needed_by.day == date(2027, 3, 12)


def test_what_something_is_needed_for_can_be_sooner_than_its_day() -> None:
    asked = "We need an S3 bucket by 22 April."
    found = draft(asked, "careful, the dress rehearsal is on 14 April and we need the bucket for that")
    assert found.needed_by is not None
    assert found.needed_by.day == date(2027, 4, 14)


@pytest.mark.parametrize("said", ["no wait, rather Postgres, we all know Postgres", "make that PostgreSQL, sorry"])
def test_what_is_asked_for_stays_where_another_technology_takes_its_place(said: str) -> None:
    found = draft("Please create a MySQL database for the coupon service.", said, "We need nightly backups, too.")
    assert found.items[0].title == "Create a PostgreSQL database for the coupon service"
    assert named(found) == ["postgresql"]


@pytest.mark.parametrize("asked", ["We need RabbitMQ for the orders.", "We need a RabbitMQ cluster.", "RabbitMQ?"])
def test_what_is_taken_instead_takes_the_place_of_what_was_named(asked: str) -> None:
    found = draft("We need a staging environment.", asked, "Let's take NATS instead")
    assert named(found) == ["nats"]


def test_work_on_a_thing_by_its_name_is_a_wish_of_its_own() -> None:
    found = draft("We need a Kafka topic for orders.", "Please upgrade payments-db")
    assert [each.title for each in found.items] == ["A Kafka topic for orders", "Upgrade payments-db"]
    again = draft("Please upgrade payments-db to 16.", "we need the upgrade of payments-db this week")
    assert len(again.items) == 1


def test_a_choice_that_is_revised_leaves_no_item() -> None:
    asked = "We need a topic with 7 days retention."
    found = draft("I'd go with RabbitMQ, I know it", "They only publish to Kafka. So Kafka it is, no RabbitMQ", asked)
    assert not [each.title for each in found.items if each.title.startswith("Go with")]


def test_what_is_asked_for_anew_is_not_asked_for_twice() -> None:
    found = draft(
        "We need a MySQL database for coupons.", "no wait, rather Postgres", "We need a Postgres database then."
    )
    assert [each.title for each in found.items] == ["A Postgres database"]


@pytest.mark.parametrize("said", ["and please no downtime", "please not on Friday", "pls don't touch the runners"])
def test_what_is_asked_not_to_be_is_no_wish(said: str) -> None:
    found = draft("We need a Postgres database for coupons.", "we run 12 services on it", said)
    assert [each.title for each in found.items] == ["A Postgres database for coupons"]


def test_what_is_somebody_elses_to_decide_is_asked_of_nobody_here() -> None:
    asked = ("our gpu box died again", "can we get budget for a second one?")
    assert draft(*asked, "that's a question for finance, not devops", "ok").items == ()
    assert draft(*asked, "that's a question for devops, not finance", "ok").items


def test_what_somebody_keeps_doing_by_hand_does_not_stay_with_the_team() -> None:
    found = draft("I keep running the year-end script by hand.", "Can this be a cron job somewhere?")
    assert ([each.title for each in found.items], found.stays_with_team) == (["A cron job somewhere"], ())


@pytest.mark.parametrize("means", ["mail", "e-mail", "post", "fax"])
def test_by_which_means_something_comes_is_no_deadline(means: str) -> None:
    assert draft("We need an SFTP endpoint.", f"files come by {means} today").needed_by is None


def test_a_question_among_the_team_keeps_no_part_with_it() -> None:
    asked = "Can somebody set up an OpenSearch cluster for us?"
    assert draft("Should we take Elasticsearch or OpenSearch?", "Then OpenSearch.", asked).stays_with_team == ()
    found = draft("We take care of the mappings ourselves, ok?", asked)
    assert [each.value for each in found.stays_with_team] == ["We take care of the mappings ourselves, ok?"]


def test_help_is_asked_for_where_something_is_broken() -> None:
    assert kinds(draft("The Jenkins job hangs since this morning, can somebody please help?")) == ["support"]
    assert kinds(draft("Can somebody please set up the Jenkins job?")) == ["pipeline"]


def test_a_new_thing_keeps_its_kind_whatever_it_deals_with() -> None:
    assert kinds(draft("Could DevOps build us a pipeline in GitLab CI that retries failed jobs?")) == ["pipeline"]
    assert kinds(draft("Could DevOps set up a cluster that fails over by itself?")) == ["infrastructure"]
    assert kinds(draft("We need a dashboard that shows the deploy pipeline.")) == ["infrastructure"]
    assert kinds(draft("We need a library which talks to the message broker.")) == ["library"]
    assert kinds(draft("We need something that cleans up the build cache.")) == ["script"]


def test_it_stands_for_what_was_named_before() -> None:
    found = draft("A read replica would take the load off.", "can we have that?")
    assert [item.title for item in found.items] == ["A read replica"]
    assert draft("Ramen would be nice.", "can we have that?").items == ()


def test_points_of_a_list_of_one_kind_are_items_of_their_own() -> None:
    found = draft("needed from devops:\n- rotate the password of the database\n- enable MFA on the Argo CD login")
    assert kinds(found) == ["access", "access"]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (["WHAT: import of CSV files into our bucket, as a scheduled job in Argo Workflows"], ["pipeline"]),
        (["could there be a little service where we create links ourselves?"], ["api_service"]),
    ],
)
def test_a_form_and_a_question_ask_for_a_thing(said: list[str], wanted: list[str]) -> None:
    assert kinds(draft(*said)) == wanted


def test_a_wish_that_is_repeated_is_one_item() -> None:
    assert len(draft("We need a Kafka topic for invoices.", "Please create the Kafka topic this week").items) == 1
    assert len(draft(*[f"We need Kafka topic {at} for invoices" for at in range(99)]).items[0].why) < 800
    assert len(draft("We need a Kafka topic for invoices.", "We also need a MySQL database").items) == 2


def test_alternatives_that_nobody_chose_from_are_a_question() -> None:
    found = draft("We need a schema registry: Apicurio or Karapace, no preference")
    assert found.questions == ("Which of Apicurio, Karapace is it to be?",)
    assert draft("We need a schema registry: Apicurio or Karapace?", "Karapace please").questions == ()


@pytest.mark.parametrize(
    "end",
    ["never mind, it works again", "devops did it yesterday", "let's park it until next year", "forget it"],
)
def test_the_last_words_take_a_wish_back(end: str) -> None:
    assert draft("We need a Kafka topic for invoices", end).items == ()
    assert draft(end, "We need a Kafka topic for invoices").items != ()


@pytest.mark.parametrize(
    "end", ["so no second Redis", "ok, no Redis then", "forget devops", "so no cache, scrap the ticket"]
)
def test_the_last_words_take_back_what_they_name_or_all_of_it(end: str) -> None:
    assert draft("We need a second Redis for the sessions.", "it's one line in our own repo", end).items == ()


def test_two_new_things_in_one_sentence_are_a_list_of_wishes() -> None:
    talk = ["we run ten of those", "true", "and with pride", "since 2019"]
    found = draft("we need our own Kafka cluster", *talk, "a bucket in eu-west, and a role for the two services")
    assert kinds(found) == ["infrastructure", "infrastructure", "access"]


def test_a_recap_takes_the_place_of_what_was_asked_for_before() -> None:
    talk = [
        "I'd like something for the signing keys, a box under my desk",
        "we need a Mac with fastlane",
        "no Mac, a runner",
    ]
    recap = "then a request for devops: a signing workflow in GitHub Actions, plus a bucket for the certificates"
    assert kinds(draft(*talk, recap)) == ["pipeline", "infrastructure"]
    assert kinds(draft(recap, "and a read-only role on it")) == ["pipeline", "infrastructure", "access"]


def test_what_is_put_off_is_what_was_asked_for() -> None:
    wish = "We need a bucket for the certificates."
    assert kinds(draft(wish, "and the bucket?", "Not this quarter.")) == []
    assert kinds(draft(wish, "Not this quarter.")) == []


def test_of_course_is_no_course() -> None:
    assert item_types.named("of course") is None
    assert item_types.named("of a course") is not None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("A Terraform module for the audit bucket", ItemType.LIBRARY),
        ("Read access to the audit bucket", ItemType.COACHING),  # its own words: somebody has chosen the kind
        ("Read access to the audit bucket, in production", ItemType.COACHING),
        ("Set up the audit", ItemType.COACHING),  # a verb alone names no kind
        ("Something else", ItemType.COACHING),
    ],
)
def test_an_item_that_is_called_anew_is_of_the_kind_that_its_words_name(title: str, kind: ItemType) -> None:
    item = RequestItem(ItemType.COACHING, "Read access to the audit bucket")
    assert item_types.retitled(item, title).type is kind


@pytest.mark.parametrize(
    "said", ["The audit got cancelled.", "Sorry, the call was postponed.", "The flight is cancelled."]
)
def test_an_event_that_is_cancelled_takes_no_wish_back(said: str) -> None:
    wish = "We need a CI pipeline for billing."
    assert len(draft(wish, said).items) == 1
    assert draft(wish, "This request is cancelled, thanks.").items == ()


@pytest.mark.parametrize("text", ["&#" + "1" * 4301 + ";", "```&#" + "1" * 5000 + ";```", "&#x41;"])
def test_what_only_looks_like_a_character_is_left_out(text: str) -> None:
    assert len(draft(f"We need a Postgres database {text}").items) == 1


def test_a_question_how_things_are_is_no_wish() -> None:
    wish = "We need a Redis for the sessions."
    assert len(draft(wish, "and the cache keys have a ttl?").items) == 1
    assert len(draft(wish, "and a script that warms the cache?").items) == 2


def test_what_the_team_does_itself_stays_with_it() -> None:
    found = draft("We need the broker upgrade for RabbitMQ.", "Converting the queues is our part.")
    assert kinds(found) == ["infrastructure"]
    assert [each.value for each in found.stays_with_team] == ["Converting the queues is our part."]


def test_each_kind_of_item_says_who_builds_it_and_whose_it_is_afterwards() -> None:
    owns = {item: drafts.Item(item, "", "", 0).work.owns for item in ItemType}
    assert [owns[each] for each in (ItemType.LIBRARY, ItemType.SCRIPT, ItemType.API_SERVICE)] == ["devops"] * 3
    assert [owns[each] for each in (ItemType.INFRASTRUCTURE, ItemType.PIPELINE, ItemType.ENVIRONMENT)] == ["team"] * 3
    assert owns[ItemType.ACCESS] == owns[ItemType.COACHING] == ""


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("We need a Go module proxy", ["go"]),
        ("We need a `go` toolchain on the runner", ["go"]),
        ("We need a database, let's go", []),
        ("We need a Helm chart", ["helm"]),
        ("We need an environment, take the helm", []),
        ("We need access to Vault 1.15", ["vault"]),
        ("We need a key to the vault in the cellar, and access", []),
        ("We need a postgres16 database", ["postgresql"]),
        ("We need a .NET image", ["dotnet"]),
        ("We need access to host.example.net", []),
        ("We need a C++ library", ["c++"]),
        ("We need a library, option C", []),
        ("We need a cluster to make tests faster", []),
        ("We need a `make` target in the pipeline", ["make"]),
        ("We need 2 runners, we go live in 3 weeks", []),
        ("We need an image with R 4.4", ["r"]),
        ("We need a database, said in jest", []),
        ("We need access to Consul in the hub", ["consul"]),
        ("Vault. We need read access", ["vault"]),
        ("We need a network for the Raspberry Pis", ["raspberry-pi"]),
        ("We need a cluster of Apache Kafka Connect", ["kafka-connect"]),
        ("We need a cluster, to have slack in the tests", []),
        ("We need a module, each time we add a queue it's forgotten", []),
        ("We need more memory, since every code deploy takes a day", []),
    ],
)
def test_an_ambiguous_name_needs_evidence(said: str, wanted: list[str]) -> None:
    assert named(draft(said)) == wanted


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (["We need a cluster.", "BigQuery?", "no, not BigQuery. ClickHouse"], ["clickhouse"]),
        (["We'd like a flag service: Unleash instead of LaunchDarkly"], ["unleash"]),
        (["We need a database cluster", "MySQL or PostgreSQL?", "PostgreSQL please"], ["postgresql"]),
        (["We need a database cluster, MySQL or PostgreSQL, no preference"], ["mysql", "postgresql"]),
        (["SageMaker or Vertex AI, I don't mind.", "We need a bigger notebook"], ["amazon-sagemaker", "vertex-ai"]),
        (["Please migrate our Jenkins library"], ["jenkins"]),
        (["We need a Kafka topic, we have no Kafka yet"], ["kafka"]),
    ],
)
def test_what_is_decided_against_is_not_offered(said: list[str], left: list[str]) -> None:
    assert named(draft(*said)) == left


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        (["We need a Nomad job.", "nobody here has used Nomad"], ["nomad"]),
        (["We need a Nomad job.", "does anybody know Nomad?", "nope"], ["nomad"]),
        (["We need a Nomad job.", "does anybody know Nomad?", "yes, I have run it for years"], []),
        (["We need a Nomad job.", "does anybody know Nomad?", ":grimacing:"], ["nomad"]),
        (["We need a Nomad job.", "does anybody know Nomad?", ":raised_hand:"], []),
        (["We need a Nomad job.", "does anybody know Nomad?", ":grimacing: I do, since years"], []),
        (["We need a Puppet module.", "only Mattias can write Puppet"], ["puppet"]),
        (["We need a Kafka topic.", "nobody sees when Kafka fails"], []),
        (["We need a Kafka topic.", "no idea why Kafka is slow"], []),
        (["We need a Kafka topic.", "no idea how Kafka works"], ["kafka"]),
        (["We need a Conan remote. We know Conan well enough"], []),
        (["We need a Helm chart.", "the only one who understood Helm is gone since May"], ["helm"]),
        (["We need a Helm chart.", "Kim built it with Helm", "Kim left in May"], ["helm"]),
        (["We need a Nomad job.", "Nomad is a white spot for us"], ["nomad"]),
        (["We need a Kafka topic and a Flink job.", "Kafka we know well, Flink none of us has seen"], ["flink"]),
        (["We need a Kafka topic.", "only admins can create Kafka topics"], []),
        (["We need a Kafka topic.", "the Kafka cluster has not been created yet"], []),
        (["We need an MQTT broker.", "HiveMQ or EMQX, no preference", "I've operated neither"], ["hivemq", "emqx"]),
        (["We need a Helm chart.", "is it only me?", "what's ours?"], []),
        (["We need a Flink job.", "ever operated it?", "Flink, no."], ["flink"]),
        (["We need a pipeline for JCL with Zowe.", "JCL yes, Zowe not once"], ["zowe"]),
        (["We need images. Docker is fine, so is Apptainer, which is Greek to all five of us"], ["apptainer"]),
        (["We need a runner for Rust.", "you are the only one with Rust in his fingers"], ["rust"]),
        (
            ["We need a Helm chart and a Rust runner.", "only Kim knows Rust", "Kim is at chapter 6 of the book"],
            ["rust"],
        ),
        (["We need a dbt job in Airflow.", "neither of us is a dbt person"], ["dbt"]),
        (["We need a repo for `flux get kustomizations`.", "none of us had opened it before"], ["flux"]),
        (["We need a WebAssembly host.", "did you watch the WebAssembly talk?"], []),
        (["We need an OPC UA client. The monitors speak OPC UA", "OPC UA is fog for us"], ["opc-ua"]),
        (["We need a k6 operator.", "Gatling I know, k6 I don't"], ["k6"]),
        (["We need a k6 operator.", "k6 I don't know, it's JavaScript", "k6, we'll manage"], []),
        (["We need events sent through Kafka, in a topic.", "it's fog for us"], ["kafka"]),
    ],
)
def test_a_gap_is_a_skill_that_is_said_to_be_missing(said: list[str], lacks: list[str]) -> None:
    assert gaps(draft(*said)) == lacks


@pytest.mark.parametrize(
    ("said", "monthly"),
    [
        ("It costs us 6 hours a sprint", 12.99),
        ("It costs Eve and me 2 hours a week each", 17.32),
        ("I restart it every morning, half an hour", 10.82),
        ("That is 20 minutes each time, 3 times a week", 4.33),
        ("It takes me a full day each quarter", 2.67),
        ("It takes me 45 minutes every Monday and Thursday", 6.5),
        ("The jobs queue for 40 minutes every day", None),
        ("The outage was 6 hours", None),
        ("It runs at 5 in the morning", None),
        ("Setting it up was 2 days once", None),
        ("5 people x 2 hours per month", 10),
        ("half an hour every Monday and every Thursday", 4.33),
        ("We lose 1h 30m a week", 6.5),
        ("It costs us 1h30 a week", 6.5),
        ("That is 1:30 h a week", 6.5),
        ("It takes me 1 hour 30 minutes a week", 6.5),
        ("We lose an hour and 15 minutes a week", 5.41),
        ("We lose 2 days and 4 hours a month", 20),
        ("We lose 2d 4h a month", 20),
        ("We lose 2 hours and 3 people wait, each week", 8.66),
        ("They get 5 or 6 of these a month, each new one takes them 3 days", None),
    ],
)
def test_hours_have_a_rate_or_are_none(said: str, monthly: float | None) -> None:
    hours = draft("We need a script for the restarts.", said).hours
    assert (None if hours is None else hours.monthly) == (None if monthly is None else pytest.approx(monthly, abs=0.02))


def test_who_says_what_it_costs_is_understood_without_a_wish() -> None:
    found = draft("Month-end JCL eats 6 hours a month.", "Zowe is fog for us")
    assert ([each.title for each in found.items], gaps(found)) == (["Zowe"], ["zowe"])
    assert "zowe" in named(found)
    found = draft("Unleash or LaunchDarkly?", "Unleash then", "nobody here has run it", "5 of us wait 4 hours a month")
    assert ([each.title for each in found.items], gaps(found)) == (["Unleash"], ["unleash"]), (
        "no sentence that names what is left out"
    )
    assert named(draft("Month-end JCL eats our time.", "Zowe is fog for us")) == []


def test_a_day_is_understood_without_a_wish_beside_what_nobody_can_do() -> None:
    lacking = ("Polyspace on the server then?", "None of us has ever used Polyspace.", "Delivery 2 is on 30 April.")
    found = draft(*lacking)
    assert [each.title for each in found.items] == ["Polyspace on the server"]
    assert (gaps(found), found.needed_by and found.needed_by.day) == (["polyspace"], date(2027, 4, 30))
    assert draft("Who comes to the run?", "It is on 30 April.").needed_by is None
    assert draft(*lacking, "Never mind, the vendor does it.").needed_by is None


@pytest.mark.parametrize("said", ["The test server came on the 20th.", "It is still on our list from August."])
def test_a_day_from_which_something_is_there_is_none(said: str) -> None:
    assert draft("We need read access to the ledger DB.", said).needed_by is None


def test_hours_without_a_cadence_are_asked_about() -> None:
    found = draft("We need a script instead of my 5 hour checklist each time we release")
    assert found.hours is not None
    assert (found.hours.amount, found.hours.monthly) == (5, None)
    assert found.questions == ("How many times a month does it take 5 hours?",)


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("3 of us are stuck", 3),
        ("I'm blocked until then", 1),
        ("the whole team (7 people) is stuck", 7),
        ("4 analysts sit idle", 4),
        ("12,000 customers are waiting", None),
        ("14 tickets are waiting", None),
        ("me + the two postdocs can't train anything", 3),
        ("two squads, eleven people, on hold", 11),
        ("nobody is blocked", None),
        ("the four of us lose 2 hours a week each waiting for it", None),
        ("we lose 2 hours a week and 3 people are stuck", 3),
        ("the run failed 41 of the last 60 nights, Appium can't find a device", None),
    ],
)
def test_people_who_cannot_go_on(said: str, people: int | None) -> None:
    blocked = draft("We need a database.", said).blocked
    assert (None if blocked is None else blocked.people) == people


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("needed by Thursday", "2027-03-04"),
        ("needed before 15 April", "2027-04-15"),
        ("until the 20th please", "2027-03-20"),
        ("by the end of Q2", "2027-06-30"),
        ("deadline is 2027-05-02", "2027-05-02"),
        ("by mid June", "2027-06-15"),
        ("needed by end of next week", "2027-03-12"),
        ("needed in two weeks", "2027-03-15"),
        ("needed by EOD Thursday", "2027-03-04"),
        ("needed by Thursday EOD", "2027-03-04"),
        ("needed by Thursday, end of day", "2027-03-04"),
        ("needed by end of day on 15 April", "2027-04-15"),
        ("needed by close of business Thursday", "2027-03-04"),
        ("needed by COB tomorrow", "2027-03-02"),
        ("needed by EOD", "2027-03-01"),
        ("needed by end of day please", "2027-03-01"),
        ("broken since Monday", None),
        ("the outage on 3 February was long", None),
        ("port 8443, ticket OPS-15, version 4.12", None),
        ("it may be slow", None),
    ],
)
def test_a_date_counts_after_a_cue(said: str, day: str | None) -> None:
    due = draft(f"We need a database, {said}").needed_by
    assert (None if due is None else due.day.isoformat()) == day


def test_today_is_a_date_only_where_the_wish_ends_with_it() -> None:
    narrated = draft("What we need from devops is a Grafana dashboard, today Eve and I spend two hours on exports")
    assert narrated.needed_by is None
    asked = draft("Can devops please create the Grafana dashboard today?")
    assert asked.needed_by is not None


def test_a_later_correction_of_the_date_wins() -> None:
    wish = "We need a GPU quota for the review on 15 March"
    moved = draft(wish, "update: review is on the 18th, not the 15th").needed_by
    assert moved is not None
    assert moved.day.isoformat() == "2027-03-18"
    shifted = draft(wish, "the review was moved by three days").needed_by
    assert shifted is not None
    assert shifted.day.isoformat() == "2027-03-18"


def test_code_names_technologies_and_asks_for_nothing() -> None:
    found = draft("Please look into this:\n```\norg.apache.kafka.common: we need a database\n```")
    assert (kinds(found), named(found)) == (["support"], ["kafka"])


def test_quotes_bots_and_mentions_are_left_out() -> None:
    assert draft("&gt; we need a database").items == ()
    assert draft("We need a database", bot_id="B1").items == ()
    found = draft("<@U1> we need a database for <https://x.example.test/REDIS-1|REDIS-1>")
    assert "U1" not in found.items[0].title


def test_a_new_technology_suggests_what_usually_comes_with_it() -> None:
    found = draft("We need a Cassandra keyspace. Nobody here has ever used Cassandra.")
    assert [item.title for item in found.suggested] == [
        "Terraform module for Cassandra",
        "Client library for Cassandra",
        "Backup and restore of Cassandra",
        "Cassandra in a local container",
    ]


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("shipping-db needs a read replica", ["A read replica for shipping-db"]),
        ("payments-db is full, can devops give it 100 GB more disk?", ["Give payments-db 100 GB more disk"]),
        ("We need a read replica", ["A read replica"]),
    ],
)
def test_what_something_is_needed_for_keeps_its_name(said: str, titles: list[str]) -> None:
    found = draft(said)
    assert [each.title for each in found.items] == titles
    assert found.title == titles[0]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Needed: SQS queue with a dead letter queue", "SQS queue with a dead letter queue"),
        ("We need an S3 bucket for reports", "An S3 bucket for reports"),
        ("DevOps, could you set up K8s namespaces for us?", "Set up K8s namespaces for us"),
        ("please give us a Postgres database", "A Postgres database"),
        ("please upgrade shop-db, two of us are stopped", "Upgrade shop-db"),
        ("We need a module for queues, three of us wait", "A module for queues"),
    ],
)
def test_a_title_says_once_what_is_asked_for(said: str, title: str) -> None:
    assert draft(said).title == title


@pytest.mark.parametrize(
    ("wanted", "title"),
    [("VPN access", "Mirth Connect: VPN access"), ("Read access", "Mirth Connect: read access")],
)
def test_a_technology_that_the_words_of_an_item_lack_stands_before_them(wanted: str, title: str) -> None:
    said = "still no login on the Mirth Connect test server", "none of us can do anything until we have it"
    assert draft(*said, f"{wanted} please, not admin").title == title


def test_the_technology_of_another_item_does_not_stand_in_the_title() -> None:
    found = draft("We need an archive bucket.", "We also need a Jenkins job.")
    assert [each.title for each in found.items] == ["An archive bucket", "A Jenkins job"]
    assert found.title == "An archive bucket and 1 more"


@pytest.mark.parametrize(
    ("said", "people", "share"),
    [
        ("Two of us are at half speed until it is there.", 2, Slowdown.HALF),
        ("3 devs work at half capacity.", 3, Slowdown.HALF),
        ("It slows two of us down.", 2, Slowdown.SLOWED),
        ("Four of us are slowed down by it.", 4, Slowdown.SLOWED),
        ("0.4 of a person is blocked by it.", 1, Slowdown.HALF),
        ("It keeps 0,25 FTE waiting.", 1, Slowdown.SLOWED),
        ("1.5 people are blocked.", 2, None),
        ("Two of us are stuck.", 2, Slowdown.STOPPED),
        ("It blocks me two days a week.", 1, Slowdown.HALF),
        ("2 of us are stuck one day a week.", 2, Slowdown.SLOWED),
    ],
)
def test_who_goes_on_at_less_than_full_speed_is_blocked_in_part(said: str, people: int, share: Slowdown | None) -> None:
    found = draft("We need a preview environment per branch.", said).blocked
    assert found is not None
    assert (found.people, found.share) == (people, share)


@pytest.mark.parametrize("said", ["two of us are stopped", "2 people stopped", "both developers are now stopped"])
def test_stopped_is_stopped(said: str) -> None:
    found = draft(f"We need a database. Without it {said}.")
    assert found.blocked is not None
    assert (found.blocked.people, found.blocked.share) == (2, Slowdown.STOPPED)


def test_the_worked_story() -> None:
    found = draft(
        "New feature in an existing service needs a time-series store (Cassandra), an integration test with Selenium, "
        "and the test framework's dependencies in Jenkins",
        "Terraform has to create the keyspace and we need a CQL library",
        "nobody here has used any of them",
    )
    wanted = {"cassandra", "selenium", "jenkins", "terraform", "cql"}
    assert set(named(found)) == wanted
    assert set(gaps(found)) == wanted
    assert [(item.type.value, item.title) for item in found.items] == [
        ("infrastructure", "A time-series store (Cassandra)"),
        ("pipeline", "An integration test with Selenium"),
        ("pipeline", "The test framework's dependencies in Jenkins"),
        ("infrastructure", "Terraform has to create the keyspace"),
        ("library", "A CQL library"),
    ]
    offered = {item.title for item in found.suggested}
    assert offered >= {"Proof of concept and sample tests with Selenium", "CI stage that runs Selenium"}
    assert offered >= {"Terraform module for Cassandra", "Proof of concept with CQL"}


@pytest.mark.parametrize("document", [{}, {"messages": None}, {"messages": []}, {"messages": [None, 3, {"ts": "x"}]}])
def test_an_empty_thread_asks_for_nothing(document: dict[str, Any]) -> None:
    found = drafts.draft(threads.read(document), technologies.known())
    assert (found.items, found.technologies, found.hours, found.needed_by) == ((), (), None, None)


def test_only_emoji_or_bots_ask_for_nothing() -> None:
    assert draft(":tada: :rocket:").title == ""
    assert draft("We need a database", subtype="bot_message").title == ""


def test_a_technology_named_like_a_broadcast_is_none() -> None:
    found = draft("We need <!channel> and a <!subteam^S1|@devops> database &lt;!channel&gt;")
    assert named(found) == []
    # Escaping is left to rendering: the words are as people wrote them.
    assert "<!channel>" in found.items[0].why


def test_the_text_of_blocks_counts_where_there_is_no_other() -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "We need a Kafka topic"}]}
    found = draft("", blocks=[{"type": "rich_text", "elements": [section]}])
    assert named(found) == ["kafka"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "type", "elements"]), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(["ts", "user", "text", "blocks", "attachments", "bot_id", "subtype"])


@given(st.lists(st.dictionaries(FIELDS, ANYTHING), max_size=4))
def test_no_document_raises(messages: list[dict[str, Any]]) -> None:
    found = drafts.draft(threads.read({"messages": messages}), technologies.known())
    assert isinstance(found.title, str)


@pytest.mark.parametrize("ts", ["", "x", "nan", "inf", "-1e30", "-62135596800", "253402300000", "1e18"])
def test_a_day_that_no_calendar_has_is_no_error(ts: str) -> None:
    message = {"ts": ts, "user": "U1", "text": "We need a database by tomorrow. Two weeks earlier, moved by 12 months"}
    assert kinds(drafts.draft(threads.read({"messages": [message]}), technologies.known())) == ["infrastructure"]


@given(st.lists(st.text(max_size=300), max_size=6))
def test_no_text_raises(said: list[str]) -> None:
    found = draft(*said)
    assert 0 <= found.confidence <= 1


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_no_mixture_of_the_words_that_count_raises(words: list[str]) -> None:
    found = draft(" ".join(words))
    assert len(found.items) <= 12


def test_a_thread_of_ours_is_read_as_slack_sends_it() -> None:
    assert drafting.escaped("a <b> & <https://x.test|c>") == "a &lt;b&gt; &amp; <https://x.test|c>"


BROKER = "We need a message broker in staging for the orders, RabbitMQ."
ROTATION = "We need a script that rotates the keys in Vault."


@pytest.mark.parametrize(
    "said",
    [
        "Kafka costs 900 a month, finance said no.",
        "Legal won't allow Kafka.",
        "We prefer RabbitMQ to Kafka.",
        "Nobody wants to run Kafka.",
        "the alternative, Kafka, was dismissed",
        "kein Kafka bitte",
        "Kafka was on the list too but the board threw it out.",
        "nobody misses Kafka",
        "it's a bit like Kafka, only simpler",
        "Kafka? nope",
        "people keep suggesting Kafka",
    ],
)
def test_an_objection_rejects_what_it_names(said: str) -> None:
    assert named(draft(BROKER, said)) == ["rabbitmq"]


@pytest.mark.parametrize("said", ["nobody here has used Kafka", "no Kafka access yet", "and a bridge to Kafka"])
def test_what_is_missing_of_a_thing_rejects_nothing(said: str) -> None:
    assert "kafka" not in rejected(BROKER, said)


@pytest.mark.parametrize(
    "said",
    [
        "we are not paying for CircleCI",
        "CircleCI gets no more budget",
        "nobody asked for CircleCI",
        "I don't see CircleCI here",
    ],
)
def test_a_denial_is_the_last_word_where_another_one_is_asked_for_later(said: str) -> None:
    before, after = "CircleCI would do that out of the box", "Can devops please set up a workflow in GitHub Actions?"
    assert named(draft(before, said, after)) == ["github-actions"]
    assert "circleci" not in rejected(said, before, after)
    assert "circleci" not in rejected(before, said, "Can devops please set up a workflow there?")


def test_a_no_answers_all_questions_of_a_message() -> None:
    asked = "We need an alert when the Spark job dies"
    assert named(draft(asked, "Dask? Polars?", "no please, not again")) == ["spark"]


def test_one_more_is_no_alternative() -> None:
    wish = "Can devops give us a role in Snowflake?"
    assert draft(wish, "we live in Metabase", "or Airflow?").questions != ()
    assert draft(wish, "we live in Metabase", "and Airflow?").questions == ()


def test_a_choice_rejects_what_was_proposed_before() -> None:
    assert named(draft("We need a search engine", "Elasticsearch?", "licence..", "OpenSearch then, please")) == [
        "opensearch"
    ]


def test_a_no_ends_a_tentative_question() -> None:
    assert draft("Should we ask devops for a bigger database?", "nah, not worth it").items == ()


@pytest.mark.parametrize(
    ("said", "monthly"),
    [("a quarter of an hour, 8 times a week", 8.66), ("jeden Werktag, 15 Minuten von Hand", 5.41)],
)
def test_a_number_is_read_in_other_words_too(said: str, monthly: float) -> None:
    hours = draft(ROTATION, said).hours
    assert hours is not None
    assert hours.monthly == pytest.approx(monthly, abs=0.05)


def test_everybody_who_says_that_they_are_blocked_counts_once() -> None:
    found = draft(ROTATION, "I'm blocked until then", "same here", "I'm blocked, did I say that")
    assert found.blocked is not None
    assert found.blocked.people == 2


def test_a_clause_claims_one_technology_and_another_lacks_one() -> None:
    assert gaps(draft("We need an EMQX bridge to Kafka.", "no experience with EMQX, but we know Kafka well")) == [
        "emqx"
    ]


def test_a_point_of_a_list_is_struck_by_its_number() -> None:
    found = draft("from devops: (a) a Grafana dashboard, (b) a Kafka topic", "(a) exists since May")
    assert [item.title for item in found.items] == ["A Kafka topic"]
    assert "grafana" not in named(found)


def test_one_number_in_brackets_is_no_list() -> None:
    found = draft(ROTATION, "the whole team (7) is stuck")
    assert found.blocked is not None
    assert found.blocked.people == 7


def test_trouble_is_a_request_without_a_wish() -> None:
    assert kinds(draft("Our service won't start since the new Istio came")) == ["support"]
    assert draft("Our service won't start since the new Istio came", "never mind, it was a typo of ours").items == ()


def test_a_guess_needs_a_thing() -> None:
    assert draft("Last year the same, devops raised it the same day, it must run").items == ()


def test_what_is_named_is_the_best_guess_where_nobody_asks_in_words() -> None:
    found = draft("Pulsar was on the table, and fell off it", "three Kafka brokers in eu-west, and ACLs for the ledger")
    assert kinds(found) == ["infrastructure", "access"]
    found = draft("the ledger needs its own Kafka cluster", "billing needs 2 brokers", "We need a role in Grafana")
    assert kinds(found) == ["infrastructure", "infrastructure", "access"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (["events. Kafka?", "Kafka would be nice, but who operates it", "could be NATS",
          "company standard is RabbitMQ, no chance with Kafka", "so RabbitMQ then. We need a vhost"], ["rabbitmq"]),
        (["we could take SOPS", "SOPS was fine at my last job, but rotation was a pain",
          "then Vault. We need a namespace in Vault"], ["vault"]),
        (["I used Cypress in my previous project", "Playwright?", "yes please. We need a CI stage for Playwright"],
         ["playwright"]),
        (["GitHub Actions needs a contract we don't have", "GitLab CI is there. Can devops give us a runner"],
         ["gitlab-ci"]),
        (["Step Functions around it?", "no. We need an SQS queue"], ["amazon-sqs"]),
        (["DuckDB on our laptops", "DuckDB can't be shared so I'd say Trino + Superset, ok for all?",
          "we need a cluster for that"], ["trino", "superset"]),
    ],
)  # fmt: skip
def test_the_last_decisive_words_choose_between_alternatives(said: list[str], left: list[str]) -> None:
    assert named(draft(*said)) == left


def test_a_doubt_rejects_nothing_that_has_no_rival() -> None:
    assert named(draft("The RabbitMQ is slow, but it works.", "We need a vhost in it, please")) == ["rabbitmq"]


def test_a_choice_that_is_left_to_somebody_keeps_what_was_named() -> None:
    found = draft("We need an online store, Bigtable or Redis, I leave that to devops")
    assert named(found) == ["google-cloud-bigtable", "redis"]


def test_a_no_to_the_question_for_a_skill_withdraws_nothing() -> None:
    found = draft("We need a bucket.", "do we know Terraform?", "Nope, nobody in the team has ever used it")
    assert (kinds(found), gaps(found)) == (["infrastructure"], ["terraform"])


def test_a_yes_to_the_question_for_a_skill_is_no_gap() -> None:
    found = draft("We need a load test environment with k6.", "k6 know-how?", "no problem, I have a folder of scripts")
    assert gaps(found) == []


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("We need the SWIFT statements in an S3 bucket.", ["amazon-s3"]),
        ("Plans come in as 400 MB files, we need a bigger Redis.", ["redis"]),
        ("Thank you, Bruno. We need a Kafka topic.", ["kafka"]),
        ("Cloud Composer runs it. We need a role in Composer.", ["google-cloud-composer"]),
    ],
)
def test_a_word_that_only_looks_like_a_technology_is_none(said: str, wanted: list[str]) -> None:
    assert named(draft(said)) == wanted


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            ["the vault module of terraform fails with provider 5, can somebody from devops look at it?"],
            "The vault module of terraform fails with provider 5",
        ),
        (["The deploy of the Jenkins pipeline hangs.", "Could devops fix that for us?"], "The deploy of the Jenkins"),
        (["@devops could you run a managed OpenSearch domain for us?"], "Run a managed OpenSearch domain"),
        (["Can devops give us a bigger runner?"], "A bigger runner"),
        (["Our image lacks fonts. Let's ask them for a base image with fonts."], "A base image with fonts"),
        (["Hi all, Oskar starts on Monday and he needs read access to the logs in Grafana."], "Oskar starts on Monday"),
    ],
)
def test_a_title_names_a_thing(said: list[str], title: str) -> None:
    found = draft(*said)
    assert found.items, said
    assert found.items[0].title.startswith(title), [each.title for each in found.items]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("who can upgrade payments-db for us?", "Upgrade payments-db for us"),
        ("Who could give us access to the staging database?", "Access to the staging database"),
        ("Is there somebody who can set up a runner for us?", "Set up a runner for us"),
        ("any chance somebody from devops can renew the certificate?", "Renew the certificate"),
        ("who would set up Grafana for our team?", "Set up Grafana for our team"),
    ],
)
def test_the_question_who_does_it_is_titled_by_what_is_to_be_done(said: str, title: str) -> None:
    assert [item.title for item in draft(said).items] == [title]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("We need it by tmrw EOD", "2027-03-02"),
        ("Could it be done by the end of the second quarter?", "2027-06-30"),
        ("Sten is away until the 24th. We need a Perforce depot", None),
        ("Apple wants the new Xcode from 1 December, would be good to have a runner by then", "2027-12-01"),
    ],
)
def test_a_day_is_read_as_people_say_it(said: str, day: str | None) -> None:
    by = draft("We need a Kafka topic.", said).needed_by
    assert (by.day.isoformat() if by else None) == day


def test_a_date_that_moves_replaces_the_one_before() -> None:
    by = draft("We need a Kafka topic by 9 March", "correction, it was moved, it's 8 March").needed_by
    assert by is not None
    assert by.day.isoformat() == "2027-03-08"


@pytest.mark.parametrize(
    "answer",
    [
        "that's unrealistic, let's say Friday 19 March",
        "Too early. Let us aim for the 19th of March",
        "let's say 19 March, the launch is the Monday after",
    ],
)
def test_a_day_that_is_turned_down_gives_way_to_the_one_that_is_said_instead(answer: str) -> None:
    found = draft("We need a staging environment.", "end of next week would be great", answer)
    assert found.needed_by is not None
    assert str(found.needed_by.day) == "2027-03-19"


def test_who_is_stuck_may_be_a_question() -> None:
    found = draft("We need a certificate.", "who is stuck?", "Pavel and me completely")
    assert found.blocked is not None
    assert found.blocked.people == 2


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("I'm locked out of the staging ledger db since I joined, Grace and me can't test anything", "Access to the"),
        ("We can't get into the Grafana of prod", "Access to the Grafana of prod"),
        ("403 on the artifacts bucket since this morning", "403 on the artifacts bucket"),
        ("permission denied when I push to the registry", "Permission denied when I push to the registry"),
        ("Since the move we no longer have rights on the payments namespace", "Access to the payments namespace"),
        ("Jo lost his access to Vault", "Access to Vault"),
        ("My account on the bastion was disabled", "My account on the bastion was disabled"),
    ],
)
def test_who_does_not_get_in_asks_for_access(said: str, title: str) -> None:
    [item] = draft(said).items
    assert item.type is ItemType.ACCESS
    assert item.title.startswith(title)
    assert draft(said, "never mind, it works again").items == ()


@pytest.mark.parametrize("said", ["Customers get a 403 on the checkout page", "The build fails with 403"])
def test_what_fails_for_others_is_no_access_of_the_team(said: str) -> None:
    assert "access" not in kinds(draft(f"{said}, can DevOps have a look?"))


def test_people_who_have_nothing_to_do_take_no_wish_back() -> None:
    asked = "The new cutters can't get into Cloudinary. Nothing to do without it."
    assert kinds(draft(asked)) == ["access"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Please bump the base image to node 22.", "we do that ourselves, it's our Dockerfile"),
        ("Could someone upgrade the base image?", "Ana takes that"),
        ("We need a dashboard.", "I'll do it"),
        ("Please migrate the queue.", "I'll do a PR"),
        ("We need a Helm chart.", "the chart is on us"),
    ],
)
def test_what_somebody_of_the_team_takes_over_is_no_longer_asked_for(asked: str, said: str) -> None:
    found = draft(asked, said)
    assert found.items == ()
    beside = draft(asked, said, "And we need a Kafka topic for refunds.")
    assert [item.title for item in beside.items] == ["A Kafka topic for refunds"]
    assert [each.value for each in beside.stays_with_team]


@pytest.mark.parametrize(
    "said", ["once it is there we take it from there", "The code is ours.", "I'll put it on the list for DevOps."]
)
def test_what_the_team_does_beside_it_takes_no_wish_back(said: str) -> None:
    assert len(draft("We need a message queue for orders.", said).items) == 1


@pytest.mark.parametrize(
    "said",
    [
        "load test is week of 14 Dec, so we'd want it on the 11th",
        "Release 3.0 is on 18 December, would be nice before",
        "the audit is in May",
        "our go-live was moved to Friday",
    ],
)
def test_an_event_that_takes_place_is_nothing_to_build(said: str) -> None:
    found = draft("We need an environment that looks like prod.", said)
    assert [item.title for item in found.items] == ["An environment that looks like prod"]
    assert kinds(draft("We need a load test of the checkout.")) == ["pipeline"]
