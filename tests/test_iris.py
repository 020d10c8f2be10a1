"""IRIs are stable, and two names never share one."""

from kg.iris import Iris, slug


def test_every_instance_lies_under_the_base() -> None:
    iris = Iris("https://example.org/kg/")
    assert iris.span("0123456789abcdef", 4, 9) == "https://example.org/kg/id/article/0123456789abcdef#char=4,9"
    assert iris.part("event", "0123456789abcdef", "2") == "https://example.org/kg/id/event/0123456789abcdef-2"
    assert iris.graph("entities") == "https://example.org/kg/graph/entities"


def test_accents_fold_but_a_name_that_loses_letters_gets_a_hash() -> None:
    assert slug("Abū Mahdī al-Muhandis") == "abu-mahdi-al-muhandis"
    assert slug("كتائب") != slug("حزب")
    assert slug("Đakovica") != slug("akovica")


def test_very_long_names_stay_apart() -> None:
    long = "a very long name of a committee " * 5
    assert slug(long + "one") != slug(long + "two")
    assert len(slug(long)) <= 70
