"""An HTML page to an article: schema.org JSON-LD and meta tags first, then the text that trafilatura finds.

The verbatim text of a page is defined as its headline, its paragraphs and its photo captions as extracted, joined by blank
lines: markup has no offsets that a reader could follow. Reads nothing but the bytes given; fetches nothing.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import trafilatura

from kg.errors import ReadError
from kg.model import Metadata
from kg.names import fold
from kg.read import bylines, dates, fields, header, story
from kg.read.decoding import MAX_TEXT_BYTES
from kg.read.layout import Draft, Line, merge, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Image

_ARTICLE_TYPES = re.compile(r"\w*Article|\w*Posting|Report")
_META = {
    "og:title": "headline", "twitter:title": "headline", "article:published_time": "published", "datepublished": "published",
    "date": "published", "dc.date": "published", "dc.date.issued": "published", "dcterms.date": "published", "pubdate": "published",
    "publishdate": "published", "parsely-pub-date": "published", "sailthru.date": "published", "og:url": "url",
    "og:site_name": "publisher", "dc.publisher": "publisher", "author": "authors", "article:author": "authors", "dc.creator": "authors",
    "parsely-author": "authors", "article:section": "section", "parsely-section": "section",
}  # fmt: skip
_SHORTEST = 80
# trafilatura tells its doubts about a page on its logger; what counts here is whether a text came out.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class _Page:
    """What a page's markup states."""

    scripts: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    title: str = ""
    heading: str = ""
    language: str | None = None
    times: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)


class _Scanner(HTMLParser):
    """Collects JSON-LD scripts, meta tags, the title, the first heading, times and figure captions."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()
        self._open: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag == "html" and named.get("lang"):
            self.page.language = named["lang"]
        elif tag == "meta":
            self._meta(named)
        elif tag == "link" and named.get("rel") == "canonical":
            self.page.meta.setdefault("url", named.get("href", ""))
        elif tag == "time" and named.get("datetime"):
            self.page.times.append(named["datetime"])
        elif (tag == "script" and "ld+json" in named.get("type", "")) or tag in ("title", "h1", "figcaption"):
            self._open, self._words = tag, []

    def _meta(self, named: dict[str, str]) -> None:
        key = (named.get("property") or named.get("name") or named.get("itemprop") or "").lower()
        if key in _META and named.get("content"):
            self.page.meta.setdefault(_META[key], named["content"])

    def handle_data(self, data: str) -> None:
        if self._open:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != self._open:
            return
        words = "".join(self._words)
        if tag == "script":
            self.page.scripts.append(words)
        elif tag == "figcaption":
            self.page.captions.append(tidy(words))
        elif tag == "title":
            self.page.title = self.page.title or tidy(words)
        else:
            self.page.heading = self.page.heading or tidy(words)
        self._open = None


def read(page: str, item: str) -> Draft:
    """Read a page; raise `ReadError` when it holds no article."""
    scanner = _Scanner()
    scanner.feed(page)
    scanner.close()
    seen = scanner.page
    posting = _posting(seen.scripts)
    stated = merge(_from_posting(posting), _from_page(seen))
    body = _body(page, posting)
    if len(body) < _SHORTEST:
        raise ReadError(item, "is a page without an article: no text of a story was found in it")
    if len(body) > MAX_TEXT_BYTES:
        raise ReadError(item, f"has more than the {MAX_TEXT_BYTES:,} bytes of text of one article")
    return _compose(stated, body, seen)


def _compose(stated: Metadata, body: str, seen: _Page) -> Draft:
    captions = [image.caption for image in stated.images if image.caption] + [c for c in seen.captions if c]
    told = {fold(words) for words in captions}
    story_lines = [tidy(line) for line in body.splitlines()]
    headline = stated.headline
    story_lines = [
        line for line in story_lines if line and fold(line) not in told and fold(line) != fold(headline or "")
    ]
    pieces = ([headline] if headline else []) + story_lines
    first_caption = len(pieces)
    images = list(stated.images)
    for words in dict.fromkeys(captions):
        image = next((i for i in images if fold(i.caption) == fold(words)), None) or _captioned(words)
        if any(fold(image.caption) == fold(piece) for piece in pieces):
            continue
        pieces.append(image.caption)
        images = [i for i in images if i.caption != image.caption] + [image]
    draft = Draft("\n\n".join(pieces), replace(stated, images=tuple(images)))
    lines = list(_lines(pieces))
    rest = header.read_header(draft, lines[:first_caption])
    story.read_story(draft, rest)
    for line in lines[first_caption:]:
        draft.add("caption", line.start, line.end)
    if draft.metadata.url:
        draft.suppose(1, dates.in_url(draft.metadata.url))
    return draft


def _lines(pieces: list[str]) -> Iterator[Line]:
    at = 0
    for piece in pieces:
        yield Line(at, at + len(piece), piece, gap=True)
        at += len(piece) + 2


def _captioned(words: str) -> Image:
    """Split the credit off a figure's caption: `Soldiers on a bridge. Photo: A Name/Agency`, `… (A Name/AP)`."""
    found = re.match(
        r"(?P<caption>.{15,}?[.!?]?)\s*(?:[\[(](?P<a>[^()\[\]]{3,70})[\])]|(?:Photo|Picture|Image|Credit)(?:graph)?"
        r"(?:\s+(?:by|credit))?\s*:\s*(?P<b>.{3,70}))\.?$",
        words,
    )
    if found is None:
        return bylines.image(words, "")
    credit = found["a"] or found["b"]
    if found["a"] and not (bylines.agency(credit) or "/" in credit or re.match(r"(?i)photo|file|credit", credit)):
        return bylines.image(words, "")
    return bylines.image(found["caption"], credit)


