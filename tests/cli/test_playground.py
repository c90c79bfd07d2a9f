"""`baton playground`: on which database it runs, and what it says of its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import playground
from tests.cli.conftest import Baton


@pytest.mark.parametrize(
    ("words", "is_kept_at", "is_anew"),
    [
        ((), ".var/playground.sqlite", True),
        (("--port", "4101"), ".var/playground-4101.sqlite", True),
        (("--database", "mine/own.sqlite"), "mine/own.sqlite", False),
        (("--catalog", "catalog.yaml", "--database", "mine/own.sqlite"), "mine/own.sqlite", False),
        (("--catalog", "catalog.yaml"), None, True),
    ],
)
def test_the_database_that_is_named_is_used(
    baton: Baton, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], is_kept_at: str | None, is_anew: bool
) -> None:
    files: list[Path] = []

    async def play(file: Path, *_: object, is_kept: bool) -> None:
        files.append(file)
        assert file.parent.is_dir()
        assert is_kept is not is_anew

    monkeypatch.setattr(playground, "_play", play)
    assert baton("playground", *words).code == 0
    [file] = files
    if is_kept_at is not None:
        assert file == Path(is_kept_at)
    else:
        assert not file.parent.exists(), "a place of its own, which is gone again"


def test_a_mistyped_setting_is_named(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(*_: object, is_kept: bool) -> None:
        pass

    monkeypatch.setattr(playground, "_play", play)
    monkeypatch.setenv("BATON_PLATFORM_CHANEL", "ops")
    ran = baton("playground", "--catalog", "catalog.yaml")
    assert ran.code == 0
    assert "is BATON_PLATFORM_CHANNEL meant?" in ran.err
