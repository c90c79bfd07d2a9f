"""A language model behind an address that speaks OpenAI's chat completions, as most model servers do.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from bot import __version__
from bot.errors import ModelError

_TIMEOUT = aiohttp.ClientTimeout(total=8)
_MOST_BYTES = 64 * 1024


class ChatModel:
    """Implements `bot.ports.Model`. The model gets no tools, and nothing is sent besides the question."""

    def __init__(self, session: aiohttp.ClientSession, *, url: str, name: str) -> None:
        self._session, self._url, self.name = session, f"{url.rstrip('/')}/chat/completions", name

    async def ask(self, instructions: str, question: str, schema: Mapping[str, Any]) -> object:
        """Return the JSON in the model's answer.

        Raises ModelError, which does not contain the answer, if there is none.
        """
        body = {
            "model": self.name,
            "temperature": 0,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": question}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "items", "strict": True, "schema": schema},
            },
        }
        try:
            async with self._session.post(self._url, data=orjson.dumps(body), allow_redirects=False) as response:
                if response.status != 200:
                    raise ModelError(f"it answers with status {response.status}")
                answer = orjson.loads(await _bounded(response))
            found: object = orjson.loads(answer["choices"][0]["message"]["content"])
        except TimeoutError:
            raise ModelError(f"it takes longer than {_TIMEOUT.total:g} seconds") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ModelError(f"it cannot be reached ({type(error).__name__})") from None
        except (LookupError, TypeError, ValueError):
            raise ModelError("its answer is not of the shape that was asked for") from None
        return found


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for chunk in response.content.iter_chunked(_MOST_BYTES):
        read += chunk
        if len(read) > _MOST_BYTES:
            raise ModelError(f"its answer is longer than {_MOST_BYTES} bytes")
    return bytes(read)


@asynccontextmanager
async def connected(*, url: str, name: str, key: str) -> AsyncIterator[ChatModel]:
    """Open a client for the duration of the block. With an empty `key`, none is sent."""
    headers = {"Content-Type": "application/json", "User-Agent": f"baton/{__version__}"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as session:
        yield ChatModel(session, url=url, name=name)
