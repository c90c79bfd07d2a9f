"""Image references: their parts, the products in well-known images, and what is said where no version is known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.inventory import _known_images
from bot.clients.inventory.images import ImageRef, parse, read, sighting_of
from bot.data import table
from bot.domain.catalog import Origin
from bot.domain.inventory.scans import How
from tests.conftest import SHARED

HERE = Origin("images.txt", 1)
DIGEST = "sha256:" + "0123456789abcdef" * 4


def shown(reference: str) -> tuple[str, str] | None:
    sighting, _ = sighting_of(reference, origin=HERE)
    return (sighting.product, sighting.version) if sighting else None


def said(reference: str) -> str:
    _, problem = sighting_of(reference, origin=HERE)
    return problem.message if problem else ""


class TestParts:
    @pytest.mark.parametrize(
        ("reference", "expected"),
        [
            ("postgres", ImageRef("", "postgres", "", "")),
            ("postgres:11.22-alpine", ImageRef("", "postgres", "11.22-alpine", "")),
            ("docker.io/library/postgres:11", ImageRef("docker.io", "library/postgres", "11", "")),
            ("localhost/shop:1", ImageRef("localhost", "shop", "1", "")),
            ("localhost:5000/shop", ImageRef("localhost:5000", "shop", "", "")),
            ("[::1]:5000/shop:1", ImageRef("[::1]:5000", "shop", "1", "")),
            ("shop/web:1", ImageRef("", "shop/web", "1", "")),
            ("Registry/shop/web:1", ImageRef("Registry", "shop/web", "1", "")),
            ("reg.acme.test:443/a/b__c/d-e.f:v1", ImageRef("reg.acme.test:443", "a/b__c/d-e.f", "v1", "")),
            (f"postgres@{DIGEST}", ImageRef("", "postgres", "", DIGEST)),
            (f"postgres:11@{DIGEST}", ImageRef("", "postgres", "11", DIGEST)),
            (f"docker-pullable://redis@{DIGEST}", ImageRef("", "redis", "", DIGEST)),
            ("  redis:7  ", ImageRef("", "redis", "7", "")),
            ("shop:" + "a" * 40, ImageRef("", "shop", "a" * 40, "")),
        ],
    )
    def test_a_reference(self, reference: str, expected: ImageRef) -> None:
        assert parse(reference) == expected

    @pytest.mark.parametrize(
        "reference",
        [
            "", ":11", "postgres:", "postgres:-11", "Postgres:11", "a//b", "/a", "a/", "postgres:11:12", "a b:1",
            "postgres@sha256:12", "postgres@", "https://reg.acme.test/a:1", "reg.acme.test:port/a:1", "-a.b/c:1",
            DIGEST, "0123456789ab", "a" * 64, "x" * 2_000, "postgres:" + "1" * 129, "postgrés:11",
        ],
    )  # fmt: skip
    def test_what_is_none(self, reference: str) -> None:
        assert parse(reference) is None
        assert shown(reference) is None

    def test_what_may_be_a_password_is_not_repeated(self) -> None:
        assert "hunter2" not in said("https://jo:hunter2@reg.acme.test/shop:1")
        assert "NAME:TAG" in said("https://jo:hunter2@reg.acme.test/shop:1")


class TestProducts:
    @pytest.mark.parametrize(
        ("reference", "expected"),
        [
            ("docker.io/library/postgres:11.22-alpine", ("postgresql", "11.22-alpine")),
            ("index.docker.io/postgres:11", ("postgresql", "11")),
            ("node:18.20.4-bookworm-slim", ("nodejs", "18.20.4-bookworm-slim")),
            ("amazoncorretto:8u412-alpine", ("amazon-corretto", "8u412-alpine")),
            ("eclipse-temurin:17.0.8_7-jre", ("eclipse-temurin", "17.0.8_7-jre")),
            ("mcr.microsoft.com/dotnet/aspnet:6.0-jammy", ("dotnet", "6.0-jammy")),
            ("mcr.microsoft.com/dotnet/framework/aspnet:4.8", ("dotnetfx", "4.8")),
            ("mcr.microsoft.com/openjdk/jdk:11-ubuntu", ("microsoft-build-of-openjdk", "11-ubuntu")),
            ("bitnami/postgresql:11.22.0-debian-11-r5", ("postgresql", "11.22.0-debian-11-r5")),
            ("quay.io/keycloak/keycloak:22.0", ("keycloak", "22.0")),
            ("registry.k8s.io/kube-apiserver:v1.29.3", ("kubernetes", "v1.29.3")),
            ("golang:1.21", ("go", "1.21")),
            ("debian:bookworm-20240110-slim", ("debian", "bookworm-20240110-slim")),
            ("ubuntu:jammy", ("ubuntu", "jammy")),
            ("mcr.microsoft.com/windows/servercore:ltsc2019", ("windows-server-core", "ltsc2019")),
        ],
    )
    def test_a_well_known_image(self, reference: str, expected: tuple[str, str]) -> None:
        assert shown(reference) == expected
        assert said(reference) == ""

    @pytest.mark.parametrize(
        "reference",
        [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/postgres:11.22",
            "public.ecr.aws/docker/library/postgres:11.22",
            "harbor.acme.test:8443/proxy/library/postgres:11.22",
            "localhost:5000/postgres:11.22",
            f"mirror.gcr.io/library/postgres:11.22@{DIGEST}",
        ],
    )
    def test_a_mirror_has_the_same_image(self, reference: str) -> None:
        assert shown(reference) == ("postgresql", "11.22")

    @pytest.mark.parametrize(
        ("reference", "expected"),
        [
            ("registry.acme.test/platform/postgres:1.4", ("platform/postgres", "1.4")),
            ("acme/node:18", ("acme/node", "18")),
            ("docker.io/library/unheard-of:2", ("unheard-of", "2")),
            ("registry.acme.test/shop/web:release-7", ("shop/web", "")),
            ("registry.acme.test/shop/web:build-7", ("shop/web", "build-7")),
        ],
    )
    def test_anybodys_own_image_keeps_its_own_name(self, reference: str, expected: tuple[str, str]) -> None:
        assert shown(reference) == expected

    @pytest.mark.parametrize(
        ("reference", "expected"),
        [
            ("registry.access.redhat.com/ubi8/ubi-minimal:latest", ("rhel", "8")),
            ("registry.access.redhat.com/ubi9:9.3", ("rhel", "9")),
            ("registry.redhat.io/rhel8/postgresql-13:1-120", ("postgresql", "13")),
            ("registry.access.redhat.com/ubi8/python-311", ("python", "3.11")),
            ("registry.access.redhat.com/ubi8/nodejs-18-minimal:1-51", ("nodejs", "18")),
            ("registry.redhat.io/rhel9/mariadb-1011:1", ("mariadb", "10.11")),
            ("registry.redhat.io/rhel8/mysql-80:1", ("mysql", "8.0")),
            ("gcr.io/distroless/nodejs20-debian12:nonroot", ("nodejs", "20")),
            ("gcr.io/distroless/static-debian11", ("debian", "11")),
        ],
    )
    def test_a_version_in_the_name_counts_before_the_tag(self, reference: str, expected: tuple[str, str]) -> None:
        assert shown(reference) == expected
        assert said(reference) == ""

    def test_the_feed_has_every_product_that_is_named(self) -> None:
        facts = SHARED / "eol" / "products.json"
        if not facts.is_file():
            pytest.skip("the reference data is not beside this checkout")
        products = json.loads(facts.read_bytes())["products"]
        images = table("known_images")
        named = {*images["official"].values(), *images["named"].values(), *images["red_hat"].values(), "rhel"}
        named |= {*images["systems"]}
        assert named <= products.keys()

    def test_images_that_the_feed_knows_are_the_same_product_here(self) -> None:
        facts = SHARED / "eol" / "products.json"
        if not facts.is_file():
            pytest.skip("the reference data is not beside this checkout")
        compared = 0
        for name, product in json.loads(facts.read_bytes())["products"].items():
            for each in product["identifiers"]:
                path = each["id"].removeprefix("pkg:docker/")
                known = _known_images.known_image(path, has_registry=False)
                if path != each["id"] and known:
                    compared += 1
                    assert known.product == name, path
        assert compared > 40


class TestUnknownVersions:
    @pytest.mark.parametrize(
        ("reference", "product", "words"),
        [
            ("postgres", "postgresql", "has no tag"),
            ("postgres:latest", "postgresql", "moves (latest)"),
            ("node:lts-alpine", "nodejs", "moves (lts-alpine)"),
            ("jenkins/jenkins:lts-jdk17", "jenkins", "moves"),
            ("debian:stable-20240101", "debian", "moves"),
            ("alpine:edge", "alpine-linux", "moves"),
            ("golang:alpine3.18", "go", "names no version"),
            ("php:fpm", "php", "names no version"),
            ("shop/web:3f2a91c", "shop/web", "names no version"),
            ("shop/web:" + "0" * 40, "shop/web", "names no version"),
            (f"redis@{DIGEST}", "redis", "a digest but no tag"),
        ],
    )
    def test_the_product_runs_and_the_reason_is_said(self, reference: str, product: str, words: str) -> None:
        assert shown(reference) == (product, "")
        assert words in said(reference)

    def test_a_date_is_no_commit(self) -> None:
        assert shown("shop/web:20240110") == ("shop/web", "20240110")


class TestLists:
    def test_lines_words_comments_and_repeats(self) -> None:
        text = "# from the cluster\npostgres:11 redis:7\n\nnot/An:image  # odd\r\npostgres:11\npostgres:12\n"
        result = read(text, "images.txt", environment="production")
        assert [(each.product, each.version, each.origin.line) for each in result.found] == [
            ("postgresql", "11", 2),
            ("redis", "7", 2),
            ("postgresql", "12", 6),
        ]
        assert {(each.how, each.environment) for each in result.found} == {(How.IMAGE, "production")}
        assert [(str(each.origin), each.is_error) for each in result.problems] == [("images.txt:4", True)]

    def test_problems_are_bounded(self) -> None:
        result = read("\n".join(f"A{number}" for number in range(1_000)), "images.txt")
        assert len(result.problems) == 201
        assert "the rest is not shown" in result.problems[-1].message

    @given(st.text())
    def test_no_text_raises(self, text: str) -> None:
        result = read(text, "images.txt")
        assert len(result.found) + len(result.problems) >= bool(text.partition("#")[0].split())

    @given(
        st.sampled_from(["", "localhost:5000/", "reg.acme.test/", "reg.acme.test:443/mirror/library/"]),
        st.from_regex(r"[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,5}){0,2}", fullmatch=True),
        st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
        st.sampled_from(["", f"@{DIGEST}"]),
    )
    def test_parts_make_the_reference_again(self, before: str, name: str, tag: str, after: str) -> None:
        reference = f"{before}{name}:{tag}{after}"
        ref = parse(reference)
        assert ref is not None
        digest = f"@{ref.digest}" if ref.digest else ""
        slash = "/" if ref.registry else ""
        assert f"{ref.registry}{slash}{ref.path}:{ref.tag}{digest}" == reference
