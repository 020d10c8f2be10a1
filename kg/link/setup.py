"""How names are linked in one run: which index, whether Wikidata is asked, which corrections hold; a plain value that travels to workers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.fetch import Cache, Door
from kg.link import corrections
from kg.link.corrections import CorrectedLinker, Corrections
from kg.link.home import Home, known, stamp
from kg.link.index import PACKAGED, packaged
from kg.link.linker import OfflineLinker
from kg.link.live import LiveLinker
from kg.link.towns import packaged_towns
from kg.link.wikidata import Endpoints, Wikidata
from kg.link.wikidata.api import CACHE_S, POLICY

if TYPE_CHECKING:
    from kg.config import Config
    from kg.link.index import Index
    from kg.model import Linker

_LIVE = "live"


@dataclass(frozen=True, slots=True)
class Linking:
    """`home` is the folder of what was fetched from Wikidata; `contact` is whom Wikidata's operators can write to.

    `at` is the address of a mirror or stand-in that answers for Wikidata (`""`: the real one); `replay`: kept answers only.
    `corrections` is the file of what people set right.
    """

    home: str = ""
    online: bool = False
    contact: str = ""
    at: str = ""
    replay: bool = False
    corrections: str = ""

    @classmethod
    def of(cls, config: Config) -> Linking:
        """Take the settings; raise `ConfigError` where Wikidata is wanted but nobody can be reached."""
        made = cls(
            home=str(Path(config.wikidata).absolute()),
            online=config.online,
            contact=config.contact,
            at=config.wikidata_at,
            corrections=str(corrections.beside(config.store).absolute()),
        )
        if made.online:
            made.require_contact()
        return made

    def require_contact(self) -> None:
        """Refuse to ask Wikidata without an address that its operators can write to."""
        if not self.contact:
            raise ConfigError(
                'asking Wikidata needs a contact address (its etiquette asks for one): set contact = "you@example.org" in '
                "kg.toml, or KG_CONTACT"
            )

    @property
    def index(self) -> Index:
        """The index that is asked, with what was fetched."""
        return known(self.home) if self.home else packaged()

    @property
    def version(self) -> str:
        """What shapes the links, for fingerprints; live answers change by themselves, so they have no version."""
        return f"{self.index.version}+{_LIVE}" if self.online else self.index.version

    def linker(self) -> Linker:
        """Return this process's linker."""
        return _linker(self, self.corrected(), self.index)

    def corrected(self) -> Corrections:
        """Return what people set right, as the file says now."""
        return _corrections(self.corrections, stamp(Path(self.corrections))) if self.corrections else _NONE

    def wikidata(self, *, cache_s: float = CACHE_S) -> Wikidata:
        """Return Wikidata through a door with the cache of this home; `cache_s`: how old a kept answer may be."""
        self.require_contact()
        return _wikidata(self, cache_s)


_NONE = Corrections()
OFFLINE = Linking()
"""The packaged index alone."""


@cache
def _linker(linking: Linking, by_hand: Corrections, index: Index) -> Linker:
    offline = OfflineLinker(index, unlinked=PACKAGED / "unlinked.tsv", towns=packaged_towns())
    found = LiveLinker(offline, linking.wikidata()) if linking.online else offline
    return CorrectedLinker(found, by_hand, index) if by_hand else found


@cache
def _corrections(path: str, _: object) -> Corrections:
    return corrections.read(Path(path))


@cache
def _wikidata(linking: Linking, cache_s: float) -> Wikidata:
    endpoints, allowed = Endpoints(), frozenset[str]()
    if linking.at:
        root = linking.at.rstrip("/")
        endpoints = Endpoints(f"{root}/w/api.php", f"{root}/wiki/Special:EntityData/", f"{root}/sparql")
        allowed = frozenset({root.partition("://")[2].partition("/")[0]})
    cache_ = Cache(Home(Path(linking.home)).answers) if linking.home else None
    door = Door(POLICY, contact=linking.contact, allowed=allowed, cache=cache_, offline=linking.replay)
    return Wikidata(door, endpoints, cache_s=cache_s)
