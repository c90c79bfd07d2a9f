"""What an import of 100,000 assets into SQLite costs, through the real command line: seconds and memory."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.benchmarks.floors import rows_inserted

ASSETS = 100_000
TEAMS = 200

#: Runs the command in a process of its own and says, on the last line of standard error, what it used.
_MEASURED = """
import atexit, sys, time
began = time.perf_counter()
import bot.cli.catalog.imports as command
from bot.clients.catalog import SourceFiles
from tests.benchmarks.memory import peak_mib
took = {"read": 0.0, "import": 0.0}

def timed(name, call):
    def made(*args, **options):
        at = time.process_time()
        try:
            return call(*args, **options)
        finally:
            took[name] += time.process_time() - at
    return made

def timed_import(call):
    async def made(*args, **options):
        at = time.process_time()
        try:
            return await call(*args, **options)
        finally:
            took["import"] += time.process_time() - at
    return made

SourceFiles.read, SourceFiles.digest = timed("read", SourceFiles.read), timed("read", SourceFiles.digest)
command.import_catalog, command.import_unread = map(timed_import, (command.import_catalog, command.import_unread))

def tell():
    seconds = time.perf_counter() - began
    print(seconds, took["read"], took["import"], time.process_time(), peak_mib(), file=sys.stderr)

atexit.register(tell)
from bot.cli import main
main()
"""


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock; of the processor for digests and reading, for importing, and in all; MiB at the most.

    What others do on the machine makes the clock's seconds more, and hardly the processor's.
    """

    seconds: float
    read_seconds: float
    import_seconds: float
    processor_seconds: float
    peak_mib: float
    report: dict[str, object]


def run_import(folder: Path, format_name: str, file: Path) -> Cost:
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, "catalog", "import", format_name, str(file), "--json"],
        env={**os.environ, "BATON_DATABASE_URL": f"sqlite:///{folder / 'baton.sqlite'}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    figures = [float(figure) for figure in ran.stderr.splitlines()[-1].split()]
    return Cost(*figures, report=json.loads(ran.stdout))


def write_terraform(file: Path) -> None:
    resources = [
        {
            "address": f"aws_db_instance.db_{number}",
            "mode": "managed",
            "type": "aws_db_instance",
            "name": f"db_{number}",
            "provider_name": "registry.example/acme/aws",
            "values": {
                "arn": f"arn:aws:rds:eu-west-1:000000000000:db:orders-{number}",
                "identifier": f"orders-{number}",
                "engine": "postgres",
                "engine_version": "15.4",
                "address": f"orders-{number}.example.test",
                "tags_all": {"team": f"team-{number % TEAMS}", "env": "production"},
            },
        }
        for number in range(ASSETS)
    ]
    state = {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": resources}}}
    file.write_text(json.dumps(state))


def write_baton(file: Path) -> None:
    lines = ["baton: 1", "teams:"]
    for number in range(TEAMS):
        lines += [f"  - name: Team {number}", f"    channel: '#team-{number}'", f"    members: [p{number}@example.com]"]
    lines.append("assets:")
    for number in range(ASSETS):
        lines += [
            f"  - name: billing-{number}",
            "    kind: service",
            f"    owner: team-{number % TEAMS}",
            f"    description: Sends bill number {number}.",
            f"    aliases: [bill {number}]",
        ]
        if number >= 100:
            lines.append(f"    part-of: billing-{number % 100}")
    file.write_text("\n".join(lines) + "\n")


def write_csv(file: Path) -> None:
    rows = ["name,kind,team,tier,description,aliases"]
    rows += [
        f"billing-{number},service,team-{number % TEAMS},{number % 4},Sends bill number {number},bill {number}"
        for number in range(ASSETS)
    ]
    file.write_text("\n".join(rows) + "\n")


def parse_json(text: str) -> object:
    return json.loads(text)


def parse_yaml(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def parse_csv(text: str) -> object:
    return list(csv.DictReader(text.splitlines()))


#: How each is written, its name, and how the bare library parses it.
FILES = {
    "terraform": (write_terraform, "state.json", parse_json),
    "baton": (write_baton, "baton.yaml", parse_yaml),
    "csv": (write_csv, "assets.csv", parse_csv),
}
#: How many times the floor a first import may take: the file parsed by its library, and the same rows inserted by Core.
REACH = {"terraform": 5.0, "baton": 2.0, "csv": 4.0}
#: What share of the first's seconds a second import may take that changes nothing.
SECOND = 0.4
#: The share that a run may take whose files are other bytes, which say the same: it has to read them.
REREAD = 0.8
MOST_MIB = 500


def parsed(file: Path, parse: Callable[[str], object]) -> float:
    """Return the seconds of the processor that it takes to read and to parse a file."""
    began = time.process_time()
    assert parse(file.read_text())
    return time.process_time() - began


@pytest.mark.bench
@pytest.mark.parametrize("format_name", sorted(FILES))
def test_import_of_100k_assets(format_name: str, tmp_path: Path) -> None:
    write, name, parse = FILES[format_name]
    file = tmp_path / name
    write(file)
    first = run_import(tmp_path, format_name, file)
    floor = parsed(file, parse) + rows_inserted(tmp_path / "baton.sqlite", tmp_path / "bare.sqlite")
    second = run_import(tmp_path, format_name, file)
    with file.open("a") as stream:
        stream.write("\n")
    reread = run_import(tmp_path, format_name, file)
    assert first.report["outcome"] == "imported"
    assert first.report["counts"]["assets_added"] == ASSETS  # type: ignore[index]
    assert first.report["counts"]["facts_added"] == ASSETS  # type: ignore[index]
    assert (second.report["outcome"], second.report["unread"]) == ("unchanged", True)
    assert (reread.report["outcome"], reread.report["unread"]) == ("unchanged", False)
    print(f"\n{format_name}: {ASSETS:,} assets, {file.stat().st_size / 2**20:.0f} MiB")
    for label, cost in (("first run", first), ("second run", second), ("one byte more", reread)):
        print(
            f"  {label:<13} {cost.seconds:6.1f} s on the clock; of the processor {cost.processor_seconds:.1f} s = "
            f"{cost.read_seconds:.1f} reading + {cost.import_seconds:.1f} importing + start; {cost.peak_mib:.0f} MiB"
        )
    ratio, again = (cost.processor_seconds / first.processor_seconds for cost in (second, reread))
    times = first.processor_seconds / floor
    print(f"  first run over parsing and inserting alone, {floor:.1f} s: {times:.1f} (to reach: {REACH[format_name]})")
    print(f"  second/first {ratio:.2f} (to reach: {SECOND}); with one byte more {again:.2f}")
    peak = max(first.peak_mib, second.peak_mib, reread.peak_mib)
    print(f"  memory {peak:.0f} MiB (to reach: {MOST_MIB} MiB)")
    assert times <= REACH[format_name]
    assert ratio <= SECOND
    assert again <= REREAD
    assert peak <= MOST_MIB
