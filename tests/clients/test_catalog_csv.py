"""CSV as spreadsheets write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import FORMATS, read
from bot.domain.catalog import Area, AssetKind, Hosting, Link, Role, Runs, SourceCatalog
from tests.conftest import REPOSITORY

Parse = Callable[[str | bytes], SourceCatalog]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    def parse(text: str | bytes) -> SourceCatalog:
        file = tmp_path / "assets.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read("csv", [file])

    return parse


def test_the_templates_are_read_whole() -> None:
    catalog = read("csv", [REPOSITORY / "docs" / "templates"])
    assert catalog.problems == []
    checkout, database, sandbox = catalog.assets
    assert (checkout.kind, checkout.tier, checkout.parent) == (AssetKind.SERVICE, 1, "shop")
    assert checkout.hosting is Hosting.CONTAINER
    assert checkout.aliases == ("checkout-api", "basket")
    assert checkout.links == (Link("runbook", "https://runbooks.example.com/checkout"),)
    assert checkout.tags == (("environment", "production"), ("language", "python"))
    assert [(one.owner.name, one.role) for one in checkout.owners] == [
        ("Payments", Role.OWNER),
        ("Platform", Role.SECONDARY),
    ]
    assert [(one.owner.name, one.area) for one in database.owners] == [
        ("Payments", Area.APPLICATION),
        ("Platform", Area.DATABASE),
    ]
    assert database.runs == (Runs("postgresql", "11.22", "aws-rds", "production"),)
    assert (sandbox.owners, sandbox.unowned_reason) == ((), "Everybody may break it")
    payments, platform = catalog.teams
    assert (payments.members, payments.former_names) == (("ada@example.com", "grace@example.com"), ("Billing",))
    assert (platform.lead, platform.timezone) == ("lin@example.com", "America/New_York")
    assert [each.manager for each in (payments, platform)] == ["mona@example.com", "mona@example.com"]
    assert [(each.email, each.is_active) for each in catalog.people] == [
        ("ada@example.com", True),
        ("omar@example.com", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Service;Team\ncheckout;Payments\n",
        "service\tteam\r\ncheckout\tPayments\r\n",
        "\ufeffService,Owning Team\ncheckout,Payments\n",
        "sep=;\nservice;team\ncheckout;Payments\n",
        "\n\nservice|team\ncheckout|Payments\n",
        '"service","team"\n"checkout","Payments"\n,\n\n',
        "service,team,channel\ncheckout,Payments,#pay\n",
    ],
    ids=["semicolon", "tab", "bom", "excel", "blank lines", "quoted", "with a channel"],
)
def test_spreadsheets_differ(parse: Parse, text: str) -> None:
    catalog = parse(text)
    (asset,) = catalog.assets
    assert (asset.name, [one.owner.name for one in asset.owners]) == ("checkout", ["Payments"])
    assert not any(each.is_error for each in catalog.problems)


@pytest.mark.parametrize(
    ("cell", "owners"),
    [
        ('"[""red"", ""blue""]"', ["red", "blue"]),
        ("\"['red','blue']\"", ["red", "blue"]),
        ('"[""Doe, Jane""]"', ["Doe, Jane"]),
        ("[red]", ["[red]"]),
    ],
)
def test_a_list_that_an_export_writes_names_its_owners(parse: Parse, cell: str, owners: list[str]) -> None:
    (asset,) = parse(f"service,team\ncheckout,{cell}\n").assets
    assert [one.owner.name for one in asset.owners] == owners


@pytest.mark.parametrize(
    ("cell", "owners", "helpers"),
    [
        ("primary: red; secondary: blue", ["red"], ["blue"]),
        ("backup: blue | owner: red", ["red"], ["blue"]),
        ('"Primary owner: red, green; Backup: blue, grey"', ["red", "green"], ["blue", "grey"]),
        ("red (primary); blue (secondary); green", ["red", "green"], ["blue"]),
        ("1. red 2. blue", ["red"], ["blue"]),
        ('"1) red, 2) @acme/blue, 3) green"', ["red"], ["blue", "green"]),
        ('"1. red\n2. blue"', ["red"], ["blue"]),
        ("primary: red + blue", ["red", "blue"], []),
        ("secondary: red + blue", [], ["red", "blue"]),
        ("1. Level", ["1. Level"], []),
        ("1. Level; 2. Level", ["1. Level", "2. Level"], []),
        ("1. red 3. blue", ["1. red 3. blue"], []),
        ("1. red 2. blue; green", ["1. red 2. blue", "green"], []),
        ("Web 2.0; Area 51", ["Web 2.0", "Area 51"], []),
        ("Secondary Markets; Primary Care", ["Secondary Markets", "Primary Care"], []),
        ("red (backup: blue)", ["red"], ["blue"]),
        ("red [Secondary owner = blue]; green", ["red", "green"], ["blue"]),
        ('"red (backup: blue, grey), green"', ["red", "green"], ["blue", "grey"]),
        ("red (backup: blue + grey)", ["red"], ["blue", "grey"]),
        ("primary: red (backup: blue)", ["red"], ["blue"]),
        ("red (backup plan)", ["red (backup plan)"], []),
        ("red (owner: blue)", ["red (owner: blue)"], []),
        ("~~red~~ blue", ["blue"], []),
        ("~red~; blue", ["~red~", "blue"], []),
    ],
)
def test_the_rank_that_a_cell_gives_its_owners_is_read(
    parse: Parse, cell: str, owners: list[str], helpers: list[str]
) -> None:
    (asset,) = parse(f"service,team\ncheckout,{cell}\n").assets
    names = {role: [one.owner.name for one in asset.owners if one.role is role] for role in Role}
    assert (names[Role.OWNER], names[Role.SECONDARY]) == (owners, helpers)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("cart,red,,\ncart,blue,,", "'cart' (lines 2, 3: owner)"),
        ("cart,red,,\ncart,Red,,", ""),
        ("cart,red,,\ncart,red;blue,,", "'cart' (lines 2, 3: owner)"),
        ("cart,red,database,\ncart,blue,application,", ""),
        ("cart,red,database,\ncart,blue,application,\ncart,green,database,", "'cart' (lines 2, 3, 4: owner)"),
        ("cart,red,,1\ncart,red,,2", "'cart' (lines 2, 3: tier)"),
        ("cart,red,,1\ncart,,,", ""),
        ("cart,red,,\ncart,N.N.,,", ""),
        ("a,red,,\na,blue,,\nb,red,,1\nb,blue,,2", "'a' (lines 2, 3: owner); 'b' (lines 4, 5: owner, tier)"),
        ("cart,primary: red; secondary: blue,,\ncart,red,,", ""),
    ],
)
def test_lines_that_disagree_are_told(parse: Parse, lines: str, told: str) -> None:
    problems = [
        each for each in parse(f"service,team,area,tier\n{lines}\n").problems if "different things" in each.message
    ]
    assert len(problems) == bool(told)
    assert all(told in each.message and each.origin.line == 3 for each in problems)


def test_of_many_lines_that_disagree_the_first_are_told(parse: Parse) -> None:
    lines = "".join(f"s{number},red\ns{number},blue\n" for number in range(7))
    [problem] = parse(f"service,team\n{lines}").problems
    assert ("'s4'" in problem.message, "'s5'" in problem.message) == (True, False)
    assert "(lines 10, 11: owner) and 2 more. All owners own it together" in problem.message


def test_utf_16_and_windows_1252(parse: Parse) -> None:
    assert parse("name,owner\nkasse,Zoë\n".encode("utf-16")).assets[0].owners[0].owner.name == "Zoë"
    catalog = parse("name,owner\nkasse,Zoë\n".encode("windows-1252"))
    assert catalog.assets[0].owners[0].owner.name == "Zoë"
    (problem,) = catalog.problems
    assert not problem.is_error


def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_read(parse: Parse) -> None:
    catalog = parse(
        "name,kind,owner,tier,hosting,links,runs,unowned,mood\n"
        'a,service,Payments,gold,cloud,javascript:x,old,,"two\nlines"\n'
        ",service,Payments,,,,,,\n"
        "b,service,Payments,,,,,why not,\n"
        "c,service,Payments,1,,,,,,too,many\n"
        "d,teapot,=cmd(),1\n"
    )
    assert [(asset.name, asset.kind) for asset in catalog.assets] == [
        ("a", AssetKind.SERVICE),
        ("b", AssetKind.SERVICE),
        ("d", AssetKind.OTHER),
    ]
    said = [(each.origin.line, each.is_error) for each in catalog.problems]
    assert said.count((1, False)) == 1
    assert sorted(line for line, is_error in said if is_error) == [2, 2, 2, 2, 4, 5, 6]
    assert catalog.assets[2].owners[0].owner.name == "=cmd()"


@pytest.mark.parametrize("text", ["", "\n", "just words\n", "a,b,c\n1,2,3\n", "name\nx\n"])
def test_a_file_without_a_header_says_what_is_missing(parse: Parse, text: str) -> None:
    catalog = parse(text)
    assert catalog.assets == []
    assert "has no header that Baton knows" in catalog.problems[0].message


def test_an_unclosed_quotation_mark_does_not_swallow_silently(parse: Parse) -> None:
    catalog = parse('name,owner\na,"Payments\n' + "x,y\n" * 60_000)
    assert any("cannot be read from here on" in each.message for each in catalog.problems)


def test_a_walk_takes_only_tables_that_are_ours(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text("service,team\na,b\n")
    (tmp_path / "prices.csv").write_text("sku,price\n1,2\n")
    (tmp_path / "notes.txt").write_text("service,team\na,b\n")
    assert [each.name for each in tmp_path.iterdir() if FORMATS["csv"].matches(each)] == ["ours.csv"]


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(cells, max_size=5), max_size=8))
def test_whatever_a_table_holds_is_read_or_reported(table: list[list[str]]) -> None:
    import tempfile

    out = io.StringIO()
    csv.writer(out).writerows([["name", "owner", "tier", "links"], *table])
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(out.getvalue().encode())
        file.flush()
        catalog = read("csv", [Path(file.name)])
    assert all(asset.name for asset in catalog.assets)
    assert not any("fault in Baton" in each.message for each in catalog.problems)


@pytest.mark.parametrize(
    ("header", "lead", "manager"),
    [
        ("team,lead,manager", "ada@x.test", "mona@x.test"),
        ("team,team lead,Manager", "ada@x.test", "mona@x.test"),
        ("team,manager,channel", "ada@x.test", ""),  # the only one above the team: who leads it
    ],
)
def test_a_manager_is_the_lead_where_no_column_names_one(tmp_path: Path, header: str, lead: str, manager: str) -> None:
    path = tmp_path / "teams.csv"
    path.write_text(f"{header}\npayments,ada@x.test,mona@x.test\n")
    catalog = read("csv", [path])
    [team] = catalog.teams
    assert (team.lead, team.manager) == (lead, manager)
    assert catalog.problems == []


def owners(catalog: SourceCatalog) -> dict[str, list[str]]:
    return {asset.name: [one.owner.name for one in asset.owners] for asset in catalog.assets}


def test_what_says_that_nobody_owns_something_is_no_owner_and_is_counted(parse: Parse) -> None:
    said = ["N/A", "none", "-", "TBD", "?", "#N/A", "unknown", "Unassigned", "No owner", "to be defined", "n.a.", "--"]
    said += ["#REF!", "#DIV/0!"]
    catalog = parse(
        "Service,Owner\n" + "".join(f"a{number},{each}\n" for number, each in enumerate(said)) + "b,Nadia\n"
    )
    assert owners(catalog) == {f"a{number}": [] for number in range(len(said))} | {"b": ["Nadia"]}
    [note] = catalog.problems
    assert f"names nobody as the owner of {len(said)} assets ('#DIV/0!', '#N/A', '#REF!', '-', '--'" in note.message
    assert not note.is_error


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ('"team-a, team-b"', ["team-a", "team-b"]),
        ("team-a / team-b", ["team-a", "team-b"]),
        ("team-a;team-b", ["team-a", "team-b"]),
        ("team-a|team-b", ["team-a", "team-b"]),
        ("acme/team-a", ["acme/team-a"]),
        ("Search & Discovery", ["Search & Discovery"]),
        ("#team-a", ["team-a"]),
        ("Jane Doe <Jane@Example.com>", ["jane@example.com"]),
        ("team-a + team-b", ["team-a", "team-b"]),
        ("@acme/team-a + @acme/team-b", ["team-a", "team-b"]),
        ("team-a (Jane Doe)", ["team-a"]),
        ("Jane Doe (left the company)", []),
        ("team-a [jane@example.com]", ["team-a"]),
        ("Jane Doe (team-a)", ["Jane Doe"]),
        ("team-a (EU)", ["team-a (EU)"]),
        ("C++ Tools", ["C++ Tools"]),
    ],
)
def test_owners_in_the_forms_that_people_write(parse: Parse, written: str, names: list[str]) -> None:
    assert (
        owners(parse(f"Service;Owner\nx;{written}\n" if ";" not in written else f"Service,Owner\nx,{written}\n"))["x"]
        == names
    )


def test_a_folder_with_a_file_that_excel_has_marked_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\nService;Owner\na-svc;team-a\n")
    assert owners(read("csv", [tmp_path])) == {"a-svc": ["team-a"]}


def test_a_file_whose_lines_end_as_on_an_old_macintosh_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"name;owner\r\ra-svc;team-a\rb-svc;team-b\r")
    (tmp_path / "b.csv").write_bytes(b"sep=;\rname;owner\rc-svc;team-c")
    assert owners(read("csv", [tmp_path])) == {"a-svc": ["team-a"], "b-svc": ["team-b"], "c-svc": ["team-c"]}


@pytest.mark.parametrize("end", ["", "\n", "\nc,team-c,\n"])
def test_a_quotation_mark_that_is_never_closed_hides_nothing_silently(parse: Parse, end: str) -> None:
    catalog = parse(f'name,owner,description\na,team-a,\nb,team-b,"5 TB\nd,team-d,{end}')
    [problem] = catalog.problems
    assert "quotation mark that is never closed" in problem.message
    assert problem.is_error
    assert not catalog.assets


def test_a_cell_of_several_lines_and_a_single_mark_are_no_such_thing(parse: Parse) -> None:
    catalog = parse('name,owner,description\na,team-a,a 5" disk\nb,team-b,"two\nlines"\n')
    assert owners(catalog) == {"a": ["team-a"], "b": ["team-b"]}
    assert not catalog.problems


def test_names_that_are_joined_are_two_owners_where_each_stands_alone_elsewhere(parse: Parse) -> None:
    catalog = parse(
        'Service,Owner,Secondary owner\na,red & blue,\nb,red and green,\nc,"Red, Blue",\nd,red,blue\ne,"Red, Green",\n'
    )
    found = owners(catalog)
    assert found == {
        "a": ["red", "blue"],
        "b": ["red and green"],
        "c": ["Red", "Blue"],
        "d": ["red", "blue"],
        "e": ["Red", "Green"],
    }
    written = {asset.name: {one.owner.written for one in asset.owners} for asset in catalog.assets}
    assert written["c"] == {"Red", "Blue"}
    assert written["e"] == {"Red, Green"}, "who is known tells whether it is one person"


def test_a_column_for_the_team_counts_beside_one_for_the_owner(parse: Parse) -> None:
    catalog = parse("Service Name,Team,Owner\na,Payments,Jane Doe\nb,,Jane Doe\nc,Orders,\nd,Orders,TBD\n")
    assert catalog.problems[0].message.startswith("names nobody as the owner of 1 asset")
    assert owners(catalog) == {"a": ["Payments", "Jane Doe"], "b": ["Jane Doe"], "c": ["Orders"], "d": ["Orders"]}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("TBD - maybe Payments", []),
        ("Unknown (was Orders)", []),
        ("n/a: vendor", []),
        ("see the wiki", []),
        ("Unknown Pleasures", ["Unknown Pleasures"]),
        ("Seekers", ["Seekers"]),
        ("Nobody's Home", ["Nobody's Home"]),
    ],
)
def test_a_remark_is_no_owner(parse: Parse, written: str, names: list[str]) -> None:
    assert owners(parse(f"Service,Owner\nx,{written}\n"))["x"] == names


@pytest.mark.parametrize(
    ("header", "cells", "runs"),
    [
        ("runs", "PostgreSQL", [Runs("PostgreSQL", "")]),
        ("runs", "MySQL on AWS RDS", [Runs("MySQL", "", "AWS RDS")]),
        ("runs", "postgresql@16; Redis", [Runs("postgresql", "16"), Runs("Redis", "")]),
        ("engine,version", "PostgreSQL,", [Runs("PostgreSQL", "")]),
        ("engine,version", "PostgreSQL,unknown", [Runs("PostgreSQL", "")]),
        ("engine,version", "PostgreSQL,11.22", [Runs("PostgreSQL", "11.22")]),
        ("engine,version", "PostgreSQL on AWS RDS,11.22", [Runs("PostgreSQL", "11.22", "AWS RDS")]),
        ("engine,version", "postgresql@16,16.4", [Runs("postgresql", "16")]),
        ("engine,version,provider", "postgres,11.22,aws-rds", [Runs("postgres", "11.22", "aws-rds")]),
        ("engine,version,Managed by", "MySQL on AWS RDS,8.0,Azure", [Runs("MySQL", "8.0", "AWS RDS")]),
        ("engine,version,provider", "redis,5.0.6,n/a", [Runs("redis", "5.0.6")]),
        ("engine,version", "dotnet,net6.0", [Runs("dotnet", "net6.0")]),
        ("engine,version", "nodejs,^20 || ^22", [Runs("nodejs", "^20 || ^22")]),
        ("engine,version", 'nodejs,">=18, <21"', [Runs("nodejs", ">=18, <21")]),
        ("runs", "nodejs ^20 || ^22", [Runs("nodejs", "^20 || ^22")]),
        ("runs", "nodejs 20|redis 7", [Runs("nodejs", "20"), Runs("redis", "7")]),
        ("engine,version", "Debian GNU/Linux 10 (buster),", [Runs("Debian GNU/Linux", "10 (buster)")]),
        ("engine,version", "Debian GNU/Linux,10 (buster)", [Runs("Debian GNU/Linux", "10 (buster)")]),
        (
            "engine,version",
            "Aurora MySQL,5.7.mysql_aurora.2.11.2",
            [Runs("MySQL", "5.7.mysql_aurora.2.11.2", "Aurora")],
        ),
        ("runs,provider", "postgresql@16,Contabo", [Runs("postgresql", "16", "Contabo")]),
        ("engine", "House Store", [Runs("House Store", "")]),
        ("runs", "old", [Runs("old", "")]),
        ("runs", "Debian Buster", [Runs("Debian", "Buster")]),
        ("runs", "Ubuntu Focal Fossa on EC2", [Runs("Ubuntu", "Focal Fossa", "EC2")]),
        ("runs", "Ubuntu 18.04 LTS with ESM", [Runs("Ubuntu", "18.04 LTS with ESM")]),
        ("runs", "AWS Lambda (Python 3.9)", [Runs("Python", "3.9", "AWS Lambda")]),
        ("runs", "EKS (1.29)", [Runs("EKS", "1.29")]),
        ("runs", "PHP 7.4 + MySQL 5.7", [Runs("PHP", "7.4"), Runs("MySQL", "5.7")]),
        ("runs", "Python 3.8 & Django 3.2", [Runs("Python", "3.8"), Runs("Django", "3.2")]),
        ("runs", "Node 14 / Express", [Runs("Node", "14"), Runs("Express", "")]),
        ("runs", "PostgreSQL Eleven", [Runs("PostgreSQL", "")]),
        ("runs", "Cloud Functions nodejs14", [Runs("Cloud Functions nodejs14", "")]),
        ("runs", "RDS", [Runs("RDS", "")]),
        ("version", "postgres 11", [Runs("postgres", "11")]),
        ("runs", "AWS Lambda nodejs16.x", [Runs("nodejs", "16.x", "AWS Lambda")]),
        ("runs", "5.5.5-10.4.32-MariaDB", [Runs("MariaDB", "5.5.5-10.4.32-MariaDB")]),
        ("runs", "N/A", []),
        ("runs", "see the wiki", []),
        ("runs", "it runs something old", [Runs("it runs something old", "")]),
    ],
)
def test_what_runs_without_a_version_runs_at_an_unknown_one(parse, header: str, cells: str, runs: list[Runs]) -> None:
    found = parse(f"name,kind,{header}\nledger,database,{cells}\n")
    assert list(found.assets[0].runs) == runs
    said = [problem.message for problem in found.problems if "counts as an unknown one" in problem.message]
    assert len(said) == sum(not each.version for each in runs)


@pytest.mark.parametrize(
    "text",
    [
        "System,Team\nfx,blue\ntill,-\n",
        "System name;Team;Comments\nfx;blue;\ntill;(none);old\n",
        "Team,Product\nblue,fx\ntbc,till\n",
        "Platform,Squad,Slack channel\nfx,blue,#blue\ntill,nobody knows,\n",
        "Repository,Owner\nfx,blue\ntill,?\n",
    ],
)
def test_a_table_of_systems_and_their_teams_is_one_of_systems(parse: Parse, text: str) -> None:
    catalog = parse(text)
    assert owners(catalog) == {"fx": ["blue"], "till": []}
    assert not catalog.teams


def test_what_else_a_table_of_teams_has_makes_no_assets_of_them(parse: Parse) -> None:
    catalog = parse("Team,Slack channel,Product\nblue,#blue,fx\n")
    assert [team.name for team in catalog.teams] == ["blue"]
    assert not catalog.assets


def test_a_table_of_teams_declares_none_that_has_no_name(parse: Parse) -> None:
    catalog = parse("Team,Channel\nblue,#blue\n-,\n(none),\ntbc,\n?,#help\nOpen,#open\n")
    assert [team.name for team in catalog.teams] == ["blue", "Open"]
    assert len(catalog.problems) == 4
