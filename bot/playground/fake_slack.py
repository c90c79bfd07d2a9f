"""The simulated Slack: a workspace, a Web API over real HTTP, signed requests or Socket Mode to the app.

It is the playground's workspace and the fake that the tests use, so it refuses what Slack refuses and a little more
(see `refusals`). One `FakeSlack` is one workspace with one installed app:

    slack = FakeSlack(signing_secret=…, bot_token=…, app_token=…)
    await slack.start()
    slack.add_user("ada", real_name="Ada Byron"); slack.add_channel("payments", members=["ada"], bot_is_member=True)
    slack.connect_http("http://127.0.0.1:3000/slack/events")
    await slack.run_command("ada", "payments", "/whoowns payments-db")
    slack.visible_messages("ada", "payments")[-1].text
    await slack.stop()
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.playground._block_actions import Acting
from bot.playground._builder import Building
from bot.playground._calls import CallContext
from bot.playground._methods_files import MOST_BYTES, receiver
from bot.playground._rates import RateLimits
from bot.playground._responses import Responses
from bot.playground._sockets import Sockets
from bot.playground.delivery import FIRST, Forgery, PayloadCourier, Retry
from bot.playground.records import (
    ApiCall,
    Channel,
    CrowdMention,
    Delivery,
    Json,
    MessageRef,
    PageChange,
    PlaygroundError,
    PostedMessage,
    RefusedContent,
    Toast,
    User,
    UserGroup,
    View,
    ViewRef,
)
from bot.playground.web_api import WebApi
from bot.playground.workspace import SimulatedWorkspace

__all__ = [
    "ApiCall",
    "Channel",
    "CrowdMention",
    "Delivery",
    "FakeSlack",
    "MessageRef",
    "PageChange",
    "PlaygroundError",
    "PostedMessage",
    "RefusedContent",
    "SimulatedWorkspace",
    "Toast",
    "User",
    "UserGroup",
    "View",
    "ViewRef",
]


class FakeSlack(Building, Acting, Responses):
    """One simulated workspace. Every method for a person's action takes the person's id or handle."""

    def __init__(  # noqa: PLR0913 - one setting each, all of them by name
        self,
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str,
        clock: Callable[[], datetime] | None = None,
        rate_limits: bool = True,
        redelivery_delays_seconds: tuple[float, ...] = (0.5, 60, 300),
        ack_timeout_seconds: float = 3.0,
        echo: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is the workspace's time: timestamps, triggers, response_urls. `monotonic` drives rate limits.

        With `echo`, the app is told of its own messages and reactions in the background, as in Slack.
        """
        self.workspace = SimulatedWorkspace(clock=clock)
        self.echo = echo
        self.base_url = ""
        self.api_url = ""
        self._sockets = Sockets(self.workspace)
        self._courier = PayloadCourier(
            self.workspace,
            self._sockets,
            signing_secret=signing_secret,
            redelivery_delays_seconds=redelivery_delays_seconds,
            ack_timeout_seconds=ack_timeout_seconds,
        )
        context = CallContext(self.workspace, self._courier, self._sockets, self, echo)
        rates = RateLimits(monotonic=monotonic) if rate_limits else None
        self.api = WebApi(context, bot_token=bot_token, app_token=app_token, rates=rates)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve the Web API, uploads, response_urls and Socket Mode. Sets `api_url`."""
        app = web.Application(client_max_size=MOST_BYTES + 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self.api.handle)
        app.router.add_post("/response/{token}", self._handle_response)
        app.router.add_post("/upload/{file_id}", receiver(self.workspace))
        app.router.add_get("/link/", self._sockets.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}/"
        self.api_url = f"{self.base_url}api/"
        await self._courier.start()

    async def stop(self) -> None:
        """Close every connection and end every background task. Redeliveries that were still due are dropped."""
        await self._courier.stop()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def connect_http(self, request_url: str) -> None:
        """Set where events, commands and interactions go while no Socket Mode connection is open."""
        self._courier.request_url = request_url

    async def disconnect_sockets(self, *, reason: str = "warning") -> None:
        """Send `disconnect` to every Socket Mode connection. Any reason but `warning` also closes them."""
        await self._sockets.disconnect(reason=reason)

    @property
    def socket_count(self) -> int:
        """How many Socket Mode connections are open."""
        return self._sockets.count

    async def settle(self) -> None:
        """Wait until every background event has been sent once."""
        await self._courier.settle()

    async def deliver_again(
        self,
        delivery: Delivery,
        *,
        retry_num: int = 0,
        retry_reason: str = "http_timeout",
        signing_secret: str | None = None,
        timestamp: int | None = None,
    ) -> Delivery:
        """Send exactly the same payload again: a duplicate, a redelivery, or a forgery (other secret, old time)."""
        retry = Retry(retry_num, retry_reason) if retry_num else FIRST
        forged = signing_secret is not None or timestamp is not None
        forgery = Forgery(signing_secret, timestamp) if forged else None
        return await self._courier.send(delivery.kind, delivery.payload, retry=retry, forgery=forgery)

    async def verify_request_url(self) -> bool:
        """Check a request URL with Slack's handshake. Return whether the app sent the challenge back."""
        challenge = self.workspace.next_id("challenge-")
        payload: Json = {"token": "", "challenge": challenge, "type": "url_verification"}
        answer = (await self._courier.send("event", payload)).response
        return challenge in (answer, answer.get("challenge") if isinstance(answer, dict) else None)

    # What happened

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call, the newest last; at least the last 2,000."""
        return self.api.log

    @property
    def deliveries(self) -> list[Delivery]:
        """Every payload sent to the app, one entry per attempt; at least the last 2,000."""
        return self._courier.log

    @property
    def toasts(self) -> list[Toast]:
        """What Slack's client told people."""
        return self.workspace.toasts

    @property
    def refused(self) -> list[RefusedContent]:
        """Content that Slack would have refused, wherever it came from."""
        return self.workspace.refused

    @property
    def pings(self) -> list[CrowdMention]:
        """Mentions of whole channels and user groups in the bot's messages; tests expect none."""
        return self.workspace.pings

    def subscribe(self) -> asyncio.Queue[PageChange]:
        """A queue of every change from now on, for live pages."""
        return self.workspace.subscribe()

    def unsubscribe(self, queue: asyncio.Queue[PageChange]) -> None:
        """Ends a subscription."""
        self.workspace.unsubscribe(queue)

    # What a person sees

    def visible_messages(self, user: str, channel: str, *, thread_ts: str | None = None) -> list[PostedMessage]:
        """Return the messages that a person sees in a conversation or, with `thread_ts`, in a thread; oldest first.

        This includes their own ephemeral messages, and nothing of a private conversation that they are not in.
        """
        person, place = self.workspace.user(user), self.workspace.channel(channel)
        if place.is_private and person.id not in place.members:
            return []
        stored = self.workspace.messages.get(place.id, {}).values()
        mine = (message for message in stored if message.ephemeral_for in (None, person.id))
        if thread_ts is not None:
            return [message for message in mine if thread_ts in (message.ts, message.thread_ts)]
        return [message for message in mine if message.thread_ts in (None, message.ts) or message.broadcast]

    def view_stack(self, user: str) -> list[View]:
        """The open modals of a person, the top one last."""
        return self.workspace.stack(self.workspace.user(user).id)

    def home(self, user: str) -> View | None:
        """Return the Home tab that the app published for this person; None if there is none."""
        return self.workspace.homes.get(self.workspace.user(user).id)
