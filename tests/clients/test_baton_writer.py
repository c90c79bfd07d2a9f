"""Claims written as Baton YAML come back as the same claims, whatever they say."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import read
from bot.clients.catalog._reader import Sink
from bot.clients.catalog.baton_writer import render
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
    Role,
    Runs,
    SourceCatalog,
    TeamClaim,
)
from bot.domain.names import clean, fold
from tests.conftest import examples

HERE = Origin("x")
#: What claims hold: text that has been cleaned; templates are refused by name, so they are left out.
texts = (
    st.text(st.characters(exclude_categories=("Cs", "Co", "Cn")), max_size=20)
    .map(clean)
    .filter(lambda text: not any(mark in text for mark in ("{{", "{%", "<%", "${")))
)
names = texts.filter(bool) | st.sampled_from(
    ["on", "null", "~", "yes", "\ufffd", "123", "a: b", "- x", "#x", "1.0", "'", '"', "<<"]
)
words = st.sampled_from(["ada", "core-pay", "Jo_Grant", "x.y"])
several = st.lists(names, max_size=3, unique=True).map(tuple)
owners = st.builds(
    lambda name, type_, area, role: OwnerClaim(OwnerRef(name, type_), area, role),
    words,
    st.sampled_from([OwnerType.TEAM, OwnerType.PERSON, OwnerType.UNSAID]),
    st.sampled_from(Area),
    st.sampled_from(Role),
)
links = st.lists(st.builds(Link, texts, words.map(lambda word: f"https://x.test/{word}")), max_size=3).map(tuple)
#: An asset has owners, or a reason for having none, or neither.
held = st.builds(
    dict, owners=st.lists(owners, max_size=4, unique=True).map(tuple), unowned_reason=st.just("")
) | st.builds(dict, owners=st.just(()), unowned_reason=names)


def is_taken_whole(claim: AssetClaim) -> bool:
    """Whether nothing of an asset looks like a secret: such texts are left out when they are read."""
    sink = Sink()
    sink.asset(claim)
    return sink.catalog.assets == [claim]


assets = st.builds(
    lambda held, **said: AssetClaim(**held, **said),
    held,
    external_id=names,
    kind=st.sampled_from(AssetKind),
    name=names,
    namespace=texts,
    description=texts,
    aliases=several,
    addresses=several,
    parent=texts,
    hosting=st.none() | st.sampled_from(Hosting),
    tier=st.none() | st.integers(0, 99),
    versions=st.lists(
        st.builds(OwnVersion, words | st.sampled_from(["1.0", "2", "2024-01"]), st.none() | st.dates()),
        max_size=3,
        unique_by=lambda each: each.version,
    ).map(tuple),
    links=links,
    tags=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    runs=st.lists(st.builds(Runs, names, texts, texts, texts), max_size=2).map(tuple),
    path_rule=st.none() | st.builds(PathRule, names, names, st.integers(0, 9999), texts),
    origin=st.just(HERE),
).filter(is_taken_whole)
teams = st.builds(
    TeamClaim,
    name=names.filter(fold),
    aliases=several,
    former_names=several,
    channel=texts,
    user_group=texts,
    timezone=st.sampled_from(["", "Europe/London", "America/New_York"]),
    lead=texts,
    manager=texts,
    members=st.none() | several,
    origin=st.just(HERE),
)
people = st.builds(
    PersonClaim,
    name=texts,
    slack_id=words,
    email=st.sampled_from(["", "jo@x.test", "ann@x.test"]),
    handle=st.sampled_from(["", "jo", "ann"]),
    timezone=st.sampled_from(["", "Europe/London", "America/New_York"]),
    is_active=st.booleans(),
    teams=several,
    origin=st.just(HERE),
)


def _slack_id(person: PersonClaim) -> str:
    return person.slack_id


def _email(person: PersonClaim) -> str:
    return person.email or person.slack_id


def _handle(person: PersonClaim) -> str:
    return person.handle or person.slack_id


catalogs = st.builds(
    SourceCatalog,
    teams=st.lists(teams, max_size=4, unique_by=lambda team: fold(team.name)),
    people=st.lists(people, max_size=4, unique_by=(_slack_id, _email, _handle)),
    assets=st.lists(assets, max_size=5, unique_by=lambda asset: asset.external_id),
)


def through_yaml(catalog: SourceCatalog) -> SourceCatalog:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.writelines(render(catalog))
        file.flush()
        return read("baton", [Path(file.name)])


def said(claim: AssetClaim) -> AssetClaim:
    """A claim without what a file does not tell: how an owner was written, and in which order areas come."""
    plain = {OwnerClaim(OwnerRef(one.owner.name, one.owner.type), one.area, one.role) for one in claim.owners}
    ordered = tuple(sorted(plain, key=lambda one: (one.area, one.role, one.owner.name, one.owner.type)))
    own = tuple(alias for alias in claim.aliases if alias != claim.name)
    return replace(claim, owners=ordered, aliases=own, origin=HERE)


@given(assets)
@examples(100)
def test_an_asset_comes_back(claim: AssetClaim) -> None:
    back = through_yaml(SourceCatalog(assets=[claim]))
    assert [each for each in back.problems if "mixes alphabets" not in each.message] == []
    assert [said(each) for each in back.assets] == [said(claim)]


def named_otherwise(team: TeamClaim) -> TeamClaim:
    """A team without its own name among its other ones."""
    others = {
        key: tuple(each for each in getattr(team, key) if each != team.name) for key in ("aliases", "former_names")
    }
    return replace(team, origin=HERE, **others)


@given(catalogs)
@examples(60)
def test_a_catalog_comes_back(catalog: SourceCatalog) -> None:
    back = through_yaml(catalog)
    assert [each for each in back.problems if "mixes alphabets" not in each.message] == []
    assert list(map(named_otherwise, back.teams)) == list(map(named_otherwise, catalog.teams))
    assert [replace(each, origin=HERE) for each in back.people] == catalog.people
    assert list(map(said, back.assets)) == list(map(said, catalog.assets))


def test_nothing_is_a_file_that_says_so() -> None:
    assert "".join(render(SourceCatalog())) == "baton: 1\n"
