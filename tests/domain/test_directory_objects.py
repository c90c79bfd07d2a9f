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
        ]
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("who owns deployment/order-api?", "order-api"),
        ("who owns svc/quay", "quay"),
        ("whose is statefulset.apps/quay?", "quay"),
        ("who owns pod/order-api-5c6d7f8b9c-abcde", "order-api"),
        ("order-api-7d9f8b6c5d-x2x9z is crashlooping, who owns it?", "order-api"),
        ("who owns job.batch/night-report-28391040", "night-report"),
        ("who owns order-api.prod.svc.cluster.local:8080?", "order-api"),
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
