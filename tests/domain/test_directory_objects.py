"""Names as Kubernetes writes them, and parts that something does not have."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory, Nearest
from tests.domain.directory_assets import answer, asset


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(
        [
            *(asset("order-api"), asset("quay"), asset("night-report"), asset("cluster")),
            asset("customs", id=900),
            asset("customs-cache", AssetKind.CACHE, parent_id=900),
            *(
                asset("manifests", AssetKind.STORAGE),
                asset("stow", AssetKind.FUNCTION),
                asset("logs-db", AssetKind.DATABASE),
            ),
        ]
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns deployment/order-api?", "order-api"),
        ("who owns svc/quay", "quay"),
        ("svc/quay has no endpoints", "quay"),
        ("whose is statefulset.apps/quay?", "quay"),
        ("who owns pod/order-api-5c6d7f8b9c-abcde", "order-api"),
        ("order-api-7d9f8b6c5d-x2x9z is crashlooping, who owns it?", "order-api"),
        ("who owns job.batch/night-report-28391040", "night-report"),
        ("who owns order-api.prod.svc.cluster.local:8080?", "order-api"),
        ("customs-cache-0 OOMKilled, who owns it?", "customs-cache"),
        ("order-api-prod-7d9f8b6c5d-x2x9z", "order-api"),
        ("order-api-canary", "order-api"),
        ("svc/order-api.port.svc", "order-api"),
        ("order-api@sha256:0a1b", "order-api"),
        # What a cloud keeps under its name
        ("s3://manifests/2026/11/a.csv", "manifests"),
        ("access to gs://manifests/x is denied, who owns it?", "manifests"),
        ("/aws/lambda/stow", "stow"),
        ("/aws/rds/instance/logs-db/error", "logs-db"),
        ("s3://quay/a.csv", ""),
        ("/aws/lambda/quay", ""),
        # Another one of a set is perhaps none of it
        ("order-api-1", ""),
        ("order-api-canary-tests", ""),
        # Whose else the end of a name may be is not said
        ("who owns cluster-north?", ""),
        ("who owns configmap/order-api-config?", ""),
        ("who owns order-api-replica-abcde?", ""),
    ],
)
def test_objects_of_kubernetes_are_found_by_their_names(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


def test_a_part_that_something_does_not_have_is_asked_back(directory: Directory) -> None:
    assert answer(directory, "who owns the cache behind customs?") == "customs-cache"
    for text in ("who owns the queue behind customs?", "the bucket of quay", "who owns the redis of quay?"):
        found = directory.resolve(text)
        assert isinstance(found, Nearest), text


def test_what_has_a_repository_for_its_address_is_meant_by_its_files() -> None:
    directory = Directory.build([asset("tolls", addresses=("https://github.com/port/tolls", "port/tolls"))])
    assert answer(directory, "https://github.com/port/tolls/blob/main/src/a.c") == "tolls"
    assert answer(directory, "port/tolls") == "tolls"
    assert answer(directory, "https://github.com/other/tolls/blob/main/src/a.c") == ""
    assert answer(directory, "https://gitlab.com/port/tolls/-/blob/main/src/a.c") == ""


@pytest.mark.parametrize(
    "text",
    [
        "who consumes order-api?",
        "which team is upstream of order-api?",
        "who depends on quay",
        "who else uses quay?",
        "who owns the client that calls order-api?",
    ],
)
def test_who_uses_something_is_not_who_owns_it(directory: Directory, text: str) -> None:
    assert answer(directory, text) == ""


def test_whom_to_call_about_a_thing_is_not_what_it_calls(directory: Directory) -> None:
    assert answer(directory, "the quay service is down, whom do I call?") == "quay"
    assert answer(directory, "the quay app is down, who do I send it to?") == "quay"
