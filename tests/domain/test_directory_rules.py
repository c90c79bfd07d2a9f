"""What holds of the directory whatever the names: kept in step, bounded, and never sure of what differs in a digit."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from bot.domain.catalog import AssetKind, PathRule
from bot.domain.directory import Directory, Match, Nearest, ResolutionMethod, Several
from bot.domain.directory.rows import HashedRows, near_keys, piece_keys
from bot.domain.names import clean, fold
from bot.domain.records import AssetRecord

_WORDS = "payments payment orders order db database api app eu us 1 2 12 who the on call monitoring svc service zebra"
_WORD = st.sampled_from(_WORDS.split())
_SEPARATOR = st.sampled_from(["-", "_", " ", ".", "/", ""])
_KIND = st.sampled_from([AssetKind.SERVICE, AssetKind.DATABASE, AssetKind.REPOSITORY, AssetKind.OTHER])


@st.composite
def _names(draw: st.DrawFn) -> str:
    words = draw(st.lists(_WORD, min_size=1, max_size=4))
    return words[0] + "".join(draw(_SEPARATOR) + word for word in words[1:])


@st.composite
def _assets(draw: st.DrawFn) -> AssetRecord:
    name, kind = draw(_names()), draw(_KIND)
    asset_id = draw(st.integers(1, 8))
    rule = draw(
        st.none()
        | st.builds(PathRule, st.just("acme/shop"), st.sampled_from(["*", "/api/", "*.py"]), st.integers(0, 3))
    )
    return AssetRecord(
        id=asset_id,
        own_ref=f"{kind.value}:{asset_id}/{name}",
        kind=kind,
        name=name,
        aliases=tuple(draw(st.lists(_names(), max_size=2))),
        addresses=tuple(draw(st.lists(st.sampled_from(["#ops", "db.example.com", "*.example.com"]), max_size=2))),
        parent_id=draw(st.none() | st.integers(1, 8)),
        path_rule=rule,
    )


_QUERY = st.one_of(
    _names(),
    _names().map("who owns the {}?".format),
    st.sampled_from(["x.example.com", "#ops", "acme/shop/api/x.py", "ordres db", "paymets-api"]),
    st.text(max_size=40),
)


@given(st.lists(_assets() | st.integers(1, 8), max_size=20), st.lists(_QUERY, min_size=5, max_size=12))
def test_changes_in_any_order_come_to_what_a_fresh_build_is(
    changes: list[AssetRecord | int], queries: list[str]
) -> None:
    changed = Directory()
    wanted: dict[int, AssetRecord] = {}
    for change in changes:
        if isinstance(change, int):
            changed.remove(change)
            wanted.pop(change, None)
        else:
            changed.replace(change)
            wanted[change.id] = change
    fresh = Directory.build(wanted.values())
    assert len(changed) == len(fresh) == len(wanted)
    for query in queries + [asset.name for asset in wanted.values()]:
        assert changed.resolve(query) == fresh.resolve(query)
        assert changed.mentioned(query) == fresh.mentioned(query)
    for asset_id in range(9):
        assert changed.children(asset_id) == fresh.children(asset_id)
        assert changed.get(asset_id) is wanted.get(asset_id)


@given(st.lists(_assets(), max_size=8))
def test_a_directory_emptied_knows_nothing(assets: list[AssetRecord]) -> None:
    directory = Directory.build(assets)
    for asset in assets:
        directory.remove(asset.id)
    for asset in assets:
        found = directory.resolve(asset.name)
        assert isinstance(found, Nearest)
        assert found.candidates == ()
        assert directory.by_ref(asset.ref) is None


@given(st.lists(_assets(), max_size=8), st.text(max_size=400) | _QUERY, st.integers(1, 6))
def test_any_text_has_an_answer_within_the_limit(assets: list[AssetRecord], text: str, limit: int) -> None:
    directory = Directory.build(assets)
    found = directory.resolve(text, limit=limit)
    if isinstance(found, Match):
        assert directory.get(found.asset_id) is not None
        assert 0 < found.confidence <= 1
    else:
        assert len(found.candidates) <= limit
        assert not isinstance(found, Several) or len(found.candidates) >= min(2, limit)
    assert len(directory.mentioned(text, limit=limit)) <= limit


@given(
    st.lists(
        st.text(min_size=1, max_size=30) | _names(), min_size=1, max_size=8, unique_by=lambda name: clean(name).lower()
    )
)
def test_a_name_that_one_asset_has_is_that_asset(names: list[str]) -> None:
    directory = Directory.build(
        AssetRecord(id=place, own_ref=f"service:ns{place}/x", kind=AssetKind.SERVICE, name=name)
        for place, name in enumerate(names, 1)
    )
    for place, name in enumerate(names, 1):
        if clean(name):
            found = directory.resolve(name)
            assert isinstance(found, Match)
            assert found.asset_id == place


@given(st.lists(st.tuples(_KIND, _names()), min_size=1, max_size=6, unique_by=lambda one: f"{one[0]}:{one[1]}".lower()))
@example([(AssetKind.SERVICE, "api"), (AssetKind.OTHER, "service:api"), (AssetKind.OTHER, "api")])
def test_a_reference_finds_its_asset_beside_others_of_that_name(named: list[tuple[AssetKind, str]]) -> None:
    assets = [AssetRecord(id=place, kind=kind, name=name) for place, (kind, name) in enumerate(named, 1)]
    directory = Directory.build(assets)
    for asset in assets:
        assert directory.by_ref(asset.ref.upper()) is asset
        found = directory.resolve(asset.ref.upper())
        namesake = next((one for one in assets if one.name.lower() == asset.ref), asset)
        assert isinstance(found, Match)
        assert found.asset_id == namesake.id
        directory.remove(asset.id)
        assert directory.by_ref(asset.ref) is None
        directory.replace(asset)
        assert directory.by_ref(asset.ref) is asset


@given(st.lists(_names(), min_size=1, max_size=8, unique=True), _names())
def test_an_answer_has_the_digits_of_the_question(names: list[str], query: str) -> None:
    directory = Directory.build(
        AssetRecord(id=place, own_ref=f"service:ns{place}/x", kind=AssetKind.SERVICE, name=name)
        for place, name in enumerate(names, 1)
    )
    found = directory.resolve(query)
    if isinstance(found, Match):
        assert _digits(found.understood_as) == _digits(query)


@given(st.lists(_names(), min_size=1, max_size=8, unique=True), _names(), st.booleans())
@example(names=["payments.payments"], query="payments.payments payments", is_first=False)
def test_an_unknown_word_is_never_passed_over(names: list[str], query: str, is_first: bool) -> None:
    directory = Directory.build(
        AssetRecord(id=place, own_ref=f"service:ns{place}/x", kind=AssetKind.SERVICE, name=name)
        for place, name in enumerate(names, 1)
    )
    assume(not query.endswith(".svc") and not query.startswith("svc/"))  # how a cluster writes it, and no word
    text = f"quixotry {query}" if is_first else f"{query}-quixotry"
    assert not isinstance(directory.resolve(text), Match)


@given(_names(), _SEPARATOR)
def test_separators_and_case_do_not_matter(name: str, separator: str) -> None:
    directory = Directory.build([AssetRecord(id=1, own_ref="service:x/y", kind=AssetKind.SERVICE, name=name)])
    found = directory.resolve(name.replace("-", "_").upper())
    assert isinstance(found, Match)
    assert found.method in (ResolutionMethod.NAME, ResolutionMethod.FOLDED)


_LETTERS = st.text("abcd", min_size=3, max_size=12)


@given(_LETTERS, _LETTERS)
def test_near_texts_share_a_key(text: str, other: str) -> None:
    if Levenshtein.distance(text, other) <= 2 or OSA.distance(text, other) <= 1:
        assert set(near_keys(text, slips=2)) & set(piece_keys(other))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=40), st.data())
def test_rows_are_a_multimap(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    rows = HashedRows()
    held: set[tuple[int, int]] = set()
    for key, number in pairs:
        if (key, number) in held and data.draw(st.booleans()):
            rows.discard(key, number)
            held.discard((key, number))
        elif (key, number) not in held:
            rows.add(key, number)
            held.add((key, number))
    for key in range(6):
        assert rows.find(key) == sorted(number for own, number in held if own == key)


def _digits(text: str) -> str:
    return "".join(mark for mark in fold(text) if mark.isdigit())
