"""response_url: five uses in thirty minutes."""

from __future__ import annotations

from datetime import timedelta

import orjson
from aiohttp import web

from bot.playground._core import Core
from bot.playground._posts import delete, replace
from bot.playground.records import Json, PostedMessage, ResponseUrl
from bot.playground.refusals import refuse_message, refuse_size

USES = 5
LIFETIME = timedelta(minutes=30)
_KNOWN = frozenset(
    {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "metadata"}
    | {"unfurl_links", "unfurl_media", "mrkdwn"}
)


class Responses(Core):
    """The part of the simulated Slack that accepts answers at a response_url."""

    async def _handle_response(self, request: web.Request) -> web.Response:
        """Handle a POST to a response_url: 200 "ok", 404 if it is used up or too old, or 400 for what Slack refuses."""
        issued = self.workspace.response_urls.get(request.match_info["token"])
        if issued is None or self.workspace.now() - issued.at > LIFETIME:
            return web.Response(status=404, text="expired_url")
        if issued.uses >= USES:
            return web.Response(status=404, text="used_url")
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        issued.uses += 1
        error = self._respond_with(issued, {key: value for key, value in body.items() if value is not None})
        return web.Response(status=400, text=error) if error else web.Response(text="ok")

    def _respond_with(self, issued: ResponseUrl, body: Json) -> str | None:
        """Carry out one use. Return the error code of what Slack refuses, else None."""
        found = self.workspace.message(issued.channel, issued.ts or "")
        original = found if found is not None and found.user == self.workspace.bot_user_id else None
        if unknown := body.keys() - _KNOWN:
            self.workspace.refuse("response_url", [f"invalid_arguments: unknown {', '.join(sorted(unknown))}"], body)
            return "invalid_arguments"
        if body.get("delete_original"):
            if original is not None:
                delete(self.workspace, self._courier, original, echo=self.echo)
            if not (body.get("text") or body.get("blocks")):
                return None if original else "message_not_found"
        elif body.get("replace_original") and original is not None:
            return self._replaced(original, body)
        channel = self.workspace.channels[issued.channel]
        if body.get("thread_ts") and self.workspace.message(channel.id, body["thread_ts"]) is None:
            return "thread_not_found"
        said = self._say(body, where="response_url", user=issued.user, channel=channel)
        return None if said else "invalid_blocks" if body.get("text") else "no_text"

    def _replaced(self, original: PostedMessage, body: Json) -> str | None:
        if found := [*map(str, refuse_message(body) + refuse_size(body, "response_url"))]:
            self.workspace.refuse("response_url", found, body)
            return found[0].partition(":")[0]
        self.workspace.note_pings("response_url", body)
        # unlike chat.update, the answer replaces the whole message
        whole = {"text": body["text"], "blocks": body.get("blocks", []), "attachments": body.get("attachments", [])}
        replace(self.workspace, self._courier, original, whole, echo=self.echo)
        return None
