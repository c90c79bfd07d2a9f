"""Baton's own YAML: what it says, and what a hand-written file gets wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import read
from bot.domain.catalog import (
    Area,
    AssetKind,
    Hosting,
    Link,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    OwnVersion,
    Role,
    Runs,
    SourceCatalog,
)
from tests.conftest import examples


@pytest.fixture
def parse(tmp_path: Path):
    def parse(text: str | bytes) -> SourceCatalog:
        file = tmp_path / "catalog.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read("baton", [file])

    return parse


def problems(catalog: SourceCatalog) -> list[tuple[int | None, str]]:
    return [(problem.origin.line, problem.message) for problem in catalog.problems]


def test_a_team_a_person_and_an_asset_with_everything(parse) -> None:
    catalog = parse(
        """\
baton: 1
teams:
  - name: payments
    aliases: [pay, Payments Team]
    formerly: billing
    channel: "#team-payments"
    user-group: "@payments"
    timezone: Europe/London
    lead: amara@fernhill.example
    manager: mona@fernhill.example
    members: [amara@fernhill.example, U0123ABCD]
people:
  - name: Amara Osei
    email: Amara@Fernhill.example
    slack: U0000AAAA
    handle: "@amara"
    timezone: Europe/London
    teams: [payments]
    left: yes
