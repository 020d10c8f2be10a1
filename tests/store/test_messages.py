"""How an answer travels from a reader to the front: small ones in one message, long ones from their beginning on."""

from __future__ import annotations

import random
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from kg.errors import QueryError
from kg.store.embedded import wire
from kg.store.embedded.reader import Outlet
from kg.store.query import guard
from kg.store.query.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_small_answer_is_one_message(pair: Pair) -> None:
    outlet = Outlet(pair[0])
    outlet.begin("select")
    outlet.write(b"some ")
    outlet.write(b"rows")
    with pytest.raises(BlockingIOError):
        pair[1].recv(1, socket.MSG_DONTWAIT)
    outlet.end()
    message = pair[1].recv(65536)
    assert message == b"".join(
        (wire.frame(wire.KIND, b'"select"'), wire.frame(wire.DATA, b"some rows"), wire.frame(wire.END))
    )


def test_what_takes_longer_leaves_from_its_beginning_on(pair: Pair) -> None:
    outlet = Outlet(pair[0])
    outlet.begin("select")
    time.sleep(0.01)
    outlet.write(b"a first row")
    frames = wire.Frames(pair[1])
    assert frames.receive() == (wire.KIND, b'"select"')
    assert frames.receive() == (wire.DATA, b"a first row")


def test_frames_are_put_together_from_pieces_of_any_size(pair: Pair) -> None:
    sent = [(wire.DATA, bytes([n % 256]) * (n * 37 % 5000)) for n in range(200)]
    whole = b"".join(wire.frame(*frame) for frame in sent)
    pieces = random.Random(3)  # noqa: S311 - guards nothing

    def send() -> None:
        at = 0
        while at < len(whole):
            step = pieces.choice((1, 4, 5, 6, 700, 70_000))
            pair[0].sendall(whole[at : at + step])
            at += step
        pair[0].shutdown(socket.SHUT_WR)

    sending = threading.Thread(target=send)
    sending.start()
    frames = wire.Frames(pair[1])
    assert [frames.receive() for _ in sent] == sent
    with pytest.raises(wire.GoneError):
        frames.receive()
    sending.join()


def test_an_end_amid_a_frame_is_no_end(pair: Pair) -> None:
    pair[0].sendall(wire.frame(wire.DATA, b"half of it")[:-1])
    pair[0].close()
    with pytest.raises(wire.GoneError):
        wire.Frames(pair[1]).receive()


def test_prefixes_travel_once() -> None:
    prefixes = (("x", "http://x.example/"),)
    question = Question("ASK {}", "text/csv", "http://b/", ("http://g",), (), (("v", "<http://t>"),), prefixes)
    assert Question.from_json(question.to_json()) == question
    again = question.to_json(known=prefixes)
    assert prefixes not in again
    assert Question.from_json(again, known=prefixes) == question


PARTS = (
    *("SELECT", "service", "LOAD", "from", "now", "<http://a/b>", "<a", ">", "<a\\u0041b>", '"', '"""', "'", "'''"),
    *("\\", "\\u0073", "{", "}", "(", ")", "?x", "@en", "a:b", "_:c", ":", ".", ";", ",", " ", "\n", "#c", "1.5", "é"),
)


def test_the_quick_reading_of_words_agrees_with_the_tokens() -> None:
    chance, refused = random.Random(5), 0  # noqa: S311 - guards nothing
    for _ in range(3000):
        text = "".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 25)))
        try:
            words = [token.text for token in guard.tokens(text) if token.text not in "(){}[]"]
        except QueryError as error:
            refused += 1
            with pytest.raises(QueryError, match=str(error)[:12]):
                guard._words(text)
        else:
            assert guard._words(text) == words
    assert 0 < refused < 3000


def test_a_remembered_query_is_judged_like_a_new_one() -> None:
    for _ in range(2):
        with pytest.raises(QueryError) as raised:
            guard.check("SELECT * { SERVICE <http://x> { ?s ?p ?o } }")
        assert raised.value.status == 403
        assert guard.check("ASK FROM <http://g> {}").has_dataset
        assert guard.check("SELECT (NOW() AS ?n) {}").is_fickle
