"""The data behind the pages, read from a store with two invented articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Literal, URIRef

from kg.iris import ONTOLOGY
from kg.service import pages
from kg.service.pages.asking import behind, query_text, with_prefixes
from kg.service.pages.cards import most_specific
from kg.service.pages.map import _point as map_point
from kg.service.pages.words import count, day, days, humanise, month
from kg.service.search import SearchIndex, Wanted
from kg.vocab import CN

if TYPE_CHECKING:
    from kg.store import Store


@pytest.fixture(scope="module")
def asker(newsroom: Store) -> pages.Asker:
    return pages.Asker(newsroom)


@pytest.fixture(scope="module")
def article(asker: pages.Asker) -> pages.ArticlePage:
    found = asker.page("articles", lambda row: str(row["article"]), {f"w{n}": Literal("") for n in range(1, 5)})
    page = pages.article_page(asker, found.items[0])
    assert page is not None
    return page


def the_shelling(article: pages.ArticlePage) -> pages.EventCard:
    return next(event for event in article.events if event.type.kind == "IndirectFireAttack")


def entity_of(article: pages.ArticlePage, name: str) -> str:
    return next(entity.iri for entity, _ in article.entities if entity.label == name)


def test_the_article_page_shows_metadata_and_leaves_out_what_the_source_does_not_say(
    asker: pages.Asker, article: pages.ArticlePage
) -> None:
    assert article.headline == "Shells hit market in Dorva, dozens hurt"
    assert [author.label for author in article.authors] == ["Ina Brook"]
    assert article.publisher is not None
    assert article.publisher.label == "Aldova Courier"
    assert article.published == "7 May 2031"
    assert [(photo.credit, photo.creators[0].label) for photo in article.photos] == [("Lakeside Pictures", "Per Holm")]
    other = pages.article_page(asker, article.related.items[0].article.iri)
    assert other is not None
    assert (other.published, other.publisher, other.authors) == ("", None, ())


def test_the_lines_of_the_article_page_repeat_the_text_letter_by_letter(article: pages.ArticlePage) -> None:
    lines = ["".join(piece.text for piece in line.pieces) for line in article.lines]
    assert lines[0] == article.headline
    assert lines[-1] == "Diplomats fear that the army is planning an assault on <Karst> & its hills."
    assert len(lines) == 5


def test_names_lead_to_entities_and_triggers_to_events(article: pages.ArticlePage) -> None:
    pieces = [piece for line in article.lines for piece in line.pieces]
    assert {piece.text for piece in pieces if piece.entity} == {"Dorva", "Karst Front", "Aldovan army", "Karst"}
    assert {piece.text for piece in pieces if piece.event} == {"hit", "struck", "shelling", "moved", "assault"}


def test_every_sentence_that_is_evidence_has_its_place_in_the_text(article: pages.ArticlePage) -> None:
    begins = [piece.begins for line in article.lines for piece in line.pieces if piece.begins]
    ends = [piece for line in article.lines for piece in line.pieces if piece.ends]
    assert len(begins) == len(ends) == 8
    cited = {span.iri for card in (*article.events, *article.claims) for span in card.evidence}
    assert cited <= set(begins)


def test_an_event_stands_beside_its_first_sentence_below_the_headline(article: pages.ArticlePage) -> None:
    places = [n for n, line in enumerate(article.lines) for event in line.events if event == the_shelling(article)]
    assert places == [1]


def test_what_only_a_claimant_says_is_kept_apart_from_the_articles_own_voice(article: pages.ArticlePage) -> None:
    shelling = the_shelling(article)
    perpetrator = next(part for part in shelling.parts if part.role == "perpetrator")
    assert not perpetrator.voice.own
    assert [source.label for source in perpetrator.voice.sources] == ["Aldovan officials"]
    assert len(perpetrator.voice.claims) == 1
    target = next(part for part in shelling.parts if part.role == "target")
    assert target.voice.own
    assert target.voice.sources == ()


def test_rival_tolls_stand_side_by_side_each_with_its_source(article: pages.ArticlePage) -> None:
    tolls = [
        (toll.number, toll.outcome, [source.label for source in toll.voice.sources])
        for toll in the_shelling(article).tolls
    ]
    assert ("12 or more", "killed", ["the city hospital"]) in tolls
    assert ("19", "killed", ["The governor"]) in tolls
    assert ("12 or more", "injured", []) in tolls


def test_a_planned_event_is_not_real(article: pages.ArticlePage) -> None:
    planned = next(event for event in article.events if event.actuality == "planned")
    assert not planned.real
    assert the_shelling(article).real


def test_the_event_page_gathers_claims_and_answers(asker: pages.Asker, article: pages.ArticlePage) -> None:
    page = pages.event_page(asker, the_shelling(article).iri)
    assert page is not None
    assert {claim.stance for claim in page.claims} == {"asserts", "blames", "denies"}
    assert [ref.label for ref in page.responses]
    assert page.event.when == "6 May 2031"
    assert page.event.when_words == "Tuesday morning"
    assert page.event.article is not None
    assert page.event.article.label == article.headline
    assert page.event == the_shelling(article)


def test_the_claim_page_shows_the_words_and_the_rivals(asker: pages.Asker, article: pages.ArticlePage) -> None:
    denial = next(claim for claim in article.claims if claim.stance == "denies")
    page = pages.claim_page(asker, denial.iri)
    assert page is not None
    assert page.claim.direct
    assert page.claim.unnamed
    assert page.claim.words == "Our guns were silent that day"
    assert [ref.label for ref in page.claim.affiliations] == ["Karst Front"]
    assert {row.stance for row in page.rivals.items} == {"asserts", "blames"}


def test_the_entity_page_tells_roles_and_on_whose_word(asker: pages.Asker, article: pages.ArticlePage) -> None:
    page = pages.entity_page(asker, entity_of(article, "Karst Front"))
    assert page is not None
    assert page.type_word == asker.word(CN.ArmedGroup)
    assert [(row.role_word, row.own) for row in page.roles.items if row.event.label.startswith("Shelling")] == [
        ("perpetrator", False)
    ]
    assert [row.claimant.label for row in page.claims_about.items] == ["Aldovan officials"]
    assert [row.stance for row in page.claims_by.items] == ["denies"]
    assert len(page.articles.items) == 2
    assert [ref.label for ref, _ in page.companions.items] == ["Aldovan army"]


def test_the_entity_page_of_a_place_shows_facts_and_the_events_there(
    asker: pages.Asker, article: pages.ArticlePage
) -> None:
    page = pages.entity_page(asker, entity_of(article, "Dorva"))
    assert page is not None
    assert page.same_as == "http://www.wikidata.org/entity/Q90000001"
    assert page.coordinates == "44.500° N, 17.250° W"
    assert page.aliases == ("Dorwa",)
    assert len(page.here.items) == 2


def test_what_the_store_does_not_know_is_none(asker: pages.Asker) -> None:
    base = asker.store.base
    assert pages.article_page(asker, f"{base}id/article/0000000000000000") is None
    assert pages.event_page(asker, f"{base}id/event/none") is None
    assert pages.claim_page(asker, f"{base}id/claim/none") is None
    assert pages.entity_page(asker, f"{base}id/entity/Q0") is None
    assert pages.resource_page(asker, f"{base}id/count/none") is None
    assert pages.resource_graph(asker, f"{base}id/event/none") is None


def test_the_overview_counts_and_leaves_planned_events_out_of_the_types(asker: pages.Asker) -> None:
    found = pages.overview(asker)
    assert dict(found.counts) == {"articles": 2, "events": 4, "claims": 5, "entities": 4}
    assert {type_.kind: number for type_, number in found.event_types} == {
        "IndirectFireAttack": 1,
        "Deployment": 1,
        "Negotiation": 1,
    }
    assert [(bar.period, bar.count) for bar in found.timeline] == [("2031-05", 1)]


def test_maps_count_events_at_places_and_name_the_only_event(asker: pages.Asker, article: pages.ArticlePage) -> None:
    (point,) = pages.overview(asker).map.points
    assert (point.place.label, point.latitude, point.longitude, point.area) == ("Dorva", 44.5, -17.25, False)
    here = len(asker.store.select(point_query(point.place.iri)))
    assert point.count == here
    assert (point.event is not None) == (here == 1)
    front = pages.entity_page(asker, entity_of(article, "Karst Front"))
    assert front is not None
    assert [(at.place.label, at.count) for at in front.map.points] == [("Dorva", 2)]
    event = pages.event_page(asker, the_shelling(article).iri)
    assert event is not None
    assert [at.place.label for at in event.map.points] == ["Dorva"]


def point_query(place: str) -> str:
    return (
        f"SELECT DISTINCT ?e {{ VALUES ?actuality {{ cnv:happened cnv:ongoing }} "
        f"?e cn:place <{place}> ; cn:actuality ?actuality }}"
    )


def test_a_position_that_is_none_on_earth_is_left_out() -> None:
    row = {"place": "http://x.example/p", "label": "P", "latitude": "1", "longitude": "2", "count": "1"}
    found = [
        map_point({name: Literal(text) for name, text in {**row, **odd}.items()})
        for odd in ({}, {"latitude": "91"}, {"longitude": "-180.5"}, {"latitude": "north"}, {"latitude": "NaN"})
    ]
    assert [point is not None for point in found] == [True, False, False, False, False]


def test_a_place_with_one_event_leads_to_the_event() -> None:
    row = {"place": "http://x.example/p", "label": "P", "latitude": "1", "longitude": "2"}
    only = {"event": "http://x.example/e", "eventLabel": "Raid"}
    one = map_point({name: Literal(text) for name, text in {**row, **only, "count": "1"}.items()})
    two = map_point({name: Literal(text) for name, text in {**row, **only, "count": "2"}.items()})
    assert one is not None
    assert two is not None
    assert one.event == pages.Ref("http://x.example/e", "Raid")
    assert two.event is None


@pytest.fixture(scope="module")
def index(newsroom: Store, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return SearchIndex(newsroom, tmp_path_factory.mktemp("search") / "search.sqlite")


def test_search_finds_by_words_and_by_type(asker: pages.Asker, index: SearchIndex) -> None:
    found = pages.search_page(asker, index, Wanted("KARST front"))
    assert found.entities is not None
    assert [row.entity.label for row in found.entities.items] == ["Karst Front"]
    assert found.articles is not None
    assert len(found.articles.items) == 2
    typed = pages.search_page(asker, index, Wanted(kind="events"), event_type="Attack")
    assert typed.events is not None
    assert len(typed.events.items) == 2  # a kind of attack is an attack
    assert typed.articles is None


def test_an_article_is_found_by_its_text_with_the_words_marked(asker: pages.Asker, index: SearchIndex) -> None:
    found = pages.search_page(asker, index, Wanted("karst"))
    assert found.articles is not None
    marked = [words for row in found.articles.items for words, hit in found.snippets[row.article.iri] if hit]
    assert marked
    assert {words.lower() for words in marked} == {"karst"}


def test_the_list_behind_a_search_is_a_query_that_gives_it(asker: pages.Asker, index: SearchIndex) -> None:
    found = pages.search_page(asker, index, Wanted("karst", kind="articles")).articles
    assert found is not None
    assert {str(row["article"]) for row in asker.store.select(found.behind)} == {r.article.iri for r in found.items}


def test_a_search_text_is_a_value_and_never_part_of_the_query(asker: pages.Asker, index: SearchIndex) -> None:
    for text in ('") || true #', "' } DELETE WHERE { ?s ?p ?o }", "NEAR(a b)", 'a" OR "b', "zz*", "title:zz"):
        found = pages.search_page(asker, index, Wanted(text, place="' OR 1=1 --"))
        assert not found.events
        assert not found.articles
    assert len(asker.store) > 100


def test_a_list_is_turned_page_by_page(asker: pages.Asker) -> None:
    def read(row: dict[str, object]) -> str:
        return str(row["entity"])

    words = {f"w{n}": Literal("") for n in range(1, 5)}
    first = asker.page("entities", read, words, size=3)
    second = asker.page("entities", read, words, size=3, number=2)
    assert first.more
    assert not second.more
    assert len({*first.items, *second.items}) == 4


def test_the_sparql_behind_a_page_gives_what_the_page_shows(asker: pages.Asker, article: pages.ArticlePage) -> None:
    front = entity_of(article, "Karst Front")
    page = pages.entity_page(asker, front)
    assert page is not None
    table = asker.store.select(page.roles.behind)
    assert {str(row["event"]) for row in table} == {row.event.iri for row in page.roles.items}
    graph = asker.store.construct(pages.event_page(asker, the_shelling(article).iri).behind)  # type: ignore[union-attr]
    assert (URIRef(the_shelling(article).iri), RDF.type, CN.IndirectFireAttack) in graph


@pytest.mark.parametrize(
    "name", ["articles", "entities", "events", "entity_events", "claims_by", "companions", "rival_claims", "labels"]
)
def test_every_query_begins_with_a_title_and_declares_its_prefixes_when_shown(name: str) -> None:
    assert query_text(name).startswith("# ")
    shown = behind(name)
    assert shown.startswith("# ")
    for prefix in ("cn", "rdfs"):
        assert (f"{prefix}:" not in query_text(name)) or f"PREFIX {prefix}: <" in shown


def test_every_query_file_is_used_and_says_what_it_answers() -> None:
    room = Path(pages.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in room.parent.rglob("*.py"))
    found = sorted(path.stem for path in (room.parent / "queries").glob("*.rq"))
    assert len(found) > 15
    assert [name for name in found if f'"{name}"' not in code] == []
    assert all(query_text(name).startswith("# ") for name in found)


def test_prefixes_that_a_query_declares_are_not_declared_again() -> None:
    assert with_prefixes("PREFIX cn: <http://x/> SELECT * { ?s a cn:A }").count("PREFIX cn:") == 1
    assert with_prefixes("SELECT * { ?s a cn:A }").startswith("PREFIX cn: <")


def test_an_example_query_gets_its_title_from_its_first_comment() -> None:
    for example in pages.examples():
        assert not example.title.startswith("#")
        assert example.query.startswith("#")


def test_the_ontology_is_listed_by_kind() -> None:
    found = {term.name: term for term in pages.terms()}
    assert found["ConflictEvent"].kind == "class"
    assert found["evidence"].kind == "property"
    assert found["killed"].kind == "code"
    assert found["AerialAttack"].above == (f"{ONTOLOGY}Attack",)


def test_words_for_days_counts_and_names() -> None:
    assert days("2020-01-03", "2020-01-03") == "3 January 2020"
    assert days("2020-01-01", "2020-01-10") == "1–10 January 2020"
    assert days("2020-01-30", "2020-02-02") == "30 January – 2 February 2020"
    assert days("2019-12-30", "2020-01-02") == "30 December 2019 – 2 January 2020"
    assert days("", "2019-05-04") == "until 4 May 2019"
    assert days("", "") == ""
    assert day("no date") == "no date"
    assert month("2020-13") == "2020-13"
    assert (count(3, 3), count(12, None), count(None, 20), count(10, 15)) == ("3", "12 or more", "up to 20", "10–15")
    assert humanise(f"{ONTOLOGY}IndirectFireAttack") == "indirect fire attack"
    assert humanise("http://x.example/id/count/0123456789abcdef-1-2") == "count 1-2"
    assert humanise("http://x.example/id/article/0123456789abcdef#char=3,9") == "characters 3–9"


def test_the_most_telling_class_is_the_most_specific_of_ours() -> None:
    classes = ["https://schema.org/Organization", str(CN.ArmedGroup), "http://www.opengis.net/ont/geosparql#Feature"]
    assert most_specific(classes) == str(CN.ArmedGroup)
    assert most_specific([str(CN.Attack), str(CN.ConflictEvent), str(CN.AerialAttack)]) == str(CN.AerialAttack)
    assert most_specific(["https://schema.org/Place", "https://schema.org/Country"]) == "https://schema.org/Country"
    assert most_specific([]) == ""
