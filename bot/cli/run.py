"""`baton run`: serve a workspace. Does not use typer, which takes a twentieth of the start."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress

from bot import logs
from bot import settings as environment
from bot.cli import quick_imports

log = logging.getLogger(__name__)


def run() -> None:
    """Serve a real workspace: over Socket Mode if BATON_SLACK_APP_TOKEN is set, else over HTTP."""
    settings = environment.load()
    logs.configure(settings.log_format)
    for said in environment.unknown():
        log.warning("%s", said)
    asyncio.run(_run(settings))


async def _run(settings: environment.Settings) -> None:
    with quick_imports():
        from bot.app import running  # noqa: PLC0415 - costs start-up time that other commands should not pay
        from bot.web_server import allow_descriptors  # noqa: PLC0415
    allow_descriptors()

    asked, serves = asked_to_stop(), asyncio.Event()

    async def serve() -> None:
        async with running(settings):
            serves.set()
            await asked.wait()

    serving, stopping = asyncio.create_task(serve()), asyncio.create_task(asked.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if asked.is_set() and not serves.is_set():
        serving.cancel()  # it may wait for Slack or the database forever
        with suppress(asyncio.CancelledError):
            await serving
    else:
        await serving


def asked_to_stop() -> asyncio.Event:
    """Return an event that Ctrl-C and a supervisor's request to stop set."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    return asked
