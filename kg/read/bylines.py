"""Who is named in bylines and photo credits: authors, agencies, photographers; reads no layout."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from kg.model import Image
from kg.names import fold

# News and photo agencies as bylines, datelines and credits name them.
AGENCIES = (
    "Reuters", "Thomson Reuters", "AP", "Associated Press", "The Associated Press", "AFP", "Agence France-Presse",
    "Agence France Presse", "UPI", "United Press International", "DPA", "Deutsche Presse-Agentur", "EFE", "ACAN-EFE",
    "EPA", "European Pressphoto Agency", "Xinhua", "Xinhua News Agency", "TASS", "ITAR-TASS", "Interfax",
    "RIA Novosti", "Sputnik", "Anadolu", "Anadolu Agency", "AA", "ANSA", "PA", "PA Media", "Press Association", "PTI",
    "Press Trust of India", "ANI", "IANS", "Kyodo", "Kyodo News", "Jiji", "Yonhap", "Yonhap News Agency", "Bernama",
    "Antara", "SANA", "SPA", "Saudi Press Agency", "WAM", "KUNA", "Petra", "NNA", "IRNA", "ISNA", "FNA",
    "Fars News Agency", "Tasnim", "MENA", "Wafa", "Maan", "IRIN", "The New Humanitarian", "Inter Press Service",
    "IPS", "Bloomberg", "Bloomberg News", "Dow Jones", "Getty", "Getty Images", "AFP/Getty Images", "Canadian Press",
    "The Canadian Press", "Australian Associated Press", "AAP", "Swiss News Agency", "Ukrinform", "UNIAN",
    "Prensa Latina", "Notimex", "Tribune News Service", "News Service", "Wire reports", "Wire services", "Agencies",
    "News agencies", "Staff and agencies", "TT", "NTB", "Ritzau", "Belga", "ANP", "APA", "CTK", "PAP", "MTI",
    "Tanjug", "HINA", "SRNA", "FENA", "BNS", "Pool", "Zuma Press", "Abaca", "NurPhoto", "Middle East Images",
)  # fmt: skip
_KNOWN = {fold(name): name for name in AGENCIES}
_ALTERNATIVES = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
AGENCY_PATTERN = f"(?:{_ALTERNATIVES})"
_AGENCY_NAME = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,4}(?:News Agency|Press Agency|News Service|Newswire|Wire Service|Wire|News Network)"
)
# A longer name may carry a slip of the typesetter ("Associated Presss"); short ones differ by single letters on purpose.
_SLIP_LENGTH = 8
_SLIP_RATIO = 0.94

_BYLINE = re.compile(r"^[\s\-–—•*]*by\s*:?\s+(?=\S)", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,?\s+(?:and|AND)\s+|\s*&\s*|;|\||,|/)\s*")
_PLACE_TAIL = re.compile(r"\s+(?:in|IN|at|reporting\s+from)\s+[A-Z].*$")
_ROLE = re.compile(
    r"\b(?:staff|writers?|correspondents?|reporters?|editors?|bureau|chief|special\s+to|contributors?|columnists?|analysts?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"^(?:[A-Z][\w.'’\-]*|de|da|del|der|di|du|el|al|al-[\w'’]+|bin|bint|ben|la|le|van|von|y|Ü\w+)$")
_NOT_IN_NAMES = frozenset(
    ("the", "a", "an", "whose", "who", "which", "that", "its", "their", "his", "her", "of", "for")
)
_PHOTO_WORD = re.compile(
    r"^(?:photo(?:graph)?s?|pictures?|images?|credit|courtesy)(?:\s+(?:credit|by|of))?\s*[:.]?\s+", re.IGNORECASE
)
_PHOTO_TAIL = re.compile(r"\s+(?:file\s+)?(?:photos?|pictures?|images)$", re.IGNORECASE)


def agency(name: str) -> str | None:
    """Return the name as it stands when it names a news agency."""
    plain = name.strip(" .,()[]-–—")
    known = _KNOWN.get(fold(plain))
    if known is not None:
        return known if plain.isupper() else plain
    return plain if _AGENCY_NAME.fullmatch(plain) else None


def is_byline(line: str) -> bool:
    """Tell whether a line only says who wrote: `By A and B`, `- By A`, `By A, Agency`."""
    begin = _BYLINE.match(line)
    if begin is None or len(line) > 160:
        return False
    rest = line[begin.end() :].strip()
    if rest.endswith((".", "?", "!")) and not re.search(r"\b[A-Z]\.$|\b(?:Jr|Sr)\.$", rest):
        return False
    first = _SPLIT.split(rest)[0]
    return _person(first) is not None or agency(rest) is not None or agency(first) is not None or _is_post(rest)


def byline(line: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Read a byline: authors, agency, and the outlet that the authors write for (as its own part, `By A, The Outlet`)."""
    rest = _BYLINE.sub("", line).strip()
    if (whole := agency(rest)) is not None:
        return (), whole, None
    names: list[str] = []
    found: str | None = None
    outlet: str | None = None
    for piece in _SPLIT.split(rest):
        if (known := agency(piece)) is not None:
            found = found or known
        elif re.match(r"The\s", piece) and names:
            outlet = outlet or piece
        elif (name := _person(piece)) is not None:
            names.append(name)
    return tuple(names), found, outlet


