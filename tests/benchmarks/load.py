"""The load driver: signed requests made in advance, a few connections with one request on each, every answer checked.

Written over bare protocols, because a client library costs more than the servers that it measures.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

SECRET, BOT_TOKEN = "signing-secret-of-the-benchmark", "xoxb-token-of-the-benchmark"
#: Requests ahead of a round that are answered and not counted.
WARM_UP = 100
_LONGEST_ROUND_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as somebody types it, and the name that the answer has to hold."""

    text: str
    name: str
    user_id: str = "U00000001"


@dataclass(slots=True)
class Measured:
    """One round: latencies in ms, ascending; some of the answers; what came back with another status than 200."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    answers: list[tuple[Ask, bytes]] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def at(self, share: float) -> float:
        """The latency in ms that this share of the requests did not exceed."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]

    def named(self) -> float:
        """The share of the answers kept that hold the name asked for."""
        return sum(ask.name.encode() in body for ask, body in self.answers) / len(self.answers)


def signed(url: str, ask: Ask) -> bytes:
    """Return the whole HTTP request of a `/whoowns` as Slack sends it, signed now."""
    body = urlencode(
        {
            "token": "verification-token-out-of-use",
            "team_id": "T0PLAYGRND",
            "team_domain": "acme",
            "channel_id": "C00000001",
            "channel_name": "general",
            "user_id": ask.user_id,
            "user_name": "ada",
            "command": "/whoowns",
            "text": ask.text,
            "api_app_id": "A0BATONAPP",
            "is_enterprise_install": "false",
            "response_url": "http://127.0.0.1:9/response/nobody-answers-there",
            "trigger_id": "1.2.abcdef",
        }
    ).encode()
    parts = urlsplit(url)
    now = int(time.time())
    digest = hmac.new(SECRET.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept: application/json,*/*\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def exact(names: Sequence[str], people: Sequence[str], count: int, rng: random.Random) -> list[Ask]:
    """Return questions by exact name, drawn over the whole catalog, each asked by somebody else."""
    return [Ask(name, name, rng.choice(people)) for name in rng.sample(names, count)]


def measure(url: str, asks: Sequence[Ask], *, connections: int, keep_every: int = 50) -> Measured:
    """Ask everything over some connections at once; keep every `keep_every`-th answer.

    The first hundred are asked once more before, as a warm-up.
    """
    sent = [(ask, signed(url, ask)) for ask in asks]
    gc.collect()
    gc.disable()
    try:
        return asyncio.run(_measure(url, sent, connections, keep_every))
    finally:
        gc.enable()


async def _measure(url: str, sent: Sequence[tuple[Ask, bytes]], connections: int, keep_every: int) -> Measured:
    host, port = urlsplit(url).netloc.split(":")
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(_Line, host, int(port)))[1] for _ in range(connections)]
    try:
        await _share(lines, sent[:WARM_UP], Measured(), keep_every)
        measured = Measured()
        began = time.perf_counter()
        await _share(lines, sent, measured, keep_every)
        measured.seconds = time.perf_counter() - began
    finally:
        for line in lines:
            line.close()
    measured.latencies.sort()
    return measured


async def _share(lines: Iterable[_Line], sent: Sequence[tuple[Ask, bytes]], into: Measured, keep_every: int) -> None:
    feed = iter(enumerate(sent))
    async with asyncio.timeout(_LONGEST_ROUND_SECONDS):
        await asyncio.gather(*(line.take(feed, into, keep_every) for line in lines))


class _Line(asyncio.Protocol):
    """One kept-alive connection: sends the next request when the answer to the last one is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP gives this kind
        self._held = b""

    def take(
        self, feed: Iterator[tuple[int, tuple[Ask, bytes]]], into: Measured, keep_every: int
    ) -> asyncio.Future[None]:
        """Send from the feed until it is empty."""
        self._feed, self._into, self._keep_every = feed, into, keep_every
        self._done = asyncio.get_running_loop().create_future()
        self._next()
        return self._done

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        end = held.find(b"\r\n\r\n")
        if end < 0 or len(held) < end + 4 + _length(held, end):
            self._held = held
            return
        self._into.latencies.append((time.perf_counter() - self._sent_at) * 1000)
        self._held = b""
        if not held.startswith(b"HTTP/1.1 200 "):
            self._into.failures.append(held[:200])
        elif self._number % self._keep_every == 0:
            self._into.answers.append((self._ask, held[end + 4 :]))
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))

    def _next(self) -> None:
        for number, (ask, request) in self._feed:
            self._number, self._ask = number, ask
            self._sent_at = time.perf_counter()
            self._transport.write(request)
            return
        self._done.set_result(None)


def _length(held: bytes, end: int) -> int:
    head = held[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        raise ValueError(f"an answer without a length: {head!r}")
    return int(head[at + 17 :].split(b"\r\n", 1)[0])
