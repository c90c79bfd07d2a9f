"""`baton playground`: a simulated Slack with Baton in it, on a page in the browser."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot import logs
from bot import settings as environment
from bot.cli.run import asked_to_stop

log = logging.getLogger(__name__)

_PORT = 4100


def playground(
    database: Annotated[
        Path | None, typer.Option(help="A SQLite file that is kept; without it each start begins anew.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Which port; 0 takes a free one.")] = _PORT,
    catalog: Annotated[
        list[Path] | None, typer.Option(help="Your own files or folders instead of the demo; may be given repeatedly.")
    ] = None,
) -> None:
    """Serve a simulated Slack with Baton in it, on a page in the browser. Needs no Slack account."""
    # For your own files it matters what was read; for the demo only that it is there.
    logs.configure("text", level=logging.INFO if catalog else logging.WARNING)
    for said in environment.unknown():
        log.warning("%s", said)
    with TemporaryDirectory() as elsewhere:
        # Your own catalog is read again at every start, and leaves the demo's database alone. A second playground on
        # another port leaves that of the first alone.
        demo = Path(".var/playground.sqlite" if port == _PORT else f".var/playground-{port}.sqlite")
        file = database or (Path(elsewhere) / "playground.sqlite" if catalog else demo)
        file.parent.mkdir(parents=True, exist_ok=True)
        asyncio.run(_play(file, host, port, catalog or [], is_kept=database is not None))


async def _play(file: Path, host: str, port: int, catalog: list[Path], *, is_kept: bool) -> None:
    from bot.playground.run import playing  # noqa: PLC0415 - costs start-up time that other commands should not pay

    anew = None if is_kept else file
    async with playing(f"sqlite:///{file}", host=host, port=port, catalog=catalog, anew=anew) as playground:
        sys.stdout.write(f"Baton's playground is at {playground.url} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        await asked_to_stop().wait()
