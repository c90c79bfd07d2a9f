"""What stands in the place of an owner and names none: nobody, a template's placeholder, a remark."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.clients.catalog import read
from bot.clients.catalog._placeholders import no_owner
from bot.domain.catalog import OwnerRef, SourceCatalog


def _listed(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split(";")]


#: Said of nobody, in the languages of the people who fill in lists, with and without "yet".
_NOBODY = _listed(
    """
    @ghost; @nobody; @TBD; @unassigned; @none;
    user:ghost; user:default/unassigned; user:unknown; User:default/nobody; user:guest;
    nobody; Nobody yet; no one yet; not yet; not assigned yet; none so far; currently nobody; Niemand; noch
    niemand; keiner; nicht zugewiesen; wird noch geklärt; personne; personne encore; à définir; non attribué;
    nadie; nadie todavía; aún nadie; sin asignar; por definir; nessuno; da definire; ninguém; ainda ninguém; não
    atribuído; никто; пока никто; нет; niemand; nog niemand; n.v.t.; ingen; ingen ännu; ei kukaan; ei vielä
    kukaan; nikt; jeszcze nikt; brak; nikdo; kimse; henüz kimse yok; belum ada; tidak ada; なし; 未定; 无; 暂无; 待定;
    없음; 미정; لا أحد; אין; κανένας; k.A.; n.a.; nobody (Bob left in May); unknown - see the wiki; TBD: maybe
    Payments; None assigned; n/k; sans objet; 0; deprecated;
    End of life; archived; vacant; -; s/o; (none); tbc; N.N.; nobody knows; in Klärung
    """
)
_TEMPLATES = _listed(
    """
    <team>; <your-team>; ${TEAM}; $TEAM; $(TEAM); {{ owner }}; {{ cookiecutter.team }}; {team}; #{team}; %TEAM%;
    __TEAM__; [team]; [your team here]; CHANGEME; change-me; REPLACE_ME; Your Team; insert team here; Owner
    Name; @your-org/team; @your-org/payments; @acme/your-team; @org/team-name; @YOUR_ORG/YOUR_TEAM; your-
    org/team; @<org>/<team>; @username; @your-username; you@example.com; your.name@company.com; team-${env};
    group:default/team-name; @acme/TBD; @acme/unknown; @acme/teams/nobody; @acme/no-owner; team-TEAM-NAME;
    team-your-team; your-team squad; team-tbd; unassigned-team
    """
)
_VAGUE = _listed(
    """
    ask bob; Ask in #general; ask the platform people; talk to Bob; check with Bob first; contact bob; ping
    @bob; see wiki; frag Bob; demander à Bob; preguntar a Bob; alpha (TBC); alpha (tbd); Payments (to be
    confirmed); alpha (interim); alpha?; alpha ??; maybe alpha; probably alpha; vielleicht alpha; alpha - tbc;
    alpha or beta; former alpha; alpha (disbanded); same as above; ditto; various; left the company; left company;
    someone; Jane Doe (left the company); alpha (no longer); alpha - departed; alpha (until March); was: alpha; alpha
    until March; then beta; not alpha; alpha → beta; alpha -> beta;
    https://wiki.acme.test/owners; everyone; all teams; shared; should be alpha; moving to alpha; handover to alpha;
    alpha from 1 March; alpha from next quarter; alpha ab 2028; alpha as of Q4; alpha (from Q1); alpha (geplant);
    alpha (upcoming); alpha - planned; alpha à partir de 2027; was alpha; geht an alpha; sera alpha; whoever is free;
    alpha (with help from beta); 👻; 〃; former: alpha; previously: alpha; previous owner: alpha; old: alpha; ex-Alpha;
    ~~alpha~~; ~~alpha; beta~~ alpha; a\u0336l\u0336p\u0336h\u0336a\u0336
    """
)
#: Names of teams and people that begin or end as those above do.
_NAMES = _listed(
    """
    Ex-Libris; ex-tools; Old Payments; First Party Data; Original Content;
    Ask; Nadia; Personnel; Nobody's Home; Unknown Pleasures; Contact Center; Call Routing; Ping Identity; Open
    Source; None-Such; Deprecation; Placeholder Studio; Temp; Probability; team-a; Team A; @acme/team;
    @nil; user:na; Ghost; @acme/ghost; @ghostwriter; user:default/jane; group:guests;
    @org/payments; jo@example.com; team@acme.test; Jane Doe <jane@example.com>;
    Payments <pay@example.com>; A$AP; Archives; Orders (EU); Payments (Core); KA; Vari; Search & Discovery; Yet
    Another Team; Now; Still; Or; Thenard; Orders (Exports); Alpha - Old Town; Left Shift; Until; NN; X (Twitter);
    X-Ray; Left Field; From Scratch; Wash; Planned Parenthood; Team from Berlin; Payments (Berlin); Alpha - Core;
    Will Smith; Soonish; Future Labs; slack: #payments; mailto:jane@example.com
    """
)

Parse = Callable[[Sequence[str]], SourceCatalog]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    """Read a list of services with these owners."""

    def parsed(owners: Sequence[str]) -> SourceCatalog:
        file = io.StringIO()
        csv.writer(file).writerows(
            [["Service", "Owner"], *([f"s{number}", each] for number, each in enumerate(owners))]
        )
        path = tmp_path / "a.csv"
        path.write_text(file.getvalue(), encoding="utf-8")
        return read("csv", [path])

    return parsed


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (_NOBODY, f"names nobody as the owner of {len(_NOBODY)} assets"),
        (_TEMPLATES, f"names nobody as the owner of {len(_TEMPLATES)} assets"),
        (_VAGUE, f"says only vaguely who owns {len(_VAGUE)} assets"),
    ],
    ids=["nobody", "templates", "vague"],
)
def test_what_names_nobody_is_no_owner_and_is_counted(parse: Parse, said: list[str], message: str) -> None:
    catalog = parse(said)
    assert {asset.name: [each.owner.written for each in asset.owners] for asset in catalog.assets if asset.owners} == {}
    assert len(catalog.assets) == len(said)
    assert [problem.message[: len(message)] for problem in catalog.problems] == [message]
    assert not any(problem.is_error for problem in catalog.problems)


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_a_name_stays_an_owner(parse: Parse, name: str) -> None:
    catalog = parse([name])
    assert len(catalog.assets[0].owners) == 1
    assert catalog.problems == []


@pytest.mark.parametrize(
    ("written", "name"), [("mailto:Jane@example.com", "jane@example.com"), ("Slack: #payments", "payments")]
)
def test_what_says_how_to_reach_an_owner_is_no_part_of_the_name(parse: Parse, written: str, name: str) -> None:
    [claim] = parse([written]).assets[0].owners
    assert claim.owner.name == name


@pytest.mark.parametrize(
    "written", ["~~alpha~~ beta", "beta ~~alpha~~", "~~@acme/alpha~~ @acme/beta", "a\u0336l\u0336 beta"]
)
def test_who_is_struck_through_is_no_owner(parse: Parse, written: str) -> None:
    [claim] = parse([written]).assets[0].owners
    assert (claim.owner.name, "alpha" in claim.owner.written) == ("beta", False)


def test_a_vague_owner_shows_on_the_asset(parse: Parse) -> None:
    catalog = parse(["ask Bob", "niemand"])
    assert [asset.description for asset in catalog.assets] == [
        "Its owner is given as 'ask Bob', which names nobody for sure.",
        "",
    ]


def test_a_team_that_is_declared_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        """\
baton: 1
teams: [{name: Nobody}, {name: watch, aliases: [unknown]}]
assets:
- {name: a, owner: nobody}
- {name: b, owner: unknown}
- {name: c, owner: niemand}
- {name: d, owner: [nobody, tbd]}
""",
        encoding="utf-8",
    )
    catalog = read("baton", [path])
    assert {asset.name: [each.owner.name for each in asset.owners] for asset in catalog.assets} == {
        "a": ["nobody"],
        "b": ["unknown"],
        "c": [],
        "d": ["nobody"],
    }
    assert [problem.message for problem in catalog.problems] == [
        "names nobody as the owner of 1 assets ('niemand'); they are unowned.",
        "names nobody as the owner of 1 assets ('tbd'); their other owners are kept.",
    ]


@pytest.mark.parametrize(
    ("owner", "is_owned"),
    [
        ("@your-org/team", False),
        ("@acme/your-team", False),
        ("@username", False),
        ("@acme/TBD", False),
        ("@acme/team", True),
    ],
)
def test_a_template_of_codeowners_names_nobody(tmp_path: Path, owner: str, *, is_owned: bool) -> None:
    path = tmp_path / "CODEOWNERS"
    path.write_text(f"* {owner}\n", encoding="utf-8")
    assert [bool(asset.owners) for asset in read("codeowners", [path]).assets] == [is_owned, is_owned]


@pytest.mark.parametrize("text", ["(" * 50_000, "a - " * 20_000, "<" * 50_000, "x (" * 20_000])
def test_a_cell_that_holds_a_novel_takes_no_time(text: str) -> None:
    assert no_owner(OwnerRef(text, written=text)) is None


def test_a_doubt_about_a_declared_team_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("baton: 1\nteams: [{name: pay}]\nassets: [{name: a, owner: pay?}]\n", encoding="utf-8")
    catalog = read("baton", [path])
    assert catalog.assets[0].owners == ()
    assert [problem.message for problem in catalog.problems] == [
        "says only vaguely who owns 1 assets ('pay?'); they are unowned, name a team or a person."
    ]


def test_the_report_says_who_answers_for_what_names_no_owner(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        """\
baton: 1
assets:
- {name: shop, kind: system, owner: red}
- {name: a, part-of: shop, owner: tbd}
- {name: b, owner: [red, tbd]}
- {name: c, owner: tbd}
- {name: d, part-of: shop, owner: red?}
""",
        encoding="utf-8",
    )
    said = {problem.message.partition("; ")[2] for problem in read("baton", [path]).problems}
    assert said == {
        "whoever owns what they are a part of answers for them.",
        "their other owners are kept.",
        "they are unowned.",
        "whoever owns what they are a part of answers for them, name a team or a person.",
    }


def test_accounts_that_stand_for_nobody_own_nothing_in_owners_and_codeowners(tmp_path: Path) -> None:
    (tmp_path / "OWNERS").write_text("approvers: [TBD, unassigned]\n")
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "OWNERS").write_text("approvers: [alice, none]\n")
    (tmp_path / "CODEOWNERS").write_text("/docs/ @nobody\n/web/ @alice @todo\n")
    for format_, expected in (
        ("kubernetes", {"/": [], "/api/": ["alice"]}),
        ("codeowners", {"/docs/": [], "/web/": ["alice"]}),
    ):
        catalog = read(format_, [tmp_path])
        named = {
            asset.name.partition(":")[2]: [one.owner.name for one in asset.owners]
            for asset in catalog.assets
            if asset.path_rule is not None
        }
        assert named == expected
        said = {problem.message.partition("; ")[2] for problem in catalog.problems if "names nobody" in problem.message}
        assert said == {"they are unowned.", "their other owners are kept."}
