import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.telling.quotes import PARAGRAPH, mark

TEXT = "Envoys met. Shells fell.\n\nNo one was hurt."


def shape(text, spans):
    return [[(s.text, s.quotes) for s in paragraph] for paragraph in mark(text, spans)]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [[("Envoys met. Shells fell.", ())], [("No one was hurt.", ())]]),
        (
            [(0, 11, "a")],
            [[("Envoys met.", ("a",)), (" Shells fell.", ())], [("No one was hurt.", ())]],
        ),
        (
            [(0, 11, "a"), (7, 24, "b")],
            [
                [("Envoys ", ("a",)), ("met.", ("a", "b")), (" Shells fell.", ("b",))],
                [("No one was hurt.", ())],
            ],
        ),
        (
            [(12, 42, "across")],
            [[("Envoys met. ", ()), ("Shells fell.", ("across",))], [("No one was hurt.", ("across",))]],
        ),
    ],
)
def test_quotes_are_cut_out(spans, expected):
    assert shape(TEXT, spans) == expected


def test_a_quote_opens_once_where_it_begins():
    segments = [s for p in mark(TEXT, [(12, 42, "across")]) for s in p]
    assert [s.opens for s in segments] == [(), ("across",), ()]


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(lambda p: (*p, "q")))


@given(st.text("ab \n", max_size=50), spans)
def test_nothing_but_paragraph_breaks_is_lost(text, spans):
    spans = [s for s in spans if s[0] < s[1] <= len(text)]
    joined = "".join(s.text for p in mark(text, spans) for s in p)
    assert joined == PARAGRAPH.sub("", text)
