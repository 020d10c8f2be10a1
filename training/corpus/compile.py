"""Turns annotated reports (`NAME.report`: plain text, `---`, notes) into NAME.txt and NAME.json of the exchange format.

Finds every offset, checks every word, id and code, and refuses what does not fit; judges no annotation. The notation is
described in README.md beside this file. Run: `python training/corpus/compile.py FOLDER_OR_FILE… -o OUT [--lint]`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from kg.jsonl import from_json
from kg.model import ACTUALITIES, ENTITY_TYPES, EVENT_TYPES, OUTCOMES, ROLES, STANCES, WEAPON_CODES

Json = dict[str, Any]
Range = tuple[int, int]

_RULE = "\n---\n"
_SHORT = {"perp": "perpetrator", "with": "participant", "to": "addressee"}
_ENTITY = re.compile(r"(e\d+) +(\w+) +(.+)")
_EVENT = re.compile(r"(v\d+) +(\w+) +([\w-]+)")
_CLAIM = re.compile(r"(c\d+) +([\w-]+)((?: +v\d+)*)")
_META = re.compile(r"(\w+): *(.*)")
_ITEM = re.compile(r"(.+?)(?: +=(e\d+|-))?(?: +@(c\d+))?")
_TOLL = re.compile(r"(\?|\d+|\d+\.\.|\.\.\d+|\d+\.\.\d+) +(.+?)(?: +@(c\d+))?(?: +~ +([^@]+?)(?: +@(c\d+))?)?")
_PART = re.compile(r"(.+?)(?:#(\d+))?")
_FORM = re.compile(r"(.+?)(?:#(!?)([\d,]+))?")
_SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"‘])|\n+")
_CAPITAL = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]*")
_PRONOUNS = frozenset("he she it they we i his her him them us our its their who one".split())
_ORDINARY = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday I President Prime Minister Gen Colonel Major Captain Dr Mr Mrs Ms Jan Feb Mar Apr Jun "
    "Jul Aug Sept Sep Oct Nov Dec GMT AM PM".split()
)


class CorpusError(Exception):
    """A report that does not compile; says which file, which line and what is wrong."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


