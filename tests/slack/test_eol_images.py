"""What bills of materials find inside of images, over the wire: a line for each image, and the list behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.blocks.eol import actions as ids
from bot.clients.inventory import sbom
from bot.domain.catalog import AssetKind, Runs
from bot.domain.eol.tracked_sightings import evidence
from bot.playground.fake_slack import PostedMessage
from bot.services.deps import Deps
from bot.services.inventory.deployments import Scan, record
from bot.store import tables
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_eol_answers import posted
from tests.slack.test_whoowns import buttons

pytestmark = read_only

#: Forty libraries that have ended by March 2026, and one of a version that nobody knows.
ENDED = {
    "pkg:npm/%40angular/core@{}.0.0": "9 10 11 12 13 14 15 16 17 18",
    "pkg:pypi/django@{}": "2.2 3.0 3.1 3.2 4.0 4.1 5.0 5.1",
    "pkg:gem/rails@{}": "5.2 6.0 6.1 7.0 7.1",
    "pkg:deb/debian/python3@{}.1": "3.6 3.7 3.8 3.9",
    "pkg:deb/debian/nodejs@{}.1.0": "10 12 14 15 16 17 18 19 21 23",
    "pkg:deb/debian/ruby@{}.1": "2.5 2.6 2.7",
}
UNKNOWN = "pkg:pypi/django@99.0"
IMAGES = ("shop/cart", "shop/search", "shop/mail")
APPS = ("cart", "search-ui", "mailer")


def bill(image: str) -> bytes:
    """The bill of materials of an image with 200 libraries and an operating system that has ended."""
    purls = [purl.format(version) for purl, versions in ENDED.items() for version in versions.split()] + [UNKNOWN]
    purls += [f"pkg:npm/left-pad-{number}@1.0.0" for number in range(200 - len(purls))]
    components = [{"type": "library", "name": purl.rpartition("/")[2], "purl": purl} for purl in purls]
    subject = {"type": "container", "name": f"registry.acme.test/{image}:1.4"}
    system = {"type": "operating-system", "name": "debian", "version": "10"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {"component": subject},
        "components": [system, *components],
    }
    return json.dumps(document).encode()


def block_of(message: PostedMessage, action_id: str, label: str) -> str:
    """The block whose button does this to what the label ends with."""
    found = (block for block in message.blocks if block.get("accessory", {}).get("action_id") == action_id)
    return next(str(b["block_id"]) for b in found if b["accessory"]["accessibility_label"].endswith(label))


@pytest.fixture
async def stocked(stage: Stage) -> Stage:
    return await stock(stage)


async def stock(stage: Stage) -> Stage:
    """Payments have three images, and a database of their own that has ended, too."""
    catalog = organisation()
    catalog.assets += [asset(name, owners=(team_owns("Payments"),)) for name in APPS]
    runs = (Runs("mysql", "5.6"),)
    catalog.assets.append(replace(asset("ledger", owners=(team_owns("Payments"),), runs=runs), kind=AssetKind.DATABASE))
    await stage.bring(catalog)
    watcher = stage.baton.context.watcher
    found = {each.name: each.id for each in map(watcher.snapshot.asset, watcher.snapshot.directory.ids()) if each}
    for name, image in zip(APPS, IMAGES, strict=True):
        read = sbom.read(bill(image), "bom.json")
        seen = evidence(read.found, watcher.facts.table, inside=read.subject).seen
        scan = Scan(source=f"scan-sbom:{name}", how="sbom", seen={found[name]: seen})
        await record(Deps(stage.database, stage.clock), scan, actor="cli")
    return stage


async def test_a_team_reads_a_line_for_each_image_and_opens_the_list(stocked: Stage) -> None:
    answer = await stocked.ask("/eol payments", user="eve")
    assert answer.text.splitlines()[0] == "*Payments*: 5 overdue. 3 versions are unknown.", (
        "two of their own, three images"
    )
    lines = [line for line in answer.text.splitlines() if line.startswith("• ")]
    assert len(lines) == 8, "beside the five, a line for each image about what nobody knows"
    assert any(line.startswith("• *MySQL 5.6*") for line in lines)
    assert any(line.startswith("• *Debian 10*") for line in lines), "the system is no library"
    inside = [line for line in lines if line.startswith("• Inside ") and "unknown" not in line]
    assert len(inside) == 3
    first = next(line for line in inside if "shop/cart" in line)
    start = "• Inside *registry.acme.test/shop/cart* (*cart*): 40 components past their end, the worst *Ruby 2.5*: "
    assert first.startswith(start)
    await stocked.press(answer, ids.INSIDE, block_id=block_of(answer, ids.INSIDE, "shop/cart"), user="eve")
    listed = stocked.slack.visible_messages("eve", "general")[-1]
    assert listed.text.startswith("*cart*: 41 overdue. 1 version is unknown.")
    assert "*Django 5.1*: support ended" in listed.text, "what has passed last"
    assert "Page 1 of 4" in listed.text
    assert "Next →" in buttons(listed)
    await stocked.press(listed, "eol.turn.next", user="eve")
    assert "Page 2 of 4" in stocked.slack.visible_messages("eve", "general")[-1].text


async def test_whoever_asks_for_a_product_or_a_thing_gets_every_component(stocked: Stage) -> None:
    answer = await stocked.ask("/eol django 3.2", user="eve")
    assert answer.text.startswith("*Django 3.2*: 1 overdue.")
    assert "cart, mailer, search-ui" in answer.text
    assert (await stocked.ask("/eol asset mailer", user="eve")).text.startswith("*mailer*: 41 overdue.")


async def test_the_digest_has_a_line_for_each_image_and_no_thread_for_any_library(stocked: Stage) -> None:
    stocked.clock.at = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    await stocked.baton.context.daily_pass.run()
    [digest] = await posted(stocked, "payments")
    assert "2 deadlines to answer and libraries inside 3 images" in digest.text
    lines = [line for line in digest.text.splitlines() if line.startswith("• ")]
    assert len(lines) == 8, "beside the five, a line for each image about what nobody knows"
    assert sum("40 components past their end, the worst *Ruby 2.5*" in line for line in lines) == 3
    assert "more: `/eol`" not in digest.text
    await stocked.press(digest, ids.INSIDE, block_id=block_of(digest, ids.INSIDE, "shop/cart"), user="grace")
    shown = stocked.slack.visible_messages("grace", "payments")[-1]
    assert shown.text.startswith("*cart*: 41 overdue.")
    await stocked.press(shown, ids.OPEN, block_id=block_of(shown, ids.OPEN, "Django 5.1"), user="grace")
    card = stocked.slack.visible_messages("grace", "payments")[-1]
    assert "*Django 5.1*: support ended" in card.text
    assert {"Acknowledge", "Plan…"} <= set(buttons(card)), "each library has an answer of its own"
    async with stocked.database.reading() as session:
        table = tables.Reminder
        query = select(func.count()).select_from(table).where(table.root_key != "")  # type: ignore[arg-type]
        assert (await session.execute(query)).scalar_one() == 0
