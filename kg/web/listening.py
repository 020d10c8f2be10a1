"""waitress on a listening socket: starts it, runs it, and ends it in order; opens no store and takes no port."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from kg.service.sparql import MAX_BODY
from kg.web.app import create_app
from kg.web.channel import Channel, say_aborts_in_one_line
from kg.web.logs import start_logging

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kg.config import Config
    from kg.store import Store
    from kg.web.peers import Peers

_THREADS = 24  # those that wait for slow queries must leave some for pages; a thread that waits costs little
_CONNECTIONS = 500  # idle and slow ones hold no thread
_IDLE_S = 60  # a connection on which nothing moves
_GLANCE_S = 0.05
_LAST_WORDS_S = 1.0  # for the answers of queries that were stopped


def run(
    store: Store,
    config: Config,
    listener: socket.socket,
    *,
    peers: Peers | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve an open store on a socket that is already listening, until SIGTERM or Ctrl-C; calls `ready` when it does.

    Then no connection is taken any more, and what runs may go on for `shutdown_s`; what is not done by then is stopped:
    its client gets 503, or a body that breaks off. The store is closed. A second signal ends all at once.
    """
    start_logging(config.log)
    app = create_app(store, config, token=config.token, peers=peers)
    server: Any = create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
        connection_limit=_CONNECTIONS,
        channel_timeout=_IDLE_S,
        channel_request_lookahead=0,  # the thread that answers reads on by itself, and sees by itself when a client leaves
        send_bytes=1,  # what is written leaves at once: pieces are made large where they come from
        outbuf_high_watermark=4_000_000,
        max_request_body_size=MAX_BODY + 2,  # the service itself refuses what is one byte too long
        asyncore_use_poll=True,
    )
    server.channel_class = Channel
    say_aborts_in_one_line()
    end_in_order()
    ready()
    try:
        server.asyncore.loop(timeout=1, use_poll=True, map=server._map)  # noqa: SLF001 - as its own `run` does
    except (SystemExit, KeyboardInterrupt):
        _end(server, store, config.shutdown_s)
    finally:
        server.close()


def end_in_order() -> None:
    """Let SIGTERM end this process as Ctrl-C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))


def _end(server: Any, store: Store, grace_s: float) -> None:
    server.is_ending = True  # connections end with the answer at hand
    server.del_channel(server._map)  # noqa: SLF001
    server.socket.close()
    try:
        _finish(server, grace_s)
        store.close()
        _finish(server, _LAST_WORDS_S)
    except (SystemExit, KeyboardInterrupt):
        store.close()
    server.task_dispatcher.shutdown(timeout=_LAST_WORDS_S)


def _finish(server: Any, within_s: float) -> None:
    """Go on until no request is at work and every answer has left, but not longer than this."""
    until = time.monotonic() + within_s
    while time.monotonic() < until and any(
        channel.requests or channel.total_outbufs_len for channel in list(server.active_channels.values())
    ):
        server.asyncore.loop(timeout=_GLANCE_S, use_poll=True, map=server._map, count=1)  # noqa: SLF001