@dataclass(frozen=True, slots=True)
class Note:
    """One note: its line number in the file and its fields between bars; the first says what it is."""

    line: int
    head: str
    fields: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """One report under compilation. `warnings` are for the writer; they do not stop the compilation."""

    path: str
    text: str
    notes: tuple[Note, ...]
    mentions: dict[Range, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    skipped: list[Range] = field(default_factory=list)
    line: int = 0
    warnings: list[str] = field(default_factory=list)

    def fail(self, message: str) -> NoReturn:
        """Stop at the note that is being read."""
        raise CorpusError(self.path, self.line, message)

    def warn(self, message: str) -> None:
        """Tell the writer."""
        self.warnings.append(f"{self.path}:{self.line}: {message}")

    def span(self, found: Range) -> Json:
        """Write a range as a span of the exchange format."""
        return {"start": found[0], "end": found[1], "text": self.text[found[0] : found[1]]}

    # --- anchors: words that point at a place in the text ---

    def occurrences(self, words: str) -> list[Range]:
        """Find every place where the words stand whole; a blank stands for any white space.

        `Syria^s` finds "Syrias" and gives the place of "Syria".
        """
        words, _, tail = words.partition("^")
        pattern = r"\s+".join(map(re.escape, words.split()))
        before = r"(?<!\w)" if words[0].isalnum() else ""
        after = f"(?={re.escape(tail)}(?!\\w))" if tail else r"(?!\w)" if words[-1].isalnum() else ""
        return [match.span() for match in re.finditer(before + pattern + after, self.text)]

    def anchor(self, words: str, near: int | None = None) -> Range:
        """Find `words`, `words#2`, or `first words … last words`.

        Words that stand several times need a number, unless just one of the places lies in the sentence of `near`.
        """
        first, *rest = re.split(r" +… +", words)
        start, end = self._one(first, near)
        for part in rest:
            _, end = self._one(part, None, after=end)
        return start, end

    def _one(self, part: str, near: int | None, *, after: int | None = None) -> Range:
        """Find one piece of an anchor; with `after`, the first place from there on."""
        match = _PART.fullmatch(part.strip())
        if not match:
            self.fail(f"no words in {part!r}")
        found = self.occurrences(match[1])
        if after is not None:
            found = [each for each in found if each[0] >= after][:1]
        if not found:
            self.fail(f"not in the text: {match[1]!r}")
        if match[2]:
            if int(match[2]) > len(found):
                self.fail(f"{match[1]!r} stands only {len(found)} times")
            return found[int(match[2]) - 1]
        if len(found) > 1 and near is not None:
            start, end = self.sentence(near)
            found = [each for each in found if start <= each[0] < end] or found
        if len(found) > 1:
            self.fail(f"{match[1]!r} stands {len(found)} times; say which: {match[1]}#1")
        return found[0]

    def sentence(self, offset: int) -> Range:
        """Return the sentence that holds this offset."""
        start = 0
        for end in _SENTENCE_END.finditer(self.text):
            if end.start() > offset:
                return start, end.start()
            start = end.end()
        return start, len(self.text)

    def entity_at(self, found: Range, said: str | None, *, inside: bool = False) -> str | None:
        """Return the entity of a span: as said, or the mention that fills it, or the person whose name ends it."""
        if said is None and self.text[found[0] : found[1]].lower() in _PRONOUNS:
            self.warn(f"{self.text[found[0] : found[1]]!r} needs its entity: =e1, or =- for nobody named")
        if said == "-":
            return None
        if said:
            if said not in self.kinds:
                self.fail(f"no entity {said}")
            return said
        if found in self.mentions:
            return self.mentions[found]
        within = {each: e for each, e in self.mentions.items() if found[0] <= each[0] and each[1] <= found[1]}
        ending = [e for each, e in within.items() if each[1] == found[1] and self.kinds[e] == "Person"]
        if ending:
            return ending[0]
        return next(iter(within.values())) if inside and len(within) == 1 else None


def read(path: Path) -> Report:
    """Take a source apart."""
    source = path.read_text(encoding="utf-8")
    second = source.startswith(_RULE[1:])
    if second:  # a second annotation: its text stands only once, in train/
        source = (path.parents[1] / "train" / path.name).read_text(encoding="utf-8").partition(_RULE)[0] + "\n" + source
    text, rule, rest = source.partition(_RULE)
    if not rule:
        raise CorpusError(str(path), 1, "no line --- between the text and the notes")
    text += "\n"
    return Report(str(path), text, read_notes(rest, first=2 if second else text.count("\n") + 2))


def read_notes(rest: str, *, first: int = 1) -> tuple[Note, ...]:
    """Read notes, the first of which stands on line `first`; one that begins with a blank goes on from the line before."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(rest.split("\n"), start=first):
        if not line.strip() or line.startswith("//"):
            continue
        if line[0].isspace() and lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line.strip()}")
        else:
            lines.append((number, line.strip()))
    notes = []
    for number, line in lines:
        head, *fields = (part.strip() for part in re.split(r" +\| +", line))
        notes.append(Note(number, head, tuple(fields)))
    return tuple(notes)


def compile_report(path: Path) -> tuple[str, Json, list[str]]:
    """Return the text, the annotations and the warnings of one source; raise `CorpusError` for what does not fit."""
    report = read(path)
    return report.text, _document(report, path.stem), report.warnings


def compile_notes(path: Path, text: str, notes: str) -> Json:
    """Return the annotations that notes make of a text that stands elsewhere; `path` is where the notes stand."""
    return _document(Report(str(path), text, read_notes(notes)), path.stem)


def _document(report: Report, name: str) -> Json:
    doc: Json = {"doc": name, "about_conflict": True, "metadata": _no_metadata()}
    sorted_notes: dict[str, list[tuple[Note, re.Match[str]]]] = {"e": [], "v": [], "c": []}
    for note in report.notes:
        report.line = note.line
        for key, pattern in (("e", _ENTITY), ("v", _EVENT), ("c", _CLAIM)):
            if match := pattern.fullmatch(note.head):
                sorted_notes[key].append((note, match))
                break
        else:
            if not (match := _META.fullmatch(note.head)):
                report.fail(f"cannot read {note.head!r}")
            _metadata(report, doc, match[1], (match[2], *note.fields))
    ids = _ids(report, sorted_notes)
    doc["entities"] = _entities(report, sorted_notes["e"])
    doc["events"] = [_event(report, note, match, ids) for note, match in sorted_notes["v"]]
    doc["claims"] = [_claim(report, note, match, ids) for note, match in sorted_notes["c"]]
    report.line = 0
    if not doc["about_conflict"] and doc["events"]:
        report.fail("events in a report that is not about conflict")
    _check_spans(report, doc)
    from_json(doc)
    return doc


def _ids(report: Report, notes: dict[str, list[tuple[Note, re.Match[str]]]]) -> set[str]:
    ids: set[str] = set()
    for note, match in (pair for pairs in notes.values() for pair in pairs):
        report.line = note.line
        if match[1] in ids:
            report.fail(f"{match[1]} is given twice")
        ids.add(match[1])
    return ids


# --- metadata --------------------------------------------------------------------------------------------------------


def _no_metadata() -> Json:
    return {
        "headline": None,
        "url": None,
        "publisher": None,
        "authors": [],
        "agency": None,
        "dateline": None,
        "datePublished": None,
        "section": None,
        "images": [],
    }


def _metadata(report: Report, doc: Json, key: str, values: tuple[str, ...]) -> None:
    meta, value = doc["metadata"], values[0]
    match key:
        case "conflict":
            doc["about_conflict"] = value != "no"
        case "skip":
            report.skipped += [each for words in values for each in report.occurrences(words)] or [report.anchor(value)]
        case "author":
            meta["authors"] = list(values)
        case "image":
            caption, creator, credit = (*values, "", "")[:3]
            meta["images"].append({"caption": caption, "creator": creator or None, "credit": credit or None})
        case "date":
            meta["datePublished"] = _day(report, value).isoformat()
        case "headline" | "dateline":
            report.anchor(f"{value}#1")
            meta[key] = value
        case "url" | "publisher" | "agency" | "section":
            meta[key] = value
        case _:
            report.fail(f"no metadata is called {key!r}")


def _day(report: Report, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        report.fail(f"not a day: {text!r}")


# --- entities --------------------------------------------------------------------------------------------------------


def _entities(report: Report, notes: list[tuple[Note, re.Match[str]]]) -> list[Json]:
    """Mark every place of every form, longer forms first; a place inside a longer name belongs to that name."""
    wanted: list[tuple[str, str, str, Note]] = []
    for note, match in notes:
        report.line = note.line
        if match[2] not in ENTITY_TYPES:
            report.fail(f"no entity type {match[2]!r}")
        report.kinds[match[1]] = match[2]
        wanted += [(form, match[1], match[3], note) for form in (match[3], *note.fields)]
    used: set[tuple[str, str]] = set()
    for form, entity, name, note in sorted(wanted, key=lambda each: -len(_FORM.fullmatch(each[0])[1])):  # type: ignore[index]
        report.line = note.line
        if _mark(report, form, entity):
            used.add((entity, form))
        elif form != name:
            report.fail(f"the form {form!r} of {entity} marks nothing that is not already marked")
    for (one, _), (two, text) in zip(
        sorted(report.mentions.items()), sorted(report.mentions.items())[1:], strict=False
    ):
        if two[0] < one[1]:
            report.fail(f"mentions overlap at {report.text[one[0] : two[1]]!r} ({text})")
    for form, entity, _, note in wanted:
        report.line = note.line
        held = [*report.mentions, *report.skipped]
        loose = [p for p in report.occurrences(_FORM.fullmatch(form)[1]) if not any(a <= p[0] < b for a, b in held)]  # type: ignore[index]
        if loose:
            report.warn(f"{len(loose)} places of {form!r} ({entity}) belong to no entity")
    entities = []
    for note, match in notes:
        report.line = note.line
        mentions = [report.span(each) for each, e in sorted(report.mentions.items()) if e == match[1]]
        if not mentions:
            report.fail(f"{match[1]} has no mention")
        name = _FORM.fullmatch(match[3])[1]  # type: ignore[index]
        entities.append(
            {
                "id": match[1],
                "name": name,
                "type": match[2],
                "qid": None,
                "qid_score": None,
                "candidates": [],
                "mentions": mentions,
            }
        )
    return entities


def _mark(report: Report, form: str, entity: str) -> int:
    match = _FORM.fullmatch(form)
    places = report.occurrences(match[1])  # type: ignore[index]
    if match and match[3]:
        chosen = {int(number) for number in match[3].split(",")}
        if max(chosen) > len(places):
            report.fail(f"{match[1]!r} stands only {len(places)} times")
        kept = [p for n, p in enumerate(places, start=1) if (n in chosen) != bool(match[2])]
        places = kept
    covered = [*report.mentions, *report.skipped]
    free = [p for p in places if not any(start <= p[0] and p[1] <= end for start, end in covered)]
    for place in free:
        report.mentions[place] = entity
    return len(free)


# --- events and claims -----------------------------------------------------------------------------------------------


def _event(report: Report, note: Note, match: re.Match[str], ids: set[str]) -> Json:
    report.line = note.line
    if match[2] not in EVENT_TYPES:
        report.fail(f"no event type {match[2]!r}")
    if match[3] not in ACTUALITIES:
        report.fail(f"no actuality {match[3]!r}")
    if not note.fields:
        report.fail("an event needs its trigger")
    trigger, *also = (report.anchor(words) for words in re.split(r" +\+ +", note.fields[0]))
    event: Json = {
        "id": match[1],
        "type": match[2],
        "trigger": report.span(trigger),
        "also": [report.span(each) for each in also],
        "actuality": match[3],
        "participants": [],
        "weapon": None,
        "place": [],
        "time": None,
        "casualties": [],
        "part_of": None,
        "in_response_to": None,
        "score": 1.0,
    }
    for part in note.fields[1:]:
        key, _, value = part.partition(" ")
        _event_field(report, event, key, value.strip(), ids)
    return event


def _event_field(report: Report, event: Json, key: str, value: str, ids: set[str]) -> None:
    near = event["trigger"]["start"]
    role = _SHORT.get(key, key)
    if role in ROLES:
        for found, entity, claim in _items(report, value, near, ids):
            event["participants"].append({"role": role, "entity": entity, **report.span(found), "claimed_by": claim})
    elif key in OUTCOMES:
        event["casualties"].append(_toll(report, key, value, near, ids))
    elif key == "place":
        for found, entity, _ in _items(report, value, near, ids, inside=True):
            event["place"].append({**report.span(found), "entity": entity})
    elif key == "time":
        words, _, days = value.partition(" = ")
        earliest, _, latest = days.strip().partition("..")
        latest = latest if ".." in days else earliest
        event["time"] = {
            **report.span(report.anchor(words, near)),
            "earliest": _day(report, earliest).isoformat() if earliest else None,
            "latest": _day(report, latest).isoformat() if latest else None,
        }
    elif key == "weapon":
        words, _, code = value.partition(" = ")
        if code.strip() not in WEAPON_CODES:
            report.fail(f"no weapon code {code.strip()!r}")
        event["weapon"] = {**report.span(report.anchor(words, near)), "code": code.strip()}
    elif key in ("of", "resp"):
        _known(report, value, ids)
        event["part_of" if key == "of" else "in_response_to"] = value
    else:
        report.fail(f"an event has no field {key!r}")


def _known(report: Report, number: str, ids: set[str]) -> None:
    if number not in ids:
        report.fail(f"{number!r} is not an id of this report")


def _items(
    report: Report, value: str, near: int, ids: set[str], *, inside: bool = False
) -> list[tuple[Range, str | None, str | None]]:
    items = []
    for item in re.split(r" +; +", value):
        match = _ITEM.fullmatch(item)
        if not match:
            report.fail(f"cannot read {item!r}")
        if match[3]:
            _known(report, match[3], ids)
        found = report.anchor(match[1], near)
        items.append((found, report.entity_at(found, match[2], inside=inside), match[3]))
    return items


def _toll(report: Report, outcome: str, value: str, near: int, ids: set[str]) -> Json:
    match = _TOLL.fullmatch(value)
    if not match:
        report.fail(f"cannot read the toll {value!r}")
    low, dots, high = match[1].partition("..")
    if not dots:
        high = low
    source = match[3] or match[5]
    if source:
        _known(report, source, ids)
    numbers = [None if end in ("", "?") else int(end) for end in (low, high)]
    if None not in numbers and numbers[0] > numbers[1]:  # type: ignore[operator]
        report.fail(f"the toll {match[1]} ends below its start")
    return {
        "outcome": outcome,
        "min": numbers[0],
        "max": numbers[1],
        "group": match[4],
        **report.span(report.anchor(match[2], near)),
        "according_to": source,
    }


def _claim(report: Report, note: Note, match: re.Match[str], ids: set[str]) -> Json:
    report.line = note.line
    if match[2] not in STANCES:
        report.fail(f"no stance {match[2]!r}")
    about = match[3].split()
    for number in about:
        _known(report, number, ids)
    fields = {}
    for part in note.fields:
        key, _, value = part.partition(" ")
        fields[key] = value.strip()
    if {"who", "says"} - fields.keys() or fields.keys() - {"who", "says", "quote", "unnamed", "named"}:
        report.fail("a claim has the fields who, says, and at will quote, unnamed, named")
    content = report.anchor(fields["says"])
    who = _ITEM.fullmatch(fields["who"])
    if not who:
        report.fail(f"cannot read {fields['who']!r}")
    found = report.anchor(who[1], content[0])
    entity = report.entity_at(found, who[2])
    unnamed = "unnamed" in fields or (entity is None and "named" not in fields)
    return {
        "id": match[1],
        "claimant": {"entity": entity, **report.span(found), "unnamed": unnamed},
        "stance": match[2],
        "about_events": about,
        "content": report.span(content),
        "direct_quote": "quote" in fields,
    }


# --- the last look ---------------------------------------------------------------------------------------------------


def _check_spans(report: Report, value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _check_spans(report, item)
    elif isinstance(value, dict):
        if "start" in value and report.text[value["start"] : value["end"]] != value["text"]:
            report.fail(f"the offsets {value['start']}–{value['end']} are not {value['text']!r}")
        for item in value.values():
            _check_spans(report, item)


def unmarked_names(text: str, doc: Json) -> list[str]:
    """Capitalised words inside sentences that no mention holds: candidates for a forgotten name."""
    marked = [(m["start"], m["end"]) for e in doc["entities"] for m in e["mentions"]]
    starts = {0, *(match.end() for match in _SENTENCE_END.finditer(text))}
    return [
        match[0]
        for match in _CAPITAL.finditer(text)
        if match[0] not in _ORDINARY
        and match.start() not in starts
        and not (match.start() - 1 in starts and text[match.start() - 1] in "“\"‘'")
        and not any(start <= match.start() < end for start, end in marked)
    ]


def sources(paths: list[Path]) -> list[Path]:
    """Every report of the files and folders, in order of name."""
    found = [each for path in paths for each in (path.rglob("*.report") if path.is_dir() else (path,))]
    return sorted(found, key=lambda path: path.stem)


def main() -> int:
    """Compile to a folder; name every report that does not compile; 1 if there was one, or nothing to compile."""
    parser = argparse.ArgumentParser(description="Compile annotated reports into the exchange format.")
    parser.add_argument("sources", nargs="+", type=Path, help="NAME.report files, or folders of them")
    parser.add_argument("-o", "--out", type=Path, help="folder for NAME.txt and NAME.json; only checks without it")
    parser.add_argument("--lint", action="store_true", help="show capitalised words that no mention holds")
    options = parser.parse_args()
    failed, done = 0, 0
    for path in sources(options.sources):
        try:
            text, doc, warnings = compile_report(path)
        except CorpusError as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        done += 1
        if options.lint and (loose := unmarked_names(text, doc)):
            warnings.append(f"{path}: unmarked capitals: {', '.join(loose)}")
        for warning in warnings:
            print(f"warning: {warning}", file=sys.stderr)
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f"{path.stem}.txt").write_text(text, encoding="utf-8", newline="")
            record = json.dumps(doc, ensure_ascii=False, indent=1) + "\n"
            (options.out / f"{path.stem}.json").write_text(record, encoding="utf-8")
    print(f"{done} reports compiled, {failed} failed", file=sys.stderr)
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
