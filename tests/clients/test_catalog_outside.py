"""A repository is somebody else's: no link leads the reader out of it, and no secret becomes a name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.clients.catalog import detect, read
from bot.domain.catalog import OwnerType, SourceCatalog
from tests.domain.test_secrets import SECRET_FILES, SECRETS

TOKEN = SECRETS[0]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with what nobody has imported."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / ".env").write_text(f"BATON_SLACK_BOT_TOKEN={TOKEN} @acme/payments\n/private/ @acme/private-team\n")
    (folder / "catalog-info.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        "metadata: {name: private-thing}\nspec: {type: service, owner: private-team}\n"
    )
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


def said(catalog: SourceCatalog) -> str:
    """Everything that would reach the store or the report."""
    return repr((catalog.assets, catalog.teams, catalog.people, [str(each) for each in catalog.problems]))


def link(checkout: Path, name: str, to: Path | str) -> Path:
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to)
    return path


@pytest.mark.parametrize("is_named", [True, False], ids=["the file is named", "its folder is named"])
@pytest.mark.parametrize("chain", [1, 2], ids=["a link", "a link to a link"])
def test_a_link_out_of_the_folder_is_not_read(checkout: Path, outside: Path, chain: int, is_named: bool) -> None:
    target: Path | str = outside / ".env"
    if chain == 2:
        target = link(checkout, "inner", target).name
    path = link(checkout, "CODEOWNERS", target)
    catalog = read("codeowners", [path if is_named else checkout])
    assert catalog.assets == []
    assert "leads out of its folder" in said(catalog)
    assert TOKEN not in said(catalog)
    assert "private-team" not in said(catalog)


def test_a_folder_that_is_a_link_out_is_not_walked(checkout: Path, outside: Path) -> None:
    link(checkout, "services", outside)
    catalog = read("backstage", [checkout])
    assert catalog.assets == []
    assert "leads out of its folder" in said(catalog)
    assert "private-thing" not in said(catalog)


def test_nothing_outside_is_looked_at_to_tell_the_format(checkout: Path, outside: Path) -> None:
    link(checkout, "catalog-info.yaml", outside / "catalog-info.yaml")
    found, problems = detect([checkout])
    assert found == {}
    assert any("leads out of its folder" in str(each) for each in problems)


def test_links_within_the_folder_are_read(checkout: Path) -> None:
    (checkout / "owners").mkdir()
    (checkout / "owners" / "real.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        "metadata: {name: checkout}\nspec: {type: service, owner: payments}\n"
    )
    link(checkout, "catalog-info.yaml", "owners/real.yaml")
    assert [each.name for each in read("backstage", [checkout / "catalog-info.yaml"]).assets] == ["checkout"]


def test_the_folder_that_is_named_may_be_a_link_itself(checkout: Path, outside: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    named.symlink_to(outside)
    assert [each.name for each in read("backstage", [named]).assets] == ["private-thing"]


def test_a_pipe_keeps_nobody_waiting(checkout: Path) -> None:
    os.mkfifo(checkout / "CODEOWNERS")
    assert "holds no file of the format" in said(read("codeowners", [checkout]))
    assert "neither a file nor a directory" in said(read("codeowners", [checkout / "CODEOWNERS"]))


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_no_name_and_is_not_repeated(checkout: Path, secret: str) -> None:
    names = {"asset": secret, "owner": secret, "alias": secret}
    lines = ["baton: 1", "assets:"]
    lines += [f"  - {{name: {names['asset']!r}, owner: payments}}", f"  - {{name: a, owner: {names['owner']!r}}}"]
    lines += [f"  - {{name: b, aliases: [{names['alias']!r}], owner: payments}}", "  - {name: fine, owner: payments}"]
    lines += [f"  - {{name: c, description: {secret!r}, owner: payments}}", "teams:", f"  - {{name: {secret!r}}}"]
    (checkout / "baton.yaml").write_text("\n".join(lines) + "\n")
    catalog = read("baton", [checkout])
    assert secret not in said(catalog)
    assert {each.name for each in catalog.assets} == {"fine", "c"}
    assert catalog.teams == []
    assert said(catalog).count("looks like a secret") >= 4


def test_a_line_of_codeowners_with_a_secret_is_left_out_with_its_place(checkout: Path) -> None:
    (checkout / "CODEOWNERS").write_text(f"/src/ @acme/payments\nBATON_SLACK_BOT_TOKEN={TOKEN} @acme/payments\n")
    catalog = read("codeowners", [checkout])
    assert TOKEN not in said(catalog)
    assert any(each.origin.line == 2 and "secret" in each.message for each in catalog.problems)


@pytest.mark.parametrize("line", ["DB_PASSWORD: hunter2", "* @acme/payments DB_PASSWORD = hunter2", "TOKEN=a hunter2"])
@pytest.mark.parametrize("format_name", ["codeowners", "gitlab-codeowners"])
def test_no_word_of_a_line_that_looks_like_a_secret_is_printed_or_taken(
    checkout: Path, format_name: str, line: str
) -> None:
    (checkout / "CODEOWNERS").write_text(f"/src/ @acme/payments\n{line}\n")
    catalog = read(format_name, [checkout])
    assert "hunter2" not in said(catalog)
    [problem] = [each for each in catalog.problems if each.origin.line]
    assert (problem.origin.line, problem.is_error) == (2, False)
    assert "looks like a secret" in problem.message
    assert [each.path_rule.pattern for each in catalog.assets if each.path_rule] == ["/src/"]


def test_a_comment_that_looks_like_a_secret_leaves_its_line_as_it_is(checkout: Path) -> None:
    (checkout / "CODEOWNERS").write_text("/src/ @acme/payments # password: see the vault\n")
    catalog = read("codeowners", [checkout])
    assert (len(catalog.assets), [each for each in catalog.problems if each.origin.line]) == (2, [])


def test_a_secret_that_ends_behind_what_is_shown_is_not_begun(checkout: Path) -> None:
    word = "postgres://payments:hunter2" + "x" * 400 + "@db"
    (checkout / "OWNERS").write_text(f"approvers: [jo, '{word}']\n")
    catalog = read("kubernetes", [checkout])
    assert "hunter2" not in said(catalog)
    assert "(looks like a secret)" in said(catalog)


@pytest.mark.parametrize("target", [".env", ".git/config", "notes.txt", "deploy/prod.pem"])
@pytest.mark.parametrize("is_named", [True, False], ids=["the file is named", "its folder is named"])
@pytest.mark.parametrize("name", ["CODEOWNERS", "docs/CODEOWNERS"])
@pytest.mark.parametrize("format_name", ["codeowners", "gitlab-codeowners"])
def test_a_link_to_a_file_that_is_no_catalog_is_not_read(
    checkout: Path, format_name: str, name: str, target: str, *, is_named: bool
) -> None:
    (checkout / target).parent.mkdir(exist_ok=True)
    (checkout / target).write_text("/private/ @acme/private-team\nhunter2\n")
    path = link(checkout, name, checkout / target)
    catalog = read(format_name, [path if is_named else checkout])
    assert catalog.assets == []
    assert "is a link" in said(catalog)
    assert "private" not in said(catalog)
    assert "hunter2" not in said(catalog)
    if not is_named:
        found, problems = detect([checkout])
        assert found == {}
        assert [each.is_error for each in problems if "is a link to a file that is not named" in str(each)] == [False]


LINKED = {
    "baton": ("a.yaml", "baton: 1\nassets: [{name: hunter2}]\n"),
    "backstage": ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: hunter2}\n"),
    "opslevel": ("opslevel.yml", "version: 1\nservice:\n  name: hunter2\n"),
    "cortex": ("a.yaml", "openapi: 3.0.1\ninfo:\n  title: hunter2\n  x-cortex-tag: hunter2\n"),
    "datadog": ("service.datadog.yaml", "schema-version: v2\ndd-service: hunter2\n"),
    "kubernetes": ("OWNERS", "approvers: [hunter2]\n"),
    "csv": ("a.csv", "name,owner\nhunter2,hunter2\n"),
    "terraform": ("a.tfstate", '{"version": 4, "terraform_version": "hunter2"}'),
}


@pytest.mark.parametrize("format_name", LINKED)
def test_no_reader_follows_a_link_to_a_file_of_another_kind(checkout: Path, format_name: str) -> None:
    name, text = LINKED[format_name]
    (checkout / "notes.txt").write_text(text)
    link(checkout, name, "notes.txt")
    catalog = read(format_name, [checkout])
    assert any("is a link to a file that is not named" in str(each) for each in catalog.problems)
    assert "hunter2" not in said(catalog)


@pytest.mark.parametrize("name", SECRET_FILES)
def test_a_link_to_a_file_of_secrets_is_not_read_even_under_the_same_name(checkout: Path, name: str) -> None:
    (checkout / "real").mkdir()
    (checkout / "real" / name).write_text("baton: 1\nassets: [{name: private-thing}]\n")
    path = link(checkout, name, f"real/{name}")
    assert "private-thing" not in said(read("baton", [path]))


def test_a_named_link_to_a_file_of_the_same_name_is_read(checkout: Path) -> None:
    (checkout / "..data").mkdir()
    (checkout / "..data" / "owners.conf").write_text("baton: 1\nassets: [{name: checkout}]\n")
    path = link(checkout, "owners.conf", "..data/owners.conf")
    assert [each.name for each in read("baton", [path]).assets] == ["checkout"]


def test_what_lies_beside_a_file_is_not_read_through_a_link_to_another_kind(checkout: Path) -> None:
    (checkout / ".env").write_text('[remote "origin"]\nurl = https://example.test/acme/private\n')
    (checkout / "notes.txt").write_text("aliases: {private: [jo]}\n")
    link(checkout, ".git/config", checkout / ".env")
    link(checkout, "OWNERS_ALIASES", "notes.txt")
    (checkout / "OWNERS").write_text("approvers: [private]\n")
    catalog = read("kubernetes", [checkout / "OWNERS"])
    assert catalog.assets
    assert "acme/private" not in said(catalog)
    assert {each.owner.type for asset in catalog.assets for each in asset.owners} == {OwnerType.PERSON}
