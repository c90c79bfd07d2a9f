"""The rules of an import, one by one."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    Origin,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    OwnVersion,
    PathRule,
    PersonClaim,
    Problem,
    Role,
    Runs,
    TeamClaim,
)
from bot.domain.reconcile.assets import Refs, identity, merge, ref_of, suffixed
from bot.domain.reconcile.book import Book, PersonEntry, TeamEntry
from bot.domain.reconcile.claims import decode_asset, decode_person, decode_team, digest, encode, external_id
from bot.domain.reconcile.diff import Diff, Going, StoredClaim, broken_paths, is_under, refusal
from bot.domain.reconcile.owners import OwnerIndex, UnknownPerson, UnknownTeam, nearest, path_of
from bot.domain.reconcile.parents import ParentCandidate, ParentClaim, Parents, break_cycles, by_depth
from bot.domain.reconcile.people import People, person_key
from bot.domain.reconcile.teams import SourcedTeam, cluster
from bot.domain.sources import PRECEDENCE, Source, rank

AT = Origin("a.yaml", 3)
words = st.text(max_size=8)
lists = st.lists(words, max_size=3).map(tuple)
owner_claims = st.builds(
    OwnerClaim,
    st.builds(OwnerRef, words, st.sampled_from(OwnerType), words),
    st.sampled_from(Area),
    st.sampled_from(Role),
)
assets = st.builds(
    AssetClaim,
    external_id=words,
    kind=st.sampled_from(AssetKind),
    name=words,
    namespace=words,
    description=words,
    aliases=lists,
    addresses=lists,
    parent=words,
    hosting=st.none() | st.sampled_from(Hosting),
    tier=st.none() | st.integers(0, 9),
    links=st.lists(st.builds(Link, words, words), max_size=2).map(tuple),
    tags=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    runs=st.lists(st.builds(Runs, words, words, words, words), max_size=2).map(tuple),
    versions=st.lists(st.builds(OwnVersion, words, st.none() | st.dates()), max_size=2).map(tuple),
    owners=st.lists(owner_claims, max_size=2).map(tuple),
    unowned_reason=words,
    path_rule=st.none() | st.builds(PathRule, words, words, st.integers(0, 9)),
    origin=st.just(AT),
)
teams = st.builds(
    TeamClaim,
    name=words,
    aliases=lists,
    former_names=lists,
    channel=words,
    user_group=words,
    timezone=words,
    lead=words,
    manager=words,
    members=st.none() | lists,
    origin=st.just(AT),
)
people = st.builds(
    PersonClaim,
    name=words,
    slack_id=words,
    email=words,
    handle=words,
    timezone=words,
    is_active=st.booleans(),
    teams=lists,
    origin=st.just(AT),
)


def asset(name: str, **fields: object) -> AssetClaim:
    return AssetClaim(**{"external_id": name, "kind": AssetKind.SERVICE, "origin": AT, **fields, "name": name})  # type: ignore[arg-type]


@given(assets)
def test_a_stored_asset_claim_says_what_was_claimed(claim: AssetClaim) -> None:
    back = decode_asset(orjson.loads(encode(claim)), external=claim.external_id, origin=AT)
    # How an owner was written is kept only where it says more than the name.
    wanted = [
        OwnerRef(one.owner.name, one.owner.type, "" if one.owner.written == one.owner.name else one.owner.written)
        for one in claim.owners
    ]
    assert [one.owner for one in back.owners] == wanted
    assert encode(back) == encode(claim)
    assert digest(encode(back)) == digest(encode(claim))
    for field in ("name", "links", "runs", "tags", "path_rule", "hosting", "tier", "parent"):
        assert getattr(back, field) == getattr(claim, field)


@given(teams, people)
def test_stored_team_and_person_claims_say_what_was_claimed(team: TeamClaim, person: PersonClaim) -> None:
    assert decode_team(orjson.loads(encode(team)), origin=AT) == team
    assert decode_person(orjson.loads(encode(person)), origin=AT) == person


def test_no_members_is_not_the_same_as_none_said() -> None:
    assert encode(TeamClaim(name="a", members=(), origin=AT)) != encode(TeamClaim(name="a", origin=AT))


def test_the_origin_is_no_part_of_what_is_claimed() -> None:
    assert encode(asset("a")) == encode(asset("a", origin=Origin("b.yaml")))


def test_people_are_known_by_their_strongest_id() -> None:
    assert external_id(PersonClaim(slack_id="U1", email="a@example.com", origin=AT)) == "U1"
    assert external_id(PersonClaim(email="A@example.com", handle="a", origin=AT)) == "a@example.com"
    assert external_id(PersonClaim(handle="@Ann", origin=AT)) == "ann"


def test_formats_come_in_their_order_and_others_by_name() -> None:
    sources = [Source(1, "z", "other"), Source(2, "a", "other"), *(Source(3, name, name) for name in PRECEDENCE)]
    assert [source.name for source in sorted(sources, key=rank)] == [*PRECEDENCE, "a", "z"]


@pytest.mark.parametrize(
    ("claim", "ref"),
    [
        (asset("Payments-DB"), "service:payments-db"),
        (asset("api", namespace="Shop"), "service:shop/api"),
        (asset("api", namespace="default"), "service:api"),
        (asset("acme/shop", kind=AssetKind.REPOSITORY), "repository:acme/shop"),
        (asset("x", kind=AssetKind.PATH, path_rule=PathRule("Acme/Shop", "/Docs/*", 0)), "path:Acme/Shop:/Docs/*"),
        (
            asset(
                "Acme/Bay/tide:*", kind=AssetKind.PATH, path_rule=PathRule("dev.azure.com/Acme/Bay/_git/tide", "*", 0)
            ),
            "path:Acme/Bay/tide:*",
        ),
    ],
)
def test_refs(claim: AssetClaim, ref: str) -> None:
    assert ref_of(claim) == ref


def test_spelling_does_not_count_but_a_paths_does() -> None:
    assert identity("service:payments-db") == identity("service:Payments_DB") != identity("database:payments-db")
    assert identity("path:a:/Docs") != identity("path:a:/docs")
    assert identity("service:---") != identity("service:...")


def test_the_second_of_a_name_gets_a_suffix_that_lasts() -> None:
    refs = Refs()
    refs.hold(1, "service:orders")
    second = refs.take(2, "service:Orders", "csv:b")
    assert second == suffixed("service:Orders", "csv:b")
    assert refs.take(2, "service:Orders", "csv:b") == second
    assert refs.take(3, "service:Orders", "csv:b") not in (second, "service:Orders")
    refs.release("service:orders")
    assert refs.take(4, "service:orders", "csv:d") == "service:orders"


def test_merging_takes_the_first_scalar_and_all_of_lists() -> None:
    first = asset("api", aliases=("A-P-I", "x"), tags=(("k", "1"),), addresses=("h1",))
    other = asset("Api", aliases=("y",), tier=3, description="d", tags=(("k", "2"), ("l", "2")), addresses=("h2", "h1"))
    merged = merge([first, other], former_names=["old", "Y"])
    assert (merged.name, merged.tier, merged.description) == ("api", 3, "d")
    assert (merged.aliases, merged.addresses) == (("x", "y", "old"), ("h1", "h2"))
    assert merged.tags == (("k", "1"), ("l", "2"))


@given(assets)
def test_merging_one_claim_changes_nothing_but_repeated_aliases(claim: AssetClaim) -> None:
    alone, again = merge([claim]), merge([claim, claim])
    assert (alone.name, alone.kind, alone.hosting, alone.aliases) == (
        again.name,
        again.kind,
        again.hosting,
        again.aliases,
    )
    assert set(alone.links) == set(again.links)


def test_the_diff_tells_what_became_of_each_claim() -> None:
    stored = {
        "same": StoredClaim(1, 1, "d", "a.yaml", 3),
        "moved": StoredClaim(2, 2, "d", "a.yaml", 9),
        "other": StoredClaim(3, 3, "e", "a.yaml", 3),
        "back": StoredClaim(4, 4, "", "a.yaml", 3),
        "long gone": StoredClaim(5, 5, "", "a.yaml", 3),
        "gone": StoredClaim(6, 6, "d", "a.yaml", 3),
        "unreadable": StoredClaim(7, 7, "d", "b/c.yaml", 3),
    }
    diff, read = Diff(), ["same", "moved", "other", "back", "new"]
    for external in read:
        diff.compare(external, "d", AT, stored.get(external))
    diff.missing(stored, read, {"b"})
    assert (diff.added, diff.changed, diff.removed) == (["back", "new"], ["other"], ["gone"])
    assert (diff.kept, diff.moved, diff.unchanged) == (["unreadable"], ["moved"], 2)


def test_only_errors_break_a_path() -> None:
    problems = [Problem(Origin("a"), "x"), Problem(Origin("b"), "y", is_error=False)]
    assert broken_paths(problems) == {"a"}
    assert is_under("a/b", {"a"})
    assert not is_under("ab", {"a"})


@pytest.mark.parametrize("noun", ["assets", "teams", "people"])
@pytest.mark.parametrize(
    ("before", "removed", "is_refused"),
    [(100, 20, False), (100, 21, True), (5, 5, False), (6, 6, True), (1000, 6, False)],
)
def test_mass_changes(noun: str, before: int, removed: int, is_refused: bool) -> None:
    going = [Going(noun, before, removed), Going("other things", 100, 0)]
    said = refusal(going, read=1, lost=0, errors=0, allow_mass_change=False)
    assert (f"{removed} of the source's {before:,} {noun}" in said) is is_refused
    assert bool(said) is is_refused
    assert refusal(going, read=1, lost=0, errors=0, allow_mass_change=True) == ""


@pytest.mark.parametrize(("before", "removed", "is_refused"), [(2, 2, True), (2, 1, False), (0, 0, False)])
def test_a_file_of_another_shape_may_not_take_all_away(before: int, removed: int, is_refused: bool) -> None:
    assert Going("people", before, removed, is_other_file=True).is_mass is is_refused
    assert not Going("people", before, removed).is_mass


@pytest.mark.parametrize(
    ("before", "lost", "secret", "is_refused"),
    [
        (4, 4, 0, True),
        (0, 1, 0, True),  # a person, of a source without assets
        (1, 1, 1, False),  # what held a secret is meant to go
        (0, 0, 0, False),  # nothing was there before, either; or the files were left unread
    ],
)
def test_nothing_in_the_files(before: int, lost: int, secret: int, is_refused: bool) -> None:
    going, said = [Going("assets", before, min(before, lost))], {"read": 0, "lost": lost, "errors": 0, "secret": secret}
    assert refusal(going, **said, allow_mass_change=False).startswith("Nothing stands in what was read") is is_refused
    assert refusal(going, **said, allow_mass_change=True) == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("U0123ABCD", ("slack_id", "U0123ABCD")),
        ("<@U0123ABCD|jo>", ("slack_id", "U0123ABCD")),
        (" Jo@Example.com ", ("email", "jo@example.com")),
        ("@Jo", ("handle", "jo")),
        ("user:default/jo", ("handle", "jo")),
        ("@", None),
        ("", None),
    ],
)
def test_references_to_people(text: str, key: object) -> None:
    assert person_key(text) == key


def test_two_people_with_different_ids_are_never_merged() -> None:
    one = PersonEntry(slack_id="U0000001", handle="jo")
    other = PersonEntry(slack_id="U0000002", email="jo@example.com")
    book = Book(people=[one, other])
    finder = People(book)
    found = finder.claimed(PersonClaim(slack_id="U0000002", handle="jo", origin=AT), None)
    assert (found, book.merged, one.handle) == (other, {}, "jo")


def declared(name: str, **fields: object) -> TeamEntry:
    from bot.domain.names import fold

    return TeamEntry(folded=fold(name), name=name, is_declared=True, **fields)  # type: ignore[arg-type]


def test_owners_are_found_by_the_whole_name_before_its_last_part() -> None:
    crew, payments = declared("Payments Crew", aliases=("@acme/payments",)), declared("payments")
    index = OwnerIndex(Book(teams=[crew, payments]))
    assert index.resolve(OwnerRef("payments", OwnerType.TEAM, "@acme/payments")) is crew
    assert index.resolve(OwnerRef("payments")) is payments
    assert index.resolve(OwnerRef("@beta/payments")) is payments
    assert index.resolve(OwnerRef("nobody", OwnerType.TEAM)) == UnknownTeam("nobody", "nobody")


def test_an_unknown_email_is_a_team_by_its_local_part_or_a_person() -> None:
    payments = declared("payments")
    index = OwnerIndex(Book(teams=[payments, TeamEntry(folded="ops", name="ops")]))
    assert index.resolve(OwnerRef("payments@example.com")) is payments
    assert index.resolve(OwnerRef("ops@example.com")) == UnknownPerson(("email", "ops@example.com"))


def test_teams_that_share_their_last_word_stay_apart() -> None:
    refs = [OwnerRef("backend", OwnerType.TEAM, f"@acme/{group}/backend") for group in ("payments", "orders")]
    paths = [path_of(ref) for ref in refs]
    backend = declared("backend")
    for teams in ([], [backend]):
        index = OwnerIndex(Book(teams=teams), paths)
        assert [index.resolve(ref) for ref in refs] == [
            UnknownTeam(f"acme{group}backend", f"acme/{group}/backend") for group in ("payments", "orders")
        ]
    alone = OwnerIndex(Book(teams=[backend]), paths[:1])
    assert alone.resolve(refs[0]) is backend
    assert OwnerIndex(Book(), paths[:1]).resolve(refs[0]) == UnknownTeam("backend", "backend")
    assert alone.differs(OwnerIndex(Book(teams=[backend]), paths))


def test_teams_of_two_organisations_are_two_unless_one_team_is_declared() -> None:
    refs = [OwnerRef("backend", OwnerType.TEAM, f"@{organisation}/backend") for organisation in ("acme", "globex")]
    paths = map(path_of, refs)
    assert [one.name for one in map(OwnerIndex(Book(), paths).resolve, refs) if isinstance(one, UnknownTeam)] == [
        "acme/backend",
        "globex/backend",
    ]


def test_a_relative_owner_is_first_one_of_its_own_namespace() -> None:
    ours, others = declared("emea/payments"), declared("payments")
    ref = OwnerRef("emea/payments", OwnerType.TEAM, "payments")
    assert OwnerIndex(Book(teams=[others, ours])).resolve(ref) is ours
    assert OwnerIndex(Book(teams=[others])).resolve(ref) is others


def test_a_person_is_known_by_name_and_a_team_by_its_channel() -> None:
    jane = PersonEntry(name="Jane Doe", email="jane@example.com", is_known=True)
    payments = declared("Payments", channel="#pay-help")
    index = OwnerIndex(Book(teams=[payments], people=[jane]))
    assert index.resolve(OwnerRef("Jane Doe")) is jane
    assert index.resolve(OwnerRef("Doe", written="Doe, Jane")) is jane
    assert index.resolve(OwnerRef("Doe Jane")) is jane
    assert index.resolve(OwnerRef("pay-help", written="#pay-help")) is payments
    twin = PersonEntry(name="jane doe", email="jd@example.com", is_known=True)
    assert OwnerIndex(Book(people=[jane, twin])).resolve(OwnerRef("Jane Doe")) == UnknownTeam("janedoe", "Jane Doe")


def test_a_team_that_is_called_as_a_list_of_owners_is_one() -> None:
    both = declared("Data + AI")
    ref = OwnerRef("Data", written="Data + AI")
    assert OwnerIndex(Book(teams=[both])).resolve(ref) is both
    assert OwnerIndex(Book()).resolve(ref) == UnknownTeam("data", "Data")


@pytest.mark.parametrize(
    ("name", "written", "called"),
    [
        ("Doe", "Doe, Jane", "Doe, Jane"),
        ("Jane", "Doe, Jane M.", "Doe, Jane M."),
        ("Search", "Search, Discovery", "Search"),
        ("x", "x, ", "x"),
        ("UI/UX", "UI/UX", "UI/UX"),
        ("R&D/Tools", "R&D/Tools", "R&D/Tools"),
        ("acme/tools", "acme/tools", "tools"),
        ("tools", "@Acme/tools", "tools"),
        ("default/tools", "group:Default/tools", "tools"),
    ],
)
def test_what_nobody_declares_is_called_as_it_was_written(name: str, written: str, called: str) -> None:
    ref = OwnerRef(name, written=written)
    index = OwnerIndex(Book())
    found = index.resolve(ref)
    assert isinstance(found, UnknownTeam)
    assert (found.name, index.called(ref)) == (called, called)


def test_a_declared_team_tells_a_list_from_a_persons_name() -> None:
    index = OwnerIndex(Book(teams=[declared("Doe")]))
    found = index.resolve(OwnerRef("Jane", written="Doe, Jane"))
    assert isinstance(found, UnknownTeam)
    assert found.name == "Jane"


def test_the_nearest_names_are_of_declared_teams() -> None:
    teams = [declared("payments"), declared("platform"), TeamEntry(folded="paymnets", name="paymnets")]
    assert nearest("@acme/paymnets", teams)[0] == "payments"
    assert nearest("zzz", teams) == []


team_names = st.sampled_from(["pay", "Payments", "payments", "core", "Core Pay"])


@st.composite
def sourced_teams(draw: st.DrawFn) -> list[SourcedTeam]:
    found = {}
    for _ in range(draw(st.integers(0, 6))):
        number = draw(st.integers(1, 3))
        claim = TeamClaim(name=draw(team_names), aliases=tuple(draw(st.lists(team_names, max_size=2))), origin=AT)
        sourced = SourcedTeam(Source(number, f"s{number}"), claim)
        found[number, sourced.folded] = sourced
    return list(found.values())


@given(sourced_teams(), st.randoms())
def test_clusters_of_teams_are_whole_and_do_not_depend_on_order(claims: list[SourcedTeam], random: object) -> None:
    found = cluster(claims)
    assert sorted(id(claim) for one in found for claim in one.claims) == sorted(map(id, claims))
    assert all(len({claim.source.id for claim in one.claims}) == len(one.claims) for one in found)
    names = [name for one in found for name in one.names]
    assert len(names) == len(set(names)), "one name, one team"
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [one.claims for one in cluster(shuffled)] == [one.claims for one in found]


def test_parents_by_external_id_then_ref_then_a_name_of_ones_own() -> None:
    shop, theirs = (
        ParentCandidate(1, "system:shop", "shop", frozenset({1})),
        ParentCandidate(2, "cluster:shop", "Shop", frozenset({2})),
    )
    parents = Parents({(1, "x"): 9}, [shop, theirs])
    assert parents.find(ParentClaim(5, 1, "x")) == 9
    assert parents.find(ParentClaim(5, 1, "cluster:SHOP")) == 2
    assert parents.find(ParentClaim(5, 1, "shop")) == 1
    assert parents.find(ParentClaim(5, 3, "shop")) is None
    assert parents.find(ParentClaim(2, 3, "shop")) == 1, "an asset is no part of itself"


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12)))
def test_what_is_left_of_parents_has_no_circle_and_parents_come_first(parents: dict[int, int]) -> None:
    kept, cycles = break_cycles(parents, str)
    assert len(kept) == len(parents) - len(cycles)
    order = by_depth(range(13), kept)
    position = {asset: place for place, asset in enumerate(order)}
    assert all(position[parent] < position[child] for child, parent in kept.items())
    assert all(cycle[0] == min(cycle, key=str) for cycle in cycles)


@pytest.mark.parametrize(
    "spellings", [("payments", '["payments"'), ('["payments"', "payments"), ("Payments", "payments")]
)
def test_a_team_that_nobody_declares_is_shown_without_marks_around_its_name(spellings: tuple[str, ...]) -> None:
    team = TeamEntry(folded="payments", name=spellings[0])
    for name in spellings:
        team.refer(name)
    assert team.name == min(name for name in spellings if name.isalnum())
