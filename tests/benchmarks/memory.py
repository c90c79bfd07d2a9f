"""How much memory a process holds, from what Linux says of it under /proc."""

from __future__ import annotations

from pathlib import Path


def resident_mib(pid: int | str = "self") -> float:
    """Return how many MiB a process holds now."""
    return _mib("VmRSS", pid)


def peak_mib(pid: int | str = "self") -> float:
    """Return how many MiB a process has held at most since it began.

    `ru_maxrss` of getrusage(2) is not that: a process that was started from a larger one inherits the other's figure.
    """
    return _mib("VmHWM", pid)


def _mib(field: str, pid: int | str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) / 1024
