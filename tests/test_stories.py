"""The measure of what articles are about."""

from datetime import date

from timeline.extraction import Document, Finding
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision
from timeline.extraction.findings import When, Where
from timeline.management.stories import Stories

DAY = date(2025, 12, 20)
ODESA = Where("Odesa", "geonames:698740", "UA", PlacePrecision.EXACT, admin1="Odesa")
LVIV = Where("Lviv", "geonames:702550", "UA", PlacePrecision.EXACT, admin1="Lviv")


def read(article, *told):
    """An article with one sentence, and finding, for each (type, place)."""
    text = "".join(f"Sentence number {n} tells of {where.name}. " for n, (_, where) in enumerate(told))
    findings, start = [], 0
    for sentence, (type_, where) in zip(text.split(". "), told, strict=False):
        span = (start, start + len(sentence) + 1)
        when = When(DAY, DAY, Precision.DAY, DateBasis.EXPLICIT)
        findings.append(Finding(type_, (span,), Modality.OCCURRED, 1.0, "a rule", when=when, where=where))
        start = span[1] + 1
    return Document(text, DAY, id=article), findings


def test_versions_that_lead_with_one_event_share_it():
    stories = Stories.of([
        read("a", ("missile", ODESA)),
        read("b", ("missile", ODESA), ("missile", LVIV)),
        read("c", ("missile", LVIV)),
        read("d"),
    ])  # fmt: skip
    assert stories.shared(["a", "b"])
    assert not stories.shared(["a", "c"])
    assert not stories.shared(["a", "d"])  # which tells nothing


def test_a_lead_that_is_told_again_as_another_event_is_doubled():
    stories = Stories.of([read("a", ("missile", ODESA), ("missile", ODESA)), read("b", ("missile", ODESA))])
    assert stories.doubled() == {"a"}
    assert Stories.of([read("a", ("missile", ODESA), ("missile", LVIV))]).doubled() == set()
