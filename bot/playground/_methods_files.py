"""Web API: files.getUploadURLExternal, the upload itself, files.completeUploadExternal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground._calls import ApiError, Context, Method, method, visible_channel
from bot.playground._posting import bot_message, post
from bot.playground._shapes import file_json
from bot.playground.records import Json, Upload
from bot.playground.workspace import Workspace

#: What the simulated Slack takes; Slack itself takes 1 GB.
MOST_BYTES = 50 * 1024 * 1024


def get_upload_url(context: Context, arguments: Json) -> Json:
    """files.getUploadURLExternal."""
    if not 0 < arguments["length"] <= MOST_BYTES:
        raise ApiError("invalid_arguments", f"length must be between 1 and {MOST_BYTES}")
    workspace = context.workspace
    file = Upload(workspace.next_id("F"), arguments["filename"], arguments["length"], created=workspace.seconds())
    file.alt_text = arguments.get("alt_txt", "")
    workspace.add_file(file)
    return {"upload_url": f"{context.base_url}upload/{file.id}", "file_id": file.id}


def receiver(workspace: Workspace) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of upload URLs: takes the POST of the bytes, raw or as a form field."""

    async def receive(request: web.Request) -> web.Response:
        return await _receive(workspace, request)

    return receive


async def _receive(workspace: Workspace, request: web.Request) -> web.Response:
    file = workspace.files.get(request.match_info["file_id"])
    if file is None or file.completed:
        return web.Response(status=404, text="no such upload")
    if request.content_type == "multipart/form-data":
        part = next(iter((await request.post()).values()), "")
        content = part.file.read() if isinstance(part, web.FileField) else str(part).encode()
    else:
        content = await request.read()
    if len(content) != file.length:
        return web.Response(status=400, text=f"expected {file.length} bytes, got {len(content)}")
    file.content = content
    return web.Response(text=f"OK - {len(content)}")


def complete_upload(context: Context, arguments: Json) -> Json:
    """files.completeUploadExternal: shares what was uploaded, in one message when a conversation is named."""
    workspace = context.workspace
    files = []
    for part in arguments["files"]:
        file = workspace.files.get(part.get("id", "")) if isinstance(part, dict) else None
        if file is None or file.content is None or file.completed:
            raise ApiError("file_not_found")
        file.title = part.get("title", file.name)
        files.append(file)
    if not files:
        raise ApiError("invalid_arguments", "files must not be empty")
    place = arguments.get("channel_id") or next(iter(arguments.get("channels", ())), "")
    if place:
        _share(context, files, place, arguments)
    for file in files:
        file.completed = True
    return {"files": [file_json(workspace, file) for file in files]}


def _share(context: Context, files: list[Upload], place: str, arguments: Json) -> None:
    workspace = context.workspace
    channel = visible_channel(context, place)
    if not channel.bot_is_member:
        raise ApiError("not_in_channel")
    message = bot_message(
        workspace, channel.id, {"text": arguments.get("initial_comment", ""), "thread_ts": arguments.get("thread_ts")}
    )
    message.files = [file.id for file in files]
    message.subtype = "file_share"
    workspace.note_pings("files.completeUploadExternal", {"text": message.text})
    for file in files:
        file.channels.append(channel.id)
    post(workspace, context.courier, message, echo=context.echo)


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": method(
        get_upload_url, "filename! length:int! alt_txt snippet_type", tier=4, scope="files:write"
    ),
    "files.completeUploadExternal": method(
        complete_upload,
        "files:list! channel_id channels:csv initial_comment thread_ts",
        tier=4,
        scope="files:write",
    ),
}
