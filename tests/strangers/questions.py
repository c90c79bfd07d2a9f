"""Questions as Slack and monitoring tools write them: names in links, channels and user groups by their ids."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.world import OWNER, Baton, House, everything_in, until

_LINKS = (
    "https://app.datadoghq.com/apm/services/checkout",
    "https://acme.sentry.io/projects/checkout/",
    "https://grafana.example.test/d/abc/checkout?orgId=1",
    "https://console.aws.amazon.com/rds/home?region=eu-west-1#database:id=checkout",
)


@case("An alert that shows a name as a link is answered, although the link's address has the name, too", is_quick=True)
async def named_by_a_link(house: House) -> None:
    baton = await house.shared()
    for address in _LINKS:
        said = f"CPU is above 90 % on <{address}|checkout>"
        for message in ({"text": said}, {"text": "", "attachments": [{"fallback": "an alert", "text": said}]}):
            asked = _shortcut(baton, message)
            await baton.act(asked)
            told = await until(lambda url=asked["response_url"]: baton.slack.said_at(url), seconds=10, what="an answer")  # type: ignore[misc]
            expect(OWNER in everything_in(told[0]), f"the owner behind {address}", told)
    others = _shortcut(baton, {"text": "see <https://github.com/others/checkout|checkout>"})
    await baton.act(others)
    told = await until(lambda: baton.slack.said_at(others["response_url"]), seconds=10, what="an answer")
    expect(OWNER not in everything_in(told[0]), "nothing of a repository of others that is called alike", told)


def _shortcut(baton: Baton, message: dict[str, Any]) -> dict[str, Any]:
    ts = baton.new_id("17")
    return baton.interaction(
        "message_action",
        "UGRACE",
        callback_id="who_owns_this",
        message={"type": "message", "ts": ts, "bot_id": "BALERTS"} | message,
        message_ts=ts,
        channel={"id": "C0000GENERAL", "name": "general"},
        response_url=baton.slack.response_url(),
    )


@case("A channel that is newer than Slack's list, and a user group by its id alone, are their team's", is_quick=True)
async def by_id_alone(house: House) -> None:
    async with house.cold() as baton:
        room = baton.slack.channels.pop("C0000LEDGER")
        baton.slack.groups["S0000LEDGER"] = OWNER.lower()
        await baton.slack.start()
        await baton.start()
        await baton.ready()
        await until(lambda: baton.rows("SELECT channel_id FROM slack_channels"), seconds=20, what="the channels")
        baton.slack.channels["C0000LEDGER"] = room
        for text in ("<#C0000LEDGER>", "who owns <!subteam^S0000LEDGER>?"):
            answer = await baton.ask(baton.command(text))
            expect(OWNER in answer.text, f"the team behind {text}", answer)
            asked = baton.event(text)
            await baton.deliver_as_slack_does(asked)
            expect(OWNER in await baton.answered(asked), f"the team behind {text}, in a mention", asked)


@case("A direct message that Slack delivers as a mention, too, is answered once", is_quick=True)
async def as_two_events(house: House) -> None:
    baton = await house.shared()
    asked = baton.event("<@UBATON> who owns checkout?", channel=baton.new_id("D"))
    mention = asked | {"event_id": baton.new_id("Ev"), "event": asked["event"] | {"type": "app_mention"}}
    answers = await asyncio.gather(baton.deliver(asked), baton.deliver(mention))
    expect(all(each.status == 200 for each in answers), "both acknowledged", answers)
    await baton.answered(asked)
    await baton.quiet_elsewhere(asked)
    said = [each for each in baton.answers_to(asked) if "checkout" in each]
    expect(len(said) == 1, "one answer", said)
