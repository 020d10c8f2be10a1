"""read → extract → link → map → put, for any number of sources; counts what failed, names it and goes on.

Knows the order of the stages and how they are spread over processes; prints nothing and reads no language.
"""

from __future__ import annotations

import json
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import chain, islice
from multiprocessing import get_context
from time import monotonic
from typing import TYPE_CHECKING

from kg.errors import ItemError, KgError
from kg.extract import EXTRACTOR_VERSION, RuleExtractor
from kg.link import OFFLINE
from kg.mapping import MAPPING_VERSION, map_article, ontology_triples, void_triples
from kg.read import iter_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from kg.errors import ReadError
    from kg.iris import Iris
    from kg.link import Linking
    from kg.model import Article, Contribution, Extractor, Linker
    from kg.read import Source
    from kg.store import Store

_BATCH = 8  # articles that travel to a worker together: long enough to hide the pickling, short enough for a live bar
_AHEAD = 3  # batches in flight for each worker: bounds the memory of a run over a very long list


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: articles done so far (built, unchanged or failed), how many there are at least, the last source."""

    done: int
    expected: int
    failed: int
    source: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a run did: `unchanged` articles were in the store as they are, `repeated` ones came twice in this run."""

    articles: int = 0
    unchanged: int = 0
    repeated: int = 0
    failed: tuple[ItemError, ...] = ()
    quads: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Tally:
    """The counts of a run while it runs."""

    built: int = 0
    unchanged: int = 0
    repeated: int = 0
    failed: list[ItemError] = field(default_factory=list)
    waiting: int = 0  # sources that nobody has opened yet

    def progress(self, source: str) -> Progress:
        done = self.built + self.unchanged + self.repeated + len(self.failed)
        return Progress(done, done + self.waiting, len(self.failed), source)


@cache
def extractor() -> Extractor:
    """Return this process's extractor; its tables are loaded once."""
    return RuleExtractor()


def linker(linking: Linking = OFFLINE) -> Linker:
    """Return this process's linker."""
    return linking.linker()


def fingerprint(article: Article, version: str, linking: Linking = OFFLINE) -> str:
    """Name the input, the code that reads it and the corrections that concern it: 16 hex digits that change when one does."""
    parts = [article.id, repr(article.metadata), article.name, version]
    if by_hand := linking.corrected().about(f"{article.text} {article.metadata.publisher} {article.metadata.agency}"):
        parts.append(repr(by_hand))
    content = json.dumps(parts, ensure_ascii=False)
    return sha256(content.encode()).hexdigest()[:16]


def contribute(article: Article, *, iris: Iris, linking: Linking = OFFLINE) -> Contribution:
    """Take one article through extract, link and map."""
    found = extractor()(article)
    links = linker(linking)(article, found)
    annotations = linking.corrected().renamed(found)
    name = fingerprint(article, version(linking), linking)
    return map_article(article, annotations, links, iris=iris, fingerprint=name, extractor=EXTRACTOR_VERSION)


def version(linking: Linking = OFFLINE) -> str:
    """Return the version of all that shapes a contribution: extractor, index and mapping."""
    return f"{EXTRACTOR_VERSION}/{linking.version}/{MAPPING_VERSION}"


def build(
    sources: Iterable[str],
    store: Store,
    *,
    published: date | None = None,
    jobs: int = 1,
    force: bool = False,
    linking: Linking = OFFLINE,
    progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Put every article of the sources into the store; unchanged ones are skipped unless `force`.

    Sources are files, folders, globs, addresses or `-`. What cannot be read is counted and named in the report; each
    article lands whole or not at all, so a run that was cut off is resumed by running it again. `jobs` processes
    extract; 0 takes all cores. `linking` says which index is asked, and whether Wikidata is.
    """
    started, tally, seen = monotonic(), _Tally(), set[str]()
    known = {} if force else store.fingerprints()
    iris = store.iris
    store.replace_graph(iris.graph("ontology"), ontology_triples())

    def fresh() -> Iterator[Article]:
        """Yield the articles that need building, and count the others."""
        for found in _articles(tuple(iter_sources(sources, published=published)), tally):
            if isinstance(found, ItemError):
                tally.failed.append(found)
                progress(tally.progress(found.item))
            elif found.id in seen:
                tally.repeated += 1
                progress(tally.progress(found.source))
            else:
                seen.add(found.id)
                if known.get(iris.article(found.id)) != fingerprint(found, version(linking), linking):
                    yield found
                    continue
                tally.unchanged += 1
                progress(tally.progress(found.source))

    for source, result in _results(fresh(), iris, linking, jobs or os.cpu_count() or 1):
        if isinstance(result, ItemError):
            tally.failed.append(result)
        else:
            store.put(result)
            tally.built += 1
        progress(tally.progress(source))
    # no count of quads: it would change with itself, and the store answers it at any time
    store.replace_graph(iris.graph("void"), void_triples(iris, articles=len(store.fingerprints())))
    return BuildReport(
        tally.built, tally.unchanged, tally.repeated, tuple(tally.failed), len(store), monotonic() - started
    )


def _articles(sources: tuple[Source | ReadError, ...], tally: _Tally) -> Iterator[Article | ItemError]:
    tally.waiting = len(sources)
    for source in sources:
        tally.waiting -= 1
        if isinstance(source, ItemError):
            yield source
        else:
            yield from source.read()


Result = tuple[str, "Contribution | ItemError"]


def _results(articles: Iterator[Article], iris: Iris, linking: Linking, jobs: int) -> Iterator[Result]:
    """Yield one result for each article, in order; a pool starts only when there is more than one batch of work."""
    first = list(islice(articles, _BATCH))
    if jobs == 1 or len(first) < _BATCH:
        yield from chain.from_iterable(_work([article], iris, linking) for article in chain(first, articles))
        return
    # spawn: the parent may hold an open store and its threads, which must not be copied into workers
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = deque([pool.submit(_work, first, iris, linking)])
        try:
            for batch in iter(lambda: list(islice(articles, _BATCH)), []):
                waiting.append(pool.submit(_work, batch, iris, linking))
                if len(waiting) > jobs * _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise KgError("a worker process died (out of memory?); the same command goes on, try --jobs 1") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _work(articles: list[Article], iris: Iris, linking: Linking) -> list[Result]:
    return [(article.source, _attempt(article, iris, linking)) for article in articles]


def _attempt(article: Article, iris: Iris, linking: Linking) -> Contribution | ItemError:
    try:
        return contribute(article, iris=iris, linking=linking)
    except ItemError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one odd article must not cost the run; it is named with its cause
        return ItemError(article.source, f"internal error, please report it: {error.__class__.__name__}: {error}")
