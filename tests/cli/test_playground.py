"""`baton playground`: on which database it runs, and what it says of its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import playground
from tests.cli.conftest import Baton


@pytest.mark.parametrize(
    ("words", "is_kept_at"),
    [
        ((), ".var/playground.sqlite"),
        (("--database", "mine/own.sqlite"), "mine/own.sqlite"),
        (("--catalog", "catalog.yaml", "--database", "mine/own.sqlite"), "mine/own.sqlite"),
        (("--catalog", "catalog.yaml"), None),
    ],
)
def test_the_database_that_is_named_is_used(
    baton: Baton, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], is_kept_at: str | None
) -> None:
    urls: list[str] = []

    async def play(database_url: str, *_: object) -> None:
        urls.append(database_url)
        assert Path(database_url.removeprefix("sqlite:///")).parent.is_dir()

    monkeypatch.setattr(playground, "_play", play)
    assert baton("playground", *words).code == 0
    [url] = urls
    if is_kept_at is not None:
        assert url == f"sqlite:///{is_kept_at}"
    else:
        assert not Path(url.removeprefix("sqlite:///")).parent.exists(), "a place of its own, which is gone again"


def test_a_mistyped_setting_is_named(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(*_: object) -> None:
        pass

    monkeypatch.setattr(playground, "_play", play)
    monkeypatch.setenv("BATON_PLATFORM_CHANEL", "ops")
    ran = baton("playground", "--catalog", "catalog.yaml")
    assert ran.code == 0
    assert "is BATON_PLATFORM_CHANNEL meant?" in ran.err
