"""One client's connection to waitress: serves it in as few steps as can be, and bounds how long it may hold a thread.

Parses no HTTP.
"""

from __future__ import annotations

import contextlib
import logging
import select
import time
from typing import TYPE_CHECKING, Any

from waitress.channel import ClientDisconnected, HTTPChannel

from kg.errors import KgError
from kg.web.task import Task

if TYPE_CHECKING:
    import threading

_LINGER_MS = 3  # a program that asks again does so within this time
PATIENCE_S = 5  # for a client to take the next piece; a phone on a bad network manages, a stalled one does not
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class Channel(HTTPChannel):
    """A connection that is closed when its client takes nothing for `PATIENCE_S`; waitress itself waits for ever.

    It also knows that a client has hung up while waitress does not read: amid a body, or with more requests in line.

    The thread that has answered waits a moment for the next request, reads it itself and answers it. The way by
    waitress's main loop changes threads twice, which takes longer than a quick query.
    """

    task_class = Task
    # what the stubs of waitress do not tell, or tell of an older one
    requests_lock: threading.Lock
    requests: list[Any]
    request: Any
    server: Any

    def service(self) -> None:
        """Answer the request at hand, and those that the client sends right behind the answer.

        While `requests` holds something, the main loop neither reads from this connection nor closes it.
        """
        while self._answer() and self._next():
            pass
        self.last_activity = time.time()
        self.server.pull_trigger()

    def _answer(self) -> bool:
        """Answer one request; return whether the connection may bring another."""
        request = self.requests[0]
        kind: Any = self.error_task_class if request.error else self.task_class
        task = kind(self, request)
        try:
            if self.connected:
                task.service()
            else:
                task.close_on_finish = True
        except ClientDisconnected:
            task.close_on_finish = True
        except Exception:
            self.logger.exception("Exception while serving %s", request.path)
            self._fail(task)
        if not task.close_on_finish:
            request.close()
            return True
        with self.requests_lock:
            self.close_when_flushed = True
            for each in self.requests:
                each.close()
            self.requests = []
        return False

    def _fail(self, task: Any) -> None:
        """Answer 500 where no head has gone out yet; a body that has begun is broken off."""
        task.close_on_finish = True
        if task.wrote_header:
            return
        said = b"The server has met an error of its own; its log tells more.\n"
        head = f"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: {len(said)}\r\n"
        with contextlib.suppress(ClientDisconnected):
            self.write_soon(f"{head}Connection: close\r\n\r\n".encode() + said)

    def _next(self) -> bool:
        """Let go of the answered request; return whether the next one is here, for this thread to answer."""
        with self.requests_lock:
            has_more = len(self.requests) > 1
        if not has_more and not getattr(self.server, "is_ending", False):
            has_more = self._listen()
        with self.requests_lock:
            self.requests.pop(0)
            begun = None if has_more else self.request
            # a client may wait for our word before it sends the body of a request that has begun
            if begun is not None and begun.expect_continue and begun.headers_finished and not self.sent_continue:
                self.send_continue()
        if has_more and self.server.task_dispatcher.queue:  # others have waited longer
            self.server.add_task(self)
            return False
        # the next request gets a buffer of its own, so that none grows for ever
        if has_more and self.current_outbuf_count > 0:
            self.current_outbuf_count = self.adj.outbuf_high_watermark
        return has_more

    def _listen(self) -> bool:
        """Wait a moment for the next request, unless somebody needs this thread; return whether it is here as a whole."""
        until = time.monotonic() + _LINGER_MS / 1000
        connection = self.socket
        if connection is None:
            return False
        poll = select.poll()
        try:
            poll.register(connection, select.POLLIN)
            while self.connected and not self.total_outbufs_len and not self.server.task_dispatcher.queue:
                left = (until - time.monotonic()) * 1000
                if left <= 0 or not poll.poll(left):
                    return False
                data = connection.recv(self.adj.recv_bytes)
                if not data:
                    self.will_close = True  # the main loop closes it
                    return False
                self.received(data)
                if len(self.requests) > 1:
                    return True
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            self.will_close = True
        return False

    def write_soon(self, data: bytes) -> int:
        """Send at once what the client takes; only the rest is put by, for waitress's main loop to send."""
        if not self.connected:
            raise ClientDisconnected
        if not data or self.total_outbufs_len or not isinstance(data, bytes):
            return int(super().write_soon(data))
        with self.outbuf_lock:
            try:
                sent = self.send(data, do_close=False)
            except OSError:
                self.will_close = True
                self.connected = False
                raise ClientDisconnected from None
        if sent < len(data):
            super().write_soon(data[sent:])
            self.server.pull_trigger()
        return len(data)

    def check_client_disconnected(self) -> bool:  # type: ignore[override]  # the stubs say None, waitress returns a bool
        """Say whether nobody is there any more; half a farewell counts as a whole one."""
        connection = self.socket
        if not self.connected or connection is None:
            return True
        try:
            poll = select.poll()
            poll.register(connection, _HUNG_UP)
            return bool(poll.poll(0))
        except (OSError, ValueError):  # closed by the main loop at this very moment
            return True

    def _flush_outbufs_below_high_watermark(self) -> None:
        until = time.monotonic() + PATIENCE_S
        with self.outbuf_lock:
            while self.connected and self.total_outbufs_len > self.adj.outbuf_high_watermark:
                left = until - time.monotonic()
                if left <= 0:
                    self.will_close = True  # the main loop closes it
                    self.connected = False  # the task that writes is told that nobody reads
                    self.server.pull_trigger()
                    return
                self.server.pull_trigger()  # the main loop sends, and notifies
                self.outbuf_lock.wait(left)


class _OneLine(logging.Filter):
    """Takes the traceback off an abort that is meant: a body that has begun can only be broken off."""

    def filter(self, record: logging.LogRecord) -> bool:
        raised = record.exc_info[1] if record.exc_info else None
        if isinstance(raised, KgError):
            record.exc_info, record.msg, record.args = None, f"broken off: {raised}", ()
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def say_aborts_in_one_line() -> None:
    """Keep tracebacks in the log for what nobody expected."""
    log = logging.getLogger("waitress")
    if not any(isinstance(known, _OneLine) for known in log.filters):
        log.addFilter(_OneLine())
