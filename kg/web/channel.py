"""One client's connection to waitress: bounds how long a client that does not read may hold a thread; parses no HTTP."""

from __future__ import annotations

import logging
import time

from waitress.channel import HTTPChannel

from kg.errors import KgError

PATIENCE_S = 10  # for a client to take the next piece; a phone on a bad network manages, a stalled one does not


class Channel(HTTPChannel):
    """A connection that is closed when its client takes nothing for `PATIENCE_S`; waitress itself waits for ever."""

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
