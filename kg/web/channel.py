"""One client's connection to waitress: bounds how long a client that does not read may hold a thread; parses no HTTP."""

from __future__ import annotations

import logging
import select
import time

from waitress.channel import HTTPChannel

from kg.errors import KgError

PATIENCE_S = 5  # for a client to take the next piece; a phone on a bad network manages, a stalled one does not
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class Channel(HTTPChannel):
    """A connection that is closed when its client takes nothing for `PATIENCE_S`; waitress itself waits for ever.

    It also knows that a client has hung up while waitress does not read: amid a body, or with more requests in line.
    """

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
