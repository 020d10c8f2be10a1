from __future__ import annotations

from datetime import UTC, date, datetime

from kg.extract.language.document import Document, analyse, words
from kg.model import Article, Block, Metadata, View


def article(*blocks: tuple[str, str], metadata: Metadata | None = None) -> Article:
    text, placed = "", []
    for kind, content in blocks:
        placed.append(Block(kind, len(text), len(text) + len(content)))  # type: ignore[arg-type]
        text += content + "\n\n"
    return Article(
        "0" * 16, "a", text, View(text, ((0, 0, len(text)),)), tuple(placed), metadata or Metadata(), "a.txt"
    )


def test_sentences_keep_their_block_and_exact_offsets() -> None:
    document = analyse(article(("headline", "Shells hit town"), ("paragraph", "Two died. One fled.")))
    assert [sentence.block for sentence in document.sentences] == ["headline", "paragraph", "paragraph"]
    assert [sentence.index for sentence in document.sentences] == [0, 1, 2]
    for sentence in document.sentences:
        assert (sentence.start, sentence.end) == (sentence.tokens[0].start, sentence.tokens[-1].end)
        assert all(document.text[token.start : token.end] == token.text for token in sentence.tokens)


def test_the_sentence_at_an_offset_is_found_and_gaps_have_none() -> None:
    document = analyse(article(("headline", "Shells hit town"), ("paragraph", "Two died. One fled.")))
    for sentence in document.sentences:
        assert document.sentence_at(sentence.start) is sentence
        assert document.sentence_at(sentence.end - 1) is sentence
    assert document.sentence_at(document.sentences[0].end) is None
    assert document.sentence_at(10_000) is None


def test_the_date_of_publication_is_a_date() -> None:
    when = datetime(2020, 3, 30, 23, 0, tzinfo=UTC)
    assert analyse(article(("paragraph", "Hi."), metadata=Metadata(published=when))).published == date(2020, 3, 30)
    assert analyse(article(("paragraph", "Hi."), metadata=Metadata(published=date(2020, 3, 30)))).published == date(
        2020, 3, 30
    )
    assert analyse(article(("paragraph", "Hi."))).published is None


def test_an_empty_article_is_an_empty_document() -> None:
    assert analyse(article()) == Document("", (), None)
    assert analyse(article(("paragraph", "   "))).sentences == ()


def test_words_leave_out_marks() -> None:
    (sentence,) = analyse(article(("paragraph", "“Stop!” he said."))).sentences
    assert [token.text for token in words(sentence)] == ["Stop", "he", "said"]
