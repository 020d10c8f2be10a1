"""Frames between our processes, over Unix sockets: a tag, a length, bytes; gives them no meaning."""

from __future__ import annotations

import json
import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

ASK = b"A"  # JSON: what is asked
BEGUN = b"B"  # a write's turn has come
CANCEL = b"X"  # from the asking side: the answer is not wanted any more
KIND = b"K"  # JSON: the answer begins, with what is known about it
DATA = b"D"  # bytes of the answer
END = b"Z"  # JSON: the answer is whole
FAILED = b"E"  # JSON: message and status
_HEAD = struct.Struct(">cI")
_BUFFER = 1 << 18


class GoneError(Exception):
    """The other side has closed, or died."""


def send(to: socket.socket, tag: bytes, payload: bytes = b"") -> None:
    """Send one frame; raises `GoneError` when nobody listens any more."""
    send_frames(to, frame(tag, payload))


def send_frames(to: socket.socket, frames: bytes) -> None:
    """Send frames that were written before; raises `GoneError` when nobody listens any more."""
    try:
        to.sendall(frames)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise GoneError from error


def send_json(to: socket.socket, tag: bytes, value: object) -> None:
    """Send a value as one frame."""
    send(to, tag, json.dumps(value).encode())


def frame(tag: bytes, payload: bytes | bytearray = b"") -> bytes:
    """Write one frame, for those who send several at once."""
    return _HEAD.pack(tag, len(payload)) + payload


class Frames:
    """The frames that one socket brings, read through a buffer: a small answer takes one call of the system."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._held = bytearray()

    def receive(self) -> tuple[bytes, bytes]:
        """Wait for one frame; raises `GoneError` at the end of the stream, also amid a frame."""
        while (found := self.ready()) is None:
            try:
                piece = self._source.recv(_BUFFER)
            except ConnectionResetError as error:
                raise GoneError from error
            if not piece:
                raise GoneError
            self._held += piece
        return found

    def ready(self) -> tuple[bytes, bytes] | None:
        """Return the next frame if it is here already as a whole."""
        held = self._held
        if len(held) < _HEAD.size:
            return None
        tag, length = _HEAD.unpack_from(held)
        end = _HEAD.size + length
        if len(held) < end:
            return None
        payload = bytes(memoryview(held)[_HEAD.size : end])
        del held[:end]
        return tag, payload


def receive(source: socket.socket) -> tuple[bytes, bytes]:
    """Wait for one frame and return its tag and payload; raises `GoneError` at the end of the stream, also amid a frame."""
    tag, length = _HEAD.unpack(_exactly(source, _HEAD.size))
    return tag, _exactly(source, length)


def receive_json(source: socket.socket) -> tuple[bytes, Any]:
    """Wait for one frame that holds a value."""
    tag, payload = receive(source)
    return tag, json.loads(payload)


def _exactly(source: socket.socket, length: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < length:
        try:
            piece = source.recv(min(length - len(pieces), 1 << 20))
        except ConnectionResetError as error:
            raise GoneError from error
        if not piece:
            raise GoneError
        pieces += piece
    return bytes(pieces)


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Name a socket's file by its folder's descriptor: a Unix address holds 107 bytes, and folders may lie deeper."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
