"""`manage.py explain` and what it explains: each sentence with its findings, the reasons, and what was dropped."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.extraction.constructions import cases
from tests.factories import make_article
from timeline.extraction import Document, extract
from timeline.extraction.explaining import IRRELEVANT, explain

DAY = date(2024, 3, 2)
SHELLING = (
    "Russian forces shelled the town of Nikopol on Friday, killing two people, the regional governor said."
)
TEXT = f"{SHELLING} The shelling also damaged a school. Prices of bread rose."


def told(name, **options):
    out = StringIO()
    call_command("explain", str(name), stdout=out, **options)
    return out.getvalue()


def test_every_sentence_is_explained_with_the_findings_that_extract_gives():
    document = Document(TEXT, DAY)
    first, second, third = explain(document)
    assert [e.text for e in (first, second, third)] == [
        SHELLING,
        "The shelling also damaged a school.",
        "Prices of bread rose.",
    ]
    assert list(first.findings) == extract(document)
    assert second.supports == first.findings
    assert (second.findings, third.findings, third.supports, third.dropped) == ((), (), (), ())


@pytest.mark.parametrize("case", [c for n, c in enumerate(cases()) if n % 8 == 0], ids=lambda c: c.id)
def test_explained_is_what_is_found_each_finding_once(case):
    explained = [f for e in explain(case.document) for f in e.findings]
    assert sorted(map(repr, explained)) == sorted(map(repr, extract(case.document)))


def test_what_the_stages_read_is_shown():
    (sentence,) = explain(Document(SHELLING, DAY))
    seen = {stage: (words, reads_as) for stage, words, reads_as in sentence.seen if stage != "actor"}
    assert seen["place"][0].endswith("Nikopol")
    assert seen["date"] == ("Friday", "2024-03-01 to 2024-03-01 day (point)")
    assert seen["toll"] == ("killing two people", "killed 2/2/2")
    assert seen["speaker"] == ("regional governor", "say")


@pytest.mark.parametrize(
    ("sentence", "words", "why"),
    [
        ("The firm captured a fifth of the market.", "captured", "needs land"),
        ("The troops had captured the village of Orlivka.", "captured", "undated background"),
    ],
)
def test_what_is_dropped_has_its_reason(sentence, words, why):
    _, second = explain(Document(f"{SHELLING} {sentence}", DAY))
    assert [(d.words, d.type) for d in second.dropped] == [(words, "capture")]
    assert second.dropped[0].why.startswith(why)


def test_an_article_that_is_not_about_a_conflict_says_so():
    text = (
        "United scored twice on Friday and the coach praised his players. The league's champions shot dead three "
        "penalties in Milan. The goalkeeper was unwell."
    )
    explained = explain(Document(text, DAY))
    assert not any(e.findings or e.supports for e in explained)
    assert [d.why for e in explained for d in e.dropped] == [IRRELEVANT]


def test_any_text_is_explained():
    assert explain(Document("", DAY)) == []
    assert [e.findings for e in explain(Document("…", DAY))] == [()]


def test_a_text_file_is_explained_plainly(tmp_path):
    path = tmp_path / "dispatch.txt"
    path.write_text(TEXT)
    output = told(path, published="2024-03-02", no_color=True)
    assert "1. " + SHELLING in output
    assert "→ shelling (strike), occurred, confidence" in output
    assert "when        2024-03-01 (day, explicit)" in output
    assert "where       Nikopol, Dnipropetrovsk, UA (exact) from “Nikopol”" in output
    assert "killed      2/2/2" in output
    assert "says        regional governor" in output
    assert "why         rule strike:shell" in output
    assert "+ a further quote of: shelling occurred, 2024-03-01, Nikopol" in output
    assert "\x1b[" not in output


def test_colour_is_for_terminals(tmp_path):
    path = tmp_path / "dispatch.txt"
    path.write_text(TEXT)
    assert "\x1b[" in told(path, published="2024-03-02", force_color=True)


def test_what_was_read_is_told_on_demand(tmp_path):
    path = tmp_path / "dispatch.txt"
    path.write_text(TEXT)
    assert ". toll “" not in told(path, published="2024-03-02")
    assert ". toll “" in told(path, published="2024-03-02", verbosity=2)


def test_a_page_is_explained(tmp_path):
    path = tmp_path / "page.html"
    paragraphs = "".join(f"<p>{SHELLING} Rescuers worked at place number {n} all day.</p>" for n in range(3))
    path.write_text(
        f"<html><head><title>Shelling</title></head><body><article>{paragraphs}</article></body></html>"
    )
    assert "→ shelling (strike)" in told(path, published="2024-03-02")


def test_an_article_of_a_list_is_chosen_by_its_id(tmp_path):
    path = tmp_path / "articles.jsonl"
    rows = [{"id": n, "published": "2024-03-02", "title": f"Dispatch {n}", "text": TEXT} for n in ("a", "b")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "Dispatch b — published 2024-03-02" in told(path, id="b")
    with pytest.raises(CommandError, match=r"2 articles.*a, b"):
        told(path)
    with pytest.raises(CommandError, match=r"no article c.*a, b"):
        told(path, id="c")


def test_faults_say_what_to_do(tmp_path):
    path = tmp_path / "dispatch.txt"
    path.write_text(TEXT)
    with pytest.raises(CommandError, match="--published"):
        told(path)
    with pytest.raises(CommandError, match="cannot be read"):
        told(path, published="soon")
    with pytest.raises(CommandError, match=r"nowhere\.txt cannot be read"):
        told(tmp_path / "nowhere.txt")
    path.write_bytes(b"\x00\x01\x02" * 50)
    with pytest.raises(CommandError, match="binary"):
        told(path, published="2024-03-02")


@pytest.mark.django_db
def test_a_stored_article_is_explained_in_its_outlets_zone():
    article = make_article(TEXT, published="2024-03-02T23:30:00Z", published_zone="Europe/Kyiv")
    assert "published 2024-03-03" in told(article.pk)
    with pytest.raises(CommandError, match="no article 0"):
        told(0)
