"""A worker that is forked off a process which has imported this runs SQLite in line, as tests of one process do."""

from __future__ import annotations

import pytest

from tests import sqlite_in_line

sqlite_in_line.run_in_line(pytest.MonkeyPatch())
sqlite_in_line.is_wanted = True
