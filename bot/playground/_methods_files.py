"""Web API: files.getUploadURLExternal, the upload itself, files.completeUploadExternal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground._calls import ApiError, ApiMethod, CallContext, method, visible_channel
from bot.playground._methods_chat import check_thread
from bot.playground._posts import bot_message, post
from bot.playground._shapes import file_json
from bot.playground.records import Json, Upload
from bot.playground.refusals import TEXT_LIMIT
from bot.playground.workspace import SimulatedWorkspace

#: The largest file that the simulated Slack accepts; Slack itself accepts 1 GB.
MOST_BYTES = 50 * 1024 * 1024
_SNIPPET_BYTES = 1024 * 1024
_ALT_TEXT = 1000
#: The fields of a file in files.completeUploadExternal.
_PART = frozenset({"id", "title", "highlight_type"})


def get_upload_url(context: CallContext, arguments: Json) -> Json:
    """files.getUploadURLExternal."""
    if arguments["length"] <= 0:
        raise ApiError("missing_argument", "length must be more than 0")
    if arguments["length"] > MOST_BYTES:
        raise ApiError("file_upload_size_restricted")
    if "snippet_type" in arguments and arguments["length"] > _SNIPPET_BYTES:
        raise ApiError("snippet_too_large")
    if len(arguments.get("alt_txt", "")) > _ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    workspace = context.workspace
    file = Upload(workspace.next_id("F"), arguments["filename"], arguments["length"], created=workspace.seconds())
    file.alt_text = arguments.get("alt_txt", "")
    workspace.add_file(file)
    return {"upload_url": f"{context.base_url}upload/{file.id}", "file_id": file.id}


def receiver(workspace: SimulatedWorkspace) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of upload URLs. It accepts the bytes once by POST, raw or as a form field."""

    async def receive(request: web.Request) -> web.Response:
        return await _receive(workspace, request)

    return receive


async def _receive(workspace: SimulatedWorkspace, request: web.Request) -> web.Response:
    file = workspace.files.get(request.match_info["file_id"])
    if file is None or file.content is not None:
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


def complete_upload(context: CallContext, arguments: Json) -> Json:
    """files.completeUploadExternal: share what was uploaded, in one message if a conversation is given."""
    workspace = context.workspace
    files = [_uploaded(workspace, part) for part in arguments["files"]]
    if not files or len({file.id for file in files}) < len(files):
        raise ApiError("invalid_arguments", "files must be there, each once")
    places = [arguments["channel_id"]] if "channel_id" in arguments else arguments.get("channels", [])
    if "channel_id" in arguments and "channels" in arguments:
        raise ApiError("invalid_arguments", "channel_id and channels do not go together")
    if len(places) != 1 and ("thread_ts" in arguments or len(places) > 1):
        raise ApiError("invalid_arguments", "one conversation at a time, and a thread only in one")
    titles = {part["id"]: part.get("title") for part in arguments["files"]}
    for file in files:
        file.title = titles[file.id] or file.name
    if places:
        _share(context, files, places[0], arguments)
    for file in files:
        file.completed = True
    return {"files": [file_json(workspace, file) for file in files]}


def _uploaded(workspace: SimulatedWorkspace, part: object) -> Upload:
    if not isinstance(part, dict) or part.keys() - _PART or not isinstance(part.get("title", ""), str):
        raise ApiError("invalid_arguments", "a file is named by id and title")
    file = workspace.files.get(part.get("id", ""))
    if file is None or file.content is None or file.completed:
        raise ApiError("file_not_found")
    return file


def _share(context: CallContext, files: list[Upload], place: str, arguments: Json) -> None:
    workspace = context.workspace
    channel = visible_channel(context, place)
    if channel.is_archived:
        raise ApiError("is_archived")
    if not channel.bot_is_member:
        raise ApiError("not_in_channel")
    check_thread(context, channel, arguments)
    if len(arguments.get("initial_comment", "")) > TEXT_LIMIT:
        raise ApiError("msg_too_long")
    message = bot_message(
        workspace, channel.id, {"text": arguments.get("initial_comment", ""), "thread_ts": arguments.get("thread_ts")}
    )
    message.files = [file.id for file in files]
    message.subtype = "file_share"
    workspace.note_pings("files.completeUploadExternal", {"text": message.text})
    for file in files:
        file.channels.append(channel.id)
    post(workspace, context.courier, message, echo=context.echo)


METHODS: dict[str, ApiMethod] = {
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
