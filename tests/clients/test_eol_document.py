"""The document of endoflife.date's API v1: what is read of it, and what a broken one costs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.eol import document
from bot.domain.eol import Cycle, InCycle, Product, Table, Undated, match
from bot.errors import UnreadableError
from tests.eol_facts import SAMPLE, needs_facts, needs_sample, table

RELEASE: dict[str, Any] = {
    "name": "20",
    "codename": "Iron",
    "label": "20 (LTS)",
    "releaseDate": "2023-04-18",
    "isLts": True,
    "ltsFrom": "2023-10-24",
    "isEoas": True,
    "eoasFrom": "2024-10-22",
    "isEol": False,
    "eolFrom": "2026-04-30",
    "isEoes": False,
    "eoesFrom": None,
    "isMaintained": True,
    "latest": {"name": "20.20.2", "date": "2026-03-24", "link": None},
    "custom": None,
}
PRODUCT: dict[str, Any] = {
    "name": "nodejs",
    "aliases": ["node"],
    "label": "Node.js",
    "category": "framework",
    "tags": ["framework"],
    "identifiers": [{"id": "pkg:docker/library/node", "type": "purl"}],
    "labels": {"eol": "Security Support"},
    "releases": [RELEASE],
    "somethingNew": {"deep": [1]},
}


def made(*products: object) -> dict[str, Any]:
    return {"schema_version": "1.2.1", "generated_at": "2026-08-22T08:52:34+00:00", "result": list(products)}


def cycle(**changed: object) -> Cycle:
    read = document.read(made({**PRODUCT, "releases": [{**RELEASE, **changed}]}))
    assert read.problems == ()
    return read.products[0].cycles[0]


def test_a_product_is_read_whole() -> None:
    read = document.read(json.dumps(made(PRODUCT)).encode())
    assert read.problems == ()
    assert read.products == (
        Product(
            key="nodejs",
            label="Node.js",
            aliases=("node",),
            identifiers=("pkg:docker/library/node",),
            category="framework",
            cycles=(
                Cycle(
                    name="20",
                    codename="Iron",
                    label="20 (LTS)",
                    released=date(2023, 4, 18),
                    latest="20.20.2",
                    lts=date(2023, 10, 24),
                    eoas=date(2024, 10, 22),
                    eol=date(2026, 4, 30),
                    eoes=Undated.OPEN,
                ),
            ),
        ),
    )


def test_the_date_counts_and_the_flag_only_without_one() -> None:
    assert cycle(isEol=True, eolFrom="2099-01-01").eol == date(2099, 1, 1)
    assert cycle(isEol=True, eolFrom=None).eol is Undated.ENDED
    assert cycle(isEol=False, eolFrom=None).eol is Undated.OPEN
    assert cycle(isEoes=None, eoesFrom=None).eoes is Undated.ABSENT
    without = {key: value for key, value in RELEASE.items() if "oas" not in key and "atest" not in key}
    read = document.read(made({**PRODUCT, "releases": [without]})).products[0].cycles[0]
    assert (read.eoas, read.latest) == (Undated.ABSENT, "")


def test_a_release_that_is_lts_from_no_day() -> None:
    assert cycle(ltsFrom=None).lts is True
    assert cycle(ltsFrom=None, isLts=False).lts is False


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (7, "not an object"),
        ({"label": "X"}, "no name"),
        ({"name": "x"}, "no list of releases"),
        ({**PRODUCT}, "there twice"),
    ],
)
def test_a_broken_product_is_reported_and_the_rest_read(broken: object, said: str) -> None:
    read = document.read(made(PRODUCT, broken, {**PRODUCT, "name": "other"}))
    assert [product.key for product in read.products] == ["nodejs", "other"]
    assert len(read.problems) == 1
    assert said in read.problems[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "no name"),
        ({"eolFrom": "soon"}, "eolFrom is not a date"),
        ({"eolFrom": 7}, "eolFrom is not a date"),
        ({"eolFrom": None, "isEol": "yes"}, "isEol is neither"),
    ],
)
def test_a_broken_release_is_reported_and_the_rest_read(changed: dict[str, object], said: str) -> None:
    read = document.read(made({**PRODUCT, "releases": [{**RELEASE, **changed}, {**RELEASE, "name": "18"}, "x"]}))
    assert [one.name for one in read.products[0].cycles] == ["18"]
    assert len(read.problems) == 2
    assert said in read.problems[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>404</html>", b"[]", b"null", b'{"result": {}}', b'{"results": []}', b"\xff\xfe", b"[" * 5000],
)
def test_what_is_no_such_document_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        document.read(content)


def test_the_error_names_the_file() -> None:
    with pytest.raises(UnreadableError, match=r"saved\.json is not JSON"):
        document.read(b"<html>", shown="saved.json")


def test_renames_are_found_by_the_old_name() -> None:
    table_of = Table(document.read(made({**PRODUCT, "name": "node-js", "aliases": ["nodejs", 7]})).products)
    found = match(table_of, product="nodejs", version="20.1")
    assert isinstance(found, InCycle)
    assert found.product.key == "node-js"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PRODUCT, *RELEASE]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=3))
def test_any_shape_is_read_or_reported(products: list[object]) -> None:
    read = document.read(made(*products))
    assert len(read.products) + sum(problem.startswith("product ") for problem in read.problems) == len(products)


@needs_sample
@needs_facts
def test_the_sample_of_the_api_says_what_the_facts_say() -> None:
    read = document.read(SAMPLE.read_bytes())
    assert read.problems == ()
    assert {product.key for product in read.products} == {"amazon-rds-postgresql", "nodejs", "postgresql"}
    for product in read.products:
        known = table().get(product.key)
        assert known is not None
        assert product.aliases == known.aliases
        assert product.identifiers == known.identifiers
        assert [(one.name, one.clocks, one.released, one.latest) for one in product.cycles] == [
            (one.name, one.clocks, one.released, one.latest) for one in known.cycles
        ]


@pytest.mark.parametrize(
    ("product", "label", "read"),
    [
        ("Microsoft Windows Server", "Windows Server 2016", "2016"),
        ("AlmaLinux OS", "AlmaLinux OS 9", "9"),
        ("IBM MQ", "IBM MQ 9.4 LTS", "9.4 LTS"),
        ("Red Hat build of OpenJDK", "OpenJDK 21", "21"),
        ("AWS Lambda", "Java 17 (AL2023)", "Java 17 (AL2023)"),
        ("Jenkins", "Regular", "Regular"),
        ("Windows Server", "Windows Server", "Windows Server"),
    ],
)
def test_a_label_does_not_say_the_products_name_again(product: str, label: str, read: str) -> None:
    release = {**RELEASE, "name": "x", "label": label}
    assert document.read(made({**PRODUCT, "label": product, "releases": [release]})).products[0].cycles[0].label == read
