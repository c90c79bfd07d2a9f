"""How long `baton run` takes until it listens and answers, beside its libraries alone, and what memory it holds.

The floor is a Bolt app with one listener that has loaded the libraries which Baton stands on, and nothing of Baton's.

Everything is a process of its own, started anew in every round, and its modules are compiled, as those of an installed
Baton are. A start is told in seconds on the clock and of the processor, the least of the rounds. What others do on the
machine counts for the one and not for the other, so what has to hold is the processor's.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.benchmarks.floors import rows_read
from tests.benchmarks.load import BOT_TOKEN, SECRET, exact, measure
from tests.benchmarks.memory import resident_mib
from tests.benchmarks.names import realistic_assets
from tests.benchmarks.servers import serving
from tests.benchmarks.stored import PEOPLE, fill
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.bench

_SEED = 7
_ROUNDS = 7
_RATIO = 2.5
#: Before anybody has asked anything.
_MOST_MIB = 200
#: How many times its floor a start with the first answer may take: the libraries', and reading the catalog's rows.
_FIRST_ANSWER = {1_000: 2.5, 100_000: 2.0}
#: How many times longer than the target a time may be before the benchmark fails.
_NOISE = 1.2
_SERVING = re.compile(r"serving \d+ assets at (http://[\d.:]+)")


@dataclass
class _Started:
    """A process that listens at `url`, since when by perf_counter's clock, and when it was begun."""

    pid: int
    url: str
    began: float
    listened: float

    def processor_seconds(self) -> float:
        """Return the processor time that the process has used so far, over all its threads."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in threads) / 1e9


@dataclass
class _Took:
    """Seconds on the clock and of the processor, a round each."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{min(self.clock):.2f} ({min(self.processor):.2f})"


@dataclass
class _Seen:
    """What the rounds of one kind of server took, and MiB before anybody asked and after a thousand answers."""

    listening: _Took = field(default_factory=_Took)
    first_answer: _Took = field(default_factory=_Took)
    unasked: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)


def test_start_and_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "compiled"))
    bare, small, large = _rounds(tmp_path)
    print(f"\nStart, least of {_ROUNDS}, on the clock (of the processor)")
    print(f"{'':18}{'listening s':>20}{'first answer s':>20}{'MiB':>6}{'asked':>6}")
    for name, each in (("its libraries", bare), ("Baton, 1,000", small), ("Baton, 100,000", large)):
        memory = f"{max(each.unasked):6.0f}{max(each.asked):6.0f}"
        print(f"{name:18}{each.listening!s:>20}{each.first_answer!s:>20}{memory}")
    clock = min(small.listening.clock) / min(bare.listening.clock)
    processor = min(small.listening.processor) / min(bare.listening.processor)
    print(f"  listening, 1,000 assets over its libraries: {clock:.2f} ({processor:.2f}) (to reach: <= {_RATIO})")
    first_answer = {}
    for count, each in ((1_000, small), (100_000, large)):
        floor = min(bare.first_answer.processor) + rows_read(_database(tmp_path, count))
        first_answer[count] = min(each.first_answer.processor) / floor
        print(
            f"  first answer, {count:,} assets, over its libraries' and reading the rows, {floor:.2f} s: "
            f"{first_answer[count]:.1f} (to reach: <= {_FIRST_ANSWER[count]})"
        )
    print(f"  memory, 100,000 assets, nobody has asked: {max(large.unasked):.0f} MiB (to reach: <= {_MOST_MIB} MiB)")
    assert processor <= _RATIO * _NOISE
    assert [count for count, times in first_answer.items() if times > _FIRST_ANSWER[count]] == []
    assert max(large.unasked) <= _MOST_MIB


def _rounds(folder: Path) -> tuple[_Seen, _Seen, _Seen]:
    """Start the libraries alone and Baton with 1,000 and with 100,000 assets in turn; return what was seen of each."""
    names = {0: ["any"]}
    for count in (1_000, 100_000):
        assets = realistic_assets(count, _SEED)
        names[count] = [asset.name for asset in assets]
        asyncio.run(fill(_database_url(folder, count), assets, seed=_SEED))
    bare, small, large = _Seen(), _Seen(), _Seen()
    with serving("slack") as slack:
        for round_ in range(_ROUNDS + 1):
            for count, into in ((0, bare), (1_000, small), (100_000, large)):
                url = _database_url(folder, count) if count else ""
                _start_once(into if round_ else _Seen(), slack.url, url, names[count])  # the first compiles
    return bare, small, large


def _start_once(into: _Seen, slack_api_url: str, database_url: str, names: list[str]) -> None:
    asks = exact(names, PEOPLE, min(len(names), 1_000), random.Random(_SEED))
    with _baton(slack_api_url, database_url) if database_url else _libraries(slack_api_url) as started:
        into.listening.clock.append(started.listened - started.began)
        into.listening.processor.append(started.processor_seconds())
        into.unasked.append(resident_mib(started.pid))
        first = measure(started.url, asks[:1], connections=1, keep_every=1)
        into.first_answer.clock.append(time.perf_counter() - started.began)
        into.first_answer.processor.append(started.processor_seconds())
        assert first.failures == []
        assert not database_url or first.named() == 1
        assert measure(started.url, asks, connections=32).failures == []
        into.asked.append(resident_mib(started.pid))


@contextmanager
def _libraries(slack_api_url: str) -> Iterator[_Started]:
    with serving("libraries", slack_api_url=slack_api_url) as server:
        yield _Started(server.process.pid, server.url, server.began, server.listened)


@contextmanager
def _baton(slack_api_url: str, database_url: str) -> Iterator[_Started]:
    """Run `baton run` as an operator does; its log says when it serves."""
    settings = {
        "BATON_DATABASE_URL": database_url,
        "BATON_SLACK_BOT_TOKEN": BOT_TOKEN,
        "BATON_SLACK_SIGNING_SECRET": SECRET,
        "BATON_SLACK_API_URL": slack_api_url,
        "BATON_PORT": "0",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env={**{key: value for key, value in os.environ.items() if not key.startswith("BATON_")}, **settings},
        cwd=REPOSITORY,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if found := _SERVING.search(line):
                break
        else:
            raise RuntimeError("".join(said))
        yield _Started(process.pid, f"{found[1]}/slack/events", began, time.perf_counter())
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _database_url(folder: Path, count: int) -> str:
    return f"sqlite:///{_database(folder, count)}"


def _database(folder: Path, count: int) -> Path:
    return folder / f"{count}.sqlite"
