"""Several front processes on one address: starts them, starts another for one that died, ends them all; serves nothing itself.

They share the listening socket and the one writer; each has readers of its own. A worker is this module, run as
`python -m kg.web.workers FD FOLDER NUMBER`; its settings come by standard input, which also tells it that its master lives.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import kg
from kg.config import Config
from kg.store import open_store
from kg.web.listening import end_in_order, run
from kg.web.peers import Peers

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_S = 0.1
_REST_S = 1.0  # between two starts in one place: a worker that cannot start must not take the machine
_SPARE_S = 5.0  # beyond the grace that each worker gives its requests


def supervise(config: Config, listener: socket.socket, *, ready: Callable[[], None]) -> None:
    """Keep `config.workers` workers at work on the socket until SIGTERM or Ctrl-C; then end them in order."""
    workers: dict[int, _Worker] = {}
    end_in_order()
    with TemporaryDirectory(prefix="kg-workers-") as folder:
        try:
            for number in range(config.workers):
                workers[number] = _Worker(config, listener, folder, number)
            for worker in workers.values():
                worker.wait_until_ready()
            ready()
            while True:
                time.sleep(_LOOK_S)
                for number, worker in workers.items():
                    if worker.has_ended() and time.monotonic() - worker.started > _REST_S:
                        workers[number] = _Worker(config, listener, folder, number)
        except (SystemExit, KeyboardInterrupt):
            pass
        finally:
            _end(list(workers.values()), config.shutdown_s + _SPARE_S)


class _Worker:
    """The master's side of one worker."""

    def __init__(self, config: Config, listener: socket.socket, folder: str, number: int) -> None:
        self.started = time.monotonic()
        root = str(Path(kg.__file__).resolve().parents[1])
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-m", "kg.web.workers", str(listener.fileno()), folder, str(number)],
            pass_fds=(listener.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C is for the master, which ends the workers in order
        )
        assert self._process.stdin is not None  # noqa: S101 - it was asked for above
        self._process.stdin.write(json.dumps(asdict(config)).encode() + b"\n")  # tokens belong into no command line
        self._process.stdin.flush()

    def wait_until_ready(self) -> None:
        """Wait until it serves, or has ended."""
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdout.readline()

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ask_to_end(self) -> None:
        if not self.has_ended():
            self._process.send_signal(signal.SIGTERM)

    def end(self, within_s: float) -> None:
        try:
            self._process.wait(max(0.0, within_s))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _end(workers: list[_Worker], within_s: float) -> None:
    until = time.monotonic() + within_s
    for worker in workers:
        worker.ask_to_end()
    for worker in workers:
        worker.end(until - time.monotonic())


def main() -> None:
    """Be a worker until SIGTERM, or until the master has gone."""
    descriptor, folder, number = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    config = Config(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_master, daemon=True).start()
    end_in_order()
    peers = Peers(folder, number=number, count=config.workers)
    try:
        with (
            socket.socket(fileno=descriptor) as listener,
            open_store(config.store, config=config, serving=True) as store,
        ):
            run(store, config, listener, peers=peers, ready=_say_ready)
    finally:
        peers.close()


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _end_with_master() -> None:
    sys.stdin.read()  # ends when the master does, however it ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
