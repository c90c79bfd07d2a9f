"""Changes of catalog files: the receiver in the giver's place, and not a byte more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import patches, read
from bot.domain.catalog import Area, AssetClaim, OwnerClaim
from bot.domain.reconcile.edits import OwnerEdit, spelling_for
from tests.conftest import examples

GIVER, RECEIVER = "@acme/devops", "@acme/payments"


def change(external_id: str, *, area: Area = Area.ALL, giver: str = GIVER, to: str = RECEIVER) -> OwnerEdit:
    return OwnerEdit(asset=external_id, external_id=external_id, area=area, givers=(giver,), receiver=to)


def plain(external_id: str, **rest: str) -> OwnerEdit:
    return change(external_id, giver="devops", to="payments", area=Area(rest.get("area", "all")))


def lines_changed(before: str, after: str) -> list[str]:
    """The lines that went and came, as a unified difference marks them."""
    found = patches.unified("f", before, after).split("\n")[2:]
    return [line for line in found if line[:1] in "+-" and line]


class TestCodeowners:
    """GitHub's CODEOWNERS."""

    def edited(self, text: str, *edits: OwnerEdit) -> tuple[str, list[str]]:
        found = patches.edit("codeowners", text, edits)
        return found.text, [each.reason for each in found.refusals]

    def test_one_word_of_one_line_changes(self) -> None:
        text = "# rules\r\n\r\n/orders/\t@acme/devops   @acme/web # by hand\r\n/pay/ @acme/devops\r\n"
        after, refused = self.edited(text, change("acme/shop:/orders/"))
        assert after == text.replace("/orders/\t@acme/devops", "/orders/\t@acme/payments")
        assert refused == []

    def test_an_owner_that_is_there_already_is_not_named_twice(self) -> None:
        after, _ = self.edited("/orders/ @acme/devops @acme/payments\n", change("s:/orders/"))
        assert after == "/orders/ @acme/payments\n"

    def test_of_two_rules_of_a_pattern_the_last_one_counts(self) -> None:
        after, _ = self.edited("/a/ @acme/devops\n/a/ @acme/devops\n", change("s:/a/"))
        assert after == "/a/ @acme/devops\n/a/ @acme/payments\n"

    def test_the_rule_for_everything_changes_where_the_repository_goes_with_it(self) -> None:
        after, _ = self.edited("* @acme/devops\n/a/ @acme/web\n", change("acme/shop"), change("acme/shop:*"))
        assert after == "* @acme/payments\n/a/ @acme/web\n"

    @pytest.mark.parametrize("one", ["acme/shop", "acme/shop:*"])
    def test_half_of_what_the_rule_for_everything_says_is_not_changed(self, one: str) -> None:
        """A rule behind it for the repository would also take every file that has no rule of its own."""
        text = "* @acme/devops # everything\n/a/ @acme/web\n"
        after, [reason] = self.edited(text, change(one))
        assert after == text
        assert reason == (
            "line 1 says who owns the repository and every file without a rule of its own, and only one of them is "
            "handed over: hand both over, or change it by hand."
        )

    def test_a_last_line_without_an_end_stays_one(self) -> None:
        after, _ = self.edited("* @acme/devops", change("acme/shop"), change("acme/shop:*"))
        assert after == "* @acme/payments"

    def test_what_is_not_there_any_more_is_said(self) -> None:
        text = "/a/ @acme/web\n"
        after, refused = self.edited(text, change("s:/a/"), change("s:/b/"))
        assert after == text
        assert sorted(refused) == [
            "it does not name @acme/devops any more: nothing is to be changed.",
            "the file has no such rule any more.",
        ]


#: Patterns of random files, every spelling of "everything" among them.
PATTERNS = ["*", "**", "/**", "**/*", "/**/*", "/a/", "/a/b/", "a", "*.tf", "/docs/*", "/x\\ y/"]
OWNERS = [GIVER, RECEIVER, "@acme/web", "@jo", "jo@example.com"]
RULES = st.builds(
    lambda pattern, gap, owners, comment, pad: f"{pad}{pattern}{gap}{' '.join(owners)}{comment}",
    st.sampled_from(PATTERNS),
    st.sampled_from([" ", "\t", "    "]),
    st.lists(st.sampled_from(OWNERS), max_size=3),
    st.sampled_from(["", " # @acme/devops keeps it", "  "]),
    st.sampled_from(["", "  "]),
)
LINES = st.lists(st.one_of(RULES, RULES, RULES, st.sampled_from(["", "# text @acme/devops", "[section]", "!x @y"])))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("codeowners")


def owned(folder: Path, text: str) -> dict[str, AssetClaim]:
    file = folder / "CODEOWNERS"
    file.write_bytes(text.encode())
    return {claim.external_id: claim for claim in read("codeowners", [file]).assets}


