"""Packages that are a product, whatever kind of package URL they stand under, and the system that they are made for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.clients.eol import starter
from bot.clients.inventory.sbom import read
from bot.data import table as data
from bot.domain.eol import Table
from bot.domain.eol.packages import product_of, system_of
from bot.domain.eol.tracked_sightings import evidence


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


def recorded(table: Table, *components: dict[str, Any]) -> list[tuple[str, str]]:
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": list(components)}
    return [
        (one.product, one.version) for one in evidence(read(json.dumps(bill).encode(), "bom.json").found, table).seen
    ]


def component(purl: str, version: str = "1", kind: str = "library", name: str = "x") -> dict[str, Any]:
    return {"type": kind, "name": name, "version": version, **({"purl": purl} if purl else {})}


@pytest.mark.parametrize(
    ("purl", "product"),
    [
        ("pkg:bitnami/redis@6.2.6-0?arch=amd64", "redis"),
        ("pkg:deb/debian/postgresql-13@13.14-0%2Bdeb11u1", "postgresql"),
        ("pkg:rpm/redhat/postgresql-server@12.17-1", "postgresql"),
        ("pkg:rpm/pgdg/postgresql14-server@14.10", "postgresql"),
        ("pkg:apk/alpine/postgresql15@15.5-r0", "postgresql"),
        ("pkg:apk/alpine/nodejs@14.21.3-r0", "nodejs"),
        ("pkg:rpm/rhel/aspnetcore-runtime-6.0@6.0.25-1", "dotnet"),
        ("pkg:apk/alpine/dotnet6-runtime@6.0.25-r0", "dotnet"),
        ("pkg:rpm/redhat/mysql-community-server@5.7.44-1", "mysql"),
        ("pkg:deb/debian/mariadb-server-10.5@10.5.23", "mariadb"),
        ("pkg:deb/debian/libapache2-mod-php7.4@7.4.33", "php"),
        ("pkg:apk/alpine/php81-fpm@8.1.27-r0", "php"),
        ("pkg:rpm/redhat/python39@3.9.18", "python"),
        ("pkg:rpm/amzn/java-11-amazon-corretto-headless@11.0.21", "amazon-corretto"),
        ("pkg:rpm/redhat/kubelet@1.27.3", "kubernetes"),
        ("pkg:golang/stdlib@1.19.8", "go"),
        ("pkg:maven/org.opensearch/opensearch@1.3.20", "opensearch"),
        ("pkg:maven/org.apache.tomcat.embed/tomcat-embed-core@9.0.50", "tomcat"),
        ("pkg:k8s/k8s.io%2Fapiserver@1.27.0", "kubernetes"),
        ("pkg:k8s/Deployment/web?apiVersion=apps%2Fv1&namespace=shop", ""),
        ("pkg:nuget/Microsoft.AspNetCore.App.Runtime.linux-x64@6.0.25", "dotnet"),
        ("pkg:nuget/Microsoft.AspNetCore.Mvc@2.2.0", ""),
        # Clients, libraries and packages of languages are no products.
        ("pkg:deb/debian/postgresql-client-13@13.14", ""),
        ("pkg:deb/debian/libpq5@13.14", ""),
        ("pkg:deb/debian/python3-requests@2.25", ""),
        ("pkg:apk/alpine/php81-curl@8.1.27", ""),
        ("pkg:npm/redis@4.6.0", ""),
        ("pkg:maven/com.acme/opensearch@1", ""),
        ("not a package", ""),
    ],
)
def test_a_package_is_the_product_that_it_ships(purl: str, product: str) -> None:
    assert product_of(purl) == product


@pytest.mark.parametrize(
    ("distro", "system"),
    [
        ("debian-11", ("debian", "11")),
        ("ubuntu-20.04", ("ubuntu", "20.04")),
        ("redhat-8.9", ("rhel", "8.9")),
        ("alpine-3.14.2", ("alpine-linux", "3.14.2")),
        ("amzn-2", ("amazon-linux", "2")),
        ("opensuse-leap-15.4", ("opensuse", "15.4")),
        ("bookworm", ("", "")),
        ("shop-1.2", ("", "")),
    ],
)
def test_the_qualifier_names_the_system(distro: str, system: tuple[str, str]) -> None:
    assert system_of(f"pkg:deb/x/y@1?arch=amd64&distro={distro}") == system


def test_the_system_is_recorded_once_and_not_beside_itself(table: Table) -> None:
    packages = [component(f"pkg:deb/debian/lib{n}@1?distro=debian-11") for n in range(3)]
    assert recorded(table, *packages) == [("debian", "11")]
    system = component("", "11.7", "operating-system", "debian")
    assert recorded(table, system, *packages) == [("debian", "11.7")]


@pytest.mark.parametrize(("name", "product"), [("amzn", "amazon-linux"), ("redhat", "rhel"), ("rocky", "rocky-linux")])
def test_systems_go_by_the_ids_of_their_release_files(table: Table, name: str, product: str) -> None:
    assert recorded(table, component("", "8", "operating-system", name)) == [(product, "8")]


def test_a_product_without_a_version_says_nothing_beside_itself_with_one(table: Table) -> None:
    versioned = component("pkg:k8s/k8s.io%2Fapiserver@1.34.0", "1.34.0")
    image = {"type": "container", "name": "registry.k8s.io/kube-apiserver"}
    assert recorded(table, versioned, image) == [("kubernetes", "1.34.0")]
    assert recorded(table, image) == [("kubernetes", "")]


def test_a_build_of_java_whose_vendor_nobody_names_is_listed_and_not_guessed(table: Table) -> None:
    java = component("pkg:deb/debian/openjdk-11-jre-headless@11.0.21", "11.0.21")
    assert recorded(table, java) == [("openjdk", "11.0.21")]


def test_one_broken_component_costs_itself() -> None:
    bill = {"bomFormat": "CycloneDX", "components": [7, {"type": "library"}, component("pkg:golang/stdlib@1.19")]}
    result = read(json.dumps(bill).encode(), "bom.json")
    assert len(result.found) == 1
    assert len(result.problems) == 2
    assert not any(problem.is_error for problem in result.problems)


def test_every_product_that_is_named_is_one(table: Table) -> None:
    known = data("known_packages")
    named = {*known["system"].values(), *(one for rules in known["other"].values() for one in rules.values())}
    missing = {one for one in named if table.get(one) is None}
    assert missing <= {"openjdk"}


@pytest.mark.parametrize(
    "purl", ["pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3", "pkg:rpm/redhat/openssl-libs@1.1.1k-7.el8"]
)
def test_a_library_that_the_system_mends_has_the_systems_end(purl: str) -> None:
    assert product_of(purl) == ""
