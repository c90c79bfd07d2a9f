"""OpsLevel, Cortex and Datadog: real-shaped files with what goes wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clients.catalog import FORMATS, read
from bot.domain.catalog import AssetClaim, AssetKind, Link, Role, SourceCatalog

CORPUS = Path(__file__).parent / "corpus"


def named(catalog: SourceCatalog, name: str) -> AssetClaim:
    return next(asset for asset in catalog.assets if asset.name == name)


def owners(asset: AssetClaim) -> list[tuple[str, str, str]]:
    return [(claim.owner.name, claim.owner.type.value, claim.role.value) for claim in asset.owners]


def problems(catalog: SourceCatalog) -> list[tuple[int | None, bool, str]]:
    return [(each.origin.line, each.is_error, each.message) for each in catalog.problems]


def only_problem(catalog: SourceCatalog, words: str) -> tuple[int | None, bool]:
    (found,) = [(line, is_error) for line, is_error, message in problems(catalog) if words in message]
    return found


class TestOpsLevel:
    def test_a_service_a_repository_and_a_team(self) -> None:
        catalog = read("opslevel", [CORPUS / "opslevel" / "opslevel.yml"])
        cart = named(catalog, "Shopping Cart")
        assert (cart.kind, cart.tier, cart.parent) == (AssetKind.SERVICE, 1, "Checkout")
        assert cart.external_id == "service:shopping_cart"
        assert cart.aliases == ("shopping_cart", "cart")
        assert owners(cart) == [("basket_case", "team", "owner")]
        # A repository that is the service's alone is called by its name, too
        addresses = ("https://github.com/fernhill/cart", "https://gitlab.com/fernhill/mono", "fernhill/cart")
        assert cart.addresses == addresses
        assert [link.label for link in cart.links] == ["The cart", "repository", "On-call"]
        assert ("environment", "production") in cart.tags
        assert ("language", "Ruby") in cart.tags
        assert "framework" not in dict(cart.tags)
        repository = named(catalog, "fernhill/cart")
        assert (repository.kind, repository.tier) == (AssetKind.REPOSITORY, None)
        assert repository.addresses == ("https://github.com/fernhill/cart",)
        (team,) = catalog.teams
        assert (team.name, team.aliases, team.channel) == ("Basket Case", ("basket_case",), "#basket-case")
        assert (team.lead, team.members) == ("ines@fernhill.test", ("ines@fernhill.test",))
        assert team.manager == "", "OpsLevel's manager leads the team"
        assert only_problem(catalog, "'gold' has no number") == (44, False)
        assert only_problem(catalog, "link 'logs' has no web address") == (31, False)
        assert only_problem(catalog, "a tag without a 'key'") == (36, False)
        assert len(catalog.problems) == 3

    def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_read(self) -> None:
        catalog = read("opslevel", [CORPUS / "opslevel" / "awkward.yml"])
        assert {asset.name for asset in catalog.assets} == {"on", "billing-worker"}
        assert owners(named(catalog, "on")) == [("platform", "team", "owner")]
        assert owners(named(catalog, "billing-worker")) == [("billing", "team", "owner")]
        assert only_problem(catalog, "is of version '2'") == (1, True)
        assert only_problem(catalog, "is a template")[0] == 6
        assert only_problem(catalog, "without 'name'")[0] == 8
        assert only_problem(catalog, "is not an OpsLevel file")[0] == 17
        assert only_problem(catalog, "says nothing of a service")[0] == 20
        assert only_problem(catalog, "is not valid YAML")[1] is True


class TestCortex:
    def test_a_service_its_domain_and_its_team(self) -> None:
        catalog = read("cortex", [CORPUS / "cortex"])
        fulfilment = named(catalog, "fulfilment")
        assert owners(fulfilment) == [
            ("logistics-core", "team", "owner"),
            ("jo.grant@fernhill.test", "person", "owner"),
        ]
        assert fulfilment.parent == "logistics-domain"
        assert fulfilment.aliases == ("Fulfilment",)
        assert fulfilment.addresses == (
            "https://github.com/fernhill/fulfilment/services/pack",
            "#logistics",
            "#fulfilment",
            "https://app.pagerduty.com/service-directory/PABC123",
        )
        assert Link("Runbook", "https://runbooks.example.test/fulfilment") in fulfilment.links
        assert Link("on-call", "https://app.pagerduty.com/service-directory/PABC123") in fulfilment.links
        assert not any("javascript" in link.url for link in fulfilment.links)
        assert fulfilment.tags == (("tier", "1"), ("public", ""))
        domain = named(catalog, "logistics-domain")
        assert (domain.kind, domain.owners) == (AssetKind.SYSTEM, ())
        (team,) = catalog.teams
        assert (team.name, team.channel) == ("logistics-core", "#logistics-core")
        assert team.aliases == ("Logistics Core", "logistics-github")
        assert team.members == ("jo.grant@fernhill.test",)

    def test_what_is_wrong_is_said_with_its_line(self) -> None:
        catalog = read("cortex", [CORPUS / "cortex"])
        assert only_problem(catalog, "'group' that names nobody") == (18, True)
        assert only_problem(catalog, "'carrier-pigeon'") == (19, True)
        assert only_problem(catalog, "without 'x-cortex-tag'")[1] is True
        assert only_problem(catalog, "is not a Cortex entity")[1] is True


class TestDatadog:
    def test_versions_in_one_file(self) -> None:
        catalog = read("datadog", [CORPUS / "datadog" / "service.datadog.yaml"])
        price = named(catalog, "price-engine")
        assert (price.kind, price.tier, price.parent) == (AssetKind.SERVICE, 2, "storefront")
        assert owners(price) == [("Pricing", "team", "owner")]
        assert price.addresses == (
            "https://github.com/fernhill/price-engine",
            "https://fernhill.slack.example.test/archives/C0PRICES",
        )
        assert price.tags == (("env", "prod"), ("legacy", ""), ("lifecycle", "production"))
        tax = named(catalog, "tax-engine")
        assert owners(tax) == [
            ("pricing", "team", "owner"),
            ("platform", "team", "secondary"),
            ("finance-systems", "team", "owner"),
        ]
        assert (tax.parent, tax.aliases, tax.tier) == ("system:storefront", ("Taxes",), None)
        assert named(catalog, "Storefront").external_id == "system:storefront"
        prices = named(catalog, "prices")
        assert (prices.kind, prices.namespace, prices.external_id) == (
            AssetKind.DATABASE,
            "eu",
            "datastore:eu/prices",
        )
        ancient = named(catalog, "ancient")
        assert (owners(ancient), ancient.aliases) == ([("museum", "team", "owner")], ("Ancient One",))

    def test_the_newer_definition_counts_and_what_is_wrong_is_said(self) -> None:
        catalog = read("datadog", [CORPUS / "datadog" / "service.datadog.yaml"])
        assert only_problem(catalog, "defined in version 3 as well")[1] is False
        assert only_problem(catalog, "tier 'High' has no number")[1] is False
        assert only_problem(catalog, "an additional owner without a name")[1] is True
        assert only_problem(catalog, "is of version 'v7'")[1] is True
        assert only_problem(catalog, "without 'dd-service'")[1] is True
        assert len(catalog.problems) == 5

    def test_a_version_that_is_to_come_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "service.datadog.yaml"
        file.write_text("schema-version: v2\ndd-service: a\n---\napiVersion: v9\nkind: service\nmetadata: {name: b}\n")
        catalog = read("datadog", [file])
        assert [asset.name for asset in catalog.assets] == ["a"]
        assert only_problem(catalog, "is of version 'v9'") == (4, True)

    def test_json_is_read_as_well(self) -> None:
        catalog = read("datadog", [CORPUS / "datadog" / "entity.datadog.json"])
        (queue,) = catalog.assets
        assert (queue.kind, queue.name) == (AssetKind.QUEUE, "price-changes")
        assert only_problem(catalog, "without 'name'")[0] == 3
        assert only_problem(catalog, "a mapping is expected")[0] == 4

    def test_a_helper_is_secondary(self) -> None:
        catalog = read("datadog", [CORPUS / "datadog"])
        assert [claim.role for claim in named(catalog, "tax-engine").owners][1] is Role.SECONDARY


@pytest.mark.parametrize("name", ["opslevel", "cortex", "datadog"])
def test_a_walk_takes_only_its_own_files(name: str, tmp_path: Path) -> None:
    (tmp_path / "opslevel.yml").write_text("version: 1\nservice: {name: a}\n")
    (tmp_path / "cortex.yaml").write_text("info:\n  x-cortex-tag: a\n")
    (tmp_path / "service.datadog.yaml").write_text("schema-version: v2\ndd-service: a\n")
    (tmp_path / "values.yaml").write_text("a: 1\n")
    assert [asset.name for asset in read(name, [tmp_path]).assets] == ["a"]
    assert [each.name for each in tmp_path.iterdir() if FORMATS[name].matches(each)] == [
        each.origin.path.rpartition("/")[2] for each in read(name, [tmp_path]).assets
    ]


def test_an_owner_that_datadog_inherits_is_said_to_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "entity.datadog.yaml"
    file.write_text("apiVersion: v3\nkind: service\nmetadata: {name: shop, inheritFrom: 'service:base'}\n")
    catalog = read("datadog", [file])
    assert [asset.owners for asset in catalog.assets] == [()]
    assert "takes its owner from 'service:base', which names none here" in str(catalog.problems[0])
    assert "Its owner stands in 'service:base', which Baton could not read." in catalog.assets[0].description


def test_an_owner_that_datadog_inherits_is_followed_through_files(tmp_path: Path) -> None:
    entity = "apiVersion: v3\nkind: service\nmetadata: {name: %s, inheritFrom: 'service:%s'}\n---\n"
    (tmp_path / "entity.datadog.yaml").write_text(
        entity % ("cords", "bulbs")
        + entity % ("wires", "cords")
        + entity % ("ring", "loop")
        + entity % ("loop", "ring")
    )
    (tmp_path / "service.datadog.yaml").write_text(
        "apiVersion: v3\nkind: service\nmetadata: {name: bulbs, owner: lights}\n"
    )
    catalog = read("datadog", [tmp_path])
    owners = {asset.name: [each.owner.name for each in asset.owners] for asset in catalog.assets}
    assert owners == {"bulbs": ["lights"], "cords": ["lights"], "wires": ["lights"], "ring": [], "loop": []}
    assert len(catalog.problems) == 2


def test_the_children_of_an_entity_of_cortex_are_its_parts(tmp_path: Path) -> None:
    info = "openapi: 3.0.1\ninfo: {title: X, x-cortex-tag: %s, x-cortex-type: %s%s}\n"
    children = ", x-cortex-children: [{tag: door}, roof, {tag: house}, {tag: shed}]"
    (tmp_path / "house.yaml").write_text(info % ("house", "domain", children))
    (tmp_path / "door.yaml").write_text(info % ("door", "service", ""))
    (tmp_path / "roof.yaml").write_text(info % ("roof", "service", ""))
    (tmp_path / "shed.yaml").write_text(info % ("shed", "service", ", x-cortex-domain-parents: [{tag: yard}]"))
    catalog = read("cortex", [tmp_path])
    assert {asset.name: asset.parent for asset in catalog.assets} == {
        "house": "",
        "door": "house",
        "roof": "house",
        "shed": "yard",
    }