def renamed(owners: Iterable[OwnerClaim]) -> set[str]:
    written = {each.owner.written for each in owners}
    return (written - {GIVER}) | {RECEIVER}


@examples(20)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n"]), is_ended=st.booleans(), chosen=st.data())
def test_of_any_codeowners_the_receiver_gets_what_it_got_and_nobody_else_loses_anything(
    folder: Path, lines: list[str], end: str, is_ended: bool, chosen: st.DataObject
) -> None:
    text = end.join(lines) + (end if is_ended else "")
    before = owned(folder, text)
    given_away = [key for key, claim in before.items() if GIVER in {each.owner.written for each in claim.owners}]
    wanted = chosen.draw(st.lists(st.sampled_from(given_away), unique=True) if given_away else st.just([]))
    found = patches.edit("codeowners", text, [change(key) for key in wanted])
    after = owned(folder, found.text)
    refused = {each.edit.external_id for each in found.refusals}
    for key, claim in before.items():
        written = {each.owner.written for each in claim.owners}
        expected = renamed(claim.owners) if key in wanted and key not in refused else written
        assert {each.owner.written for each in after[key].owners} == expected, key
    # Only of the rule for everything and the repository one cannot pass without the other.
    assert all(key.partition(":")[2] in ("", *PATTERNS[:5]) for key in refused)
    assert after.keys() == before.keys()
    came = [line for line in lines_changed(text, found.text) if line.startswith("+")]
    assert len(came) <= len(wanted) + (not is_ended)


