from __future__ import annotations

import time

import pytest

from kg.extract.language.sentences import split


def cut(text: str) -> list[list[str]]:
    return [[text[start:end] for start, end in tokens] for _, tokens in split(text, [(0, len(text))])]


def firsts(text: str) -> list[str]:
    return [tokens[0] for tokens in cut(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. envoy met Gen. Karim Daoud, Lt. Col. R. J. Hale and Dr. Amin at 5 a.m. on Monday.",
        "Unit No. 5 of the St. Marys base fired at approx. 20 men vs. none.",
        "He left the U.S. on Friday.",
        "John F. Kennedy Jr. went to Washington D.C. with Acme Corp. men.",
        "A shell weighed 4.5 kg and cost $5.5m at 10:30.",
        'The army called it "a. crime" and left…and came back.',
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert len(cut(text)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They came. We fled! Did he? Yes.", ["They", "We", "Did", "Yes"]),
        ("Troops left the U.S. The base is empty.", ["Troops", "The"]),
        ("“We won.” The town fell.", ["“", "The"]),
        ('"We won." The town fell.', ['"', "The"]),
        ('He said: "We won." "They fled." Nobody knew.', ["He", '"', "Nobody"]),
        ("The plane fell.The pilot lived.", ["The", "The"]),
        ("It went on... Then it stopped.", ["It", "Then"]),
        ("A man (aged 5.) died. Two lived.", ["A", "Two"]),
        ("The raid began at 5 p.m. The men fled.", ["The", "The"]),
    ],
)
def test_a_sentence_ends_where_the_next_begins(text: str, expected: list[str]) -> None:
    assert firsts(text) == expected


def test_a_range_ends_its_sentence_without_a_full_stop() -> None:
    text = "Rebels shell town\nTwo people died"
    found = list(split(text, [(0, 17), (18, len(text))]))
    assert [number for number, _ in found] == [0, 1]
    assert [len(tokens) for _, tokens in found] == [3, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mali's men didn't see O'Neil’s car", ["Mali", "'s", "men", "did", "n't", "see", "O'Neil", "’s", "car"]),
        ("Iran-backed, pro-Assad and US-Russia", "Iran - backed , pro - Assad and US - Russia".split()),
        ("Bashar al-Assad and Post-Gazette", ["Bashar", "al-Assad", "and", "Post-Gazette"]),
        ("Iranbacked men and U.S.linked sites", ["Iran", "backed", "men", "and", "U.S.", "linked", "sites"]),
        ("Kata’ib Hezbollah’s “unit”", ["Kata’ib", "Hezbollah", "’s", "“", "unit", "”"]),
        ("see https://example.org/a?b=c. Now", ["see", "https://example.org/a?b=c", ".", "Now"]),
        ("12,000 rounds, 7.62mm, AK-47", ["12,000", "rounds", ",", "7.62mm", ",", "AK-47"]),
        ("Ann Lee1975 Bob", ["Ann", "Lee", "1975", "Bob"]),
    ],
)
def test_words_part_from_marks_and_clitics(text: str, expected: list[str]) -> None:
    assert [token for sentence in cut(text) for token in sentence] == expected


def test_a_lost_apostrophe_is_found_again_only_where_all_are_lost() -> None:
    assert cut("Syrias army doesnt know")[0] == ["Syria", "s", "army", "does", "nt", "know"]
    assert cut("Karims men fled. Karim stayed. Karim wept.")[0][:3] == ["Karim", "s", "men"]
    assert "Syrias" in cut("Syrias army hit Iraq's border")[0]
    assert cut("Iraqis and Rebels fled, said a rebel. Rebel Rebel")[0][:3] == ["Iraqis", "and", "Rebels"]


def test_offsets_cover_every_character_that_is_no_blank() -> None:
    text = "“Oh!” — said Gen. X.Y. Żuk; café №5 (ABC) … 漢字 e\u0301t\u200b. #tag @who ''x''"
    covered = {at for _, tokens in split(text, [(0, len(text))]) for start, end in tokens for at in range(start, end)}
    assert {at for at, c in enumerate(text) if not c.isspace()} <= covered


def test_a_list_without_full_stops_is_cut() -> None:
    found = cut("word " * 1000)
    assert [len(tokens) for tokens in found] == [400, 400, 200]


def test_a_long_text_with_many_plural_names_is_split_in_linear_time() -> None:
    began = time.process_time()
    assert len(cut("Karims men left Oldtowns hills. " * 4000)) == 4000
    assert time.process_time() - began < 3


def test_empty_ranges_have_no_sentences() -> None:
    assert list(split("  \n ", [(0, 0), (0, 4)])) == []
