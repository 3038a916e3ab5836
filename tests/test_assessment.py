"""Status, tolls and what stands for the event: a table of cases, and what must hold whatever the reports are."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_clustering import DAY, PLACES
from timeline.assessment import Speaker, assess, independent_body, known_at
from timeline.assessment import Testimony as Report
from timeline.extraction.codebook import DateBasis, Modality, PlacePrecision, Precision, Stance, Status, Toll
from timeline.extraction.findings import Figure

CASES = tomllib.loads((Path(__file__).parent / "data" / "assessments.toml").read_text("utf-8"))["case"]
MIDNIGHT = datetime(2025, 12, 20, tzinfo=UTC)
TODAY = date(2025, 12, 21)


def a_report(report, source="A", *, origin="", hour=0, by=(), day=0, days=1, place="", **rest):
    if place:
        key, precision, admin1, country, _, _ = PLACES[place]
        rest |= {
            "place_key": key,
            "place_precision": PlacePrecision(precision),
            "admin1": admin1,
            "country": country,
        }
    figures = {
        toll: Figure(*(None if n == "" else n for n in rest.pop(toll.value)))
        for toll in Toll
        if toll.value in rest
    }
    for name in ("sides", "target_sides", "party_sides"):
        rest[name] = frozenset(rest.get(name, ()))
    for name, code in (
        ("basis", DateBasis),
        ("modality", Modality),
        ("stance", Stance),
        ("precision", Precision),
    ):
        if name in rest:
            rest[name] = code(rest[name])
    start = DAY + timedelta(days=day)
    return Report(
        report=report,
        article=f"{source} at {hour}",
        source=source,
        origin=origin or source,
        published=MIDNIGHT + timedelta(hours=hour),
        start=start,
        end=start + timedelta(days=days - 1),
        speakers=tuple(Speaker(*speaker) for speaker in by),
        figures=figures,
        **rest,
    )


def of_case(case):
    return [a_report(n, **(case.get("all", {}) | report)) for n, report in enumerate(case["reports"])]


def triple(figure):
    return ["" if n is None else n for n in (figure.low, figure.best, figure.high)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_assess(case):
    got = assess(of_case(case), case.get("today", TODAY))
    seen = {
        "status": got.status.value,
        "reason": got.reason,
        "said_by": list(got.said_by),
        "denied_by": list(got.denied_by),
        "outlets": got.outlets,
        "origins": got.origins,
        "reports_count": got.reports,
        "type": got.type,
        "start": got.start,
        "end": got.end,
        "night": got.night,
        "place": got.place_key,
        "overdue": got.overdue,
        "killed": triple(got.tolls[Toll.KILLED].figure) if Toll.KILLED in got.tolls else "absent",
        "wounded": triple(got.tolls[Toll.WOUNDED].figure) if Toll.WOUNDED in got.tolls else "absent",
        "changes": [p.change for p in got.tolls[Toll.KILLED].series] if Toll.KILLED in got.tolls else [],
    }
    expected = {k: v for k, v in case.items() if k not in ("name", "all", "reports", "today")}
    assert expected
    assert {k: seen[k] for k in expected} == expected


def test_the_series_keeps_speaker_time_and_words():
    said = Figure(8, 8, None, "at least eight")
    reports = [
        a_report(1, type="missile", by=[["the governor", "UA"]], killed=[4, 4, 4]),
        Report(
            2, "u", "B", "B", MIDNIGHT + timedelta(hours=3), "missile", DAY, DAY, figures={Toll.KILLED: said}
        ),
    ]
    first, last = assess(reports, TODAY).tolls[Toll.KILLED].series
    assert (first.report, first.speaker, first.published) == (1, "the governor", MIDNIGHT)
    assert (last.speaker, last.words, last.change) == ("B", "at least eight", "rose")


def test_an_event_without_live_reports_cannot_be_assessed():
    with pytest.raises(ValueError, match="live"):
        assess([a_report(1, type="missile", live=False)], TODAY)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("the UN's human rights monitors", "UN"),
        ("United Nations", "UN"),
        ("OHCHR", "UN human rights office"),
        ("International Committee of the Red Cross", "Red Cross"),
        ("IAEA", "IAEA"),
        ("UNIAN", None),
        ("Unit 29155", None),
        ("NATO", None),
        ("U.S. State Department", None),
    ],
)
def test_independent_bodies(name, body):
    assert independent_body(name) == body


def test_what_was_known_then():
    early, late = (
        Report(n, n, "A", "A", MIDNIGHT, "talks", DAY, DAY, recorded_at=MIDNIGHT + timedelta(hours=n))
        for n in (1, 9)
    )
    assert known_at([late, early], MIDNIGHT + timedelta(hours=2)) == [early]


# ---- whatever the reports are -------------------------------------------------------------------------------

SPEAKERS = [
    [],
    [["Russia", "RU"]],
    [["Ukraine", "UA"]],
    [["UN", ""]],
    [["residents", ""]],
    [["Poland", "PL"]],
]


@st.composite
def reports(draw, stances=("asserts", "confirms", "denies")):
    return [
        a_report(
            n,
            source=f"outlet {draw(st.integers(0, 3))}",
            origin=f"origin {draw(st.integers(0, 2))}",
            hour=draw(st.integers(0, 4)),
            by=draw(st.sampled_from(SPEAKERS)),
            type=draw(st.sampled_from(["missile", "attack"])),
            sides=["RU"],
            target_sides=["UA"],
            day=draw(st.integers(-1, 1)),
            days=draw(st.sampled_from([1, 2])),
            place=draw(st.sampled_from(["", "Odesa", "Odesa region", "Ukraine"])),
            stance=draw(st.sampled_from(stances)),
            modality=draw(st.sampled_from(["occurred", "occurred", "planned"])),
            killed=draw(st.sampled_from([[1, 1, 1], [8, 8, ""], [24, "", 99], ["", "", ""]])),
        )
        for n in range(draw(st.integers(1, 7)))
    ]


@settings(max_examples=300, deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(reports, random):
    expected = assess(reports, TODAY)
    random.shuffle(reports)
    assert assess(reports, TODAY) == expected


@settings(max_examples=300, deadline=None)
@given(reports(), st.data())
def test_a_reprint_never_changes_the_status(reports, data):
    """The same words of the same origin in one more outlet."""
    copied = data.draw(st.sampled_from(reports))
    reprint = replace(copied, report=99, article="elsewhere", source="one more outlet")
    before, after = assess(reports, TODAY), assess([*reports, reprint], TODAY)
    assert after.status == before.status
    assert after.origins == before.origins
    assert after.outlets == before.outlets + 1
    assert (after.place_key, after.type, after.start) == (before.place_key, before.type, before.start)
    assert after.confidence == before.confidence


@settings(max_examples=300, deadline=None)
@given(reports())
def test_figures_keep_their_order_and_rest_on_a_report(reports):
    got = assess(reports, TODAY)
    for summary in got.tolls.values():
        known = [n for n in (summary.low, summary.best, summary.high) if n is not None]
        assert known == sorted(known)
        assert summary.latest in summary.series
        assert summary.best in {point.figure.best for point in summary.series}
    assert got.status is not Status.DENIED or not any(not r.denies for r in reports)
    said_last = max((r.published for r in reports if r.happened), default=MIDNIGHT)
    standing = [r for r in reports if r.denies and r.published >= said_last]
    assert not standing or got.status in (Status.DENIED, Status.DISPUTED)
    assert got.status not in (Status.DENIED, Status.DISPUTED) or any(r.denies for r in reports)
    assert got.start in {r.start for r in reports}


@settings(max_examples=200, deadline=None)
@given(reports(stances=("asserts",)))
def test_only_a_second_camp_corroborates(reports):
    got = assess(reports, TODAY)
    sides = {s.side or s.name for r in reports if r.happened for s in r.speakers} & {"RU", "UA", "UN"}
    assert (got.status is Status.CORROBORATED) == (len(sides) > 1)
