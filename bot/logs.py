"""Structured logs: one JSON object a line (or plain text for people), each with the id of the request that caused it.

What people write and what secrets open is never handed to a logger; statements' parameters are hidden by the engine.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

#: The id under which everything that one request causes is logged; empty outside a request.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_CODE = re.compile(r"code: \S+")
#: Libraries that log payloads or requests when they are talkative.
_QUIET = ("slack_bolt", "slack_sdk", "aiohttp", "apscheduler", "sqlalchemy", "alembic", "aiosqlite", "asyncio")


class _NoHttp(logging.Filter):
    """Says in one line that a request was none: whoever sends nonsense must not fill the log with tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, shortened where it is about such a request."""
        error = record.exc_info[1] if record.exc_info else None
        if type(error).__module__ == "aiohttp.http_exceptions" or type(error).__name__ == "RequestPayloadError":
            record.msg, record.args = "what is no HTTP request was refused (%s)", (type(error).__name__,)
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


class _NoCode(logging.Filter):
    """Leaves out the code of OAuth that Bolt logs when Slack does not take it: it is good for ten minutes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass without it."""
        record.msg, record.args = _CODE.sub("code: …", record.getMessage()), None
        return True


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if reference := request_id.get():
            entry["request_id"] = reference
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return orjson.dumps(entry).decode()


def configure(log_format: str, *, level: int = logging.INFO) -> None:
    """Send every log line to standard error in `log_format` (`json` or `text`)."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("aiohttp.server").addFilter(_NoHttp())
    logging.getLogger("slack_bolt.oauth.async_oauth_flow").addFilter(_NoCode())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
