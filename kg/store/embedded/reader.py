"""A reader process: answers one question after another from frozen checkpoints; decides nothing about deadlines.

Started by `pool` as `python -m kg.store.embedded.reader FD`, with a socket as that descriptor. It has no network, and ends when
the process that started it does.
"""

from __future__ import annotations

import gc
import io
import json
import os
import socket
import sys
import threading
import time
from typing import IO, Any, cast

from kg.errors import KgError, QueryError
from kg.store.embedded import wire
from kg.store.embedded.confine import take_network_away
from kg.store.embedded.engine import Engine, parse
from kg.store.embedded.folder import hold
from kg.store.query.question import Prefixes, Question

_PIECE = 65_536  # bytes; an answer leaves in pieces of this size
_FIRST_S = 0.002  # but its beginning leaves when it has taken this long; what is quicker leaves whole, in one message
_HELD_S = 0.05  # and nothing that is known is held back longer
_ORPHAN_CHECK_S = 0.5


class Outlet(io.RawIOBase):
    """Sends an answer: its head, then what is written, as data frames, then the end; all of it at once where it is small."""

    def __init__(self, to: socket.socket) -> None:
        self._to = to
        self._head = b""
        self._held = bytearray()
        self._until = time.monotonic() + _FIRST_S

    def begin(self, head: object) -> None:
        """Say what is known of the answer beforehand."""
        self._head = wire.frame(wire.KIND, json.dumps(head).encode())

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._held += piece
        if len(self._held) >= _PIECE or time.monotonic() >= self._until:
            self._send(b"")
        return len(piece)

    def end(self) -> None:
        """Send the rest, and that the answer is whole."""
        self._send(wire.frame(wire.END))

    def _send(self, tail: bytes) -> None:
        data = wire.frame(wire.DATA, self._held) if self._held else b""
        head, self._head, self._held = self._head, b"", bytearray()
        wire.send_frames(self._to, b"".join((head, data, tail)))
        self._until = time.monotonic() + _HELD_S


class Reader:
    """Keeps the checkpoint that was asked last open."""

    def __init__(self, to: socket.socket) -> None:
        self._to = to
        self._engine: Engine | None = None
        self._path = ""
        self._held = -1
        self._prefixes: Prefixes = ()

    def serve(self) -> None:
        """Answer until the other side closes."""
        while True:
            try:
                _, asked = wire.receive_json(self._to)
                self._answer(asked)
            except wire.GoneError:
                return

    def _answer(self, asked: dict[str, Any]) -> None:
        try:
            engine = self._open(asked["checkpoint"])
            outlet = Outlet(self._to)
            out = cast("IO[bytes]", outlet)  # a raw stream is all that Oxigraph needs
            if asked["what"] == "query":
                question = Question.from_json(asked["question"], known=self._prefixes)
                self._prefixes = question.prefixes
                found = engine.evaluate(question, has_dataset=asked["has_dataset"])
                outlet.begin(found.kind)
                found.write(out)
            elif asked["what"] == "dump":
                outlet.begin("graph")
                engine.dump(out, **asked["options"])
            elif asked["what"] == "parse":
                parse(**asked["options"])
                outlet.begin(None)
            else:
                outlet.begin(len(engine.quads))
            outlet.end()
        except KgError as error:
            status = error.status if isinstance(error, QueryError) else 0
            wire.send_json(self._to, wire.FAILED, {"message": str(error), "status": status})
        except MemoryError:
            wire.send_json(self._to, wire.FAILED, {"message": "the query needs too much memory", "status": 507})

    def _open(self, path: str) -> Engine:
        if self._engine is None or self._path != path:
            self._engine, self._path = None, ""
            if self._held >= 0:
                os.close(self._held)
                self._held = -1
            gc.collect()
            self._held = hold(path)
            self._engine, self._path = Engine(path, frozen=True), path
        return self._engine


def _end_with_parent(parent: int) -> None:
    """End even amid an evaluation when the front has died: nobody waits for the answer."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(1)


def main() -> None:
    """Be a reader on the descriptor that the command line names."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    take_network_away()
    with socket.socket(fileno=descriptor) as to:
        Reader(to).serve()


if __name__ == "__main__":
    main()
