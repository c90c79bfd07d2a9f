"""What a person does on the page, for the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from playwright.async_api import Locator, Page

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


async def until(condition: Callable[[], bool], *, seconds: float = 5.0) -> None:
    """Wait until something is true of the server, which learns of a click a moment after the page."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"this was not so within {seconds} seconds")
