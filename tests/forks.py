"""Processes that are forked off one which has imported Baton already: each takes a second of processor time less.

`python -m tests.forks DESCRIPTOR MODULES` is that one. It reads what to run from a socket, with the files that stand
for standard input, output and error, and says when a process has begun and how it has ended. It ends with the socket.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

_MOST = 1 << 20


class Fork:
    """A process, as `asyncio.subprocess.Process` has it, as far as cases need it."""

    def __init__(self, pid: int) -> None:
        self.pid, self.returncode = pid, None
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    returncode: int | None

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Forks:
    """The process that others are forked off, started when the first one is wanted."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._begun: asyncio.Queue[int] = asyncio.Queue()
        self._forks: dict[int, Fork] = {}
        self._lock = asyncio.Lock()

    async def start(
        self, module: str, *arguments: str, folder: Path, env: Mapping[str, str], files: Sequence[int]
    ) -> Fork:
        """Run a module with these arguments and standard files, by their descriptors, in a process of its own."""
        async with self._lock:
            if self._socket is None:
                self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = await asyncio.create_subprocess_exec(
                        sys.executable,
                        "-m",
                        __name__,
                        str(theirs.fileno()),
                        *self._modules,
                        pass_fds=[theirs.fileno()],
                        env=env,
                    )
                self._socket.setblocking(False)
                asyncio.get_running_loop().add_reader(self._socket, self._read)
            asked = {"module": module, "arguments": arguments, "folder": str(folder), "env": dict(env)}
            socket.send_fds(self._socket, [json.dumps(asked).encode()], files)
            return self._forks[await asyncio.wait_for(self._begun.get(), 30)]

    def _read(self) -> None:
        assert self._socket is not None
        pid, status = json.loads(self._socket.recv(_MOST) or b"[0, 0]")
        if not pid:  # it has ended, and whoever waits is told by their own patience
            asyncio.get_running_loop().remove_reader(self._socket)
        elif status is None:
            self._forks[pid] = Fork(pid)
            self._begun.put_nowait(pid)
        else:
            fork = self._forks.pop(pid)
            fork.returncode = status
            fork.ended.set_result(status)

    async def close(self) -> None:
        if self._socket is not None and self._process is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            await self._process.wait()


def serve(orders: socket.socket) -> dict[str, Any] | None:
    """Fork until the socket is closed. Returns twice: in a new process what it is to run, and at the end None."""
    woken, wakes = socket.socketpair()
    for each in (woken, wakes):
        each.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    while True:
        ready, _, _ = select.select([orders, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _tell_ends(orders)
        if orders in ready:
            asked, files, _, _ = socket.recv_fds(orders, _MOST, 3)
            if not asked:
                return None
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (orders, woken, wakes):
                    each.close()
                for number, file in enumerate(files):
                    os.dup2(file, number)
                    os.close(file)
                return dict(json.loads(asked))
            for file in files:
                os.close(file)
            orders.send(json.dumps([pid, None]).encode())


def _tell_ends(orders: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        orders.send(json.dumps([pid, os.waitstatus_to_exitcode(status)]).encode())


def main() -> None:
    """Import these modules, and be whatever is asked for."""
    _, orders, *modules = sys.argv
    for each in modules:
        import_module(each)
    asked = serve(socket.socket(fileno=int(orders)))
    if asked is not None:
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.argv = [asked["module"], *asked["arguments"]]
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
