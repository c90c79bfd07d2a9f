"""How long the directory takes to answer, to be built and to be changed, and what it holds, over its size.

Fuzzy: names reordered, and with one and two typos; none: names that no asset has. Each time of an answer is the least
of several, and build and changes are in seconds of the processor, for the machine does other things as well. Times are
held to multiples of a floor of the same run: looking a name up in a dictionary, and comparing a text with every name.
"""

from __future__ import annotations

import gc
import math
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from bot.domain.directory import Directory
from bot.domain.records import AssetRecord
from bot.services.snapshot import without_collections
from tests.benchmarks.floors import looked_up, names_compared
from tests.benchmarks.names import Questions, realistic_assets

pytestmark = pytest.mark.bench

_SEED = 30
_SIZES = (1_000, 10_000, 100_000)
_COUNT = 150
_TRIES = 5
#: How many times its floor each may take. An exact name: a dictionary's match.
_EXACT = 20.0
#: Others, in comparisons of a text with every name: at the median, of a hundred, the longest there is, and one change.
_FUZZY, _SLOW, _LONGEST, _CHANGE = 0.04, 0.15, 0.8, 1.5
#: Building the index, in dictionaries of the names.
_BUILD = 60.0


@dataclass(frozen=True, slots=True)
class _Figures:
    """Times in milliseconds, ascending; the build in seconds, memory in MiB.

    `lookup` and `comparison` are the floors, in milliseconds: a name found in a dictionary, and compared with all.
    """

    lookup: float
    comparison: float
    exact: list[float]
    fuzzy: list[float]
    nonexistent: list[float]
    longest: float
    build_seconds: float
    memory_mib: float
    changes: list[float]


def test_answers_take_as_long_whatever_the_size_of_the_catalog() -> None:
    figures = {size: _measure(size) for size in _SIZES}
    print("\n   names  exact p50    p99  fuzzy p50   p99  none p50   p99 longest    build     memory change p50   max")
    for size, found in figures.items():
        answers = (
            f"{_at(found.exact, 0.5):10.4f} {_at(found.exact, 0.99):6.4f} {_at(found.fuzzy, 0.5):10.2f}"
            f" {_at(found.fuzzy, 0.99):5.2f} {_at(found.nonexistent, 0.5):9.2f} {_at(found.nonexistent, 0.99):5.2f}"
        )
        held = f"{found.build_seconds:6.2f} s {found.memory_mib:6.1f} MiB"
        changes = f"{_at(found.changes, 0.5):10.2f} {found.changes[-1]:5.2f} ms"
        print(f"{size:8,} {answers} {found.longest:4.1f} ms {held} {changes}")
    small, large = figures[_SIZES[0]], figures[_SIZES[-1]]
    exponent = math.log(_at(large.fuzzy, 0.99) / _at(small.fuzzy, 0.99)) / math.log(_SIZES[-1] / _SIZES[0])
    print(f"growth exponent of the fuzzy p99: {exponent:.2f}")
    found = {
        "exact p99, over a dictionary's match": (_at(large.exact, 0.99) / large.lookup, _EXACT),
        "fuzzy p50, over comparing with every name": (_at(large.fuzzy, 0.5) / large.comparison, _FUZZY),
        "fuzzy p99, over comparing with every name": (_at(large.fuzzy, 0.99) / large.comparison, _SLOW),
        "longest, over comparing with every name": (large.longest / large.comparison, _LONGEST),
        "build, over a dictionary's of the names": (large.build_seconds * 1e3 / (large.lookup * _SIZES[-1]), _BUILD),
        "slowest change, over comparing with every name": (large.changes[-1] / large.comparison, _CHANGE),
    }
    for what, (times, most) in found.items():
        print(f"{what}: {times:.3f} (to reach: {most})")
    assert exponent <= 0.3
    assert large.memory_mib <= 60
    assert {what for what, (times, most) in found.items() if times > most} == set()


def _measure(size: int) -> _Figures:
    assets = realistic_assets(size, _SEED)
    gc.collect()
    gc.freeze()
    try:
        with without_collections():  # as Baton builds it at its start
            build = min(_processor_seconds(lambda: Directory.build(assets)) for _ in range(3))
        tracemalloc.start()
        directory = Directory.build(assets)
        memory = tracemalloc.get_traced_memory()[0] / 2**20
        tracemalloc.stop()
        questions = Questions(assets, _SEED + 1)
        exact = [questions.exact().text for _ in range(_COUNT * 4)]
        kinds = (questions.reordered, lambda: questions.mistyped(1), lambda: questions.mistyped(2))
        fuzzy = [ask().text for ask in kinds for _ in range(_COUNT)]
        nonexistent = [questions.nonexistent().text for _ in range(_COUNT)]
        gc.freeze()
        times = _answers(directory, nonexistent)
        names = [asset.name for asset in assets]
        return _Figures(
            lookup=looked_up(names) / len(names) * 1e3,
            comparison=names_compared(names, fuzzy[::30]) / len(fuzzy[::30]) * 1e3,
            exact=_answers(directory, exact),
            fuzzy=_answers(directory, fuzzy),
            nonexistent=times,
            longest=max(times[-1], _answers(directory, _hostile(assets))[-1]),
            build_seconds=build,
            memory_mib=memory,
            changes=_changes(directory, assets),
        )
    finally:
        gc.unfreeze()


def _answers(directory: Directory, texts: Sequence[str]) -> list[float]:
    return sorted(min(_seconds(lambda: directory.resolve(text)) for _ in range(_TRIES)) * 1e3 for text in texts)  # noqa: B023 - called at once


def _changes(directory: Directory, assets: Sequence[AssetRecord]) -> list[float]:
    gc.collect()  # what the answers left behind is not the changes' to clear away
    times = []
    for asset in assets[:: len(assets) // 50]:
        renamed = replace(asset, name=f"{asset.name}-renamed")
        times.append(_processor_seconds(lambda: directory.replace(renamed)) * 1e3)  # noqa: B023 - called at once
        times.append(_processor_seconds(lambda: directory.replace(asset)) * 1e3)  # noqa: B023 - called at once
    return sorted(times)


def _hostile(assets: Sequence[AssetRecord]) -> list[str]:
    """Texts made to cost much: long, of the commonest words, of many words that are nearly others."""
    words = " ".join(asset.name for asset in assets[:40])
    return [
        words,
        words.replace("-", " "),
        words[::-1],
        "a" * 4_000,
        "prod dev staging api " * 60,
        "x/" * 900,
        "?" * 4_000,
    ]


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _processor_seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]
