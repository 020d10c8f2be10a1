"""Names that the index does not know, asked of Wikidata itself; decides by the same rules and weights as the offline linker.

Wikidata may be down: then the offline links stand, and the trouble is logged once.
"""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import FetchError
from kg.link import pack
from kg.link.index import Index
from kg.link.layers import Layered
from kg.link.linker import OfflineLinker, worth_asking
from kg.link.wikidata.records import SOURCE, Fetched, fetch_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.link.wikidata.api import Wikidata
    from kg.model import Annotations, Article, Links

_LOG = logging.getLogger(__name__)
_SEARCHED = 7  # items a name is compared with
_MOST_NAMES = 40  # names of one article that are worth a question each


class LiveLinker:
    """A `model.Linker` that asks Wikidata for what the offline one leaves open."""

    def __init__(self, offline: OfflineLinker, wikidata: Wikidata) -> None:
        self._offline, self._wikidata = offline, wikidata
        self._warned = False

    def __call__(self, article: Article, annotations: Annotations) -> Links:
        links = self._offline(article, annotations)
        open_ids = {link.entity for link in links.entities if link.choice is None}
        entities = [e for e in worth_asking(annotations) if e.id in open_ids][:_MOST_NAMES]
        if not entities:
            return links
        try:
            fetched = self.look_up(entity.name for entity in entities)
        except FetchError as error:
            self._warn(error)
            return links
        if not fetched.records:
            return links
        asked = {entity.id for entity in entities}
        with laid_over(self._offline.index, fetched) as index:
            anew = OfflineLinker(index)(article, annotations)
            found = {link.entity: link for link in anew.entities if link.entity in asked}
        return replace(links, entities=tuple(found.get(link.entity, link) for link in links.entities))

    def look_up(self, names: Iterable[str]) -> Fetched:
        """Fetch the items that names may mean."""
        qids = [qid for name in dict.fromkeys(names) for qid in self._wikidata.search(name, limit=_SEARCHED)]
        return fetch_records(self._wikidata, [qid for qid in qids if self._offline.index.number(qid) is None])

    def _warn(self, error: FetchError) -> None:
        if not self._warned:
            _LOG.warning("Wikidata could not be asked, names that the index does not know stay unlinked: %s", error)
        self._warned = True


@contextmanager
def laid_over(lower: Index, fetched: Fetched) -> Iterator[Index]:
    """Give an index with fetched records above it, while the block lasts."""
    today = datetime.now(UTC).date().isoformat()
    with tempfile.TemporaryDirectory(prefix="kg-wikidata-") as name:
        folder = Path(name)
        pack.write(folder, fetched.records.values(), sources=[SOURCE], date=today)
        yield Layered(lower, Index(folder), moved=fetched.moved, gone=fetched.gone)