class TestYaml:
    """Baton's own files, and Backstage's."""

    BATON = (
        "# who owns what\nbaton: 1\nx-ops: &ops devops\nassets:\n"
        "  - name: orders   # the shop's\n    owner: devops # since 2020\n"
        '  - {name: pay, owner: "devops", tier: 1}\n'
        "  - name: search\n    owner: [web, 'devops']\n"
        "  - name: db\n    kind: database\n    owners:\n      application: devops\n"
        "      database: {owner: devops, secondary: web}\n      CI CD:\n        - devops\n        - payments # both\n"
        "  - name: aliased\n    owner: *ops\n"
    )

    def edited(self, text: str, *edits: OwnerEdit, format_name: str = "baton") -> tuple[str, list[str]]:
        found = patches.edit(format_name, text, edits)
        return found.text, [each.reason for each in found.refusals]

    @pytest.mark.parametrize(
        ("one", "gone", "come"),
        [
            (plain("service:orders"), "    owner: devops # since", "    owner: payments # since"),
            (plain("service:pay"), 'owner: "devops"', 'owner: "payments"'),
            (plain("service:search"), "[web, 'devops']", "[web, 'payments']"),
            (plain("database:db", area="application"), "application: devops", "application: payments"),
            (plain("database:db", area="database"), "{owner: devops,", "{owner: payments,"),
            (plain("database:db", area="ci-cd"), "        - devops\n", ""),
            (plain("service:aliased"), "owner: *ops", "owner: payments"),
        ],
        ids=lambda each: each.external_id if isinstance(each, OwnerEdit) else "",
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_one_value_changes(self, one: OwnerEdit, gone: str, come: str, end: str) -> None:
        text, gone, come = (each.replace("\n", end) for each in (self.BATON, gone, come))
        assert text.count(gone) == 1
        assert self.edited(text, one) == (text.replace(gone, come), [])

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("database: {owner: devops, secondary: [payments]}", "database: {owner: payments}"),
            ("database: {secondary: payments, owner: devops}", "database: {owner: payments}"),
            ("database: {owner: devops, secondary: [web, Payments]}", "database: {owner: payments, secondary: [web]}"),
            ("database:\n        owner: devops\n        secondary: payments # since 2020\n        # end", None),
            ("database:\n        owner: devops\n        secondary:\n          - payments\n        # end", None),
        ],
        ids=["only", "first", "one of several", "block", "block list"],
    )
    def test_a_receiver_that_helped_is_a_helper_no_longer(self, before: str, after: str | None) -> None:
        head = "baton: 1\nassets:\n  - name: db\n    kind: database\n    secondary: payments\n    owners:\n      "
        tail = "\n      security: {owner: devops, secondary: payments}\n"
        expected = after or "database:\n        owner: payments\n        # end"
        found = self.edited(head + before + tail, plain("database:db", area="database"))
        assert found == (head + expected + tail, [])

    def test_a_receiver_that_helped_with_the_whole_is_a_helper_no_longer(self) -> None:
        text = "baton: 1\nassets:\n  - name: a\n    owner: devops\n    secondary: [pay, web]\n    tier: 1\n"
        one = OwnerEdit(
            asset="a",
            external_id="service:a",
            area=Area.ALL,
            givers=("devops",),
            receiver="payments",
            also_written=("pay",),
        )
        after = text.replace("devops", "payments").replace("pay, web", "web")
        assert self.edited(text, one) == (after, [])

    def test_helpers_to_which_others_refer_are_left(self) -> None:
        text = "baton: 1\nassets:\n  - {name: a, owner: devops, secondary: &h [payments]}\n  - {name: b, owner: *h}\n"
        assert self.edited(text, plain("service:a")) == (
            text,
            ["other entries of the file refer to its helpers: change it by hand."],
        )

    def test_several_at_once(self) -> None:
        wanted = [plain(f"service:{name}") for name in ("orders", "pay", "search", "aliased")]
        after, refused = self.edited(self.BATON, *wanted)
        assert (len(lines_changed(self.BATON, after)), refused) == (8, [])

    def test_an_owner_from_a_merge_key_gets_a_line_of_its_own(self) -> None:
        text = "baton: 1\nx: &x {owner: devops}\nassets:\n  - <<: *x\n    name: a\n    tier: 1\n  - {<<: *x, name: b}\n"
        after, refused = self.edited(text, plain("service:a"), plain("service:b"))
        assert after == text.replace("    name: a\n", "    name: a\n    owner: payments\n")
        assert refused == ["its owner stands elsewhere in the file, for others too: change it by hand."]

    def test_an_owner_that_others_refer_to_is_left(self) -> None:
        text = "baton: 1\nassets:\n  - name: a\n    owner: &o devops\n  - name: b\n    owner: *o\n"
        assert self.edited(text, plain("service:a")) == (
            text,
            ["other entries of the file refer to its owner: change it by hand."],
        )

    @pytest.mark.parametrize("text", ["baton: 1\nassets: [", "baton: 1\nassets: " + "[" * 100 + "]" * 100])
    def test_what_cannot_be_read_is_left(self, text: str) -> None:
        assert self.edited(text, plain("service:a")) == (text, ["the file is not valid YAML: change it by hand."])

    @pytest.mark.parametrize(
        ("word", "written"), [("123", '"123"'), ("on", '"on"'), ("@acme/pay", '"@acme/pay"'), ("Pay Team", "Pay Team")]
    )
    def test_a_word_is_quoted_where_yaml_would_read_something_else(self, word: str, written: str) -> None:
        text = "baton: 1\nassets:\n  - name: a\n    owner: devops\n"
        after, _ = self.edited(text, change("service:a", giver="devops", to=word))
        assert after == text.replace("devops", written)

    def test_an_entity_of_several_in_a_file(self) -> None:
        entity = (
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {}\n"
            "  annotations:\n    Baton/owner-database: devops\nspec:\n  owner: group:devops # x\n"
        )
        text = "---\n".join(entity.format(name) for name in ("a", "B", "c"))
        one = change("component:default/b", giver="group:devops", to="group:payments")
        after, refused = self.edited(text, one, format_name="backstage")
        first, second, third = after.split("---\n")
        assert (first, third, refused) == (entity.format("a"), entity.format("c"), [])
        assert second == entity.format("B").replace("group:devops", "group:payments")
        after, _ = self.edited(text, plain("component:default/c", area="database"), format_name="backstage")
        assert lines_changed(text, after) == [
            "-    Baton/owner-database: devops",
            "+    Baton/owner-database: payments",
        ]

    def test_what_the_api_answered_is_no_file_to_change(self) -> None:
        text = '{"kind": "Component", "metadata": {"name": "a"}, "spec": {"owner": "devops"}, "relations": []}'
        _, [reason] = self.edited(text, plain("component:default/a"), format_name="backstage")
        assert reason.startswith("it is what Backstage's catalog answered")


