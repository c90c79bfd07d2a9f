"""Bills of materials: CycloneDX and SPDX as tools write them, and what happens to files that are broken or hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from bot.clients.inventory.sbom import read
from bot.domain.inventory.scans import How, Sightings

DIGEST = "sha256:" + "0123456789abcdef" * 4
NAMESPACE = "http://cyclonedx.org/schema/bom/1.5"


def shown(result: Sightings) -> list[tuple[str, str, str]]:
    return [(each.product, each.version, each.purl) for each in result.found]


def said(result: Sightings) -> list[tuple[int | None, str]]:
    return [(each.origin.line, each.message) for each in result.problems]


def only_problem(result: Sightings) -> tuple[int | None, str]:
    (problem,) = said(result)
    return problem


def cyclonedx(*components: Any, **more: Any) -> bytes:
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components, **more}).encode()


def xml(inside: str, *, before: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<bom xmlns="{NAMESPACE}">\n{inside}\n</bom>\n'.encode()


def spdx(*packages: Any, **more: Any) -> bytes:
    return json.dumps({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": packages, **more}).encode()


def component(name: str, version: str, **more: Any) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": version, **more}


def package(name: str, version: str | None, purl: str = "", **more: Any) -> dict[str, Any]:
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    written = {"name": name, "SPDXID": f"SPDXRef-{name}", "externalRefs": [reference] if purl else []}
    return {**written, **({"versionInfo": version} if version is not None else {}), **more}


def written_by_the_formats_library() -> Bom:
    """A bill with all that the reader takes, made by other code than the reader's."""
    bom = Bom()
    bom.metadata.component = Component(name="shop", version="4.2", type=ComponentType.APPLICATION)
    inner = Component(name="asgiref", version="3.5", purl=PackageURL("pypi", None, "asgiref", "3.5"))
    bom.components.add(
        Component(name="Django", version="3.2", purl=PackageURL("pypi", None, "Django", "3.2"), components=[inner])
    )
    bom.components.add(
        Component(
            name="core",
            group="@angular",
            version="12.0.1",
            type=ComponentType.FRAMEWORK,
            purl=PackageURL("npm", "@angular", "core", "12.0.1"),
        )
    )
    bom.components.add(Component(name="debian", version="11.8", type=ComponentType.OPERATING_SYSTEM))
    bom.components.add(Component(name="vendored", version="1"))
    bom.register_dependency(bom.metadata.component, list(bom.components))
    return bom


WRITABLE = [
    (OutputFormat.JSON, version) for version in SchemaVersion if version not in (SchemaVersion.V1_0, SchemaVersion.V1_1)
] + [(OutputFormat.XML, version) for version in SchemaVersion if version is not SchemaVersion.V1_0]