def _body(page: str, posting: dict[str, Any]) -> str:
    try:
        found = trafilatura.extract(
            page, output_format="txt", include_comments=False, include_tables=False, include_formatting=False
        )
    except Exception:  # noqa: BLE001 - the library promises no error types; a page it cannot parse is a page without text
        found = None
    extracted = found or ""
    told = posting.get("articleBody")
    if isinstance(told, str) and len(tidy(told)) > 1.5 * len(tidy(extracted)):
        return re.sub(r"<[^>]{1,200}>", "", told)
    return extracted


# --- what the page states ---------------------------------------------------------------------------------------------


def _posting(scripts: list[str]) -> dict[str, Any]:
    """Return the page's article object of schema.org; broken JSON-LD counts as none."""
    for words in scripts:
        try:
            value = json.loads(words, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
        for node in _nodes(value, 0):
            kinds = node.get("@type")
            for kind in kinds if isinstance(kinds, list) else [kinds]:
                if isinstance(kind, str) and _ARTICLE_TYPES.fullmatch(kind.rsplit("/", 1)[-1].removeprefix("schema:")):
                    return node
    return {}


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            if key in value:
                yield from _nodes(value[key], depth + 1)


def _from_posting(posting: dict[str, Any]) -> Metadata:
    if not posting:
        return Metadata()
    plain = {
        key: value for key, value in posting.items() if key not in ("text", "articleBody", "creator", "dateCreated")
    }
    if posting.get("creator") and not posting.get("author"):
        plain["author"] = posting["creator"]
    return fields.metadata(plain)


def _from_page(seen: _Page) -> Metadata:
    stated = fields.metadata(seen.meta)
    headline = seen.heading or stated.headline or _without_site(seen.title, stated.publisher)
    if stated.authors and any(re.match(r"https?://|@", name) for name in stated.authors):
        stated = replace(stated, authors=())
    published = stated.published or next((day for words in seen.times if (day := dates.parse(words))), None)
    return replace(stated, headline=headline or None, published=published, language=seen.language)


def _without_site(title: str, publisher: str | None) -> str:
    parts = re.split(r"\s+[|–—-]\s+", title)
    if len(parts) > 1 and (" | " in title or (publisher and fold(parts[-1]) == fold(publisher))):
        return title[: title.rindex(parts[-1])].rstrip(" |–—-")
    return title
