"""How far two coders agree: events paired, F1 and Krippendorff's alpha, in tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from timeline.curating.agreement import Agreement, Sheet, Unit, agreement, alpha, paired
from timeline.extraction.findings import Figure

DAY = date(2024, 3, 1)
SENTENCES = [(0, 40), (41, 80), (81, 120)]


def unit(
    id: int, span=(0, 40), type="shelling", day=DAY, place="test:Arvad", killed: int | None = None
) -> Unit:
    figures = {"killed": Figure(killed, killed, killed)} if killed is not None else {}
    return Unit(id, span, type, "occurred", day, day, place, place.partition(":")[2], figures)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (unit(1), unit(2), True),
        (unit(1), unit(2, span=(10, 30)), True),  # part of the same words
        (unit(1), unit(2, span=(35, 80)), True),  # few words shared, but the same act, day and place
        (unit(1), unit(2, span=(41, 80)), True),  # told twice in the article
        (unit(1), unit(2, span=(41, 80), place=""), False),
        (unit(1), unit(2, span=(41, 80), day=date(2024, 3, 9)), False),
        (unit(1), unit(2, span=(41, 80), type="missile"), False),
        (unit(1), unit(2, type="missile"), True),  # another type of strike
        (unit(1), unit(2, type="talks"), False),  # never one act
    ],
)
def test_what_two_coders_took_for_one_event(one, other, together):
    assert paired([one], [other]) == ([(one, other)] if together else [])


def test_the_likest_are_paired_first_and_each_once():
    a, b = unit(1), unit(2, span=(0, 38), place="")
    c = unit(3)
    assert paired([b, a], [c]) == [(a, c)]


@pytest.mark.parametrize(
    ("rows", "level", "expected"),
    [
        # Hayes and Krippendorff's example of nominal data without and with a gap.
        ([[1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
          [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]], "nominal", 0.743),
        ([[1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
          [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]], "interval", 0.849),
        ([[0, 1, 0, 1], [0, 1, 0, 1]], "nominal", 1.0),
        ([[0, 1], [1, 0]], "nominal", -0.5),
        ([[1, 1], [1, 1]], "nominal", None),  # no two values to tell apart
        ([[1, None], [None, 2]], "nominal", None),  # nothing that both coded
        ([[], []], "nominal", None),
    ],
)  # fmt: skip
def test_alpha(rows, level, expected):
    found = alpha(rows, level)
    assert found is None if expected is None else found == pytest.approx(expected, abs=0.001)


def compare(ada: list[Unit], grace: list[Unit]) -> Agreement:
    return agreement([Sheet("7", SENTENCES, {"ada": ada, "grace": grace})])


def test_figures_of_two_coders():
    found = compare(
        [unit(1, killed=3), unit(2, span=(41, 80), type="talks", place="")],
        [unit(3, killed=4), unit(4, span=(81, 120), type="capture")],
    )
    assert [(s.name, s.both, s.all, s.f1) for s in found.events] == [
        ("found", 1, 4, 0.5),
        ("typed", 1, 4, 0.5),
        ("coded", 1, 4, 0.5),
    ]
    by_name = {field.name: field for field in found.fields}
    presence = by_name["an event in the sentence"]
    assert (presence.units, presence.same) == (3, pytest.approx(1 / 3))
    assert (by_name["type"].units, by_name["type"].same, by_name["type"].alpha) == (1, 1.0, None)
    assert (by_name["killed"].same, by_name["killed"].alpha) == (0.0, 0.0)
    told = [(d.coders, d.one.id, d.other and d.other.id, d.fields) for d in found.differences]
    assert told == [
        (("ada", "grace"), 1, 3, [("killed", "3", "4")]),
        (("ada", "grace"), 2, None, []),
        (("grace", "ada"), 4, None, []),
    ]


def test_days_are_compared_by_their_distance():
    def off_by(days: int) -> float | None:
        one = [
            unit(n, span=(n * 50, n * 50 + 40), day=date(2024, 3, 1 + 5 * n), place=f"t:{n}")
            for n in range(4)
        ]
        other = [unit(10 + u.id, u.span, day=date(2024, 3, u.start.day + days), place=u.place) for u in one]
        return next(f.alpha for f in compare(one, other).fields if f.name == "first day")

    assert off_by(0) == 1.0
    assert 0.9 < off_by(1) < 1.0
    assert off_by(4) < off_by(1)


def test_three_coders_are_compared_two_by_two():
    found = agreement([Sheet("7", SENTENCES, {"ada": [unit(1)], "grace": [unit(2)], "joan": []})])
    assert (found.events[0].both, found.events[0].all) == (1, 4)
    assert len(found.differences) == 2  # joan missed what the two found


def test_two_who_found_nothing_agree_and_say_nothing():
    found = compare([], [])
    assert found.events[0].f1 is None
    assert found.differences == []
    assert agreement([]).articles == 0


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(39, 39, 39), "39"),
        (Figure(None, 39, None), "39"),
        (Figure(40, 45, None), "40/45/45"),
        (Figure(40, None, None), "40//"),
    ],
)
def test_figures_are_the_same_however_they_are_typed(figure, words):
    one, other = unit(1), unit(2)
    one = replace(one, figures={"killed": figure})
    found = compare([one], [other])
    assert found.differences[0].fields == [("killed", words, "")]