def people(words: str) -> tuple[str, ...]:
    """Split `A, B and C` into names; places (`in Beirut`), posts and agencies fall away."""
    return tuple(_people(words))


def _people(words: str) -> list[str]:
    return [name for piece in _SPLIT.split(words) if agency(piece) is None and (name := _person(piece)) is not None]


def _is_post(words: str) -> bool:
    return len(words.split()) <= 5 and words[:1].isupper() and _ROLE.search(words) is not None


def _person(piece: str) -> str | None:
    name = _PLACE_TAIL.sub("", piece).strip(" -–—|")
    tokens = name.split()
    if not 1 < len(tokens) <= 6 or _ROLE.search(name) or any(c.isdigit() for c in name):
        return None
    if any(token.lower() in _NOT_IN_NAMES for token in tokens):
        return None
    return name if all(_NAME.match(token) or token.isupper() for token in tokens) else None


def credit(words: str) -> tuple[str | None, str | None]:
    """Read a photo credit (`Photographer/Agency`, `AP Photo/Photographer`, an agency alone): creator, credit."""
    pieces = [piece for piece in re.split(r"\s*/\s*|\s+via\s+|\s+for\s+(?=[A-Z])", _plain(words)) if piece]
    if not pieces:
        return None, None
    pieces = [piece if agency(piece) else _PHOTO_TAIL.sub("", piece) for piece in pieces]
    agencies = [known for piece in pieces if (known := agency(corrected(piece))) is not None]
    others = [piece for piece in pieces if not agency(corrected(piece))]
    if not agencies and len(others) > 1:
        return others[0], "/".join(others[1:])
    if not agencies:
        return (others[0], None) if _person(others[0]) else (None, others[0])
    return (others[0] if others else None), "/".join(agencies)


def _plain(words: str) -> str:
    return _PHOTO_WORD.sub("", words.strip(" ()[]—–-?")).strip()


def image(caption: str, words: str) -> Image:
    """Make an image of its caption and its credit line."""
    creator, named = credit(words)
    return Image(caption, creator, named)


def corrected(name: str) -> str:
    """Return an agency's own spelling where `name` is an obvious slip of it (`Associated Presss`), else `name`.

    Only metadata is corrected, so that the credit can be linked; the verbatim text and its view keep the slip.
    """
    folded = fold(name)
    if len(folded) < _SLIP_LENGTH or folded in _KNOWN:
        return name
    for known, spelling in _KNOWN.items():
        if len(known) >= _SLIP_LENGTH and known[:4] == folded[:4]:
            matcher = SequenceMatcher(None, known, folded, autojunk=False)
            if matcher.ratio() >= _SLIP_RATIO:
                return spelling
    return name
