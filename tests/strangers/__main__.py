"""`python -m tests.strangers`: every case, and malformed requests by the thousand. The last line counts the failed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.strangers import (  # noqa: F401 - each registers its cases
    answers,
    connections,
    door,
    faults,
    files,
    later,
    odd_answers,
    questions,
    receipts,
    sockets,
    two_processes,
)
from tests.strangers.cases import CASES, Case, Failed, run_cases
from tests.strangers.world import House, forking


async def run(cases: list[Case], *, is_long: bool, is_forked: bool = False) -> list[Failed]:
    """Run cases in a folder of their own, which is gone afterwards; with `is_forked`, as `forking` has it."""
    async with forking() if is_forked else nullcontext():
        return await _run(cases, is_long=is_long)


async def _run(cases: list[Case], *, is_long: bool) -> list[Failed]:
    with tempfile.TemporaryDirectory(prefix="baton-strangers-") as folder:
        house = House(Path(folder), is_long=is_long)
        try:
            return await run_cases(cases, house, say=lambda line: print(line, flush=True))
        finally:
            await house.close()


def main() -> None:
    """Run what was asked for; exit with 1 when a case failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the cases of the shorter run")
    parser.add_argument("--only", default="", help="only the cases whose sentence has these words in it")
    options = parser.parse_args()
    cases = [each for each in CASES if options.only in each.name and (each.is_quick or not options.quick)]
    failed = asyncio.run(run(cases, is_long=not options.quick))
    for each in failed:
        print(f"FAILED {each.name}: {each.why}")
    print(f"cases {len(cases)} failed {len(failed)}")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