class TestCycloneDx:
    @pytest.mark.parametrize(("form", "version"), WRITABLE)
    def test_every_version_of_the_format(self, form: OutputFormat, version: SchemaVersion) -> None:
        bom = written_by_the_formats_library()
        text = make_outputter(bom=bom, output_format=form, schema_version=version).output_as_string(indent=2)
        result = read(text.encode(), "bom", environment="production")
        assert sorted(shown(result)) == [
            ("Django", "3.2", "pkg:pypi/django@3.2"),
            ("asgiref", "3.5", "pkg:pypi/asgiref@3.5"),
            ("core", "12.0.1", "pkg:npm/%40angular/core@12.0.1"),
            ("debian", "11.8", ""),
        ]
        assert {(each.how, each.environment) for each in result.found} == {(How.SBOM, "production")}
        assert only_problem(result) == (
            None,
            "has one component without a package URL left out; have the tool write them.",
        )

    def test_a_bill_of_materials_of_an_image(self) -> None:
        subject = {
            "type": "container",
            "name": "docker.io/library/postgres:11.22-alpine",
            "purl": f"pkg:oci/postgres@{DIGEST}?arch=amd64&repository_url=docker.io%2Flibrary%2Fpostgres",
        }
        found = read(cyclonedx(metadata={"component": subject}), "bom.json").found
        (image,) = found
        assert (image.product, image.version, image.how) == ("postgresql", "11.22-alpine", How.SBOM)
        assert image.address == "docker.io/library/postgres:11.22-alpine"
        assert image.purl.startswith("pkg:oci/postgres@sha256:0123")

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ({"type": "container", "name": "postgres", "version": "11.22"}, ("postgresql", "11.22")),
            ({"type": "container", "name": "postgres:11.22", "version": DIGEST}, ("postgresql", "11.22")),
            ({"type": "container", "name": "postgres", "version": DIGEST}, ("postgresql", "")),
            ({"type": "container", "name": "x", "purl": "pkg:docker/library/postgres@11"}, ("postgresql", "11")),
            ({"type": "container", "name": "x", "purl": "pkg:docker/postgres@11?repository_url=gcr.io"},
             ("postgresql", "11")),
            ({"type": "library", "name": "node", "purl": f"pkg:oci/node@{DIGEST}?tag=18&repository_url=ghcr.io/a/node"},
             ("a/node", "18")),
            ({"type": "container", "name": "Not An Image"}, None),
        ],
    )  # fmt: skip
    def test_an_image_is_read_as_images_are(self, written: dict[str, Any], expected: tuple[str, str] | None) -> None:
        found = [(each.product, each.version) for each in read(cyclonedx(written), "bom.json").found]
        assert found == ([expected] if expected else [])

    def test_versions_come_from_the_package_url_where_they_are_not_said(self) -> None:
        result = read(cyclonedx({"name": "django", "purl": "pkg:pypi/django@3.2"}), "bom.json")
        assert shown(result) == [("django", "3.2", "pkg:pypi/django@3.2")]

    def test_one_without_any_version_still_runs(self) -> None:
        result = read(cyclonedx({"name": "django", "purl": "pkg:pypi/django"}), "bom.json")
        assert shown(result) == [("django", "", "pkg:pypi/django")]
        assert only_problem(result) == (None, "has one component without a known version.")

    def test_repeats_count_once_and_what_excludes_itself_does_not(self) -> None:
        django = component("django", "3.2", purl="pkg:pypi/django@3.2")
        tests = component("pytest", "8", purl="pkg:pypi/pytest@8", scope="excluded")
        assert len(read(cyclonedx(django, tests, django), "bom.json").found) == 1

    def test_lock_files_and_files_are_not_products(self) -> None:
        lock = {"type": "application", "name": "package-lock.json"}
        assert read(cyclonedx(lock, {"type": "file", "name": "/etc/os-release", "version": "1"}), "b") == Sightings()

    def test_a_kind_that_is_newer_than_this_code_stops_nothing(self) -> None:
        newer = {"type": "quantum-thing", "name": "q", "version": "1", "purl": "pkg:generic/q@1"}
        result = read(cyclonedx(newer, component("a", "1", purl="pkg:npm/a@1"), specVersion="2.9"), "bom.json")
        assert [each.product for each in result.found] == ["q", "a"]

    def test_a_package_url_that_is_none_is_said(self) -> None:
        result = read(cyclonedx({"type": "platform", "name": "jvm", "version": "17", "purl": "npm/jvm"}), "bom.json")
        assert shown(result) == [("jvm", "17", "")]
        assert only_problem(result)[1].startswith("components[0] 'jvm' has a package URL that is none, 'npm/jvm'")

    def test_components_that_are_none(self) -> None:
        nested = component("a", "1", purl="pkg:npm/a@1", components=[{"name": " "}, 7])
        result = read(
            cyclonedx(5, {"version": "1"}, {"name": ["x"]}, {"name": "b", "components": {}}, nested), "b.json"
        )
        assert shown(result) == [("a", "1", "pkg:npm/a@1")]
        assert [message for _, message in said(result) if "package URL" not in message] == [
            "components[0] is no component.",
            "components[1] has no name and is left out.",
            "components[2] has no name and is left out.",
            "components[3].components is no list.",
            "components[4].components[0] has no name and is left out.",
            "components[4].components[1] is no component.",
        ]

    def test_names_are_cleaned_and_bounded(self) -> None:
        result = read(
            cyclonedx(component("a\u202eb\n", "1", purl="pkg:npm/a@1"), component("x" * 501, "1")), "bom.json"
        )
        assert [each.product for each in result.found] == ["ab"]
        assert "too long" in only_problem(result)[1]


