"""What stands on a page and is not the article: addresses, buttons, footers, credits, labels; judges single lines only."""

from __future__ import annotations

import re

_URL = re.compile(r"^<?(?:https?://|www\.)\S+(?:\s*&\s*\S+\s*=\s*\S+)*>?$", re.IGNORECASE)
_PHRASES = (
    r"(?:read|see|learn|find out|load|show|view) (?:more|all|also|next|(?:the )?full (?:story|article))\b.*",
    r"(?:also|must) read\b.*",
    r"you (?:may|might) (?:also|like).*",
    r"(?:continue reading|(?:the )?(?:story|article) continues|scroll (?:down )?to continue|loading|skip to (?:main )?content).*",
    r"share(?:s|d)?(?: (?:this|on|via|it)\b.*)?",
    r"(?:tweet|e-?mail|print|copy link|pin ?it)(?: this(?: (?:page|article|story))?)?",
    r"(?:facebook|twitter|whatsapp|telegram|e-?mail|print|share|linkedin|[|,/\s])+",
    r"(?:advertisement|advertising|sponsored(?: content)?|promoted(?: content)?)",
    r"(?:subscribe|sign up|sign in|log ?in|register|join (?:us|our)|follow us|like us|click here|tap here)\b(?!,).*",
    r"(?:get the (?:app|latest)|download (?:our|the) app|support (?:us|our journalism)|donate)\b.*",
    r"(?:related|more|latest|top|most read|most popular|trending|recommended|editor['’]?s['’]? picks?):?",
    r"(?:related|more|latest|top|recommended) (?:articles?|stories|story|news|topics?|content|coverage|reading|links?)\b.{0,30}",
    r"more (?:from|on|in) .{1,30}",
    r"(?:\d+ )?comments?(?: \(?\d+\)?)?",
    r"leave a (?:comment|reply)",
    r"(?:copyright|©|\(c\)) ?.*",
    r".*\ball rights reserved\.?.*",
    r"this (?:article|story) (?:was|has been) (?:originally |first )?published\b.*",
    r"(?:tags?|topics?|filed under|keywords?)\s*[:|].*",
    r"newspapers (?:in|from) [a-z .'-]+",
    r"(?:powered by )?pressreader(?:\.com)?.*",
    r"(?:terms of (?:use|service)|privacy (?:policy|notice)|cookie (?:policy|settings)|contact us|about us)\b.*",
    r"(?:\d+|one|two|three|four|five) min(?:ute)?s? read",
    r"(?:watch|listen)\s*:.*",
    r"(?:play|pause|video|audio|gallery|live)",
    r"[-–—_*=•.#~\s]+",
    r"page \d+(?: of \d+)?",
    r"(?:end|ends|-?30-?|###)",
)
_FURNITURE = re.compile("(?:" + "|".join(f"(?:{phrase})" for phrase in _PHRASES) + ")", re.IGNORECASE)
_BREADCRUMBS = re.compile(r"[\w &'’-]{1,40}(?:\s*[>›»]\s*[\w &'’-]{1,60})+")
# Buttons end without a stop; pleas and notices are the whole sentences among furniture.
_PLEA = re.compile(
    r"(?:read|see|sign up|subscribe|click|follow us|copyright|©|\(c\)|this (?:article|story)|reporting|.*\brights reserved)",
    re.IGNORECASE,
)
# A sentence of the story may begin with any of these words; a button is short.
_LONGEST = 140
_SIGNED = re.compile(r"^\(?(?:reporting|writing|editing|additional reporting|compiled|edited)\b.*\bby\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?P<label>headline|title|date|published|published (?:on|at)|publication date|date of publication|publication|publisher"
    r"|source|outlet|newspaper|authors?|byline|section|category|url|link|dateline|caption|photo caption|image caption)"
    r"\s*(?::|(?<=caption),)\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\(?(?:(?:photo|picture|image)(?:graph)?s?\s*(?:(?:credit|source|by)\b\s*[:,]?|[:—–-])|credit\s*:|courtesy\s+of)\s*(?P<who>.{2,80}?)\)?$",
    re.IGNORECASE,
)


def is_url(line: str) -> bool:
    """Tell whether a line is only an address."""
    return _URL.match(line) is not None


def is_furniture(line: str) -> bool:
    """Tell whether a line is an address, a button, a footer, a rule or a breadcrumb."""
    if is_url(line):
        return True
    if _SIGNED.match(line):
        return len(line) <= 3 * _LONGEST
    if len(line) > _LONGEST:
        return False
    if line.endswith((".”", '."')) or (line.endswith(".") and line.count(" ") > 3 and not _PLEA.match(line)):
        return False
    return _FURNITURE.fullmatch(line) is not None or _BREADCRUMBS.fullmatch(line) is not None


def label(line: str) -> tuple[str, str] | None:
    """Read a line such as `Source: The Example Courier`: the label in lower case and its value."""
    found = _LABEL.match(line)
    return (found["label"].lower(), found["value"].strip()) if found and len(line) <= 400 else None


def credit_line(line: str) -> str | None:
    """Return who is credited where the whole line is a photo credit (`Photo: A/Agency`)."""
    found = _CREDIT.match(line)
    return found["who"].strip() if found and not line.endswith("said.") else None


def signed_by(line: str) -> str | None:
    """Return the names in `(Reporting by A and B; Editing by C)`: those who reported."""
    found = re.match(r"^\(?(?:reporting|compiled)(?: and \w+)? by\s+([^;.)]+)", line, re.IGNORECASE)
    return found[1].strip() if found else None
