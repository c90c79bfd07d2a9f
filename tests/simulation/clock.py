"""One clock for two processes: a moment in a file that both have mapped into memory."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SIZE = 8


class SharedClock:
    """Fits `bot.ports.Clock`. Whoever moves it moves it for everybody."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(struct.pack("d", 0.0))
        self._file = path.open("r+b")
        self._memory = mmap.mmap(self._file.fileno(), _SIZE)

    def now(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", self._memory[:_SIZE])[0], UTC)

    def set(self, moment: datetime) -> None:
        self._memory[:_SIZE] = struct.pack("d", moment.timestamp())

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)

    def close(self) -> None:
        self._memory.close()
        self._file.close()
