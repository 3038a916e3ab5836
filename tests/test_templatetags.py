from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from timeline.extraction.findings import Figure
from timeline.listing.toll_chart import EDGE, HEIGHT, MARGIN, draw
from timeline.telling.quotes import mark
from timeline.templatetags import timeline as words


def dated(start: str, end: str, precision: str = "day", night: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        start=date.fromisoformat(start), end=date.fromisoformat(end), precision=precision, night=night
    )


@pytest.mark.parametrize(
    ("start", "end", "precision", "night", "expected"),
    [
        ("2025-12-19", "2025-12-19", "day", False, "19 Dec 2025"),
        ("2025-12-19", "2025-12-20", "day", True, "night of 19–20 Dec 2025"),
        ("2025-12-31", "2026-01-01", "day", True, "night of 31 Dec 2025 – 1 Jan 2026"),
        ("2025-12-20", "2025-12-20", "day", True, "night of 20 Dec 2025"),
        ("2024-03-01", "2024-03-03", "range", False, "1–3 Mar 2024"),
        ("2024-02-28", "2024-03-02", "range", False, "28 Feb – 2 Mar 2024"),
        ("2023-12-30", "2024-01-02", "range", False, "30 Dec 2023 – 2 Jan 2024"),
        ("2024-03-04", "2024-03-10", "week", False, "week of 4–10 Mar 2024"),
        ("2022-02-01", "2022-02-28", "month", False, "February 2022"),
        ("2022-02-01", "2022-03-31", "month", False, "February–March 2022"),
        ("2021-12-01", "2022-01-31", "month", False, "December 2021 – January 2022"),
        ("2022-01-01", "2022-12-31", "year", False, "2022"),
        ("2014-01-01", "2022-12-31", "year", False, "2014–2022"),
    ],
)
def test_a_date_is_no_more_exact_than_it_is_known(start, end, precision, night, expected):
    assert words.when(dated(start, end, precision, night)) == expected


def placed(name: str, full_name: str, kind: str, precision: str = "exact") -> SimpleNamespace:
    place = SimpleNamespace(name=name, full_name=full_name, kind=kind)
    return SimpleNamespace(place=place, place_precision=precision)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (placed("Kupiansk", "Kupiansk, Kharkiv, UA", "settlement"), "Kupiansk, Kharkiv, UA"),
        (placed("Kupiansk", "Kupiansk, Kharkiv, UA", "settlement", "near"), "near Kupiansk, Kharkiv, UA"),
        (placed("Odesa", "Odesa, UA", "region", "admin1"), "Odesa region, UA"),
        (placed("Ivano-Frankivsk", "Ivano-Frankivsk, UA", "region", "admin1"), "Ivano-Frankivsk region, UA"),
        (placed("Gaza Strip", "Gaza Strip, PS", "region", "admin1"), "Gaza Strip, PS"),
        (placed("Ukraine", "Ukraine", "country", "country"), "Ukraine"),
        (SimpleNamespace(place=None, place_precision=""), ""),
    ],
)
def test_a_region_never_reads_as_the_town_of_its_name(event, expected):
    assert words.where(event) == expected


@pytest.mark.parametrize(
    ("low", "best", "high", "expected"),
    [
        (8, 8, 8, "8"),
        (0, 0, 0, "0"),
        (8, 8, None, "at least 8"),
        (30, 36, 36, "30–36"),
        (30, 36, None, "30–36"),
        (24, None, None, "24 or more"),
        (24, None, 99, "24–99"),
        (None, 5, 5, "up to 5"),
        (None, None, 5, "up to 5"),
        (None, 12, None, "about 12"),
    ],
)
def test_a_figure_keeps_its_uncertainty(low, best, high, expected):
    assert words.figure(Figure(low, best, high)) == expected


def test_an_unstated_figure_is_not_nought():
    assert words.figure(None) == "not reported"


def test_a_toll_is_one_line_in_the_order_given():
    event = SimpleNamespace(tolls=[("killed", Figure(8, 8, None)), ("wounded", Figure(30, 36, 36))])
    assert words.toll(event) == "at least 8 killed, 30–36 wounded"
    assert words.toll(SimpleNamespace(tolls=[])) == ""


@pytest.mark.parametrize(
    ("status", "said", "denied", "expected"),
    [
        ("claimed", ["RU"], [], "Russia says"),
        ("claimed", ["US"], [], "The United States says"),
        ("claimed", ["houthis"], [], "The Houthis say"),
        ("claimed", ["RU", "BY"], [], "Russia and Belarus say"),
        ("claimed", ["A", "B", "C"], [], "A, B and C say"),
        ("claimed", ["A", "B", "C", "D"], [], "A, B and 2 others say"),
        ("claimed", [], [], "One side says"),
        ("denied", [], ["UA"], "Ukraine denies"),
        ("denied", [], [], "Denied"),
        ("disputed", ["RU"], ["UA"], "Russia says, Ukraine denies"),
        ("disputed", [], ["UA"], "Reported, Ukraine denies"),
        ("disputed", ["RU"], [], "Russia says, others deny"),
        ("corroborated", ["RU", "UA"], [], "Russia and Ukraine report this"),
        ("corroborated", ["UA", "UN"], [], "Ukraine and the UN report this"),
        ("corroborated", ["RU"], [], "Corroborated"),
        ("planned", ["TR"], [], "Planned"),
        ("reported", [], [], "Reported"),
    ],
)
def test_a_status_is_said_in_words_and_never_as_a_claim(status, said, denied, expected):
    event = SimpleNamespace(status=status, said_by=said, denied_by=denied)
    assert words.status_words(event) == expected
    assert "claim" not in words.status_words(event)


