"""What a person does on the page, for the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from playwright.async_api import Locator, Page, Route

BOX = "#composer-input"


async def send(page: Page, text: str, *, box: str = BOX) -> None:
    await page.fill(box, text)
    if not text.endswith(" "):
        # A first Enter would take an open completion; a space folds it.
        await page.press(box, "Space")
    await page.press(box, "Enter")


def messages(page: Page) -> Locator:
    return page.locator("#stream .message")


def watch_console(page: Page, complaints: list[str]) -> None:
    """Collects what a developer would see in red."""
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))


async def until(condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Wait until something is true of the server, which learns of a click a moment after the page."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"this was not so within {seconds} seconds")


class Held:
    """Holds the first request for an address back until it is let go; or its answer, which is of the time of asking."""

    def __init__(self) -> None:
        self.asked, self._release = asyncio.Event(), asyncio.Event()

    async def on(self, page: Page, address: str, *, answer: bool = False) -> None:
        """Hold the next request for `address`, a glob; with `answer` it is made, and what comes back is held."""
        await page.route(address, self._hold_answer if answer else self._hold, times=1)

    async def _hold(self, route: Route) -> None:
        await self._wait()
        await route.continue_()

    async def _hold_answer(self, route: Route) -> None:
        answer = await route.fetch()
        await self._wait()
        await route.fulfill(response=answer)

    async def _wait(self) -> None:
        self.asked.set()
        await asyncio.wait_for(self._release.wait(), timeout=5)

    def let_go(self) -> None:
        """Let it through."""
        self._release.set()