class TestTables:
    """CSV."""

    TEXT = 'Service;Team;Area\r\norders;devops;\r\npay;"devops; web";\r\ndb;devops;database\r\ndb;\'=x;application\r\n'

    def edited(self, *edits: OwnerEdit, text: str = TEXT) -> tuple[str, list[str]]:
        found = patches.edit("csv", text, edits)
        return found.text, [each.reason for each in found.refusals]

    @pytest.mark.parametrize(
        ("one", "gone", "come"),
        [
            (plain("service:orders"), "orders;devops", "orders;payments"),
            (plain("service:pay"), '"devops; web"', '"payments; web"'),
            (plain("service:db", area="database"), "db;devops", "db;payments"),
            (change("service:orders", giver="devops", to='A;"B"'), "orders;devops", 'orders;"A;""B"""'),
        ],
        ids=["whole", "list", "area", "quoted"],
    )
    def test_one_cell_changes(self, one: OwnerEdit, gone: str, come: str) -> None:
        assert self.edited(one) == (self.TEXT.replace(gone, come), [])

    def test_an_owner_that_is_there_already_is_not_named_twice(self) -> None:
        text = "name,owner,tier\na,devops | payments,1\n"
        assert self.edited(plain("service:a"), text=text) == (text.replace("devops | ", ""), [])

    @pytest.mark.parametrize(
        ("cell", "after"),
        [
            ("primary: devops | secondary: web", "primary: payments | secondary: web"),
            ("devops (primary) | web (backup)", "payments (primary) | web (backup)"),
            ("primary: devops | secondary: payments", "primary: payments"),
            ("secondary: payments | primary: devops", "primary: payments"),
            ("devops (backup: web)", "payments (backup: web)"),
            ("devops (backup: devops-eu | web)", "payments (backup: devops-eu | web)"),
            ("devops (backup: payments)", "payments"),
            ("primary: devops (backup: web)", "primary: payments (backup: web)"),
            ("web | devops (backup: payments)", "web | payments"),
        ],
    )
    def test_the_rank_that_a_cell_gives_stays(self, cell: str, after: str) -> None:
        text = f"name,owner,tier\na,{cell},1\n"
        assert self.edited(plain("service:a"), text=text) == (text.replace(cell, after), [])

    def test_numbered_owners_are_left_to_a_person(self) -> None:
        text = "name,owner,tier\na,1. devops 2. web,1\n"
        assert self.edited(plain("service:a"), text=text) == (text, ["its owners are numbered: change it by hand."])

    def test_a_receiver_that_helped_is_a_helper_no_longer(self) -> None:
        text = (
            "name,owner,secondary,area,role\n"
            "a,devops,Payments | web,database,\n"
            "a,payments,,database,secondary\n"
            "a,payments,payments,security,secondary\n"
        )
        found = self.edited(plain("service:a", area="database"), text=text)
        after = text.replace("devops,Payments | web", "payments,web").replace("a,payments,,d", "a,,,d")
        assert found == (after, [])

    def test_what_it_does_not_name_is_said(self) -> None:
        assert self.edited(plain("service:db"))[1] == ["it does not name devops any more: nothing is to be changed."]

    def test_a_hint_of_excel_and_a_mark_stay(self) -> None:
        text = "\ufeffsep=;\nname;owner\na;devops\n"
        assert self.edited(plain("service:a"), text=text)[0] == text.replace("devops", "payments")

    @given(
        st.lists(
            st.lists(st.text(st.sampled_from('ab,"\r\n ;'), max_size=4), min_size=2, max_size=3), min_size=1, max_size=4
        )
    )
    def test_whatever_stands_there_one_cell_changes_or_nothing(self, rows: list[list[str]]) -> None:
        text = "name,owner,x\n" + "\n".join(",".join(row) for row in rows) + "\norders,devops,\n"
        after, refused = self.edited(plain("service:orders"), text=text)
        assert after == (text if refused else text[: -len("devops,\n")] + "payments,\n")


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_difference_is_one_that_patch_takes(tmp_path: Path, end: str) -> None:
    before, after = f"a\r\nb\x0bc\u2028d\nlast{end}", f"a\r\nB\x0bc\u2028d\nlast two{end}"
    (tmp_path / "f").write_bytes(before.encode())
    difference = patches.unified("f", before, after)
    subprocess.run(["git", "apply", "-"], input=difference.encode(), cwd=tmp_path, check=True, timeout=20)
    assert (tmp_path / "f").read_bytes() == after.encode()


@pytest.mark.parametrize(
    ("name", "like", "written"),
    [
        ("Payments Team", "@acme/devops", "@acme/payments-team"),
        ("Payments Team", "group:default/devops", "group:default/payments-team"),
        ("Payments Team", "team:devops", "team:payments-team"),
        ("Payments Team", "devops", "Payments Team"),
        ("Pay, Ltd.", "devops", "pay-ltd"),
    ],
)
def test_a_team_is_written_as_the_one_in_its_place(name: str, like: str, written: str) -> None:
    assert spelling_for(name, like) == written


def test_nothing_out_of_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    (folder / "docs").mkdir(parents=True)
    (tmp_path / "CODEOWNERS").write_text("* @a/b\n")
    (folder / "docs" / "CODEOWNERS").symlink_to(tmp_path / "CODEOWNERS")
    assert patches.find("../CODEOWNERS", folder) is None
    assert patches.find("docs/CODEOWNERS", folder) is None
    (folder / "CODEOWNERS").write_text("* @a/b\n")
    assert patches.find("/srv/checkouts/shop/CODEOWNERS", folder) == folder / "CODEOWNERS"
