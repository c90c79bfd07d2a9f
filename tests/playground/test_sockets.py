"""Socket Mode, through Slack's own client and by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_builders import until
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import APP_TOKEN

from bot.playground.fake_slack import FakeSlack

Json = dict[str, Any]


# Socket Mode


@pytest.fixture
async def socket_client(slack: FakeSlack) -> AsyncIterator[SocketModeClient]:
    web_client = AsyncWebClient(base_url=slack.api_url)
    client = SocketModeClient(app_token=APP_TOKEN, web_client=web_client, auto_reconnect_enabled=False)
    yield client
    await client.close()


async def test_payloads_go_through_the_socket(slack: FakeSlack, socket_client: SocketModeClient) -> None:
    seen: list[SocketModeRequest] = []

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        seen.append(request)
        payload = {"text": "from the socket"} if request.type == "slash_commands" else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    socket_client.socket_mode_request_listeners.append(listen)
    await socket_client.connect()
    await until(lambda: slack.socket_count == 1)
    delivery = await slack.run_command("ada", "payments", "/whoowns x")
    await slack.post("ada", "payments", "hello")
    assert (delivery.transport, delivery.status, delivery.response) == ("socket", 200, {"text": "from the socket"})
    assert slack.visible_messages("ada", "payments")[0].text == "from the socket"
    assert [request.type for request in seen] == ["slash_commands", "events_api"]
    assert [request.accepts_response_payload for request in seen] == [True, False]


async def test_an_address_works_once_and_hello_comes_first(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {APP_TOKEN}"}
        async with session.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
            await slack.disconnect_sockets()
            assert (await socket.receive_json())["reason"] == "warning"
            assert slack.socket_count == 1
            await slack.disconnect_sockets(reason="refresh_requested")
            assert (await socket.receive_json())["reason"] == "refresh_requested"
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    assert slack.socket_count == 0


async def test_an_event_without_an_ack_comes_again_through_the_socket(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {APP_TOKEN}"}
        async with session.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as socket:
            await socket.receive_json()
            await slack.post("ada", "payments", "hello")  # returns once the ack did not come
            envelopes = [await socket.receive_json() for _ in range(2)]
            assert [one["retry_attempt"] for one in envelopes] == [0, 1]
            assert len({one["payload"]["event_id"] for one in envelopes}) == 1
            await socket.send_str(json.dumps({"envelope_id": envelopes[1]["envelope_id"]}))
            await until(lambda: slack.deliveries[-1].ok)
