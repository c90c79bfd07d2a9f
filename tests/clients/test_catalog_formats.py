"""What holds for every format: no file, however broken, stops an import or blames Baton."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import FORMATS, read
from tests.conftest import examples

#: A name that each format would take in a walk.
NAMES = {
    "baton": "baton.yaml",
    "backstage": "catalog-info.yaml",
    "opslevel": "opslevel.yml",
    "cortex": "cortex.yaml",
    "datadog": "entity.datadog.yaml",
    "codeowners": "CODEOWNERS",
    "gitlab-codeowners": "CODEOWNERS",
    "kubernetes": "OWNERS",
    "csv": "assets.csv",
    "terraform": "show.json",
}
#: A link of which only the title is given, as each format writes links.
UNLINKED = {
    "baton": "assets:\n- name: cart\n  links: [{Runbook: }]\n",
    "backstage": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: cart\n"
    "  links: [{title: Runbook}]\nspec: {type: service, owner: shop}\n",
    "opslevel": "version: 1\nservice:\n  name: cart\n  owner: shop\n  tools: [{name: Runbook}]\n",
    "cortex": "openapi: 3.0.1\ninfo:\n  title: cart\n  x-cortex-tag: cart\n  x-cortex-link: [{name: Runbook}]\n",
    "datadog": "schema-version: v2.2\ndd-service: cart\nteam: shop\nlinks: [{name: Runbook, type: doc}]\n",
}
KEYS = st.sampled_from(
    [
        "version",
        "service",
        "component",
        "repository",
        "team",
        "name",
        "owner",
        "aliases",
        "tier",
        "tools",
        "tags",
        "system",
        "info",
        "x-cortex-tag",
        "x-cortex-type",
        "x-cortex-owners",
        "x-cortex-git",
        "x-cortex-slack",
        "x-cortex-team",
        "x-cortex-parents",
        "schema-version",
        "dd-service",
        "apiVersion",
        "kind",
        "metadata",
        "spec",
        "contacts",
        "links",
        "additionalOwners",
        "componentOf",
        "approvers",
        "reviewers",
        "options",
        "filters",
        "labels",
        "members",
        "email",
        "type",
        "assets",
        "teams",
        "people",
        "owners",
        "runs",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["v3", "v2", "1", "a", "@b/c", "jo@x.test", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


def test_every_format_is_here() -> None:
    assert NAMES.keys() == FORMATS.keys()


def problems_of(name: str, content: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / NAMES[name]
        file.write_bytes(content)
        FORMATS[name].matches(file)
        return [each.message for each in read(name, [file]).problems]


@pytest.mark.parametrize("name", NAMES)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@examples(20)
def test_no_bytes_are_too_odd(name: str, content: bytes) -> None:
    assert not any("fault in Baton" in each for each in problems_of(name, content))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"codeowners", "gitlab-codeowners", "csv"}])
@given(documents=st.lists(st.dictionaries(KEYS, VALUES, max_size=5), min_size=1, max_size=2))
@examples(50)
def test_no_shape_is_too_odd(name: str, documents: list[dict[str, object]]) -> None:
    content = yaml.safe_dump_all(documents).encode()
    assert not any("fault in Baton" in each for each in problems_of(name, content))


@pytest.mark.parametrize("name", ["codeowners", "gitlab-codeowners"])
@given(
    lines=st.lists(
        st.text(st.sampled_from("*/[]^!\\#@ ab.-{}?\t"), max_size=20)
        | st.sampled_from(["[A][2] @x", "^[a]", "* @a/b", "!x/ @c", "\\ @d"]),
        max_size=8,
    )
)
@examples(50)
def test_no_line_is_too_odd(name: str, lines: list[str]) -> None:
    assert not any("fault in Baton" in each for each in problems_of(name, "\n".join(lines).encode()))


@pytest.mark.parametrize("name", UNLINKED)
def test_a_link_without_an_address_is_said(name: str, tmp_path: Path) -> None:
    path = tmp_path / NAMES[name]
    path.write_text(UNLINKED[name], encoding="utf-8")
    catalog = read(name, [path])
    assert [asset.links for asset in catalog.assets] == [()]
    (problem,) = catalog.problems
    assert "link 'Runbook' has no web address and is left out" in problem.message
    assert problem.origin.line is not None
