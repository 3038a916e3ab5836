"""Which event an article is about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.clustering import Mention, leads, prominence
from timeline.extraction import Document, Finding
from timeline.extraction.codebook import Modality, PlacePrecision
from timeline.extraction.findings import Where

TEXT = "Ministers met on Friday. Missiles hit the port of Odesa overnight. A truce may follow."


def told(words, title="Missiles hit port of Odesa", modality=Modality.OCCURRED):
    start = TEXT.index(words)
    finding = Finding("missile", ((start, start + len(words)),), modality, 1.0, "a rule")
    return prominence(finding, Document(TEXT, date(2025, 12, 20), title))


def test_the_headline_outweighs_the_first_sentence():
    assert told("Missiles hit the port of Odesa overnight") > told("Ministers met on Friday")


def test_without_a_headline_the_first_sentence_leads():
    assert told("Ministers met on Friday", "") > told("Missiles hit the port of Odesa overnight", "")


def test_what_is_only_supposed_leads_less():
    assert told("A truce may follow", modality=Modality.HYPOTHETICAL) < told("A truce may follow")


@pytest.mark.parametrize(
    ("title", "leading"),
    [
        ("Jets hit Aden after attack on Haifa", "Aden"),
        ("After attack on Haifa", "Aden"),
        ("Attack on Haifa", "Haifa"),
        ("Haifa had been attacked after Haifa was warned", "Haifa"),
    ],
)
def test_what_the_news_is_set_against_leads_less(title, leading):
    text = "Jets hit Aden on Sunday. Haifa had been attacked the day before."

    def told(place, words):
        start = text.index(words)
        where = Where(place, place, "", PlacePrecision.EXACT)
        finding = Finding("attack", ((start, start + len(words)),), Modality.OCCURRED, 1.0, "a", where=where)
        return prominence(finding, Document(text, date(2025, 12, 20), title))

    weights = {
        "Aden": told("Aden", "Jets hit Aden on Sunday."),
        "Haifa": told("Haifa", "Haifa had been attacked the day before."),
    }
    assert max(weights, key=weights.__getitem__) == leading


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        ({"a": [("x", 0.5), ("y", 0.4)]}, {"a": "x"}),
        ({"a": [("x", 0.5), ("y", 0.5)]}, {"a": "x"}),  # the first
        ({"a": [("y", 0.1), ("x", 0.5), ("y", 0.6)]}, {"a": "y"}),  # at its most prominent
        ({"a": []}, {}),
        # What others tell too, where the article tells it nearly as prominently.
        ({"a": [("x", 0.5), ("y", 0.4)], "b": [("y", 0.6)]}, {"a": "y", "b": "y"}),
        ({"a": [("x", 0.9), ("y", -0.4)], "b": [("y", -0.2), ("z", 0.5)]}, {"a": "x", "b": "z"}),
        # Not what it mentions last of many, whoever else tells it.
        (
            {"a": [(e, 0.5 - n / 10) for n, e in enumerate("xtuvw")] + [("y", -0.1)], "b": [("y", 1.0)]},
            {"a": "x", "b": "y"},
        ),
    ],
)
def test_leads(articles, expected):
    mentions = {a: [Mention(*m) for m in ms] for a, ms in articles.items()}
    assert leads(mentions) == expected


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.lists(st.builds(Mention, st.sampled_from("xyz"), st.floats(-1.2, 1.0)), max_size=4),
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_articles_does_not_matter(articles, random):
    shuffled = list(articles.items())
    random.shuffle(shuffled)
    lead_of = leads(articles)
    again = leads(dict(shuffled))
    for article, event in lead_of.items():
        assert again[article] == event
        assert event in {m.event for m in articles[article]}