class TestXml:
    def test_lines_entities_and_other_namespaces(self) -> None:
        text = (
            "<components>\n<component type='library'><name>a&amp;<![CDATA[b]]></name>\n<version>1</version>"
            "<purl>pkg:npm/a@1</purl></component>\n"
            "<x:component xmlns:x='urn:x'><x:name>no</x:name></x:component>\n"
            "<component type='library' xmlns:x='urn:x'><x:name>no</x:name><name>c</name>"
            "<purl>pkg:npm/c@2</purl></component></components>"
        )
        result = read(xml(text), "bom.xml")
        assert [(each.product, each.version, each.origin.line) for each in result.found] == [
            ("a&b", "1", 4),
            ("c", "2", 7),
        ]

    def test_only_what_stands_in_the_place_of_a_component_is_one(self) -> None:
        one = "<component type='library'><name>{0}</name><version>1</version><purl>pkg:npm/{0}@1</purl>{1}</component>"
        pedigree = f"<pedigree><ancestors>{one.format('ancestor', '')}</ancestors></pedigree>"
        inner = f"<components>{one.format('inner', '')}</components>"
        tools = f"<metadata><tools><components>{one.format('tool', '')}</components></tools></metadata>"
        vulnerable = f"<vulnerabilities><components>{one.format('other', '')}</components></vulnerabilities>"
        text = f"{tools}<components>{one.format('outer', pedigree + inner)}</components>{vulnerable}"
        assert [each.product for each in read(xml(text), "bom.xml").found] == ["inner", "outer"]

    def test_a_component_without_a_name(self) -> None:
        result = read(
            xml("<components>\n\n<component type='library'><version>1</version></component></components>"), "b"
        )
        assert only_problem(result) == (5, "is a component without a name and is left out.")

    def test_entity_bombs_are_refused_before_they_are_unpacked(self) -> None:
        entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        bomb = xml("<components><component><name>&a11;</name></component></components>",
                   before=f"<!DOCTYPE bom [{entities}]>\n")  # fmt: skip
        result = read(bomb, "bom.xml")
        assert result.found == ()
        assert only_problem(result)[0] == 2
        assert "document type" in only_problem(result)[1]

    def test_files_outside_are_not_read(self) -> None:
        outside = '<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
        result = read(xml("<components><component><name>&x;</name></component></components>", before=outside), "b.xml")
        assert (result.found, "document type" in only_problem(result)[1]) == ((), True)

    @pytest.mark.parametrize(
        ("data", "line", "words"),
        [
            (b"<", 1, "not well-formed"),
            (xml("<components>\n<component>"), 5, "not well-formed"),
            (xml("<name>&nope;</name>"), 3, "not well-formed"),
            (b"<?xml version='1.0'?>\n<rdf:RDF xmlns:rdf='urn:r'/>", 2, "is XML, but not CycloneDX"),
            (b"<bom/>", 1, "is XML, but not CycloneDX"),
            (b"<!doctype html><p>", 1, "not well-formed"),
            (b"<?xml version='1.0' encoding='no-such'?><bom/>", 1, "encoding"),
            (b"<?xml version='1.0' encoding='big5'?><bom/>", 1, "encoding"),
            (xml("<a>" * 1_000), 3, "nested more than 500 deep"),
        ],
    )
    def test_broken_files_are_one_problem_with_its_line(self, data: bytes, line: int, words: str) -> None:
        found_line, message = only_problem(read(data, "bom.xml"))
        assert (found_line, words in message) == (line, True), message

    def test_what_stands_before_a_break_is_kept(self) -> None:
        text = "<components><component><name>a</name><purl>pkg:npm/a@1</purl></component>\n<oops></components>"
        result = read(xml(text), "bom.xml")
        assert [each.product for each in result.found] == ["a"]
        assert only_problem(result)[0] == 4


TAG_VALUE = """\
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: shop
# Packages
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop
PackageName: shop
SPDXID: SPDXRef-shop
PackageVersion: 4.2
PrimaryPackagePurpose: APPLICATION

PackageName: django
SPDXID: SPDXRef-django
PackageVersion: 3.2
PackageComment: <text>one
PackageName: not-a-package
</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:a:djangoproject:django:3.2:*:*:*:*:*:*:*
ExternalRef: PACKAGE-MANAGER purl pkg:pypi/django@3.2

FileName: ./a.py
SPDXID: SPDXRef-file
PackageVersion: 9

PackageName: debian
SPDXID: SPDXRef-os
PackageVersion: 11
PrimaryPackagePurpose: OPERATING-SYSTEM
"""


