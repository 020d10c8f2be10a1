"""Every IRI that the project mints, from one base; mints no vocabulary terms (`vocab` holds those).

Instances live under the store's base, fixed when the store is created. Spans are RFC 5147 fragments of the article's
IRI.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

ONTOLOGY = "https://w3id.org/conflict-news/ontology#"
CODES = "https://w3id.org/conflict-news/codes/"
WIKIDATA = "http://www.wikidata.org/entity/"
DEFAULT_BASE = "http://localhost:5000/"

_SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints the instance IRIs of one store; `base` ends with a slash."""

    base: str = DEFAULT_BASE

    def article(self, article: str) -> str:
        """IRI of an article by its 16 hex digits."""
        return f"{self.base}id/article/{article}"

    def span(self, article: str, start: int, end: int) -> str:
        """IRI of a stretch of the verbatim text, in code points, half-open (RFC 5147)."""
        return f"{self.article(article)}#char={start},{end}"

    def selector(self, article: str, start: int, end: int, kind: str) -> str:
        """IRI of one selector (`position` or `quote`) of a span; an IRI, so that no article holds a blank node."""
        return f"{self.base}id/selector/{article}-{start}-{end}-{kind}"

    def part(self, kind: str, article: str, number: str) -> str:
        """IRI of a node that belongs to one article: `event`, `claim`, `participation`, `count`, `image`, and so on."""
        return f"{self.base}id/{kind}/{article}-{number}"

    def entity(self, qid: str) -> str:
        """IRI of an entity that is linked to Wikidata."""
        return f"{self.base}id/entity/{qid}"

    def unlinked(self, name: str, kind: str = "") -> str:
        """IRI of an entity without an item; the same name and kind give the same IRI in every article."""
        return f"{self.base}id/entity/nil-{slug(f'{kind} {name}' if kind else name)}"

    def geometry(self, entity: str) -> str:
        """IRI of the point on the map that belongs to an entity, by the entity's IRI."""
        return f"{entity}/geometry"

    def graph(self, name: str) -> str:
        """IRI of a corpus-level named graph: `text`, `entities`, `incidents`, `ontology`, `void`."""
        return f"{self.base}graph/{name}"

    def article_graph(self, article: str) -> str:
        """IRI of the named graph that one article fills alone."""
        return f"{self.base}graph/article/{article}"


def slug(name: str) -> str:
    """Make a name fit for an IRI: `Abū Mahdī al-Muhandis` → `abu-mahdi-al-muhandis`.

    A name that would lose letters (another script) or is very long gets a short hash, so that two names never share
    one.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    lost = sum(character.isalnum() for character in unicodedata.normalize("NFC", name)) > len(words.replace("-", ""))
    if lost or len(words) > _SLUG_LENGTH or not words:
        digest = sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:8]
        words = f"{words[:_SLUG_LENGTH].rstrip('-')}-{digest}".lstrip("-")
    return quote(words)