assets:
  - name: payments-db
    kind: database
    description: All card payments.
    owners:
      application: payments
      database: {owner: platform, secondary: [payments]}
    aliases: [pay-db, payments-db]
    addresses: [payments.db.fernhill.example]
    part-of: checkout
    hosting: managed
    tier: 1
    environment: production
    runs: [postgresql@11.22 on aws-rds, {product: pgbouncer, version: "1.21", environment: staging}, {product: glue}]
    links: {runbook: https://wiki.fernhill.example/payments-db}
    tags: {cost-centre: 4100}
"""
    )
    assert catalog.problems == []
    (team,), (person,), (asset,) = catalog.teams, catalog.people, catalog.assets
    assert (team.name, team.aliases, team.former_names) == ("payments", ("pay", "Payments Team"), ("billing",))
    assert (team.channel, team.user_group, team.timezone) == ("#team-payments", "@payments", "Europe/London")
    assert team.manager == "mona@fernhill.example"
    assert (team.lead, team.members) == ("amara@fernhill.example", ("amara@fernhill.example", "U0123ABCD"))
    assert (person.name, person.email, person.handle, person.is_active) == (
        "Amara Osei",
        "amara@fernhill.example",
        "amara",
        False,
    )
    assert (asset.external_id, asset.kind, asset.name) == ("database:payments-db", AssetKind.DATABASE, "payments-db")
    assert asset.owners == (
        OwnerClaim(OwnerRef("payments", written="payments"), Area.APPLICATION),
        OwnerClaim(OwnerRef("platform", written="platform"), Area.DATABASE),
        OwnerClaim(OwnerRef("payments", written="payments"), Area.DATABASE, Role.SECONDARY),
    )
    assert (asset.aliases, asset.parent, asset.hosting, asset.tier) == (("pay-db",), "checkout", Hosting.MANAGED, 1)
    assert asset.runs == (
        Runs("postgresql", "11.22", "aws-rds", "production"),
        Runs("pgbouncer", "1.21", "", "staging"),
        Runs("glue", "", "", "production"),
    )
    assert asset.links == (Link("runbook", "https://wiki.fernhill.example/payments-db"),)
    assert asset.tags == (("environment", "production"), ("cost-centre", "4100"))
    assert (team.origin.line, person.origin.line, asset.origin.line) == (3, 13, 21)


def test_versions_say_until_when_they_are_supported(parse) -> None:
    catalog = parse(
        """\
baton: 1
assets:
  - name: terraform-modules
    kind: library
    versions:
      "1": 2026-12-31
      2: {supported-until: 2027-03-31}
      "3": {}
      4.x:
"""
    )
    assert catalog.problems == []
    assert catalog.assets[0].versions == (
        OwnVersion("1", date(2026, 12, 31)),
        OwnVersion("2", date(2027, 3, 31)),
        OwnVersion("3"),
        OwnVersion("4.x"),
    )


def test_a_version_whose_end_cannot_be_read_is_left_out_and_never_without_an_end(parse) -> None:
    catalog = parse(
        """\
baton: 1
assets:
  - name: terraform-modules
    versions:
      "1": {supported-until: March 2027}
      "2": {supported-untill: 2027-03-31}
      "3":
        supported-until:
          - 2027-02-30
      "": {}
      "a b": {}
      "5": {supported-until: {day: 1}}
  - name: other
    versions: ["1", "2"]
"""
    )
    said = problems(catalog)
    assert [line for line, _ in said] == [5, 6, 6, 9, 8, 10, 11, 12, 12, 14]
    assert "'March 2027' is no day, such as 2027-03-31; version '1' is left out." in said[0][1]
    assert "version '2' has an unknown key 'supported-untill'" in said[1][1]
    assert "did you mean 'supported-until'?" in said[1][1]
    assert "version '2' is left out" in said[2][1]
    assert "'a b' is no version, such as '2' or '2.1'" in said[6][1]
    assert "'versions' is a list where a mapping is expected" in said[9][1]
    assert [asset.versions for asset in catalog.assets] == [(), ()]


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("payments", OwnerRef("payments", OwnerType.UNSAID, "payments")),
        ("team:payments", OwnerRef("payments", OwnerType.TEAM, "team:payments")),
        ("'person: Jo@Example.com'", OwnerRef("jo@example.com", OwnerType.PERSON, "person: Jo@Example.com")),
        ("jo@example.com", OwnerRef("jo@example.com", OwnerType.UNSAID, "jo@example.com")),
        ("'@acme/payments'", OwnerRef("payments", OwnerType.TEAM, "@acme/payments")),
        ("'@jo'", OwnerRef("jo", OwnerType.UNSAID, "@jo")),
        ("on", OwnerRef("on", OwnerType.UNSAID, "on")),
        ("123", OwnerRef("123", OwnerType.UNSAID, "123")),
        ("2024-01-01", OwnerRef("2024-01-01", OwnerType.UNSAID, "2024-01-01")),
        ("[payments]", OwnerRef("payments", OwnerType.UNSAID, "payments")),
    ],
)
def test_an_owner_is_kept_as_written(parse, written: str, owner: OwnerRef) -> None:
    catalog = parse(f"assets:\n  - name: yes\n    owner: {written}\n")
    assert catalog.assets[0].name == "yes"
    assert catalog.assets[0].owners == (OwnerClaim(owner),)
    assert catalog.problems == []


@pytest.mark.parametrize("written", ["", "null", "~", '""', "[]", "['']"])
def test_no_owner_is_no_owner(parse, written: str) -> None:
    catalog = parse(f"assets:\n  - name: a\n    owner: {written}\n")
    assert catalog.assets[0].owners == ()
    assert catalog.problems == []


@pytest.mark.parametrize("zone", ["Europe", "CEST", "europe berlin"])
def test_a_time_zone_that_is_none_is_said_and_left_out(parse, zone: str) -> None:
    lines = ["baton: 1", "teams:", f"  - {{name: payments, timezone: {zone}}}"]
    lines += ["  - {name: search, timezone: Europe/Berlin}", "people:", f"  - {{email: a@x.test, timezone: {zone}}}"]
    catalog = parse("\n".join(lines))
    assert [team.timezone for team in catalog.teams] == ["", "Europe/Berlin"]
    assert [person.timezone for person in catalog.people] == [""]
    sentence = f"'{zone}' is no time zone, so it is left out; write one like Europe/Berlin."
    assert problems(catalog) == [(3, sentence), (6, sentence)]


def test_unowned_on_purpose_keeps_its_reason_and_not_beside_an_owner(parse) -> None:
    catalog = parse("assets:\n- name: a\n  unowned: retired in May\n- name: b\n  unowned: x\n  owner: team\n")
    assert [asset.unowned_reason for asset in catalog.assets] == ["retired in May", ""]
    assert problems(catalog) == [(5, "asset 'b' has both owners and 'unowned'; 'unowned' is ignored.")]


def test_an_unknown_key_is_answered_with_the_nearest(parse) -> None:
    catalog = parse("asets: []\nassets:\n  - name: a\n    ownr: b\n    part_of: c\n    zzzz: 1\n")
    assert [(line, text.partition("; ")[2][:40]) for line, text in problems(catalog)] == [
        (1, "did you mean 'assets'?"),
        (4, "did you mean 'owner'?"),
        (5, "did you mean 'part-of'?"),
        (6, "known are: name, kind, id, namespace, de"),
    ]


def test_a_wrong_value_costs_only_itself(parse) -> None:
    catalog = parse(
        """\
assets:
  - name: a
    kind: databaze
    hosting: cloud
    tier: gold
    runs: [ledger book, "redis@6", mysql]
    links: {chat: "slack://x"}
    owners: {databases: x, ci_cd: delivery}
    aliases: {a: b}
  - [not, a, mapping]
  - kind: service
  - name: b
    description: [1, 2]
people:
  - name: Nobody
  - email: not an address
    handle: jo
"""
    )
    assert [asset.name for asset in catalog.assets] == ["a", "b"]
    first = catalog.assets[0]
    assert (first.kind, first.hosting, first.tier, first.links) == (AssetKind.OTHER, None, None, ())
    assert first.runs == (Runs("ledger book", ""), Runs("redis", "6"), Runs("mysql", "")), "an unknown version is one"
    assert [(claim.owner.name, claim.area) for claim in first.owners] == [("delivery", Area.CI_CD)]
    assert [line for line, _ in problems(catalog)] == [15, 16, 3, 8, 9, 4, 5, 7, 6, 10, 11, 13]
    assert all(problem.is_error for problem in catalog.problems)


def test_links_may_be_written_as_in_backstage(parse) -> None:
    catalog = parse(
        """\
assets:
  - name: a
    kind: service
    links:
      - {title: Runbook, url: "https://wiki.example.com/a", icon: book}
      - url: https://grafana.example.com/a
      - runbook: https://wiki.example.com/b
  - name: b
    kind: service
    links: [{title: Chat, url: "slack://x"}]
"""
    )
    assert catalog.assets[0].links == (
        Link("Runbook", "https://wiki.example.com/a"),
        Link("link", "https://grafana.example.com/a"),
        Link("runbook", "https://wiki.example.com/b"),
    )
    assert [text for _, text in problems(catalog)] == [
        "link 'Chat' has no web address and is left out; start it with https://."
    ]


def test_the_second_of_two_equal_names_is_left_out_and_both_places_are_named(tmp_path: Path) -> None:
    one, two = tmp_path / "1.yaml", tmp_path / "2.yaml"
    one.write_text("baton: 1\nteams: [{name: Payments}]\nassets:\n  - {name: a, owner: x}\n")
    two.write_text(
        "baton: 1\nteams: [{name: payments}]\nassets:\n  - {name: A, owner: x}\n  - {name: a, kind: database}\n"
    )
    catalog = read("baton", [tmp_path])
    assert [(asset.external_id, asset.owners[0].owner.name if asset.owners else "") for asset in catalog.assets] == [
        ("service:a", "x"),
        ("database:a", ""),
    ]
    assert [str(problem) for problem in catalog.problems] == [
        f"{two}:2: team 'payments' is already defined at {one}:2; this one is left out, remove one of them.",
        f"{two}:4: asset 'service:a' is already defined at {one}:4; this one is left out, remove one of them.",
    ]


def test_two_files_that_name_different_owners_of_one_asset_are_both_kept(tmp_path: Path) -> None:
    one, two, three = (tmp_path / f"{number}.yaml" for number in (1, 2, 3))
    one.write_text("baton: 1\nassets: [{name: a, owner: x}]\n")
    two.write_text("baton: 1\nassets: [{name: a, owner: y}]\n")
    three.write_text("baton: 1\nassets: [{name: a}]\n")
    catalog = read("baton", [tmp_path])
    assert [(asset.external_id, asset.owners[0].owner.name) for asset in catalog.assets] == [
        ("service:a", "x"),
        (f"service:a@{two}", "y"),
    ]
    assert [str(problem) for problem in catalog.problems] == [
        f"{two}:2: asset 'service:a' has another owner at {one}:2; both are kept, correct one of them.",
        f"{three}:2: asset 'service:a' is already defined at {one}:2; this one is left out, remove one of them.",
    ]


def test_one_bad_document_does_not_stop_the_others(parse) -> None:
    catalog = parse(
        "assets: [{name: a}]\n---\nassets: [{name: {{ x }} }]\n---\nassets:\n\t- name: c\n---\nassets: [\n"
        "---\nassets: [{name: '${{ values.name }}'}]\n---\nassets: [{name: e, owner: &o x}, {name: f, owner: *p}]\n"
        "---\n- just\n- a list\n---\nassets: [{name: g}]\n"
    )
    assert [asset.name for asset in catalog.assets] == ["a", "g"]
    found = problems(catalog)
    assert [line for line, _ in found] == [3, 6, 9, 10, 12, 14]
    for (_, message), words in zip(
        found, ["{{ }}", "tab", "not valid YAML", "template", "alias '*p'", "not a Baton catalog"], strict=True
    ):
        assert words in message


def test_duplicate_keys_are_reported_with_both_lines(parse) -> None:
    catalog = parse("assets:\n  - name: a\n    owner: x\n    owner: y\n")
    assert catalog.assets[0].owners[0].owner.name == "y"
    assert problems(catalog) == [
        (4, "key 'owner' is already set on line 3; the value here is used, remove one of them.")
    ]


def test_anchors_and_merge_keys(parse) -> None:
    catalog = parse(
        "assets:\n  - &base\n    name: a\n    owner: &o payments\n    tier: 2\n"
        "  - <<: *base\n    name: b\n  - {name: c, owner: *o}\n"
    )
    assert [(a.name, a.owners[0].owner.name, a.tier) for a in catalog.assets] == [
        ("a", "payments", 2),
        ("b", "payments", 2),
        ("c", "payments", None),
    ]
    assert catalog.problems == []


def test_a_billion_laughs_costs_nothing(parse) -> None:
    levels = "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 40))
    merges = "\n".join(f"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}], k{i}: 1}}" for i in range(1, 2_000))
    catalog = parse(
        f"l0: &l0 [ha]\n{levels}\nassets: *l39\n---\nm0: &m0 {{k: 1}}\n{merges}\nassets: [{{name: a}}]\n---\n"
        "assets: &a [*a, {name: b}]\n---\n" + "[" * 5_000 + "\n---\nassets: [{name: z}]\n"
    )
    assert [asset.name for asset in catalog.assets] == ["b", "z"]
    text = "\n".join(message for _, message in problems(catalog))
    assert "repeats aliases or merge keys too often" in text
    assert "nests deeper than" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "---\n",
        "---\n---\n...\n",
        "# only a comment\n",
        "\ufeff",
        "baton: 1\n",
        "baton: 1\nteams:\nassets:\npeople: ~\n",
    ],
)
def test_empty_files_say_nothing(parse, text: str) -> None:
    assert parse(text) == SourceCatalog()


def test_byte_order_marks_line_ends_and_foreign_bytes(parse) -> None:
    text = "baton: 1\r\nassets:\r\n  - name: café\r\n    owner: payments\r\n"
    for encoded in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), text.replace("\r\n", "\r").encode()):
        catalog = parse(encoded)
        assert [(a.name, a.origin.line) for a in catalog.assets] == [("café", 3)]
        assert catalog.problems == []
    catalog = parse(text.encode("latin-1") + b"---\nassets: [{name: b}]\n")
    assert [asset.name for asset in catalog.assets] == ["b"]
    assert [line for line, _ in problems(catalog)] == [3, 3]
    assert "not a text file" in problems(parse(b"\x00\x01\x02"))[0][1]
    catalog = parse("assets: [{name: a\x07b}]\n---\nassets: [{name: c}]\n")
    assert [asset.name for asset in catalog.assets] == ["c"]
    assert problems(catalog)[0][0] == 1


def test_another_version_is_refused(parse) -> None:
    catalog = parse("baton: 2\nassets: [{name: a}]\n")
    assert catalog.assets == []
    assert problems(catalog) == [(1, "is of version '2'; this Baton reads version 1.")]


def test_text_that_pings_stays_text(parse) -> None:
    catalog = parse("assets:\n  - name: '<!channel>'\n    description: 'ask <@U1> & <!here>'\n")
    assert (catalog.assets[0].name, catalog.assets[0].description) == ("<!channel>", "ask <@U1> & <!here>")


def test_a_long_line_is_read_and_quoted_short(parse) -> None:
    catalog = parse("assets:\n  - name: a\n    kind: " + "x" * 200_000 + "\n")
    assert catalog.assets[0].kind is AssetKind.OTHER
    assert len(catalog.problems[0].message) < 600


KEYS = [
    "baton",
    "teams",
    "people",
    "assets",
    "name",
    "owner",
    "owners",
    "kind",
    "runs",
    "members",
    "links",
    "<<",
    "email",
]
PIECES = st.sampled_from(
    [
        *(f"{key}: " for key in KEYS),
        "\n",
        "\n  ",
        "\n    - ",
        "---\n",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "\t",
        "'",
        '"',
        "|",
        "x",
        "1",
    ]
)


@examples(50)
@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map("".join), st.text(max_size=100)))
def test_no_file_raises_and_every_problem_has_a_place(parse, text: str | bytes) -> None:
    if isinstance(text, str):
        text = text.encode("utf-8", errors="replace")
    lines = text.count(b"\n") + text.count(b"\r") + 1
    for problem in parse(text).problems:
        assert problem.origin.path.endswith("catalog.yaml")
        assert problem.message.endswith((".", "?"))
        assert problem.origin.line is None or 1 <= problem.origin.line <= lines + 1
        assert "fault in Baton" not in problem.message


def test_what_cannot_be_read_runs_at_a_version_that_nobody_knows(parse) -> None:
    found = parse("assets:\n  - {name: a, kind: service, runs: ['nodejs@lts/*', 'Ubuntu Focal', gibberish, 'n/a']}\n")
    said = [(each.product, each.version) for each in found.assets[0].runs]
    assert said == [("nodejs", "lts/*"), ("Ubuntu", "Focal"), ("gibberish", "")]