def report(pk: int, outlet: str = "", event: object = None, **fields: object) -> SimpleNamespace:
    fields = {"attributed_to": [], "speakers": [], "stance": "asserts", **fields}
    source = SimpleNamespace(name=outlet)
    return SimpleNamespace(
        pk=pk,
        event=event,
        event_id=getattr(event, "pk", None),
        article=SimpleNamespace(source=source),
        **fields,
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C", "A"], "A and 2 others"),
    ],
)
def test_outlets_are_named_once_and_then_counted(names, expected):
    assert words.outlets([report(i, name) for i, name in enumerate(names)]) == expected


@pytest.mark.parametrize(
    ("names", "stance", "expected"),
    [
        (["the SBU"], "asserts", "according to the SBU"),
        (["the mayor", "the police"], "confirms", "confirmed by the mayor and the police"),
        (["Russia"], "denies", "denied by Russia"),
        ([], "asserts", "in the outlet’s own voice"),
        ([], "denies", "denied in the outlet’s own voice"),
    ],
)
def test_a_report_says_whose_word_it_is(names, stance, expected):
    assert words.speaker(report(1, attributed_to=names, stance=stance)) == expected


@pytest.mark.parametrize(
    ("speakers", "expected"),
    [
        (
            [("the defence ministry", "agency", "RU"), ("Russia", "state", "RU")],
            "according to the defence ministry",
        ),
        ([("the mayor", "person", "UA"), ("Russia", "state", "RU")], "according to the mayor and Russia"),
        ([("Russia", "state", "RU")], "according to Russia"),
        ([("residents", "people", ""), ("Arvad", "state", "")], "according to residents and Arvad"),
    ],
)
def test_a_state_is_not_named_beside_its_own_ministry(speakers, expected):
    names = [name for name, _, _ in speakers]
    assert words.speaker(report(1, attributed_to=names, speakers=speakers)) == expected


def test_an_icon_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in words.icon("strike")
    assert "sprite" in words.icon("strike")


# Quotes in an article: anchors and numbers


def anchors_and_numbers(text: str, spans: Sequence[tuple[int, int, int]]) -> tuple[list[int], list[int], str]:
    reports = {pk: report(pk) for _, _, pk in spans}
    paragraphs = words.stretches(mark(text, [(start, end, reports[pk]) for start, end, pk in spans]))
    flat = [run for paragraph in paragraphs for run in paragraph]
    return (
        [each.pk for run in flat for each in run.begins],
        [each.pk for run in flat for each in run.ends],
        "".join(run.text for run in flat),
    )


@pytest.mark.parametrize(
    ("spans", "begins", "ends"),
    [
        ([(0, 3, 1)], [1], [1]),
        ([(0, 6, 1), (3, 9, 2)], [1, 2], [1, 2]),  # overlap
        ([(0, 9, 1), (3, 6, 2)], [1, 2], [2, 1]),  # one inside the other
        ([(0, 6, 1), (0, 6, 2)], [1, 2], [1, 2]),  # one span, two events
        ([(0, 2, 1), (6, 9, 1), (4, 5, 2)], [1, 2], [2, 1]),  # evidence in two parts
        ([(5, 14, 1)], [1], [1]),  # over a paragraph's end
    ],
)
def test_each_report_has_one_anchor_and_one_number(spans, begins, ends):
    assert anchors_and_numbers("abcdefghij\n\nklmno", spans) == (begins, ends, "abcdefghijklmno")


def test_cards_gather_an_events_reports_and_number_them_in_order():
    first, second = SimpleNamespace(pk=8), SimpleNamespace(pk=5)
    cards = words.margin_cards([report(1, event=first), report(2, event=second), report(3, event=first)])
    assert [(card.number, card.event.pk, [r.pk for r in card.reports]) for card in cards] == [
        (1, 8, [1, 3]),
        (2, 5, [2]),
    ]
    assert words.numbers(cards) == {1: 1, 3: 1, 2: 2}


# The toll over time


def moment(day: int, hour: int = 0) -> datetime:
    return datetime(2025, 12, day, hour, tzinfo=UTC)


def test_a_rising_toll_rises_to_the_right():
    chart = draw([(moment(1), Figure(4, 4, 4)), (moment(2), Figure(7, 7, 7)), (moment(5), Figure(8, 8, 8))])
    xs, ys = [mark.x for mark in chart.marks], [mark.y for mark in chart.marks]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert (xs[0], xs[-1]) == (EDGE, 100 - EDGE)
    assert ys[-1] == MARGIN
    assert chart.highest == 8
    assert len(chart.steps) == 2


def test_a_range_is_drawn_from_low_to_high_and_an_open_one_says_so():
    chart = draw([(moment(1), Figure(10, 15, 20)), (moment(1), Figure(5, 5, None))])
    ranged, open_above = chart.marks
    assert (ranged.top, ranged.bottom) == (MARGIN, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) / 2)
    assert not ranged.open_above
    assert open_above.open_above
    assert ranged.x < open_above.x  # of one moment, and still apart


@pytest.mark.parametrize("series", [[], [(moment(1), Figure(0, 0, 0))]])
def test_none_and_nought_can_be_drawn(series):
    chart = draw(series)
    assert len(chart.marks) == len(series)
    assert chart.highest == 0
