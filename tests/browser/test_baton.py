"""Baton itself in the playground, as a newcomer with a browser meets it: demo organisation, questions, clicks.

Set BATON_SCREENSHOTS to a folder to keep the pictures that README and docs show; that needs an emoji font.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from conftest import OpenPage
from driver import BOX, messages, send, until
from playwright.async_api import Locator, Page, expect

from bot.domain.eol.reminders import Remembered
from bot.domain.eol.upgrade_targets import targets
from bot.errors import CatalogError
from bot.playground.run import Playground, playing
from bot.services import snapshot
from bot.services.eol import answers
from bot.services.eol.reminder_store import remembered
from bot.store import tables
from tests.conftest import Templates
from tests.demo_organisation import demo_organisation

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def keep(page: Page, name: str, shown: Locator | None = None) -> None:
    """Keep a picture where one was asked for, with the whole of what is to be `shown` in it."""
    if folder := os.environ.get("BATON_SCREENSHOTS"):
        if shown is not None:
            await shown.evaluate("node => node.scrollIntoView({block: 'center'})")
        await page.wait_for_function("() => [...document.images].every((image) => image.complete)")
        await page.screenshot(path=Path(folder) / f"{name}.png")


def a_member_of(baton: Playground, team: str) -> str:
    """The handle of somebody in a team, and in no other."""
    catalog = baton.baton.context.snapshot
    found = catalog.team_by_name(team)
    assert found is not None
    person = catalog.person(found.member_ids[0])
    assert person is not None
    return baton.slack.workspace.user(person.slack_id).handle


def shown_day(baton: Playground, handle: str) -> str:
    """Return the day of the playground's clock as the page shows it to this person, such as `3 Mar 2026`."""
    there = baton.clock.now().astimezone(ZoneInfo(baton.slack.workspace.user(handle).tz))
    return f"{there.day} {there:%b} {there.year}"


async def test_a_newcomer_asks_and_gets_a_true_answer(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.get_by_role("button", name="/whoowns payments-db", exact=True).click()
    await page.press(BOX, "Enter")
    answer = messages(page).last
    await expect(answer).to_contain_text("payments-db")
    await expect(answer).to_contain_text("confirmed by @tom.whitlock")
    await expect(answer).to_contain_text("owns the application of payments-db, ")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.get_by_role("button", name="Confirm")).to_have_count(0)
    await keep(page, "split")


async def test_an_owner_confirms_and_the_trust_line_says_so(baton: Playground, open_as: OpenPage) -> None:
    handle = a_member_of(baton, "payments")
    page = await open_as(handle)
    await send(page, "/whoowns payments-db")
    await messages(page).last.get_by_role("button", name="Confirm").click()
    await expect(messages(page).last).to_contain_text(f"confirmed by @amara.osei {shown_day(baton, handle)}")


