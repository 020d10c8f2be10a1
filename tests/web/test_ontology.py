"""The ontology under its own addresses: pages for people, RDF for programs, the same terms in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, RDFS, Dataset, Graph, URIRef

from kg.iris import CODES, ONTOLOGY
from kg.service import pages
from kg.vocab import CLASSES, CN, CNV, CONCEPTS, PROPERTIES
from kg.web.ontology import linked
from tests.web.test_pages import HTML, Page

if TYPE_CHECKING:
    from flask.testing import FlaskClient

FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "nt": ("application/n-triples", "nt"),
    "jsonld": ("application/ld+json", "json-ld"),
    "rdf": ("application/rdf+xml", "xml"),
}


def test_every_term_has_a_page_that_shows_its_definition(client: FlaskClient) -> None:
    names = [*CLASSES, *PROPERTIES, *(f"codes/{name}" for name in CONCEPTS)]
    assert len(names) > 150
    for name in names:
        answer = client.get(f"/ontology/{name}", headers=HTML)
        assert answer.status_code == 200, name
        found = pages.term(name.removeprefix("codes/"), is_code=name.startswith("codes/"))
        assert found is not None
        assert found.definition.partition("'")[0].partition('"')[0] in answer.text
        page = Page(answer.text)
        assert page.headings == ["h1"]
        assert page.inline == []


def test_the_page_of_the_whole_names_every_term_and_every_question(client: FlaskClient) -> None:
    answer = client.get("/ontology", headers=HTML)
    links = {link.partition(".")[0] for link in Page(answer.text).links}
    assert {f"/ontology/{name}" for name in (*CLASSES, *PROPERTIES)} <= links
    assert {f"/ontology/codes/{name}" for name in CONCEPTS} <= links
    assert sum(link.startswith("/sparql?query=") for link in Page(answer.text).links) >= 30
    assert "<svg" in answer.text


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_a_term_is_told_in_the_format_that_is_asked_for(client: FlaskClient, suffix: str) -> None:
    media, form = FORMATS[suffix]
    asked = (
        client.get("/ontology/Attack", headers={"Accept": media}),
        client.get(f"/ontology/Attack.{suffix}", headers=HTML),
        client.get(f"/ontology/Attack?format={suffix}", headers=HTML),
    )
    for answer in asked:
        assert answer.status_code == 200
        assert answer.mimetype == media
        assert answer.headers["Content-Location"] == f"/ontology/Attack.{suffix}"
        assert "Accept" in answer.vary
        graph = Graph().parse(data=answer.data, format=form)
        assert (CN.Attack, RDFS.subClassOf, CN.ViolentEvent) in graph
        assert (None, OWL.versionIRI, None) in graph


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_a_term_in_a_format_of_quads_stands_in_a_graph_of_its_name(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/ontology/Attack.{suffix}")
    dataset = Dataset().parse(data=answer.data, format="trig" if suffix == "trig" else "nquads")
    assert len(dataset.graph(URIRef(f"{ONTOLOGY}Attack"))) > 5


def test_programs_are_sent_to_the_whole_ontology(client: FlaskClient) -> None:
    answer = client.get("/ontology", headers={"Accept": "application/ld+json"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ontology.jsonld")
    whole = Graph().parse(data=client.get("/ontology.ttl").data, format="turtle")
    assert (CN.Incident, RDF.type, OWL.Class) in whole
    assert (CNV.rocket, None, None) in whole


def test_the_version_leads_to_the_ontology_and_another_version_nowhere(client: FlaskClient) -> None:
    version = pages.ontology().version
    whole = Graph().parse(data=client.get("/ontology.ttl").data, format="turtle")
    assert (None, OWL.versionIRI, URIRef(f"{ONTOLOGY.rstrip('#')}/{version}")) in whole
    assert client.get(f"/ontology/{version}", headers=HTML).headers["Location"] == "/ontology"
    assert client.get(f"/ontology/{version}.ttl").headers["Location"] == "/ontology.ttl"
    assert client.get("/ontology/99.0.0", headers=HTML).status_code == 404


def test_the_address_of_a_code_leads_to_its_document(client: FlaskClient) -> None:
    path = CODES.partition("conflict-news")[2]
    assert client.get(f"{path}rocket").headers["Location"] == "/ontology/codes/rocket"
    graph = Graph().parse(data=client.get("/ontology/codes/rocket.ttl").data, format="turtle")
    assert (CNV.rocket, None, None) in graph


def test_a_retired_term_says_so_and_names_its_heir(client: FlaskClient) -> None:
    text = client.get("/ontology/sameEventAs", headers=HTML).text
    assert "retired" in text
    assert 'href="/ontology/reportOf"' in text
    assert 'href="/ontology/sameEventAs"' not in client.get("/ontology", headers=HTML).text


def test_a_term_that_is_not_yet_written_says_so(client: FlaskClient) -> None:
    assert "Not yet written" in client.get("/ontology/claimStatus", headers=HTML).text
    assert "Not yet written" not in client.get("/ontology/stance", headers=HTML).text


def test_the_terms_that_a_note_names_lead_to_their_pages(client: FlaskClient) -> None:
    assert '<a href="/ontology/Arrest">cn:Arrest</a>' in client.get("/ontology/Abduction", headers=HTML).text
    assert '<a href="/ontology/codes/planned">cnv:planned</a>' in client.get("/ontology/actuality", headers=HTML).text
    assert linked("<b> cn:Unknown & cn:Attack") == '&lt;b&gt; cn:Unknown &amp; <a href="/ontology/Attack">cn:Attack</a>'


def test_the_documentation_by_pylode_describes_every_class_and_property(client: FlaskClient) -> None:
    answer = client.get("/ontology/documentation", headers=HTML)
    page = Page(answer.text)
    assert {*CLASSES, *PROPERTIES} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.inline == []
    assert page.headings == ["h1"]
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= {*page.ids, ""}


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/ontology/context.jsonld", "application/ld+json"),
        ("/ontology/shapes.ttl", "text/turtle"),
        ("/ontology/examples/Incident.ttl", "text/turtle"),
    ],
)
def test_the_files_beside_the_ontology_are_served(client: FlaskClient, path: str, media: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, media)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/ontology/Ambush", HTML, 404),
        ("/ontology/codes/guesses", HTML, 404),
        ("/ontology/codes/Attack", HTML, 404),
        ("/ontology/Attack", {"Accept": "image/png"}, 406),
        ("/ontology", {"Accept": "image/png"}, 406),
        ("/ontology.pdf", HTML, 404),
        ("/ontology/examples/..%2fshapes.ttl", HTML, 404),
        ("/ontology/examples/Ambush.ttl", HTML, 404),
    ],
)
def test_what_does_not_exist_is_not_made_up(
    client: FlaskClient, path: str, headers: dict[str, str], status: int
) -> None:
    assert client.get(path, headers=headers).status_code == status


def test_no_term_has_the_name_of_another_page() -> None:
    taken = {"documentation", "examples", "codes", "shapes", "context"}
    assert not taken & {name.lower() for name in (*CLASSES, *PROPERTIES)}