class TestSpdx:
    def test_packages(self) -> None:
        data = spdx(
            package("django", "3.2", "pkg:pypi/django@3.2"),
            package("left-pad", "NOASSERTION", "pkg:npm/left-pad"),
            package("debian", "11", primaryPackagePurpose="OPERATING_SYSTEM"),
            package("postgres", "11.22", f"pkg:oci/postgres@{DIGEST}?tag=11.22", primaryPackagePurpose="CONTAINER"),
            package("vendored", "1"),
        )
        result = read(data, "sbom.spdx.json")
        assert [(each.product, each.version) for each in result.found] == [
            ("django", "3.2"),
            ("left-pad", ""),
            ("debian", "11"),
            ("postgresql", "11.22"),
        ]
        assert [message.split(";")[0] for _, message in said(result)] == [
            "has one component without a package URL left out",
            "has one component without a known version.",
        ]

    @pytest.mark.parametrize(
        "about",
        [
            {"documentDescribes": ["SPDXRef-shop"]},
            {
                "relationships": [
                    {
                        "spdxElementId": "SPDXRef-DOCUMENT",
                        "relationshipType": "DESCRIBES",
                        "relatedSpdxElement": "SPDXRef-shop",
                    }
                ]
            },
        ],
    )
    def test_what_the_document_is_about_is_nobodys_product(self, about: dict[str, Any]) -> None:
        shop = package("shop", "4.2", primaryPackagePurpose="APPLICATION")
        assert read(spdx(shop, **about), "sbom.json") == Sightings(subject="shop")
        assert [each.product for each in read(spdx(shop), "sbom.json").found] == ["shop"]

    def test_the_answer_of_a_dependency_graph(self) -> None:
        inner = json.loads(spdx(package("rails", "5.2", "pkg:gem/rails@5.2")))
        assert shown(read(json.dumps({"sbom": inner}).encode(), "x.json")) == [("rails", "5.2", "pkg:gem/rails@5.2")]

    def test_packages_that_are_none(self) -> None:
        result = read(spdx(5, {}, {"name": 4}, {"name": "a", "externalRefs": [None, {"referenceType": 5}]}), "x.json")
        assert [message for _, message in said(result)][:3] == [
            f"packages[{number}] is no package with a name and is left out." for number in range(3)
        ]
        assert only_problem(read(b'{"spdxVersion": "SPDX-2.2", "packages": {}}', "x"))[1] == "packages is no list."

    def test_tags(self) -> None:
        result = read(TAG_VALUE.encode(), "sbom.spdx")
        assert [(each.product, each.version, each.purl, each.origin.line) for each in result.found] == [
            ("django", "3.2", "pkg:pypi/django@3.2", 12),
            ("debian", "11", "", 25),
        ]
        assert result.problems == ()

    @pytest.mark.parametrize("data", [TAG_VALUE.replace("\n", "\r\n").encode(), TAG_VALUE.encode("utf-16")])
    def test_tags_as_windows_writes_them(self, data: bytes) -> None:
        assert read(data, "sbom.spdx") == read(TAG_VALUE.encode(), "sbom.spdx")

    @pytest.mark.parametrize(
        ("text", "line", "words"),
        [
            ("SPDXVersion: SPDX-1.2\n", 1, "'SPDX-1.2', which is not read"),
            ("SPDXVersion: SPDX-2.3\nodd\n", 2, "is not TAG: VALUE"),
            ("SPDXVersion: SPDX-2.3\n\nPackageComment: <text>a\nb\n", 3, "never ends"),
            ("SPDXVersion: SPDX-2.3\nPackageName:\n", 2, "without a name"),
        ],
    )
    def test_broken_tags(self, text: str, line: int, words: str) -> None:
        found_line, message = only_problem(read(text.encode(), "sbom.spdx"))
        assert (found_line, words in message) == (line, True), message

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b'{"spdxVersion": "SPDX-3.0", "packages": []}', "write SPDX 2.3"),
            (b'{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}', "write SPDX 2.3"),
        ],
    )
    def test_a_version_that_is_not_read(self, data: bytes, words: str) -> None:
        assert words in only_problem(read(data, "sbom.json"))[1]