async def test_the_past_had_other_owners(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.get_by_role("button", name="/whoowns payments-db six months ago").click()
    await page.press(BOX, "Enter")
    await expect(messages(page).last).to_contain_text("devops (#team-devops) owned payments-db")
    await send(page, "/whoowns payments-db history")
    await expect(messages(page).last).to_contain_text("payments (#team-payments) has owned the application since")
    await expect(messages(page).last).to_contain_text("devops (#team-devops) owned it from")
    await keep(page, "history")


async def test_a_doubt_reaches_the_owner_in_their_channel(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns payments-db")
    await messages(page).last.get_by_role("button", name="Wrong owner?").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("and I ask the owner once")
    await dialog.get_by_role("textbox").fill("I think that checkout runs it now")
    await keep(page, "modal")
    await dialog.get_by_role("button", name="Tell them").click()
    await expect(messages(page).last).to_contain_text("I am telling")
    await page.locator("button.side-item", has_text="team-payments").click()
    await expect(messages(page).last).to_contain_text(
        "thinks that payments does not own the application of payments-db"
    )
    await expect(messages(page).last).to_contain_text("I think that checkout runs it now")


async def test_names_that_nobody_knows_and_names_of_several(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns paymnts-dashbord")
    await expect(messages(page).last).to_contain_text("I know nothing called")
    await keep(page, "unknown")


async def test_on_a_phone(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"), width=390, height=844, scheme="dark")
    fits = "nodes => nodes.map((node) => node.getBoundingClientRect().right <= window.innerWidth)"
    assert set(await page.locator(".suggestions .suggestion").evaluate_all(fits)) == {True}
    await send(page, "/whoowns who looks after deployments of checkout?")
    await expect(messages(page).last).to_contain_text("CI and deployments")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await keep(page, "phone")


async def test_a_newcomer_with_a_phone_reads_from_the_beginning(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"), width=390, height=844)
    await expect(page.get_by_role("heading", name="Nothing here yet")).to_be_in_viewport(ratio=1)


async def test_the_newest_stays_in_sight_when_the_tour_takes_half_of_a_phone(
    baton: Playground, open_as: OpenPage
) -> None:
    page = await open_as(a_member_of(baton, "payments"), width=390, height=844)
    tour = page.locator("#tour")
    await tour.get_by_role("button", name="Take the tour").click()
    await expect(tour).to_contain_text("1 of 17")
    for count in range(1, 4):
        await send(page, "/whoowns payments-db")
        await expect(messages(page)).to_have_count(count)
    await tour.get_by_role("button", name="Leave the tour").click()
    await page.get_by_role("button", name="Channels and people").click()
    await page.locator("button.side-item", has_text="grooming").click()
    await tour.get_by_role("button", name="Take the tour").click()
    await expect(tour).to_contain_text("1 of 17")
    await send(page, "/whoowns ledger history")
    await expect(messages(page)).to_have_count(4)
    await expect(messages(page).last.get_by_text("the latest first")).to_be_in_viewport(ratio=1)


async def test_what_is_ones_own_stands_in_sight(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    for name in ("general", "grooming", "team-payments", "Baton – Home"):
        await expect(page.locator("button.side-item", has_text=name)).to_be_in_viewport()
    await expect(page.locator("[data-focus=dm]")).to_be_in_viewport()


async def test_one_owner_for_the_whole(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns checkout-api")
    await expect(messages(page).last).to_contain_text("owns")
    await keep(page, "owned")


async def test_a_part_belongs_to_whoever_owns_the_whole(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns refund-times")
    await expect(messages(page).last).to_contain_text(
        "payments (#team-payments) owns refund-times, inherited from payments."
    )


async def test_the_dispute_of_the_demo_shows_both_sides(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns inventory-db")
    await expect(messages(page).last).to_contain_text("Two sources disagree")
    await keep(page, "disputed")


async def test_a_mention_a_direct_message_and_the_shortcut(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "@baton who owns payments-db?")
    await messages(page).last.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#thread")).to_contain_text("owns the application of payments-db")
    await page.locator("#thread").get_by_role("button", name="Close thread").click()
    await messages(page).last.hover()
    await messages(page).last.get_by_role("button", name="Message shortcuts").click()
    await page.get_by_role("menuitem", name="Who owns this?").click()
    await expect(messages(page).last).to_contain_text("Only visible to you")
    await expect(messages(page).last).to_contain_text("owns the application of payments-db")
    await page.locator("[data-focus=dm]").click()
    await send(page, "who looks after the payments database?")
    await expect(messages(page).last).to_contain_text("owns the application of payments-db")


async def test_the_tour_leads_through_the_product(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    tour = page.locator("#tour")
    await tour.get_by_role("button", name="Take the tour").click()
    await tour.get_by_role("button", name="Write the question for me").click()
    await page.press(BOX, "Enter")
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Next").click()
    await expect(tour).to_contain_text("2 of 17")
    await messages(page).last.get_by_role("button", name="Wrong owner?").click()
    await page.get_by_role("dialog").get_by_role("button", name="Tell them").click()
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Next").click()
    await tour.get_by_role("button", name="Take me there").click()
    await expect(messages(page).last).to_contain_text(
        "thinks that payments does not own the application of payments-db"
    )
    await send(page, "/whoowns payments-db")
    await expect(messages(page).last).to_contain_text("confirmed by @tom.whitlock")
    await expect(tour).not_to_contain_text("Done")
    await messages(page).get_by_role("button", name="It is ours").click()
    await expect(tour).to_contain_text("Done")
    await expect(messages(page).filter(has_text="It stays with payments, says @amara.osei").first).to_be_visible()
    await tour.get_by_role("button", name="Next").click()
    await tour.get_by_role("button", name="Write that question").click()
    await ask_what_is_written(page, "/eol payments")
    await expect(messages(page).last).to_contain_text("Amazon RDS for PostgreSQL 11")
    await expect(tour).to_contain_text("Done")


async def take_on(page: Page) -> None:
    """Accept the one request that is there, and say how much work it is."""
    dialog, request = page.get_by_role("dialog"), messages(page).filter(has_text="Asked by")
    await request.get_by_role("button", name="Accept").click()
    await expect(request).to_contain_text("Accepted · for logistics")
    await request.get_by_role("button", name="Estimate").click()
    for label, hours in (("Hours if all goes well", "30"), ("Most likely", "50"), ("If much goes wrong", "90")):
        await dialog.get_by_label(label).fill(hours)
    await dialog.get_by_role("button", name="Estimate").click()
    await expect(request).to_contain_text("Work: 30 to 90 hours, most likely 50")


async def test_the_tour_leads_a_story_from_its_thread_to_what_was_delivered(
    baton: Playground, open_as: OpenPage
) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    tour, thread, dialog = page.locator("#tour"), page.locator("#thread"), page.get_by_role("dialog")

    async def next_step() -> None:
        await expect(tour).to_contain_text("Done")
        await tour.get_by_role("button", name="Next").click()

    await tour.get_by_role("button", name="Take the tour").click()
    for _ in range(4):
        await tour.get_by_role("button", name="Skip this step").click()
    await page.set_viewport_size({"width": 390, "height": 844})
    await tour.get_by_role("button", name="Open the thread").click()
    await expect(thread.locator(".message")).to_have_count(13)
    await tour.get_by_role("button", name="Skip this step").click(trial=True)  # nothing lies on it
    await page.set_viewport_size({"width": 1280, "height": 800})
    await thread.locator(".message").last.hover()
    await thread.locator(".message").last.get_by_role("button", name="Message shortcuts").click()
    await page.get_by_role("menuitem", name="Open DevOps request").click()
    await expect(dialog.get_by_role("textbox", name="Library")).to_have_value("A CQL library for shipping-api")
    await keep(page, "draft")
    await dialog.get_by_role("button", name="More…").click()
    for technology in ("Cassandra", "Terraform", "CQL", "Selenium", "Jenkins"):
        await expect(dialog.get_by_role("checkbox", name=technology, checked=True)).to_have_count(2)
    await dialog.get_by_role("button", name="Open it").click()
    await next_step()
    await expect(thread.locator(".message").last).to_contain_text("Proposed · for logistics")
    await expect(thread.locator(".message").last).to_contain_text("A CQL library for shipping-api (library)")
    await page.mouse.move(0, 0)
    await tour.evaluate("node => { node.hidden = true }")
    await keep(page, "request")
    await tour.evaluate("node => { node.hidden = false }")
    await tour.get_by_role("button", name="Take me there").click()
    await take_on(page)
    await next_step()
    await tour.get_by_role("button", name="Write that question").click()
    await ask_what_is_written(page, "/devops rank")
    await messages(page).get_by_role("button", name="Why #").first.click()
    # Whether the day is in danger depends on how far off the end of next month is today.
    await expect(messages(page).last).to_contain_text("missing it costs 40 hours, assumed")
    await keep(page, "backlog")
    await next_step()
    await close_its_issue(page)
    await next_step()
    await tour.get_by_role("button", name="Open the thread").click()
    await expect(thread).to_contain_text("Delivered: Closed in GitHub.")
    await expect(thread).to_contain_text("Does it do the job?")
    await thread.get_by_role("button", name="Yes, it does the job").last.click()
    await expect(tour).to_contain_text("Done")


async def close_its_issue(page: Page) -> None:
    """Close the issue of the one request that is there, on its page in the simulated GitHub."""
    request, thread = messages(page).filter(has_text="Asked by"), page.locator("#thread")
    await request.get_by_role("button", name="1 reply").click()
    async with page.context.expect_page() as opened:
        await thread.get_by_role("link", name="playground/issues#1").click()
    issue = await opened.value
    await expect(issue.get_by_role("heading")).to_contain_text("Cassandra")
    await expect(issue.locator("pre")).to_contain_text("A CQL library for shipping-api (library)")
    found = await Axe().run(issue)
    assert [each["id"] for each in found.response["violations"]] == []
    await issue.get_by_role("button", name="Close as completed").click()
    await expect(issue.get_by_role("status")).to_contain_text("Closed as completed")
    await keep(issue, "issue")
    await issue.close()


async def a_day_passes(page: Page) -> None:
    """Move the clock by a day, and wait until it stands."""
    async with page.expect_response(lambda answer: answer.url.endswith("play/clock"), timeout=60_000):
        await page.get_by_role("button", name="Move the clock by 1 day").click()
    await expect(page.locator(".clock progress")).to_be_hidden()


async def days_pass(page: Page, until_told: Locator) -> None:
    """Move the clock day by day until Baton has said something; a digest may have been sent just before."""
    for _ in range(9):
        if await until_told.count():
            return
        await a_day_passes(page)
    await expect(until_told).not_to_have_count(0)


async def ask_what_is_written(page: Page, question: str = "/whoowns payments-db") -> None:
    """Send the question that the tour writes."""
    await expect(page.locator(BOX)).to_have_value(question)
    await page.press(BOX, "Space")
    await page.press(BOX, "Enter")


async def ask_for_the_upgrade(page: Page) -> None:
    """Ask for help with what is split, from the answer that says so."""
    dialog = page.get_by_role("dialog")
    await ask_what_is_written(page)
    await expect(messages(page).last).to_contain_text("owns the application of payments-db, devops")
    await messages(page).last.get_by_role("button", name="Open DevOps request").click()
    await dialog.get_by_label("What do you need?").fill("Upgrade payments-db to a newer PostgreSQL with us")
    await dialog.get_by_label("Kind").select_option(label="support")
    await dialog.get_by_role("button", name="Open it").click()
    await expect(dialog).to_contain_text("Its card is in your direct messages")
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(dialog).to_have_count(0)


async def deliver_and_offer(page: Page) -> None:
    """Deliver the one request that is there, and offer all that goes with it."""
    dialog, request = page.get_by_role("dialog"), messages(page).filter(has_text="Asked by")
    await request.get_by_role("button", name="Accept").click()
    await expect(request).to_contain_text("Accepted · for payments")
    await request.get_by_role("button", name="Delivered…").click()
    await dialog.get_by_label("What was delivered?").fill("A module that upgrades it by one variable")
    await dialog.get_by_role("button", name="Deliver").click()
    await expect(request).to_contain_text("Delivered · for payments")
    await request.get_by_role("button", name="Hand over").click()
    await expect(dialog.get_by_label("To which team?").locator("option:checked")).to_have_text("payments")
    parts = dialog.get_by_role("checkbox", name="payments-db")
    await expect(parts).to_have_count(3)
    for part in await parts.all():
        await part.check()
    await dialog.get_by_role("button", name="Offer", exact=True).click()
    await expect(messages(page).last).to_contain_text("to payments. I am telling payments in")


async def answer_parts(page: Page, card: Locator, needed_by: str) -> None:
    """Decline one part of a handoff with a reason, and say of another what it needs first."""
    dialog = page.get_by_role("dialog")

    async def begin(part: str, answer: str) -> None:
        await card.locator(".section", has_text=part).get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name=answer).click()

    await expect(card).to_contain_text("Answer a part by itself with the ⋯ beside it")
    await begin("payments-db-backups", "Decline…")
    await dialog.get_by_role("textbox", name="Why not?").fill("They move to object storage in May")
    await dialog.get_by_role("button", name="Decline").click()
    await expect(card).to_contain_text(
        "payments-db-backups: declined by Amara Osei: They move to object storage in May"
    )
    await begin("(the database)", "Not yet: needs…")
    await dialog.get_by_label("What does it need first?").fill("a restore that one of us has done")
    await dialog.get_by_label("Who sees to it?").fill("Sam Okonkwo")
    await dialog.get_by_label("Until when?").fill(needed_by)
    await dialog.get_by_role("button", name="Say so").click()
    await expect(card).to_contain_text("not yet: needs a restore that one of us has done from Sam Okonkwo")
    await expect(messages(page).last).to_contain_text("1 not yet")


async def has_all_of_it(answer: Locator) -> None:
    """Expect payments as the owner of all of payments-db, although a file names somebody else."""
    await expect(answer).to_contain_text("payments (#team-payments) owns payments-db.")
    await expect(answer).to_contain_text("Source not yet updated: demo/baton/assets.yaml")
    await expect(answer).not_to_contain_text("looks after")
    await expect(answer).not_to_contain_text("helps with")


async def plan(page: Page, digest: Locator, on: str) -> None:
    """Plan the upgrade that a digest asks for, to the version that the form proposes."""
    dialog = page.get_by_role("dialog")
    await digest.get_by_role("button", name="Open: Amazon RDS for PostgreSQL 11").first.click()
    await messages(page).last.get_by_role("button", name="Plan…").click()
    await dialog.get_by_label("When will it be done?").fill(on)
    await dialog.get_by_role("button", name="Plan it").click()


async def test_the_tour_closes_the_loop(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    tour = page.locator("#tour")
    digest = messages(page).filter(has_text="Amazon RDS for PostgreSQL 11").filter(has_text="payments-db")

    def day_in(days: int) -> str:
        return (baton.clock.now() + timedelta(days=days)).date().isoformat()

    async def next_step(help_text: str) -> None:
        await expect(tour).to_contain_text("Done")
        await tour.get_by_role("button", name="Next").click()
        await tour.get_by_role("button", name=help_text).click()

    await tour.get_by_role("button", name="Take the tour").click()
    for _ in range(9):
        await tour.get_by_role("button", name="Skip this step").click()
    await expect(tour).to_contain_text("10 of 17")
    await tour.get_by_role("button", name="Take me there").click()
    await days_pass(page, digest.filter(has_text="End of life for devops"))
    await next_step("Write that question")
    await ask_for_the_upgrade(page)
    await next_step("Take me there")
    await deliver_and_offer(page)
    await next_step("Take me there")
    card = messages(page).filter(has_text="delivered with request #1")
    await expect(tour).not_to_contain_text("Done")
    await answer_parts(page, card, day_in(7))
    await page.mouse.move(0, 0)
    await tour.evaluate("node => { node.hidden = true }")
    await keep(page, "handoff", card)
    await tour.evaluate("node => { node.hidden = false }")
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Next").click()
    await card.get_by_role("button", name="Accept the rest").click()
    await card.get_by_role("button", name="Accept", exact=False).and_(card.get_by_text("Accept", exact=True)).click()
    await expect(card).to_contain_text("payments-db (the database): accepted by Amara Osei")
    await expect(messages(page).last).to_contain_text("2 accepted, 1 declined")
    await tour.get_by_role("button", name="Write that question").click()
    await ask_what_is_written(page)
    await has_all_of_it(messages(page).last)
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Next").click()
    # The first digest of payments has it as well, as what is charged under an application of theirs.
    theirs = digest.filter(has=page.get_by_role("button", name="Open: Amazon RDS for PostgreSQL 11"))
    await days_pass(page, theirs.filter(has_text="End of life for payments"))
    await plan(page, theirs.filter(has_text="End of life for payments").last, day_in(1))
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Next").click()
    await a_day_passes(page)
    await tour.get_by_role("button", name="Write that question").click()
    await ask_what_is_written(page, "/eol payments")
    await expect(messages(page).last).to_contain_text("Amazon RDS for PostgreSQL 18")
    await expect(messages(page).last).not_to_contain_text("PostgreSQL 11")
    await next_step("Open Home")
    await expect(tour).to_contain_text("Done")
    await tour.get_by_role("button", name="Finish").click()
    await expect(tour.get_by_role("button", name="Take the tour again")).to_be_visible()


async def test_the_tour_does_not_lie_on_what_one_can_try(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.locator("button.side-item", has_text="grooming").click()
    hide = page.get_by_role("button", name="Hide the suggestions")
    await hide.click(trial=True)
    await page.locator("#tour").get_by_role("button", name="Take the tour").click()
    await page.locator("button.side-item", has_text="grooming").click()
    await hide.click()
    await expect(page.locator(".tries").first).to_be_hidden()


async def test_the_tour_does_not_lie_on_a_thread(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    tour, thread = page.locator("#tour"), page.locator("#thread")
    for is_taken in (False, True):
        if is_taken:
            await tour.get_by_role("button", name="Take the tour").click()
            await expect(tour).to_contain_text("1 of 17")
        await page.locator("button.side-item", has_text="grooming").click()
        await page.get_by_role("button", name="2 replies").first.click()
        reply = thread.locator(".message").last
        await expect(reply).to_be_visible()
        over, under, said = [await each.bounding_box() for each in (tour, thread, reply)]
        assert over is not None
        assert under is not None
        assert said is not None
        assert over["x"] + over["width"] <= under["x"]
        assert said["width"] > 300


async def test_the_tour_does_not_lie_on_what_happens_behind_the_scenes(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.locator("#tour").get_by_role("button", name="Take the tour").click()
    await expect(page.locator("#tour")).to_contain_text("1 of 17")
    await send(page, "/whoowns payments-db")
    await page.locator("#inspector summary").click()
    await page.get_by_role("button", name="Send").click(trial=True)
    inspector, tour = [await page.locator(each).bounding_box() for each in ("#inspector", "#tour")]
    assert inspector is not None
    assert tour is not None
    assert tour["y"] >= 0
    assert tour["y"] + tour["height"] <= inspector["y"]


async def test_the_tour_can_be_left_and_stays_where_it_was(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    tour = page.locator("#tour")
    await tour.get_by_role("button", name="Take the tour").press("Enter")
    await tour.get_by_role("button", name="Skip this step").press("Enter")
    await expect(tour).to_contain_text("2 of 17")
    await page.reload()
    await expect(tour).to_contain_text("2 of 17")
    await tour.get_by_role("button", name="Back").click()
    await tour.get_by_role("button", name="Leave the tour").click()
    await expect(tour).not_to_contain_text("of 10")


async def test_a_question_in_a_grooming_thread_leads_to_the_owner(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.locator("button.side-item", has_text="grooming").click()
    story = messages(page).filter(has_text="refunds must show up")
    await story.get_by_role("button", name="replies").click()
    await expect(page.locator("#thread")).to_contain_text("It still runs PostgreSQL 11")
    await page.locator("#thread").get_by_role("button", name="Close thread").click()
    await story.hover()
    await story.get_by_role("button", name="Message shortcuts").click()
    await page.get_by_role("menuitem", name="Who owns this?").click()
    await expect(messages(page).last).to_contain_text("That message names these")
    await expect(messages(page).last).to_contain_text("payments-db · database · payments")


async def test_home_is_read_from_its_beginning_also_with_the_keyboard(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "storefront"), width=390, height=844)
    for count in range(1, 4):
        await send(page, "/baton help")
        await expect(messages(page)).to_have_count(count)
    home = page.locator(".home")
    for place in ("[data-focus=home]", "button.side-item:has-text('general')", "[data-focus=home]"):
        await page.get_by_role("button", name="Channels and people").click()
        await page.locator(place).click()
        await expect(home if "home" in place else messages(page).last).to_be_visible()
    await expect(home.get_by_role("heading", name="Your teams")).to_be_in_viewport(ratio=1)
    await home.get_by_role("button", name="Show all: Nobody owns these").press("Enter")
    await expect(home.get_by_role("button", name="Overview")).to_be_focused()
    await expect(home.get_by_role("button", name="Overview")).to_be_in_viewport(ratio=1)


async def test_what_is_read_out_has_its_lines_apart(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    await send(page, "/eol payments")
    await expect(messages(page)).to_have_count(1)
    await send(page, "/eol payments")
    await expect(page.locator("#announcer")).to_contain_text("In extended support Amazon RDS for PostgreSQL 11")


async def test_home_is_a_dashboard_and_claims_from_there(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "storefront"))
    await page.locator("[data-focus=home]").click()
    home = page.locator(".home")
    await expect(home).to_contain_text("Your teams")
    await expect(home).to_contain_text("Disputed (1)")
    await keep(page, "home")
    await home.get_by_role("button", name="Show all: Nobody owns these").click()
    await home.get_by_role("button", name="We own this: label-printer-bridge").click()
    await page.get_by_role("dialog").get_by_role("button", name="Claim it").click()
    await expect(home).to_contain_text("Your teams")
    await page.locator("button.side-item", has_text="general").click()
    await send(page, "/whoowns label-printer-bridge")
    await expect(messages(page).last).to_contain_text("storefront")
    await expect(messages(page).last.get_by_role("button", name="Withdraw our claim")).to_be_visible()


async def test_a_team_is_shown_and_its_pages_turned(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/baton team devops")
    await expect(messages(page).last).to_contain_text("devops")
    await messages(page).last.get_by_role("button", name="Next").click()
    await expect(messages(page).last.get_by_role("button", name="Previous")).to_be_visible()
    await keep(page, "team")


async def test_what_reaches_its_end_of_life(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    await send(page, "/eol payments")
    answer = messages(page).last
    await expect(answer).to_contain_text("In extended support")
    await expect(answer).to_contain_text("Amazon RDS for PostgreSQL 11: extended support ends")
    await expect(answer).to_contain_text("Unknown versions")
    await keep(page, "eol")
    await answer.get_by_role("button", name="Share in channel").click()
    await expect(messages(page).last).to_contain_text("Shared by")
    await page.locator('[data-focus="home"]').click()
    await expect(page.get_by_role("heading", name="End of life")).to_be_visible()


async def test_no_button_lies_under_the_offer_of_a_tour(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    for text in ("/whoowns paymnts-dashbord", "/whoowns paymnts-dashbord", "/whoowns paymnts-dashbord"):
        await send(page, text)
    await expect(messages(page)).to_have_count(3)
    begin = await page.locator(".tour-begin").bounding_box()
    button = await messages(page).last.locator(".button").last.bounding_box()
    assert begin is not None
    assert button is not None
    assert button["y"] + button["height"] <= begin["y"]


async def test_long_answers_are_paged(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"), width=390, height=844)
    await send(page, "/eol all")
    await expect(messages(page).last).to_contain_text("Page 1 of")
    await messages(page).last.get_by_role("button", name="Next → page").click()
    await expect(messages(page).last).to_contain_text("Page 2 of")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_a_timeline_is_a_picture_in_the_channel(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    await send(page, "/eol timeline payments")
    picture = messages(page).last.get_by_role("img", name="Timeline. End of life: payments")
    await expect(picture).to_be_visible(timeout=30_000)
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
    await keep(page, "timeline")


async def test_a_calendar_is_read_at_the_address_that_is_shown(
    tmp_path: Path, open_url: OpenPage, templates: Templates
) -> None:
    await templates.copy(demo_organisation, tmp_path / "other.sqlite")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with playing(f"sqlite:///{tmp_path / 'other.sqlite'}", port=port) as running:
        await running.baton.context.background.drain(seconds=10)
        await snapshot.refresh(running.baton.context.snapshot, running.baton.context.deps.database)
        page = await open_url(f"{running.url}#user={running.slack.workspace.user(a_member_of(running, 'payments')).id}")
        await send(page, "/baton calendar")
        address = await messages(page).last.locator("pre").inner_text()
        assert address.startswith(running.url)
        response = await page.request.get(address.strip())
        assert response.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "SUMMARY:Amazon RDS for PostgreSQL 11" in await response.text()


async def test_the_clock_moves_and_answers_with_it(baton: Playground, open_as: OpenPage) -> None:
    handle = a_member_of(baton, "search")
    page = await open_as(handle)
    before = baton.clock.now()
    await send(page, "/whoowns payments-db")
    answer = messages(page).last
    first = f"last read {shown_day(baton, handle)}"
    await expect(answer).to_contain_text(first)
    baton.clock.advance(timedelta(days=203))
    await page.get_by_role("button", name="Move the clock by 1 week").click()
    await until(lambda: baton.clock.ahead >= timedelta(days=210), seconds=60)
    assert baton.clock.now() - before >= timedelta(days=210)
    await expect(answer).to_contain_text(first)
    await send(page, "/whoowns payments-db")
    await expect(messages(page).last).to_contain_text("Not confirmed since")
    assert f"last read {shown_day(baton, handle)}" != first
    await expect(page.locator(".clock time")).to_contain_text(shown_day(baton, handle))


async def test_the_clock_can_be_pressed_while_it_moves(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    told = page.locator(".clock time")
    before = await told.get_attribute("datetime")
    assert before is not None
    await page.get_by_role("button", name="Move the clock by 1 week").hover()
    await page.mouse.down()
    baton.clock.advance(timedelta(days=1))
    baton.slack.workspace.changed("clock")
    await expect(told).not_to_have_attribute("datetime", before)
    await page.mouse.up()
    await until(lambda: baton.clock.ahead >= timedelta(days=8))


async def test_what_is_planned_is_done_on_its_day_and_its_reminder_closes(baton: Playground) -> None:
    deps, watcher = baton.baton.context.deps, baton.baton.context.watcher

    async def move(days: int) -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{baton.url}play/clock", json={"hours": 24 * days}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    async def of_jenkins() -> Remembered:
        async with deps.database.reading() as session:
            known = await remembered(session, is_open=False)
        return next(each for each in known if each.product == "jenkins")

    await move(7)
    reminder = await of_jenkins()
    watch = (await watcher.current()).by_key[reminder.key]
    assert watch.addressee.team is not None
    today = watcher.today(watch.addressee)
    [target, *_] = targets(watch.product, watch.cycle, today)
    await answers.plan(
        deps,
        watcher,
        reminder_id=reminder.id,
        person_id=watch.addressee.team.member_ids[0],
        on=today + timedelta(days=2),
        detail={"target": target.cycle.name},
    )
    await move(1)
    assert (await watcher.current()).by_key[reminder.key].cycle.name == watch.cycle.name
    await move(2)
    async with deps.database.reading() as session:
        row = await session.get_one(tables.Reminder, reminder.id)
    assert row.resolution == "upgraded"
    assert reminder.key not in (await watcher.current()).by_key


async def test_the_clock_does_not_go_back(baton: Playground, open_as: OpenPage) -> None:
    page = await open_as(a_member_of(baton, "search"))
    answer = await page.evaluate(
        "hours => fetch('play/clock', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({hours})}).then(answer => answer.json())",
        -5,
    )
    assert "forward only" in answer["refused"]
    assert baton.clock.ahead == timedelta()


async def test_a_visitors_own_catalog(tmp_path: Path, open_url: OpenPage, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "CODEOWNERS").write_text("# baton: repository acme/shop\n* @acme/platform\n")
    (tmp_path / "opslevel.yml").write_text("version: 1\nservice: {name: shopping-cart, aliases: [cart], owner: shop}\n")
    (tmp_path / "service.datadog.yaml").write_text("schema-version: v9\ndd-service: a\n")
    async with playing(f"sqlite:///{tmp_path / 'own.sqlite'}", catalog=[tmp_path]) as own:
        page = await open_url(own.url)
        await expect(page.locator("#sidebar")).to_contain_text("You, a visitor")
        await expect(page.locator("#tour")).to_be_hidden()
        tries = page.locator(".suggestions .suggestion")
        await expect(tries).to_have_text(
            [
                "/whoowns shopping-cart",
                "/whoowns who looks after shopping-cart?",
                "/whoowns shoppig-cart",
                "/baton team shop",
                "/baton help",
            ]
        )
        for text, answer in [
            ("/whoowns shopping-cart", "shop owns shopping-cart"),
            ("/whoowns who looks after shopping-cart?", "shop owns shopping-cart"),
            ("/whoowns shoppig-cart", "I read that as shopping-cart"),
            ("/baton team shop", "shop owns 1 thing"),
        ]:
            await send(page, text)
            await expect(messages(page).last).to_contain_text(answer)
        await page.close()
    assert "service.datadog.yaml:1: is of version 'v9'" in caplog.text


async def test_a_catalog_of_which_nothing_can_be_read_is_not_played(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("baton: 1\nteams:\n  - name: x\n   channel: oops\n")
    with pytest.raises(CatalogError, match=r"catalog.yaml:4: is not valid YAML"):
        async with playing(f"sqlite:///{tmp_path / 'own.sqlite'}", catalog=[tmp_path]):
            pytest.fail("there is nothing to play with")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids=str)
async def test_axe_finds_nothing_serious(baton: Playground, open_as: OpenPage, width: int, scheme: str) -> None:
    page = await open_as(a_member_of(baton, "search"), width=width, height=844, scheme=scheme)
    await send(page, "/whoowns payments-db")
    await expect(messages(page).last).to_contain_text("payments-db")
    await check(page, "answer")
    await page.locator("#tour").get_by_role("button", name="Take the tour").click()
    await expect(page.locator("#tour")).to_contain_text("1 of 17")
    await check(page, "tour")
    await page.locator("#tour").get_by_role("button", name="Leave the tour").click()
    await page.locator("#inspector summary").click()
    await expect(page.locator("#inspector-body")).to_contain_text("Slack")
    await check(page, "inspector")
    await page.locator("#inspector summary").click()
    await send(page, "/whoowns inventory-db")
    await messages(page).last.get_by_role("button", name="Wrong owner?").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await check(page, "modal")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.evaluate("location.hash = 'view=home'")
    await expect(page.locator(".home")).to_contain_text("Nobody owns these")
    await check(page, "home")


async def check(page: Page, where: str) -> None:
    """Let axe look at the page as it stands: nothing serious or critical."""
    found = await Axe().run(page)
    serious = [each for each in found.response["violations"] if each["impact"] in {"serious", "critical"}]
    said = [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in serious]
    assert said == [], where
