"""What a machine can check of accessibility: contrast in both colour schemes, names of controls, landmarks."""

from __future__ import annotations

import pytest
from conftest import OpenPage
from driver import send
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Every text on the page whose contrast with the ground behind it is under 4.5 (WCAG 2, level AA).
FAINT_TEXT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(node.parentElement));
  };
  const light = (channels) => {
    const [r, g, b] = channels.slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data.trim()).join("");
    if (!text || !node.checkVisibility()) continue;
    const behind = ground(node);
    const front = over(rgba(getComputedStyle(node).color), behind);
    const [dark, bright] = [light(front), light(behind)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${node.className || node.tagName}: ${text.slice(0, 40)}`);
  }
  return faint;
}"""

NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary, [role]")]
  .filter((node) => node.checkVisibility() && !node.matches("[role=alert], [role=log], [role=group], [role=status]"))
  .filter((node) => !(node.textContent.trim() || node.ariaLabel || node.title || node.labels?.length
                      || node.getAttribute("aria-labelledby")))
  .map((node) => node.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_is_readable_and_controls_have_names(open_page: OpenPage, scheme: str) -> None:
    page = await open_page(scheme=scheme)
    await send(page, "/everything")
    await expect(page.locator("[data-block=table]")).to_be_visible()
    assert await page.evaluate(FAINT_TEXT) == []
    assert await page.evaluate(NAMELESS) == []
    await page.fill("#composer-input", "/")
    await expect(page.locator("#composer [role=option]").first).to_be_visible()
    assert await page.evaluate(FAINT_TEXT) == []
    await send(page, "/form")
    await page.locator("dialog[open]").get_by_role("button", name="Send").click()
    await expect(page.locator(".field-error")).to_be_visible()
    assert await page.evaluate(FAINT_TEXT) == []
    assert await page.evaluate(NAMELESS) == []


async def test_landmarks(open_page: OpenPage) -> None:
    page = await open_page()
    await expect(page.get_by_role("navigation", name="Workspace")).to_be_visible()
    await expect(page.get_by_role("main")).to_be_visible()
    await send(page, "A topic")
    await page.get_by_role("button", name="Reply in thread").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
