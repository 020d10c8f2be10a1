"""What stands in for SERVICE and LOAD, so that the rest of a text still counts."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.store.query.network import stand_in, without_silent_loads


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("ASK { SERVICE <x:a> { ?s ?p ?o } }", "ASK { GRAPH   <x:a> { ?s ?p ?o } }"),
        ("ASK { service silent ?x {} }", "ASK { GRAPH          ?x {} }"),
        ("LOAD <x:a>", "ADD  <x:a> TO DEFAULT"),
        ("LOAD SILENT <x:a> INTO GRAPH x:b", "ADD  SILENT <x:a> TO   GRAPH x:b"),
        ("ASK { ?s ?p 'SERVICE' }", "ASK { ?s ?p 'SERVICE' }"),
        ("ASK { ?service ?load x:load }", "ASK { ?service ?load x:load }"),
        ("LOAD INTO GRAPH <x:a>", "LOAD INTO GRAPH <x:a>"),
        ("LOAD <x:a> INTO <x:b>", "LOAD <x:a> INTO <x:b>"),
        ("LOAD DEFAULT", "LOAD DEFAULT"),
        ("LOAD", "LOAD"),
    ],
)
def test_the_network_is_written_out_and_places_stay(text: str, instead: str) -> None:
    assert stand_in(text) == instead


def test_what_stands_in_parses_where_the_text_is_good_and_only_there() -> None:
    store = ox.Store()
    store.update(stand_in("PREFIX x: <x:> LOAD SILENT x:a ; LOAD SILENT <x:b> INTO GRAPH x:c # and no more"))
    assert not store.query(stand_in("ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }"))
    for text in ("LOAD <x:a> INTO <x:b>", "LOAD DEFAULT", "LOAD", "LOAD SILENT ; LOAD"):
        with pytest.raises(SyntaxError):
            store.update(stand_in(text))
    with pytest.raises(SyntaxError):
        store.query(stand_in("ASK { SERVICE { ?s ?p ?o } }"))


@pytest.mark.parametrize(
    ("update", "left"),
    [
        ("LOAD SILENT <x:a>", "INSERT DATA {}"),
        ("LOAD SILENT x:a INTO GRAPH <x:b> ; CLEAR ALL", "INSERT DATA {} ; CLEAR ALL"),
        ("LOAD SILENT <x:a> ; LOAD <x:b>", "INSERT DATA {} ; LOAD <x:b>"),
        ("LOAD <x:a>", "LOAD <x:a>"),
        ("LOAD SILENT <x:a> nonsense", "LOAD SILENT <x:a> nonsense"),
        ("INSERT DATA { <x:a> <x:b> 'LOAD SILENT <x:a>' }", "INSERT DATA { <x:a> <x:b> 'LOAD SILENT <x:a>' }"),
    ],
)
def test_only_silent_loads_fail_in_silence(update: str, left: str) -> None:
    assert without_silent_loads(update) == left
