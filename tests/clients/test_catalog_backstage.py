"""Backstage entities: YAML files and JSON dumps, references, relations, and what real catalogs get wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.catalog import ReadOptions, read
from bot.clients.catalog.backstage._refs import is_valid_name, parse_ref
from bot.domain.catalog import (
    Area,
    AssetKind,
    Hosting,
    Link,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    Runs,
    SourceCatalog,
)
from tests.conftest import examples

HEAD = "apiVersion: backstage.io/v1alpha1\n"


@pytest.fixture
def parse(tmp_path: Path):
    def parse(
        text: str | bytes, *, name: str = "catalog-info.yaml", options: ReadOptions | None = None
    ) -> SourceCatalog:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read("backstage", [file], options=options or ReadOptions())

    return parse


def component(name: str = "a", *, spec: str = "type: service", kind: str = "Component", metadata: str = "") -> str:
    return f"{HEAD}kind: {kind}\nmetadata:\n  name: {name}\n{metadata}spec:\n  {spec}\n"


def messages(catalog: SourceCatalog) -> list[str]:
    return [str(problem) for problem in catalog.problems]


def test_a_component_with_everything(parse) -> None:
    catalog = parse(
        """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Payments-API
  title: Payments API
  description: >-
    Takes <!channel> payments
    by card.
  tags: [java, tier-1]
  labels: {example.com/cost-centre: "4100"}
  annotations:
    github.com/project-slug: fernhill/payments
    backstage.io/source-location: url:https://github.com/fernhill/payments/tree/main/
    slack.com/channel: team-payments
    pagerduty.com/service-id: P0SVC1
    baton/runs: java@17, postgresql@11.22 on aws-rds in staging, nonsense
    baton/tier: "1"
    baton/hosting: container
    baton/aliases: pay-api, card service
    baton/owner-ci-cd: delivery
    baton/owner-database: user:jo
    baton/owner-oven: x
  links:
    - {url: https://wiki.fernhill.example/pay, title: Runbook}
    - {url: "javascript:alert(1)", title: bad}
spec:
  type: service
  lifecycle: production
  owner: payments
  system: checkout
  subcomponentOf: Component:default/Checkout
  dependsOn: [resource:payments-db]
"""
    )
    (asset,) = catalog.assets
    assert (asset.external_id, asset.kind, asset.name, asset.namespace) == (
        "component:default/payments-api",
        AssetKind.SERVICE,
        "Payments-API",
        "",
    )
    assert asset.description == "Takes <!channel> payments by card."
    assert asset.aliases == ("Payments API", "pay-api", "card service")
    assert asset.addresses == (
        "component:default/payments-api",
        "component:payments-api",
        "https://github.com/fernhill/payments",
        "#team-payments",
        "https://app.pagerduty.com/service-directory/P0SVC1",
    )
    assert asset.links == (
        Link("Runbook", "https://wiki.fernhill.example/pay"),
        Link("repository", "https://github.com/fernhill/payments/tree/main"),
        Link("on-call", "https://app.pagerduty.com/service-directory/P0SVC1"),
    )
    assert asset.parent == "component:default/checkout"
    assert (asset.tier, asset.hosting) == (1, Hosting.CONTAINER)
    assert asset.runs == (
        Runs("java", "17", "", "production"),
        Runs("postgresql", "11.22", "aws-rds", "staging"),
        Runs("nonsense", "", "", "production"),
    )
    assert asset.owners == (
        OwnerClaim(OwnerRef("payments", OwnerType.TEAM, "payments")),
        OwnerClaim(OwnerRef("delivery", OwnerType.TEAM, "delivery"), Area.CI_CD),
        OwnerClaim(OwnerRef("jo", OwnerType.PERSON, "user:jo"), Area.DATABASE),
    )
    assert asset.tags == (
        ("lifecycle", "production"),
        ("java", ""),
        ("tier-1", ""),
        ("example.com/cost-centre", "4100"),
    )
    assert sorted(problem.origin.line or 0 for problem in catalog.problems) == [16, 22, 25], "the last is a link"


@pytest.mark.parametrize(
    ("owner", "ref"),
    [
        ("payments", OwnerRef("payments", OwnerType.TEAM, "payments")),
        ("group:payments", OwnerRef("payments", OwnerType.TEAM, "group:payments")),
        ("Group:Default/Payments", OwnerRef("Payments", OwnerType.TEAM, "Group:Default/Payments")),
        ("finance/payments", OwnerRef("finance/payments", OwnerType.TEAM, "finance/payments")),
        ("user:jo", OwnerRef("jo", OwnerType.PERSON, "user:jo")),
        ("user:default/jo", OwnerRef("jo", OwnerType.PERSON, "user:default/jo")),
        ("Jo@Example.com", OwnerRef("jo@example.com", OwnerType.UNSAID, "Jo@Example.com")),
        ("user:jo@example.com", OwnerRef("jo@example.com", OwnerType.PERSON, "user:jo@example.com")),
        ("{kind: User, name: jo}", OwnerRef("jo", OwnerType.PERSON, "user:default/jo")),
        ("{namespace: Finance, name: pay}", OwnerRef("finance/pay", OwnerType.TEAM, "group:finance/pay")),
        ("[payments]", OwnerRef("payments", OwnerType.TEAM, "payments")),
        ("on", OwnerRef("on", OwnerType.TEAM, "on")),
        ("no", OwnerRef("no", OwnerType.TEAM, "no")),
        ("123", OwnerRef("123", OwnerType.TEAM, "123")),
    ],
)
def test_owner_references(parse, owner: str, ref: OwnerRef) -> None:
    catalog = parse(component(spec=f"owner: {owner}"))
    assert catalog.assets[0].owners == (OwnerClaim(ref),)


@pytest.mark.parametrize("owner", ["", "null", '""', "~", "[]", "'group:'", "'group:default/'", "{kind: Group}", "' '"])
def test_no_owner(parse, owner: str) -> None:
    catalog = parse(component(spec=f"owner: {owner}", metadata="  annotations: {baton/unowned: frozen}\n"))
    assert catalog.assets[0].owners == ()
    assert catalog.assets[0].unowned_reason == "frozen"


def test_several_owners_in_a_list_and_a_template_are_no_owner(parse) -> None:
    catalog = parse(component(spec="owner: [a, b]") + "---\n" + component("b", spec="owner: '${{ values.owner }}'"))
    assert [asset.owners for asset in catalog.assets] == [(), ()]
    assert [problem.origin.line for problem in catalog.problems] == [6, 13]


@pytest.mark.parametrize("owner", ["component:default/shop", "System:shop", "resource:orders-db"])
def test_what_is_owned_itself_owns_nothing(parse, owner: str) -> None:
    catalog = parse(component(spec=f"{{type: service, owner: '{owner}'}}"))
    assert catalog.assets[0].owners == ()
    [said] = messages(catalog)
    assert f"the owner of 'a' is a {owner.partition(':')[0].lower()}" in said


def test_an_owners_namespace_is_the_entitys_own(parse) -> None:
    catalog = parse(component(spec="owner: payments", metadata="  namespace: Finance\n"))
    (asset,) = catalog.assets
    assert (asset.external_id, asset.namespace) == ("component:finance/a", "finance")
    assert asset.owners[0].owner.name == "finance/payments"
    assert asset.addresses == ("component:finance/a",)


@pytest.mark.parametrize(
    ("kind", "type_", "expected", "hosting"),
    [
        ("Component", "service", AssetKind.SERVICE, None),
        ("component", "Website", AssetKind.WEBSITE, None),
        ("Component", "library", AssetKind.LIBRARY, None),
        ("Component", "lambda", AssetKind.FUNCTION, Hosting.SERVERLESS),
        ("Component", "", AssetKind.SERVICE, None),
        ("Component", "quantum-thing", AssetKind.OTHER, None),
        ("Resource", "database", AssetKind.DATABASE, None),
        ("Resource", "s3-bucket", AssetKind.STORAGE, Hosting.MANAGED),
        ("Resource", "kafka_topic", AssetKind.QUEUE, None),
        ("Resource", "cache", AssetKind.CACHE, None),
        ("Resource", "cluster", AssetKind.CLUSTER, None),
        ("API", "openapi", AssetKind.API, None),
        ("System", "", AssetKind.SYSTEM, None),
        ("Domain", "", AssetKind.DOMAIN, None),
    ],
)
def test_kinds(parse, kind: str, type_: str, expected: AssetKind, hosting: Hosting | None) -> None:
    (asset,) = parse(component(kind=kind, spec=f"type: {type_}")).assets
    assert (asset.kind, asset.hosting) == (expected, hosting)


def test_parents(parse) -> None:
    text = "---\n".join(
        [
            component("api", spec="system: Checkout"),
            component("checkout", kind="System", spec="domain: shop"),
            component("shop", kind="Domain", spec="subdomainOf: commerce"),
            component("commerce", kind="Domain", spec="subdomainOf: commerce"),
        ]
    )
    assert [(asset.external_id, asset.parent) for asset in parse(text).assets] == [
        ("component:default/api", "system:default/checkout"),
        ("system:default/checkout", "domain:default/shop"),
        ("domain:default/shop", "domain:default/commerce"),
        ("domain:default/commerce", ""),
    ]


def test_groups_and_users(parse) -> None:
    catalog = parse(
        f"""\
{HEAD}kind: Group
metadata:
  name: payments
  annotations: {{Slack.com/Channel: "#team-payments", baton/timezone: Europe/London, baton/lead: user:amara,
    baton/manager: "user:default/mona"}}
spec:
  type: team
  profile: {{displayName: Payments Team, email: Payments@Fernhill.example}}
  children: []
  members: [amara, user:default/jo, Kim@Fernhill.example]
---
{HEAD}kind: Group
metadata: {{name: platform}}
spec: {{type: team, children: []}}
---
{HEAD}kind: Group
metadata: {{name: nobody, namespace: finance}}
spec: {{type: team, members: []}}
---
{HEAD}kind: User
metadata:
  name: amara
  annotations: {{slack.com/user-id: U0AMARA}}
spec:
  profile: {{displayName: Amara Osei, email: Amara@Fernhill.example}}
  memberOf: [payments, group:finance/board]
---
{HEAD}kind: User
metadata: {{name: jo}}
spec: {{memberOf: }}
"""
    )
    assert catalog.problems == []
    payments, platform, nobody = catalog.teams
    assert (payments.name, payments.channel, payments.timezone, payments.lead) == (
        "payments",
        "#team-payments",
        "Europe/London",
        "amara",
    )
    assert (payments.manager, platform.manager) == ("mona", "")
    assert payments.aliases == ("Payments Team", "group:default/payments", "payments@fernhill.example")
    assert payments.members == ("amara", "jo", "kim@fernhill.example")
    assert platform.members is None
    assert (nobody.name, nobody.members) == ("finance/nobody", ())
    amara, jo = catalog.people
    assert (amara.name, amara.email, amara.handle, amara.slack_id) == (
        "Amara Osei",
        "amara@fernhill.example",
        "amara",
        "U0AMARA",
    )
    assert amara.teams == ("payments", "finance/board")
    assert (jo.name, jo.handle, jo.teams) == ("jo", "jo", ())


ENTITY = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Component",
    "metadata": {"namespace": "default", "name": "pay", "uid": "1", "annotations": {}, "title": None},
    "spec": {"type": "service", "owner": "old-team", "system": "elsewhere"},
    "relations": [
        {"type": "ownedBy", "targetRef": "group:default/payments"},
        {"type": "ownedBy", "target": {"kind": "user", "namespace": "default", "name": "jo"}},
        {"type": "partOf", "targetRef": "system:default/checkout"},
        {"type": "dependsOn", "targetRef": "resource:default/payments-db"},
    ],
}
GROUP = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Group",
    "metadata": {"name": "payments"},
    "spec": {"members": ["left-long-ago"], "profile": {}},
    "relations": [{"type": "hasMember", "targetRef": "user:default/amara"}],
}
USER = {
    "apiVersion": "backstage.io/v1beta1",
    "kind": "User",
    "metadata": {"name": "amara"},
    "spec": {"memberOf": ["old"], "profile": {"displayName": "Amara \U0001f600"}},
    "relations": [{"type": "memberOf", "targetRef": "group:default/payments"}],
}


@pytest.mark.parametrize(
    "shape",
    [
        {"items": [ENTITY, GROUP, USER], "totalItems": 3, "pageInfo": {}},
        {"pageInfo": {"items": 1}, "totalItems": 3, "items": [ENTITY, GROUP, USER]},
        [ENTITY, GROUP, USER],
    ],
    ids=["page", "page-last", "list"],
)
def test_relations_of_an_api_dump_come_before_the_spec(parse, shape: object) -> None:
    for text in (json.dumps(shape), "\ufeff" + json.dumps(shape, indent="\t", ensure_ascii=False)):
        catalog = parse(text, name="entities.json")
        assert catalog.problems == []
        assert [claim.owner for claim in catalog.assets[0].owners] == [
            OwnerRef("payments", OwnerType.TEAM, "group:default/payments"),
            OwnerRef("jo", OwnerType.PERSON, "user:default/jo"),
        ]
        assert catalog.assets[0].parent == "system:default/checkout"
        assert catalog.teams[0].members == ("amara",)
        assert catalog.people[0].teams == ("payments",)
        assert catalog.people[0].name == "Amara \U0001f600"


def test_one_entity_as_json_and_a_list_in_yaml(parse) -> None:
    assert len(parse(json.dumps(ENTITY), name="one.json").assets) == 1
    assert len(parse(f"items:\n- {json.dumps(ENTITY)}\n- text\n").assets) == 1
    assert len(parse("- " + json.dumps(ENTITY)).assets) == 1


def test_broken_json_keeps_what_came_before_and_quotes_nothing(parse) -> None:
    catalog = parse("[" + json.dumps(ENTITY) + ', {"kind": "secret-word" oops', name="entities.json")
    assert len(catalog.assets) == 1
    (message,) = messages(catalog)
    assert "not complete, valid JSON" in message
    assert "secret-word" not in message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (component("x" * 64), 4, "no valid Backstage name"),
        (component("has space"), 4, "no valid Backstage name"),
    ],
)
def test_an_invalid_name_is_a_warning(parse, text: str, line: int, words: str) -> None:
    catalog = parse(text)
    assert len(catalog.assets) == 1
    (problem,) = catalog.problems
    assert (problem.origin.line, problem.is_error) == (line, False)
    assert words in problem.message


def test_a_bad_document_does_not_stop_the_others(parse) -> None:
    catalog = parse(
        "---\n".join(
            [
                component("first"),
                "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x}\n",
                component("{{ name }}"),
                component("${{values.name}}"),
                component('""'),
                component(kind="Gadget"),
                component(kind="Location") + component(kind="Location").replace("kind", "k"),
                component(kind="Template", spec="name: ${{ parameters.name }}"),
                f"{HEAD}kind: Component\nmetadata: none\n",
                f"{HEAD}kind: Component\nmetadata:\n\tname: x\n",
                component("yes"),
                component("123"),
                component("First"),
                "just text\n",
            ]
        )
    )
    assert [asset.name for asset in catalog.assets] == ["first", "yes", "123"]
    errors = [problem for problem in catalog.problems if problem.is_error]
    assert all(problem.origin.line for problem in errors)
    assert "component:default/first' is already defined at" in messages(catalog)[-2]


def test_duplicates_over_files_name_both_places(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "catalog-info.yaml").write_text(component("same"))
    catalog = read("backstage", [tmp_path])
    assert len(catalog.assets) == 1
    (message,) = messages(catalog)
    assert message.startswith(f"{tmp_path}/b/catalog-info.yaml:1: ")
    assert f"{tmp_path}/a/catalog-info.yaml:1" in message


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("url:https://github.com/acme/shop/tree/main/", "https://github.com/acme/shop"),
        ("url:https://github.com/acme/shop/blob/main/catalog-info.yaml", "https://github.com/acme/shop"),
        ("url:https://github.com/acme/mono/tree/main/apps/pay/", "https://github.com/acme/mono/tree/main/apps/pay"),
        ("url:https://gitlab.example.com/g/sub/shop/-/tree/main", "https://gitlab.example.com/g/sub/shop"),
        ("dir:./x", None),
    ],
)
def test_source_location_gives_the_repositorys_address(parse, location: str, address: str | None) -> None:
    (asset,) = parse(component(metadata=f"  annotations: {{backstage.io/source-location: '{location}'}}\n")).assets
    assert list(asset.addresses[2:]) == ([address] if address else [])


def test_the_channel_annotation_is_configurable(parse) -> None:
    text = component(metadata="  annotations: {example.com/chat: C0123456, slack.com/channel: other}\n")
    options = ReadOptions(backstage_channel_annotations=("Example.com/Chat",))
    assert "C0123456" in parse(text, options=options).assets[0].addresses
    assert "#other" in parse(text).assets[0].addresses


def test_the_annotation_of_what_runs_is_configurable(parse) -> None:
    text = component(metadata="  annotations: {example.com/stack: 'debian@bookworm, python latest', baton/runs: x@1}\n")
    options = ReadOptions(backstage_runs_annotations=("Example.com/Stack", "baton/runs"))
    read_so = parse(text, options=options)
    assert [(one.product, one.version) for one in read_so.assets[0].runs] == [("debian", "bookworm"), ("python", "")]
    assert ["'python latest' is not a product and a version" in str(one) for one in read_so.problems] == [True]
    assert [one.product for one in parse(text).assets[0].runs] == ["x"]


def test_walking_takes_entities_whatever_the_file_is_called(tmp_path: Path) -> None:
    (tmp_path / "all.yml").write_text(component("one"))
    (tmp_path / "dump.json").write_text(json.dumps([ENTITY]))
    (tmp_path / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    (tmp_path / "notes.txt").write_text(component("two"))
    catalog = read("backstage", [tmp_path])
    assert [asset.name for asset in catalog.assets] == ["one", "pay"]
    assert catalog.problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payments", "group:finance/payments"),
        ("USER:Jo", "user:finance/jo"),
        ("default/payments", "group:default/payments"),
        ("Component:Default/Payments-DB", "component:default/payments-db"),
        ("a:b:c/d", "a:b:c/d"),
    ],
)
def test_references(text: str, expected: str) -> None:
    assert str(parse_ref(text, kind="group", namespace="finance")) == expected


@given(st.text("aB0-_.", min_size=1, max_size=70))
def test_valid_names_start_and_end_with_a_letter_or_digit(name: str) -> None:
    ends = name[0] not in "-_." and name[-1] not in "-_."
    assert is_valid_name(name) == (ends and len(name) <= 63)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["kind", "metadata", "name", "spec", "owner", "relations", "type", "items", "members", "links"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


def test_a_resource_is_a_part_of_the_only_component_that_depends_on_it(parse) -> None:
    parents = {
        claim.name: claim.parent
        for claim in parse(
            "---\n".join(
                (
                    component("shop", spec="system: web\n  dependsOn: [resource:orders-db, 'resource:default/bus']"),
                    component("cart", spec="system: web\n  dependsOn: [resource:bus, component:shop, resource:gone]"),
                    component("orders-db", kind="Resource", spec="type: database\n  system: web"),
                    component("bus", kind="Resource", spec="type: queue\n  system: web"),
                    component("carts", kind="Resource", spec="type: cache\n  dependencyOf: [component:cart]"),
                    component("files", kind="Resource", spec="system: other\n  dependencyOf: [component:cart]"),
                )
            )
        ).assets
    }
    assert parents["orders-db"] == "component:default/shop"
    assert parents["carts"] == "component:default/cart"
    assert parents["bus"] == "system:default/web", "two depend on it"
    assert parents["files"] == "system:default/other", "it is in a system of its own"
    assert parents["shop"] == parents["cart"] == "system:default/web"


@examples(50)
@given(JSONISH, st.sampled_from(["Component", "Group", "User", "API"]), st.booleans())
def test_no_entity_raises(parse, value: object, kind: str, as_yaml: bool) -> None:
    entity = {
        **ENTITY,
        "kind": kind,
        **(value if isinstance(value, dict) else {"metadata": {"name": "x"}, "spec": value}),
    }
    catalog = parse(json.dumps([entity, value]), name="x.yaml" if as_yaml else "x.json")
    assert not any("fault in Baton" in message for message in messages(catalog))


@examples(30)
@given(
    st.binary(max_size=120), st.sampled_from(["x.yaml", "x.json"]), st.sampled_from([b"", b"{", b"[", b'{"items": ['])
)
def test_no_bytes_raise(parse, raw: bytes, name: str, start: bytes) -> None:
    assert not any("fault in Baton" in message for message in messages(parse(start + raw, name=name)))


def test_an_owner_in_another_file_is_said_to_be_missing(parse) -> None:
    catalog = parse(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\n"
        "spec: {type: service, lifecycle: p, owner: {$text: ./o.txt}}\n"
    )
    assert [asset.owners for asset in catalog.assets] == [()]
    assert "the owner of 'shop' stands in another file ('$text: ./o.txt')" in str(catalog.problems[0])
    assert catalog.assets[0].description == "Its owner stands in '$text: ./o.txt', which Baton could not read."


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("component:default/till", "component:default/till"),
        ("domain:shops", "domain:shops"),
        ("[left, right]", "left, right"),
        ("{kind: System, name: shops}", "kind: System, name: shops"),
        ("group:default/", "group:default/"),
    ],
)
def test_an_owner_that_cannot_own_is_said_on_the_asset(parse, owner: str, said: str) -> None:
    catalog = parse(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\n"
        f"spec: {{type: service, lifecycle: p, owner: {owner!s}, system: shops}}\n"
    )
    assert [asset.owners for asset in catalog.assets] == [()]
    assert len(catalog.problems) == 1
    assert catalog.assets[0].description == f"Its file names the owner '{said}', which Baton could not read."


def test_both_words_of_two_files_that_disagree_are_kept(tmp_path: Path) -> None:
    entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: till}\nspec: {type: service%s}\n"
    for folder, owner in (("a", ""), ("b", ", owner: left"), ("c", ", owner: right")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "catalog-info.yaml").write_text(entity % owner)
    catalog = read("backstage", [tmp_path])
    found = {asset.external_id: [one.owner.name for one in asset.owners] for asset in catalog.assets}
    at = f"component:default/till@{tmp_path}"
    assert found == {
        "component:default/till": [],
        f"{at}/b/catalog-info.yaml": ["left"],
        f"{at}/c/catalog-info.yaml": ["right"],
    }
    assert sum("both are kept" in str(problem) for problem in catalog.problems) == 2