KEYS = st.sampled_from(
    ["components", "metadata", "component", "name", "version", "purl", "type", "scope", "packages", "externalRefs",
     "referenceType", "referenceLocator", "versionInfo", "relationships", "SPDXID"]
)  # fmt: skip
SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["pkg:npm/a@1", "container", "purl"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
TAGS = st.sampled_from(
    ["PackageName: a", "PackageVersion: 1", "SPDXID: x", "FileName: f", "<text>", "</text>", "PackageComment: <text>",
     "Relationship: SPDXRef-DOCUMENT DESCRIBES x", "ExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1", "ExternalRef: a",
     "PrimaryPackagePurpose: CONTAINER", "", ":", "#"]
)  # fmt: skip


class TestAnyFile:
    @pytest.mark.parametrize(
        ("data", "line", "words"),
        [
            (b"", None, "no bill of materials"),
            (b"hello", None, "no bill of materials"),
            (b"\x00\x01", None, "no bill of materials"),
            (b"[]", None, "is JSON, but no bill"),
            (b"{}", None, "is JSON, but no bill"),
            (b'{"bomFormat":\n"CycloneDX",\nnope}', 3, "not valid JSON"),
            (b'{"a": "\xff"}', 1, "not valid JSON"),
            (b"{" + b'"a":{' * 5_000, 1, "not valid JSON"),
            (cyclonedx(components={}), None, "components is no list"),
        ],
    )
    def test_a_file_that_is_something_else_is_one_problem(self, data: bytes, line: int | None, words: str) -> None:
        found_line, message = only_problem(read(data, "sbom"))
        assert (found_line, words in message) == (line, True), message

    def test_a_file_that_is_too_large(self) -> None:
        assert "over the limit of 0.5 MiB" in only_problem(read(b"{" + b" " * 600_000, "x", max_bytes=524_288))[1]

    @given(st.binary(), st.sampled_from([b"", b"{", b"<", b"SPDXVersion: SPDX-2.3\n", xml("")[:-8]]))
    def test_no_bytes_raise(self, data: bytes, before: bytes) -> None:
        result = read(before + data, "sbom")
        assert all(each.how is How.SBOM for each in result.found)

    @given(SHAPES, st.sampled_from([{"bomFormat": "CycloneDX"}, {"spdxVersion": "SPDX-2.3"}]))
    def test_no_shape_raises(self, shape: Any, kind: dict[str, str]) -> None:
        whole = {"components": shape, "packages": shape, "metadata": shape, "relationships": shape, **kind}
        result = read(json.dumps(whole).encode(), "sbom.json")
        assert all(each.product for each in result.found)

    @given(st.lists(TAGS))
    def test_no_tags_raise(self, lines: list[str]) -> None:
        result = read("\n".join(["SPDXVersion: SPDX-2.3", *lines]).encode(), "sbom.spdx")
        assert all(each.product == "a" for each in result.found)
        assert all((each.origin.line or 0) <= len(lines) + 1 for each in result.problems)


class TestWhatItIsAbout:
    @pytest.mark.parametrize(
        ("subject", "expected"),
        [
            ({"type": "application", "name": "shop", "version": "4"}, "shop"),
            (
                {"type": "container", "name": "registry.example.test/acme/shop:4@" + DIGEST},
                "registry.example.test/acme/shop",
            ),
            ({"type": "container", "name": "not an image"}, "not an image"),
            (None, ""),
        ],
    )
    def test_cyclonedx(self, subject: dict[str, Any] | None, expected: str) -> None:
        about = {} if subject is None else {"metadata": {"component": subject}}
        assert read(cyclonedx(**about), "bom.json").subject == expected

    def test_xml(self) -> None:
        inside = '<metadata><component type="application"><name>shop</name></component></metadata>'
        assert read(xml(inside), "bom.xml").subject == "shop"

    def test_spdx_of_one_thing_and_of_two(self) -> None:
        packages = (package("shop", "4"), package("cart", "1"))
        assert read(spdx(*packages, documentDescribes=["SPDXRef-shop"]), "s.json").subject == "shop"
        assert read(spdx(*packages, documentDescribes=["SPDXRef-shop", "SPDXRef-cart"]), "s.json").subject == ""


class TestCpes:
    CPE = "cpe:2.3:a:postgresql:postgresql:11.22:*:*:*:*:*:*:*"

    def test_cyclonedx(self) -> None:
        (found,) = read(cyclonedx(component("pg", "11.22", cpe=self.CPE)), "bom.json").found
        assert (found.product, found.cpe, found.purl) == ("pg", self.CPE, "")
        inside = f"<components><component type='library'><name>pg</name><cpe>{self.CPE}</cpe></component></components>"
        (found,) = read(xml(inside), "bom.xml").found
        assert found.cpe == self.CPE

    def test_spdx(self) -> None:
        reference = {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": self.CPE}
        (found,) = read(spdx(package("pg", "11.22", externalRefs=[reference])), "s.json").found
        assert found.cpe == self.CPE
        tags = f"SPDXVersion: SPDX-2.3\nPackageName: pg\nExternalRef: SECURITY cpe23Type {self.CPE}\n"
        (found,) = read(tags.encode(), "s.spdx").found
        assert found.cpe == self.CPE

    def test_one_that_is_too_long_is_left_out(self) -> None:
        long = component("pg", "11.22", purl="pkg:generic/pg@1", cpe="cpe:" + "a" * 1000)
        (found,) = read(cyclonedx(long), "bom.json").found
        assert found.cpe == ""
