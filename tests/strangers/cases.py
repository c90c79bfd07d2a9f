"""The list of cases, and what runs it: each is a small function under a sentence that says what has to be true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tests.strangers.world import House

#: No case may take longer; one that does has failed.
_MOST_SECONDS = 150.0


class BrokenError(AssertionError):
    """A case did not hold: what was expected, and what came."""


@dataclass(frozen=True)
class Case:
    """`is_quick`: also part of the shorter run."""

    name: str
    run: Callable[[House], Awaitable[None]]
    is_quick: bool
    seconds: float


#: Every case, in the order in which the modules define them.
CASES: list[Case] = []

_Run = Callable[[House], Awaitable[None]]


def case(name: str, *, is_quick: bool = False, seconds: float = _MOST_SECONDS) -> Callable[[_Run], _Run]:
    """Register a function as a case."""

    def registered(run: _Run) -> _Run:
        CASES.append(Case(name, run, is_quick, seconds))
        return run

    return registered


def expect(is_so: object, expected: str, came: object) -> None:
    """Raise BrokenError unless it is so."""
    if not is_so:
        raise BrokenError(f"expected {expected}; came {str(came)[:600]}")


@dataclass(frozen=True)
class Failed:
    name: str
    why: str


async def run_cases(cases: Sequence[Case], house: House, *, say: Callable[[str], None]) -> list[Failed]:
    """Run the cases one after another, and return those that failed."""
    failed = []
    for each in cases:
        began = time.monotonic()
        why = await _why_it_failed(each, house)
        say(f"{'FAILED' if why else 'ok    '} {time.monotonic() - began:5.1f} s  {each.name}")
        if why:
            say(f"       {why}")
            failed.append(Failed(each.name, why))
    return failed


async def _why_it_failed(each: Case, house: House) -> str:
    try:
        await asyncio.wait_for(each.run(house), each.seconds)
    except BrokenError as error:
        return str(error)
    except TimeoutError as error:
        return str(error) or f"expected an end within {each.seconds:g} seconds; it went on"
    except Exception as error:  # noqa: BLE001 - a case that breaks has failed, and the others still run
        return f"expected the case to run; it broke with {type(error).__name__}: {error}"
    return ""
