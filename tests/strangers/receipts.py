"""Receipts: what somebody hears about who is told is what happens, when a channel is archived or an account is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.world import Baton, House, everything_in, run_baton, until

_CATALOG = """
baton: 1
teams:
  - {name: Quietfolk, channel: "#quiet-room", lead: ada@example.test}
  - {name: Lostfolk, channel: "#no-such-room"}
  - {name: Mutefolk, channel: "#mute-room", lead: nell@example.test}
  - {name: Marshfolk, channel: "#mute-room", members: [grace@example.test]}
people:
  - {name: Grace Marsh, email: grace@example.test}
  - {name: Nell Gone, email: nell@example.test}
assets:
  - {name: quietdb, owner: Quietfolk}
  - {name: lostdb, owner: Lostfolk}
  - {name: mutedb, owner: Mutefolk}
"""


@dataclass(frozen=True)
class _Expected:
    """Of a doubt about an asset: words of the receipt, and the one place where a message about it arrives."""

    asset: str
    says: tuple[str, ...]
    place: str


@case("Who is told is said, and told, where a team's channel is archived or nobody's account is there")
async def fallbacks(house: House) -> None:
    async with house.cold(BATON_PLATFORM_CHANNEL="#platform") as baton:
        await _with_rooms(baton)
        for expected in (
            _Expected("checkout", ("Ledgerfolk", "C0000LEDGER"), "C0000LEDGER"),
            _Expected("quietdb", ("Quietfolk has no open channel in Slack", "Ada"), "UADA"),
            _Expected("lostdb", ("Lostfolk has no open channel or lead in Slack", "C0PLATFORM"), "C0PLATFORM"),
            _Expected("mutedb", ("Mutefolk has no open channel or lead in Slack", "C0PLATFORM"), "C0PLATFORM"),
        ):
            receipt = await _doubted(baton, expected.asset)
            expect(all(each in receipt for each in expected.says), f"a receipt with {expected.says}", receipt)
            await _arrives(baton, expected)


@case("A channel that is archived after the receipt: the message goes to the lead, and the asker hears of it")
async def archived_meanwhile(house: House) -> None:
    async with house.cold() as baton:
        await _with_rooms(baton, quiet_is_archived=False)
        baton.slack.channels["C0000QUIET"]["is_archived"] = True
        receipt = await _doubted(baton, "quietdb")
        expect("C0000QUIET" in receipt, "a receipt that names the channel", receipt)
        await _arrives(baton, _Expected("quietdb", (), "UADA"))
        told = await until(
            lambda: [everything_in(each) for each in baton.slack.posts if each["channel"] == "DUGRACE"],
            seconds=20,
            what="a word to whoever doubted",
        )
        expect(len(told) == 1 and "UADA" in told[0], "one correction that names who is told instead", told)


@case("Where nobody can be told, the receipt says so and what to do")
async def nowhere(house: House) -> None:
    async with house.cold() as baton:
        await _with_rooms(baton)
        baton.slack.channels.clear()
        receipt = await _doubted(baton, "lostdb")
        said = "I can tell nobody" in receipt or "I may be unable to post there" in receipt
        expect(said, "a receipt that does not promise what cannot be", receipt)


@case("Whoever was told that somebody is asked hears it when their account turns out to be gone")
async def gone_meanwhile(house: House) -> None:
    async with house.cold() as baton:
        await _with_rooms(baton)
        [[team]] = baton.rows("SELECT id FROM teams WHERE name = 'Marshfolk'")
        asked = {"ownership.claim_team": str(team), "ownership.claim_reason": "We run it"}
        await _submitted(baton, "ownership.claim_offer_view", "UGRACE", str(baton.asset_id()), asked)
        [[matter]] = await until(lambda: baton.rows("SELECT id FROM ownership_matters"), seconds=10, what="the claim")
        baton.slack.users["UGRACE"]["deleted"] = True
        asks = {"ownership.matter_words": "Since when?"}
        receipt = await _submitted(baton, "ownership.matter_ask_view", "UADA", str(matter), asks)
        expect("I have asked" in receipt, "a receipt that says who is asked", receipt)
        said = await until(
            lambda: [everything_in(each) for each in baton.slack.posts if each["channel"] == "DUADA"],
            seconds=20,
            what="a word that they were not reached",
        )
        expect(len(said) == 1 and "I could not reach anybody for *Grace" in said[0], "one correction", said)


async def _submitted(baton: Baton, form: str, user: str, subject: str, values: dict[str, str]) -> str:
    """Send a form that was opened beside an answer; return what is said there."""
    url = baton.slack.response_url()
    typed = {name: {name: _typed(value)} for name, value in values.items()}
    metadata = f"{subject}||{url}||" if form.startswith("ownership.claim") else f"{subject}|ephemeral||{url}"
    view = {"private_metadata": metadata, "state": {"values": typed}}
    answer = await baton.act(baton.submission(form, user=user, view=view))
    expect(answer.status == 200 and not answer.text, "200 and nothing wrong in the form", answer)
    return everything_in((await until(lambda: baton.slack.said_at(url), seconds=15, what="a receipt"))[0])


def _typed(value: str) -> dict[str, Any]:
    """What a field has in it: the id of what was chosen in a menu, or text."""
    if value.isdecimal():
        option = {"value": value, "text": {"type": "plain_text", "text": "x"}}
        return {"type": "static_select", "selected_option": option}
    return {"type": "plain_text_input", "value": value}


async def _with_rooms(baton: Baton, *, quiet_is_archived: bool = True) -> None:
    """Start a Baton whose catalog has teams without a way to them."""
    (baton.folder / "rooms.yaml").write_text(_CATALOG)
    import_it = ("catalog", "import", "baton", "rooms.yaml", "--source", "rooms", "--trust-people")
    status, said = await run_baton(baton.folder, *import_it, BATON_DATABASE_URL=f"sqlite:///{baton.database}")
    expect(status == 0, "the rooms to be imported", said)
    slack = baton.slack
    slack.add_user("UNELL", deleted=True)
    slack.add_channel("C0000QUIET", "quiet-room", is_archived=quiet_is_archived)
    slack.add_channel("C0000MUTE", "mute-room", is_archived=True)
    slack.add_channel("C0PLATFORM", "platform")
    await slack.start()
    await baton.start()
    await baton.ready()
    for method in ("users.list", "conversations.list"):
        await until(lambda wanted=method: slack.called(wanted), seconds=20, what=f"{method} to be read")
    await baton.quiet()


async def _doubted(baton: Baton, asset: str) -> str:
    """Doubt an asset's owner; return the receipt."""
    typed = baton.submission("ownership.doubt_view", user="UGRACE", view={"private_metadata": ""})
    url = baton.slack.response_url()
    typed["view"]["private_metadata"] = f"{baton.asset_id(asset)}||{url}"
    typed["view"]["state"] = {
        "values": {"ownership.doubt_reason": {"ownership.doubt_reason": {"type": "plain_text_input", "value": "moved"}}}
    }
    answer = await baton.act(typed)
    expect(answer.status == 200, "200", answer)
    said = await until(lambda: baton.slack.said_at(url), seconds=15, what="a receipt")
    return everything_in(said[0])


async def _arrives(baton: Baton, expected: _Expected) -> None:
    """Wait for the one message about an asset, and see that it came to one place only."""

    def about() -> list[str]:
        posts = [each for each in baton.slack.posts if each["channel"] != "DUGRACE"]  # who doubted hears of it
        return [each["channel"] for each in posts if expected.asset in everything_in(each)]

    await until(about, seconds=20, what=f"a message about {expected.asset}")
    await baton.quiet()
    expect([each.removeprefix("D") for each in about()] == [expected.place], f"one, in {expected.place}", about())
